/* Lineages against what follows from the model, and in provenance that is not as it should be. */
#include "histories.h"

#include "provenance/lineage.h"

typedef struct {
  TestHistory made;
  WeirHistory *history;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  test_history_init (&fixture->made, 3, 2500, 3, 90);
  fixture->history = test_history_open (&fixture->made);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  weir_history_free (fixture->history);
  test_history_clear (&fixture->made);
}

/* Returns: (transfer full): the numbers of births, as a set. */
static GHashTable *
find (WeirHistory *history, uint64_t flowfile, WeirLineageDirection direction)
{
  g_autoptr (WeirLineage) lineage = weir_lineage_new (history, flowfile, direction, 0);
  GHashTable *found = g_hash_table_new (NULL, NULL);
  g_autoptr (GError) error = NULL;
  const WeirHistoryEvent *event;
  uint64_t last = 0;

  while ((event = weir_lineage_next (lineage, &error)) != NULL) {
    g_assert_true (event->event.is_birth);
    g_assert_true (weir_lineage_find (lineage, event->event.flowfile, NULL));
    g_assert_true (g_hash_table_add (found, GSIZE_TO_POINTER (event->number)));
    if (direction == WEIR_LINEAGE_DOWN)
      g_assert_cmpuint (event->number, >, last);
    last = event->number;
  }
  g_assert_no_error (error);
  return found;
}

static bool
has_any (GHashTable *set, const WeirEvent *event)
{
  for (size_t i = 0; i < event->n_parents; i++)
    if (g_hash_table_contains (set, GSIZE_TO_POINTER (event->parents[i])))
      return true;
  return false;
}

/* One pass does, because children come behind their parents. */
static GHashTable *
model_down (const TestHistory *made, uint64_t flowfile)
{
  g_autoptr (GHashTable) family = g_hash_table_new (NULL, NULL);
  GHashTable *births = g_hash_table_new (NULL, NULL);

  g_hash_table_add (family, GSIZE_TO_POINTER (flowfile));
  for (uint64_t number = 1; number <= made->events->len; number++) {
    const WeirEvent *event = &test_history_get (made, number)->event;

    if (event->is_birth && has_any (family, event)) {
      g_hash_table_add (family, GSIZE_TO_POINTER (event->flowfile));
      g_hash_table_add (births, GSIZE_TO_POINTER (number));
    }
  }
  return births;
}

static GHashTable *
model_up (const TestHistory *made, uint64_t flowfile)
{
  g_autoptr (GHashTable) family = g_hash_table_new (NULL, NULL);
  GHashTable *births = g_hash_table_new (NULL, NULL);

  g_hash_table_add (family, GSIZE_TO_POINTER (flowfile));
  for (uint64_t number = made->events->len; number > 0; number--) {
    const WeirEvent *event = &test_history_get (made, number)->event;

    if (!event->is_birth || !g_hash_table_contains (family, GSIZE_TO_POINTER (event->flowfile)))
      continue;
    g_hash_table_add (births, GSIZE_TO_POINTER (number));
    for (size_t i = 0; i < event->n_parents; i++)
      g_hash_table_add (family, GSIZE_TO_POINTER (event->parents[i]));
  }
  return births;
}

static void
assert_same (GHashTable *got, GHashTable *wanted)
{
  GHashTableIter iter;
  void *number;

  g_assert_cmpuint (g_hash_table_size (got), ==, g_hash_table_size (wanted));
  g_hash_table_iter_init (&iter, wanted);
  while (g_hash_table_iter_next (&iter, &number, NULL))
    g_assert_true (g_hash_table_contains (got, number));
}

static void
test_both_ways (Fixture *fixture, gconstpointer data)
{
  uint64_t end = fixture->made.source.next_flowfile;
  guint most = 0;

  for (uint64_t flowfile = 1; flowfile <= end; flowfile += 1 + flowfile % 7) {
    g_autoptr (GHashTable) up = find (fixture->history, flowfile, WEIR_LINEAGE_UP);
    g_autoptr (GHashTable) down = find (fixture->history, flowfile, WEIR_LINEAGE_DOWN);
    g_autoptr (GHashTable) wanted_up = model_up (&fixture->made, flowfile);
    g_autoptr (GHashTable) wanted_down = model_down (&fixture->made, flowfile);

    assert_same (up, wanted_up);
    assert_same (down, wanted_down);
    most = MAX (most, g_hash_table_size (down));
  }
  g_assert_cmpuint (most, >, 50);
}

