/* questions.c: asked in this process as the commands do, from opening the history on; for their
 * memory by the program itself. */
#include "questions.h"

#include "bench.h"
#include "lives.h"

#include <sys/resource.h>
#include <sys/wait.h>

#include "provenance/fields.h"
#include "provenance/lineage.h"
#include "provenance/query.h"

#define N_RUNS     51
#define N_SCANS    3
#define DAY        1440 /* minutes: the history is that of one */
#define LIMIT_PART 0.98 /* lives that begin before that have ended */

typedef struct {
  const char *directory;
  WeirHistory *history;
  GRand *rand;
  uint64_t n_events;
  int64_t since, until;
} Bench;

static void
fail (const GError *error)
{
  g_error ("%s", error->message);
}

/* Each time as a command does it. */
static void
reopen (Bench *bench)
{
  g_autoptr (GError) error = NULL;

  weir_history_free (bench->history);
  bench->history = weir_history_open (bench->directory, &error);
  if (bench->history == NULL)
    fail (error);
}

/* Returns: how many were found. @ret_flowfile (nullable), @ret_time (nullable): of the last. */
static unsigned
find (Bench *bench, const WeirHistoryFilter *filter, uint64_t *ret_flowfile, int64_t *ret_time)
{
  g_autoptr (WeirHistoryCursor) cursor = weir_history_find (bench->history, filter);
  g_autoptr (GError) error = NULL;
  unsigned n = 0;

  for (; weir_history_cursor_step (cursor, &error); n++) {
    const WeirHistoryEvent *event = weir_history_cursor_get_event (cursor);

    if (ret_flowfile != NULL)
      *ret_flowfile = event->event.flowfile;
    if (ret_time != NULL)
      *ret_time = event->event.time;
  }
  if (error != NULL)
    fail (error);
  return n;
}

static uint64_t
pick_event (Bench *bench)
{
  return 1 + (uint64_t)g_rand_double_range (bench->rand, 0, LIMIT_PART * (double)bench->n_events);
}

/* One that lives when some event happens. */
static uint64_t
pick_flowfile (Bench *bench)
{
  WeirHistoryFilter filter = WEIR_HISTORY_FILTER_INIT;
  uint64_t flowfile = 0;

  filter.from = filter.to = pick_event (bench);
  filter.columns = WEIR_COLUMN_FLOWFILE;
  if (find (bench, &filter, &flowfile, NULL) != 1)
    g_error ("event %" G_GUINT64_FORMAT " is not there", filter.from);
  return flowfile;
}

static double
get_msec (int64_t start)
{
  return (double)(g_get_monotonic_time () - start) / 1000;
}

/* --- questions --- */

/* All that has happened to a FlowFile, what it was made of, and what was made of it. */
static double
ask_lineage (Bench *bench)
{
  WeirHistoryFilter filter = WEIR_HISTORY_FILTER_INIT;
  g_autoptr (GError) error = NULL;
  int64_t start;

  filter.flowfile = pick_flowfile (bench);
  filter.is_own = true;
  filter.columns = WEIR_COLUMN_ALL;
  start = g_get_monotonic_time ();
  reopen (bench);
  if (find (bench, &filter, NULL, NULL) != LIVES_STEPS)
    g_error ("FlowFile %" G_GUINT64_FORMAT " has not %d events", filter.flowfile, LIVES_STEPS);
  for (unsigned direction = WEIR_LINEAGE_UP; direction <= WEIR_LINEAGE_DOWN; direction++) {
    g_autoptr (WeirLineage) lineage = weir_lineage_new (
        bench->history, filter.flowfile, (WeirLineageDirection)direction, WEIR_COLUMN_ALL);

    while (weir_lineage_next (lineage, &error) != NULL)
      ;
    if (error != NULL)
      fail (error);
  }
  return get_msec (start);
}

static double
ask_component (Bench *bench)
{
  WeirHistoryFilter filter = WEIR_HISTORY_FILTER_INIT;
  int64_t minute = (bench->until - bench->since) / DAY, start;

  filter.component = "lane3/step4";
  filter.since = bench->since + minute * g_rand_int_range (bench->rand, 0, DAY);
  filter.until = filter.since + minute - 1;
  filter.columns = WEIR_COLUMN_ALL;
  start = g_get_monotonic_time ();
  reopen (bench);
  if (find (bench, &filter, NULL, NULL) == 0)
    g_error ("a component has done nothing for a minute");
  return get_msec (start);
}

static double
ask_attribute (Bench *bench)
{
  g_autofree char *value = g_strdup_printf ("%" G_GUINT64_FORMAT, pick_flowfile (bench));
  WeirHistoryFilter filter = WEIR_HISTORY_FILTER_INIT;
  WeirHistoryAttribute attribute = { .name = "kafka.offset", .value = value };
  int64_t start = g_get_monotonic_time ();

  filter.attributes = &attribute;
  filter.n_attributes = 1;
  filter.columns = WEIR_COLUMN_ALL;
  reopen (bench);
  if (find (bench, &filter, NULL, NULL) != 1)
    g_error ("offset %s was not found once", value);
  return get_msec (start);
}

