#include "store/content-transfer.h"
#include <glib.h>
#include <glib/gstdio.h>
#include <pthread.h>
#include <string.h>
#include <sys/stat.h>
#include <weir/error.h>

#include "fixture.h"
#include "support/nameless.h"

static int
make_file (const void *bytes, size_t size)
{
  g_autoptr (GError) error = NULL;
  int fd = weir_fs_open_unnamed (NULL, g_get_tmp_dir (), &error);

  g_assert_no_error (error);
  g_assert_true (weir_fs_write (NULL, fd, bytes, size, "file", &error));
  lseek (fd, 0, SEEK_SET);
  return fd;
}

static void
assert_file_holds (int fd, const void *bytes, size_t size)
{
  g_autofree char *held = g_malloc (size + 1);

  g_assert_cmpint (weir_fs_pread (NULL, fd, held, size + 1, 0, "file", NULL), ==, (gssize)size);
  g_assert_cmpmem (held, size, bytes, size);
}

static void
test_imports_and_exports_any_size (Fixture *self, const void *data)
{
  for (size_t i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autoptr (GError) error = NULL;
    WEIR_AUTO_FD int from = make_file (self->bytes, sizes[i]);
    WEIR_AUTO_FD int to = make_file ("", 0);
    WeirContent content;

    g_assert_true (weir_content_store_import (self->store, from, "from", &content, &error));
    assert_holds (&content, self->bytes, sizes[i]);
    g_assert_true (weir_content_export (&content, to, "to", &error));
    g_assert_no_error (error);
    g_assert_cmpint (lseek (to, 0, SEEK_CUR), ==, (gssize)sizes[i]);
    assert_file_holds (to, self->bytes, sizes[i]);
    weir_content_clear (&content);
  }
}

static void
test_begins_at_the_position (Fixture *self, const void *data)
{
  for (size_t i = 1; i < G_N_ELEMENTS (sizes); i++) {
    WEIR_AUTO_FD int from = make_file (self->bytes, sizes[i]);
    WEIR_AUTO_FD int to = make_file ("head", 4);
    size_t skipped = sizes[i] / 2, rest = sizes[i] - skipped;
    g_autofree char *expected = g_malloc (4 + rest);
    WeirContent content;

    lseek (from, (off_t)skipped, SEEK_SET);
    lseek (to, 4, SEEK_SET);
    g_assert_true (weir_content_store_import (self->store, from, "from", &content, NULL));
    assert_holds (&content, self->bytes + skipped, rest);
    g_assert_true (weir_content_export (&content, to, "to", NULL));
    memcpy (expected, "head", 4);
    memcpy (expected + 4, self->bytes + skipped, rest);
    assert_file_holds (to, expected, 4 + rest);
    weir_content_clear (&content);
  }
}

static void
test_exports_slices (Fixture *self, const void *data)
{
  for (size_t i = 1; i < G_N_ELEMENTS (sizes); i++) {
    WEIR_AUTO_FD int to = make_file ("", 0);
    WeirContent whole = put (self, self->bytes, sizes[i]);
    WeirContent slice = weir_content_slice (&whole, sizes[i] / 5, sizes[i] / 2);

    g_assert_true (weir_content_export (&slice, to, "to", NULL));
    assert_file_holds (to, self->bytes + sizes[i] / 5, sizes[i] / 2);
    weir_content_clear (&slice);
    weir_content_clear (&whole);
  }
}

typedef struct {
  int fd;
  const char *bytes;
  size_t size;
} Feed;

static void *
feed (void *data)
{
  Feed *self = data;

  g_assert_true (weir_fs_write (NULL, self->fd, self->bytes, self->size, "pipe", NULL));
  close (self->fd);
  return NULL;
}

