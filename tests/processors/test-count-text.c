/* Tests CountText: a table of texts and their counts, and that it does not matter where the buffers
 * of the reader cut them. */
#include "spoil.h"

#include <stdio.h>
#include <string.h>
#include <weir/harness.h>

static WeirHarness *
count_text (void)
{
  WeirHarness *harness = weir_harness_new ("CountText");

  weir_harness_set (harness, "Count Lines", "true");
  weir_harness_set (harness, "Count Non-Empty Lines", "true");
  weir_harness_set (harness, "Count Words", "true");
  weir_harness_set (harness, "Count Characters", "true");
  return harness;
}

/* Returns: (transfer full): "lines lines-with-text words characters", or "failure". */
static char *
count (WeirHarness *h, const char *text, size_t size)
{
  const WeirFlowFile *out;
  char *counts;

  weir_harness_push (h, text, (ssize_t)size, NULL);
  g_assert_cmpuint (weir_harness_run (h, 1), ==, 1);
  out = weir_harness_pull (h, "failure");
  if (out != NULL) {
    g_assert_null (weir_flowfile_get_attribute (out, "text.line.count"));
    counts = g_strdup ("failure");
  } else {
    out = weir_harness_pull (h, "success");
    counts = g_strjoin (" ", weir_flowfile_get_attribute (out, "text.line.count"),
                        weir_flowfile_get_attribute (out, "text.line.nonempty.count"),
                        weir_flowfile_get_attribute (out, "text.word.count"),
                        weir_flowfile_get_attribute (out, "text.character.count"), NULL);
  }
  g_assert_cmpuint (weir_flowfile_get_size (out), ==, size);
  weir_harness_assert_drained (h);
  return counts;
}

typedef struct {
  const char *text;
  size_t size;
  const char *counts;
} Case;

#define CASE(text, counts)              \
  {                                     \
    (text), sizeof (text) - 1, (counts) \
  }

static const Case cases[] = {
  CASE ("", "0 0 0 0"),
  CASE ("a", "1 1 1 1"),
  CASE ("a\n", "1 1 1 1"),
  CASE ("\n", "1 0 0 0"),
  CASE ("\n\n\r\n\r\r", "5 0 0 0"),
  CASE ("a\r\nb\rc\nd", "4 4 4 4"),
  CASE ("a\n\rb", "3 2 2 2"),
  CASE ("one two\tthree\n \t \n\xe2\x80\x83\n", "3 1 3 17"),
  CASE ("a\vb\fc d", "1 1 4 7"),
  CASE ("well-known a_b.c -\n", "1 1 3 18"),
  CASE ("a\0b \0 \1", "1 1 1 7"),
  CASE ("\0\n", "1 1 0 1"),

  /* UTF-8: two, three and four bytes; a blank of three */
  CASE ("\xc3\xa9t\xc3\xa9 \xe6\x97\xa5\xe6\x9c\xac \xf0\x9f\x98\x80", "1 1 3 8"),
  CASE ("a\xe2\x80\x83"
        "b",
        "1 1 2 3"),

  /* what is not UTF-8: alone, cut off, too long, beyond Unicode, half a pair */
  CASE ("\xff", "1 1 1 1"),
  CASE ("\x80\x80", "1 1 1 2"),
  CASE ("\xc3", "1 1 1 1"),
  CASE ("\xe6\x97\n\xe6\x97", "2 2 2 2"),
  CASE ("\xe6\xe6\x97\xa5", "1 1 1 2"),
  CASE ("\xc0\xaf", "1 1 1 2"),
  CASE ("\xe0\x80\xaf", "1 1 1 3"),
  CASE ("\xf0\x80\x80\xaf", "1 1 1 4"),
  CASE ("\xf4\x90\x80\x80", "1 1 1 4"),
  CASE ("\xed\xa0\x80", "1 1 1 3"),
};

static void
test_cases (void)
{
  g_autoptr (WeirHarness) h = count_text ();

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *counts = count (h, cases[i].text, cases[i].size);

    g_test_message ("case %zu", i);
    g_assert_cmpstr (counts, ==, cases[i].counts);
  }
}

/* Each case behind so many blanks that the buffer of 64 KiB ends within it. */
static void
test_cuts (void)
{
  const size_t edge = 64 * 1024;
  g_autoptr (WeirHarness) h = count_text ();
  g_autofree char *text = g_malloc (edge + 100);

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    for (size_t cut = 1; cut < cases[i].size; cut++) {
      size_t start = edge - cut;
      g_autofree char *expected = NULL, *counts = NULL;
      unsigned n[4];

      memset (text, '\n', start);
      memcpy (text + start, cases[i].text, cases[i].size);
      g_assert_cmpint (sscanf (cases[i].counts, "%u %u %u %u", &n[0], &n[1], &n[2], &n[3]), ==, 4);
      expected = g_strdup_printf ("%zu %u %u %u", n[0] + start, n[1], n[2], n[3]);
      counts = count (h, text, start + cases[i].size);
      g_assert_cmpstr (counts, ==, expected);
    }
  }
}