static double
ask_scan (Bench *bench)
{
  int64_t start = g_get_monotonic_time ();
  g_autoptr (GError) error = NULL;
  g_autoptr (WeirQuery) query = NULL;
  uint64_t n = 0;

  reopen (bench);
  query = weir_query_new (bench->history, "SELECT type, count(*) FROM events GROUP BY 1", &error);
  while (query != NULL && weir_query_next (query, &error)) {
    WeirValue value;

    weir_query_get (query, 1, &value);
    n += (uint64_t)value.integer;
  }
  if (error != NULL)
    fail (error);
  if (n != bench->n_events)
    g_error ("%" G_GUINT64_FORMAT " events were counted", n);
  return get_msec (start) / 1000;
}

static void
report (const char *id, double (*ask) (Bench *bench), Bench *bench, unsigned n, const char *unit)
{
  double figures[N_RUNS];

  for (unsigned i = 0; i < n; i++)
    figures[i] = ask (bench);
  bench_report (id, figures, n, unit);
}

/* --- memory --- */

/* Returns: MB that the program needs at most. */
static double
measure (const char *directory, const char *option, const char *argument, const char *format)
{
  const char *argv[] = {
    "weir", "provenance", "--data", directory, option, argument, format, NULL
  };
  g_autoptr (GError) error = NULL;
  struct rusage usage;
  int status;
  GPid pid;

  if (!g_spawn_async (NULL, (char **)argv, NULL,
                      G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL |
                          G_SPAWN_STDERR_TO_DEV_NULL,
                      NULL, NULL, &pid, &error))
    fail (error);
  if (wait4 (pid, &status, 0, &usage) != pid || status != 0)
    g_error ("weir provenance %s '%s' has failed", option, argument);
  g_print ("  %6.1f MB, %6.2f s of CPU: weir provenance %s %s '%s'\n",
           (double)usage.ru_maxrss / 1024,
           (double)usage.ru_utime.tv_sec + (double)usage.ru_utime.tv_usec / 1e6, format, option,
           argument);
  return (double)usage.ru_maxrss / 1024;
}

/* Long results, much to sort, many groups, and a lineage of a million. */
static double
measure_all (Bench *bench, const char *tree)
{
  static const char *const queries[] = {
    "SELECT type, count(*) FROM events GROUP BY 1",
    "SELECT component, avg(duration_us), max(size) FROM events WHERE event < 3000000 GROUP BY 1",
    "SELECT * FROM events WHERE event < 30000",
    "SELECT event, component, flowfile FROM events WHERE event < 2000000 ORDER BY flowfile DESC",
    "SELECT flowfile, count(*) FROM events WHERE event < 3000000 GROUP BY 1 ORDER BY 2 DESC",
    "SELECT count(DISTINCT value) FROM attributes WHERE event < 2000000",
    "SELECT event FROM events ORDER BY time DESC LIMIT 1000000",
    "SELECT group_concat(flowfile) FROM events WHERE event < 300000",
    "SELECT printf('%.*c', 16000000, char(1))",
  };
  double most = 0;
  char uuid[WEIR_UUID_LENGTH + 1];

  for (size_t i = 0; i < G_N_ELEMENTS (queries); i++)
    most = MAX (most, measure (bench->directory, "--sql", queries[i], "--csv"));
  weir_history_format_uuid (bench->history, 1, uuid);
  most = MAX (most, measure (tree, "--lineage", uuid, "--json"));
  most = MAX (most, measure (tree, "--lineage", uuid, "--down"));
  return most;
}

void
report_questions (const char *directory, const char *tree)
{
  Bench bench = { .directory = directory, .rand = g_rand_new_with_seed (4) };
  WeirHistoryFilter filter = WEIR_HISTORY_FILTER_INIT;
  double memory;

  reopen (&bench);
  if (!weir_history_get_range (bench.history, &filter.from, &bench.n_events))
    g_error ("there are no events in %s", directory);
  filter.columns = WEIR_COLUMN_TIME;
  filter.to = filter.from;
  find (&bench, &filter, NULL, &bench.since);
  filter.from = filter.to = bench.n_events;
  find (&bench, &filter, NULL, &bench.until);
  report ("prov.lineage_ms", ask_lineage, &bench, N_RUNS, "ms");
  report ("prov.component_ms", ask_component, &bench, N_RUNS, "ms");
  report ("prov.attribute_ms", ask_attribute, &bench, N_RUNS, "ms");
  report ("prov.scan_s", ask_scan, &bench, N_SCANS, "s");
  memory = measure_all (&bench, tree);
  bench_report ("prov.query_rss_mb", &memory, 1, "MB");
  weir_history_free (bench.history);
  g_rand_free (bench.rand);
}
