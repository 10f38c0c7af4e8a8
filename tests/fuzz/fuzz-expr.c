/* fuzz-expr.c: any text with expressions is refused, with a reason and a place, or evaluates to a
 * text or an error within its limits, whatever the attributes are.
 *
 * The parts of the input are separated by form feeds: the text, then the attributes a, b and c. */
#include "base/limits.h"
#include "expr/trial.h"
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

#define N_ATTRIBUTES 3

static const char *const names[N_ATTRIBUTES] = { "a", "b", "c" };

static const char *
on_lookup (const void *subject, const char *name)
{
  const char *const *values = subject;

  for (size_t i = 0; i < N_ATTRIBUTES; i++)
    if (strcmp (names[i], name) == 0)
      return values[i];
  return NULL;
}

static size_t
on_count (const void *subject)
{
  const char *const *values = subject;
  size_t n = 0;

  while (n < N_ATTRIBUTES && values[n] != NULL)
    n++;
  return n;
}

static void
on_nth (const void *subject, size_t index, const char **ret_name, const char **ret_value)
{
  const char *const *values = subject;

  *ret_name = names[index];
  *ret_value = values[index];
}

static void
check_error (const GError *error)
{
  g_assert_nonnull (error);
  g_assert_cmpuint (error->domain, ==, WEIR_ERROR);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
}

static void
try (const char *text, const WeirExprScope *scope)
{
  g_autoptr (GError) error = NULL;
  WeirArena arena = { 0 };
  WeirExprTrial trial;

  if (weir_expr_try (text, scope, &arena, &trial, &error)) {
    g_assert_no_error (error);
    g_assert_nonnull (trial.type);
    g_assert_cmpuint (strlen (trial.value), <=, MAX (WEIR_LIMIT_EXPR_TEXT, WEIR_LIMIT_EXPR_BYTES));
  } else {
    check_error (error);
  }
  g_assert_cmpint (trial.failed, <=, (ptrdiff_t)strlen (text));
  g_assert_true (trial.unclosed < 0 || g_str_has_prefix (text + trial.unclosed, "${"));
  weir_arena_clear (&arena);
}

/* As a property would be that is read without a FlowFile, for a boolean and for a number. */
static void
try_typed (const char *text, const WeirExprScope *scope)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WeirExpr) expr = weir_expr_compile (text, WEIR_EXPR_NO_ATTRIBUTES, &error);
  WeirArena arena = { 0 };
  bool truth;
  int64_t number;

  if (expr == NULL) {
    check_error (error);
    return;
  }
  if (!weir_expr_run_bool (expr, scope, &arena, &truth, &error))
    check_error (error);
  g_clear_error (&error);
  if (!weir_expr_run_integer (expr, scope, &arena, &number, &error))
    check_error (error);
  weir_arena_clear (&arena);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *)data, size);
  g_auto (GStrv) parts = g_strsplit (text, "\f", 1 + N_ATTRIBUTES);
  const char *values[1 + N_ATTRIBUTES] = { NULL };
  WeirRandom random;
  _Atomic int64_t next_int = 0;
  const WeirExprScope nobody = { .clock = weir_clock_system () };
  const WeirExprScope scope = {
    .subject = values,
    .lookup = on_lookup,
    .count = on_count,
    .nth = on_nth,
    .clock = weir_clock_system (),
    .random = &random,
    .next_int = &next_int,
  };

  if (parts[0] == NULL)
    return 0;
  weir_random_init (&random, 1);
  for (size_t i = 0; i < N_ATTRIBUTES && parts[1 + i] != NULL; i++)
    values[i] = parts[1 + i];
  try (parts[0], &scope);
  try_typed (parts[0], &nobody);
  return 0;
}
