#include "base/error.h"
#include <errno.h>
#include <glib.h>
#include <string.h>

static void
test_system_errors_become_sentences (void)
{
  g_autoptr (GError) missing = NULL;
  g_autoptr (GError) full = NULL;
  g_autoptr (GError) plain = NULL;

  g_assert_false (weir_error_set_errno (&missing, "open", "/no/such", ENOENT));
  g_assert_error (missing, WEIR_ERROR, WEIR_ERROR_NOT_FOUND);
  g_assert_cmpstr (missing->message, ==, "cannot open '/no/such': No such file or directory");

  weir_error_set_errno (&full, "write", "/tmp/x", ENOSPC);
  g_assert_error (full, WEIR_ERROR, WEIR_ERROR_IO);
  g_assert_cmpstr (full->message, ==,
                   "cannot write '/tmp/x': No space left on device; "
                   "free space there or use another disk");

  weir_error_set_errno (&plain, "start a thread", NULL, EAGAIN);
  g_assert_error (plain, WEIR_ERROR, WEIR_ERROR_IO);
  g_assert_cmpstr (plain->message, ==, "cannot start a thread: Resource temporarily unavailable");
  weir_error_set_errno (NULL, "ignore", NULL, EIO);
}

static void
check_quote (const char *text, const char *expected)
{
  g_autofree char *quoted = weir_error_quote (text);

  g_assert_cmpstr (quoted, ==, expected);
}

static void
test_quotes_cannot_break_a_message (void)
{
  check_quote ("plain", "'plain'");
  check_quote (NULL, "''");
  check_quote ("a\nb\033[1m", "'a\\x0ab\\x1b[1m'");
  check_quote ("it's \\", "'it\\'s \\\\'");
  check_quote ("gr\303\274n", "'gr\303\274n'");
  check_quote ("\377\376", "'\\xff\\xfe'");
  check_quote ("\303", "'\\xc3'");
  check_quote ("a\342\200\256b", "'a\\xe2\\x80\\xaeb'"); /* turns the writing direction */
}

static void
test_quotes_are_short (void)
{
  g_autofree char *text = g_strnfill (100000, 'x');
  g_autofree char *quoted = weir_error_quote (text);

  g_assert_cmpuint (strlen (quoted), <, 320);
  g_assert_true (g_str_has_suffix (quoted, "x...'"));
}

static void
test_messages_of_others_are_cleaned (void)
{
  g_autofree char *plain = weir_error_clean ("it's a\nline gr\303\274n");
  g_autofree char *wild = weir_error_clean ("\033[2J\377\t\303");
  g_autofree char *empty = weir_error_clean ("");

  g_assert_cmpstr (plain, ==, "it's a\nline gr\303\274n");
  g_assert_cmpstr (wild, ==, "\\x1b[2J\\xff\\x09\\xc3");
  g_assert_cmpstr (empty, ==, "");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/error/errno", test_system_errors_become_sentences);
  g_test_add_func ("/error/quote", test_quotes_cannot_break_a_message);
  g_test_add_func ("/error/quote-length", test_quotes_are_short);
  g_test_add_func ("/error/clean", test_messages_of_others_are_cleaned);
  return g_test_run ();
}
