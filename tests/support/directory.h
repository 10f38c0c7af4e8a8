/* directory.h: a directory of its own for a test that syncs often and cuts no power. */
#pragma once

#include <glib.h>
#include <glib/gstdio.h>

/* Returns: (transfer full): its path; it is in memory if possible, where a sync costs nothing.
 * @template ends with XXXXXX. What is put there must be small: in a container there may be 64 MiB
 * for everybody. */
static inline char *
directory_in_memory (const char *template)
{
  g_autofree char *path = g_build_filename ("/dev/shm", template, NULL);

  if (g_mkdtemp (path) == NULL) {
    g_free (path);
    path = g_dir_make_tmp (template, NULL);
  }
  g_assert_nonnull (path);
  return g_steal_pointer (&path);
}
