/* test-content-full.c: real disks that are full, where the failing WeirFs only pretends. */
#include <errno.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include <weir/error.h>

#include "store/content-transfer.h"
#include "store/content-writer.h"
#include "store/content.h"

#define DISK_SIZE ((size_t)4 * 1024 * 1024)

static char bytes[DISK_SIZE * 2];

static uint64_t
get_free (const char *directory)
{
  struct statvfs status;

  g_assert_cmpint (statvfs (directory, &status), ==, 0);
  return (uint64_t)status.f_bavail * status.f_frsize;
}

/* Content of @size bytes until no more fits; then after one is gone, one more. */
static void
fill_and_recover (const char *directory, size_t size)
{
  WeirContentStore *store = weir_content_store_new (directory, NULL, NULL);
  WeirContent contents[DISK_SIZE / 20000 + 2];
  size_t n = 0;

  for (;;) {
    g_autoptr (GError) error = NULL;

    g_assert_cmpuint (n, <, G_N_ELEMENTS (contents));
    if (!weir_content_store_put (store, bytes, size, &contents[n], &error)) {
      g_assert_error (error, WEIR_ERROR, WEIR_ERROR_IO);
      g_assert_nonnull (strstr (error->message, directory));
      g_assert_nonnull (strstr (error->message, "free space there or use another disk"));
      break;
    }
    n++;
  }
  g_assert_cmpuint (n * size, >, DISK_SIZE / 2);

  /* In segments space comes back when all claims of one are gone. */
  for (size_t i = 0; i < n; i++) {
    WeirContentView view;

    g_assert_true (weir_content_view_open (&contents[i], &view, NULL));
    g_assert_cmpmem (view.bytes.data, view.bytes.size, bytes, size);
    weir_content_view_close (&view);
    weir_content_clear (&contents[i]);
  }
  g_assert_true (weir_content_store_put (store, bytes, size, &contents[0], NULL));
  weir_content_clear (&contents[0]);
  weir_content_store_free (store);
}

G_GNUC_PRINTF (2, 3)
static bool
tell_kernel (const char *path, const char *format, ...)
{
  FILE *file = fopen (path, "we");
  va_list args;

  if (file == NULL)
    return false;
  va_start (args, format);
  vfprintf (file, format, args);
  va_end (args);
  return fclose (file) == 0;
}

/* Who is not root may mount in a name space of users of its own, whose root it is. */
static bool
leave_name_spaces (void)
{
  unsigned user = getuid (), group = getgid ();

  if (unshare (CLONE_NEWNS) == 0)
    return true;
  return unshare (CLONE_NEWUSER | CLONE_NEWNS) == 0 &&
         tell_kernel ("/proc/self/uid_map", "0 %u 1", user) &&
         tell_kernel ("/proc/self/setgroups", "deny") &&
         tell_kernel ("/proc/self/gid_map", "0 %u 1", group);
}

/* A private mount, which ends with this process. */
static bool
mount_small_disk (const char *directory)
{
  g_autofree char *options = g_strdup_printf ("size=%zu", DISK_SIZE);

  if (!leave_name_spaces ())
    return false;
  return mount ("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
         mount ("tmpfs", directory, "tmpfs", 0, options) == 0;
}

static void
test_full_disk (void)
{
  g_autofree char *directory = g_dir_make_tmp ("weir-full-XXXXXX", NULL);
  g_autoptr (GError) error = NULL;
  WeirContentStore *store;
  WeirContentWriter writer;
  WeirContent content;
  uint64_t free_before;

  if (!mount_small_disk (directory)) {
    g_test_skip ("a disk of its own cannot be mounted here");
    g_rmdir (directory);
    return;
  }
  free_before = get_free (directory);
  fill_and_recover (directory, 20000);
  fill_and_recover (directory, 300000);
  fill_and_recover (directory, 1500000);
  g_assert_cmpuint (get_free (directory), ==, free_before);

  /* What was given up is free at once, while the store lives. */
  store = weir_content_store_new (directory, NULL, NULL);
  g_assert_false (weir_content_store_put (store, bytes, sizeof bytes, &content, &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_IO);
  g_assert_cmpuint (get_free (directory), ==, free_before);
  weir_content_writer_init (&writer, store);
  g_assert_true (weir_content_writer_write (&writer, bytes, 1000000, NULL));
  g_assert_true (weir_content_writer_write (&writer, bytes, 1, NULL));
  weir_content_writer_clear (&writer);
  g_assert_cmpuint (get_free (directory), ==, free_before);
  weir_content_store_free (store);
  g_assert_cmpint (umount (directory), ==, 0);
  g_rmdir (directory);
}

static void
test_limit_of_file_size (void)
{
  g_autoptr (GError) error = NULL;
  WeirContentStore *store = weir_content_store_new (NULL, NULL, NULL);
  struct rlimit old, limited;
  WeirContent content;

  /* Without this the signal ends the process before write can say so. */
  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &old), ==, 0);
  limited = (struct rlimit){ 2000000, old.rlim_max };
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limited), ==, 0);
  g_assert_false (weir_content_store_put (store, bytes, 3000000, &content, &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_LIMIT);
  g_assert_nonnull (strstr (error->message, "ulimit -f"));
  g_assert_true (weir_content_store_put (store, bytes, 1900000, &content, NULL));
  setrlimit (RLIMIT_FSIZE, &old);
  weir_content_clear (&content);
  weir_content_store_free (store);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/content-full/file-size", test_limit_of_file_size);
  g_test_add_func ("/content-full/disk", test_full_disk);
  return g_test_run ();
}
