/* Tests processors/flow/generate-flowfile.c. */
#include "refusal.h"

#include <weir/harness.h>

#include <string.h>

static WeirHarness *
generate (void)
{
  return weir_harness_new ("GenerateFlowFile");
}

static const WeirFlowFile *
pull (WeirHarness *h)
{
  const WeirFlowFile *out = weir_harness_pull (h, "success");

  g_assert_nonnull (out);
  return out;
}

static void
test_defaults (void)
{
  g_autoptr (WeirHarness) h = generate ();
  const WeirFlowFile *out;

  g_assert_cmpuint (weir_harness_run (h, 3), ==, 3);
  g_assert_cmpuint (weir_harness_count (h, "success"), ==, 3);
  out = pull (h);
  g_assert_cmpuint (weir_flowfile_get_size (out), ==, 0);
  g_assert_null (weir_flowfile_get_attribute (out, "mime.type"));
  pull (h);
  pull (h);
  weir_harness_assert_drained (h);
}

static bool
is_text (const char *data, size_t size)
{
  for (size_t i = 0; i < size; i++)
    if (!g_ascii_isalnum (data[i]) && data[i] != ' ' && data[i] != '\n')
      return false;
  return true;
}

/* Two FlowFiles of @size; true when their contents are equal. */
static bool
are_equal (const char *format, const char *unique, const char *size, size_t expected,
           bool *ret_text)
{
  g_autoptr (WeirHarness) h = generate ();
  const WeirFlowFile *flowfiles[2];
  const char *contents[2];

  weir_harness_set (h, "File Size", size);
  weir_harness_set (h, "Data Format", format);
  weir_harness_set (h, "Unique FlowFiles", unique);
  weir_harness_run (h, 2);
  for (unsigned i = 0; i < 2; i++) {
    size_t n;

    flowfiles[i] = pull (h);
    contents[i] = weir_harness_content (h, flowfiles[i], &n);
    g_assert_cmpuint (n, ==, expected);
  }
  *ret_text = is_text (contents[0], expected);
  return memcmp (contents[0], contents[1], expected) == 0;
}

static void
test_content (void)
{
  const size_t large = 200000; /* several blocks, the last one not full */
  bool text;

  g_assert_true (are_equal ("Text", "false", "100 B", 100, &text));
  g_assert_true (text);
  g_assert_false (are_equal ("Text", "true", "100 B", 100, &text));
  g_assert_true (text);
  g_assert_true (are_equal ("Binary", "false", "200000 B", large, &text));
  g_assert_false (text);
  g_assert_false (are_equal ("Binary", "true", "200000 B", large, &text));
  g_assert_false (text);
  g_assert_false (are_equal ("Text", "true", "200000 B", large, &text));
  g_assert_true (text);
}

static void
test_batch (void)
{
  g_autoptr (WeirHarness) h = generate ();
  const WeirFlowFile *first, *second;

  weir_harness_set (h, "Batch Size", "4");
  weir_harness_set (h, "Custom Text", "${filename}");
  weir_harness_set (h, "Mime Type", "text/plain");
  weir_harness_set (h, "kind", "order");
  g_assert_cmpuint (weir_harness_run (h, 1), ==, 1);
  g_assert_cmpuint (weir_harness_count (h, "success"), ==, 4);
  first = pull (h);
  second = pull (h);
  g_assert_cmpstr (weir_flowfile_get_attribute (second, "mime.type"), ==, "text/plain");
  g_assert_cmpstr (weir_flowfile_get_attribute (second, "kind"), ==, "order");
  g_assert_cmpstr (weir_flowfile_get_attribute (first, "uuid"), !=,
                   weir_flowfile_get_attribute (second, "uuid"));
  g_assert_cmpstr (weir_harness_content (h, first, NULL), ==,
                   weir_harness_content (h, second, NULL)); /* evaluated once */
}

static void
test_character_set (void)
{
  g_autoptr (WeirHarness) h = generate ();
  const WeirFlowFile *out;
  size_t size;

  weir_harness_set (h, "Custom Text", "\303\244"); /* a with two dots */
  weir_harness_set (h, "Character Set", "UTF-16LE");
  weir_harness_run (h, 1);
  out = pull (h);
  g_assert_cmpmem (weir_harness_content (h, out, &size), 2, "\344\0", 2);
  g_assert_cmpuint (size, ==, 2);
}

static void
test_text_that_cannot_be_written (void)
{
  g_autoptr (WeirHarness) h = generate ();

  weir_harness_set (h, "Custom Text", "\303\244");
  weir_harness_set (h, "Character Set", "US-ASCII");
  g_assert_cmpuint (weir_harness_run (h, 1), ==, 0);
  g_assert_cmpstr (weir_harness_get_error (h), ==,
                   "Custom Text: the text cannot be written in US-ASCII: use UTF-8, or other "
                   "characters");
  weir_harness_assert_drained (h);
}

/* The count is committed with what was made, and goes on after a restart. */
static void
test_maximum (void)
{
  g_autoptr (WeirHarness) h = generate ();
  g_autofree char *made = NULL;

  weir_harness_set (h, "Batch Size", "3");
  weir_harness_set (h, "Maximum FlowFiles", "7");
  weir_harness_run (h, 2);
  g_assert_cmpuint (weir_harness_count (h, "success"), ==, 6);
  weir_harness_restart (h);
  weir_harness_run (h, 10);
  g_assert_cmpuint (weir_harness_count (h, "success"), ==, 7);
  made = weir_harness_get_state (h, "generated");
  g_assert_cmpstr (made, ==, "7");
  weir_harness_advance (h, 60 * G_USEC_PER_SEC);
  g_assert_cmpuint (weir_harness_run (h, 10), ==, 0); /* it rests */
}

static void
assert_refused (const char *name, const char *value, const char *other, const char *pattern)
{
  g_autoptr (WeirHarness) h = generate ();

  weir_harness_set (h, name, value);
  if (other != NULL)
    weir_harness_set (h, "Custom Text", other);
  refusal_assert (h, pattern);
}

static void
test_refuses (void)
{
  assert_refused ("Unique FlowFiles", "true", "text", "*Unique FlowFiles must be false");
  assert_refused ("Data Format", "Binary", "text", "*Data Format must be Text");
  assert_refused ("Character Set", "klingon", NULL, "*there is no character set \"klingon\"*");
  assert_refused ("Character Set", "", NULL, "*Character Set*");
  assert_refused ("Batch Size", "0", NULL, "*Batch Size*");
  assert_refused ("File Size", "-1 B", NULL, "*File Size*");
  assert_refused ("uuid", "x", NULL, "*uuid cannot be set*");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/generate-flowfile/defaults", test_defaults);
  g_test_add_func ("/generate-flowfile/content", test_content);
  g_test_add_func ("/generate-flowfile/batch", test_batch);
  g_test_add_func ("/generate-flowfile/character-set", test_character_set);
  g_test_add_func ("/generate-flowfile/cannot-be-written", test_text_that_cannot_be_written);
  g_test_add_func ("/generate-flowfile/maximum", test_maximum);
  g_test_add_func ("/generate-flowfile/refuses", test_refuses);
  return g_test_run ();
}
