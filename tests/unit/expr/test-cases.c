/* test-cases.c: the language against cases/: expression, attributes and result in each line.
 *
 * Between the three are tabs, between attributes ¦; ␤ ␍ ␉ ␠ stand for a line feed, a carriage
 * return, a tab and a space at an end, ␁ ␛ ␡ for other control characters. A result that begins
 * with ! is a part of the message of an error. A line that begins with # is a comment. A fourth
 * field says what the case is there for (test-edges.c). */
#include "world.h"
#include <string.h>

static char *
decode (const char *text)
{
  static const char *const pictures[][2] = {
    { "␤", "\n" },   { "␍", "\r" },   { "␉", "\t" },   { "␠", " " },
    { "␁", "\001" }, { "␛", "\033" }, { "␡", "\177" },
  };
  GString *decoded = g_string_new (text);

  for (size_t i = 0; i < G_N_ELEMENTS (pictures); i++)
    g_string_replace (decoded, pictures[i][0], pictures[i][1], 0);
  return g_string_free (decoded, FALSE);
}

/* Returns: (transfer full) (nullable): what is wrong with the case. */
static char *
try_case (World *world, char *const *fields)
{
  g_autofree char *expression = decode (fields[0]);
  g_autofree char *attributes = decode (fields[1]);
  g_autofree char *expected = decode (fields[2]);
  g_autofree char *result = NULL;
  g_autoptr (GError) error = NULL;

  world_set (world, attributes, "¦");
  result = world_evaluate (world, expression, &error);
  if (expected[0] == '!') {
    if (result != NULL)
      return g_strdup_printf ("%s: not an error but <%s>", fields[0], result);
    if (strstr (error->message, expected + 1) == NULL)
      return g_strdup_printf ("%s: the error is <%s>", fields[0], error->message);
    return NULL;
  }
  if (result == NULL)
    return g_strdup_printf ("%s: error <%s>", fields[0], error->message);
  if (strcmp (result, expected) != 0)
    return g_strdup_printf ("%s: <%s>, not <%s>", fields[0], result, expected);
  return NULL;
}

static void
test_file (gconstpointer data)
{
  const char *path = data;
  g_autoptr (World) world = world_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *contents = NULL;
  g_auto (GStrv) lines = NULL;
  unsigned n_cases = 0;
  unsigned n_failed = 0;

  g_file_get_contents (path, &contents, NULL, &error);
  g_assert_no_error (error);
  lines = g_strsplit (contents, "\n", -1);
  for (size_t i = 0; lines[i] != NULL; i++) {
    g_auto (GStrv) fields = NULL;
    g_autofree char *problem = NULL;

    if (lines[i][0] == '\0' || lines[i][0] == '#')
      continue;
    fields = g_strsplit (lines[i], "\t", -1);
    if (g_strv_length (fields) != 3 && g_strv_length (fields) != 4)
      problem = g_strdup_printf ("%u fields, not 3 or 4", g_strv_length (fields));
    else
      problem = try_case (world, fields);
    n_cases++;
    if (problem != NULL) {
      g_test_message ("%s:%zu: %s", path, i + 1, problem);
      n_failed++;
    }
  }
  g_test_message ("%u cases", n_cases);
  g_assert_cmpuint (n_cases, >, 0);
  if (n_failed > 0)
    g_test_fail_printf ("%u of %u cases failed", n_failed, n_cases);
}

int
main (int argc, char **argv)
{
  const char *folder = g_getenv ("WEIR_EXPR_CASES");
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) dir = NULL;
  const char *name;

  g_setenv ("TZ", "UTC", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_assert_nonnull (folder);
  dir = g_dir_open (folder, 0, NULL);
  g_assert_nonnull (dir);
  while ((name = g_dir_read_name (dir)) != NULL) {
    char *path = g_build_filename (folder, name, NULL);
    g_autofree char *test = g_strconcat ("/expr/cases/", name, NULL);

    g_ptr_array_add (paths, path);
    g_test_add_data_func (test, path, test_file);
  }
  return g_test_run ();
}
