/* Tests processors/text/regex.c on its own, with a clock that can be moved. */
#include "regex.h"
#include <string.h>

static const WeirContext *const NO_CONTEXT = NULL;
static int64_t now;
static int64_t step; /* how much each look at the clock takes */
static unsigned n_looks;
static bool is_stopping;

bool
weir_context_is_stopping (const WeirContext *context)
{
  return is_stopping;
}

int64_t
weir_context_get_monotonic_time (const WeirContext *context)
{
  n_looks++;
  return now += step;
}

static Regex *
compile (const char *pattern, bool often)
{
  g_autoptr (GError) error = NULL;
  Regex *regex = regex_new (pattern, often, &error);

  g_assert_no_error (error);
  return regex;
}

/* All matches in @text, "[...]" each; the code of the error, if there is one. */
static char *
find_all (const Regex *regex, const char *text, size_t size)
{
  g_autoptr (RegexSearch) search = regex_search_new (regex, NO_CONTEXT);
  g_autoptr (GError) error = NULL;
  GString *all = g_string_new (NULL);
  bool found;

  regex_search_begin (search, text, size);
  while (regex_search_next (search, &found, &error) && found) {
    WeirBytes match = regex_search_get (search, 0);

    g_string_append_printf (all, "[%.*s]", (int)match.size, match.data);
  }
  if (error != NULL)
    g_string_append (all, error->code == WEIR_ERROR_LIMIT ? "limit" : "failed");
  return g_string_free (all, FALSE);
}

static void
assert_finds (const char *pattern, const char *text, const char *expected)
{
  for (unsigned often = 0; often < 2; often++) {
    g_autoptr (Regex) regex = compile (pattern, often);
    g_autofree char *all = find_all (regex, text, strlen (text));

    g_assert_cmpstr (all, ==, expected);
  }
}

/* Compiled to code or not, they find the same. */
static void
test_finds (void)
{
  assert_finds ("a+", "aa b a", "[aa][a]");
  assert_finds ("a*", "baa", "[][aa][]");
  assert_finds ("x?", "\xc3\xa9\xff", "[][][]");
  assert_finds ("\\Ab|^c|d$", "b\nc\nd\r\n", "[b][d]");
  assert_finds ("b|.",
                "\xff"
                "b\xc3",
                "[b]");
  assert_finds ("(a+)+$", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "limit");
}

/* Looks quadratic: from each `a` to the end of the text. */
static void
test_time (void)
{
  const size_t size = 200000;
  g_autofree char *text = g_strnfill (size, 'a');

  text[size - 1] = '!';
  for (unsigned often = 0; often < 2; often++) {
    g_autoptr (Regex) regex = compile ("a[^b]*+b|a!?!$x", often);
    g_autofree char *all = NULL;

    n_looks = 0;
    step = 10000;
    text[size / 2] = 'x';
    all = find_all (regex, text, size);
    g_assert_cmpstr (all, ==, "limit");
    g_assert_cmpuint (n_looks, >, 100);
    g_assert_cmpuint (n_looks, <, 110);
  }
  step = 0;
}

static void
test_stop (void)
{
  g_autofree char *text = g_strnfill (1000, 'a');
  g_autoptr (Regex) regex = compile ("a{3}+b|aax", true);
  g_autofree char *all = NULL;

  is_stopping = true;
  text[999] = 'x';
  text[998] = 'b';
  all = find_all (regex, text, 1000);
  is_stopping = false;
  g_assert_cmpstr (all, ==, "failed");
}

static void
test_groups (void)
{
  g_autoptr (Regex) regex = compile ("(a)(?<name>b)?(c)", false);

  g_assert_cmpuint (regex_get_n_groups (regex), ==, 3);
  g_assert_cmpuint (regex_find_group (regex, "named", 4), ==, 2);
  g_assert_cmpuint (regex_find_group (regex, "named", 5), ==, 0);
  g_assert_cmpuint (regex_find_group (regex, "", 0), ==, 0);
}

static void
test_escape (void)
{
  g_autofree char *escaped = regex_escape ("a.b(\\E[\n\xc3\xa9");

  assert_finds (escaped, "xa.b(\\E[\n\xc3\xa9x", "[a.b(\\E[\n\xc3\xa9]");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/text-regex/finds", test_finds);
  g_test_add_func ("/text-regex/time", test_time);
  g_test_add_func ("/text-regex/stop", test_stop);
  g_test_add_func ("/text-regex/groups", test_groups);
  g_test_add_func ("/text-regex/escape", test_escape);
  return g_test_run ();
}
