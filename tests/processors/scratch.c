/* scratch.c: files for tests. */
#include "scratch.h"

#include <fcntl.h>
#include <ftw.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOBODY 65534

/* The harness puts bulletins there. */
static void
on_log (const char *domain, GLogLevelFlags level, const char *message, void *data)
{
  Scratch *scratch = data;

  g_ptr_array_add (scratch->said, g_strdup (message));
}

void
scratch_limit_files (unsigned long n)
{
  struct rlimit limit;

  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  limit.rlim_cur = MIN (limit.rlim_max, n);
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
}

void
scratch_init (Scratch *scratch)
{
  g_autoptr (GError) error = NULL;

  scratch_limit_files (RLIM_INFINITY); /* as `weir run` does */
  scratch->path = g_dir_make_tmp ("weir-test-XXXXXX", &error);
  g_assert_no_error (error);
  scratch->said = g_ptr_array_new_with_free_func (g_free);
  scratch->handler = g_log_set_handler ("weir", G_LOG_LEVEL_DEBUG, on_log, scratch);
}

static int
on_entry (const char *path, const struct stat *status, int type, struct FTW *position)
{
  return remove (path);
}

void
scratch_clear (Scratch *scratch)
{
  if (scratch->path == NULL)
    return;
  g_log_remove_handler ("weir", scratch->handler);
  g_ptr_array_unref (scratch->said);
  g_assert_cmpint (nftw (scratch->path, on_entry, 16, FTW_DEPTH | FTW_PHYS), ==, 0);
  g_free (scratch->path);
}

char *
scratch_path (const Scratch *scratch, const char *name)
{
  return g_build_filename (scratch->path, name, NULL);
}

static void
write_file (const Scratch *scratch, const char *name, const void *data, size_t size, int flags)
{
  g_autofree char *path = scratch_path (scratch, name);
  g_autofree char *parent = g_path_get_dirname (path);
  int fd;

  g_assert_cmpint (g_mkdir_with_parents (parent, 0777), ==, 0);
  fd = open (path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0644);
  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (write (fd, data, size), ==, size);
  close (fd);
}

void
scratch_write (const Scratch *scratch, const char *name, const void *data, ssize_t size)
{
  write_file (scratch, name, data, size < 0 ? strlen (data) : (size_t)size, O_TRUNC);
}

void
scratch_append (const Scratch *scratch, const char *name, const char *text)
{
  write_file (scratch, name, text, strlen (text), O_APPEND);
}

void
scratch_set_mtime (const Scratch *scratch, const char *name, int64_t usec)
{
  g_autofree char *path = scratch_path (scratch, name);
  struct timespec time = { .tv_sec = usec / G_USEC_PER_SEC,
                           .tv_nsec = usec % G_USEC_PER_SEC * 1000 };

  g_assert_cmpint (
      utimensat (AT_FDCWD, path, (struct timespec[]){ time, time }, AT_SYMLINK_NOFOLLOW), ==, 0);
}

bool
scratch_has (const Scratch *scratch, const char *name)
{
  g_autofree char *path = scratch_path (scratch, name);
  struct stat status;

  return lstat (path, &status) == 0;
}

char *
scratch_read (const Scratch *scratch, const char *name)
{
  g_autofree char *path = scratch_path (scratch, name);
  g_autoptr (GError) error = NULL;
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

static int
compare (const void *a, const void *b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

char *
scratch_list (const Scratch *scratch, const char *name)
{
  g_autofree char *path = scratch_path (scratch, name);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  GDir *dir = g_dir_open (path, 0, &error);
  const char *entry;

  g_assert_no_error (error);
  while ((entry = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (names, g_strdup (entry));
  g_dir_close (dir);
  g_ptr_array_sort (names, compare);
  g_ptr_array_add (names, NULL);
  return g_strjoinv (" ", (char **)names->pdata);
}

void
scratch_assert_content (const Scratch *scratch, const char *name, const char *text)
{
  g_autofree char *content = scratch_read (scratch, name);

  g_assert_cmpstr (content, ==, text);
}

void
scratch_assert_list (const Scratch *scratch, const char *name, const char *names)
{
  g_autofree char *list = scratch_list (scratch, name);

  g_assert_cmpstr (list, ==, names);
}

void
scratch_assert_said (Scratch *scratch, const char *pattern, unsigned n)
{
  unsigned found = 0;

  for (guint i = 0; i < scratch->said->len; i++)
    found += g_pattern_match_simple (pattern, scratch->said->pdata[i]);
  if (found != n) {
    for (guint i = 0; i < scratch->said->len; i++)
      g_printerr ("# said: %s\n", (char *)scratch->said->pdata[i]);
    g_error ("%u bulletins are like \"%s\", not %u", found, pattern, n);
  }
  g_ptr_array_set_size (scratch->said, 0);
}

void
scratch_set_path (const Scratch *scratch, WeirHarness *harness, const char *property,
                  const char *name)
{
  g_autofree char *path = scratch_path (scratch, name);

  weir_harness_set (harness, property, path);
}

void
scratch_in_child (Scratch *scratch, void (*func) (Scratch *scratch))
{
  int status;
  pid_t child = fork ();

  g_assert_cmpint (child, >=, 0);
  if (child == 0) {
    func (scratch);
    _exit (0);
  }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFEXITED (status) && WEXITSTATUS (status) == 0);
}

bool
scratch_become_nobody (Scratch *scratch)
{
  return chown (scratch->path, NOBODY, NOBODY) == 0 && setresgid (NOBODY, NOBODY, NOBODY) == 0 &&
         setresuid (NOBODY, NOBODY, NOBODY) == 0;
}

bool
scratch_mount (Scratch *scratch, const char *name, size_t bytes)
{
  g_autofree char *path = scratch_path (scratch, name);
  g_autofree char *options = g_strdup_printf ("size=%zu", bytes);

  g_assert_cmpint (g_mkdir_with_parents (path, 0777), ==, 0);
  return unshare (CLONE_NEWNS) == 0 && mount (NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
         mount ("weir-test", path, "tmpfs", 0, options) == 0;
}
