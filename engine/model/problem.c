/* problem.c: collecting and printing problems. */
#include "model/problem.h"
#include <stdarg.h>

static void
free_problem (gpointer data)
{
  WeirProblem *problem = data;

  g_free (problem->path);
  g_free (problem->message);
  g_free (problem->advice);
  g_free (problem);
}

GPtrArray *
weir_problems_new (void)
{
  return g_ptr_array_new_with_free_func (free_problem);
}

WeirProblem *
weir_problems_add (GPtrArray *problems, const WeirComponent *component, WeirOrigin origin,
                   const char *advice, const char *format, ...)
{
  WeirProblem *problem = g_new0 (WeirProblem, 1);
  va_list args;

  va_start (args, format);
  problem->message = g_strdup_vprintf (format, args);
  va_end (args);
  problem->origin = origin.line == 0 && component != NULL ? component->origin : origin;
  problem->path = component != NULL ? weir_component_get_path (component) : g_strdup ("");
  problem->advice = g_strdup (advice);
  g_ptr_array_add (problems, problem);
  return problem;
}

static int
compare_places (gconstpointer a, gconstpointer b)
{
  const WeirProblem *one = *(const WeirProblem *const *)a;
  const WeirProblem *other = *(const WeirProblem *const *)b;

  if (one->origin.line != other->origin.line)
    return one->origin.line < other->origin.line ? -1 : 1;
  if (one->origin.column != other->origin.column)
    return one->origin.column < other->origin.column ? -1 : 1;
  return 0;
}

void
weir_problems_sort (GPtrArray *problems)
{
  /* GLib sorts arrays by merging: what is equal keeps its order. */
  g_ptr_array_sort (problems, compare_places);
}

guint
weir_problems_count (const GPtrArray *problems, WeirSeverity severity)
{
  guint count = 0;

  for (guint i = 0; i < problems->len; i++)
    count += ((const WeirProblem *)problems->pdata[i])->severity == severity;
  return count;
}

char *
weir_problem_format (const WeirProblem *problem, const char *file)
{
  GString *text = g_string_new (file);

  if (problem->origin.line > 0)
    g_string_append_printf (text, ":%u:%u", problem->origin.line, problem->origin.column);
  g_string_append_printf (text, ": %s%s",
                          problem->severity == WEIR_SEVERITY_WARNING ? "warning: " : "",
                          problem->message);
  if (problem->advice[0] != '\0')
    g_string_append_printf (text, ", %s", problem->advice);
  return g_string_free (text, FALSE);
}
