/* Tests TailFile with messages of several lines: none is parted, and none waits for longer than
 * until its end is known. */
#include "tailing.h"

#include <string.h>

static void
set_up (Tailing *f)
{
  tailing_init (f, "app.log.*");
  weir_harness_set (f->harness, "Line Start Pattern", "\\d{4}-\\d\\d ");
}

static void
assert_next (Tailing *f, const char *expected)
{
  const WeirFlowFile *out = weir_harness_pull (f->harness, "success");
  size_t size;
  const char *content;

  g_assert_nonnull (out);
  content = weir_harness_content (f->harness, out, &size);
  g_assert_cmpmem (content, size, expected, strlen (expected));
}

static void
look (Tailing *f)
{
  weir_harness_advance (f->harness, TICK);
  weir_harness_run (f->harness, 9);
}

/* The last one waits, also for the end of the line that ends it. */
static void
test_growth (void)
{
  g_auto (Tailing) f = { 0 };

  set_up (&f);
  tailing_add (&f, "app.log", "2024-01 one\n  at a\n");
  tailing_assert_new (&f, "");
  tailing_add (&f, "app.log", "  at b\n2024-01 tw");
  tailing_assert_new (&f, "");
  tailing_add (&f, "app.log", "o\n");
  tailing_assert_new (&f, "2024-01 one\n  at a\n  at b\n");
  weir_harness_restart (f.harness);
  tailing_assert_new (&f, "");
  tailing_add (&f, "app.log", "  at c\n2024-02 three\n");
  tailing_assert_new (&f, "2024-01 two\n  at c\n");
}

/* As many whole ones as there are go together; what comes before the first goes with it. The
 * pattern sees a line without its end. */
static void
test_several (void)
{
  g_auto (Tailing) f = { 0 };

  set_up (&f);
  weir_harness_set (f.harness, "Line Start Pattern", "\\d{4}-\\d\\d \\w+\\z");
  tailing_add (&f, "app.log", "rest\n2024-01 one\n2024-01 two\nmore\nat 2024-01 noon\n2024-02 x\n");
  look (&f);
  assert_next (&f, "rest\n2024-01 one\n2024-01 two\nmore\nat 2024-01 noon\n");
  tailing_assert_new (&f, "");
}

/* Without a message's beginning all belongs to one. */
static void
test_no_match (void)
{
  g_auto (Tailing) f = { 0 };

  set_up (&f);
  tailing_add (&f, "app.log", "one\ntwo\n");
  tailing_assert_new (&f, "");
  tailing_add (&f, "app.log", "2024-01 three\n");
  tailing_assert_new (&f, "one\ntwo\n");
}

/* What was rotated away is complete, and a message does not go on in the next file. */
static void
test_rotation (void)
{
  g_auto (Tailing) f = { 0 };

  set_up (&f);
  tailing_add (&f, "app.log", "2024-01 one\n  at a\n");
  tailing_assert_new (&f, "");
  tailing_add (&f, "app.log", "  at b");
  tailing_rename (&f, "app.log", "app.log.1");
  tailing_add (&f, "app.log", "  at c\n2024-01 two\n");
  look (&f);
  assert_next (&f, "2024-01 one\n  at a\n  at b");
  assert_next (&f, "  at c\n");
  tailing_assert_new (&f, "");
}

static void
test_post_rollover (void)
{
  g_auto (Tailing) f = { 0 };

  set_up (&f);
  weir_harness_set (f.harness, "Post-Rollover Tail Period", "5 min");
  tailing_add (&f, "app.log", "2024-01 one\n");
  tailing_assert_new (&f, "");
  tailing_rename (&f, "app.log", "app.log.1");
  tailing_add (&f, "app.log", "2024-01 two\n2024-01 three\n");
  scratch_set_mtime (&f.scratch, "app.log.1", WALL);
  tailing_assert_new (&f, "");
  tailing_add (&f, "app.log.1", "late\n");
  scratch_set_mtime (&f.scratch, "app.log.1", WALL);
  tailing_assert_new (&f, "");
  weir_harness_advance (f.harness, 300 * (int64_t)G_USEC_PER_SEC);
  tailing_assert_new (&f, "2024-01 one\nlate\n2024-01 two\n");
}

/* What does not end is passed on in pieces of whole lines, or of a line that is too long itself. */
static void
test_max_buffer (void)
{
  g_auto (Tailing) f = { 0 };
  g_autofree char *line = g_strnfill (599, 'x'), *lines = g_strdup_printf ("%s\n%s\n", line, line);
  g_autofree char *rest = g_strdup_printf ("%s\n", line), *longer = g_strnfill (1300, 'y');

  set_up (&f);
  weir_harness_set (f.harness, "Max Buffer Size", "1300 B");
  tailing_add (&f, "app.log", lines);
  tailing_assert_new (&f, "");
  tailing_add (&f, "app.log", rest);
  tailing_assert_new (&f, lines);
  tailing_add (&f, "app.log", "2024-01 one\n");
  tailing_assert_new (&f, rest);
  tailing_add (&f, "app.log", longer);
  tailing_assert_new (&f, "2024-01 one\n");
  tailing_add (&f, "app.log", "z");
  tailing_assert_new (&f, longer);
  tailing_assert_new (&f, "");
}

/* Bytes that are no UTF-8 are passed on as they are, and end no message where the pattern names
 * others. */
static void
test_bytes (void)
{
  g_auto (Tailing) f = { 0 };

  set_up (&f);
  tailing_add (&f, "app.log", "2024-01 \xff\r\n\xc3(\r\n2024\xfe-01 \n\n2024-01 two\n");
  tailing_assert_new (&f, "2024-01 \xff\r\n\xc3(\r\n2024\xfe-01 \n\n");
}

/* A pattern that would never end matches nothing. */
static void
test_endless_pattern (void)
{
  g_auto (Tailing) f = { 0 };
  g_autofree char *line = g_strnfill (60, 'a');

  tailing_init (&f, "app.log.*");
  weir_harness_set (f.harness, "Line Start Pattern", "(a+)+b");
  tailing_add (&f, "app.log", line);
  tailing_add (&f, "app.log", "\n");
  tailing_add (&f, "app.log", line);
  tailing_add (&f, "app.log", "\nab\n");
  look (&f);
  g_assert_cmpuint (weir_flowfile_get_size (weir_harness_pull (f.harness, "success")), ==, 122);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tail-messages/growth", test_growth);
  g_test_add_func ("/tail-messages/several", test_several);
  g_test_add_func ("/tail-messages/no match", test_no_match);
  g_test_add_func ("/tail-messages/rotation", test_rotation);
  g_test_add_func ("/tail-messages/post rollover", test_post_rollover);
  g_test_add_func ("/tail-messages/max buffer", test_max_buffer);
  g_test_add_func ("/tail-messages/bytes", test_bytes);
  g_test_add_func ("/tail-messages/endless pattern", test_endless_pattern);
  return g_test_run ();
}
