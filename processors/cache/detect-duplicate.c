/* detect-duplicate.c: DetectDuplicate tells what was there before, by a key that it keeps in a
 * cache. Whoever is the first is in the cache if and only if it was passed on. */
#include "module.h"

#include <string.h>
#include <weir/cache.h>

/* Whoever is changing the key has ended by then, mostly. */
#define BUSY_USEC 2000

typedef struct {
  const WeirExpr *identifier;
  const WeirExpr *description;
  WeirDuration age_off;
  const WeirService *cache;
  bool is_caching;
} DetectDuplicate;

static const WeirProperty properties[] = {
  { "Cache Entry Identifier",
    "What tells one from the other: FlowFiles with the same value are duplicates.",
    WEIR_FIELD (DetectDuplicate, identifier), .default_value = "${hash.value}", .required = true },
  { "FlowFile Description",
    "What is kept with the key and given to later duplicates as `original.flowfile.description`.",
    WEIR_FIELD (DetectDuplicate, description), .default_value = "" },
  { "Age Off Duration",
    "After which time one that comes again counts as new; 0 s: never. The cache may forget it "
    "before.",
    WEIR_FIELD (DetectDuplicate, age_off), .default_value = "0 s", .minimum = 0,
    .maximum = 3650.0 * 24 * 3600e6 },
  { "Distributed Cache Service", "The cache that remembers.", WEIR_FIELD (DetectDuplicate, cache),
    .example = "seen", .required = true, .interface = WEIR_CACHE_INTERFACE },
  { "Cache The Entry Identifier",
    "Whether what is new is remembered. `false` only looks, for flows that remember elsewhere.",
    WEIR_FIELD (DetectDuplicate, is_caching), .default_value = "true" },
};

#define DESCRIPTION_ATTRIBUTE "original.flowfile.description"

static const WeirAttributeDoc writes[] = {
  { DESCRIPTION_ATTRIBUTE, "Of a duplicate: the description of the one that was first." },
};

enum { DUPLICATE, NON_DUPLICATE, FAILURE };
static const WeirRelationship relationships[] = {
  [DUPLICATE] = { "duplicate", "FlowFiles whose key was there before." },
  [NON_DUPLICATE] = { "non-duplicate", "FlowFiles whose key was not there before." },
  [FAILURE] = { "failure", "FlowFiles without a key, and those that the cache could not be asked "
                           "about; they are penalized." },
};

static bool
is_old (const DetectDuplicate *self, WeirSession *session, const WeirCacheValue *value)
{
  int64_t now = weir_context_get_wall_time (weir_session_get_context (session));

  return self->age_off.usec > 0 && now - value->written >= self->age_off.usec;
}

/* Returns: DONE: it is new; CONFLICT: @ret_value has who was first; BUSY or FAILED. */
static WeirCacheResult
look_up (const DetectDuplicate *self, WeirSession *session, const char *key,
         const char *description, WeirCacheValue *ret_value, GError **error)
{
  uint64_t revision = WEIR_CACHE_NONE;
  WeirCacheResult result = weir_cache_get (self->cache, session, key, ret_value, error);

  if (result == WEIR_CACHE_DONE && !is_old (self, session, ret_value))
    return WEIR_CACHE_CONFLICT;
  if (result == WEIR_CACHE_DONE) {
    revision = ret_value->revision;
    weir_cache_value_clear (ret_value);
  } else if (result != WEIR_CACHE_ABSENT) {
    return result;
  }
  if (self->is_caching)
    result = weir_cache_put (self->cache, session, key, description, revision, error);
  else if (revision != WEIR_CACHE_NONE)
    result = weir_cache_remove (self->cache, session, key, revision, error);
  else
    return WEIR_CACHE_DONE;
  /* Another session was first. */
  return result == WEIR_CACHE_CONFLICT || result == WEIR_CACHE_ABSENT ? WEIR_CACHE_BUSY : result;
}

static void
fail (WeirSession *session, WeirFlowFile *flowfile, const char *why)
{
  weir_context_log (weir_session_get_context (session), WEIR_LOG_ERROR, "%s: %s",
                    weir_flowfile_get_attribute (flowfile, "filename"), why);
  weir_session_penalize (session, flowfile);
  weir_session_transfer (session, flowfile, FAILURE);
}

static void
tell_duplicate (WeirSession *session, WeirFlowFile *flowfile, const WeirCacheValue *first)
{
  g_autofree char *details = g_strconcat ("duplicate of: ", first->value, NULL);

  weir_session_put_attribute (session, flowfile, DESCRIPTION_ATTRIBUTE, first->value);
  weir_session_report (session, flowfile, WEIR_EVENT_ROUTE, NULL, details, -1);
  weir_session_transfer (session, flowfile, DUPLICATE);
}

static bool
on_trigger (void *state, WeirSession *session, GError **error)
{
  const DetectDuplicate *self = state;
  WeirFlowFile *flowfile = weir_session_get (session);
  g_auto (WeirCacheValue) first = { 0 };
  g_autoptr (GError) reason = NULL;
  const char *key, *description;

  if (flowfile == NULL)
    return true;
  key = weir_expr_eval (self->identifier, flowfile, error);
  description = key != NULL ? weir_expr_eval (self->description, flowfile, error) : NULL;
  if (description == NULL)
    return false;
  if (key[strspn (key, " \t\r\n")] == '\0') {
    fail (session, flowfile, "Cache Entry Identifier gives nothing; set the attributes it uses");
    return true;
  }
  switch (look_up (self, session, key, description, &first, &reason)) {
  case WEIR_CACHE_DONE:
    weir_session_transfer (session, flowfile, NON_DUPLICATE);
    break;
  case WEIR_CACHE_CONFLICT:
    tell_duplicate (session, flowfile, &first);
    break;
  case WEIR_CACHE_BUSY:
    weir_session_return (session, flowfile);
    weir_context_wake_after (weir_session_get_context (session), BUSY_USEC);
    break;
  default:
    fail (session, flowfile, reason->message);
  }
  return true;
}

const WeirProcessor detect_duplicate = {
  WEIR_PROCESSOR_ABI,
  .name = "DetectDuplicate",
  .summary = "Tells FlowFiles that were there before from those that are new.",
  .description =
      "A key is made of the attributes of a FlowFile and looked for in a cache. The first one with "
      "a key goes to `non-duplicate` and is remembered, in one step: none is remembered that was "
      "not passed on, and none is passed on twice as new, also after a crash. Content that may be "
      "the same needs an attribute that says so, such as a hash of it.",
  .tags = "duplicate, dedupe, deduplicate, cache, hash, DeduplicateRecord",
  .input = WEIR_INPUT_REQUIRED,
  .threading = WEIR_CONCURRENT,
  WEIR_PROPERTIES (properties),
  WEIR_RELATIONSHIPS (relationships),
  WEIR_WRITES (writes),
  .state_size = sizeof (DetectDuplicate),
  .on_trigger = on_trigger,
};
