/* test-log-damage.c: logs that were cut, changed or lost in part: never a wrong entry, all that was
 * before the damage, and the right word for it. */
#include "log-fixture.h"

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

/* Shorter than it was made: something may have been there. */
static void
test_shortened (void)
{
  g_autoptr (LogFixture) self = make_short_log ();

  for (size_t size = 5 * BLOCK; size-- > 1;) {
    /* The end of the run is there, but for padding; or no frame is, as before it is settled. */
    bool is_whole = size >= 4 * BLOCK + WEIR_FRAME_HEADER || size < BLOCK + SHORT_FRAME;
    uint32_t n = 0;

    for (uint32_t i = 0; i < 3; i++)
      n += size >= BLOCK * (i + 1) + SHORT_FRAME;
    shorten (self, 1, size);
    log_fixture_expect (self, is_whole ? WEIR_LOG_END : WEIR_LOG_CORRUPT, n);
  }
}

/* The end of a run lets go of the rest of its segment. */
static void
test_shortened_by_end (void)
{
  g_autoptr (LogFixture) self = make_short_log ();
  g_autoptr (WeirLogReader) reader = NULL;
  g_autoptr (GError) error = NULL;
  uint32_t n = 3;

  log_fixture_read (self, 3);
  /* From behind it nothing tells what was before. */
  reader = weir_log_reader_new (self->directory, LOG_ID, SEGMENT_SIZE, self->end.place,
                                self->end.sequence + 1, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (log_fixture_read_on (reader, UINT64_MAX, &n, &error), ==, WEIR_LOG_END);
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

      cut (self, 1, 5 * BLOCK);
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
  /* The frame that ended the run has nothing to lose, but without it the file is too short for what
   * else may have been there. Padding has nothing to say. */
  for (size_t bit = 0; bit < WEIR_FRAME_HEADER * 8; bit++) {
    flip (self, 1, BLOCK * 4 * 8 + bit);
    log_fixture_expect (self, WEIR_LOG_CORRUPT, 3);
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

/* The first frame of a run proves what was there before it. */
static void
test_first_frame_of_run (void)
{
  g_autoptr (LogFixture) self = make_short_log ();

  cut (self, 1, 4 * BLOCK);
  log_fixture_read (self, 3);
  log_fixture_open (self);
  log_fixture_commit (self, 40);
  log_fixture_close (self);
  cut (self, 2, 2 * BLOCK);
  log_fixture_expect (self, WEIR_LOG_END, 4);
  flip (self, 1, (3 * BLOCK + 10) * 8);
  log_fixture_expect (self, WEIR_LOG_CORRUPT, 2);
}

/* A frame with one entry, alone in its segment. */
static void
write_frame (LogFixture *self, uint64_t number, uint64_t sequence, uint64_t durable, uint32_t index)
{
  uint8_t bytes[2 * BLOCK] = { 0 }, *start = bytes + BLOCK + WEIR_FRAME_HEADER, *end, *body;
  g_autoptr (GBytes) entry = log_fixture_make_body (index, 10);
  WeirFrame frame = { .place = number * SEGMENT_SIZE + BLOCK,
                      .sequence = sequence,
                      .durable = durable,
                      .wall = WALL + index,
                      .n_entries = 1 };

  end = weir_frame_put_entry (start, 0, g_bytes_get_data (entry, NULL), g_bytes_get_size (entry),
                              &body);
  frame.size = (size_t)(end - start);
  weir_segment_header_pack (bytes, LOG_ID, number, SEGMENT_SIZE);
  weir_frame_pack (bytes + BLOCK, LOG_ID, &frame);
  overwrite (self, number, 0, bytes, sizeof bytes);
  shorten (self, number, SEGMENT_SIZE);
}

/* After a power cut that PROCESS does not survive, a frame may stand behind the end; the next run
 * gives its number away again. */
static void
test_frame_behind_the_end (void)
{
  g_autoptr (LogFixture) self = log_fixture_new (WEIR_DURABILITY_PROCESS);
  uint64_t first_end = SEGMENT_SIZE + 2 * BLOCK;

  g_assert_cmpint (g_mkdir (self->directory, 0700), ==, 0);
  write_frame (self, 1, 1, 0, 0);
  write_frame (self, 2, 3, 0, 99);
  log_fixture_expect (self, WEIR_LOG_END, 1);
  write_frame (self, 3, 2, first_end, 1);
  log_fixture_expect (self, WEIR_LOG_END, 2);
  write_frame (self, 4, 3, first_end, 2);
  log_fixture_expect (self, WEIR_LOG_END, 3);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/log-damage/cut", test_cut);
  g_test_add_func ("/log-damage/shortened", test_shortened);
  g_test_add_func ("/log-damage/shortened-by-end", test_shortened_by_end);
  g_test_add_func ("/log-damage/torn", test_torn);
  g_test_add_func ("/log-damage/bits", test_bits);
  g_test_add_func ("/log-damage/bits-of-segment", test_bits_of_segment);
  g_test_add_func ("/log-damage/last-frame", test_last_frame);
  g_test_add_func ("/log-damage/wrong-sequence", test_wrong_sequence);
  g_test_add_func ("/log-damage/lost-segments", test_lost_segments);
  g_test_add_func ("/log-damage/foreign-segment", test_foreign_segment);
  g_test_add_func ("/log-damage/unused-segments", test_unused_segments);
  g_test_add_func ("/log-damage/torn-tails", test_torn_tails);
  g_test_add_func ("/log-damage/first-frame-of-run", test_first_frame_of_run);
  g_test_add_func ("/log-damage/frame-behind-the-end", test_frame_behind_the_end);
  return g_test_run ();
}
