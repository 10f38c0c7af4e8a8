/* Tests processors/flow/log-attribute.c: the messages that the harness passes to the debug log. */
#include <weir/harness.h>

#include <string.h>

static void
on_log (const char *domain, GLogLevelFlags level, const char *message, void *data)
{
  GString *said = data;

  g_string_assign (said, message);
}

/* What the processor says of a FlowFile with @content and attributes a, b and http.x.
 * Returns: (transfer full). */
static char *
say (WeirHarness *h, const char *content, ssize_t size)
{
  g_autoptr (GString) said = g_string_new ("nothing");
  guint handler = g_log_set_handler ("weir", G_LOG_LEVEL_DEBUG, on_log, said);
  const WeirFlowFile *out;

  weir_harness_push (h, content, size, "a", "1", "b", "2", "http.x", "3", "filename", "f", NULL);
  g_assert_cmpuint (weir_harness_run (h, 1), ==, 1);
  g_log_remove_handler ("weir", handler);
  out = weir_harness_pull (h, "success");
  g_assert_nonnull (out);
  g_assert_cmpstr (weir_flowfile_get_attribute (out, "a"), ==, "1");
  weir_harness_assert_drained (h);
  return g_string_free (g_steal_pointer (&said), FALSE);
}

static WeirHarness *
log_attribute (const char *format)
{
  WeirHarness *h = weir_harness_new ("LogAttribute");

  weir_harness_set (h, "Output Format", format);
  weir_harness_set (h, "Attributes to Ignore", "uuid, path");
  return h;
}

/* The harness puts the processor's id and the level before the message. */
static void
assert_like (const char *said, const char *pattern)
{
  if (!g_pattern_match_simple (pattern, said))
    g_error ("\"%s\" is not like \"%s\"", said, pattern);
}

static void
test_lines (void)
{
  g_autoptr (WeirHarness) h = log_attribute ("Line per Attribute");
  g_autofree char *said = say (h, "12345", -1);

  assert_like (said, "test: info: FlowFile *-*-*-*-*\n"
                     "entryDate = 2023-11-14T22:13:20.000Z\n"
                     "lineageStartDate = 2023-11-14T22:13:20.000Z\n"
                     "fileSize = 5\n"
                     "a = '1'\n"
                     "b = '2'\n"
                     "filename = 'f'\n"
                     "http.x = '3'");
}

static void
test_single_line (void)
{
  g_autoptr (WeirHarness) h = log_attribute ("Single Line");
  g_autofree char *said = NULL;

  weir_harness_set (h, "Log Prefix", "before ${filename}");
  weir_harness_set (h, "Log FlowFile Properties", "false");
  weir_harness_set (h, "Log Payload", "true");
  said = say (h, "one\ntwo", -1);
  assert_like (said, "test: info: before f: FlowFile *-*-*-*-*, "
                     "a='1', b='2', filename='f', http.x='3': one\\ntwo");
}

static void
test_level (void)
{
  static const char *const levels[][2] = { { "trace", "debug" },
                                           { "debug", "debug" },
                                           { "info", "info" },
                                           { "warn", "warning" },
                                           { "error", "error" } };

  for (unsigned i = 0; i < G_N_ELEMENTS (levels); i++) {
    g_autoptr (WeirHarness) h = log_attribute ("Single Line");
    g_autofree char *expected = g_strdup_printf ("test: %s: *", levels[i][1]);
    g_autofree char *said = NULL;

    weir_harness_set (h, "Log Level", levels[i][0]);
    said = say (h, "", 0);
    assert_like (said, expected);
  }
}

/* Which of a, b, filename and http.x are said. */
static void
assert_chosen (const char *name, const char *value, const char *other, const char *other_value,
               const char *expected)
{
  g_autoptr (WeirHarness) h = weir_harness_new ("LogAttribute");
  g_autoptr (GString) chosen = g_string_new (NULL);
  g_autofree char *said = NULL;

  weir_harness_set (h, "Log FlowFile Properties", "false");
  weir_harness_set (h, name, value);
  if (other != NULL)
    weir_harness_set (h, other, other_value);
  said = say (h, "", 0);
  for (unsigned i = 0; i < 4; i++) {
    static const char *const lines[] = { "\na = '1'", "\nb = '2'", "\nfilename = 'f'",
                                         "\nhttp.x = '3'" };
    g_string_append_c (chosen, strstr (said, lines[i]) != NULL ? "abfh"[i] : '-');
  }
  g_assert_cmpstr (chosen->str, ==, expected);
}

static void
test_choice (void)
{
  assert_chosen ("Attributes to Log", " a ,b, missing", NULL, NULL, "ab--");
  assert_chosen ("Attributes to Log", "", NULL, NULL, "abfh");
  assert_chosen ("Attributes to Log Regular Expression", "[ab]|http", NULL, NULL, "ab--");
  assert_chosen ("Attributes to Log Regular Expression", "", NULL, NULL, "abfh");
  assert_chosen ("Attributes to Ignore", "a", NULL, NULL, "-bfh");
  assert_chosen ("Attributes to Ignore Regular Expression", "http\\..*", NULL, NULL, "abf-");
  /* Both must allow it, either can forbid it. */
  assert_chosen ("Attributes to Log", "a,b", "Attributes to Log Regular Expression", "b|filename",
                 "-b--");
  assert_chosen ("Attributes to Ignore", "a", "Attributes to Ignore Regular Expression", "b",
                 "--fh");
  assert_chosen ("Attributes to Log", "a,b", "Attributes to Ignore", "a", "-b--");
}

