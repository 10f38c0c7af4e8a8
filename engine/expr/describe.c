/* describe.c: prints the function tables.
 *
 * Each example stands on a line of its own, "`expression` with `name=value` gives `result`", and is
 * tested as it stands there. */
#include "expr/describe.h"
#include "expr/function.h"

/* Code may have backticks in it when its fence has more of them. */
static void
append_code (GString *out, const char *text)
{
  g_autoptr (GString) fence = g_string_new ("`");
  const bool blank = *text == '`' || g_str_has_suffix (text, "`");

  while (strstr (text, fence->str) != NULL)
    g_string_append_c (fence, '`');
  g_string_append_printf (out, blank ? "%s %s %s" : "%s%s%s", fence->str, text, fence->str);
}

static void
append_signature (GString *out, const WeirExprFunction *function)
{
  g_auto (GStrv) names =
      g_strsplit (function->parameters != NULL ? function->parameters : "", " ", -1);
  size_t n_open = 0;

  g_string_append_c (out, '`');
  if ((function->flags & WEIR_EXPR_NO_SUBJECT) == 0)
    g_string_append_printf (out, "%s:", weir_expr_type_name (function->subject));
  g_string_append_printf (out, "%s(", function->name);
  for (size_t i = 0; i < function->n_types; i++) {
    if (i >= function->n_required) {
      g_string_append_c (out, '[');
      n_open++;
    }
    g_string_append_printf (out, "%s%s: %s", i > 0 ? ", " : "", names[i],
                            weir_expr_type_name (function->types[i]));
  }
  if ((function->flags & WEIR_EXPR_VARIADIC) != 0)
    g_string_append (out, ", …");
  for (size_t i = 0; i < n_open; i++)
    g_string_append_c (out, ']');
  g_string_append_printf (out, ")` → %s\n\n",
                          (function->flags & WEIR_EXPR_SELECTING) != 0
                              ? "what the rest of the expression gives"
                              : weir_expr_type_name (function->value));
}

static void
append_example (GString *out, const WeirExprFunction *function)
{
  g_auto (GStrv) attributes =
      g_strsplit (function->attributes != NULL ? function->attributes : "", "\n", -1);

  append_code (out, function->example);
  for (size_t i = 0; attributes[i] != NULL; i++) {
    g_string_append (out, i == 0 ? " with " : " and ");
    append_code (out, attributes[i]);
  }
  if (function->result == NULL) {
    g_string_append (out, " differs from time to time\n");
    return;
  }
  g_string_append (out, " gives ");
  if (*function->result == '\0')
    g_string_append (out, "the empty text");
  else
    append_code (out, function->result);
  g_string_append_c (out, '\n');
}

char *
weir_expr_describe_markdown (void)
{
  g_autoptr (GString) out = g_string_new (NULL);

  for (size_t i = 0; weir_expr_families[i] != NULL; i++) {
    const WeirExprFamily *family = weir_expr_families[i];
    const char *last = "";

    g_string_append_printf (out, "%s## %s\n", i > 0 ? "\n" : "", family->title);
    for (size_t j = 0; j < family->n_rows; j++) {
      const WeirExprFunction *function = &family->rows[j];

      if (!g_str_equal (function->name, last))
        g_string_append_printf (out, "\n### %s\n", function->name);
      last = function->name;
      g_string_append_c (out, '\n');
      append_signature (out, function);
      g_string_append_printf (out, "%s\n\n", function->doc);
      append_example (out, function);
    }
  }
  return g_string_free (g_steal_pointer (&out), FALSE);
}
