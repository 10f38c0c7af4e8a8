/* problem.c: collecting and printing problems. */
#include "model/problem.h"
#include "base/limits.h"
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

/* Makes @text fit for a terminal. Returns: (transfer full). */
static char *
tame (const char *text)
{
  GString *tamed = g_string_new (NULL);

  while (*text != '\0' && tamed->len < WEIR_LIMIT_MESSAGE) {
    gunichar character = g_utf8_get_char_validated (text, -1);
    bool valid = character < (gunichar)-2;

    text = valid ? g_utf8_next_char (text) : text + 1;
    if (!valid || g_unichar_iscntrl (character))
      character = '?';
    g_string_append_unichar (tamed, character);
  }
  if (*text != '\0')
    g_string_append (tamed, "...");
  return g_string_free (tamed, FALSE);
}

bool
weir_problems_are_full (const GPtrArray *problems)
{
  return problems->len >= WEIR_LIMIT_PROBLEMS;
}

static void
add (GPtrArray *problems, WeirSeverity severity, const WeirComponent *component, WeirOrigin origin,
     const char *advice, const char *message)
{
  WeirProblem *problem = NULL;
  g_autofree char *path = component != NULL ? weir_component_get_path (component) : g_strdup ("");

  if (weir_problems_are_full (problems))
    return;
  problem = g_new0 (WeirProblem, 1);
  problem->origin = origin.line == 0 && component != NULL ? component->origin : origin;
  g_ptr_array_add (problems, problem);
  if (weir_problems_are_full (problems)) {
    problem->path = g_strdup ("");
    problem->message = g_strdup ("there are more problems");
    problem->advice = g_strdup ("solve these first");
    return;
  }
  problem->severity = severity;
  problem->path = tame (path);
  problem->message = tame (message);
  problem->advice = tame (advice);
}

void
weir_problems_add (GPtrArray *problems, const WeirComponent *component, WeirOrigin origin,
                   const char *advice, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  add (problems, WEIR_SEVERITY_ERROR, component, origin, advice, message);
}

void
weir_problems_warn (GPtrArray *problems, const WeirComponent *component, WeirOrigin origin,
                    const char *advice, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  add (problems, WEIR_SEVERITY_WARNING, component, origin, advice, message);
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

static void
mask_text (char **text, const WeirMask *mask)
{
  char *masked = weir_mask_apply (mask, *text);

  g_free (*text);
  *text = masked;
}

void
weir_problems_mask (GPtrArray *problems, const WeirMask *mask)
{
  for (guint i = 0; i < problems->len && !weir_mask_is_empty (mask); i++) {
    WeirProblem *problem = problems->pdata[i];

    mask_text (&problem->message, mask);
    mask_text (&problem->advice, mask);
  }
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
