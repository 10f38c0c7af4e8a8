/* state-cache.c: a cache that stands in the log of the flow. A value is kept in the state of this
 * service as "written revision value"; the table knows the keys, and one session at a time changes
 * one of them. */
#include "module.h"
#include "table.h"

#include <string.h>

#define KEY_MAX   ((size_t)64 * 1024)
#define VALUE_MAX ((size_t)16 * 1024 * 1024)
#define SWEEP     8 /* keys that one change takes away at most */

typedef struct {
  int64_t max_entries;
  WeirSize max_size;
  WeirDuration max_age;
  WeirChoice policy;

  WeirContext *context;
  CacheTable *table;
} StateCache;

static const WeirAllowed policies[] = {
  [CACHE_LEAST_RECENTLY_USED] = { "Least Recently Used",
                                  "What nobody has asked for or set for the longest time." },
  [CACHE_LEAST_FREQUENTLY_USED] = { "Least Frequently Used",
                                    "What was asked for or set the least often since the start." },
  [CACHE_FIRST_IN] = { "First In, First Out", "What was set the longest time ago." },
  { NULL, NULL },
};

static const WeirProperty properties[] = {
  { "Maximum Cache Entries", "How many keys it keeps.", WEIR_FIELD (StateCache, max_entries),
    .default_value = "10000", .minimum = 1, .maximum = 1e6 },
  { "Maximum Cache Size", "How much keys and values take together. All of it is in memory.",
    WEIR_FIELD (StateCache, max_size), .default_value = "64 MB", .minimum = 1024,
    .maximum = 1024.0 * 1024 * 1024 },
  { "Maximum Entry Age", "A key is forgotten when it was set so long ago; 0 s: never.",
    WEIR_FIELD (StateCache, max_age), .default_value = "0 s", .minimum = 0,
    .maximum = 3650.0 * 24 * 3600e6 },
  { "Eviction Strategy", "Which key goes when there are more than it keeps.",
    WEIR_FIELD (StateCache, policy), .default_value = "Least Recently Used", .allowed = policies },
};

/* --- values --- */

static char *
format_value (int64_t written, uint64_t revision, const char *value)
{
  return g_strdup_printf ("%" G_GINT64_FORMAT " %" G_GUINT64_FORMAT " %s", written, revision,
                          value);
}

/* Returns: (transfer none) (nullable): the value, in @text; NULL: it is none. */
static const char *
parse_value (const char *text, int64_t *ret_written, uint64_t *ret_revision)
{
  char *end;
  int64_t written = g_ascii_strtoll (text, &end, 10);
  uint64_t revision;

  if (end == text || *end != ' ')
    return NULL;
  text = end + 1;
  revision = g_ascii_strtoull (text, &end, 10);
  if (end == text || *end != ' ' || revision == 0)
    return NULL;
  *ret_written = written;
  *ret_revision = revision;
  return end + 1;
}

static bool
is_in_bounds (const char *key, const char *value, GError **error)
{
  if (key != NULL && *key != '\0' && strlen (key) <= KEY_MAX &&
      (value == NULL || strlen (value) <= VALUE_MAX))
    return true;
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_LIMIT,
               key == NULL || *key == '\0'
                   ? "the key is empty; the cache needs one"
                   : "a key of %zu or a value of %zu bytes is more than the cache takes; it is for "
                     "small things",
               key != NULL ? strlen (key) : 0, value != NULL ? strlen (value) : 0);
  return false;
}

/* --- methods --- */

static WeirCacheResult
get (void *state, WeirSession *session, const char *key, WeirCacheValue *ret_value, GError **error)
{
  StateCache *self = state;
  int64_t now = weir_context_get_wall_time (self->context);
  g_autofree char *text = NULL;
  const char *value;
  WeirCacheValue found;

  if (!is_in_bounds (key, NULL, error))
    return WEIR_CACHE_FAILED;
  if (!cache_table_use (self->table, session, key, now))
    return WEIR_CACHE_ABSENT;
  /* Another session may have ended meanwhile. */
  text = weir_session_get_shared_state (session, self->context, key);
  if (text == NULL)
    return WEIR_CACHE_ABSENT;
  value = parse_value (text, &found.written, &found.revision);
  if (value == NULL) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_CORRUPT, "the state of the cache at \"%s\" is none",
                 key);
    return WEIR_CACHE_FAILED;
  }
  found.value = g_strdup (value);
  *ret_value = found;
  return WEIR_CACHE_DONE;
}

static void
on_end (void *data, bool is_committed)
{
  cache_table_end (data, is_committed);
}

