#include <glib.h>
#include <weir/error.h>

#include "book-compare.h"

static void
grow (Model *self, unsigned n_entries)
{
  for (unsigned i = 0; i < n_entries; i++)
    model_random_entry (self, 200);
}

static int
compare_names (const void *a, const void *b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

/* Names of files that end with @suffix, in order. */
static GPtrArray *
list (Model *self, const char *suffix)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  GDir *dir = g_dir_open (self->directory, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL) {
    if (g_str_has_suffix (name, suffix))
      g_ptr_array_add (names, g_build_filename (self->directory, name, NULL));
  }
  g_dir_close (dir);
  g_ptr_array_sort (names, compare_names);
  return names;
}

/* Whichever call fails, once or from then on: the book is what it was, in memory and on disk, and
 * can be written later. */
static void
test_every_call_can_fail (Model *self, const void *data)
{
  bool passed = false;

  self->must_sync = true;
  model_reopen (self);
  grow (self, 500);
  model_checkpoint (self);
  for (int nth = 1; !passed; nth++) {
    for (int once = 0; once < 2; once++) {
      g_autoptr (GError) error = NULL;
      bool worked;

      grow (self, 20);
      failing_fs_init (&self->failing, nth, nth % 2 == 0 ? EIO : ENOSPC, once);
      worked = weir_book_checkpoint (self->book, &self->frame, &error);
      passed = failing_fs_all_passed (&self->failing);
      failing_fs_init (&self->failing, 0, 0, false);
      g_assert_true (worked == (error == NULL) && (worked || !passed));
      g_assert_cmpint (nth, <, 100);

      model_check_all (self);
      if (g_test_rand_bit ())
        model_reopen (self);
      model_check_all (self);
      grow (self, 2);
      if (g_test_rand_bit ())
        model_checkpoint (self);
      model_check_some (self, 3);
    }
  }
  model_reopen (self);
  model_check_all (self);
}

typedef struct {
  WeirFs fs;
  GString *calls;
} RecordingFs;

static int
on_call (WeirFs *fs, WeirFsCall call)
{
  static const char letters[] = {
    [WEIR_FS_WRITE] = 'w', [WEIR_FS_SYNC] = 's', [WEIR_FS_RENAME] = 'r', [WEIR_FS_UNLINK] = 'u'
  };
  GString *calls = ((RecordingFs *)fs)->calls;
  char letter = (size_t)call < sizeof letters ? letters[call] : '\0';

  if (letter != '\0' && (letter != 'w' || !g_str_has_suffix (calls->str, "w")))
    g_string_append_c (calls, letter);
  return 0;
}

/* Part, directory, manifest, its name, directory; only then is anything deleted. */
static void
test_syncs_in_order (Model *self, const void *data)
{
  for (int must_sync = 0; must_sync < 2; must_sync++) {
    RecordingFs fs = { { on_call }, g_string_new (NULL) };
    WeirBookOptions options = {
      .directory = self->directory, .log_id = LOG_ID, .fs = &fs.fs, .must_sync = must_sync != 0
    };

    model_close (self);
    self->dictionary = weir_dictionary_new (model_no_append, NULL);
    options.dictionary = self->dictionary;
    self->book = weir_book_open (&options, NULL);
    model_replay (self);
    for (int i = 0; i < 3; i++) {
      grow (self, 300);
      g_string_truncate (fs.calls, 0);
      model_checkpoint (self);
      g_assert_true (g_str_has_prefix (fs.calls->str, must_sync ? "wsswsrs" : "wr"));
      g_assert_null (strpbrk (fs.calls->str + (must_sync ? 7 : 2), "ws"));
    }
    model_close (self);
    g_string_free (fs.calls, TRUE);
    model_open (self);
    model_replay (self);
  }
}

/* What is read at start may be in memory only: each part, the manifest and their names are synced
 * before the log lets go of what came before (invariant 20). */
