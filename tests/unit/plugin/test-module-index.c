#include "base/limits.h"
#include "plugin/module-index.h"
#include <string.h>

static GPtrArray *
parse (const char *text, GError **error)
{
  return weir_module_index_parse (text, strlen (text), error);
}

static void
test_round_trip (void)
{
  const char *const types[] = { "GetFile", "PutFile", NULL };
  const char *const none[] = { NULL };
  g_autoptr (GPtrArray) index = weir_module_index_new ();
  g_autoptr (GPtrArray) again = NULL;
  g_autofree char *text = NULL;
  const WeirModuleIndexEntry *entry;

  weir_module_index_add (index, "weir-file.so", 1700000000, 4096, types);
  weir_module_index_add (index, "weir-none.so", -1, 0, none);
  weir_module_index_add (index, "weir-a b.so", 1, 1, types);
  text = weir_module_index_format (index);
  g_assert_cmpstr (text, ==,
                   "weir-modules 1\nweir-file.so 1700000000 4096 GetFile PutFile\n"
                   "weir-none.so -1 0\n");

  again = parse (text, NULL);
  g_assert_cmpuint (again->len, ==, 2);
  entry = weir_module_index_find (again, "weir-file.so", 1700000000, 4096);
  g_assert_true (g_strv_equal ((const char *const *)entry->types, types));
}

static void
test_only_the_same_file_counts (void)
{
  g_autoptr (GPtrArray) index = parse ("weir-modules 1\nweir-a.so 5 6 A\n", NULL);

  g_assert_nonnull (weir_module_index_find (index, "weir-a.so", 5, 6));
  g_assert_null (weir_module_index_find (index, "weir-a.so", 4, 6));
  g_assert_null (weir_module_index_find (index, "weir-a.so", 5, 7));
  g_assert_null (weir_module_index_find (index, "weir-b.so", 5, 6));
}

static void
test_refuses_broken_text (void)
{
  const char *const bad[] = {
    "",
    "weir-modules 2\n",
    "weir-modules 1",
    "weir-modules 1\nweir-a.so\n",
    "weir-modules 1\nweir-a.so 1\n",
    "weir-modules 1\nweir-a.so x 1 A\n",
    "weir-modules 1\nweir-a.so 1 -1 A\n",
    "weir-modules 1\n../weir-a.so 1 1 A\n",
    "weir-modules 1\nweir-a.so 1 1 A  B\n",
    "weir-modules 1\nweir-a.so 1 1 a/b\n",
    "weir-modules 1\n 1 1 A\n",
  };
  g_autofree char *huge = g_strnfill (WEIR_LIMIT_MODULE_INDEX_BYTES + 1, '\n');

  for (size_t i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (parse (bad[i], &error));
    g_assert_nonnull (error);
  }
  memcpy (huge, "weir-modules 1\n", 15);
  g_assert_null (parse (huge, NULL));
  g_assert_null (weir_module_index_parse ("weir-modules 1\n\0", 16, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/module-index/round-trip", test_round_trip);
  g_test_add_func ("/module-index/same-file", test_only_the_same_file_counts);
  g_test_add_func ("/module-index/broken", test_refuses_broken_text);
  return g_test_run ();
}
