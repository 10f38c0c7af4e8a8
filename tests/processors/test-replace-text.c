/* Tests ReplaceText: a table of texts and what becomes of them, then what cannot be replaced. */
#include "refusal.h"

#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <weir/harness.h>

typedef struct {
  const char *strategy;
  const char *search;
  const char *value; /* with Surround: "before|after" */
  const char *input;
  const char *output; /* NULL: failure */
  const char *mode;
  const char *lines;
  const char *charset;
  const char *buffer;
} Case;

#define WHOLE .mode = "Entire text"

static const Case cases[] = {
  /* the defaults change nothing */
  { NULL, NULL, NULL, "a\nb\r\n", "a\nb\r\n" },
  { NULL, NULL, NULL, "", "" },

  /* regular expressions */
  { "Regex Replace", "o", "0", "foo\nboo\n", "f00\nb00\n" },
  { "Regex Replace", "^(\\w+) (\\w+)$", "$2 $1", "a b\r\nc d\n", "b a\r\nd c\n" },
  { "Regex Replace", "^.*$", "x", "a\nb\r\nc", "x\nx\r\nx" },
  { "Regex Replace", "\\n", "", "a\nb\nc", "abc" },
  { "Regex Replace", "a*", "-", "baac", "-b--c-" },
  { "Regex Replace", "|a", "-", "a", "-a-" },
  { "Regex Replace", "x*", "-", "\xc3\xa9z", "-\xc3\xa9-z-" },
  { "Regex Replace", ".", "x", "\xc3\xa9\xe6\x97\xa5\n", "xx\n" },
  { "Regex Replace", "(?<=a)b", "X", "abb", "aXb" },
  { "Regex Replace", "(?s)a.b", "X", "a\nb", "a\nb" },
  { "Regex Replace", "(?s)a.b", "X", "a\nb", "X", WHOLE },
  { "Regex Replace", "(?m)^", "> ", "a\nb", "> a\n> b", WHOLE },
  { "Regex Replace", "\\s+$", "", "a  \nb\n\n", "a  \nb", WHOLE },
  { "Regex Replace", "none", "x", "text", "text", WHOLE },
  { "Regex Replace", "x", "y", "", "", WHOLE },
  { "Regex Replace", "^$", "new", "", "new", WHOLE },
  { "Regex Replace", "b", "x",
    "b\xff"
    "b\n\xc3\nb",
    "x\xff"
    "x\n\xc3\nx",
    WHOLE },

  /* `.*` alone is all, once, and its value is no replacement */
  { "Regex Replace", ".*", "$1\\", "a\r\nb", "$1\\\r\n$1\\" },
  { "Regex Replace", ".*", "all", "a\nb", "all", WHOLE },

  /* replacements */
  { "Regex Replace", "(a)(b)?", "[$0$1$2]", "ab-a", "[abab]-[aa]" },
  { "Regex Replace", "(a)", "$10$2$", "a", "a0$2$" },
  { "Regex Replace", "(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)(k)", "$11$12", "abcdefghijk", "ka2" },
  { "Regex Replace", "(?<one>a)", "$${one}$${two}$${one", "a", "a${two}$${one" },
  { "Regex Replace", "a", "\\$1\\\\\\n\\", "a", "$1\\n\\" },
  { "Regex Replace", "a", "$x", "a", "$x" },
  { "Regex Replace", "a", "$1", "a", "$1" },

  /* expressions, in both */
  { "Regex Replace", "${word}", "<$0>", "some word", "some <word>" },
  { "Regex Replace", "${dots}", "${word}", "a.b axb", "word axb" },
  { "Regex Replace", "(${broken}|[${dots}])", "<$1>", "a( xb .", "<a(> x<b> <.>" },
  { "Regex Replace", "(\\w+)=(\\w+)", "${'$1':toUpper()}-$2-${word}", "a=b\nc=d",
    "A-b-word\nC-d-word" },
  { "Regex Replace", "(.)(x)?", "[${'$2'}${'$0'}${'$3'}]", "\\$1", "[\\][$][1]" },
  { "Regex Replace", "a", "${dollar}$0", "a", "$0\\a" },
  { "Regex Replace", "a", "${fileSize:divide(0)}", "a", NULL },
  { "Regex Replace", "(.)|${word}", "<$1>", "b\xff\n\xe6", "<b>\xff\n\xe6", WHOLE },
  { "Literal Replace", "${dots}", "${word}", "a.b axb", "word axb" },
  { "Literal Replace", "${absent}", "x", "a", NULL },

  /* literals */
  { "Literal Replace", "a.b", "$1", "a.b axb\na.ba.b", "$1 axb\n$1$1" },
  { "Literal Replace", "aa", "b", "aaaaa", "bba" },
  { "Literal Replace", "\n", "", "a\nb\n", "ab" },
  { "Literal Replace", "a\nb", "x", "a\nb", "a\nb" },
  { "Literal Replace", "a\nb", "x", "a\nb", "x", WHOLE },
  { "Literal Replace", "x", "y", "", "", WHOLE },

  /* around */
  { "Prepend", NULL, "> ", "a\r\nb\rc\n", "> a\r\n> b\r> c\n" },
  { "Prepend", NULL, "> ", "a\nb", "> a\nb", WHOLE },
  { "Prepend", NULL, "> ", "", "" },
  { "Prepend", NULL, "> ", "", "> ", WHOLE },
  { "Prepend", NULL, "${word} $1 ", "a", "word $1 a" },
  { "Append", NULL, ";", "a\r\nb\n\nc", "a;\r\nb;\n;\nc;" },
  { "Append", NULL, ";", "a\n", "a\n;", WHOLE },
  { "Surround", NULL, "(|)", "a\nb", "(a)\n(b)" },
  { "Surround", NULL, "(|)", "a\nb", "(a\nb)", WHOLE },
  { "Surround", NULL, "${word}|", "a", "worda" },

  /* instead */
  { "Always Replace", NULL, "x", "a\r\n\nb", "x\r\nx\nx" },
  { "Always Replace", NULL, "$1 ${word}", "a\nb", "$1 word", WHOLE },
  { "Always Replace", NULL, "", "a\nb", "", WHOLE },

  /* variables */
  { "Substitute Variables", NULL, NULL, "${word} ${word}${absent}\n$${word}",
    "word word${absent}\n${word}" },
  { "Substitute Variables", NULL, NULL, "${absent:-else} ${word:-else} ${absent:-}|", "else word |",
    WHOLE },
  { "Substitute Variables", NULL, NULL, "${ ${} $ } ${word", "${ ${} $ } ${word" },
  { "Substitute Variables", NULL, NULL, "${${word}", "${word" },
  { "Substitute Variables", NULL, NULL, "$${${word}", "${${word}" },
  { "Substitute Variables", NULL, NULL, "${nested}", "${word}" },

  /* which lines */
  { "Prepend", NULL, ">", "a\nb\nc", ">a\nb\nc", .lines = "First-Line" },
  { "Prepend", NULL, ">", "a\nb\nc\n", "a\nb\n>c\n", .lines = "Last-Line" },
  { "Prepend", NULL, ">", "a\nb\nc", "a\n>b\n>c", .lines = "Except-First-Line" },
  { "Prepend", NULL, ">", "a\nb\nc\r\n", ">a\n>b\nc\r\n", .lines = "Except-Last-Line" },
  { "Prepend", NULL, ">", "a", ">a", .lines = "First-Line" },
  { "Prepend", NULL, ">", "a", ">a", .lines = "Last-Line" },
  { "Prepend", NULL, ">", "a", "a", .lines = "Except-First-Line" },
  { "Prepend", NULL, ">", "a", "a", .lines = "Except-Last-Line" },

  /* too long for the buffer: a line with its end, or all */
  { "Literal Replace", "a", "b", "aaa\naaa\n", "bbb\nbbb\n", .buffer = "4 B" },
  { "Literal Replace", "a", "b", "aaa\r\naaa\n", NULL, .buffer = "4 B" },
  { "Literal Replace", "a", "b", "aaaa", "bbbb", WHOLE, .buffer = "4 B" },
  { "Literal Replace", "a", "b", "aaaaa", NULL, WHOLE, .buffer = "4 B" },
  { "Regex Replace", "a", "b", "aaaaa", NULL, WHOLE, .buffer = "4 B" },
  { "Prepend", NULL, "x", "aaaaa", "xaaaaa", WHOLE, .buffer = "4 B" },
  { "Always Replace", NULL, "x", "aaaaa", "x", WHOLE, .buffer = "4 B" },

  /* character sets */
  { "Regex Replace", "\xc3\xa9", "\xc3\xa8", "caf\xe9\n", "caf\xe8\n", .charset = "ISO-8859-1" },
  { "Regex Replace", ".", "x", "\xe9\xe9", "xx", WHOLE, .charset = "ISO-8859-1" },
  { "Append", NULL, "\xc3\xa9", "a\n", "a\n\xe9", WHOLE, .charset = "windows-1252" },
  { "Prepend", NULL, "\xe6\x97\xa5", "a", NULL, .charset = "ISO-8859-1" },
  { "Literal Replace", "a", "b", "a\xe9", NULL, .charset = "US-ASCII" },
  { "Append", NULL, "\xe6\x97\xa5", "a", "a\x1b$BF|\x1b(B", .charset = "ISO-2022-JP" },
};