static void
test_settles_what_was_read (Model *self, const void *data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) parts = NULL;
  bool passed = false;
  int nth;

  g_assert_true (weir_book_settle (self->book, &error)); /* there is nothing yet */
  for (int i = 0; i < 3; i++) {
    grow (self, 300);
    model_checkpoint (self);
  }
  model_reopen (self);
  parts = list (self, ".part");
  for (nth = 1; !passed; nth++) {
    g_clear_error (&error);
    failing_fs_init (&self->failing, nth, EIO, true);
    passed = weir_book_settle (self->book, &error);
    g_assert_true (passed == failing_fs_all_passed (&self->failing) && passed == (error == NULL));
  }
  failing_fs_init (&self->failing, 0, 0, false);
  /* One is opened and synced for each part that counts, for the manifest and for the directory. */
  g_assert_cmpint (nth - 2, >=, 2 * 3);
  g_assert_cmpint (nth - 2, <=, 2 * ((int)parts->len + 2));
}

/* --- damage --- */

/* Without the sync of GLib's. */
static void
put (const char *path, const void *bytes, size_t size)
{
  WEIR_AUTO_FD int fd = open (path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

  g_assert_true (weir_fs_write (NULL, fd, bytes, size, path, NULL));
}

/* Opens what is there and takes the log into it. Either it is what it should be, or somebody says
 * that it is corrupt. Returns: whether it is. */
static bool
is_right_or_refused (Model *self)
{
  WeirBookOptions options = { .directory = self->directory, .log_id = LOG_ID };
  ModelCheck check = { .model = self };
  g_autoptr (GError) error = NULL;
  bool is_right = true;

  model_close (self);
  self->dictionary = weir_dictionary_new (model_no_append, NULL);
  options.dictionary = self->dictionary;
  self->book = weir_book_open (&options, &error);
  if (self->book != NULL) {
    model_replay (self);
    is_right = weir_book_each_flowfile (self->book, model_check_image, &check, &error);
    if (is_right)
      g_assert_cmpuint (check.n, ==, self->ids->len);
  }
  if (error != NULL) {
    g_assert_error (error, WEIR_ERROR, WEIR_ERROR_CORRUPT);
    g_assert_nonnull (strstr (error->message, "snapshot"));
  }
  return error == NULL && is_right;
}

/* Tries every cut and a flipped bit in every byte, or a sample of them, but both ends of the file
 * always. Returns: how many were not seen to matter. */
static unsigned
damage (Model *self, const char *path, int one_in)
{
  g_autofree char *good = NULL;
  gsize size;
  unsigned n_right = 0;

  g_assert_true (g_file_get_contents (path, &good, &size, NULL));
  for (gsize i = 0; i < size; i++) {
    g_autofree char *bad = g_memdup2 (good, size);

    if (i >= 64 && i + 64 < size && g_test_rand_int_range (0, one_in) != 0)
      continue;
    bad[i] = (char)(bad[i] ^ 1 << g_test_rand_int_range (0, 8));
    put (path, bad, size);
    n_right += is_right_or_refused (self);
    put (path, good, i);
    n_right += is_right_or_refused (self);
  }
  put (path, good, size);
  g_assert_true (is_right_or_refused (self));
  g_assert_null (weir_book_get_damage (self->book));
  return n_right;
}

/* A damaged manifest: the one before it counts, and the log that is still there makes up for it.
 * A damaged part of both: corruption, wherever the damage is. */
static void
test_damage_is_seen (Model *self, const void *data)
{
  g_autoptr (GPtrArray) manifests = NULL;
  g_autoptr (GPtrArray) parts = NULL;

  grow (self, 400);
  model_checkpoint (self);
  grow (self, 5);
  model_checkpoint (self);
  grow (self, 10);
  manifests = list (self, ".manifest");
  parts = list (self, ".part");
  g_assert_cmpuint (manifests->len, ==, 2);
  g_assert_cmpuint (parts->len, ==, 2);
  g_assert_cmpuint (damage (self, manifests->pdata[1], 10), >, 0);
  g_assert_cmpuint (damage (self, parts->pdata[0], 300), ==, 0);
  damage (self, parts->pdata[1], 100);
}

static void
test_falls_back_and_says_so (Model *self, const void *data)
{
  g_autoptr (GPtrArray) manifests = NULL;
  g_autoptr (GPtrArray) later = NULL;

  grow (self, 100);
  model_checkpoint (self);
  grow (self, 100);
  model_checkpoint (self);
  grow (self, 10);
  manifests = list (self, ".manifest");
  put (manifests->pdata[1], "weir", 4);
  model_reopen (self);
  g_assert_nonnull (strstr (weir_book_get_damage (self->book), manifests->pdata[1]));
  model_check_all (self);

  /* The next one does not rest on what was damaged. */
  model_checkpoint (self);
  later = list (self, ".manifest");
  g_assert_cmpuint (later->len, ==, 2);
  g_assert_cmpstr (later->pdata[0], ==, manifests->pdata[0]);
  g_assert_cmpstr (later->pdata[1], >, manifests->pdata[1]);
  model_reopen (self);
  g_assert_null (weir_book_get_damage (self->book));
  model_check_all (self);
}

static void
test_refuses_another_directory (Model *self, const void *data)
{
  WeirBookOptions options = { .directory = self->directory, .log_id = LOG_ID + 1 };
  g_autoptr (GError) error = NULL;

  grow (self, 100);
  model_checkpoint (self);
  options.dictionary = self->dictionary;
  g_assert_null (weir_book_open (&options, &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_CORRUPT);
  g_assert_nonnull (strstr (error->message, "another directory"));
}

/* --- files --- */

static void
put_file (Model *self, const char *name)
{
  g_autofree char *path = g_build_filename (self->directory, name, NULL);

  put (path, "x", 1);
}

/* What a crash has left goes, what is somebody else's stays. */
static void
assert_n_files (Model *self, const char *suffix, guint n)
{
  g_autoptr (GPtrArray) names = list (self, suffix);

  g_assert_cmpuint (names->len, ==, n);
}

static void
test_cleans_up (Model *self, const void *data)
{
  grow (self, 100);
  put_file (self, "000000000099.part");
  put_file (self, "000000000098.manifest.tmp");
  put_file (self, "notes.part");
  model_reopen (self);
  model_checkpoint (self);
  assert_n_files (self, "000000000100.part", 1); /* no number is used twice */
  for (int i = 0; i < 5; i++) {
    grow (self, 1);
    model_checkpoint (self);
  }
  assert_n_files (self, ".manifest", 2);
  assert_n_files (self, ".tmp", 0);
  assert_n_files (self, "000000000099.part", 0);
  assert_n_files (self, "notes.part", 1);
}

/* When all have ended, nothing is left of them on disk, and no id is given again. */
static void
test_leaves_nothing_behind (Model *self, const void *data)
{
  grow (self, 2000);
  model_checkpoint (self);
  while (self->ids->len > 0) {
    weir_entry_writer_begin (&self->writer, 1);
    for (int i = 0; i < 20 && self->ids->len > 0; i++)
      model_drop (self, g_array_index (self->ids, uint64_t, 0));
    model_commit (self);
    model_checkpoint (self);
  }
  model_check_all (self);
  model_checkpoint (self); /* the one before had some */
  assert_n_files (self, ".part", 0);
  model_reopen (self);
  model_check_all (self);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) \
  g_test_add ("/checkpoint/" name, Model, NULL, model_set_up, func, model_tear_down)
  ADD ("failures", test_every_call_can_fail);
  ADD ("order", test_syncs_in_order);
  ADD ("settle", test_settles_what_was_read);
  ADD ("damage", test_damage_is_seen);
  ADD ("fall-back", test_falls_back_and_says_so);
  ADD ("other", test_refuses_another_directory);
  ADD ("clean", test_cleans_up);
  ADD ("nothing", test_leaves_nothing_behind);
  return g_test_run ();
}
