#include "base/fs-copy.h"
#include "base/limits.h"
#include "support/failing-fs.h"
#include <glib.h>
#include <string.h>
#include <sys/mman.h>
#include <weir/error.h>

#define SIZE (WEIR_LIMIT_COPY_BUFFER * 2 + 77)

typedef struct {
  int from;
  int to;
  char *bytes;
} Fixture;

static void
set_up (Fixture *self, const void *data)
{
  self->bytes = g_malloc (SIZE);
  for (size_t i = 0; i < SIZE; i++)
    self->bytes[i] = (char)g_test_rand_int ();
  self->from = weir_fs_open_unnamed (NULL, g_get_tmp_dir (), NULL);
  self->to = weir_fs_open_unnamed (NULL, g_get_tmp_dir (), NULL);
  g_assert_true (weir_fs_write (NULL, self->from, self->bytes, SIZE, "from", NULL));
}

static void
tear_down (Fixture *self, const void *data)
{
  close (self->from);
  close (self->to);
  g_free (self->bytes);
}

static void
assert_holds (int fd, const char *bytes, size_t size)
{
  g_autofree char *held = g_malloc (size + 1);

  g_assert_cmpint (weir_fs_pread (NULL, fd, held, size + 1, 0, "copy", NULL), ==, (gssize)size);
  g_assert_cmpmem (held, size, bytes, size);
}

static void
test_copies_at_offsets (Fixture *self, const void *data)
{
  g_autoptr (GError) error = NULL;
  WeirFsEnd from = { self->from, 100, "from" };
  WeirFsEnd to = { self->to, 0, "to" };
  uint64_t copied = 0;

  g_assert_true (weir_fs_copy (NULL, &from, &to, 1000, &copied, &error));
  g_assert_cmpuint (copied, ==, 1000);
  g_assert_cmpint (from.offset, ==, 1100);
  g_assert_true (weir_fs_copy (NULL, &from, &to, 500, &copied, &error));
  g_assert_cmpint (to.offset, ==, 1500);
  g_assert_no_error (error);
  assert_holds (self->to, self->bytes + 100, 1500);
}

static void
test_stops_at_the_end (Fixture *self, const void *data)
{
  g_autoptr (GError) error = NULL;
  WeirFsEnd from = { self->from, 0, "from" };
  WeirFsEnd to = { self->to, 0, "to" };
  uint64_t copied = 0;

  g_assert_true (weir_fs_copy (NULL, &from, &to, UINT64_MAX, &copied, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (copied, ==, SIZE);
  assert_holds (self->to, self->bytes, SIZE);
}

/* Another file system, a pipe, the kernel's files: no copy in the kernel. */
static void
test_falls_back_to_a_buffer (Fixture *self, const void *data)
{
  g_autoptr (GError) error = NULL;
  WEIR_AUTO_FD int memory = memfd_create ("weir", MFD_CLOEXEC);
  WEIR_AUTO_FD int status = weir_fs_open (NULL, AT_FDCWD, "/proc/self/cmdline", O_RDONLY, 0, NULL);
  WeirFsEnd from = { self->from, 0, "from" };
  WeirFsEnd to = { memory, 0, "memory" };
  WeirFsEnd from_status = { status, -1, "status" };
  WeirFsEnd to_status = { self->to, -1, "to" };
  uint64_t copied = 0;
  int ends[2];

  g_assert_true (weir_fs_copy (NULL, &from, &to, SIZE, &copied, &error));
  g_assert_no_error (error);
  assert_holds (memory, self->bytes, SIZE);

  g_assert_true (weir_fs_copy (NULL, &from_status, &to_status, UINT64_MAX, &copied, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (copied, >, 0);

  g_assert_cmpint (pipe (ends), ==, 0);
  from.offset = 7;
  to = (WeirFsEnd){ ends[1], -1, "pipe" };
  g_assert_true (weir_fs_copy (NULL, &from, &to, 4000, &copied, &error));
  g_assert_no_error (error);
  close (ends[1]);
  from = (WeirFsEnd){ ends[0], -1, "pipe" };
  to = (WeirFsEnd){ self->to, 0, "to" };
  g_assert_true (weir_fs_resize (NULL, self->to, 0, "to", NULL));
  g_assert_true (weir_fs_copy (NULL, &from, &to, UINT64_MAX, &copied, &error));
  assert_holds (self->to, self->bytes + 7, 4000);
  close (ends[0]);
}

/* An end that appends refuses to be copied into, but not to be written to. */
static void
test_every_call_can_fail (Fixture *self, const void *data)
{
  int nth = 0;
  bool passed;

  g_assert_cmpint (fcntl (self->to, F_SETFL, O_APPEND), ==, 0);
  do {
    g_autoptr (GError) error = NULL;
    WeirFsEnd from = { self->from, 0, "from" };
    WeirFsEnd to = { self->to, -1, "to" };
    FailingFs failing;
    uint64_t copied = 1;
    bool copied_all;

    failing_fs_init (&failing, ++nth, EIO, true);
    copied_all = weir_fs_copy (&failing.fs, &from, &to, SIZE, &copied, &error);
    passed = failing_fs_all_passed (&failing);
    g_assert_true (copied_all == passed);
    if (!passed)
      g_assert_error (error, WEIR_ERROR, WEIR_ERROR_IO);
    g_assert_cmpuint (copied, ==, passed ? SIZE : 1);
  } while (!passed);
  g_assert_cmpint (nth, >, 6);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  ADD ("/fs-copy/offsets", test_copies_at_offsets);
  ADD ("/fs-copy/end", test_stops_at_the_end);
  ADD ("/fs-copy/buffer", test_falls_back_to_a_buffer);
  ADD ("/fs-copy/failing", test_every_call_can_fail);
  return g_test_run ();
}
