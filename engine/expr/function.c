/* function.c: finding a function by its name. */
#include "expr/function.h"
#include "base/suggest.h"

const WeirExprFamily *const weir_expr_families[] = {
  &weir_expr_logic_family,  &weir_expr_string_family, &weir_expr_list_family,
  &weir_expr_search_family, &weir_expr_regex_family,  &weir_expr_encode_family,
  &weir_expr_math_family,   &weir_expr_date_family,   &weir_expr_json_family,
  &weir_expr_system_family, &weir_expr_multi_family,  NULL,
};

const WeirExprFunction *
weir_expr_function_find (const char *name, size_t length)
{
  for (size_t i = 0; weir_expr_families[i] != NULL; i++) {
    const WeirExprFamily *family = weir_expr_families[i];

    for (size_t j = 0; j < family->n_rows; j++) {
      const char *candidate = family->rows[j].name;

      if (candidate[0] == name[0] && strncmp (candidate, name, length) == 0 &&
          candidate[length] == '\0')
        return &family->rows[j];
    }
  }
  return NULL;
}

const char *
weir_expr_function_suggest (const char *name, size_t length)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autofree char *copy = g_strndup (name, length);

  for (size_t i = 0; weir_expr_families[i] != NULL; i++)
    for (size_t j = 0; j < weir_expr_families[i]->n_rows; j++)
      g_ptr_array_add (names, (char *)weir_expr_families[i]->rows[j].name);
  return weir_suggest (copy, (const char *const *)names->pdata, names->len);
}