/* --- made on purpose --- */

static TestEvent *
add_birth (TestHistory *made, uint64_t flowfile, const uint64_t *parents, size_t n)
{
  TestEvent *test = g_new0 (TestEvent, 1);

  test->parents = g_memdup2 (parents, n * sizeof *parents);
  test->has = test_attributes_new ();
  test->event = (WeirEvent){ .type = n == 0 ? WEIR_EVENT_CREATE : WEIR_EVENT_FORK,
                             .is_birth = true,
                             .flowfile = flowfile,
                             .time = 1000 + made->events->len,
                             .parents = test->parents,
                             .n_parents = n };
  g_ptr_array_add (made->events, test);
  return test;
}

/* Each one is made of the one before: what recurses would run out of stack. */
static void
test_long_chain (void)
{
  TestHistory made;
  g_autoptr (WeirHistory) history = NULL;
  g_autoptr (GHashTable) up = NULL;
  g_autoptr (GHashTable) down = NULL;
  guint n = 30000;

  test_history_init (&made, 1, 0, 0, 1);
  for (uint64_t i = 1; i <= n; i++)
    add_birth (&made, i, (uint64_t[]){ i - 1 }, i > 1);
  test_history_put (&made, 1, 0, n / 2, 4000);
  test_history_put (&made, 2, n / 2, n, 4000);
  history = test_history_open (&made);
  up = find (history, n, WEIR_LINEAGE_UP);
  down = find (history, 1, WEIR_LINEAGE_DOWN);
  g_assert_cmpuint (g_hash_table_size (up), ==, n);
  g_assert_cmpuint (g_hash_table_size (down), ==, n - 1);
  test_history_clear (&made);
}

/* One that became many, which became one. */
static void
test_wide (void)
{
  TestHistory made;
  g_autoptr (WeirHistory) history = NULL;
  g_autoptr (GHashTable) up = NULL;
  g_autoptr (GHashTable) down = NULL;
  g_autofree uint64_t *parents = g_new (uint64_t, 10000);

  test_history_init (&made, 1, 0, 0, 1);
  add_birth (&made, 1, NULL, 0);
  for (uint64_t i = 0; i < 10000; i++) {
    parents[i] = 2 + i;
    add_birth (&made, 2 + i, (uint64_t[]){ 1 }, 1);
  }
  add_birth (&made, 10002, parents, 10000);
  test_history_put (&made, 1, 0, made.events->len, 4000);
  history = test_history_open (&made);
  up = find (history, 10002, WEIR_LINEAGE_UP);
  down = find (history, 1, WEIR_LINEAGE_DOWN);
  g_assert_cmpuint (g_hash_table_size (up), ==, 10002);
  g_assert_cmpuint (g_hash_table_size (down), ==, 10001);
  test_history_clear (&made);
}

/* Parents that come later, are themselves, are born twice, or never: it ends. */
static void
test_circles (void)
{
  TestHistory made;
  g_autoptr (WeirHistory) history = NULL;

  test_history_init (&made, 1, 0, 0, 1);
  add_birth (&made, 1, (uint64_t[]){ 3, 1 }, 2);
  add_birth (&made, 2, (uint64_t[]){ 1, 0, UINT64_MAX }, 3);
  add_birth (&made, 3, (uint64_t[]){ 2, 99999 }, 2);
  add_birth (&made, 1, (uint64_t[]){ 3 }, 1);
  test_history_put (&made, 1, 0, made.events->len, 2);
  history = test_history_open (&made);
  for (uint64_t flowfile = 0; flowfile < 5; flowfile++) {
    g_hash_table_unref (find (history, flowfile, WEIR_LINEAGE_UP));
    g_hash_table_unref (find (history, flowfile, WEIR_LINEAGE_DOWN));
  }
  g_hash_table_unref (find (history, UINT64_MAX, WEIR_LINEAGE_UP));
  g_hash_table_unref (find (history, UINT64_MAX, WEIR_LINEAGE_DOWN));
  test_history_clear (&made);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/lineage/both-ways", Fixture, NULL, set_up, test_both_ways, tear_down);
  g_test_add_func ("/lineage/long-chain", test_long_chain);
  g_test_add_func ("/lineage/wide", test_wide);
  g_test_add_func ("/lineage/circles", test_circles);
  return g_test_run ();
}
