/* table.h: which keys a cache has, who is changing them, and which of them goes next. Values are
 * elsewhere: in the state that the host keeps and commits.
 *
 * Thread: any. */
#pragma once

#include <weir/cache.h>

typedef struct CacheTable CacheTable;

typedef enum {
  CACHE_LEAST_RECENTLY_USED,
  CACHE_LEAST_FREQUENTLY_USED,
  CACHE_FIRST_IN,
} CachePolicy;

typedef struct {
  CachePolicy policy;
  size_t max_entries;
  uint64_t max_bytes;
  int64_t max_age_usec; /* 0: they do not age */
} CacheLimits;

/* A value as the table knows it. */
typedef struct {
  bool exists;
  uint64_t revision;
  int64_t written; /* wall clock */
  size_t size;     /* of key and value */
} CacheVersion;

/* A change that waits for the end of the session that made it. */
typedef struct CacheStep CacheStep;

/* Returns: (transfer full). */
CacheTable *cache_table_new (const CacheLimits *limits);

/* No change may wait. Takes NULL. */
void cache_table_free (CacheTable *table);

/* What was there before, in any order. Thread: one, before all others. */
void cache_table_load (CacheTable *table, const char *key, const CacheVersion *version);

/* True when @owner sees @key, which counts as a use of it. */
bool cache_table_use (CacheTable *table, const void *owner, const char *key, int64_t now);

/* Sets (@size) or removes (0) a key that has @revision, which becomes that of what is set.
 * @ret_step: (transfer full), for cache_table_end. Both only with DONE. */
WeirCacheResult cache_table_change (CacheTable *table, const void *owner, const char *key,
                                    uint64_t *revision, size_t size, int64_t now,
                                    CacheStep **ret_step);

/* Removes a key that is too old or too much, but not @keep, which was set last.
 * Returns: (transfer full) (nullable): the key; @ret_step as above. */
char *cache_table_evict (CacheTable *table, const void *owner, const char *keep, int64_t now,
                         CacheStep **ret_step);

/* @step: (transfer full). */
void cache_table_end (CacheStep *step, bool is_committed);

/* See weir_cache_list. */
void cache_table_list (CacheTable *table, const void *owner, const char *after, size_t max,
                       int64_t now, WeirCacheFunc func, void *data);

size_t cache_table_count (CacheTable *table, uint64_t *ret_bytes);
