#include "client/known.h"

#include <glib/gstdio.h>

static void
test_remembers (void)
{
  g_autofree char *path = weir_known_get_path ();
  g_autoptr (GError) error = NULL;
  g_autofree char *none = weir_known_find ("https://a:1", &error);
  g_autofree char *first = NULL, *second = NULL, *other = NULL, *prefix = NULL, *text = NULL;
  GStatBuf now;

  g_assert_no_error (error);
  g_assert_null (none);
  g_assert_true (weir_known_remember ("https://a:1", "aa", &error));
  g_assert_true (weir_known_remember ("https://b:1", "bb", &error));
  first = weir_known_find ("https://a:1", &error);
  g_assert_cmpstr (first, ==, "aa");
  g_assert_true (weir_known_remember ("https://a:1", "cc", &error));
  second = weir_known_find ("https://a:1", &error);
  g_assert_cmpstr (second, ==, "cc");
  other = weir_known_find ("https://b:1", &error);
  g_assert_cmpstr (other, ==, "bb");
  prefix = weir_known_find ("https://a", &error);
  g_assert_null (prefix);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "https://b:1 sha256:bb\nhttps://a:1 sha256:cc\n");
  g_assert_cmpint (g_stat (path, &now), ==, 0);
  g_assert_cmpint (now.st_mode & 0777, ==, 0600);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/known/remembers", test_remembers);
  return g_test_run ();
}