/* Neither a pipe nor the kernel's files say how large they are. */
static void
test_imports_what_has_no_size (Fixture *self, const void *data)
{
  g_autoptr (GError) error = NULL;
  WEIR_AUTO_FD int status = weir_fs_open (NULL, AT_FDCWD, "/proc/self/status", O_RDONLY, 0, &error);
  WeirContent content;
  WeirContentView view;

  for (size_t i = 0; i < G_N_ELEMENTS (sizes); i++) {
    pthread_t thread;
    Feed fed;
    int ends[2];

    g_assert_cmpint (pipe (ends), ==, 0);
    fed = (Feed){ ends[1], self->bytes, sizes[i] };
    g_assert_cmpint (pthread_create (&thread, NULL, feed, &fed), ==, 0);
    g_assert_true (weir_content_store_import (self->store, ends[0], "pipe", &content, &error));
    pthread_join (thread, NULL);
    close (ends[0]);
    assert_holds (&content, self->bytes, sizes[i]);
    weir_content_clear (&content);
  }

  g_assert_true (weir_content_store_import (self->store, status, "status", &content, &error));
  g_assert_true (weir_content_view_open (&content, &view, &error));
  g_assert_nonnull (g_strstr_len (view.bytes.data, (gssize)view.bytes.size, "VmRSS:"));
  weir_content_view_close (&view);
  weir_content_clear (&content);
}

typedef struct {
  WeirFs fs;
  int fd;
  const char *bytes;
  size_t size;
  bool changed;
} ChangingFs;

/* Just before the first byte is taken, after the size was looked up, the file becomes another. */
static int
on_changing_call (WeirFs *fs, WeirFsCall call)
{
  ChangingFs *self = (ChangingFs *)fs;

  if ((call == WEIR_FS_READ || call == WEIR_FS_COPY) && !self->changed) {
    self->changed = true;
    g_assert_cmpint (ftruncate (self->fd, 0), ==, 0);
    g_assert_true (weir_fs_pwrite (NULL, self->fd, self->bytes, self->size, 0, "changing", NULL));
  }
  return 0;
}

static void
test_takes_in_what_the_file_has_become (Fixture *self, const void *data)
{
  for (size_t i = 0; i < G_N_ELEMENTS (sizes); i++) {
    for (size_t j = 0; j < G_N_ELEMENTS (sizes); j++) {
      g_autoptr (GError) error = NULL;
      WEIR_AUTO_FD int fd = make_file (self->bytes, sizes[i]);
      ChangingFs changing = { { on_changing_call }, fd, self->bytes, sizes[j], false };
      WeirContentStore *store = open_store (self, &changing.fs);
      WeirContent content;

      g_assert_true (weir_content_store_import (store, fd, "changing", &content, &error));
      assert_holds (&content, self->bytes, sizes[j]);
      weir_content_clear (&content);
      weir_content_store_free (store);
    }
  }
}

static void
test_every_call_can_fail (Fixture *self, const void *data)
{
  for (size_t i = 1; i < G_N_ELEMENTS (sizes); i++) {
    bool passed = false;

    for (int nth = 1; !passed; nth++) {
      g_autoptr (GError) error = NULL;
      WEIR_AUTO_FD int from = make_file (self->bytes, sizes[i]);
      WEIR_AUTO_FD int to = make_file ("", 0);
      WeirContent content = { 0 };
      bool worked;

      failing_fs_init (&self->failing, nth, ENOSPC, true);
      worked = weir_content_store_import (self->store, from, "from", &content, &error) &&
               weir_content_export (&content, to, "to", &error);
      passed = failing_fs_all_passed (&self->failing);
      failing_fs_init (&self->failing, 0, 0, false);
      if (worked)
        assert_file_holds (to, self->bytes, sizes[i]);
      else
        g_assert_error (error, WEIR_ERROR, WEIR_ERROR_IO);
      g_assert_true (worked || !passed); /* only an attempt to share blocks may fail unseen */
      weir_content_clear (&content);
      assert_empty (self);
    }
  }
}

typedef struct {
  char *path; /* of a directory */
  int fd;
} Place;

