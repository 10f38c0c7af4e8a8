/* The scribe goes on wherever partitions end, in the middle of an entry, too, and fills what is
 * missing; what it cannot know it says. */
#include "frames.h"

#include "base/limits.h"
#include "provenance/binder-parts.h"
#include "provenance/derivation.h"
#include "provenance/scribe.h"

#define N_ENTRIES 60
#define N_FRAMES  20
#define WALL      INT64_C (1700000000000000)

typedef struct {
  char *directory;
  WeirClock *clock;
  WeirDictionary *dictionary;
  WeirBinder *binder;
  WeirScribe *scribe;
  GString *messages;
  uint64_t partition_bytes;
  GPtrArray *payloads; /* GByteArray, of frames; the first frame has number 1 */
  WeirFrame frames[N_FRAMES];
  GArray *happenings;
} Fixture;

static void
ignore_append (void *data, const void *body, size_t size)
{
}

static void
note_message (void *user, const char *message)
{
  g_string_append_printf (user, "%s\n", message);
}

/* Frames of one to five entries. */
static void
make_frames (Fixture *fixture)
{
  TestNumbers numbers;
  WeirEntryWriter writer;
  uint64_t place = 4096;

  test_get_numbers (fixture->dictionary, &numbers);
  weir_entry_writer_init (&writer);
  for (uint64_t i = 0, k = 1; i < N_FRAMES; i++) {
    GByteArray *payload = g_byte_array_new ();
    WeirFrame *frame = &fixture->frames[i];

    *frame = (WeirFrame){ .place = place, .sequence = i + 1, .wall = WALL + (int64_t)i * 1000000 };
    for (uint64_t n = i % 5 + 1; n > 0; n--, k++) {
      size_t used = payload->len;
      uint8_t *body;
      const uint8_t *end;

      test_write_entry (&writer, &numbers, k);
      test_expect (fixture->happenings, k);
      g_byte_array_set_size (
          payload, (guint)(used + WEIR_FRAME_ENTRY + weir_entry_writer_get_size (&writer)));
      end = weir_frame_put_entry (payload->data + used, 0, writer.start,
                                  weir_entry_writer_get_size (&writer), &body);
      g_byte_array_set_size (payload, (guint)(end - payload->data));
      frame->n_entries++;
    }
    frame->payload = payload->data;
    frame->size = payload->len;
    frame->next = place += 4096 * (1 + payload->len / 4096);
    g_ptr_array_add (fixture->payloads, payload);
  }
  weir_entry_writer_clear (&writer);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->directory = test_make_directory ();
  fixture->partition_bytes = UINT64_MAX;
  fixture->clock = weir_clock_new_fake (WALL);
  fixture->dictionary = weir_dictionary_new (ignore_append, NULL);
  fixture->messages = g_string_new (NULL);
  fixture->payloads = g_ptr_array_new_with_free_func ((GDestroyNotify)g_byte_array_unref);
  fixture->happenings = g_array_new (FALSE, FALSE, sizeof (TestHappening));
  make_frames (fixture);
}

static void
close_scribe (Fixture *fixture)
{
  g_clear_pointer (&fixture->scribe, weir_scribe_free);
  g_clear_pointer (&fixture->binder, weir_binder_free);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  close_scribe (fixture);
  weir_clock_free_fake (fixture->clock);
  weir_dictionary_free (fixture->dictionary);
  g_string_free (fixture->messages, TRUE);
  g_ptr_array_unref (fixture->payloads);
  g_array_unref (fixture->happenings);
  test_remove (fixture->directory);
  g_free (fixture->directory);
}

/* @sequence: of the frame behind the log. */
static WeirPosition
open_scribe (Fixture *fixture, uint64_t sequence)
{
  WeirBinderOptions options = { .directory = fixture->directory,
                                .install = TEST_INSTALL,
                                .dictionary = fixture->dictionary,
                                .clock = fixture->clock,
                                .retention_bytes = UINT64_MAX,
                                .retention_usec = INT64_MAX,
                                .partition_bytes = fixture->partition_bytes,
                                .on_message = note_message,
                                .user = fixture->messages };
  g_autoptr (GError) error = NULL;
  WeirPosition from;

  close_scribe (fixture);
  fixture->binder = weir_binder_new (&options);
  fixture->scribe = weir_scribe_new (fixture->binder, fixture->dictionary, NULL);
  weir_scribe_open (fixture->scribe, sequence, &from, &error);
  g_assert_no_error (error);
  return from;
}

