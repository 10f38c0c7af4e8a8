/* event.c: names of event types, as NiFi has them. */
#include "provenance/event.h"

static const char *const names[WEIR_EVENT_N] = {
  [WEIR_EVENT_CREATE] = "CREATE",
  [WEIR_EVENT_RECEIVE] = "RECEIVE",
  [WEIR_EVENT_FETCH] = "FETCH",
  [WEIR_EVENT_SEND] = "SEND",
  [WEIR_EVENT_UPLOAD] = "UPLOAD",
  [WEIR_EVENT_REMOTE_INVOCATION] = "REMOTE_INVOCATION",
  [WEIR_EVENT_DOWNLOAD] = "DOWNLOAD",
  [WEIR_EVENT_FORK] = "FORK",
  [WEIR_EVENT_JOIN] = "JOIN",
  [WEIR_EVENT_CLONE] = "CLONE",
  [WEIR_EVENT_CONTENT_MODIFIED] = "CONTENT_MODIFIED",
  [WEIR_EVENT_ATTRIBUTES_MODIFIED] = "ATTRIBUTES_MODIFIED",
  [WEIR_EVENT_ROUTE] = "ROUTE",
  [WEIR_EVENT_ADDINFO] = "ADDINFO",
  [WEIR_EVENT_REPLAY] = "REPLAY",
  [WEIR_EVENT_DROP] = "DROP",
  [WEIR_EVENT_EXPIRE] = "EXPIRE",
};

const char *
weir_event_type_get_name (WeirEventType type)
{
  return (unsigned)type < WEIR_EVENT_N ? names[type] : NULL;
}

WeirEventType
weir_event_type_find (const char *name)
{
  for (WeirEventType type = WEIR_EVENT_CREATE; type < WEIR_EVENT_N; type++) {
    if (g_ascii_strcasecmp (names[type], name) == 0)
      return type;
  }
  return 0;
}
