/* test-edges.c: each function has a case in edges.tsv for nothing, for what is empty, of a wrong
 * type or beyond ASCII, and for where its range ends. test-cases.c evaluates them; the fourth
 * field, "KIND FUNCTION", says what a case is there for. */
#include "expr/function.h"
#include <string.h>

static const char *const kinds[] = { "null", "empty", "type", "unicode", "boundary" };

#define ALL_KINDS ((1U << G_N_ELEMENTS (kinds)) - 1)
#define LEAST     1000 /* cases that people wrote, not Java */

static char *
read_cases (const char *name)
{
  g_autofree char *path = g_build_filename (g_getenv ("WEIR_EXPR_CASES"), name, NULL);
  g_autoptr (GError) error = NULL;
  char *contents = NULL;

  g_file_get_contents (path, &contents, NULL, &error);
  g_assert_no_error (error);
  return contents;
}

/* Beyond ASCII, the pictures of control characters aside. */
static bool
has_unicode (const char *text)
{
  for (; *text != '\0'; text = g_utf8_next_char (text)) {
    const gunichar c = g_utf8_get_char (text);

    if (c >= 0x80 && c != 0xa6 && (c < 0x2400 || c > 0x243f))
      return true;
  }
  return false;
}

static bool
has_empty (char *const *fields)
{
  return strstr (fields[0], "''") != NULL || strstr (fields[1], "=¦") != NULL ||
         g_str_has_suffix (fields[1], "=");
}

/* The bit of the kind that a case is of, once it is that. */
static unsigned
check_case (char *const *fields)
{
  g_auto (GStrv) tag = g_strsplit (fields[3], " ", 2);
  g_autofree char *call = g_strconcat (tag[1], "(", NULL);
  unsigned kind = 0;

  while (kind < G_N_ELEMENTS (kinds) && !g_str_equal (tag[0], kinds[kind]))
    kind++;
  g_assert_cmpuint (kind, <, G_N_ELEMENTS (kinds));
  g_assert_nonnull (weir_expr_function_find (tag[1], strlen (tag[1])));
  g_assert_nonnull (strstr (fields[0], call));
  if (g_str_equal (tag[0], "empty"))
    g_assert_true (has_empty (fields));
  if (g_str_equal (tag[0], "unicode"))
    g_assert_true (has_unicode (fields[0]) || has_unicode (fields[1]) || has_unicode (fields[2]));
  return 1U << kind;
}

/* Returns: (transfer full): the kinds of each function, as bits. */
static GHashTable *
read_kinds (void)
{
  GHashTable *seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *contents = read_cases ("edges.tsv");
  g_auto (GStrv) lines = g_strsplit (contents, "\n", -1);

  for (size_t i = 0; lines[i] != NULL; i++) {
    g_auto (GStrv) fields = g_strsplit (lines[i], "\t", -1);
    unsigned bits;

    if (lines[i][0] == '\0' || lines[i][0] == '#')
      continue;
    g_test_message ("line %zu", i + 1);
    g_assert_cmpuint (g_strv_length (fields), ==, 4);
    bits = check_case (fields);
    bits |= GPOINTER_TO_UINT (g_hash_table_lookup (seen, strchr (fields[3], ' ') + 1));
    g_hash_table_insert (seen, g_strdup (strchr (fields[3], ' ') + 1), GUINT_TO_POINTER (bits));
  }
  return seen;
}

static void
test_kinds (void)
{
  g_autoptr (GHashTable) seen = read_kinds ();
  unsigned n_missing = 0;

  for (size_t i = 0; weir_expr_families[i] != NULL; i++) {
    const WeirExprFamily *family = weir_expr_families[i];

    for (size_t j = 0; j < family->n_rows; j++) {
      const char *name = family->rows[j].name;
      const unsigned missing = ALL_KINDS & ~GPOINTER_TO_UINT (g_hash_table_lookup (seen, name));

      for (size_t k = 0; k < G_N_ELEMENTS (kinds); k++) {
        if ((missing & 1U << k) == 0)
          continue;
        g_test_message ("%s has no case '%s'", name, kinds[k]);
        n_missing++;
      }
    }
  }
  g_assert_cmpuint (n_missing, ==, 0);
}

static void
test_number (void)
{
  g_autoptr (GDir) dir = g_dir_open (g_getenv ("WEIR_EXPR_CASES"), 0, NULL);
  unsigned n_cases = 0;
  const char *name;

  g_assert_nonnull (dir);
  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *contents = g_str_has_prefix (name, "java-") ? NULL : read_cases (name);
    g_auto (GStrv) lines = g_strsplit (contents != NULL ? contents : "", "\n", -1);

    for (size_t i = 0; lines[i] != NULL; i++)
      n_cases += lines[i][0] != '\0' && lines[i][0] != '#';
  }
  g_test_message ("%u cases", n_cases);
  g_assert_cmpuint (n_cases, >=, LEAST);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_nonnull (g_getenv ("WEIR_EXPR_CASES"));
  g_test_add_func ("/expr/edges/kinds", test_kinds);
  g_test_add_func ("/expr/edges/number", test_number);
  return g_test_run ();
}
