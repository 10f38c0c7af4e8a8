/* Tests engine/control/series.c, recent.c and figure-code.h: figures of some time, put together. */
#include "control/series.h"

#include "base/limits.h"
#include "control/figure-code.h"
#include "control/recent.h"
#include "rosters.h"

#define SECOND ((int64_t)G_USEC_PER_SEC)

static void
test_codes (void)
{
  uint16_t last = 0;

  for (uint64_t value = 0; value < 256; value++)
    g_assert_cmpuint (weir_figure_decode (weir_figure_code (value)), ==, value);
  for (uint64_t value = 1; value < UINT64_MAX / 3; value += 1 + value / 1000) {
    uint16_t code = weir_figure_code (value);
    uint64_t back = weir_figure_decode (code);

    g_assert_cmpuint (code, >=, last);
    g_assert_cmpuint (MAX (back, value) - MIN (back, value), <=, value / 500);
    last = code;
  }
  g_assert_cmpuint (weir_figure_code (UINT64_MAX), ==, WEIR_FIGURE_CODE_MAX);
  for (unsigned code = 0; code <= WEIR_FIGURE_CODE_MAX; code++)
    g_assert_cmpuint (weir_figure_code (weir_figure_decode ((uint16_t)code)), ==, code);
  g_assert_cmpuint (weir_figure_decode (UINT16_MAX), ==, UINT64_MAX);
}

static void
test_points (void)
{
  g_autoptr (WeirSeries) series =
      weir_series_new (WEIR_SUBJECT_NODE, 5 * SECOND + 1, 25 * SECOND, 10 * SECOND);
  uint64_t values[WEIR_MEASURES_MAX] = { 0 };

  g_assert_cmpint (series->from, ==, 0);
  g_assert_cmpuint (series->n, ==, 3);
  g_assert_cmpint (weir_series_get_end (series), ==, 30 * SECOND);
  values[WEIR_NODE_IN] = 5;
  values[WEIR_NODE_QUEUED] = 9;
  weir_series_add (series, 1 * SECOND, SECOND, values);
  values[WEIR_NODE_QUEUED] = 2;
  weir_series_add (series, 10 * SECOND, SECOND, values);
  weir_series_add (series, 11 * SECOND, SECOND, values);
  weir_series_add (series, 31 * SECOND, SECOND, values);
  weir_series_add (series, 0, SECOND, values);
  g_assert_cmpuint (series->values[0][WEIR_NODE_IN], ==, 10);
  g_assert_cmpuint (series->values[0][WEIR_NODE_QUEUED], ==, 9);
  g_assert_cmpint (series->covered[0], ==, 2 * SECOND);
  g_assert_cmpuint (series->values[1][WEIR_NODE_IN], ==, 5);
  g_assert_cmpuint (series->values[1][WEIR_NODE_QUEUED], ==, 2);
  g_assert_cmpint (series->covered[2], ==, 0);
}

static void
test_lowest (void)
{
  g_autoptr (WeirSeries) series = weir_series_new (WEIR_SUBJECT_FLOW, 0, SECOND, SECOND);
  uint64_t values[WEIR_MEASURES_MAX] = { [WEIR_FLOW_DISK_FREE] = 70 };

  weir_series_add (series, SECOND / 2, SECOND / 2, values);
  values[WEIR_FLOW_DISK_FREE] = 80;
  weir_series_add (series, SECOND, SECOND / 2, values);
  g_assert_cmpuint (series->values[0][WEIR_FLOW_DISK_FREE], ==, 70);
}

static void
test_bounds (void)
{
  g_autoptr (WeirSeries) much = weir_series_new (WEIR_SUBJECT_NODE, 0, INT64_MAX / 2, 1);
  g_autoptr (WeirSeries) none = weir_series_new (WEIR_SUBJECT_NODE, SECOND, 0, 0);

  g_assert_cmpuint (much->n, <=, WEIR_LIMIT_SERIES);
  g_assert_cmpint (weir_series_get_end (much), >=, INT64_MAX / 2);
  g_assert_cmpuint (none->n, ==, 0);
}

/* As many seconds as @n, in each of which the first processor takes @step FlowFiles more. */
static void
fill (WeirRecent *recent, WeirRoster *roster, unsigned n, uint64_t step, int64_t *wall)
{
  for (unsigned i = 0; i < n; i++) {
    g_autoptr (WeirReading) since = weir_reading_new_empty (roster, *wall += SECOND, 0);
    since->subjects[1].values[WEIR_NODE_IN] = step;
    weir_recent_add (recent, since, SECOND);
  }
}

static uint64_t
sum (WeirRecent *recent, uint32_t key, int64_t *ret_covered)
{
  g_autoptr (WeirSeries) series =
      weir_series_new (WEIR_SUBJECT_NODE, 0, 100000 * SECOND, 100000 * SECOND);

  weir_recent_read (recent, key, 0, series);
  *ret_covered = series->covered[0];
  return series->values[0][WEIR_NODE_IN];
}