static WeirHarness *
replace_text (const Case *it)
{
  WeirHarness *harness = weir_harness_new ("ReplaceText");
  g_auto (GStrv) around = NULL;

  weir_harness_set (harness, "Replacement Strategy", it->strategy);
  weir_harness_set (harness, "Search Value", it->search);
  weir_harness_set (harness, "Evaluation Mode", it->mode);
  weir_harness_set (harness, "Line-by-Line Evaluation Mode", it->lines);
  weir_harness_set (harness, "Character Set", it->charset);
  weir_harness_set (harness, "Maximum Buffer Size", it->buffer);
  if (g_strcmp0 (it->strategy, "Surround") != 0) {
    weir_harness_set (harness, "Replacement Value", it->value);
    return harness;
  }
  around = g_strsplit (it->value, "|", 2);
  weir_harness_set (harness, "Text to Prepend", around[0]);
  weir_harness_set (harness, "Text to Append", around[1]);
  return harness;
}

static void
push (WeirHarness *h, const char *data, ssize_t size)
{
  weir_harness_push (h, data, size, "filename", "f", "word", "word", "dots", "a.b", "broken", "a(",
                     "dollar", "$0\\", "nested", "${word}", NULL);
}

static void
assert_case (const Case *it)
{
  g_autoptr (WeirHarness) h = replace_text (it);
  g_autofree char *start = g_strndup (it->input, 40);
  g_autofree char *escaped = g_strescape (start, NULL);
  const WeirFlowFile *out;

  g_test_message ("%s: %s", it->strategy, escaped);
  push (h, it->input, -1);
  g_assert_cmpuint (weir_harness_run (h, 1), ==, 1);
  out = weir_harness_pull (h, it->output != NULL ? "success" : "failure");
  g_assert_nonnull (out);
  g_assert_cmpstr (weir_harness_content (h, out, NULL), ==,
                   it->output != NULL ? it->output : it->input);
  weir_harness_assert_drained (h);
}