static void
place_init (Place *place)
{
  place->path = g_dir_make_tmp ("weir-given-XXXXXX", NULL);
  place->fd = open (place->path, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

/* With the last name that was given, if there is one. */
static void
place_clear (Place *place)
{
  unlinkat (place->fd, "name", 0);
  g_assert_cmpint (g_rmdir (place->path), ==, 0);
  close (place->fd);
  g_free (place->path);
}

/* It is the file, not a copy of it, and it outlives the content. */
static void
test_gives_its_file (Fixture *self, const void *data)
{
  WEIR_AUTO_FD int given = -1, named = -1;
  struct stat ours, theirs;
  WeirContent content;
  Place place;

  if (!nameless_gets_name ()) {
    g_test_skip ("files without a name cannot get one here");
    return;
  }
  content = put (self, self->bytes, N_BYTES);
  place_init (&place);
  given = weir_content_give (&content, place.fd, "name");
  g_assert_cmpint (given, >=, 0);
  assert_holds (&content, self->bytes, N_BYTES);
  named = openat (place.fd, "name", O_RDONLY | O_CLOEXEC);
  g_assert_cmpint (fstat (given, &ours), ==, 0);
  g_assert_cmpint (fstat (named, &theirs), ==, 0);
  g_assert_cmpuint (ours.st_ino, ==, theirs.st_ino);
  g_assert_cmpuint (theirs.st_mode & 07777, ==, 0600);

  /* Taken back or not, it is not given once more. */
  g_assert_cmpint (weir_content_give (&content, place.fd, "other"), ==, -1);
  unlinkat (place.fd, "name", 0);
  g_assert_cmpint (weir_content_give (&content, place.fd, "name"), ==, -1);
  assert_holds (&content, self->bytes, N_BYTES);
  weir_content_clear (&content);
  assert_file_holds (given, self->bytes, N_BYTES);
  place_clear (&place);
}

/* What shares its file with others, or is needed by others, is not given. */
static void
test_keeps_what_others_need (Fixture *self, const void *data)
{
  bool can_give = self->root == NULL && nameless_gets_name ();
  Place place;

  place_init (&place);
  for (size_t i = 0; i < G_N_ELEMENTS (sizes); i++) {
    WeirContent content = put (self, self->bytes, sizes[i]);
    bool is_own = sizes[i] > WEIR_LIMIT_CONTENT_SHARED && can_give;
    WeirContent other = weir_content_ref (&content);
    WeirContent slice;
    WEIR_AUTO_FD int given = -1;

    g_assert_cmpint (weir_content_give (&content, place.fd, "name"), ==, -1);
    weir_content_clear (&other);
    slice = weir_content_slice (&content, sizes[i] / 2, sizes[i] / 2);
    weir_content_clear (&content);
    g_assert_cmpint (weir_content_give (&slice, place.fd, "name"), ==, -1);
    weir_content_clear (&slice);

    content = put (self, self->bytes, sizes[i]);
    given = weir_content_give (&content, place.fd, "name");
    g_assert_cmpint (given >= 0, ==, is_own);
    g_assert_cmpint (unlinkat (place.fd, "name", 0) == 0, ==, is_own);
    weir_content_clear (&content);
  }
  place_clear (&place);
}

static void
test_gives_nothing_where_it_cannot (Fixture *self, const void *data)
{
  WeirContent content = put (self, self->bytes, N_BYTES);
  Place place;

  place_init (&place);
  failing_fs_init (&self->failing, 1, EXDEV, true);
  g_assert_cmpint (weir_content_give (&content, place.fd, "name"), ==, -1);
  failing_fs_init (&self->failing, 0, 0, false);
  g_assert_cmpint (faccessat (place.fd, "name", F_OK, 0), ==, -1);
  assert_holds (&content, self->bytes, N_BYTES);
  weir_content_clear (&content);
  place_clear (&place);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  nameless_begin ();
  ADD_FOR_BOTH ("/content-transfer/sizes", test_imports_and_exports_any_size);
  ADD_FOR_BOTH ("/content-transfer/position", test_begins_at_the_position);
  ADD_FOR_BOTH ("/content-transfer/slices", test_exports_slices);
  ADD_FOR_BOTH ("/content-transfer/no-size", test_imports_what_has_no_size);
  ADD_FOR_BOTH ("/content-transfer/changing", test_takes_in_what_the_file_has_become);
  ADD_FOR_BOTH ("/content-transfer/failing", test_every_call_can_fail);
  g_test_add ("/content-transfer/gives", Fixture, NULL, set_up, test_gives_its_file, tear_down);
  ADD_FOR_BOTH ("/content-transfer/keeps", test_keeps_what_others_need);
  ADD_FOR_BOTH ("/content-transfer/cannot-give", test_gives_nothing_where_it_cannot);
  return g_test_run ();
}