static void
test_symbols (void)
{
  g_autoptr (WeirHarness) h = count_text ();
  g_autofree char *counts = NULL;

  weir_harness_set (h, "Split Words on Symbols", "true");
  counts = count (h, "split-words-on-symbols a_b.c -\n-\n", 33);
  g_assert_cmpstr (counts, ==, "2 2 7 31");
}

static void
assert_encoding (const char *encoding, const char *text, size_t size, const char *expected)
{
  g_autoptr (WeirHarness) h = count_text ();
  g_autofree char *counts = NULL;

  weir_harness_set (h, "Character Encoding", encoding);
  counts = count (h, text, size);
  g_assert_cmpstr (counts, ==, expected);
}

static void
test_encodings (void)
{
  assert_encoding ("UTF-8", "\xc3\xa9", 2, "1 1 1 1");
  assert_encoding ("ISO-8859-1", "\xc3\xa9\n", 3, "1 1 1 2");
  assert_encoding ("US-ASCII", "a b", 3, "1 1 2 3");
  assert_encoding ("US-ASCII", "a\xe9", 2, "failure");
  assert_encoding ("UTF-16LE", "a\0\n\0b\0", 6, "2 2 2 2");
  assert_encoding ("UTF-16BE", "\0a\0\n\0b", 6, "2 2 2 2");
  assert_encoding ("UTF-16",
                   "\xff\xfe"
                   "a\0\n\0b\0",
                   8, "2 2 2 2");
  assert_encoding ("UTF-16", "\xfe\xff\0a\0\n\0b", 8, "2 2 2 2");
  assert_encoding ("UTF-16", "\0a\0\n\0b", 6, "2 2 2 2");
  assert_encoding ("UTF-16", "", 0, "0 0 0 0");
  assert_encoding ("UTF-16", "a", 1, "failure");
  assert_encoding ("UTF-16LE", "a\0b", 3, "failure");
  assert_encoding ("UTF-16BE", "\xd8\x3d\xde\x00", 4, "1 1 1 1");
  assert_encoding ("UTF-16BE", "\xd8\x3d\0a", 4, "failure");
}

/* Longer than what is converted at a time, its pairs across the edges. */
static void
test_long_utf16 (void)
{
  const size_t n = 50000;
  g_autofree char *text = g_malloc (4 * n + 2);

  for (size_t i = 0; i < n; i++)
    memcpy (text + 2 + 4 * i, "\x3d\xd8\x00\xde", 4);
  memcpy (text, "x\0", 2);
  assert_encoding ("UTF-16LE", text, 4 * n + 2, "1 1 1 50001");
}

static void
test_only_what_was_asked (void)
{
  g_autoptr (WeirHarness) h = weir_harness_new ("CountText");
  const WeirFlowFile *out;

  weir_harness_set (h, "Call Immediate Adjustment", "true");
  weir_harness_push (h, "a b\n", -1, NULL);
  weir_harness_run (h, 1);
  out = weir_harness_pull (h, "success");
  g_assert_cmpstr (weir_flowfile_get_attribute (out, "text.line.count"), ==, "1");
  g_assert_null (weir_flowfile_get_attribute (out, "text.line.nonempty.count"));
  g_assert_null (weir_flowfile_get_attribute (out, "text.word.count"));
  g_assert_null (weir_flowfile_get_attribute (out, "text.character.count"));
  weir_harness_assert_drained (h);
}

static void
test_unreadable (void)
{
  g_autoptr (WeirHarness) h = count_text ();
  g_autofree char *text = g_strnfill (100000, 'x');

  weir_harness_push (h, text, -1, NULL);
  spoil_content ();
  g_assert_cmpuint (weir_harness_run (h, 1), ==, 1);
  g_assert_nonnull (weir_harness_pull (h, "failure"));
  weir_harness_assert_drained (h);
}

static void
test_long_line (void)
{
  const size_t size = 100 * 1000 * 1000;
  g_autoptr (WeirHarness) h = count_text ();
  g_autofree char *text = g_malloc (size);
  g_autofree char *counts = NULL;

  memset (text, 'x', size);
  counts = count (h, text, size);
  g_assert_cmpstr (counts, ==, "1 1 1 100000000");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/count-text/cases", test_cases);
  g_test_add_func ("/count-text/cuts", test_cuts);
  g_test_add_func ("/count-text/symbols", test_symbols);
  g_test_add_func ("/count-text/encodings", test_encodings);
  g_test_add_func ("/count-text/long UTF-16", test_long_utf16);
  g_test_add_func ("/count-text/only what was asked for", test_only_what_was_asked);
  g_test_add_func ("/count-text/unreadable", test_unreadable);
  g_test_add_func ("/count-text/long line", test_long_line);
  return g_test_run ();
}