static void
test_payload (void)
{
  g_autoptr (WeirHarness) h = log_attribute ("Line per Attribute");
  g_autofree char *said = NULL;
  g_autofree char *large = g_strnfill (1024 * 1024, 'x');

  weir_harness_set (h, "Log Payload", "true");
  said = say (h, "one\ntwo", -1);
  assert_like (said, "*\nhttp.x = '3'\n| one\n| two");
  g_free (said);
  said = say (h, "", 0);
  assert_like (said, "*\nhttp.x = '3'\n| ");
  g_free (said);
  said = say (h, large, -1);
  assert_like (said, "*\n| (the content is too large to be shown)");
}

static void
test_payload_in_other_sets (void)
{
  g_autoptr (WeirHarness) latin = log_attribute ("Line per Attribute");
  g_autoptr (WeirHarness) binary = log_attribute ("Line per Attribute");
  g_autofree char *said = NULL;

  weir_harness_set (latin, "Log Payload", "true");
  weir_harness_set (latin, "Character Set", "ISO-8859-1");
  said = say (latin, "\344", -1);
  assert_like (said, "*\n| \303\244");
  g_free (said);

  weir_harness_set (binary, "Log Payload", "true");
  said = say (binary, "\377a\0\303\244", 5);
  assert_like (said, "*\n| \\xffa\\x00\303\244");
}

/* No value can make a line of its own, move the cursor or turn the text around. */
static void
test_control_characters (void)
{
  g_autoptr (WeirHarness) h = weir_harness_new ("LogAttribute");
  g_autoptr (GString) said = g_string_new (NULL);
  guint handler = g_log_set_handler ("weir", G_LOG_LEVEL_DEBUG, on_log, said);
  g_autofree char *long_value = g_strnfill (70000, 'x');

  weir_harness_set (h, "Attributes to Log Regular Expression", "(?s)evil.*");
  weir_harness_set (h, "Log FlowFile Properties", "false");
  weir_harness_set (h, "Log Prefix", "${evil}");
  weir_harness_push (h, "", 0, "evil", "\n\r\t\033[2J\177\302\205\342\200\250\342\200\256", NULL);
  weir_harness_run (h, 1);
  assert_like (said->str, "*: \\n\\r\\t\\u001b[2J\\u007f\\u0085\\u2028\\u202e: "
                          "FlowFile *\nevil = '\\n*\\u202e'");
  weir_harness_push (h, "", 0, "evil\nx", "1", NULL);
  weir_harness_run (h, 1);
  assert_like (said->str, "*\nevil\\nx = '1'");
  weir_harness_push (h, "", 0, "evil.long", long_value, NULL);
  weir_harness_run (h, 1);
  assert_like (said->str, "*xxx' and 4464 bytes more");
  g_log_remove_handler ("weir", handler);
}

static void
test_gives_up (void)
{
  static const char *const names[] = { "Attributes to Log Regular Expression",
                                       "Attributes to Ignore Regular Expression" };

  for (unsigned i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autoptr (WeirHarness) h = weir_harness_new ("LogAttribute");

    weir_harness_set (h, names[i], "(a+)+");
    weir_harness_push (h, "", 0, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac", "1", NULL);
    g_assert_cmpuint (weir_harness_run (h, 1), ==, 0);
    g_assert_true (g_str_has_prefix (weir_harness_get_error (h), names[i]));
    g_assert_cmpuint (weir_harness_queued (h), ==, 1);
  }
}

static void
assert_refused (const char *name, const char *value)
{
  g_autoptr (WeirHarness) h = weir_harness_new ("LogAttribute");
  g_autofree char *problems = NULL;

  weir_harness_set (h, name, value);
  problems = weir_harness_check (h);
  g_assert_nonnull (problems);
  g_assert_nonnull (strstr (problems, name));
}

static void
test_refuses (void)
{
  assert_refused ("Log Level", "loud");
  assert_refused ("Output Format", "XML");
  assert_refused ("Character Set", "klingon");
  assert_refused ("Attributes to Log Regular Expression", "a(");
  assert_refused ("Attributes to Ignore Regular Expression", "*");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/log-attribute/lines", test_lines);
  g_test_add_func ("/log-attribute/single-line", test_single_line);
  g_test_add_func ("/log-attribute/level", test_level);
  g_test_add_func ("/log-attribute/choice", test_choice);
  g_test_add_func ("/log-attribute/payload", test_payload);
  g_test_add_func ("/log-attribute/sets", test_payload_in_other_sets);
  g_test_add_func ("/log-attribute/control", test_control_characters);
  g_test_add_func ("/log-attribute/gives-up", test_gives_up);
  g_test_add_func ("/log-attribute/refuses", test_refuses);
  return g_test_run ();
}