static void
test_recent (void)
{
  g_autoptr (WeirRecent) recent = weir_recent_new ();
  g_autoptr (WeirRoster) roster = make_roster (2, 0, 10);
  g_autoptr (WeirSeries) series = NULL;
  int64_t wall = 1000 * SECOND;
  int64_t covered;

  g_assert_cmpint (weir_recent_get_start (recent), ==, INT64_MAX);
  fill (recent, roster, 100, 3, &wall);
  g_assert_cmpint (weir_recent_get_start (recent), ==, 1000 * SECOND);
  g_assert_cmpuint (sum (recent, 11, &covered), ==, 300);
  g_assert_cmpint (covered, ==, 100 * SECOND);
  g_assert_cmpuint (sum (recent, 12, &covered), ==, 0);
  g_assert_cmpint (covered, ==, 100 * SECOND); /* that it did nothing is known */

  /* Only so much is kept. */
  fill (recent, roster, WEIR_LIMIT_RECENT, 5, &wall);
  g_assert_cmpint (weir_recent_get_start (recent), ==, 1100 * SECOND);
  g_assert_cmpuint (sum (recent, 11, &covered), ==, 5 * WEIR_LIMIT_RECENT);

  series = weir_series_new (WEIR_SUBJECT_NODE, wall - 2 * SECOND, wall, SECOND);
  weir_recent_read (recent, 11, wall - SECOND, series);
  g_assert_cmpint (series->covered[0], ==, 0);
  g_assert_cmpuint (series->values[1][WEIR_NODE_IN], ==, 5);

  /* What does nothing any more is forgotten. */
  fill (recent, roster, 2 * WEIR_LIMIT_RECENT, 0, &wall);
  g_assert_cmpuint (sum (recent, 11, &covered), ==, 0);
}

/* After an edit, what has a place is another one. */
static void
test_edit (void)
{
  g_autoptr (WeirRecent) recent = weir_recent_new ();
  g_autoptr (WeirRoster) roster = make_roster (1, 0, 10);
  g_autoptr (WeirRoster) edited = make_roster (1, 0, 20);
  int64_t wall = 1000 * SECOND;
  int64_t covered;

  fill (recent, roster, WEIR_LIMIT_RECENT - 10, 1, &wall);
  fill (recent, edited, 20, 2, &wall);
  g_assert_cmpuint (sum (recent, 11, &covered), ==, WEIR_LIMIT_RECENT - 20);
  g_assert_cmpuint (sum (recent, 21, &covered), ==, 40);
}

/* What was added between two readings, whatever was edited between them. */
static void
test_since (void)
{
  g_autoptr (WeirRoster) roster = make_roster (3, 0, 10);
  g_autoptr (WeirRoster) edited = make_roster (3, 0, 11); /* the first one is gone */
  g_autoptr (WeirReading) before = weir_reading_new_empty (roster, 1, 1);
  g_autoptr (WeirReading) now = weir_reading_new_empty (roster, 2, 2);
  g_autoptr (WeirReading) later = weir_reading_new_empty (edited, 2, 2);
  g_autoptr (WeirReading) since = NULL;

  edited->subjects[0].key = 10;
  before->subjects[2].values[WEIR_NODE_IN] = 7;
  before->subjects[3].values[WEIR_NODE_IN] = 70;
  now->subjects[2].values[WEIR_NODE_IN] = 9;
  now->subjects[2].values[WEIR_NODE_QUEUED] = 4;
  now->subjects[3].values[WEIR_NODE_IN] = 60; /* it was replaced */
  since = weir_reading_new_since (before, now);
  g_assert_cmpuint (since->subjects[2].values[WEIR_NODE_IN], ==, 2);
  g_assert_cmpuint (since->subjects[2].values[WEIR_NODE_QUEUED], ==, 4);
  g_assert_cmpuint (since->subjects[3].values[WEIR_NODE_IN], ==, 60);
  weir_reading_unref (since);

  later->subjects[1].values[WEIR_NODE_IN] = 8; /* key 12, as the second of before */
  later->subjects[3].values[WEIR_NODE_IN] = 5; /* key 14: new */
  since = weir_reading_new_since (before, later);
  g_assert_cmpuint (since->subjects[1].values[WEIR_NODE_IN], ==, 1);
  g_assert_cmpuint (since->subjects[3].values[WEIR_NODE_IN], ==, 5);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/series/codes", test_codes);
  g_test_add_func ("/series/points", test_points);
  g_test_add_func ("/series/lowest", test_lowest);
  g_test_add_func ("/series/bounds", test_bounds);
  g_test_add_func ("/series/recent", test_recent);
  g_test_add_func ("/series/edit", test_edit);
  g_test_add_func ("/series/since", test_since);
  return g_test_run ();
}