static void
flush (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  weir_scribe_flush (fixture->scribe, false, &error);
  g_assert_no_error (error);
}

/* Frames with index @from on and before @to. */
static void
take (Fixture *fixture, unsigned from, unsigned to)
{
  g_autoptr (GError) error = NULL;

  for (; from < to; from++) {
    weir_scribe_take (fixture->scribe, &fixture->frames[from], &error);
    g_assert_no_error (error);
  }
}

/* A partition that ends before event @n, counted from 0, of all. */
static void
make_partition (Fixture *fixture, uint64_t number, uint64_t from, uint64_t to)
{
  g_autoptr (WeirDerivation) derivation = weir_derivation_new ();
  WeirBlockWriterOptions options = { test_get_name, NULL };
  g_autoptr (WeirBlockWriter) writer = weir_block_writer_new (&options);
  g_autoptr (WeirPartition) partition = NULL;
  WeirPosition positions[2] = { 0 }; /* where it begins and ends */
  uint64_t i = 0;
  WeirBlock block;

  weir_block_writer_begin (writer, from + 1);
  for (unsigned f = 0; f < N_FRAMES; f++) {
    const WeirFrame *frame = &fixture->frames[f];
    uint64_t skip = 0;
    size_t at = 0;
    WeirLogEntry entry;
    const WeirEvent *event;

    while (weir_frame_next_entry (frame, &at, &entry, NULL)) {
      g_assert_true (weir_derivation_begin (derivation, &entry));
      for (; (event = weir_derivation_next (derivation)) != NULL; skip++, i++) {
        if (i == from)
          positions[0] = (WeirPosition){ frame->place, frame->sequence, skip, i + 1 };
        if (i == to)
          positions[1] = (WeirPosition){ frame->place, frame->sequence, skip, i + 1 };
        if (i < from)
          weir_block_writer_pass_over (writer, event);
        else if (i < to)
          weir_block_writer_add (writer, event);
      }
    }
  }
  partition = weir_partition_create (fixture->directory, number, TEST_INSTALL, &positions[0], NULL);
  g_assert_true (weir_partition_begin (partition, NULL));
  if (to > from) {
    weir_block_writer_pack (writer, &block);
    g_assert_true (weir_partition_put_block (partition, &block, &positions[1], NULL));
  }
  for (uint64_t word = 1; word <= 2; word++)
    g_assert_true (weir_partition_put_word (
        partition, WEIR_WORD_NAME, word,
        weir_dictionary_get_text (fixture->dictionary, WEIR_WORD_NAME, word), NULL));
  g_assert_true (weir_partition_put_word (partition, WEIR_WORD_COMPONENT, 1, "made", NULL));
  g_assert_true (weir_partition_commit (partition, &positions[1], NULL));
}

static void
empty (Fixture *fixture)
{
  g_autoptr (GArray) files = weir_shelf_list (fixture->directory, NULL, NULL);

  close_scribe (fixture);
  for (guint i = 0; i < files->len; i++)
    g_assert_true (weir_shelf_remove (fixture->directory,
                                      g_array_index (files, WeirShelfFile, i).number, NULL, NULL));
  g_string_truncate (fixture->messages, 0);
}

static void
test_all (Fixture *fixture, gconstpointer data)
{
  WeirPosition from = open_scribe (fixture, 1);

  g_assert_cmpuint (from.sequence, ==, 0);
  for (unsigned i = 0; i < N_FRAMES; i++) {
    take (fixture, i, i + 1);
    if (i % 3 == 0)
      flush (fixture);
  }
  flush (fixture);
  g_assert_false (weir_scribe_has_more (fixture->scribe));
  test_check_all (fixture->directory, fixture->happenings);
  g_assert_cmpuint (weir_scribe_get_n_events (fixture->scribe), ==, fixture->happenings->len);
  g_assert_cmpstr (fixture->messages->str, ==, "");
}

