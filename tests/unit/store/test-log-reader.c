/* test-log-reader.c: logs that were cut, changed, lost in part or are being written. */
#include "log-fixture.h"

#include <sys/stat.h>

#define BLOCK WEIR_FRAME_BLOCK

/* Three frames of one entry each, and the one that ends a run; all in segment 1. */
static LogFixture *
make_short_log (void)
{
  LogFixture *self = log_fixture_new (WEIR_DURABILITY_POWER);

  log_fixture_open (self);
  for (unsigned i = 0; i < 3; i++)
    log_fixture_commit (self, 40);
  log_fixture_close (self);
  log_fixture_expect (self, WEIR_LOG_END, 3);
  return self;
}

/* Bytes of a frame of make_short_log, without padding. */
#define SHORT_FRAME (WEIR_FRAME_HEADER + 2 + 44)

/* Entries of two segments and a little. */
static LogFixture *
make_long_log (void)
{
  LogFixture *self = log_fixture_new (WEIR_DURABILITY_POWER);
  uint64_t ticket;

  log_fixture_open (self);
  do
    ticket = log_fixture_commit (self, 1000);
  while (ticket / SEGMENT_SIZE < 3);
  log_fixture_commit (self, 1000);
  log_fixture_close (self);
  return self;
}

static char *
get_path (LogFixture *self, uint64_t number)
{
  return weir_segment_get_path (self->directory, number);
}

static void
overwrite (LogFixture *self, uint64_t number, uint64_t offset, const void *bytes, size_t size)
{
  g_autofree char *path = get_path (self, number);
  WEIR_AUTO_FD int fd = open (path, O_RDWR | O_CREAT, 0600);

  g_assert_true (weir_fs_pwrite (NULL, fd, bytes, size, offset, NULL, NULL));
}

static void
flip (LogFixture *self, uint64_t number, size_t bit)
{
  g_autofree char *path = get_path (self, number);
  WEIR_AUTO_FD int fd = open (path, O_RDWR);
  uint8_t byte;

  g_assert_cmpint (weir_fs_pread (NULL, fd, &byte, 1, bit / 8, NULL, NULL), ==, 1);
  byte ^= (uint8_t)(1u << bit % 8);
  g_assert_true (weir_fs_pwrite (NULL, fd, &byte, 1, bit / 8, NULL, NULL));
}

static void
cut (LogFixture *self, uint64_t number, uint64_t size)
{
  g_autofree char *path = get_path (self, number);

  g_assert_cmpint (truncate (path, (off_t)size), ==, 0);
}

/* --- one segment --- */

static void
test_cut (void)
{
  g_autoptr (LogFixture) self = make_short_log ();

  /* Each frame but the last has BLOCK bytes, of which the last are padding. */
  for (size_t size = 5 * BLOCK; size-- > 0;) {
    uint32_t n = 0;

    for (uint32_t i = 0; i < 3; i++)
      n += size >= BLOCK * (i + 1) + SHORT_FRAME;
    cut (self, 1, size);
    log_fixture_expect (self, WEIR_LOG_END, n);
  }
}

/* As a power cut leaves it: the file has its size, but the last bytes of a frame are others. */
static void
test_torn (void)
{
  static const uint8_t fillings[] = { 0, 0xff };

  for (unsigned f = 0; f < G_N_ELEMENTS (fillings); f++)
    for (uint32_t frame = 0; frame < 3; frame++) {
      g_autoptr (LogFixture) self = make_short_log ();
      uint8_t rest[5 * BLOCK];

      memset (rest, fillings[f], sizeof rest);
      for (size_t size = SHORT_FRAME; size-- > 0;) {
        size_t offset = BLOCK * (frame + 1) + size;

        overwrite (self, 1, offset, rest, sizeof rest - offset);
        log_fixture_expect (self, WEIR_LOG_END, frame);
      }
    }
}

