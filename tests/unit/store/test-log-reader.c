/* test-log-reader.c: where reading begins, ends and goes on behind a writer. */
#include "log-fixture.h"

/* The entries of @frame are those from *@n_entries on. */
static void
check_frame (const WeirFrame *frame, uint32_t *n_entries)
{
  WeirLogEntry entry;
  size_t at = 0;

  while (weir_frame_next_entry (frame, &at, &entry, NULL))
    log_fixture_check_entry (&entry, (*n_entries)++);
}

/* From each frame on, with the segments before it gone. */
static void
test_begin (void)
{
  g_autoptr (LogFixture) self = make_long_log ();
  g_autoptr (WeirLogReader) all = log_fixture_new_reader (self);
  g_autoptr (GError) error = NULL;
  uint32_t n_before = 0;
  WeirFrame frame;

  while (weir_log_reader_next (all, UINT64_MAX, &frame, NULL) == WEIR_LOG_FRAME) {
    g_autoptr (WeirLogReader) reader = weir_log_reader_new (
        self->directory, LOG_ID, SEGMENT_SIZE, frame.next, frame.sequence + 1, NULL, &error);
    uint32_t n;

    g_assert_no_error (error);
    n_before += frame.n_entries;
    n = n_before;
    g_assert_cmpint (log_fixture_read_on (reader, UINT64_MAX, &n, &error), ==, WEIR_LOG_END);
    g_assert_cmpuint (n, ==, self->n_appended);
    if (frame.place / SEGMENT_SIZE == 2) {
      g_autofree char *path = get_path (self, 1);
      (void)g_unlink (path);
    }
  }
  /* The segment of the place itself must be there, or the log has been lost. */
  g_assert_null (weir_log_reader_new (self->directory, LOG_ID, SEGMENT_SIZE,
                                      frame.next + 3 * SEGMENT_SIZE, frame.sequence + 1, NULL,
                                      &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_CORRUPT);
}

/* A frame that ends where its segment ends: the next place is in a segment that is not there yet.
 */
static void
test_begin_at_end_of_segment (void)
{
  g_autoptr (LogFixture) self = log_fixture_new (WEIR_DURABILITY_POWER);
  g_autoptr (WeirLogReader) all = NULL;
  g_autoptr (GError) error = NULL;
  WeirFrame frame;

  log_fixture_open (self);
  for (unsigned i = 0; i < 13; i++)
    log_fixture_commit (self, 40);
  log_fixture_commit (self, BLOCK);
  g_assert_cmpuint (weir_log_get_durable (self->log), ==, 2 * SEGMENT_SIZE);
  log_fixture_close (self);
  all = log_fixture_new_reader (self);
  while (weir_log_reader_next (all, UINT64_MAX, &frame, NULL) == WEIR_LOG_FRAME)
    if (frame.next == 2 * SEGMENT_SIZE)
      break;
  weir_log_reader_get_end (all, &self->end);
  log_fixture_open (self);
  log_fixture_commit (self, 40);
  log_fixture_close (self);
  for (unsigned i = 0; i < 2; i++) {
    g_autoptr (WeirLogReader) reader = NULL;
    uint32_t n = 14;

    reader = weir_log_reader_new (self->directory, LOG_ID, SEGMENT_SIZE, frame.next,
                                  frame.sequence + 1, NULL, &error);
    g_assert_no_error (error);
    g_assert_cmpint (log_fixture_read_on (reader, UINT64_MAX, &n, &error), ==, WEIR_LOG_END);
    g_assert_cmpuint (n, ==, 15 - i);
    for (uint64_t number = 2; number <= self->end.segment + 1; number++) {
      g_autofree char *path = get_path (self, number);
      (void)g_unlink (path);
    }
  }
}

static void
test_pass_over (void)
{
  g_autoptr (LogFixture) self = make_long_log ();
  g_autoptr (WeirLogReader) reader = NULL;
  g_autoptr (GError) error = NULL;
  uint32_t n = 0;

  flip (self, 1, (3 * BLOCK + 70) * 8);
  reader = log_fixture_new_reader (self);
  g_assert_false (weir_log_reader_pass_over (reader));
  g_assert_cmpint (log_fixture_read_on (reader, UINT64_MAX, &n, &error), ==, WEIR_LOG_CORRUPT);
  g_assert_cmpuint (n, ==, 2);
  g_assert_nonnull (strstr (error->message, "byte 12288 of 000000000001.log: frame 3 is"));
  g_assert_nonnull (strstr (error->message, "frame 4 at byte 16384 of 000000000001.log proves"));
  g_clear_error (&error);
  g_assert_true (weir_log_reader_pass_over (reader));
  n = 3;
  g_assert_cmpint (log_fixture_read_on (reader, UINT64_MAX, &n, &error), ==, WEIR_LOG_END);
  g_assert_cmpuint (n, ==, self->n_appended);
}

/* Whatever is read at once, frames are the same, and as long as the next one is there already, none
 * of them goes. */
static void
test_batches (void)
{
  static const size_t steps[] = { 1, BLOCK, 5 * BLOCK, SEGMENT_SIZE / 2, 3 * SEGMENT_SIZE };
  g_autoptr (LogFixture) self = make_long_log ();

  for (unsigned i = 0; i < G_N_ELEMENTS (steps); i++) {
    g_autoptr (WeirLogReader) reader = log_fixture_new_reader (self);
    g_autoptr (GArray) batch = g_array_new (FALSE, FALSE, sizeof (WeirFrame));
    g_autoptr (GError) error = NULL;
    uint32_t n = 0, n_together = 0;
    WeirFrame frame;

    weir_log_reader_set_step (reader, steps[i]);
    while (weir_log_reader_next (reader, UINT64_MAX, &frame, &error) == WEIR_LOG_FRAME) {
      g_array_append_val (batch, frame);
      if (weir_log_reader_has_next (reader, UINT64_MAX))
        continue;
      for (guint j = 0; j < batch->len; j++)
        check_frame (&g_array_index (batch, WeirFrame, j), &n);
      n_together = MAX (n_together, batch->len);
      g_array_set_size (batch, 0);
    }
    g_assert_no_error (error);
    g_assert_cmpuint (n, ==, self->n_appended);
    g_assert_cmpuint (batch->len, ==, 0);
    g_assert_true (steps[i] <= BLOCK ? n_together == 1 : n_together > 1);
  }
}

/* What follows a torn tail is in another segment, which is not looked at before it must be; nor is
 * what the watermark does not cover. */
static void
test_batch_ends (void)
{
  g_autoptr (LogFixture) self = make_short_log ();
  g_autoptr (WeirLogReader) reader = NULL;
  g_autoptr (GError) error = NULL;
  WeirFrame first, second;
  uint32_t n = 0;

  cut (self, 1, 4 * BLOCK);
  flip (self, 1, (3 * BLOCK + 70) * 8);
  self->n_appended--;
  reader = log_fixture_new_reader (self);
  g_assert_cmpint (log_fixture_read_on (reader, UINT64_MAX, &n, &error), ==, WEIR_LOG_END);
  weir_log_reader_get_end (reader, &self->end);
  log_fixture_open (self);
  log_fixture_commit (self, 40);
  log_fixture_close (self);
  weir_log_reader_free (reader);

  reader = log_fixture_new_reader (self);
  g_assert_cmpint (weir_log_reader_next (reader, UINT64_MAX, &first, &error), ==, WEIR_LOG_FRAME);
  g_assert_false (weir_log_reader_has_next (reader, first.next));
  g_assert_false (weir_log_reader_has_next (reader, first.next + SHORT_FRAME - 1));
  g_assert_true (weir_log_reader_has_next (reader, UINT64_MAX));
  g_assert_cmpint (weir_log_reader_next (reader, UINT64_MAX, &second, &error), ==, WEIR_LOG_FRAME);
  g_assert_false (weir_log_reader_has_next (reader, UINT64_MAX));
  n = 0;
  check_frame (&first, &n);
  check_frame (&second, &n);
  g_assert_cmpint (log_fixture_read_on (reader, UINT64_MAX, &n, &error), ==, WEIR_LOG_END);
  g_assert_cmpuint (n, ==, self->n_appended);
}

static void
test_one_segment (void)
{
  g_autoptr (LogFixture) self = make_long_log ();
  g_autoptr (GError) error = NULL;
  uint32_t n = 0;

  for (uint64_t number = 1; number <= 3; number++) {
    g_autoptr (WeirLogReader) reader = weir_log_reader_new_for_segment (
        self->directory, LOG_ID, SEGMENT_SIZE, number, NULL, &error);

    g_assert_no_error (error);
    g_assert_cmpint (log_fixture_read_on (reader, UINT64_MAX, &n, &error), ==, WEIR_LOG_END);
  }
  g_assert_cmpuint (n, ==, self->n_appended);
  flip (self, 2, (BLOCK + 70) * 8);
  {
    g_autoptr (WeirLogReader) reader =
        weir_log_reader_new_for_segment (self->directory, LOG_ID, SEGMENT_SIZE, 2, NULL, &error);

    g_assert_cmpint (log_fixture_read_on (reader, UINT64_MAX, &n, &error), ==, WEIR_LOG_CORRUPT);
  }
}

/* The reader sees what is below the watermark, and that only; it goes on from a torn tail to where
 * the writer goes on. */
static void
test_follow (void)
{
  g_autoptr (LogFixture) self = make_short_log ();
  g_autoptr (WeirLogReader) reader = NULL;
  g_autoptr (GError) error = NULL;
  uint32_t n = 0;

  cut (self, 1, 3 * BLOCK + 50);
  self->n_appended--;
  reader = log_fixture_new_reader (self);
  g_assert_cmpint (log_fixture_read_on (reader, UINT64_MAX, &n, &error), ==, WEIR_LOG_END);
  g_assert_cmpuint (n, ==, 2);
  weir_log_reader_get_end (reader, &self->end);
  log_fixture_open (self);
  g_assert_cmpint (log_fixture_read_on (reader, weir_log_get_durable (self->log), &n, &error), ==,
                   WEIR_LOG_END);
  for (unsigned i = 0; i < 200; i++) {
    log_fixture_append (self, i % 10 == 0 ? 30000 : 700);
    if (i % 7 == 0)
      g_assert_true (weir_log_wait (self->log, weir_log_get_appended (self->log), NULL));
    g_assert_cmpint (log_fixture_read_on (reader, weir_log_get_durable (self->log), &n, &error), ==,
                     WEIR_LOG_END);
    g_assert_no_error (error);
    if (i % 7 == 0)
      g_assert_cmpuint (n, ==, self->n_appended);
  }
  log_fixture_close (self);
  g_assert_cmpint (log_fixture_read_on (reader, UINT64_MAX, &n, &error), ==, WEIR_LOG_END);
  g_assert_cmpuint (n, ==, self->n_appended);
}

/* What is below the watermark must be there. */
static void
test_follow_damage (void)
{
  g_autoptr (LogFixture) self = make_short_log ();
  g_autoptr (WeirLogReader) reader = log_fixture_new_reader (self);
  g_autoptr (GError) error = NULL;
  uint32_t n = 0;

  cut (self, 1, 3 * BLOCK);
  g_assert_cmpint (log_fixture_read_on (reader, SEGMENT_SIZE + 4 * BLOCK, &n, &error), ==,
                   WEIR_LOG_CORRUPT);
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_CORRUPT);
  g_assert_cmpuint (n, ==, 2);
}