/* Whatever event was the last one that was committed. */
static void
test_everywhere (Fixture *fixture, gconstpointer data)
{
  for (uint64_t n = 1; n < fixture->happenings->len; n++) {
    WeirPosition from;

    make_partition (fixture, 1, 0, n);
    from = open_scribe (fixture, N_FRAMES + 1);
    g_assert_cmpuint (from.event, ==, n + 1);
    g_assert_cmpuint (from.place, ==, fixture->frames[from.sequence - 1].place);
    /* It is no harm when they begin earlier. */
    take (fixture, n % 2 == 0 ? 0 : (unsigned)from.sequence - 1, N_FRAMES);
    flush (fixture);
    test_check_all (fixture->directory, fixture->happenings);
    g_assert_cmpstr (fixture->messages->str, ==, "");
    empty (fixture);
  }
}

/* The log has less than the partition: what it does not have goes, and comes again as it will. */
static void
test_shorter_log (Fixture *fixture, gconstpointer data)
{
  for (uint64_t sequence = 1; sequence <= N_FRAMES; sequence += 3) {
    fixture->partition_bytes = 1;
    open_scribe (fixture, 1);
    for (unsigned i = 0; i < N_FRAMES; i++) {
      take (fixture, i, i + 1);
      if (i % 4 < 2) /* blocks and partitions end */
        flush (fixture);
    }
    flush (fixture);
    fixture->partition_bytes = UINT64_MAX;
    open_scribe (fixture, sequence);
    g_assert_nonnull (strstr (fixture->messages->str, "the log ends before frame"));
    take (fixture, 0, N_FRAMES);
    flush (fixture);
    test_check_all (fixture->directory, fixture->happenings);
    empty (fixture);
  }
}

/* Between any two partitions. */
static void
test_holes (Fixture *fixture, gconstpointer data)
{
  uint64_t n = fixture->happenings->len;

  for (uint64_t i = 5; i + 100 < n; i += 13) {
    WeirPosition from;

    make_partition (fixture, 1, 0, i);
    make_partition (fixture, 3, i + i % 50 + 1, i + 60);
    make_partition (fixture, 6, i + 90, i + 95);
    from = open_scribe (fixture, N_FRAMES + 1);
    g_assert_cmpuint (from.event, ==, i + 1);
    take (fixture, (unsigned)from.sequence - 1, N_FRAMES);
    flush (fixture);
    test_check_all (fixture->directory, fixture->happenings);
    g_assert_cmpuint (weir_scribe_get_n_lost (fixture->scribe), ==, 0);
    empty (fixture);
  }
}

/* The log begins too late for some: told once, and the rest is there. */
static void
test_lost_holes (Fixture *fixture, gconstpointer data)
{
  uint64_t first, end, n = fixture->happenings->len;
  WeirPosition from;

  make_partition (fixture, 1, 0, 10);
  make_partition (fixture, 3, 50, 60);
  make_partition (fixture, 6, n - 20, n - 10);
  from = open_scribe (fixture, N_FRAMES + 1);
  g_assert_true (weir_scribe_do_without (fixture->scribe, &from));
  g_assert_nonnull (strstr (fixture->messages->str, "events 11 to 50 are missing"));
  g_assert_cmpuint (from.event, ==, 61);
  take (fixture, (unsigned)from.sequence - 1, N_FRAMES);
  flush (fixture);
  g_assert_cmpuint (test_check (fixture->directory, fixture->happenings, &first, &end), ==, n - 40);
  g_assert_cmpuint (weir_scribe_get_n_lost (fixture->scribe), ==, 1);

  g_string_truncate (fixture->messages, 0);
  from = open_scribe (fixture, N_FRAMES + 1);
  g_assert_cmpuint (from.sequence, ==, N_FRAMES + 1);
  g_assert_cmpstr (fixture->messages->str, ==, "");

  /* It is seen, too, by the frames that come. */
  empty (fixture);
  make_partition (fixture, 1, 0, 10);
  make_partition (fixture, 3, n - 20, n - 10);
  from = open_scribe (fixture, N_FRAMES + 1);
  g_assert_cmpuint (from.event, ==, 11);
  take (fixture, N_FRAMES - 1, N_FRAMES);
  flush (fixture);
  g_assert_cmpuint (weir_scribe_get_n_lost (fixture->scribe), ==, 1);
  g_assert_cmpuint (test_check (fixture->directory, fixture->happenings, &first, &end), ==, 30);
}

