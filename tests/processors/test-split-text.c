/* Tests SplitText: a table of texts and what they are cut into, then what a text should not be. */
#include "refusal.h"

#include <string.h>
#include <weir/harness.h>

typedef struct {
  const char *lines;
  const char *size;
  const char *header;
  const char *marker;
  const char *trim;
  const char *input;
  const char *pieces; /* separated by | */
  const char *counts; /* text.line.count of each */
} Case;

static const Case cases[] = {
  { "2", .input = "a\nb\nc\nd\ne", .pieces = "a\nb|c\nd|e", .counts = "2 2 1" },
  { "2", .input = "a\nb\n", .pieces = "a\nb", .counts = "2" },
  { "1", .input = "a", .pieces = "a", .counts = "1" },
  { "1", .input = "", .pieces = "", .counts = "" },
  { "1", .input = "\n", .pieces = "", .counts = "" },
  { "9", .input = "a", .pieces = "a", .counts = "1" },

  /* line ends */
  { "1", .input = "a\r\nb\rc\n\rd", .pieces = "a|b|c|d", .counts = "1 1 1 1" },
  { "2", .trim = "false", .input = "a\r\nb\rc\r\r\n", .pieces = "a\r\nb\r|c\r\r\n",
    .counts = "2 2" },
  { "1", .trim = "false", .input = "a\r", .pieces = "a\r", .counts = "1" },
  { "1", .trim = "false", .input = "a\rb", .pieces = "a\r|b", .counts = "1 1" },

  /* empty lines */
  { "3", .input = "\na\n\nb\n\n\nc\n", .pieces = "\na|b|c", .counts = "2 1 1" },
  { "2", .input = "a\n\n\n\nb\n", .pieces = "a|b", .counts = "1 1" },
  { "2", .trim = "false", .input = "a\n\n\n\nb\n", .pieces = "a\n\n|\n\n|b\n", .counts = "2 2 1" },
  { "2", .input = "\n\n\r\n\r\r", .pieces = "", .counts = "" },
  { "2", .trim = "false", .input = "\n\n\n", .pieces = "\n\n|\n", .counts = "2 1" },

  /* sizes */
  { "0", "6 B", .input = "aa\nbb\ncc\n", .pieces = "aa\nbb|cc", .counts = "2 1" },
  { "0", "6 B", .trim = "false", .input = "aa\nbb\ncc\n", .pieces = "aa\nbb\n|cc\n",
    .counts = "2 1" },
  { "0", "5 B", .input = "aa\nbb\ncc\n", .pieces = "aa|bb|cc", .counts = "1 1 1" },
  { "0", "2 B", .input = "a\nlong\nb", .pieces = "a|long|b", .counts = "1 1 1" },
  { "2", "100 B", .input = "a\nb\nc", .pieces = "a\nb|c", .counts = "2 1" },
  { "9", "4 B", .input = "a\nb\nc", .pieces = "a\nb|c", .counts = "2 1" },

  /* headers */
  { "1", .header = "1", .input = "h\na\nb\n", .pieces = "h\na|h\nb", .counts = "1 1" },
  { "2", .header = "2", .trim = "false", .input = "h\r\ni\r\na\r\nb\r\nc",
    .pieces = "h\r\ni\r\na\r\nb\r\n|h\r\ni\r\nc", .counts = "2 1" },
  { "1", .header = "1", .input = "h\n", .pieces = "h", .counts = "0" },
  { "1", .header = "1", .input = "h", .pieces = "h", .counts = "0" },
  { "1", .header = "1", .input = "", .pieces = "", .counts = "" },
  { "1", .header = "1", .input = "h\na\n\n", .pieces = "h\na|h", .counts = "1 0" },
  { "1", .header = "1", .trim = "false", .input = "h\na\n\n", .pieces = "h\na\n|h\n\n",
    .counts = "1 1" },
  { "0", "6 B", .header = "1", .input = "h\na\nb\nc\n", .pieces = "h\na\nb|h\nc", .counts = "2 1" },
  { "1", .marker = "#", .input = "#1\n#2\na\n#3\n", .pieces = "#1\n#2\na|#1\n#2\n#3",
    .counts = "1 1" },
  { "1", .marker = "##", .input = "#1\na\n", .pieces = "#1|a", .counts = "1 1" },
  { "1", .marker = "#", .input = "#1\n#2", .pieces = "#1\n#2", .counts = "0" },
  { "1", .header = "1", .marker = "#", .input = "#1\n#2\na", .pieces = "#1\n#2|#1\na",
    .counts = "1 1" },
};

