/* events.c: lines of "field: value"; an empty line ends an event. */
#include "client/events.h"

#include "base/clock.h"
#include "base/limits.h"
#include "wire/buffer.h"

#include <string.h>
#include <weir/error.h>

/* Between two tries to reach a server that was there. */
#define AGAIN_USEC (INT64_C (250) * 1000)

struct WeirEvents {
  WeirHeardFunc func;
  void *data;
  WeirBuffer line;
  bool is_after_cr; /* an LF that follows belongs to it */
  GString *text;    /* of the data lines */
  bool has_data;
  char *name;
  char *id;
  uint64_t n_heard;
};

WeirEvents *
weir_events_new (WeirHeardFunc func, void *data)
{
  WeirEvents *events = g_new0 (WeirEvents, 1);

  events->func = func;
  events->data = data;
  events->text = g_string_new (NULL);
  events->id = g_strdup ("");
  return events;
}

void
weir_events_cut (WeirEvents *events)
{
  weir_buffer_clear (&events->line);
  g_string_truncate (events->text, 0);
  g_clear_pointer (&events->name, g_free);
  events->has_data = false;
  events->is_after_cr = false;
}

void
weir_events_free (WeirEvents *events)
{
  if (events == NULL)
    return;
  weir_events_cut (events);
  g_string_free (events->text, TRUE);
  g_free (events->id);
  g_free (events);
}

const char *
weir_events_get_last_id (const WeirEvents *events)
{
  return events->id;
}

static bool
end_event (WeirEvents *events, GError **error)
{
  WeirHeard event = { events->id, events->name != NULL ? events->name : "message",
                      events->text->str, events->text->len };
  bool goes_on = true;

  if (events->has_data) {
    events->n_heard++;
    goes_on = events->func (events->data, &event, error);
  }
  g_string_truncate (events->text, 0);
  g_clear_pointer (&events->name, g_free);
  events->has_data = false;
  return goes_on;
}

static bool
add_data (WeirEvents *events, const char *value, size_t size, GError **error)
{
  if (size + 1 > WEIR_LIMIT_EVENT - events->text->len) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_LIMIT, "an event is larger than %u MiB",
                 WEIR_LIMIT_EVENT >> 20);
    return false;
  }
  if (events->has_data)
    g_string_append_c (events->text, '\n');
  g_string_append_len (events->text, value, size);
  events->has_data = true;
  return true;
}

static bool
is_field (const char *line, size_t size, const char *name)
{
  return size == strlen (name) && memcmp (line, name, size) == 0;
}

/* One line without its end. */
static bool
take_line (WeirEvents *events, const char *line, size_t size, GError **error)
{
  const char *colon = memchr (line, ':', size);
  size_t n_name = colon != NULL ? (size_t)(colon - line) : size;
  const char *value = colon != NULL ? colon + 1 : line + size;

  if (size == 0)
    return end_event (events, error);
  if (value < line + size && *value == ' ')
    value++;
  size -= value - line;
  if (is_field (line, n_name, "data"))
    return add_data (events, value, size, error);
  if (is_field (line, n_name, "event")) {
    g_free (events->name);
    events->name = g_strndup (value, size);
  } else if (is_field (line, n_name, "id") && memchr (value, '\0', size) == NULL) {
    g_free (events->id);
    events->id = g_strndup (value, size);
  }
  return true;
}

/* The part of a line up to its end or that of the bytes. */
static bool
add_to_line (WeirEvents *events, const char *bytes, size_t size, GError **error)
{
  if (size > WEIR_LIMIT_EVENT - weir_buffer_size (&events->line)) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_LIMIT, "an event is larger than %u MiB",
                 WEIR_LIMIT_EVENT >> 20);
    return false;
  }
  weir_buffer_append (&events->line, bytes, size);
  return true;
}

bool
weir_events_feed (void *data, const char *bytes, size_t size, GError **error)
{
  WeirEvents *events = data;
  const char *end = bytes + size;

  while (bytes < end) {
    const char *at = bytes;
    size_t n;
    bool goes_on;

    if (events->is_after_cr && *bytes == '\n')
      bytes = ++at;
    events->is_after_cr = false;
    while (at < end && *at != '\n' && *at != '\r')
      at++;
    if (!add_to_line (events, bytes, at - bytes, error))
      return false;
    if (at == end)
      break;
    events->is_after_cr = *at == '\r';
    n = weir_buffer_size (&events->line);
    goes_on = take_line (events, n > 0 ? weir_buffer_data (&events->line) : "", n, error);
    weir_buffer_consume (&events->line, n);
    if (!goes_on)
      return false;
    bytes = at + 1;
  }
  return true;
}

/* Lost, and not refused: it may come back. */
static bool
is_lost (const GError *error)
{
  return g_error_matches (error, WEIR_ERROR, WEIR_ERROR_IO) ||
         g_error_matches (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND);
}

bool
weir_client_follow (WeirClient *client, const char *path, int64_t patience_usec, WeirHeardFunc func,
                    void *data, GError **error)
{
  g_autoptr (WeirEvents) events = weir_events_new (func, data);
  WeirClock *clock = weir_clock_system ();
  int64_t since = weir_clock_get_monotonic (clock);
  uint64_t n_before = 0;

  for (bool is_first = true;; is_first = false) {
    g_autoptr (GError) lost = NULL;
    const char *id = *events->id != '\0' ? events->id : NULL;

    if (weir_client_listen_from (client, path, id, weir_events_feed, events, &lost))
      return true;
    if (events->n_heard > n_before)
      since = weir_clock_get_monotonic (clock);
    if (!is_lost (lost) || (is_first && events->n_heard == 0) ||
        weir_clock_get_monotonic (clock) - since >= patience_usec) {
      g_propagate_error (error, g_steal_pointer (&lost));
      return false;
    }
    n_before = events->n_heard;
    weir_events_cut (events);
    g_usleep (AGAIN_USEC);
  }
}
