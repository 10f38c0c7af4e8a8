/* Tests TailFile: each line once and in order, whatever becomes of the file between two looks. */
#include "tailing.h"

#include <sys/stat.h>
#include <unistd.h>

/* What logrotate calls copytruncate; the copy is younger than what was read. */
static void
copy_and_truncate (Tailing *f, const char *from, const char *to)
{
  g_autofree char *content = scratch_read (&f->scratch, from);

  scratch_write (&f->scratch, to, content, -1);
  scratch_write (&f->scratch, from, "", 0);
}

static void
test_rename (void)
{
  g_auto (Tailing) f = { 0 };

  tailing_begin (&f, "app.log.*", "one\n");
  tailing_add (&f, "app.log", "two\nthree");
  tailing_rename (&f, "app.log", "app.log.1");
  tailing_add (&f, "app.log", "four\n");
  tailing_assert_new (&f, "two\nthreefour\n");
  tailing_rename (&f, "app.log.1", "app.log.2");
  tailing_rename (&f, "app.log", "app.log.1");
  tailing_assert_new (&f, "");
  tailing_add (&f, "app.log", "five\n");
  tailing_assert_new (&f, "five\n");
  tailing_assert_new (&f, "");
}

/* Without a pattern only the name counts. */
static void
test_replaced (void)
{
  g_auto (Tailing) f = { 0 };

  tailing_begin (&f, NULL, "one\n");
  tailing_rename (&f, "app.log", "app.log.1");
  tailing_add (&f, "app.log", "one\ntwo\n");
  tailing_assert_new (&f, "one\ntwo\n");
}

/* `${filename}` is the name without extension; what other patterns mean is not touched. */
static void
test_pattern (void)
{
  g_auto (Tailing) f = { 0 };

  tailing_begin (&f, "${filename}-????.log", "one\n");
  tailing_add (&f, "app.log", "two\n");
  tailing_rename (&f, "app.log", "app-2024.log");
  tailing_add (&f, "other-2024.log", "other\n");
  tailing_add (&f, "app-20240.log", "other\n");
  tailing_add (&f, "app.log", "three\n");
  tailing_assert_new (&f, "two\nthree\n");
}

static void
test_two_rotations_while_stopped (void)
{
  g_auto (Tailing) f = { 0 };

  tailing_init (&f, "app.log.*");
  tailing_add (&f, "app.log.9", "long ago\n");
  tailing_date (&f, "app.log.9", 1);
  tailing_add (&f, "app.log", "one\ntw");
  tailing_date (&f, "app.log", 2);
  tailing_assert_new (&f, "one\n");
  tailing_add (&f, "app.log", "o\n");
  tailing_date (&f, "app.log", 3);
  tailing_rename (&f, "app.log", "app.log.3");
  tailing_add (&f, "app.log.2", "three\n");
  tailing_date (&f, "app.log.2", 4);
  tailing_add (&f, "app.log.2.gz", "not this\n");
  tailing_date (&f, "app.log.2.gz", 5);
  tailing_add (&f, "app.log.1", "four");
  tailing_date (&f, "app.log.1", 6);
  tailing_add (&f, "app.log", "five\nsix");
  tailing_date (&f, "app.log", 7);
  weir_harness_restart (f.harness);
  tailing_assert_new (&f, "two\nthree\nfourfive\n");
  weir_harness_restart (f.harness);
  tailing_assert_new (&f, "");
}

/* The file that was read is gone: what was rotated after it still counts. */
static void
test_rotated_away_and_deleted (void)
{
  g_auto (Tailing) f = { 0 };
  g_autofree char *path = NULL;

  tailing_init (&f, "app.log.*");
  path = scratch_path (&f.scratch, "app.log");
  tailing_add (&f, "app.log.2", "before\n");
  tailing_date (&f, "app.log.2", 1);
  tailing_add (&f, "app.log", "one\n");
  tailing_date (&f, "app.log", 2);
  tailing_assert_new (&f, "one\n");
  g_assert_cmpint (unlink (path), ==, 0);
  tailing_add (&f, "app.log.1", "two\n");
  tailing_date (&f, "app.log.1", 3);
  tailing_add (&f, "app.log", "three\n");
  weir_harness_restart (f.harness);
  tailing_assert_new (&f, "two\nthree\n");
}

static void
test_copytruncate (void)
{
  g_auto (Tailing) f = { 0 };

  tailing_init (&f, "app.log.*");
  tailing_add (&f, "app.log", "header\none\n");
  tailing_date (&f, "app.log", 1);
  tailing_assert_new (&f, "header\none\n");
  tailing_add (&f, "app.log", "two\n");
  copy_and_truncate (&f, "app.log", "app.log.1");
  tailing_assert_new (&f, "two\n");
  tailing_assert_new (&f, "");
  tailing_add (&f, "app.log", "header\nthree\n");
  tailing_assert_new (&f, "header\nthree\n");
  copy_and_truncate (&f, "app.log", "app.log.2");
  tailing_add (&f, "app.log", "header\nfour, and more than there was\n");
  tailing_assert_new (&f, "header\nfour, and more than there was\n");
}

