/* Tests coarse-time.c, which is loaded into this program: the tests that run with it prove nothing
 * when a sanitizer or another libc comes before it. */
#include "scratch.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static void
test_calls (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autofree char *path = NULL;
  struct stat status[4];
  struct statx extended;
  int fd;

  scratch_init (&scratch);
  scratch_write (&scratch, "f", "", 0);
  scratch_set_mtime (&scratch, "f", INT64_C (1700000000999999));
  path = scratch_path (&scratch, "f");
  fd = open (path, O_RDONLY | O_CLOEXEC);
  g_assert_cmpint (stat (path, &status[0]), ==, 0);
  g_assert_cmpint (lstat (path, &status[1]), ==, 0);
  g_assert_cmpint (fstat (fd, &status[2]), ==, 0);
  g_assert_cmpint (fstatat (AT_FDCWD, path, &status[3], 0), ==, 0);
  for (size_t i = 0; i < G_N_ELEMENTS (status); i++) {
    g_assert_cmpint (status[i].st_mtim.tv_sec, ==, 1700000000);
    g_assert_cmpint (status[i].st_mtim.tv_nsec, ==, 0);
    g_assert_cmpint (status[i].st_ctim.tv_nsec, ==, 0);
  }
  g_assert_cmpint (statx (fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS | STATX_BTIME, &extended), ==,
                   0);
  g_assert_cmpint (extended.stx_mtime.tv_sec, ==, 1700000000);
  g_assert_cmpuint (extended.stx_mtime.tv_nsec, ==, 0);
  g_assert_cmpuint (extended.stx_ctime.tv_nsec, ==, 0);
  g_assert_cmpuint (extended.stx_btime.tv_nsec, ==, 0);
  close (fd);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/coarse-time/calls", test_calls);
  return g_test_run ();
}
