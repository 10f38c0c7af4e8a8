/* table.c: an entry has two versions: as committed, and as its owner sees it, the session that is
 * changing it. What counts for the limits and for who goes next is what the owner sees, or else
 * each session would evict for itself. */
#include "table.h"

#include <pthread.h>
#include <string.h>

typedef struct {
  CacheTable *table;
  char *key;
  CacheVersion now;  /* as committed */
  CacheVersion next; /* as the owner sees it; the same when there is none */
  const void *owner; /* NULL: nobody is changing it */
  unsigned n_steps;  /* of the owner's */
  uint64_t hits;
  uint64_t used; /* grows with each use of any */
} Entry;

struct CacheStep {
  Entry *entry;
  CacheVersion before;
};

struct CacheTable {
  CacheLimits limits;
  pthread_mutex_t lock;
  GTree *by_key;  /* all that follows is guarded by lock: key to Entry */
  GTree *by_rank; /* set of Entry that exist: who goes first is the first */
  GTree *by_age;  /* likewise: the oldest is the first */
  uint64_t bytes;
  uint64_t last_revision;
  uint64_t last_use;
};

static int
compare_numbers (uint64_t a, uint64_t b)
{
  return a < b ? -1 : a > b;
}

static int
compare_age (const void *a, const void *b, void *data)
{
  return compare_numbers (((const Entry *)a)->next.revision, ((const Entry *)b)->next.revision);
}

static int
compare_rank (const void *a, const void *b, void *data)
{
  const Entry *one = a;
  const Entry *other = b;
  int order = 0;

  if (one->table->limits.policy == CACHE_FIRST_IN)
    return compare_age (a, b, data);
  if (one->table->limits.policy == CACHE_LEAST_FREQUENTLY_USED)
    order = compare_numbers (one->hits, other->hits);
  return order != 0 ? order : compare_numbers (one->used, other->used);
}

static int
compare_keys (const void *a, const void *b, void *data)
{
  return strcmp (a, b);
}

static void
entry_free (void *data)
{
  Entry *entry = data;

  g_free (entry->key);
  g_free (entry);
}

CacheTable *
cache_table_new (const CacheLimits *limits)
{
  CacheTable *table = g_new0 (CacheTable, 1);

  table->limits = *limits;
  pthread_mutex_init (&table->lock, NULL);
  table->by_key = g_tree_new_full (compare_keys, NULL, NULL, entry_free);
  table->by_rank = g_tree_new_full (compare_rank, NULL, NULL, NULL);
  table->by_age = g_tree_new_full (compare_age, NULL, NULL, NULL);
  return table;
}

void
cache_table_free (CacheTable *table)
{
  if (table == NULL)
    return;
  g_tree_unref (table->by_rank);
  g_tree_unref (table->by_age);
  g_tree_unref (table->by_key);
  pthread_mutex_destroy (&table->lock);
  g_free (table);
}

/* --- all that follow are called with the lock held --- */

static void
unlink_entry (Entry *entry)
{
  CacheTable *table = entry->table;

  if (!entry->next.exists)
    return;
  g_tree_remove (table->by_rank, entry);
  g_tree_remove (table->by_age, entry);
  table->bytes -= entry->next.size;
}

static void
link_entry (Entry *entry)
{
  CacheTable *table = entry->table;

  if (!entry->next.exists)
    return;
  g_tree_insert (table->by_rank, entry, entry);
  g_tree_insert (table->by_age, entry, entry);
  table->bytes += entry->next.size;
}

static void
change_entry (Entry *entry, const CacheVersion *version)
{
  unlink_entry (entry);
  entry->next = *version;
  link_entry (entry);
}

static void
touch (Entry *entry)
{
  unlink_entry (entry);
  entry->hits++;
  entry->used = ++entry->table->last_use;
  link_entry (entry);
}

static Entry *
get_entry (CacheTable *table, const char *key)
{
  Entry *entry = g_tree_lookup (table->by_key, key);

  if (entry != NULL)
    return entry;
  entry = g_new0 (Entry, 1);
  entry->table = table;
  entry->key = g_strdup (key);
  entry->used = ++table->last_use;
  g_tree_insert (table->by_key, entry->key, entry);
  return entry;
}

static void
forget_if_gone (Entry *entry)
{
  if (entry->owner == NULL && !entry->now.exists)
    g_tree_remove (entry->table->by_key, entry->key);
}

static const CacheVersion *
get_version (const Entry *entry, const void *owner)
{
  return entry->owner == owner ? &entry->next : &entry->now;
}

static bool
is_old (const CacheTable *table, const CacheVersion *version, int64_t now)
{
  return table->limits.max_age_usec > 0 && now - version->written >= table->limits.max_age_usec;
}

static bool
is_there (const CacheTable *table, const CacheVersion *version, int64_t now)
{
  return version->exists && !is_old (table, version, now);
}

static CacheStep *
take_step (Entry *entry, const void *owner, const CacheVersion *version)
{
  CacheStep *step = g_new (CacheStep, 1);

  *step = (CacheStep){ entry, entry->next };
  entry->owner = owner;
  entry->n_steps++;
  change_entry (entry, version);
  return step;
}

