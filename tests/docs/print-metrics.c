/* print-metrics: what is behind docs/monitoring.md: with "table" its tables, else the metrics of a
 * small flow, for promtool. */
#include "control/metrics.h"

#include <stdio.h>

static void
print_table (void)
{
  for (unsigned kind = 0; kind < WEIR_N_SUBJECT_KINDS; kind++) {
    unsigned n;
    const WeirMeasure *measures = weir_measures_get ((WeirSubjectKind)kind, &n);

    for (unsigned i = 0; i < n; i++)
      printf ("| `%s` | `%s` | %s |\n", measures[i].metric, measures[i].name, measures[i].doc);
  }
}

static void
print_metrics (void)
{
  static const char *const paths[] = { "", "read", "archive/read:success -> \"big\"\\" };
  g_autoptr (WeirRoster) roster = weir_roster_new_empty (3);
  g_autoptr (WeirReading) reading = weir_reading_new_empty (roster, 0, 0);
  GString *out = g_string_new (NULL);

  for (unsigned i = 0; i < 3; i++) {
    roster->subjects[i].kind = (WeirSubjectKind)i;
    roster->subjects[i].path = g_strdup (paths[i]);
    roster->subjects[i].part = "processor";
    reading->subjects[i].values[0] = i;
  }
  weir_metrics_put (out, reading, "orders");
  fputs (out->str, stdout);
  g_string_free (out, TRUE);
}

int
main (int argc, char **argv)
{
  if (argc == 2 && g_str_equal (argv[1], "table"))
    print_table ();
  else
    print_metrics ();
  return 0;
}