static void
test_cases (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_case (&cases[i]);
}

static void
assert_bytes (const Case *it, const char *input, size_t size, const char *output, size_t out_size)
{
  g_autoptr (WeirHarness) h = replace_text (it);
  const WeirFlowFile *out;
  const char *content;

  push (h, input, (ssize_t)size);
  g_assert_cmpuint (weir_harness_run (h, 1), ==, 1);
  out = weir_harness_pull (h, output != NULL ? "success" : "failure");
  g_assert_nonnull (out);
  content = weir_harness_content (h, out, &size);
  if (output != NULL)
    g_assert_cmpmem (content, size, output, out_size);
  weir_harness_assert_drained (h);
}

#define BYTES(text) (text), sizeof (text) - 1

/* The byte order and its mark are kept; NULs are characters. */
static void
test_bytes (void)
{
  const Case append = { "Append", NULL, "!", .charset = "UTF-16" };
  const Case whole = { "Regex Replace", "^a", "b", WHOLE, .charset = "UTF-16" };
  const Case le = { "Literal Replace", "a", "b", .charset = "UTF-16LE" };
  const Case nul = { "Regex Replace", "[^b]", "x" };

  assert_bytes (&append,
                BYTES ("\xff\xfe"
                       "a\0\r\0\n\0"),
                BYTES ("\xff\xfe"
                       "a\0!\0\r\0\n\0"));
  assert_bytes (&append, BYTES ("\xfe\xff\0a"), BYTES ("\xfe\xff\0a\0!"));
  assert_bytes (&append, BYTES ("\0a"), BYTES ("\0a\0!"));
  assert_bytes (&whole,
                BYTES ("\xff\xfe"
                       "a\0a\0"),
                BYTES ("\xff\xfe"
                       "b\0a\0"));
  assert_bytes (&le, BYTES ("a\0\n\0"), BYTES ("b\0\n\0"));
  assert_bytes (&le, BYTES ("a\0\n"), NULL, 0);
  assert_bytes (&nul, BYTES ("a\0b\0"), BYTES ("xxbx"));
}