/* PROCESS promises nothing for a power cut: what it takes from the end is no damage. What whole
 * segments before it held is on disk, and its loss is. */
static void
test_process (void)
{
  g_autoptr (LogFixture) self = log_fixture_new (WEIR_DURABILITY_PROCESS);
  uint8_t zeros[BLOCK] = { 0 };

  log_fixture_open (self);
  for (unsigned i = 0; i < 3; i++)
    log_fixture_commit (self, 40);
  /* It is over now, without an orderly end. */
  overwrite (self, 1, 2 * BLOCK, zeros, sizeof zeros);
  log_fixture_expect (self, WEIR_LOG_END, 1);
  log_fixture_close (self);
  log_fixture_expect (self, WEIR_LOG_CORRUPT, 1);
}

/* Without an orderly end: all but what was written last is known to have been on disk. */
static void
test_process_segments (void)
{
  g_autoptr (LogFixture) self = log_fixture_new (WEIR_DURABILITY_PROCESS);

  log_fixture_open (self);
  while (log_fixture_commit (self, 3000) / SEGMENT_SIZE < 4) {
  }
  flip (self, 1, (2 * BLOCK + 70) * 8);
  log_fixture_expect (self, WEIR_LOG_CORRUPT, 1);
  flip (self, 1, (2 * BLOCK + 70) * 8);
  log_fixture_close (self);
  log_fixture_read (self, self->n_appended);
}

