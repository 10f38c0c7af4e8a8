/* Somebody who follows the log sees every durable frame once and in order, holds the segments that
 * it has not let go of, in the next run as well, and does not wait when it is told not to. */
#include "base/lock.h"
#include "scratch.h"
#include "store/follower.h"
#include "store/segment.h"

#include <stdatomic.h>

#define SEGMENT ((uint64_t)64 * 1024)

typedef struct {
  char *root;
  WeirData *data;
  uint64_t expected; /* the number in the next entry */
  uint64_t appended;
} Run;

static void
ignore_durable (void *user, uint64_t durable)
{
}

static void
fail_on_failure (void *user, const GError *error)
{
  g_error ("%s", error->message);
}

static void
ignore (void *user)
{
}

static void
run_open (Run *run)
{
  g_autoptr (GError) error = NULL;
  WeirDataOptions options = { .directory = run->root,
                              .owner = "test",
                              .durability = WEIR_DURABILITY_POWER,
                              .segment_size = SEGMENT,
                              .checkpoint_bytes = SEGMENT,
                              .on_durable = ignore_durable,
                              .on_failure = fail_on_failure,
                              .on_low = ignore };

  run->data = weir_data_open (&options, &error);
  g_assert_no_error (error);
}

static void
run_start (Run *run)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (weir_data_start (run->data, &error));
  g_assert_no_error (error);
}

static void
run_close (Run *run)
{
  g_clear_pointer (&run->data, weir_data_free);
}

/* Entries that are a state each, whose value is their number. */
static void
append (Run *run, unsigned n)
{
  WeirEntryWriter writer;

  weir_entry_writer_init (&writer);
  for (; n > 0; n--) {
    g_autofree char *value = g_strdup_printf ("%" G_GUINT64_FORMAT "%0500d", run->appended++, 0);

    weir_entry_writer_begin (&writer, 1);
    weir_entry_write_state (&writer, 0, "n", value);
    weir_data_append (run->data, 1000, writer.start, weir_entry_writer_get_size (&writer), NULL);
  }
  weir_entry_writer_clear (&writer);
}

static void
name_component (Run *run)
{
  g_assert_cmpuint (
      weir_dictionary_get_number (weir_data_get_dictionary (run->data), WEIR_WORD_COMPONENT, "a"),
      ==, 1);
}

static void
check_entry (Run *run, const WeirLogEntry *entry)
{
  WeirEntryReader reader;
  WeirOp op;

  g_assert_true (weir_entry_reader_init (&reader, entry->body, entry->size, 0, 0));
  while (weir_entry_reader_next (&reader, &op)) {
    if (op.kind == WEIR_OP_STATE) {
      g_autofree char *text = g_strndup ((const char *)op.text, op.text_size - 500);

      g_assert_cmpuint (g_ascii_strtoull (text, NULL, 10), ==, run->expected++);
    }
  }
}

static void
check_frame (Run *run, const WeirFrame *frame)
{
  g_autoptr (GError) error = NULL;
  WeirLogEntry entry;

  for (size_t at = 0; weir_frame_next_entry (frame, &at, &entry, &error);)
    check_entry (run, &entry);
  g_assert_no_error (error);
}

/* Reads until all that was appended has been seen. */
static void
read_all (Run *run, WeirFollower *follower, WeirFrame *ret_last)
{
  g_autoptr (GError) error = NULL;

  while (run->expected < run->appended) {
    g_assert_cmpint (weir_follower_next (follower, -1, ret_last, &error), ==, WEIR_LOG_FRAME);
    g_assert_no_error (error);
    check_frame (run, ret_last);
  }
}

static guint
count_segments (const Run *run)
{
  g_autofree char *directory = g_build_filename (run->root, "log", NULL);
  WeirSegmentFolder folder = { .directory = directory, .segment_size = SEGMENT };
  g_autoptr (GArray) files = weir_segment_list (&folder, NULL);

  return files->len;
}