/* The new file is as long as what was read of the old one: how far that was searched for the end of
 * a line says nothing of this one. */
static void
test_copytruncate_to_the_same_length (void)
{
  g_auto (Tailing) f = { 0 };

  tailing_init (&f, "app.log.*");
  tailing_add (&f, "app.log", "one\n");
  tailing_date (&f, "app.log", 1);
  tailing_assert_new (&f, "one\n");
  copy_and_truncate (&f, "app.log", "app.log.1");
  tailing_add (&f, "app.log", "two\n");
  tailing_assert_new (&f, "two\n");
}

/* So it is with a line that had not ended when something else came in its place. */
static void
test_unended_line_replaced (void)
{
  g_auto (Tailing) f = { 0 };

  tailing_init (&f, NULL);
  tailing_add (&f, "app.log", "unended");
  tailing_assert_new (&f, "");
  scratch_write (&f.scratch, "app.log", "two\nthree", -1);
  tailing_assert_new (&f, "two\n");
}

/* What was read stands in the new file as well. That it is another shows where it is shorter than
 * it was, or than a copy that was made since. */
static void
run_with_the_same_lines (int days)
{
  g_auto (Tailing) f = { 0 };

  tailing_init (&f, "app.log.*");
  tailing_add (&f, "app.log", "ping\n");
  tailing_date (&f, "app.log", 1);
  tailing_assert_new (&f, "ping\n");
  tailing_add (&f, "app.log", "ping\nping\n");
  copy_and_truncate (&f, "app.log", "app.log.1");
  tailing_date (&f, "app.log.1", 1 + days);
  tailing_add (&f, "app.log", "ping\nping\n");
  tailing_date (&f, "app.log", 1 + 2 * days);
  weir_harness_restart (f.harness);
  tailing_assert_new (&f, "ping\nping\nping\nping\n");
  weir_harness_restart (f.harness);
  tailing_assert_new (&f, "");
  tailing_add (&f, "app.log", "half");
  tailing_date (&f, "app.log", 1 + 3 * days);
  tailing_assert_new (&f, "");
  copy_and_truncate (&f, "app.log", "app.log.2");
  tailing_date (&f, "app.log.2", 1 + 4 * days);
  tailing_add (&f, "app.log", "ping\nping\n");
  tailing_date (&f, "app.log", 1 + 5 * days);
  tailing_assert_new (&f, "halfping\nping\n");
}

static void
test_copytruncate_with_the_same_lines (void)
{
  run_with_the_same_lines (1);
}

/* All files have the same time; which of them were read is known. */
static void
test_same_lines_within_a_tick (void)
{
  run_with_the_same_lines (0);
}

/* So it is with those that were renamed, of which the names tell no age. */
static void
test_renames_within_a_tick (void)
{
  static const char *const names[] = { "app.log.5", "app.log.1", "app.log.4", "app.log.2",
                                       "app.log.3" };
  g_auto (Tailing) f = { 0 };

  tailing_init (&f, "app.log.*");
  tailing_add (&f, "app.log", "0\n");
  tailing_date (&f, "app.log", 1);
  tailing_assert_new (&f, "0\n");
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++) {
    char text[] = { (char)('1' + i), '\n', '\0' };

    tailing_rename (&f, "app.log", names[i]);
    tailing_add (&f, "app.log", text);
    tailing_date (&f, "app.log", 1);
    if (i % 2 == 0)
      weir_harness_restart (f.harness);
    tailing_assert_new (&f, text);
  }
  weir_harness_restart (f.harness);
  tailing_assert_new (&f, "");
}

/* More than can be remembered are read in the order of their names, each once. */
static void
test_many_of_the_same_time (void)
{
  g_auto (Tailing) f = { 0 };
  g_autoptr (GString) all = g_string_new (NULL);

  tailing_init (&f, "app.log.*");
  weir_harness_set (f.harness, "Initial Start Position", "Beginning of Time");
  for (unsigned i = 10; i < 60; i++) {
    g_autofree char *name = g_strdup_printf ("app.log.%u", i);

    tailing_add (&f, name, name);
    tailing_date (&f, name, 1);
    g_string_append (all, name);
  }
  tailing_add (&f, "app.log", "end\n");
  tailing_date (&f, "app.log", 1);
  g_string_append (all, "end\n");
  tailing_assert_new (&f, all->str);
  weir_harness_restart (f.harness);
  tailing_assert_new (&f, "");
}