static unsigned
count_syncs (LogFixture *self)
{
  g_autoptr (GError) error = NULL;
  WeirLogReader *reader;
  uint32_t n = 0;
  int before;

  reader =
      weir_log_reader_new (self->directory, LOG_ID, SEGMENT_SIZE, 0, 1, &self->failing.fs, &error);
  g_assert_cmpint (log_fixture_read_on (reader, UINT64_MAX, &n, &error), ==, WEIR_LOG_END);
  before = self->failing.n_calls;
  g_assert_true (weir_log_reader_settle (reader, &error));
  weir_log_reader_free (reader);
  return (unsigned)(self->failing.n_calls - before);
}

/* Each file is opened and synced, then the directory. */
static void
test_settle (void)
{
  g_autoptr (LogFixture) self = make_long_log ();
  g_autoptr (LogFixture) nothing = log_fixture_new (WEIR_DURABILITY_POWER);

  g_assert_cmpuint (count_syncs (self), ==, 3 * 2 + 2);
  g_assert_cmpuint (count_syncs (nothing), ==, 0);
}

/* Whatever call fails, what was read is right, and the failure is called one. */
static void
test_failures (void)
{
  g_autoptr (LogFixture) self = make_long_log ();
  bool all_passed = false;

  for (int nth = 1; !all_passed; nth++) {
    g_autoptr (WeirLogReader) reader = NULL;
    g_autoptr (GError) error = NULL;
    WeirLogRead read = WEIR_LOG_FAILED;
    uint32_t n = 0;

    failing_fs_init (&self->failing, nth, EIO, true);
    reader = weir_log_reader_new (self->directory, LOG_ID, SEGMENT_SIZE, 0, 1, &self->failing.fs,
                                  &error);
    if (reader != NULL)
      read = log_fixture_read_on (reader, UINT64_MAX, &n, &error);
    if (read == WEIR_LOG_END && !weir_log_reader_settle (reader, &error))
      read = WEIR_LOG_FAILED;
    all_passed = failing_fs_all_passed (&self->failing);
    g_assert_cmpint (read, ==, all_passed ? WEIR_LOG_END : WEIR_LOG_FAILED);
    if (!all_passed)
      g_assert_error (error, WEIR_ERROR, WEIR_ERROR_IO);
    else
      g_assert_cmpuint (n, ==, self->n_appended);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/log-reader/begin", test_begin);
  g_test_add_func ("/log-reader/begin-at-end-of-segment", test_begin_at_end_of_segment);
  g_test_add_func ("/log-reader/pass-over", test_pass_over);
  g_test_add_func ("/log-reader/batches", test_batches);
  g_test_add_func ("/log-reader/batch-ends", test_batch_ends);
  g_test_add_func ("/log-reader/one-segment", test_one_segment);
  g_test_add_func ("/log-reader/follow", test_follow);
  g_test_add_func ("/log-reader/follow-damage", test_follow_damage);
  g_test_add_func ("/log-reader/process", test_process);
  g_test_add_func ("/log-reader/process-segments", test_process_segments);
  g_test_add_func ("/log-reader/settle", test_settle);
  g_test_add_func ("/log-reader/failures", test_failures);
  return g_test_run ();
}