static void
test_bits (void)
{
  g_autoptr (LogFixture) self = make_short_log ();

  for (uint32_t frame = 0; frame < 3; frame++)
    for (size_t bit = 0; bit < SHORT_FRAME * 8; bit++) {
      size_t at = BLOCK * (frame + 1) * 8 + bit;

      flip (self, 1, at);
      log_fixture_expect (self, WEIR_LOG_CORRUPT, frame);
      flip (self, 1, at);
    }
  /* The frame that ended the run has nothing to lose, and padding nothing to say. */
  for (size_t bit = 0; bit < WEIR_FRAME_HEADER * 8; bit++) {
    flip (self, 1, BLOCK * 4 * 8 + bit);
    log_fixture_expect (self, WEIR_LOG_END, 3);
    flip (self, 1, BLOCK * 4 * 8 + bit);
  }
  flip (self, 1, (BLOCK + SHORT_FRAME) * 8);
  flip (self, 1, (BLOCK * 2 - 1) * 8);
  log_fixture_expect (self, WEIR_LOG_END, 3);
}

static void
test_bits_of_segment (void)
{
  g_autoptr (LogFixture) self = make_short_log ();

  for (size_t bit = 0; bit < (size_t)64 * 8; bit++) {
    flip (self, 1, bit);
    log_fixture_expect (self, WEIR_LOG_CORRUPT, 0);
    flip (self, 1, bit);
  }
  flip (self, 1, (size_t)64 * 8);
  log_fixture_expect (self, WEIR_LOG_END, 3);
}

/* Without a frame behind it nothing tells damage from a torn tail: that is the one that a crash may
 * leave, and nobody was told that it was durable. */
static void
test_last_frame (void)
{
  g_autoptr (LogFixture) self = make_short_log ();

  cut (self, 1, 4 * BLOCK);
  for (size_t bit = 0; bit < SHORT_FRAME * 8; bit++) {
    flip (self, 1, BLOCK * 3 * 8 + bit);
    log_fixture_expect (self, WEIR_LOG_END, 2);
    flip (self, 1, BLOCK * 3 * 8 + bit);
  }
  log_fixture_expect (self, WEIR_LOG_END, 3);
}

/* A frame that was there before the one that should be: somebody has put back an old file. */
static void
test_wrong_sequence (void)
{
  g_autoptr (LogFixture) self = make_short_log ();
  uint8_t bytes[BLOCK] = { 0 };
  WeirFrame frame = { .place = SEGMENT_SIZE + 2 * BLOCK, .sequence = 7 };

  weir_frame_pack (bytes, LOG_ID, &frame);
  overwrite (self, 1, 2 * BLOCK, bytes, sizeof bytes);
  cut (self, 1, 3 * BLOCK);
  log_fixture_expect (self, WEIR_LOG_CORRUPT, 1);
}

/* --- several segments --- */

static void
test_lost_segments (void)
{
  g_autoptr (LogFixture) self = make_long_log ();
  g_autofree char *away = g_build_filename (self->directory, "away", NULL);
  char *paths[4] = { NULL };
  uint32_t n_in[4] = { 0 };
  WeirLogReader *reader = log_fixture_new_reader (self);
  WeirFrame frame;

  while (weir_log_reader_next (reader, UINT64_MAX, &frame, NULL) == WEIR_LOG_FRAME)
    n_in[frame.place / SEGMENT_SIZE] += frame.n_entries;
  weir_log_reader_free (reader);
  for (uint64_t number = 1; number <= 3; number++)
    paths[number] = get_path (self, number);
  g_assert_cmpuint (n_in[1], >, 5);
  g_assert_cmpuint (n_in[2], >, 5);

  g_assert_cmpint (g_rename (paths[2], away), ==, 0);
  log_fixture_expect (self, WEIR_LOG_CORRUPT, n_in[1]);
  g_assert_cmpint (g_rename (away, paths[2]), ==, 0);
  g_assert_cmpint (g_rename (paths[1], away), ==, 0);
  log_fixture_expect (self, WEIR_LOG_CORRUPT, 0);
  g_assert_cmpint (g_rename (away, paths[1]), ==, 0);
  g_assert_cmpint (g_rename (paths[3], away), ==, 0);
  log_fixture_expect (self, WEIR_LOG_END, n_in[1] + n_in[2]);
  g_assert_cmpint (g_rename (away, paths[3]), ==, 0);
  log_fixture_expect (self, WEIR_LOG_END, n_in[1] + n_in[2] + n_in[3]);
  for (uint64_t number = 1; number <= 3; number++)
    g_free (paths[number]);
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

static void
test_foreign_segment (void)
{
  g_autoptr (LogFixture) self = make_short_log ();
  g_autoptr (WeirLogReader) reader = log_fixture_new_reader (self);
  g_autoptr (GError) error = NULL;
  uint8_t header[WEIR_SEGMENT_HEADER];
  uint32_t n = 0;

  weir_segment_header_pack (header, LOG_ID + 1, 2, SEGMENT_SIZE);
  overwrite (self, 2, 0, header, sizeof header);
  g_assert_cmpint (log_fixture_read_on (reader, UINT64_MAX, &n, &error), ==, WEIR_LOG_CORRUPT);
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_CORRUPT);
  g_assert_nonnull (strstr (error->message, "000000000002.log' belongs to the log of another"));
  g_assert_cmpuint (n, ==, 3);
}