/* Another file is no sign of that when it is older, when the file has all of it, or when what was
 * read is not in it. */
static void
test_copies_of_other_kinds (void)
{
  g_auto (Tailing) f = { 0 };

  tailing_init (&f, "app.log.*");
  tailing_add (&f, "app.log.1", "ping\nping\nping\n");
  tailing_date (&f, "app.log.1", 1);
  tailing_add (&f, "app.log", "ping\nping\n");
  tailing_date (&f, "app.log", 2);
  tailing_assert_new (&f, "ping\nping\n");
  tailing_add (&f, "app.log.copy", "ping\nping\n");
  tailing_add (&f, "app.log.other", "ping\npong\nping\n");
  weir_harness_restart (f.harness);
  tailing_assert_new (&f, "");
  tailing_add (&f, "app.log", "pong\n");
  tailing_add (&f, "app.log.copy", "ping\n");
  weir_harness_restart (f.harness);
  tailing_assert_new (&f, "pong\n");
}

/* Nothing was read of it before it was copied and truncated: its lines are in the copy alone. */
static void
test_copytruncate_of_what_was_empty (void)
{
  g_auto (Tailing) f = { 0 };

  tailing_init (&f, "app.log.*");
  tailing_add (&f, "app.log", "");
  tailing_date (&f, "app.log", 1);
  tailing_assert_new (&f, "");
  tailing_add (&f, "app.log", "one\n");
  copy_and_truncate (&f, "app.log", "app.log.1");
  tailing_date (&f, "app.log", 2);
  weir_harness_restart (f.harness);
  tailing_assert_new (&f, "one\n");
  tailing_assert_new (&f, "");
  weir_harness_restart (f.harness);
  tailing_assert_new (&f, "");
  tailing_add (&f, "app.log", "two\n");
  tailing_assert_new (&f, "two\n");
}

/* Who writes to the old file after the new one was begun does not make it new. */
static void
test_late_writer (void)
{
  g_auto (Tailing) f = { 0 };

  tailing_begin (&f, "app.log.*", "one\n");
  tailing_rename (&f, "app.log", "app.log.1");
  tailing_add (&f, "app.log", "");
  tailing_assert_new (&f, "");
  tailing_add (&f, "app.log.1", "late\n");
  tailing_assert_new (&f, "");
  weir_harness_restart (f.harness);
  tailing_assert_new (&f, "");
  tailing_add (&f, "app.log", "two\n");
  tailing_assert_new (&f, "two\n");
}

static void
test_truncation (void)
{
  g_auto (Tailing) f = { 0 };

  tailing_begin (&f, NULL, "one\ntwo\n");
  scratch_write (&f.scratch, "app.log", "new\n", -1);
  tailing_assert_new (&f, "new\n");
  scratch_write (&f.scratch, "app.log", "longer than that\n", -1);
  tailing_assert_new (&f, "longer than that\n");
  scratch_write (&f.scratch, "app.log", "", 0);
  tailing_assert_new (&f, "");
  tailing_add (&f, "app.log", "end\n");
  weir_harness_restart (f.harness);
  tailing_assert_new (&f, "end\n");
}

static void
rewrite (Tailing *f, const char *text, struct stat *ret_status)
{
  g_autofree char *path = scratch_path (&f->scratch, "app.log");

  scratch_write (&f->scratch, "app.log", text, -1);
  tailing_date (f, "app.log", 1);
  g_assert_cmpint (stat (path, ret_status), ==, 0);
}

/* Nothing but what is in it tells that it is another; but after a while the clock does. */
static void
test_rewritten_with_the_same_length_and_time (void)
{
  g_auto (Tailing) f = { 0 };
  struct stat before, after;

  tailing_init (&f, NULL);
  rewrite (&f, "one\n", &before);
  tailing_assert_new (&f, "one\n");
  tailing_assert_new (&f, "");
  rewrite (&f, "two\n", &before);
  tailing_assert_new (&f, "two\n");
  for (unsigned i = 0; i < 5; i++)
    tailing_assert_new (&f, "");
  do {
    rewrite (&f, "six\n", &after);
  } while (after.st_ctim.tv_sec == before.st_ctim.tv_sec &&
           after.st_ctim.tv_nsec == before.st_ctim.tv_nsec);
  tailing_assert_new (&f, "six\n");
}

/* The same start and a different line before the position: that is another file. */
static void
test_rewritten_with_the_same_start (void)
{
  g_auto (Tailing) f = { 0 };
  g_autofree char *header = g_strnfill (5000, '#');
  g_autofree char *before = g_strconcat (header, "\none\n", NULL);
  g_autofree char *after = g_strconcat (header, "\nsix\nseven\n", NULL);

  tailing_init (&f, NULL);
  scratch_write (&f.scratch, "app.log", before, -1);
  tailing_assert_new (&f, before);
  scratch_write (&f.scratch, "app.log", after, -1);
  tailing_assert_new (&f, after);
}

