/* scratch.h: removes a directory that a test has made, with all that is in it. */
#pragma once

#include <glib.h>
#include <glib/gstdio.h>

static inline void
scratch_remove (const char *path)
{
  GDir *names = g_dir_open (path, 0, NULL);
  const char *name;

  while (names != NULL && (name = g_dir_read_name (names)) != NULL) {
    g_autofree char *child = g_build_filename (path, name, NULL);

    if (g_file_test (child, G_FILE_TEST_IS_DIR))
      scratch_remove (child);
    else
      g_unlink (child);
  }
  g_clear_pointer (&names, g_dir_close);
  g_rmdir (path);
}
