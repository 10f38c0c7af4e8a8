/* cache.h: what a service with the interface "weir.cache" offers: keys and values that several
 * processors share, and that change together with the sessions that change them.
 *
 * What a session changes is there for others once it is committed, and is not there when it is
 * undone. Until then nobody else can change that key: they are told that it is busy, do nothing
 * that depends on it, return what they work on, and have themselves woken soon
 * (weir_context_wake_after). Values are text; keys are not empty.
 *
 * Thread: trigger, with the session of that trigger. */
#pragma once

#include <weir/property.h>
#include <weir/session.h>

G_BEGIN_DECLS

#define WEIR_CACHE_INTERFACE "weir.cache"

typedef enum {
  WEIR_CACHE_DONE,
  WEIR_CACHE_ABSENT,   /* there is no such key */
  WEIR_CACHE_CONFLICT, /* it is there, or has another revision */
  WEIR_CACHE_BUSY,     /* another session is changing it */
  WEIR_CACHE_FAILED,   /* @error is set */
} WeirCacheResult;

/* A revision is never given twice for one key. */
#define WEIR_CACHE_NONE UINT64_C (0)                  /* the key must be absent */
#define WEIR_CACHE_ANY  UINT64_C (0xffffffffffffffff) /* it does not matter */

typedef struct {
  char *value;
  uint64_t revision;
  int64_t written; /* wall clock in microseconds since 1970 */
} WeirCacheValue;

/* Returns: false: no more. */
typedef bool (*WeirCacheFunc) (void *data, const char *key);

typedef struct {
  uint32_t struct_size;
  WeirCacheResult (*get) (void *state, WeirSession *session, const char *key,
                          WeirCacheValue *ret_value, GError **error);
  WeirCacheResult (*put) (void *state, WeirSession *session, const char *key, const char *value,
                          uint64_t revision, GError **error);
  WeirCacheResult (*remove) (void *state, WeirSession *session, const char *key, uint64_t revision,
                             GError **error);
  WeirCacheResult (*list) (void *state, WeirSession *session, const char *after, size_t max,
                           WeirCacheFunc func, void *data, GError **error);
} WeirCacheMethods;

/* As this session sees it. Returns: DONE: @ret_value has it, to be given to
 * weir_cache_value_clear; ABSENT or FAILED. */
static inline WeirCacheResult
weir_cache_get (const WeirService *service, WeirSession *session, const char *key,
                WeirCacheValue *ret_value, GError **error)
{
  return ((const WeirCacheMethods *)service->methods)
      ->get (service->state, session, key, ret_value, error);
}

static inline void
weir_cache_value_clear (WeirCacheValue *value)
{
  g_clear_pointer (&value->value, g_free);
}

/* Sets a key that has @revision, which may be WEIR_CACHE_NONE or WEIR_CACHE_ANY.
 * Returns: DONE, CONFLICT, BUSY or FAILED. */
static inline WeirCacheResult
weir_cache_put (const WeirService *service, WeirSession *session, const char *key,
                const char *value, uint64_t revision, GError **error)
{
  return ((const WeirCacheMethods *)service->methods)
      ->put (service->state, session, key, value, revision, error);
}

/* Removes a key that has @revision, or WEIR_CACHE_ANY.
 * Returns: DONE, ABSENT, CONFLICT, BUSY or FAILED. */
static inline WeirCacheResult
weir_cache_remove (const WeirService *service, WeirSession *session, const char *key,
                   uint64_t revision, GError **error)
{
  return ((const WeirCacheMethods *)service->methods)
      ->remove (service->state, session, key, revision, error);
}

/* Calls @func for up to @max keys behind @after (NULL: from the first) in the order of their bytes.
 * @func must not use the cache. Returns: DONE or FAILED. */
static inline WeirCacheResult
weir_cache_list (const WeirService *service, WeirSession *session, const char *after, size_t max,
                 WeirCacheFunc func, void *data, GError **error)
{
  return ((const WeirCacheMethods *)service->methods)
      ->list (service->state, session, after, max, func, data, error);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WeirCacheValue, weir_cache_value_clear)

G_END_DECLS