static void
test_post_rollover (void)
{
  g_auto (Tailing) f = { 0 };

  tailing_init (&f, "app.log.*");
  weir_harness_set (f.harness, "Post-Rollover Tail Period", "5 min");
  tailing_add (&f, "app.log", "one\ntw");
  tailing_assert_new (&f, "one\n");
  tailing_rename (&f, "app.log", "app.log.1");
  scratch_set_mtime (&f.scratch, "app.log.1", WALL);
  tailing_add (&f, "app.log", "four\n");
  tailing_assert_new (&f, "");
  tailing_add (&f, "app.log.1", "o\nthree\n");
  scratch_set_mtime (&f.scratch, "app.log.1", WALL);
  tailing_assert_new (&f, "two\nthree\n");
  tailing_assert_new (&f, "");
  weir_harness_advance (f.harness, 300 * (int64_t)G_USEC_PER_SEC);
  tailing_assert_new (&f, "four\n");
}

/* Renamed, and nobody has the name yet: whoever writes may still write to the old one. */
static void
test_gap (void)
{
  g_auto (Tailing) f = { 0 };

  tailing_init (&f, "app.log.*");
  tailing_add (&f, "app.log", "one\ntw");
  tailing_assert_new (&f, "one\n");
  tailing_rename (&f, "app.log", "app.log.1");
  scratch_set_mtime (&f.scratch, "app.log.1", WALL);
  tailing_assert_new (&f, "");
  tailing_add (&f, "app.log.1", "o\nthr");
  scratch_set_mtime (&f.scratch, "app.log.1", WALL);
  tailing_assert_new (&f, "two\n");
  weir_harness_advance (f.harness, 60 * (int64_t)G_USEC_PER_SEC);
  tailing_assert_new (&f, "thr");
  tailing_assert_new (&f, "");
}

static void
test_restart_in_the_middle (void)
{
  g_auto (Tailing) f = { 0 };
  g_autoptr (GString) all = g_string_new (NULL), got = g_string_new (NULL);

  tailing_init (&f, "app.log.*");
  for (unsigned i = 0; i < 600000; i++)
    g_string_append_printf (all, "line %u\n", i);
  scratch_write (&f.scratch, "app.log", all->str, (ssize_t)all->len);
  for (unsigned i = 0; i < 20; i++) {
    const WeirFlowFile *out;

    weir_harness_advance (f.harness, TICK);
    weir_harness_run (f.harness, 1);
    weir_harness_restart (f.harness);
    if (i == 2)
      tailing_rename (&f, "app.log", "app.log.1");
    if (i == 4)
      tailing_add (&f, "app.log", "the end\n");
    while ((out = weir_harness_pull (f.harness, "success")) != NULL)
      g_string_append (got, weir_harness_content (f.harness, out, NULL));
  }
  g_string_append (all, "the end\n");
  g_assert_true (g_string_equal (all, got));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tail/rename", test_rename);
  g_test_add_func ("/tail/replaced", test_replaced);
  g_test_add_func ("/tail/pattern", test_pattern);
  g_test_add_func ("/tail/two rotations while stopped", test_two_rotations_while_stopped);
  g_test_add_func ("/tail/rotated away and deleted", test_rotated_away_and_deleted);
  g_test_add_func ("/tail/copytruncate", test_copytruncate);
  g_test_add_func ("/tail/copytruncate to the same length", test_copytruncate_to_the_same_length);
  g_test_add_func ("/tail/copytruncate with the same lines", test_copytruncate_with_the_same_lines);
  g_test_add_func ("/tail/same lines within a tick", test_same_lines_within_a_tick);
  g_test_add_func ("/tail/renames within a tick", test_renames_within_a_tick);
  g_test_add_func ("/tail/many of the same time", test_many_of_the_same_time);
  g_test_add_func ("/tail/copies of other kinds", test_copies_of_other_kinds);
  g_test_add_func ("/tail/unended line replaced", test_unended_line_replaced);
  g_test_add_func ("/tail/copytruncate of what was empty", test_copytruncate_of_what_was_empty);
  g_test_add_func ("/tail/late writer", test_late_writer);
  g_test_add_func ("/tail/truncation", test_truncation);
  g_test_add_func ("/tail/same length and time", test_rewritten_with_the_same_length_and_time);
  g_test_add_func ("/tail/same start", test_rewritten_with_the_same_start);
  g_test_add_func ("/tail/post rollover", test_post_rollover);
  g_test_add_func ("/tail/gap", test_gap);
  g_test_add_func ("/tail/restart in the middle", test_restart_in_the_middle);
  return g_test_run ();
}