/* Together with what has become too much by it. */
static void
sweep (StateCache *self, WeirSession *session, const char *keep, int64_t now)
{
  CacheStep *step;
  char *key;

  for (unsigned n = 0;
       n < SWEEP && (key = cache_table_evict (self->table, session, keep, now, &step)) != NULL;
       n++) {
    weir_session_on_end (session, on_end, step);
    weir_session_set_shared_state (session, self->context, key, NULL);
    g_free (key);
  }
}

static WeirCacheResult
put (void *state, WeirSession *session, const char *key, const char *value, uint64_t revision,
     GError **error)
{
  StateCache *self = state;
  int64_t now = weir_context_get_wall_time (self->context);
  g_autofree char *text = NULL;
  CacheStep *step;
  WeirCacheResult result;

  if (!is_in_bounds (key, value, error))
    return WEIR_CACHE_FAILED;
  result = cache_table_change (self->table, session, key, &revision, strlen (key) + strlen (value),
                               now, &step);
  if (result != WEIR_CACHE_DONE)
    return result;
  weir_session_on_end (session, on_end, step);
  text = format_value (now, revision, value);
  weir_session_set_shared_state (session, self->context, key, text);
  sweep (self, session, key, now);
  return WEIR_CACHE_DONE;
}

static WeirCacheResult
remove_key (void *state, WeirSession *session, const char *key, uint64_t revision, GError **error)
{
  StateCache *self = state;
  int64_t now = weir_context_get_wall_time (self->context);
  CacheStep *step;
  WeirCacheResult result;

  if (!is_in_bounds (key, NULL, error))
    return WEIR_CACHE_FAILED;
  result = cache_table_change (self->table, session, key, &revision, 0, now, &step);
  if (result != WEIR_CACHE_DONE)
    return result;
  weir_session_on_end (session, on_end, step);
  weir_session_set_shared_state (session, self->context, key, NULL);
  return WEIR_CACHE_DONE;
}

static WeirCacheResult
list (void *state, WeirSession *session, const char *after, size_t max, WeirCacheFunc func,
      void *data, GError **error)
{
  StateCache *self = state;

  cache_table_list (self->table, session, after, max, weir_context_get_wall_time (self->context),
                    func, data);
  return WEIR_CACHE_DONE;
}

static const WeirCacheMethods methods = {
  .struct_size = sizeof (WeirCacheMethods),
  .get = get,
  .put = put,
  .remove = remove_key,
  .list = list,
};

/* --- life --- */

static void
on_state (void *data, const char *key, const char *text)
{
  StateCache *self = data;
  CacheVersion version = { .exists = true };
  const char *value = parse_value (text, &version.written, &version.revision);

  if (value == NULL) {
    weir_context_log (self->context, WEIR_LOG_WARNING,
                      "what the cache had at \"%s\" cannot be read: it is left out", key);
    return;
  }
  version.size = strlen (key) + strlen (value);
  cache_table_load (self->table, key, &version);
}

static bool
on_enabled (void *state, WeirContext *context, GError **error)
{
  StateCache *self = state;
  CacheLimits limits = { .policy = (CachePolicy)self->policy.index,
                         .max_entries = (size_t)self->max_entries,
                         .max_bytes = self->max_size.bytes,
                         .max_age_usec = self->max_age.usec };

  self->context = context;
  self->table = cache_table_new (&limits);
  weir_context_each_state (context, on_state, self);
  return true;
}

static void
on_disabled (void *state)
{
  cache_table_free (((StateCache *)state)->table);
}

static bool
on_verify (void *state, WeirVerify *verify, GError **error)
{
  StateCache *self = state;
  uint64_t bytes;
  size_t n = cache_table_count (self->table, &bytes);

  weir_verify_tell (verify, "entries",
                    "it has %zu keys of at most %" G_GINT64_FORMAT ", and %" G_GUINT64_FORMAT
                    " bytes of at most %" G_GUINT64_FORMAT,
                    n, self->max_entries, bytes, self->max_size.bytes);
  return true;
}

const WeirServiceType state_cache = {
  WEIR_SERVICE_ABI,
  .name = "StateCache",
  .summary = "Keys and values that processors share, and that are never ahead of or behind the "
             "FlowFiles they are about.",
  .description =
      "`DetectDuplicate` remembers in it what was there before. What a processor changes in it is "
      "committed with the FlowFiles of the same session: together or not at all, also when the "
      "process is killed in between. So no FlowFile is taken for a duplicate of one that was "
      "never passed on.\n\n"
      "It is kept in the data directory of the flow, if that has one, and in memory.",
  .tags = "cache, state, map, distributed, duplicate, DistributedMapCacheClientService, "
          "DistributedMapCacheServer",
  WEIR_OFFERS (WEIR_CACHE_INTERFACE, &methods),
  WEIR_PROPERTIES (properties),
  .state_size = sizeof (StateCache),
  .on_enabled = on_enabled,
  .on_disabled = on_disabled,
  .on_verify = on_verify,
};
