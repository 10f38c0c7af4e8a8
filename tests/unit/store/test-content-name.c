#include "store/content-name.h"

#include <weir/error.h>

#include "scratch.h"

static void
test_names_have_twelve_digits (void)
{
  static const char *const others[] = {
    "",
    "1.own",
    "00000000000.own",
    "0000000000001.own",
    "000000000000.own",
    "ballast",
    "00000000001x.own",
    "000000000001",
    "-00000000001.own",
  };
  g_autofree char *name = weir_content_name_new (42, "own");
  const char *kind;
  uint64_t number;

  g_assert_cmpstr (name, ==, "000000000042.own");
  g_assert_true (weir_content_name_parse (name, &number, &kind));
  g_assert_cmpuint (number, ==, 42);
  g_assert_cmpstr (kind, ==, "own");
  for (size_t i = 0; i < G_N_ELEMENTS (others); i++)
    g_assert_false (weir_content_name_parse (others[i], &number, &kind));
}

static void
on_name (void *user, const WeirContentName *name)
{
  uint64_t *sum = user;

  g_assert_cmpstr (name->kind, ==, "own");
  *sum += name->number * 100 + name->size;
}

static void
test_a_directory_is_searched_for_names (void)
{
  static const char *const files[] = { "000000000003.own", "000000000007.own", "README", "1.own" };
  g_autofree char *root = g_dir_make_tmp ("weir-name-XXXXXX", NULL);
  g_autofree char *folder = g_build_filename (root, "000000000009.own", NULL);
  g_autofree char *missing = g_build_filename (root, "missing", NULL);
  g_autoptr (GError) error = NULL;
  uint64_t sum = 0;

  for (size_t i = 0; i < G_N_ELEMENTS (files); i++) {
    g_autofree char *path = g_build_filename (root, files[i], NULL);

    g_assert_true (g_file_set_contents (path, "abc", (gssize)i + 1, NULL));
  }
  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  g_assert_true (weir_content_name_each (NULL, root, on_name, &sum, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (sum, ==, 1003);
  g_assert_false (weir_content_name_each (NULL, missing, on_name, &sum, &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND);
  scratch_remove (root);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/content-name/digits", test_names_have_twelve_digits);
  g_test_add_func ("/content-name/directory", test_a_directory_is_searched_for_names);
  return g_test_run ();
}
