#include "module-folder.h"
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <utime.h>

void
module_folder_set_up (ModuleFolder *folder, const void *data)
{
  folder->path = g_dir_make_tmp ("weir-modules-XXXXXX", NULL);
  g_assert_nonnull (folder->path);
}

void
module_folder_tear_down (ModuleFolder *folder, const void *data)
{
  g_autoptr (GDir) dir = g_dir_open (folder->path, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = module_folder_path (folder, name);

    g_assert_cmpint (g_remove (path), ==, 0);
  }
  g_assert_cmpint (g_rmdir (folder->path), ==, 0);
  g_free (folder->path);
}

char *
module_folder_path (const ModuleFolder *folder, const char *file)
{
  return g_build_filename (folder->path, file, NULL);
}

char *
module_folder_read (const char *name, size_t *ret_size)
{
  g_autofree char *path = g_strdup_printf (TEST_MODULES_DIR "/weir-%s.so", name);
  g_autoptr (GError) error = NULL;
  char *data = NULL;

  g_file_get_contents (path, &data, ret_size, &error);
  g_assert_no_error (error);
  return data;
}

void
module_folder_write (const ModuleFolder *folder, const char *file, const void *data, size_t size)
{
  g_autofree char *path = module_folder_path (folder, file);
  const struct utimbuf times = { 1, 1 };
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, data, (gssize)size, &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_chmod (path, 0644), ==, 0);
  g_assert_cmpint (utime (path, &times), ==, 0);
}

void
module_folder_add (const ModuleFolder *folder, const char *name)
{
  g_autofree char *file = g_strdup_printf ("weir-%s.so", name);
  size_t size;
  g_autofree char *data = module_folder_read (name, &size);

  module_folder_write (folder, file, data, size);
}

bool
module_folder_is_mapped (const ModuleFolder *folder, const char *name)
{
  g_autofree char *path = g_strdup_printf ("%s/weir-%s.so", folder->path, name);
  g_autofree char *maps = NULL;

  g_file_get_contents ("/proc/self/maps", &maps, NULL, NULL);
  return strstr (maps, path) != NULL;
}
