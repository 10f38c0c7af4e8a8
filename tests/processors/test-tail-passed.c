/* Tests which rotated files are known to be read: as text, by what they are, and too many. */
#include "file/tail-passed.h"
#include "scratch.h"

static void
add (Scratch *scratch, TailPassed *passed, const char *name)
{
  g_autofree char *path = scratch_path (scratch, name);
  g_autoptr (GError) error = NULL;
  TailSource source;

  g_assert_cmpint (tail_source_open (&source, path, &error), ==, 1);
  tail_passed_add (passed, &source);
  tail_source_close (&source);
}

static bool
has (Scratch *scratch, const TailPassed *passed, const char *name)
{
  g_autofree char *path = scratch_path (scratch, name);
  g_autoptr (GError) error = NULL;
  const TailPosition *end;
  TailSource source;
  bool is_it;

  g_assert_cmpint (tail_source_open (&source, path, &error), ==, 1);
  end = tail_passed_find (passed, &source.status);
  is_it = end != NULL && tail_source_check_mark (&source, end) == 1;
  tail_source_close (&source);
  return is_it;
}

static void
write_at (Scratch *scratch, const char *name, const char *text, int64_t usec)
{
  scratch_write (scratch, name, text, -1);
  scratch_set_mtime (scratch, name, usec);
}

static void
test_identity (void)
{
  g_auto (Scratch) scratch = { 0 };
  TailPassed passed = { .is_known = true };
  g_autofree char *text = NULL;

  scratch_init (&scratch);
  write_at (&scratch, "a", "lines", 0);
  write_at (&scratch, "b", "lines", 0);
  g_assert_false (has (&scratch, &passed, "a"));
  add (&scratch, &passed, "a");
  text = tail_passed_format (&passed);
  passed = tail_passed_parse (text);
  g_assert_true (passed.is_known);
  g_assert_cmpuint (passed.n, ==, 1);
  g_assert_true (has (&scratch, &passed, "a"));
  g_assert_false (has (&scratch, &passed, "b"));
  write_at (&scratch, "a", "lines and more", 0);
  g_assert_true (has (&scratch, &passed, "a"));
  write_at (&scratch, "a", "lines and more", G_USEC_PER_SEC);
  g_assert_false (has (&scratch, &passed, "a"));
  write_at (&scratch, "a", "other", 0);
  g_assert_false (has (&scratch, &passed, "a"));
  write_at (&scratch, "a", "line", 0);
  g_assert_false (has (&scratch, &passed, "a"));
}

static void
test_too_many (void)
{
  g_auto (Scratch) scratch = { 0 };
  TailPassed passed = { .is_known = true };
  g_autofree char *full = NULL;

  scratch_init (&scratch);
  scratch_write (&scratch, "a", "lines", -1);
  for (unsigned i = 0; i < TAIL_PASSED_MAX; i++)
    add (&scratch, &passed, "a");
  full = tail_passed_format (&passed);
  g_assert_cmpuint (tail_passed_parse (full).n, ==, TAIL_PASSED_MAX);
  for (unsigned i = 0; i < 2; i++) {
    add (&scratch, &passed, "a");
    g_assert_false (passed.is_known);
    g_assert_cmpuint (passed.n, ==, 0);
    g_assert_null (tail_passed_format (&passed));
  }
}

static void
test_text (void)
{
  static const char *const hostile[] = {
    "", "2", "1\n", "1\n1 2 3 4 5", "1\n1 2 3 4 5 6\n", "\n1"
  };
  g_autoptr (GString) many = g_string_new ("1");
  TailPassed passed = { .is_known = true };
  g_autofree char *text = tail_passed_format (&passed);

  g_assert_true (tail_passed_parse (text).is_known);
  g_assert_false (tail_passed_parse (NULL).is_known);
  for (size_t i = 0; i < G_N_ELEMENTS (hostile); i++) {
    if (tail_passed_parse (hostile[i]).is_known)
      g_error ("\"%s\" is taken for files", hostile[i]);
  }
  for (unsigned i = 0; i <= TAIL_PASSED_MAX; i++)
    g_string_append (many, "\n1 2 3 4 5 6");
  g_assert_false (tail_passed_parse (many->str).is_known);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tail-passed/identity", test_identity);
  g_test_add_func ("/tail-passed/too many", test_too_many);
  g_test_add_func ("/tail-passed/text", test_text);
  return g_test_run ();
}
