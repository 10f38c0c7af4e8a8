/* nameless.h: whether a file without a name can get one, and contents of stores in memory where the
 * other files of a test are. */
#pragma once

#include <fcntl.h>
#include <glib.h>
#include <stdbool.h>
#include <unistd.h>

/* Stores keep contents in TMPDIR, else in another place than g_get_tmp_dir. Before any thread. */
static inline void
nameless_begin (void)
{
  g_setenv ("TMPDIR", g_get_tmp_dir (), TRUE);
}

/* Some file systems do not have that. */
static inline bool
nameless_gets_name (void)
{
  g_autofree char *path = g_strdup_printf ("%s/weir-nameless-%d", g_get_tmp_dir (), getpid ());
  int fd = open (g_get_tmp_dir (), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  g_autofree char *link = g_strdup_printf ("/proc/self/fd/%d", fd);
  bool can = fd >= 0 && linkat (AT_FDCWD, link, AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0;

  if (fd >= 0)
    close (fd);
  unlink (path);
  return can;
}
