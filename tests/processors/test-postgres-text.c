/* Tests processors/sql/postgres-text.c: where a "?" is a parameter. */
#include "sql/postgres-text.h"

typedef struct {
  const char *sql;
  const char *text;
  unsigned n;
} Case;

static const Case cases[] = {
  { "SELECT ?, ?", "SELECT $1, $2", 2 },
  { "SELECT '?', \"a?\", ?", "SELECT '?', \"a?\", $1", 1 },
  { "SELECT 'it''s ?' || ?", "SELECT 'it''s ?' || $1", 1 },
  { "SELECT 'a\\', ?", "SELECT 'a\\', $1", 1 },
  { "SELECT E'a\\'?', ?", "SELECT E'a\\'?', $1", 1 },
  { "SELECT e'\\\\', ?", "SELECT e'\\\\', $1", 1 },
  { "SELECT the'\\', ?", "SELECT the'\\', $1", 1 },
  { "SELECT 1 -- why?\n, ?", "SELECT 1 -- why?\n, $1", 1 },
  { "SELECT /* ? /* ? */ ? */ ?", "SELECT /* ? /* ? */ ? */ $1", 1 },
  { "SELECT $$?$$, $a$ $$ ? $b$ $a$, ?", "SELECT $$?$$, $a$ $$ ? $b$ $a$, $1", 1 },
  { "SELECT a$1, b$$?$$", "SELECT a$1, b$$$1$$", 1 },
  { "SELECT j ?? 'a' AND j ??| ?", "SELECT j ? 'a' AND j ?| $1", 1 },
  { "SELECT d\xc3\xa9j\xc3\xa0?", "SELECT d\xc3\xa9j\xc3\xa0$1", 1 },
  { "SELECT ?::int/?", "SELECT $1::int/$2", 2 },
  { "SELECT 'never ends ?", "SELECT 'never ends ?", 0 },
  { "SELECT /* never ends ?", "SELECT /* never ends ?", 0 },
  { "SELECT $q$ never ends ?", "SELECT $q$ never ends ?", 0 },
  { "SELECT E'\\", "SELECT E'\\", 0 },
};

static void
test_cases (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    unsigned n = 99;
    g_autofree char *text = postgres_text_translate (cases[i].sql, &n, &error);

    g_assert_no_error (error);
    g_assert_cmpstr (text, ==, cases[i].text);
    g_assert_cmpuint (n, ==, cases[i].n);
  }
}

static void
test_refused (void)
{
  static const char *const refused[] = { "", " ; \n", "-- only", "/* only */", "SELECT $1" };

  for (size_t i = 0; i < G_N_ELEMENTS (refused); i++) {
    g_autoptr (GError) error = NULL;
    unsigned n;

    g_assert_null (postgres_text_translate (refused[i], &n, &error));
    g_assert_error (error, WEIR_ERROR, WEIR_ERROR_INVALID);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/postgres-text/cases", test_cases);
  g_test_add_func ("/postgres-text/refused", test_refused);
  return g_test_run ();
}