static bool
may_evict (const Entry *entry, const void *owner, const char *keep)
{
  return (entry->owner == NULL || entry->owner == owner) && !g_str_equal (entry->key, keep);
}

/* Returns: (transfer none) (nullable): the first that may go. */
static Entry *
find_first (GTree *tree, const void *owner, const char *keep)
{
  GTreeNode *node = g_tree_node_first (tree);

  while (node != NULL && !may_evict (g_tree_node_value (node), owner, keep))
    node = g_tree_node_next (node);
  return node != NULL ? g_tree_node_value (node) : NULL;
}

static bool
is_too_much (const CacheTable *table)
{
  return (size_t)g_tree_nnodes (table->by_rank) > table->limits.max_entries ||
         table->bytes > table->limits.max_bytes;
}

/* --- with it not held --- */

void
cache_table_load (CacheTable *table, const char *key, const CacheVersion *version)
{
  Entry *entry = get_entry (table, key);

  entry->now = *version;
  /* Who was used when is not known any more. */
  entry->used = version->revision;
  change_entry (entry, version);
  table->last_revision = MAX (table->last_revision, version->revision);
  table->last_use = table->last_revision;
}

bool
cache_table_use (CacheTable *table, const void *owner, const char *key, int64_t now)
{
  Entry *entry;
  bool found;

  pthread_mutex_lock (&table->lock);
  entry = g_tree_lookup (table->by_key, key);
  found = entry != NULL && is_there (table, get_version (entry, owner), now);
  if (found)
    touch (entry);
  pthread_mutex_unlock (&table->lock);
  return found;
}

static WeirCacheResult
check (const CacheTable *table, const Entry *entry, const void *owner, uint64_t revision,
       bool must_exist, int64_t now)
{
  bool exists = entry != NULL && is_there (table, &entry->next, now);

  if (entry != NULL && entry->owner != NULL && entry->owner != owner)
    return WEIR_CACHE_BUSY;
  if (must_exist && !exists)
    return WEIR_CACHE_ABSENT;
  if (revision == WEIR_CACHE_ANY || (exists ? entry->next.revision == revision : revision == 0))
    return WEIR_CACHE_DONE;
  return WEIR_CACHE_CONFLICT;
}

WeirCacheResult
cache_table_change (CacheTable *table, const void *owner, const char *key, uint64_t *revision,
                    size_t size, int64_t now, CacheStep **ret_step)
{
  WeirCacheResult result;
  Entry *entry;

  pthread_mutex_lock (&table->lock);
  entry = g_tree_lookup (table->by_key, key);
  result = check (table, entry, owner, *revision, size == 0, now);
  if (result == WEIR_CACHE_DONE) {
    CacheVersion version = { size != 0, ++table->last_revision, now, size };

    entry = get_entry (table, key);
    *ret_step = take_step (entry, owner, &version);
    *revision = version.revision;
    touch (entry);
  }
  pthread_mutex_unlock (&table->lock);
  return result;
}

char *
cache_table_evict (CacheTable *table, const void *owner, const char *keep, int64_t now,
                   CacheStep **ret_step)
{
  static const CacheVersion gone;
  char *key = NULL;
  Entry *entry = NULL;

  pthread_mutex_lock (&table->lock);
  if (table->limits.max_age_usec > 0)
    entry = find_first (table->by_age, owner, keep);
  if (entry != NULL && !is_old (table, &entry->next, now))
    entry = NULL;
  if (entry == NULL && is_too_much (table))
    entry = find_first (table->by_rank, owner, keep);
  if (entry != NULL) {
    key = g_strdup (entry->key);
    *ret_step = take_step (entry, owner, &gone);
  }
  pthread_mutex_unlock (&table->lock);
  return key;
}

void
cache_table_end (CacheStep *step, bool is_committed)
{
  Entry *entry = step->entry;
  CacheTable *table = entry->table;

  pthread_mutex_lock (&table->lock);
  if (!is_committed)
    change_entry (entry, &step->before);
  if (--entry->n_steps == 0) {
    entry->now = entry->next;
    entry->owner = NULL;
    forget_if_gone (entry);
  }
  pthread_mutex_unlock (&table->lock);
  g_free (step);
}

void
cache_table_list (CacheTable *table, const void *owner, const char *after, size_t max, int64_t now,
                  WeirCacheFunc func, void *data)
{
  GTreeNode *node;

  pthread_mutex_lock (&table->lock);
  node =
      after != NULL ? g_tree_upper_bound (table->by_key, after) : g_tree_node_first (table->by_key);
  for (size_t n = 0; node != NULL && n < max; node = g_tree_node_next (node)) {
    const Entry *entry = g_tree_node_value (node);

    if (!is_there (table, get_version (entry, owner), now))
      continue;
    n++;
    if (!func (data, entry->key))
      break;
  }
  pthread_mutex_unlock (&table->lock);
}

size_t
cache_table_count (CacheTable *table, uint64_t *ret_bytes)
{
  size_t n;

  pthread_mutex_lock (&table->lock);
  n = (size_t)g_tree_nnodes (table->by_rank);
  *ret_bytes = table->bytes;
  pthread_mutex_unlock (&table->lock);
  return n;
}
