/* Tests processors/cache/table.c: who may change what, who goes first, and that an undone change
 * leaves no trace. */
#include "cache/table.h"

static const int one, two; /* sessions */

static CacheTable *
make (CachePolicy policy, size_t max_entries, int64_t max_age)
{
  CacheLimits limits = { policy, max_entries, 1000000, max_age };

  return cache_table_new (&limits);
}

static WeirCacheResult
change (CacheTable *table, const void *owner, const char *key, uint64_t expected, size_t size,
        CacheStep **ret_step, uint64_t *ret_revision)
{
  uint64_t revision = expected;
  WeirCacheResult result = cache_table_change (table, owner, key, &revision, size, 100, ret_step);

  if (result == WEIR_CACHE_DONE && ret_revision != NULL)
    *ret_revision = revision;
  return result;
}

static void
put (CacheTable *table, const char *key)
{
  CacheStep *step;

  g_assert_cmpint (change (table, &one, key, WEIR_CACHE_ANY, 10, &step, NULL), ==, WEIR_CACHE_DONE);
  cache_table_end (step, true);
}

static bool
has (CacheTable *table, const void *owner, const char *key)
{
  return cache_table_use (table, owner, key, 100);
}

static void
test_revisions (void)
{
  CacheTable *table = make (CACHE_FIRST_IN, 100, 0);
  CacheStep *step;
  uint64_t first = 0, second = 0;

  g_assert_cmpint (change (table, &one, "k", 5, 10, &step, NULL), ==, WEIR_CACHE_CONFLICT);
  g_assert_cmpint (change (table, &one, "k", WEIR_CACHE_ANY, 0, &step, NULL), ==,
                   WEIR_CACHE_ABSENT);
  g_assert_cmpint (change (table, &one, "k", WEIR_CACHE_NONE, 10, &step, &first), ==,
                   WEIR_CACHE_DONE);
  cache_table_end (step, true);
  g_assert_cmpint (change (table, &two, "k", WEIR_CACHE_NONE, 10, &step, NULL), ==,
                   WEIR_CACHE_CONFLICT);
  g_assert_cmpint (change (table, &two, "k", first, 10, &step, &second), ==, WEIR_CACHE_DONE);
  cache_table_end (step, true);
  g_assert_cmpuint (second, >, first);
  g_assert_cmpint (change (table, &one, "k", first, 0, &step, NULL), ==, WEIR_CACHE_CONFLICT);
  g_assert_cmpint (change (table, &one, "k", second, 0, &step, NULL), ==, WEIR_CACHE_DONE);
  cache_table_end (step, true);
  g_assert_false (has (table, &one, "k"));
  /* It comes back with a revision that it never had. */
  g_assert_cmpint (change (table, &one, "k", WEIR_CACHE_NONE, 10, &step, &first), ==,
                   WEIR_CACHE_DONE);
  g_assert_cmpuint (first, >, second);
  cache_table_end (step, true);
  cache_table_free (table);
}

/* Until a session ends, it alone sees what it does, and it alone can change it. */
static void
test_sessions (void)
{
  CacheTable *table = make (CACHE_FIRST_IN, 100, 0);
  CacheStep *first, *second, *other;

  change (table, &one, "k", WEIR_CACHE_NONE, 10, &first, NULL);
  g_assert_true (has (table, &one, "k"));
  g_assert_false (has (table, &two, "k"));
  g_assert_cmpint (change (table, &two, "k", WEIR_CACHE_ANY, 10, &other, NULL), ==,
                   WEIR_CACHE_BUSY);
  g_assert_cmpint (change (table, &one, "k", WEIR_CACHE_ANY, 0, &second, NULL), ==,
                   WEIR_CACHE_DONE);
  g_assert_false (has (table, &one, "k"));
  cache_table_end (second, false);
  g_assert_true (has (table, &one, "k"));
  g_assert_cmpint (change (table, &two, "k", WEIR_CACHE_ANY, 10, &other, NULL), ==,
                   WEIR_CACHE_BUSY);
  cache_table_end (first, true);
  g_assert_true (has (table, &two, "k"));
  g_assert_cmpint (change (table, &two, "k", WEIR_CACHE_ANY, 0, &other, NULL), ==, WEIR_CACHE_DONE);
  g_assert_true (has (table, &one, "k"));
  cache_table_end (other, true);
  g_assert_false (has (table, &one, "k"));
  cache_table_free (table);
}

static void
test_undone (void)
{
  CacheTable *table = make (CACHE_LEAST_RECENTLY_USED, 100, 0);
  CacheStep *steps[3];
  uint64_t bytes;

  put (table, "k");
  change (table, &one, "k", WEIR_CACHE_ANY, 70, &steps[0], NULL);
  change (table, &one, "new", WEIR_CACHE_ANY, 500, &steps[1], NULL);
  change (table, &one, "k", WEIR_CACHE_ANY, 0, &steps[2], NULL);
  g_assert_cmpuint (cache_table_count (table, &bytes), ==, 1);
  g_assert_cmpuint (bytes, ==, 500);
  for (unsigned i = 3; i-- > 0;)
    cache_table_end (steps[i], false);
  g_assert_cmpuint (cache_table_count (table, &bytes), ==, 1);
  g_assert_cmpuint (bytes, ==, 10);
  g_assert_true (has (table, &two, "k"));
  g_assert_false (has (table, &two, "new"));
  cache_table_free (table);
}