/* What a crash leaves of a segment that was being made: nothing, zeros, the old header. */
static void
test_unused_segments (void)
{
  g_autoptr (LogFixture) self = make_short_log ();
  uint8_t header[WEIR_SEGMENT_HEADER] = { 0 };

  overwrite (self, 2, 0, "", 0);
  overwrite (self, 3, 0, header, sizeof header);
  overwrite (self, 4, 0, header, 100);
  weir_segment_header_pack (header, LOG_ID, 1, SEGMENT_SIZE);
  overwrite (self, 5, 0, header, sizeof header);
  weir_segment_header_pack (header, LOG_ID, 6, SEGMENT_SIZE);
  overwrite (self, 6, 0, header, sizeof header);
  log_fixture_read (self, 3);
  g_assert_cmpuint (self->end.segment, ==, 6);

  log_fixture_open (self);
  log_fixture_commit (self, 40);
  log_fixture_close (self);
  log_fixture_read (self, 4);
  g_assert_cmpuint (self->end.segment, ==, 7);
}

/* Crash after crash: each leaves half a frame, and each run goes on behind what was whole. */
static void
test_torn_tails (void)
{
  g_autoptr (LogFixture) self = log_fixture_new (WEIR_DURABILITY_POWER);

  for (uint64_t run = 1; run <= 5; run++) {
    log_fixture_open (self);
    for (unsigned i = 0; i < run; i++)
      log_fixture_commit (self, 40);
    log_fixture_close (self);
    cut (self, run, BLOCK * run + 50);
    self->n_appended--;
    log_fixture_read (self, self->n_appended);
    g_assert_cmpuint (self->end.segment, ==, run);
  }
  /* Damage in an earlier run is found by the later ones. */
  flip (self, 3, (BLOCK + 10) * 8);
  log_fixture_expect (self, WEIR_LOG_CORRUPT, 0 + 1);
}

/* --- what others do with it --- */

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
  g_test_add_func ("/log-reader/cut", test_cut);
  g_test_add_func ("/log-reader/torn", test_torn);
  g_test_add_func ("/log-reader/bits", test_bits);
  g_test_add_func ("/log-reader/bits-of-segment", test_bits_of_segment);
  g_test_add_func ("/log-reader/last-frame", test_last_frame);
  g_test_add_func ("/log-reader/wrong-sequence", test_wrong_sequence);
  g_test_add_func ("/log-reader/lost-segments", test_lost_segments);
  g_test_add_func ("/log-reader/begin", test_begin);
  g_test_add_func ("/log-reader/foreign-segment", test_foreign_segment);
  g_test_add_func ("/log-reader/unused-segments", test_unused_segments);
  g_test_add_func ("/log-reader/torn-tails", test_torn_tails);
  g_test_add_func ("/log-reader/pass-over", test_pass_over);
  g_test_add_func ("/log-reader/one-segment", test_one_segment);
  g_test_add_func ("/log-reader/follow", test_follow);
  g_test_add_func ("/log-reader/follow-damage", test_follow_damage);
  g_test_add_func ("/log-reader/process", test_process);
  g_test_add_func ("/log-reader/settle", test_settle);
  g_test_add_func ("/log-reader/failures", test_failures);
  return g_test_run ();
}