static WeirHarness *
split_text (const Case *it)
{
  WeirHarness *harness = weir_harness_new ("SplitText");

  weir_harness_set (harness, "Line Split Count", it->lines);
  weir_harness_set (harness, "Maximum Fragment Size", it->size);
  weir_harness_set (harness, "Header Line Count", it->header);
  weir_harness_set (harness, "Header Line Marker Characters", it->marker);
  weir_harness_set (harness, "Remove Trailing Newlines", it->trim);
  return harness;
}

static const char *
attribute (const WeirFlowFile *flowfile, const char *name)
{
  return weir_flowfile_get_attribute (flowfile, name);
}

static void
assert_number (const WeirFlowFile *flowfile, const char *name, uint64_t number)
{
  g_autofree char *text = g_strdup_printf ("%" G_GUINT64_FORMAT, number);

  g_assert_cmpstr (attribute (flowfile, name), ==, text);
}

static void
test_cases (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (WeirHarness) h = split_text (&cases[i]);
    g_auto (GStrv) pieces = g_strsplit (cases[i].pieces, "|", -1);
    g_auto (GStrv) counts = g_strsplit (cases[i].counts, " ", -1);
    const WeirFlowFile *original;
    unsigned n = g_strv_length (pieces);

    g_test_message ("case %zu", i);
    weir_harness_push (h, cases[i].input, -1, "filename", "f", NULL);
    g_assert_cmpuint (weir_harness_run (h, 1), ==, 1);
    g_assert_cmpuint (weir_harness_count (h, "splits"), ==, n);
    original = weir_harness_pull (h, "original");
    assert_number (original, "fragment.count", n);
    g_assert_cmpstr (weir_harness_content (h, original, NULL), ==, cases[i].input);
    for (unsigned k = 0; k < n; k++) {
      const WeirFlowFile *piece = weir_harness_pull (h, "splits");

      g_assert_cmpstr (weir_harness_content (h, piece, NULL), ==, pieces[k]);
      g_assert_cmpstr (attribute (piece, "text.line.count"), ==, counts[k]);
      assert_number (piece, "fragment.index", k + 1);
      assert_number (piece, "fragment.count", n);
      assert_number (piece, "fragment.size", strlen (pieces[k]));
      g_assert_cmpstr (attribute (piece, "fragment.identifier"), ==,
                       attribute (original, "fragment.identifier"));
      g_assert_cmpstr (attribute (piece, "segment.original.filename"), ==, "f");
    }
    weir_harness_assert_drained (h);
  }
}

/* What the original was a piece of stays known; two originals do not share an identifier. */
static void
test_attributes (void)
{
  g_autoptr (WeirHarness) h = split_text (&(Case){ "1" });
  const WeirFlowFile *original, *piece;
  g_autofree char *identifier = NULL;

  weir_harness_push (h, "a\nb", -1, "filename", "part", "segment.original.filename", "whole",
                     "kept", "yes", NULL);
  weir_harness_push (h, "c", -1, "filename", "other", NULL);
  g_assert_cmpuint (weir_harness_run (h, 9), ==, 2);
  original = weir_harness_pull (h, "original");
  g_assert_cmpstr (attribute (original, "segment.original.filename"), ==, "whole");
  identifier = g_strdup (attribute (original, "fragment.identifier"));
  piece = weir_harness_pull (h, "splits");
  g_assert_cmpstr (attribute (piece, "segment.original.filename"), ==, "part");
  g_assert_cmpstr (attribute (piece, "filename"), ==, "part");
  g_assert_cmpstr (attribute (piece, "kept"), ==, "yes");
  g_assert_cmpstr (attribute (piece, "uuid"), !=, attribute (original, "uuid"));
  weir_harness_pull (h, "splits");
  original = weir_harness_pull (h, "original");
  g_assert_null (attribute (original, "segment.original.filename"));
  g_assert_cmpstr (attribute (original, "fragment.identifier"), !=, identifier);
  weir_harness_pull (h, "splits");
  weir_harness_assert_drained (h);
}