typedef struct {
  CachePolicy policy;
  const char *used; /* after a, b, c were put: a key each */
  const char *gone; /* in that order, when there is room for none */
} Order;

static const Order orders[] = {
  { CACHE_FIRST_IN, "abab", "abc" },
  { CACHE_LEAST_RECENTLY_USED, "ab", "cab" },
  { CACHE_LEAST_FREQUENTLY_USED, "aaabcc", "bca" },
};

static void
test_order (const void *data)
{
  const Order *order = data;
  CacheTable *table = make (order->policy, 0, 0);
  g_autoptr (GString) gone = g_string_new (NULL);
  CacheStep *step;
  char *key;

  put (table, "a");
  put (table, "b");
  put (table, "c");
  for (const char *at = order->used; *at != '\0'; at++)
    has (table, &one, (char[]){ *at, '\0' });
  while ((key = cache_table_evict (table, &one, "", 100, &step)) != NULL) {
    g_string_append (gone, key);
    g_free (key);
    cache_table_end (step, true);
  }
  g_assert_cmpstr (gone->str, ==, order->gone);
  cache_table_free (table);
}

/* What another session is changing stays, and so does what was put last. */
static void
test_evict_spares (void)
{
  CacheTable *table = make (CACHE_FIRST_IN, 1, 0);
  CacheStep *steps[3];
  g_autofree char *key = NULL;

  put (table, "a");
  change (table, &two, "a", WEIR_CACHE_ANY, 10, &steps[0], NULL);
  change (table, &one, "b", WEIR_CACHE_ANY, 10, &steps[1], NULL);
  g_assert_null (cache_table_evict (table, &one, "b", 100, &steps[2]));
  cache_table_end (steps[0], true);
  key = cache_table_evict (table, &one, "b", 100, &steps[2]);
  g_assert_cmpstr (key, ==, "a");
  g_assert_true (has (table, &two, "a"));
  cache_table_end (steps[2], true);
  g_assert_false (has (table, &two, "a"));
  g_assert_null (cache_table_evict (table, &one, "b", 100, &steps[2]));
  cache_table_end (steps[1], true);
  cache_table_free (table);
}

static void
test_age (void)
{
  CacheTable *table = make (CACHE_LEAST_RECENTLY_USED, 100, 50);
  CacheStep *step;
  g_autofree char *key = NULL;
  uint64_t revision = WEIR_CACHE_NONE;

  put (table, "k"); /* at 100 */
  g_assert_true (cache_table_use (table, &one, "k", 149));
  g_assert_null (cache_table_evict (table, &one, "", 149, &step));
  g_assert_false (cache_table_use (table, &one, "k", 150));
  g_assert_cmpint (cache_table_change (table, &one, "k", &revision, 10, 150, &step), ==,
                   WEIR_CACHE_DONE);
  cache_table_end (step, true);
  key = cache_table_evict (table, &one, "", 200, &step);
  g_assert_cmpstr (key, ==, "k");
  cache_table_end (step, true);
  cache_table_free (table);
}

static bool
on_key (void *data, const char *key)
{
  g_string_append (data, key);
  return true;
}

static void
test_list (void)
{
  CacheTable *table = make (CACHE_FIRST_IN, 100, 0);
  g_autoptr (GString) keys = g_string_new (NULL);
  CacheStep *step;

  put (table, "c");
  put (table, "a");
  put (table, "d");
  change (table, &two, "b", WEIR_CACHE_ANY, 10, &step, NULL);
  cache_table_list (table, &one, NULL, 2, 100, on_key, keys);
  g_assert_cmpstr (keys->str, ==, "ac");
  cache_table_list (table, &one, "c", 2, 100, on_key, keys);
  g_assert_cmpstr (keys->str, ==, "acd");
  cache_table_list (table, &two, "a", 1, 100, on_key, keys);
  g_assert_cmpstr (keys->str, ==, "acdb");
  cache_table_end (step, true);
  cache_table_free (table);
}

/* After a restart the order is that in which they were written. */
static void
test_load (void)
{
  CacheTable *table = make (CACHE_LEAST_RECENTLY_USED, 1, 0);
  CacheVersion versions[] = { { true, 9, 90, 10 }, { true, 7, 70, 10 } };
  CacheStep *step;
  g_autofree char *key = NULL;
  uint64_t revision = 0;

  cache_table_load (table, "young", &versions[0]);
  cache_table_load (table, "old", &versions[1]);
  key = cache_table_evict (table, &one, "", 100, &step);
  g_assert_cmpstr (key, ==, "old");
  cache_table_end (step, true);
  change (table, &one, "k", WEIR_CACHE_NONE, 10, &step, &revision);
  g_assert_cmpuint (revision, >, 9);
  cache_table_end (step, true);
  cache_table_free (table);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cache-table/revisions", test_revisions);
  g_test_add_func ("/cache-table/sessions", test_sessions);
  g_test_add_func ("/cache-table/undone", test_undone);
  g_test_add_data_func ("/cache-table/first in", &orders[0], test_order);
  g_test_add_data_func ("/cache-table/recently", &orders[1], test_order);
  g_test_add_data_func ("/cache-table/frequently", &orders[2], test_order);
  g_test_add_func ("/cache-table/evict spares", test_evict_spares);
  g_test_add_func ("/cache-table/age", test_age);
  g_test_add_func ("/cache-table/list", test_list);
  g_test_add_func ("/cache-table/load", test_load);
  return g_test_run ();
}
