/* provenance-sql.c: weir provenance --sql, and what a long query shows of itself. */
#include "cli/provenance.h"

#include <inttypes.h>
#include <unistd.h>

#include "provenance/query.h"

bool
weir_provenance_run_sql (WeirProvenance *self, GError **error)
{
  g_autoptr (WeirQuery) query = weir_query_new (self->history, self->options.sql, error);
  g_autoptr (GError) reason = NULL;
  g_autoptr (WeirRows) rows = NULL;
  g_autofree const char **names = NULL;
  g_autofree WeirValue *values = NULL;
  int n;

  if (query == NULL)
    return false;
  n = weir_query_get_n_columns (query);
  names = g_new0 (const char *, n);
  values = g_new0 (WeirValue, n);
  for (int i = 0; i < n; i++)
    names[i] = weir_query_get_name (query, i);
  rows = weir_rows_new (self->format, stdout, names, (unsigned)n);
  while (weir_query_next (query, &reason)) {
    weir_provenance_end_progress (self);
    for (int i = 0; i < n; i++)
      weir_query_get (query, i, &values[i]);
    weir_rows_put (rows, values);
  }
  weir_provenance_end_progress (self);
  if (reason == NULL)
    return true;
  g_propagate_error (error, g_steal_pointer (&reason));
  return false;
}
