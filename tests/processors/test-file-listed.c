/* Tests processors/file/mark.c and ledger.c: what was listed, as text and back, and texts that
 * nobody wrote so. */
#include "file/ledger.h"
#include "file/mark.h"

#include <string.h>

static const char *const odd_names[] = { "a",   "d/e f", "\xff\xfe", "x\ny",
                                         "%41", "100%",  "\xc3\xbc", "" };

static void
test_mark_round_trip (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  FileMark mark, other;

  file_mark_init (&mark);
  file_mark_init (&other);
  for (size_t i = 0; i < G_N_ELEMENTS (odd_names); i++)
    g_assert_false (file_mark_add (&mark, -5, odd_names[i]));
  text = file_mark_to_text (&mark);
  g_assert_true (g_utf8_validate (text, -1, NULL));
  g_assert_true (file_mark_from_text (&other, text, &error));
  g_assert_no_error (error);
  for (size_t i = 0; i < G_N_ELEMENTS (odd_names); i++)
    g_assert_true (file_mark_has (&other, -5, odd_names[i]));
  g_assert_false (file_mark_has (&other, -5, "A"));
  g_assert_true (file_mark_has (&other, -6, "A"));
  g_assert_false (file_mark_has (&other, -4, "a"));
  file_mark_clear (&mark);
  file_mark_clear (&other);
}

/* Too many of one instant: their order tells. */
static void
test_mark_through (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  unsigned n_told = 0;
  FileMark mark;

  file_mark_init (&mark);
  for (unsigned i = 0; i < 10010; i++) {
    char name[16];

    g_snprintf (name, sizeof name, "%05u", i);
    n_told += file_mark_add (&mark, 7, name);
  }
  g_assert_cmpuint (n_told, ==, 1);
  text = file_mark_to_text (&mark);
  g_assert_cmpuint (strlen (text), <, 100);
  g_assert_true (file_mark_from_text (&mark, text, &error));
  g_assert_true (file_mark_has (&mark, 7, "00000"));
  g_assert_true (file_mark_has (&mark, 7, "10009"));
  g_assert_false (file_mark_has (&mark, 7, "10010"));
  g_assert_false (file_mark_add (&mark, 8, "z"));
  g_assert_false (file_mark_has (&mark, 8, "a"));
  file_mark_clear (&mark);
}

static void
test_mark_refuses (void)
{
  static const char *const texts[] = {
    "",
    "\n",
    "1",
    "1\n",
    "x\n\na\n",
    "1\n\na",
    "99999999999999999999\n\n",
    "1\n%zz\n",
    "1\n\n%\n",
    "1\n\n%00\n",
    "1\na\nb\n",
    " 1\n\n",
  };
  g_autofree char *endless = g_strnfill (100000, '\n');
  FileMark mark;

  file_mark_init (&mark);
  file_mark_add (&mark, 3, "kept");
  endless[0] = '1';
  for (size_t i = 0; i <= G_N_ELEMENTS (texts); i++) {
    const char *text = i < G_N_ELEMENTS (texts) ? texts[i] : endless;
    g_autoptr (GError) error = NULL;

    g_test_message ("%.20s", text);
    g_assert_false (file_mark_from_text (&mark, text, &error));
    g_assert_error (error, WEIR_ERROR, WEIR_ERROR_CORRUPT);
    g_assert_true (file_mark_has (&mark, 3, "kept"));
  }
  file_mark_clear (&mark);
}

static void
test_ledger_round_trip (void)
{
  FileLedger *ledger = file_ledger_new (), *other = file_ledger_new ();
  unsigned n_parts = 0;

  for (size_t i = 0; i < G_N_ELEMENTS (odd_names); i++)
    g_assert_cmpint (file_ledger_note (ledger, odd_names[i], -1, G_MAXUINT64), ==, FILE_LEDGER_NEW);
  for (unsigned i = 0; i < FILE_LEDGER_PARTS; i++) {
    g_autofree char *text = file_ledger_take_text (ledger, i);
    g_autoptr (GError) error = NULL;

    g_assert_null (file_ledger_take_text (ledger, i));
    if (text == NULL)
      continue;
    n_parts++;
    g_assert_true (file_ledger_add_text (other, text, &error));
    g_assert_no_error (error);
  }
  g_assert_cmpuint (n_parts, >, 1);
  for (size_t i = 0; i < G_N_ELEMENTS (odd_names); i++)
    g_assert_cmpint (file_ledger_note (other, odd_names[i], -1, G_MAXUINT64), ==,
                     FILE_LEDGER_KNOWN);
  g_assert_cmpint (file_ledger_note (other, "a", -1, 0), ==, FILE_LEDGER_NEW);
  g_assert_cmpint (file_ledger_note (other, "a", 0, 0), ==, FILE_LEDGER_NEW);
  file_ledger_free (ledger);
  file_ledger_free (other);
}

static void
test_ledger_refuses (void)
{
  static const char *const texts[] = {
    "\n",      "a",        "a 1 2",     "a 1\n",     "a 1 2 3\n",
    "a x 2\n", "a 1 -2\n", "%zz 1 2\n", "%00 1 2\n", "a 99999999999999999999 1\n",
  };
  FileLedger *ledger = file_ledger_new ();

  for (size_t i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GError) error = NULL;

    g_test_message ("%s", texts[i]);
    g_assert_false (file_ledger_add_text (ledger, texts[i], &error));
    g_assert_error (error, WEIR_ERROR, WEIR_ERROR_CORRUPT);
  }
  file_ledger_free (ledger);
}

static void
test_ledger_full (void)
{
  FileLedger *ledger = file_ledger_new ();

  for (unsigned round = 0; round < 2; round++) {
    for (unsigned i = 0; i < FILE_LEDGER_MAX; i++) {
      char name[16];

      g_snprintf (name, sizeof name, "%u.%u", round, i);
      g_assert_cmpint (file_ledger_note (ledger, name, 0, 0), ==, FILE_LEDGER_NEW);
    }
    g_assert_cmpint (file_ledger_note (ledger, "one more", 0, 0), ==, FILE_LEDGER_FULL);
    file_ledger_next_look (ledger, false);
    g_assert_cmpint (file_ledger_note (ledger, "one more", 0, 0), ==, FILE_LEDGER_FULL);
    file_ledger_next_look (ledger, true); /* nothing was there */
  }
  file_ledger_free (ledger);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/file-listed/mark/round trip", test_mark_round_trip);
  g_test_add_func ("/file-listed/mark/through", test_mark_through);
  g_test_add_func ("/file-listed/mark/refuses", test_mark_refuses);
  g_test_add_func ("/file-listed/ledger/round trip", test_ledger_round_trip);
  g_test_add_func ("/file-listed/ledger/refuses", test_ledger_refuses);
  g_test_add_func ("/file-listed/ledger/full", test_ledger_full);
  return g_test_run ();
}
