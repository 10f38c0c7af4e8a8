#include "store/archive.h"

#include <weir/error.h>

#include "scratch.h"
#include "support/failing-fs.h"

#define DAY (INT64_C (86400) * 1000000)

typedef struct {
  char *root;
  char *directory;
  WeirClock *clock;
  FailingFs failing;
  WeirArchive *archive;
} Fixture;

static WeirArchive *
open_archive (Fixture *self, uint64_t bytes, int64_t usec)
{
  g_autoptr (GError) error = NULL;
  WeirArchive *archive = weir_archive_new (&(WeirArchiveOptions){ .directory = self->directory,
                                                                  .bytes = bytes,
                                                                  .usec = usec,
                                                                  .clock = self->clock,
                                                                  .fs = &self->failing.fs },
                                           &error);

  g_assert_no_error (error);
  return archive;
}

static void
set_up (Fixture *self, const void *data)
{
  self->root = g_dir_make_tmp ("weir-archive-XXXXXX", NULL);
  self->directory = g_build_filename (self->root, "archive", NULL);
  self->clock = weir_clock_new_fake (g_get_real_time ());
  failing_fs_init (&self->failing, 0, 0, false);
}

static void
tear_down (Fixture *self, const void *data)
{
  weir_archive_free (self->archive);
  weir_clock_free_fake (self->clock);
  scratch_remove (self->root);
  g_free (self->root);
  g_free (self->directory);
}

/* A file of 1000 bytes, into the archive. */
static bool
add (Fixture *self, unsigned number, GError **error)
{
  g_autofree char *path = g_strdup_printf ("%s/%012u.own", self->root, number);
  char bytes[1000] = { (char)number };

  g_assert_true (g_file_set_contents (path, bytes, sizeof bytes, NULL));
  return weir_archive_add (self->archive, path, error);
}

static bool
has (Fixture *self, unsigned number)
{
  g_autofree char *name = g_strdup_printf ("%012u.own", number);
  WEIR_AUTO_FD int fd = weir_archive_open (self->archive, name, NULL);
  char byte;

  return fd >= 0 && read (fd, &byte, 1) == 1 && byte == (char)number;
}

static void
test_the_oldest_go_when_it_is_full (Fixture *self, const void *data)
{
  self->archive = open_archive (self, 3500, 0);
  for (unsigned i = 1; i <= 3; i++)
    g_assert_true (add (self, i, NULL));
  g_assert_true (weir_archive_trim (self->archive, NULL));
  g_assert_true (has (self, 1));
  g_assert_cmpuint (weir_archive_get_bytes (self->archive), ==, 3000);

  add (self, 4, NULL);
  add (self, 5, NULL);
  g_assert_true (weir_archive_trim (self->archive, NULL));
  g_assert_cmpuint (weir_archive_get_bytes (self->archive), ==, 3000);
  g_assert_false (has (self, 1));
  g_assert_false (has (self, 2));
  for (unsigned i = 3; i <= 5; i++)
    g_assert_true (has (self, i));
}

static void
test_the_old_go_by_age (Fixture *self, const void *data)
{
  self->archive = open_archive (self, 1000000, DAY);
  add (self, 1, NULL);
  weir_clock_advance (self->clock, DAY / 2);
  add (self, 2, NULL);
  weir_clock_advance (self->clock, DAY / 2 - 1);
  g_assert_true (weir_archive_trim (self->archive, NULL));
  g_assert_true (has (self, 1));
  weir_clock_advance (self->clock, 2);
  g_assert_true (weir_archive_trim (self->archive, NULL));
  g_assert_false (has (self, 1));
  g_assert_true (has (self, 2));

  /* A clock that goes back a year deletes nothing too early. */
  weir_clock_set_wall (self->clock, weir_clock_get_wall (self->clock) - 365 * DAY);
  g_assert_true (weir_archive_trim (self->archive, NULL));
  g_assert_true (has (self, 2));
}

/* Also in what order, when most of it came within one tick of the clock. */
static void
test_a_new_run_finds_what_is_there (Fixture *self, const void *data)
{
  self->archive = open_archive (self, 1000000, 0);
  for (unsigned i = 7; i <= 30; i++)
    add (self, i, NULL);
  weir_archive_free (self->archive);

  self->archive = open_archive (self, 2000, 0);
  g_assert_cmpuint (weir_archive_get_bytes (self->archive), ==, 24000);
  g_assert_cmpuint (weir_archive_get_last_number (self->archive), ==, 30);
  g_assert_true (weir_archive_trim (self->archive, NULL));
  g_assert_cmpuint (weir_archive_get_bytes (self->archive), ==, 2000);
  g_assert_true (has (self, 29));
  g_assert_true (has (self, 30));
}

static void
test_every_call_can_fail (Fixture *self, const void *data)
{
  g_autoptr (GError) error = NULL;

  self->archive = open_archive (self, 1, 0);
  failing_fs_init (&self->failing, 1, EIO, false);
  g_assert_false (add (self, 1, &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_IO);
  g_clear_error (&error);
  g_assert_cmpuint (weir_archive_get_bytes (self->archive), ==, 0);
  failing_fs_init (&self->failing, 0, 0, false);
  g_assert_true (add (self, 1, NULL));
  failing_fs_init (&self->failing, 1, EIO, true);
  g_assert_false (weir_archive_trim (self->archive, &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_IO);
  g_assert_true (weir_archive_trim (self->archive, NULL));

  for (int nth = 1; nth <= 2; nth++) {
    failing_fs_init (&self->failing, nth, EIO, false);
    g_assert_null (weir_archive_new (&(WeirArchiveOptions){ .directory = self->directory,
                                                            .bytes = 1,
                                                            .clock = self->clock,
                                                            .fs = &self->failing.fs },
                                     NULL));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)
  ADD ("/archive/size", test_the_oldest_go_when_it_is_full);
  ADD ("/archive/age", test_the_old_go_by_age);
  ADD ("/archive/found", test_a_new_run_finds_what_is_there);
  ADD ("/archive/failing", test_every_call_can_fail);
  return g_test_run ();
}
