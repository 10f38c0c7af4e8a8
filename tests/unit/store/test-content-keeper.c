/* Names and numbers, what is synced and when, and files that begin anew. */
#include "store/content-keeper.h"

#include <sys/stat.h>

#include "durable.h"

/* Counts, and lets everything happen; the store must be closed before it ends. */
typedef struct {
  WeirFs fs;
  _Atomic int n_syncs;
  _Atomic int n_opens;
} CountingFs;

static int
on_call (WeirFs *fs, WeirFsCall call)
{
  CountingFs *self = (CountingFs *)fs;

  self->n_syncs += call == WEIR_FS_SYNC;
  self->n_opens += call == WEIR_FS_OPEN;
  return 0;
}

static void
open_counted (Durable *self, CountingFs *counting)
{
  durable_close (self);
  *counting = (CountingFs){ { on_call }, 0, 0 };
  self->options.fs = &counting->fs;
  durable_open (self);
  counting->n_syncs = 0;
}

static bool
exists (Durable *self, const char *name)
{
  g_autofree char *path = g_build_filename (self->content, name, NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static void
test_files_are_synced_once_for_a_frame (Durable *self, const void *data)
{
  CountingFs counting;
  WeirContent contents[10];

  open_counted (self, &counting);
  for (size_t i = 0; i < G_N_ELEMENTS (contents); i++)
    contents[i] = durable_write (self, 20000, 20000);
  g_assert_cmpint (counting.n_syncs, ==, 0);
  g_assert_true (weir_content_store_sync (self->store, NULL));
  g_assert_cmpint (counting.n_syncs, ==, 2); /* the file and its name */
  g_assert_true (weir_content_store_sync (self->store, NULL));
  g_assert_cmpint (counting.n_syncs, ==, 2);

  weir_content_clear (&contents[0]);
  contents[0] = durable_write (self, 30000, 30000);
  g_assert_true (weir_content_store_sync (self->store, NULL));
  g_assert_cmpint (counting.n_syncs, ==, 3); /* the name is there */
  for (size_t i = 0; i < G_N_ELEMENTS (contents); i++)
    weir_content_clear (&contents[i]);
  durable_close (self);
}

static void
test_a_large_content_is_synced_by_its_writer (Durable *self, const void *data)
{
  CountingFs counting;
  WeirContent content;

  open_counted (self, &counting);
  content = durable_write (self, N_DURABLE_BYTES, 65536);
  g_assert_cmpint (counting.n_syncs, ==, 1);
  g_assert_true (weir_content_store_sync (self->store, NULL));
  g_assert_cmpint (counting.n_syncs, ==, 2); /* its name */
  g_assert_cmpint (content.claim->file->fd, ==, -1);
  weir_content_clear (&content);
  durable_close (self);
}

static void
test_nothing_is_synced_for_a_process (Durable *self, const void *data)
{
  CountingFs counting;
  WeirContent shared, own;

  self->options.must_sync = false;
  open_counted (self, &counting);
  shared = durable_write (self, 20000, 20000);
  own = durable_write (self, N_DURABLE_BYTES, 65536);
  g_assert_true (weir_content_store_sync (self->store, NULL));
  g_assert_cmpint (counting.n_syncs, ==, 0);
  weir_content_clear (&shared);
  weir_content_clear (&own);

  /* What such a run has left is brought to disk by the next that syncs, once. */
  g_assert_true (exists (self, "unsynced"));
  self->options.must_sync = true;
  for (int syncs = 2; syncs >= 1; syncs--) {
    durable_close (self);
    counting.n_syncs = 0;
    durable_open (self);
    g_assert_cmpint (counting.n_syncs, ==, syncs);
    g_assert_false (exists (self, "unsynced"));
  }
  durable_close (self);
}

static void
test_a_sync_that_fails_is_told (Durable *self, const void *data)
{
  for (int nth = 1; nth <= 3; nth++) {
    WeirContent content = durable_write (self, 20000, 20000);
    g_autoptr (GError) error = NULL;

    failing_fs_init (&self->failing, nth, EIO, false);
    g_assert_false (weir_content_store_sync (self->store, &error));
    g_assert_error (error, WEIR_ERROR, WEIR_ERROR_IO);
    failing_fs_init (&self->failing, 0, 0, false);
    weir_content_store_keep_all (self->store);
    weir_content_clear (&content);
    durable_close (self);
    durable_open (self);
  }
}

static void
test_numbers_go_on_behind_all_that_are_there (Durable *self, const void *data)
{
  static const char *const names[] = { "content/000000000041.own", "archive/000000000052.shared",
                                       "content/000000000049.other", "content/README" };
  WeirContent content;

  durable_close (self);
  g_assert_cmpint (g_mkdir (self->archive, 0700), ==, 0);
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = g_build_filename (self->root, names[i], NULL);

    g_assert_true (g_file_set_contents (path, "x", 1, NULL));
  }
  durable_open (self);
  content = durable_write (self, N_DURABLE_BYTES, N_DURABLE_BYTES);
  g_assert_cmpuint (content.claim->file->number, ==, 42);
  weir_content_clear (&content);
  durable_close (self);

  self->options.archive_bytes = 1000000;
  durable_open (self);
  content = durable_write (self, 20000, 20000);
  g_assert_cmpuint (content.claim->file->number, ==, 53);
  weir_content_clear (&content);
}

/* Of the files that are there, those that are not ours stay. */
static void
test_others_files_are_left_alone (Durable *self, const void *data)
{
  g_autofree char *path = g_build_filename (self->content, "README", NULL);

  g_assert_true (g_file_set_contents (path, "x", 1, NULL));
  durable_close (self);
  durable_open (self);
  weir_content_store_sweep (self->store);
  durable_advance (self);
  g_assert_true (exists (self, "README"));
}

/* Fills the first shared file. Returns: its contents, one after the other. */
static GArray *
fill (Durable *self)
{
  GArray *contents = g_array_new (FALSE, FALSE, sizeof (WeirContent));

  for (;;) {
    WeirContent content =
        durable_write (self, WEIR_LIMIT_CONTENT_SHARED, WEIR_LIMIT_CONTENT_SHARED);

    g_array_append_val (contents, content);
    if (content.claim->file != g_array_index (contents, WeirContent, 0).claim->file)
      return contents;
  }
}

static void
test_a_shared_file_begins_anew_when_its_end_is_durable (Durable *self, const void *data)
{
  g_autoptr (GArray) contents = fill (self);
  WeirContent again;
  uint64_t number = g_array_index (contents, WeirContent, 0).claim->file->number;

  g_assert_true (weir_content_store_sync (self->store, NULL));
  self->appended = 10;
  for (guint i = 0; i < contents->len; i++)
    weir_content_clear (&g_array_index (contents, WeirContent, i));
  weir_content_store_on_durable (self->store, 9);
  weir_content_store_settle (self->store);
  again = durable_write (self, 20000, 20000);
  g_assert_cmpuint (again.claim->file->number, !=, number);
  g_assert_cmpuint (again.claim->offset, >, 0);
  weir_content_clear (&again);

  durable_advance (self);
  again = durable_write (self, 20000, 20000);
  g_assert_cmpuint (again.claim->file->number, ==, number);
  g_assert_cmpuint (again.claim->offset, ==, 0);
  durable_assert_holds (&again, self->bytes, 20000, 1000);
  weir_content_clear (&again);
  g_assert_cmpuint (durable_count (self->content, ".shared"), ==, 2);
}

/* A power cut while it is written may leave any mixture, or nothing, of a sector. */
static void
test_no_sector_has_two_contents (Durable *self, const void *data)
{
  WeirContent first = durable_write (self, 20001, 20001);
  WeirContent second = durable_write (self, 20001, 20001);

  g_assert_true (first.claim->file == second.claim->file);
  g_assert_cmpuint (second.claim->offset, ==, 20480);
  weir_content_clear (&first);
  weir_content_clear (&second);
}

static int
get_space (void *data, uint64_t *ret_free, uint64_t *ret_total)
{
  (*(unsigned *)data)++;
  *ret_free = *ret_total = UINT64_MAX / 2;
  return 0;
}

/* A disk can be filled faster than it is asked once a second. */
static void
test_the_reserve_hears_of_what_is_written (Durable *self, const void *data)
{
  unsigned n_asked = 0;
  WeirClock *clock = weir_clock_new_fake (0);
  WeirReserve *reserve = weir_reserve_new (
      &(WeirReserveOptions){
          .directory = self->root, .clock = clock, .get_space = get_space, .data = &n_asked },
      NULL);
  size_t n = WEIR_LIMIT_RESERVE_STEP / N_DURABLE_BYTES + 1;

  durable_close (self);
  self->options.reserve = reserve;
  self->options.must_sync = false;
  durable_open (self);
  for (size_t i = 0; i < n; i++) {
    WeirContent content = durable_write (self, N_DURABLE_BYTES, N_DURABLE_BYTES);

    weir_content_clear (&content);
    weir_reserve_is_low (reserve);
    g_assert_cmpuint (n_asked, ==, i + 1 < n ? 1 : 2);
  }
  durable_close (self);
  weir_reserve_free (reserve);
  weir_clock_free_fake (clock);
}

static void
test_a_shared_file_of_an_earlier_run_is_sealed (Durable *self, const void *data)
{
  WeirContent content = durable_write (self, 20000, 20000), other;
  WeirContentRef ref = durable_commit (self, &content, 0);

  weir_content_store_keep_all (self->store);
  weir_content_clear (&content);
  durable_close (self);
  durable_open (self);
  g_assert_true (weir_content_store_open_claim (self->store, &ref, &content, NULL));
  weir_content_store_sweep (self->store);
  other = durable_write (self, 20000, 20000);
  g_assert_cmpuint (other.claim->file->number, !=, ref.file);
  weir_content_clear (&content);
  durable_advance (self);
  g_assert_cmpuint (durable_count (self->content, ".shared"), ==, 1);
  weir_content_clear (&other);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) \
  g_test_add (path, Durable, NULL, durable_set_up, function, durable_tear_down)
  ADD ("/content-keeper/once", test_files_are_synced_once_for_a_frame);
  ADD ("/content-keeper/own", test_a_large_content_is_synced_by_its_writer);
  ADD ("/content-keeper/process", test_nothing_is_synced_for_a_process);
  ADD ("/content-keeper/failing", test_a_sync_that_fails_is_told);
  ADD ("/content-keeper/numbers", test_numbers_go_on_behind_all_that_are_there);
  ADD ("/content-keeper/others", test_others_files_are_left_alone);
  ADD ("/content-keeper/anew", test_a_shared_file_begins_anew_when_its_end_is_durable);
  ADD ("/content-keeper/sectors", test_no_sector_has_two_contents);
  ADD ("/content-keeper/reserve", test_the_reserve_hears_of_what_is_written);
  ADD ("/content-keeper/sealed", test_a_shared_file_of_an_earlier_run_is_sealed);
  return g_test_run ();
}
