/* test-segment.c: making, listing and finding the files of a log. */
#include "log-fixture.h"

#include <sys/stat.h>

#include "store/frame.h"

static WeirSegmentFolder
get_folder (LogFixture *self)
{
  g_assert_cmpint (g_mkdir_with_parents (self->directory, 0700), ==, 0);
  return (WeirSegmentFolder){ self->directory, LOG_ID, SEGMENT_SIZE, &self->failing.fs };
}

static void
assert_file (LogFixture *self, uint64_t number, uint64_t size)
{
  g_autofree char *path = weir_segment_get_path (self->directory, number);
  WEIR_AUTO_FD int fd = open (path, O_RDONLY);
  uint8_t header[WEIR_SEGMENT_HEADER];
  struct stat status;

  g_assert_cmpint (fstat (fd, &status), ==, 0);
  g_assert_cmpint (status.st_size, ==, size);
  g_assert_cmpint (status.st_blocks * 512, >=, size);
  g_assert_cmpint (read (fd, header, sizeof header), ==, sizeof header);
  g_assert_cmpint (weir_segment_header_read (header, LOG_ID, number), ==, WEIR_SEGMENT_VALID);
}

static void
make (LogFixture *self, uint64_t number, uint64_t n_numbers, uint64_t released)
{
  WeirSegmentFolder folder = get_folder (self);
  g_autoptr (GError) error = NULL;
  WeirSegment segment;

  g_assert_true (
      weir_segment_make (&folder, number, n_numbers * SEGMENT_SIZE, released, &segment, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (segment.number, ==, number);
  g_assert_cmpuint (segment.size, ==, n_numbers * SEGMENT_SIZE);
  g_assert_true (weir_segment_settle (&folder, &segment, &error));
  weir_segment_close (&segment);
  g_assert_cmpint (segment.fd, ==, -1);
  assert_file (self, number, n_numbers * SEGMENT_SIZE);
}

static void
test_make (void)
{
  g_autoptr (LogFixture) self = log_fixture_new (WEIR_DURABILITY_POWER);
  g_autofree char *first = weir_segment_get_path (self->directory, 1);
  g_autofree char *third = weir_segment_get_path (self->directory, 3);
  struct stat before, after;

  g_assert_true (g_str_has_suffix (first, "/log/000000000001.log"));
  make (self, 1, 1, 0);
  g_assert_cmpint (stat (first, &before), ==, 0);

  /* From a released one: the same file. From a larger one, from one that is gone. */
  make (self, 3, 1, 1);
  g_assert_cmpint (stat (third, &after), ==, 0);
  g_assert_cmpuint (after.st_ino, ==, before.st_ino);
  g_assert_cmpint (stat (first, &before), <, 0);
  make (self, 4, 3, 3);
  make (self, 7, 1, 4);
  make (self, 8, 1, 4);
  /* One that was too small, where it stands. */
  make (self, 8, 2, 0);
}

static void
test_list (void)
{
  static const char *const others[] = { "1.log",
                                        "0000000000010.log",
                                        "000000000010.log~",
                                        "000000000000.log",
                                        "00000000001a.log",
                                        "000000000011.tmp" };
  g_autoptr (LogFixture) self = log_fixture_new (WEIR_DURABILITY_POWER);
  WeirSegmentFolder folder = { self->directory, LOG_ID, SEGMENT_SIZE, NULL };
  g_autoptr (GArray) nothing = weir_segment_list (&folder, NULL);
  g_autoptr (GArray) files = NULL;
  static const uint64_t numbers[] = { 3, 5, 12, 13 };

  g_assert_cmpuint (nothing->len, ==, 0);
  g_assert_null (weir_segment_find (nothing, 1));
  make (self, 12, 1, 0);
  make (self, 5, 3, 0);
  make (self, 3, 1, 0);
  for (unsigned i = 0; i < G_N_ELEMENTS (others); i++) {
    g_autofree char *path = g_build_filename (self->directory, others[i], NULL);

    g_assert_true (g_file_set_contents (path, "", 0, NULL));
  }
  {
    g_autofree char *path = weir_segment_get_path (self->directory, 13);

    g_assert_true (g_file_set_contents (path, "", 0, NULL));
  }
  files = weir_segment_list (&folder, NULL);
  g_assert_cmpuint (files->len, ==, G_N_ELEMENTS (numbers));
  for (guint i = 0; i < files->len; i++) {
    WeirSegmentFile *file = &g_array_index (files, WeirSegmentFile, i);

    g_assert_cmpuint (file->number, ==, numbers[i]);
    g_assert_cmpuint (file->n_numbers, ==, numbers[i] == 5 ? 3 : 1);
    for (uint64_t n = 0; n < file->n_numbers; n++)
      g_assert_true (weir_segment_find (files, file->number + n) == file);
  }
  g_assert_null (weir_segment_find (files, 2));
  g_assert_null (weir_segment_find (files, 4));
  g_assert_null (weir_segment_find (files, 8));
  g_assert_null (weir_segment_find (files, 14));
}

/* Whatever call fails, no file of the new number is left. */
static void
test_failures (void)
{
  g_autoptr (LogFixture) self = log_fixture_new (WEIR_DURABILITY_POWER);
  g_autofree char *path = weir_segment_get_path (self->directory, 9);
  WeirSegmentFolder folder = get_folder (self);
  bool all_passed = false;

  for (int nth = 1; !all_passed; nth++) {
    g_autoptr (GError) error = NULL;
    WeirSegment segment = { .fd = -1 };
    bool is_made;

    make (self, 4, 2, 0);
    failing_fs_init (&self->failing, nth, ENOSPC, true);
    is_made = weir_segment_make (&folder, 9, SEGMENT_SIZE, 4, &segment, &error);
    all_passed = failing_fs_all_passed (&self->failing);
    failing_fs_init (&self->failing, 0, 0, false);
    /* To write over another one is nice to have. */
    g_assert_true (is_made == (all_passed || nth == 1));
    g_assert_true (is_made == (error == NULL));
    g_assert_true (is_made == g_file_test (path, G_FILE_TEST_EXISTS));
    weir_segment_close (&segment);
    (void)g_unlink (path);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/segment/make", test_make);
  g_test_add_func ("/segment/list", test_list);
  g_test_add_func ("/segment/failures", test_failures);
  return g_test_run ();
}