static void
assert_fails (const Case *it)
{
  g_autoptr (WeirHarness) h = split_text (it);
  const WeirFlowFile *failed;

  weir_harness_push (h, it->input, -1, NULL);
  g_assert_cmpuint (weir_harness_run (h, 1), ==, 1);
  failed = weir_harness_pull (h, "failure");
  g_assert_nonnull (failed);
  g_assert_cmpstr (weir_harness_content (h, failed, NULL), ==, it->input);
  g_assert_null (attribute (failed, "fragment.count"));
  weir_harness_assert_drained (h);
}

static void
test_fails (void)
{
  assert_fails (&(Case){ "1", .header = "2", .input = "only one\n" });
  assert_fails (&(Case){ "1", "3 B", .header = "1", .input = "long\na" });
  assert_fails (&(Case){ "0", "3 B", .marker = "#", .input = "#1\n#2\na" });
}

static void
assert_refused (const Case *it, const char *pattern)
{
  g_autoptr (WeirHarness) h = split_text (it);

  refusal_assert (h, pattern);
}

static void
test_refuses (void)
{
  assert_refused (&(Case){ NULL }, "*Line Split Count*required*");
  assert_refused (&(Case){ "0" }, "*Maximum Fragment Size must be set*");
  assert_refused (&(Case){ "-1" }, "*Line Split Count*too small*");
  assert_refused (&(Case){ "1", "0 B" }, "*Maximum Fragment Size*too small*");
  assert_refused (&(Case){ "1", .header = "-1" }, "*Header Line Count*too small*");
}

/* Bytes that are no text are bytes. */
static void
test_binary (void)
{
  static const char data[] = "a\0b\n\xff\xfe\n\xc3";
  g_autoptr (WeirHarness) h = split_text (&(Case){ "1" });
  size_t size;

  weir_harness_push (h, data, sizeof data - 1, NULL);
  weir_harness_run (h, 1);
  weir_harness_pull (h, "original");
  g_assert_cmpmem (weir_harness_content (h, weir_harness_pull (h, "splits"), &size), 3, "a\0b", 3);
  g_assert_cmpstr (weir_harness_content (h, weir_harness_pull (h, "splits"), NULL), ==, "\xff\xfe");
  g_assert_cmpstr (weir_harness_content (h, weir_harness_pull (h, "splits"), NULL), ==, "\xc3");
  weir_harness_assert_drained (h);
}

/* One line of 100 MB, in a file of its own, in front of a short one. */
static void
test_long_line (void)
{
  const size_t size = 100 * 1000 * 1000;
  g_autoptr (WeirHarness) h = split_text (&(Case){ "1" });
  g_autofree char *data = g_malloc (size + 2);
  const WeirFlowFile *piece;

  memset (data, 'x', size);
  memcpy (data + size, "\ny", 2);
  weir_harness_push (h, data, (ssize_t)size + 2, NULL);
  g_assert_cmpuint (weir_harness_run (h, 1), ==, 1);
  weir_harness_pull (h, "original");
  piece = weir_harness_pull (h, "splits");
  g_assert_cmpuint (weir_flowfile_get_size (piece), ==, size);
  piece = weir_harness_pull (h, "splits");
  g_assert_cmpstr (weir_harness_content (h, piece, NULL), ==, "y");
  weir_harness_assert_drained (h);
}

/* More pieces than can be: refused before one of them is made. */
static void
test_too_many_pieces (void)
{
  const size_t size = 2 * (4000000 + 1);
  g_autoptr (WeirHarness) h = split_text (&(Case){ "1" });
  g_autofree char *data = g_malloc (size);

  for (size_t i = 0; i < size; i += 2)
    memcpy (data + i, "x\n", 2);
  weir_harness_push (h, data, (ssize_t)size, NULL);
  g_assert_cmpuint (weir_harness_run (h, 1), ==, 1);
  g_assert_nonnull (weir_harness_pull (h, "failure"));
  weir_harness_assert_drained (h);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/split-text/cases", test_cases);
  g_test_add_func ("/split-text/attributes", test_attributes);
  g_test_add_func ("/split-text/fails", test_fails);
  g_test_add_func ("/split-text/refuses", test_refuses);
  g_test_add_func ("/split-text/binary", test_binary);
  g_test_add_func ("/split-text/long line", test_long_line);
  g_test_add_func ("/split-text/too many pieces", test_too_many_pieces);
  return g_test_run ();
}