static void
test_follow (void)
{
  Run run = { .root = g_dir_make_tmp ("weir-follower-XXXXXX", NULL) };
  WeirFollower *follower;
  WeirFrame last = { 0 };

  run_open (&run);
  follower = weir_data_follow (run.data, 0, 0, NULL);
  g_assert_nonnull (follower);
  run_start (&run);
  name_component (&run);
  for (unsigned i = 0; i < 20; i++) {
    append (&run, 1 + i * 10);
    read_all (&run, follower, &last);
  }
  g_assert_cmpuint (weir_follower_get_lag (follower), ==, 0);
  g_assert_cmpuint (weir_follower_get_place (follower), ==, last.next);
  g_assert_cmpint (weir_follower_next (follower, 1000, &last, NULL), ==, WEIR_LOG_END);
  weir_follower_interrupt (follower);
  g_assert_cmpint (weir_follower_next (follower, -1, &last, NULL), ==, WEIR_LOG_END);
  weir_follower_free (follower);
  run_close (&run);
  scratch_remove (run.root);
  g_free (run.root);
}

/* Nothing is written over that it has not let go of, until it has; whoever begins where it ended
 * finds the rest. */
static void
test_hold (void)
{
  Run run = { .root = g_dir_make_tmp ("weir-follower-XXXXXX", NULL) };
  WeirFollower *follower;
  WeirFrame last = { 0 };
  guint n_held;

  run_open (&run);
  follower = weir_data_follow (run.data, 0, 0, NULL);
  run_start (&run);
  name_component (&run);
  append (&run, 500);
  read_all (&run, follower, &last);
  weir_follower_release (follower, last.next);
  append (&run, 4000);
  weir_follower_free (follower);
  run_close (&run);
  n_held = count_segments (&run);
  g_assert_cmpuint (n_held, >, 4000 * 500 / SEGMENT);

  run_open (&run);
  follower = weir_data_follow (run.data, last.next, last.sequence + 1, NULL);
  g_assert_nonnull (follower);
  run_start (&run);
  append (&run, 10);
  read_all (&run, follower, &last);
  weir_follower_release (follower, last.next);
  weir_follower_free (follower);
  run_close (&run);
  g_assert_cmpuint (count_segments (&run), <, n_held);
  scratch_remove (run.root);
  g_free (run.root);
}

/* What the log no longer has is an error, and the oldest that it has is where one can begin. */
static void
test_too_late (void)
{
  Run run = { .root = g_dir_make_tmp ("weir-follower-XXXXXX", NULL) };
  g_autoptr (GError) error = NULL;
  WeirFollower *follower;
  WeirFrame frame;

  for (unsigned i = 0; i < 3; i++) {
    run_open (&run);
    run_start (&run);
    name_component (&run);
    append (&run, 2000);
    run_close (&run);
  }
  run_open (&run);
  g_assert_null (weir_data_follow (run.data, 0, 1, &error));
  g_assert_nonnull (error);
  follower = weir_data_follow (run.data, 0, 0, NULL);
  g_assert_nonnull (follower);
  g_assert_cmpint (weir_follower_next (follower, 0, &frame, NULL), ==, WEIR_LOG_FRAME);
  g_assert_cmpuint (frame.sequence, >, 1);
  weir_follower_free (follower);
  run_start (&run);
  run_close (&run);
  scratch_remove (run.root);
  g_free (run.root);
}

/* @is_hollow: of what it has only contents are left, which somebody needs. */
static void
remove_segment (const Run *run, guint index, bool is_hollow)
{
  g_autofree char *directory = g_build_filename (run->root, "log", NULL);
  WeirSegmentFolder folder = { .directory = directory, .segment_size = SEGMENT };
  g_autoptr (GArray) files = weir_segment_list (&folder, NULL);
  g_autofree char *path =
      weir_segment_get_path (directory, g_array_index (files, WeirSegmentFile, index).number);

  if (is_hollow) {
    WEIR_AUTO_FD int fd = open (path, O_WRONLY | O_CLOEXEC);

    g_assert_true (weir_fs_make_hole (NULL, fd, 0, WEIR_SEGMENT_HEADER, path, NULL));
  } else {
    g_assert_cmpint (g_unlink (path), ==, 0);
  }
}