static char *
repeat (const char *text, size_t n, const char *tail)
{
  GString *all = g_string_new (NULL);

  for (size_t i = 0; i < n; i++)
    g_string_append (all, text);
  g_string_append (all, tail);
  return g_string_free (all, FALSE);
}

/* Whatever they would need, they end soon, and the FlowFile is as it was. */
static void
test_catastrophic (void)
{
  static const struct {
    const char *pattern, *part;
    size_t n;
  } patterns[] = {
    { "(a+)+$", "a", 40 },
    { "(a+)+$", "a", 100000 },
    { "(a|aa)+$", "a", 50 },
    { "^(?:(?:a?){50}){50}y$", "a", 2500 },
    { "(?:.|\\n)*y$", "a", 1000000 },
  };

  for (size_t i = 0; i < 2 * G_N_ELEMENTS (patterns); i++) {
    g_autofree char *text = repeat (patterns[i / 2].part, patterns[i / 2].n, "y!");
    int64_t start = g_get_monotonic_time ();

    assert_case (&(Case){ "Regex Replace", patterns[i / 2].pattern, "", text, NULL,
                          i % 2 == 0 ? "Entire text" : "Line-by-Line" });
    g_test_message ("%" G_GINT64_FORMAT " us", g_get_monotonic_time () - start);
  }
}

/* Long matches are no catastrophe. */
static void
test_long_matches (void)
{
  g_autofree char *text = repeat ("<a>1</a>\n", 100000, "<end>");
  const Case lazy = { "Regex Replace", "(?s)<a>.*?<end>", "x", text, "x", WHOLE };
  const Case all = { "Regex Replace", "(?s)(^.*$)", "[$1]", NULL, NULL, WHOLE };
  g_autofree char *around = g_strdup_printf ("[%s]", text);
  Case with_all = all;

  assert_case (&lazy);
  with_all.input = text;
  with_all.output = around;
  assert_case (&with_all);
}

/* What is too deep for compiled code is left to the interpreter. */
static void
test_deep_match (void)
{
  g_autofree char *text = repeat ("a", 20000, "y");

  assert_case (&(Case){ "Regex Replace", "(?:.|\\n)*y$", "x", text, "x", WHOLE });
}

/* Beginnings of variables without an end are not looked at again and again. */
static void
test_many_variables (void)
{
  g_autofree char *text = repeat ("${", 1000000, "}");

  assert_case (&(Case){ "Substitute Variables", NULL, NULL, text, text, .buffer = "4 MB" });
}

/* Lines are found wherever the buffer ends, and each encoding is read in pieces. */
static void
test_many_lines (void)
{
  for (size_t width = 1; width < 40; width += 7) {
    g_autofree char *line = g_strnfill (width, 'x');
    g_autofree char *in = g_strconcat (line, "\r\n", NULL);
    g_autofree char *out = g_strconcat (line, ";\r\n", NULL);
    g_autofree char *input = repeat (in, 200000 / width, "x");
    g_autofree char *output = repeat (out, 200000 / width, "x;");

    assert_case (&(Case){ "Append", NULL, ";", input, output });
    assert_case (&(Case){ "Append", NULL, ";", input, output, .charset = "ISO-8859-1" });
  }
}

