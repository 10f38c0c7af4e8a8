/* module-dir.c: all access to a module directory goes through the one descriptor that was checked,
 * so nobody can put another directory in its place in between. */
#include "plugin/module-dir.h"
#include "base/error.h"
#include "base/fs.h"
#include "base/limits.h"
#include "plugin/module-index.h"
#include <errno.h>
#include <string.h>

static void
file_free (void *data)
{
  WeirModuleFile *file = data;

  g_free (file->name);
  g_strfreev (file->types);
  weir_loader_free (file->loaded);
  g_free (file);
}

static int
compare_files (const void *a, const void *b)
{
  const WeirModuleFile *const *one = a;
  const WeirModuleFile *const *other = b;

  return strcmp ((*one)->name, (*other)->name);
}

static bool
is_module_name (const char *name)
{
  return g_str_has_prefix (name, "weir-") && g_str_has_suffix (name, ".so");
}

/* A file that vanishes while we look was none of ours. */
static bool
list_files (WeirModuleDir *dir, GError **error)
{
  g_autofree char *path = g_strdup_printf ("/proc/self/fd/%d", dir->fd);
  g_autoptr (GDir) listing = g_dir_open (path, 0, NULL);
  const char *name;

  if (listing == NULL)
    return weir_error_set_errno (error, "list module directory", dir->path, errno);
  while ((name = g_dir_read_name (listing)) != NULL) {
    WeirModuleFile *file;
    struct stat info;

    if (!is_module_name (name) || fstatat (dir->fd, name, &info, 0) < 0)
      continue;
    file = g_new0 (WeirModuleFile, 1);
    file->name = g_strdup (name);
    file->mtime = info.st_mtim.tv_sec;
    file->size = info.st_size;
    g_ptr_array_add (dir->files, file);
  }
  g_ptr_array_sort (dir->files, compare_files);
  return true;
}

/* Returns: (transfer full) (nullable): NULL when there is no index that may be believed. */
static char *
read_index (int dir_fd, size_t *ret_size)
{
  WEIR_AUTO_FD int fd =
      weir_fs_open (NULL, dir_fd, WEIR_MODULE_INDEX_FILE, O_RDONLY | O_NONBLOCK, 0, NULL);
  g_autofree char *text = NULL;
  struct stat info;
  ssize_t n;

  if (fd < 0 || fstat (fd, &info) < 0 || !S_ISREG (info.st_mode) ||
      info.st_size > WEIR_LIMIT_MODULE_INDEX_BYTES ||
      !weir_loader_check_owner (&info, WEIR_MODULE_INDEX_FILE, NULL))
    return NULL;
  text = g_malloc ((size_t)info.st_size + 1);
  n = weir_fs_read (NULL, fd, text, (size_t)info.st_size, WEIR_MODULE_INDEX_FILE, NULL);
  if (n < 0)
    return NULL;
  *ret_size = (size_t)n;
  return g_steal_pointer (&text);
}

static void
apply_index (WeirModuleDir *dir)
{
  size_t size = 0;
  g_autofree char *text = read_index (dir->fd, &size);
  g_autoptr (GPtrArray) index = text != NULL ? weir_module_index_parse (text, size, NULL) : NULL;

  for (guint i = 0; index != NULL && i < dir->files->len; i++) {
    WeirModuleFile *file = g_ptr_array_index (dir->files, i);
    const WeirModuleIndexEntry *entry =
        weir_module_index_find (index, file->name, file->mtime, file->size);

    if (entry != NULL)
      file->types = g_strdupv (entry->types);
  }
}

WeirModuleDir *
weir_module_dir_open (const char *path, GError **error)
{
  g_autoptr (WeirModuleDir) dir = g_new0 (WeirModuleDir, 1);
  struct stat info;

  dir->path = g_strdup (path);
  dir->files = g_ptr_array_new_with_free_func (file_free);
  dir->fd = weir_fs_open (NULL, AT_FDCWD, path, O_PATH | O_DIRECTORY, 0, error);
  if (dir->fd < 0)
    return NULL;
  if (fstat (dir->fd, &info) < 0) {
    weir_error_set_errno (error, "look at", path, errno);
    return NULL;
  }
  if (!weir_loader_check_owner (&info, path, error) || !list_files (dir, error))
    return NULL;
  apply_index (dir);
  return g_steal_pointer (&dir);
}

void
weir_module_dir_free (WeirModuleDir *dir)
{
  if (dir == NULL)
    return;
  weir_fd_close (&dir->fd);
  g_ptr_array_unref (dir->files);
  g_free (dir->path);
  g_free (dir);
}

bool
weir_module_dir_load (WeirModuleDir *dir, WeirModuleFile *file, GError **error)
{
  if (file->is_tried)
    return true;
  file->is_tried = true;
  file->loaded = weir_loader_load (dir->fd, file->name, error);
  return file->loaded != NULL;
}

bool
weir_module_dir_is_indexed (const WeirModuleDir *dir)
{
  for (guint i = 0; i < dir->files->len; i++) {
    const WeirModuleFile *file = g_ptr_array_index (dir->files, i);

    if (file->types == NULL)
      return false;
  }
  return true;
}

static void
index_file (WeirModuleDir *dir, WeirModuleFile *file, GPtrArray *index, GPtrArray *problems)
{
  g_autoptr (GPtrArray) types = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;

  if (!weir_module_dir_load (dir, file, &error)) {
    g_ptr_array_add (problems, g_strdup (error->message));
    return;
  }
  for (guint i = 0; i < file->loaded->processors->len; i++) {
    const WeirProcessor *processor = g_ptr_array_index (file->loaded->processors, i);

    g_ptr_array_add (types, (void *)processor->name);
  }
  for (guint i = 0; i < file->loaded->services->len; i++) {
    const WeirServiceDescriptor *service = g_ptr_array_index (file->loaded->services, i);

    g_ptr_array_add (types, (void *)service->common->name);
  }
  g_ptr_array_add (types, NULL);
  weir_module_index_add (index, file->name, file->mtime, file->size,
                         (const char *const *)types->pdata);
}

bool
weir_module_dir_write_index (const char *path, GPtrArray *problems, GError **error)
{
  g_autoptr (WeirModuleDir) dir = weir_module_dir_open (path, error);
  g_autoptr (GPtrArray) index = weir_module_index_new ();
  g_autofree char *index_path = g_build_filename (path, WEIR_MODULE_INDEX_FILE, NULL);
  g_autofree char *text = NULL;

  if (dir == NULL)
    return false;
  for (guint i = 0; i < dir->files->len; i++)
    index_file (dir, g_ptr_array_index (dir->files, i), index, problems);
  text = weir_module_index_format (index);
  return weir_fs_replace_file (NULL, index_path, text, strlen (text), 0644, error);
}