/* An old segment is still there and what came behind it is not: the log begins behind the gap. */
static void
test_gap (const void *is_hollow)
{
  Run run = { .root = g_dir_make_tmp ("weir-follower-XXXXXX", NULL) };
  g_autoptr (GError) error = NULL;
  WeirFollower *follower;
  WeirFrame first = { 0 }, frame;
  uint64_t sequence;

  run_open (&run);
  follower = weir_data_follow (run.data, 0, 0, NULL); /* so that nothing goes */
  run_start (&run);
  name_component (&run);
  g_assert_cmpint (weir_follower_next (follower, -1, &first, NULL), ==, WEIR_LOG_FRAME);
  append (&run, 4000);
  weir_follower_free (follower);
  run_close (&run);
  remove_segment (&run, 1, is_hollow != NULL);

  run_open (&run);
  g_assert_null (weir_data_follow (run.data, first.next, first.sequence + 1, &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND);
  follower = weir_data_follow (run.data, 0, 0, NULL);
  g_assert_nonnull (follower);
  g_assert_cmpint (weir_follower_next (follower, 0, &frame, NULL), ==, WEIR_LOG_FRAME);
  for (sequence = frame.sequence; weir_follower_next (follower, 0, &frame, NULL) == WEIR_LOG_FRAME;)
    g_assert_cmpuint (frame.sequence, ==, ++sequence);
  g_assert_cmpuint (sequence + 1, ==, weir_data_get_next_sequence (run.data));
  weir_follower_free (follower);
  run_close (&run);
  scratch_remove (run.root);
  g_free (run.root);
}

/* Who is woken waits no longer, once. */
static void
test_wake (void)
{
  Run run = { .root = g_dir_make_tmp ("weir-follower-XXXXXX", NULL) };
  WeirFollower *follower;
  WeirFrame frame;

  run_open (&run);
  follower = weir_data_follow (run.data, 0, 0, NULL);
  run_start (&run);
  name_component (&run);
  g_assert_cmpint (weir_follower_next (follower, -1, &frame, NULL), ==, WEIR_LOG_FRAME);
  while (weir_follower_next (follower, 0, &frame, NULL) == WEIR_LOG_FRAME)
    ;
  weir_follower_wake (follower);
  g_assert_cmpint (weir_follower_next (follower, -1, &frame, NULL), ==, WEIR_LOG_END);
  append (&run, 1);
  g_assert_cmpint (weir_follower_next (follower, -1, &frame, NULL), ==, WEIR_LOG_FRAME);
  weir_follower_free (follower);
  run_close (&run);
  scratch_remove (run.root);
  g_free (run.root);
}

/* Who waits for many frames at once comes when they are there, when he has waited for long enough,
 * and when he is told to. */
static void
test_batch (void)
{
  Run run = { .root = g_dir_make_tmp ("weir-follower-XXXXXX", NULL) };
  const int64_t long_time = 1000 * G_USEC_PER_SEC;
  WeirFollower *follower;
  WeirFrame frame;

  run_open (&run);
  follower = weir_data_follow (run.data, 0, 0, NULL);
  run_start (&run);
  name_component (&run);
  weir_follower_set_batch (follower, UINT64_C (1) << 40, 1000);
  for (unsigned i = 0; i < 20; i++) {
    append (&run, 1);
    read_all (&run, follower, &frame);
  }
  for (unsigned i = 0; i < 20; i++) {
    weir_follower_set_batch (follower, 3 * WEIR_FRAME_BLOCK, long_time);
    append (&run, 100);
    g_assert_cmpint (weir_follower_next (follower, -1, &frame, NULL), ==, WEIR_LOG_FRAME);
    check_frame (&run, &frame);
    weir_follower_set_batch (follower, 0, 0);
    read_all (&run, follower, &frame);
  }
  while (weir_follower_next (follower, 0, &frame, NULL) == WEIR_LOG_FRAME)
    ;
  weir_follower_set_batch (follower, UINT64_C (1) << 40, long_time);
  g_assert_cmpint (weir_follower_next (follower, 1000, &frame, NULL), ==, WEIR_LOG_END);
  weir_follower_wake (follower);
  g_assert_cmpint (weir_follower_next (follower, -1, &frame, NULL), ==, WEIR_LOG_END);
  weir_follower_free (follower);
  run_close (&run);
  scratch_remove (run.root);
  g_free (run.root);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/follower/follow", test_follow);
  g_test_add_func ("/follower/hold", test_hold);
  g_test_add_func ("/follower/too late", test_too_late);
  g_test_add_data_func ("/follower/gap", NULL, test_gap);
  g_test_add_data_func ("/follower/gap-in-what-is-hollow", "", test_gap);
  g_test_add_func ("/follower/wake", test_wake);
  g_test_add_func ("/follower/batch", test_batch);
  return g_test_run ();
}