static void
test_long_line (void)
{
  const size_t size = 100 * 1000 * 1000;
  g_autofree char *text = g_strnfill (size, 'x');
  g_autofree char *longer = g_strconcat (text, "!", NULL);

  assert_case (&(Case){ "Append", NULL, "!", text, NULL });
  assert_case (&(Case){ "Append", NULL, "!", text, longer, .buffer = "100 MB" });
  assert_case (&(Case){ "Append", NULL, "!", text, longer, WHOLE });
}

/* Without room for the new content nothing is lost: it is tried again after the penalty. */
static void
test_failing_write (void)
{
  const Case it = { "Append", NULL, "!", WHOLE };
  g_autoptr (WeirHarness) h = replace_text (&it);
  g_autofree char *text = g_strnfill (2000000, 'x');
  const struct rlimit little = { 1000000, RLIM_INFINITY };
  const struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };

  signal (SIGXFSZ, SIG_IGN);
  push (h, text, -1);
  setrlimit (RLIMIT_FSIZE, &little);
  g_assert_cmpuint (weir_harness_run (h, 1), ==, 0);
  setrlimit (RLIMIT_FSIZE, &all);
  g_assert_nonnull (weir_harness_get_error (h));
  g_assert_cmpuint (weir_harness_queued (h), ==, 1);
  weir_harness_advance (h, 60 * G_USEC_PER_SEC);
  g_assert_cmpuint (weir_harness_run (h, 1), ==, 1);
  g_assert_cmpuint (weir_flowfile_get_size (weir_harness_pull (h, "success")), ==, 2000001);
  weir_harness_assert_drained (h);
}

static void
assert_refused (const Case *it, const char *pattern)
{
  g_autoptr (WeirHarness) h = replace_text (it);

  refusal_assert (h, pattern);
}

static void
test_refuses (void)
{
  g_autofree char *nested =
      g_strconcat ("((((((((((((((((((((((((((((((((((((((((((((((((((((",
                   "))))))))))))))))))))))))))))))))))))))))))))))))))))", NULL);
  g_autofree char *huge = g_strnfill (5000, 'a');
  g_autoptr (WeirHarness) h = weir_harness_new ("ReplaceText");
  g_autofree char *problems = NULL;

  assert_refused (&(Case){ NULL, "a(" }, "*Search Value: *wrong at character 3: missing *");
  assert_refused (&(Case){ NULL, "" }, "*Search Value*empty*");
  assert_refused (&(Case){ NULL, "\\C" }, "*Search Value*");
  assert_refused (&(Case){ NULL, "(*UTF)a" }, "*Search Value*");
  assert_refused (&(Case){ NULL, nested }, "*nested*");
  assert_refused (&(Case){ NULL, huge }, "*Search Value*longer*");
  assert_refused (&(Case){ .charset = "klingon" }, "*Character Set*klingon*");
  assert_refused (&(Case){ .charset = "" }, "*Character Set*");
  assert_refused (&(Case){ .buffer = "0 B" }, "*Maximum Buffer Size*small*");
  weir_harness_set (h, "Replacement Strategy", "Surround");
  problems = weir_harness_check (h);
  g_assert_nonnull (strstr (problems, "Text to Prepend"));
  assert_case (&(Case){ "Literal Replace", "a(", "b", "a(", "b" });
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/replace-text/cases", test_cases);
  g_test_add_func ("/replace-text/bytes", test_bytes);
  g_test_add_func ("/replace-text/catastrophic", test_catastrophic);
  g_test_add_func ("/replace-text/long matches", test_long_matches);
  g_test_add_func ("/replace-text/deep match", test_deep_match);
  g_test_add_func ("/replace-text/many variables", test_many_variables);
  g_test_add_func ("/replace-text/many lines", test_many_lines);
  g_test_add_func ("/replace-text/long line", test_long_line);
  g_test_add_func ("/replace-text/failing write", test_failing_write);
  g_test_add_func ("/replace-text/refuses", test_refuses);
  return g_test_run ();
}