/* A crash while a hole is being filled leaves the hole. */
static void
test_half_hole (Fixture *fixture, gconstpointer data)
{
  uint64_t n = fixture->happenings->len;
  WeirPosition from;

  make_partition (fixture, 1, 0, 10);
  make_partition (fixture, 3, n - 20, n - 10);
  from = open_scribe (fixture, N_FRAMES + 1);
  take (fixture, (unsigned)from.sequence - 1, N_FRAMES / 2);
  flush (fixture);
  from = open_scribe (fixture, N_FRAMES + 1);
  g_assert_cmpuint (from.event, ==, 11);
  take (fixture, (unsigned)from.sequence - 1, N_FRAMES);
  flush (fixture);
  test_check_all (fixture->directory, fixture->happenings);
}

static void
test_late_log (Fixture *fixture, gconstpointer data)
{
  g_autoptr (WeirPartition) partition = NULL;

  open_scribe (fixture, N_FRAMES + 1);
  take (fixture, 4, 6);
  flush (fixture);
  g_assert_cmpuint (weir_scribe_get_n_lost (fixture->scribe), ==, 1);
  take (fixture, 9, N_FRAMES);
  flush (fixture);
  g_assert_cmpuint (weir_scribe_get_n_lost (fixture->scribe), ==, 2);
  close_scribe (fixture);
  partition = weir_partition_open_to_read (fixture->directory, 2, NULL);
  g_assert_nonnull (partition);
  g_assert_nonnull (strstr (weir_partition_get_lost (partition), "the log does not reach back"));
  g_assert_nonnull (strstr (fixture->messages->str, "before 2023-11-14 22:13:24.000000"));
}

/* Frames that had to be given up: the rest is there, and it is said what is not. */
static void
test_give_up (Fixture *fixture, gconstpointer data)
{
  uint64_t n_before, n_all;

  open_scribe (fixture, 1);
  take (fixture, 0, 5);
  flush (fixture);
  n_before = weir_scribe_get_n_events (fixture->scribe);
  for (unsigned i = 5; i < 8; i++)
    weir_scribe_give_up (fixture->scribe, &fixture->frames[i], "the disk is broken");
  take (fixture, 8, N_FRAMES);
  flush (fixture);
  n_all = weir_scribe_get_n_events (fixture->scribe);
  g_assert_cmpuint (n_before, >, 0);
  g_assert_cmpuint (n_all, >, n_before);
  g_assert_cmpuint (n_all, <, fixture->happenings->len);
  g_assert_nonnull (strstr (fixture->messages->str, "the disk is broken"));
  g_assert_cmpuint (weir_scribe_get_n_lost (fixture->scribe), ==, 1);
}

static void
test_sync (Fixture *fixture, gconstpointer data)
{
  uint64_t place;

  open_scribe (fixture, 1);
  take (fixture, 0, 4);
  g_assert_true (weir_scribe_has_more (fixture->scribe));
  g_assert_true (weir_scribe_sync (fixture->scribe, &place, NULL));
  g_assert_cmpuint (place, <=, fixture->frames[0].place);
  flush (fixture);
  g_assert_true (weir_scribe_sync (fixture->scribe, &place, NULL));
  g_assert_cmpuint (place, ==, fixture->frames[3].next);
  g_assert_false (weir_scribe_is_sync_due (fixture->scribe));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  ADD ("/scribe/all", test_all);
  ADD ("/scribe/everywhere", test_everywhere);
  ADD ("/scribe/shorter-log", test_shorter_log);
  ADD ("/scribe/holes", test_holes);
  ADD ("/scribe/lost-holes", test_lost_holes);
  ADD ("/scribe/half-hole", test_half_hole);
  ADD ("/scribe/late-log", test_late_log);
  ADD ("/scribe/give-up", test_give_up);
  ADD ("/scribe/sync", test_sync);
#undef ADD
  return g_test_run ();
}
