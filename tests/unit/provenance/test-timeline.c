/* The order of time, with clocks that go back a little and far, sorted at once and in many turns.
 */
#include "histories.h"

#include "provenance/history-timeline.h"

typedef struct {
  int64_t time;
  uint64_t number;
} Key;

static int
compare (const void *a, const void *b)
{
  const Key *one = a, *other = b;

  if (one->time != other->time)
    return one->time < other->time ? -1 : 1;
  return one->number < other->number ? -1 : 1;
}

/* How far the clock goes, and how many events are sorted at once. */
static void
assert_order (TestHistory *made, size_t most, bool is_descending)
{
  g_autoptr (WeirHistory) history = test_history_open (made);
  g_autofree WeirHistorySelection *selection = g_new0 (WeirHistorySelection, 1);
  WeirHistoryFilter filter = WEIR_HISTORY_FILTER_INIT;
  WeirHistoryWish wish = { .wish = { .from = 1,
                                     .to = made->events->len,
                                     .since = INT64_MIN,
                                     .until = INT64_MAX,
                                     .is_descending = is_descending } };
  g_autofree Key *keys = g_new (Key, made->events->len);
  WeirTimeline *timeline;
  WeirHistoryFile *file;
  WeirBlockRow row;
  uint64_t number;
  guint n = 0;

  filter.larger = 1000;
  for (guint i = 0; i < made->events->len; i++) {
    const WeirEvent *event = &test_history_get (made, i + 1)->event;

    if (event->size >= 1000)
      keys[n++] = (Key){ event->time, i + 1 };
  }
  qsort (keys, n, sizeof *keys, compare);
  weir_history_selection_init (selection, history, &filter, 0);
  timeline = weir_timeline_new (selection, &wish, most);
  for (guint i = 0; i < n; i++) {
    g_assert_true (weir_timeline_next (timeline, &number, &file, &row, NULL));
    g_assert_cmpuint (number, ==, keys[is_descending ? n - 1 - i : i].number);
    g_assert_cmpuint (number - row.first, <, row.n);
  }
  g_assert_false (weir_timeline_next (timeline, &number, &file, &row, NULL));
  g_assert_false (weir_timeline_next (timeline, &number, &file, &row, NULL));
  weir_timeline_free (timeline);
  weir_history_selection_clear (selection);
}

static void
test_order (void)
{
  static const int64_t jumps[] = { 0, 100, 2000, 1000000 };
  static const size_t mosts[] = { 2, 40, 700, 100000 };

  for (size_t jump = 0; jump < G_N_ELEMENTS (jumps); jump++) {
    TestHistory made;

    test_history_init (&made, 12, 1500, 0, 1);
    for (guint i = 0; i < made.events->len; i++) {
      TestEvent *test = g_ptr_array_index (made.events, i);

      if (jumps[jump] > 0)
        test->event.time -= (int64_t)(i / 300) * jumps[jump];
    }
    test_history_put (&made, 1, 0, 700, 60);
    test_history_put (&made, 2, 700, 1500, 60);
    for (size_t most = 0; most < G_N_ELEMENTS (mosts); most++) {
      assert_order (&made, mosts[most], false);
      assert_order (&made, mosts[most], true);
    }
    test_history_clear (&made);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/timeline/order", test_order);
  return g_test_run ();
}
