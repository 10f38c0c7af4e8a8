/* file.c: the only I/O of this layer. */
#include "xml/file.h"
#include "base/error.h"
#include "base/fs.h"
#include "base/limits.h"
#include "xml/reader.h"
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

WeirFlow *
weir_flow_load (const char *path, GPtrArray *problems, GError **error)
{
  size_t size = 0;
  g_autofree char *text = weir_fs_read_file (NULL, path, WEIR_LIMIT_FLOW_BYTES, &size, error);

  return text != NULL ? weir_flow_read (text, size, problems) : NULL;
}

bool
weir_flow_save (const char *path, const char *text, size_t size, GError **error)
{
  char *target = realpath (path, NULL);
  struct stat old = { .st_mode = 0666 };
  bool is_new = target == NULL && errno == ENOENT;
  bool is_saved = false;

  if ((target == NULL && !is_new) || (!is_new && stat (target, &old) < 0))
    weir_error_set_errno (error, "write", path, errno);
  else
    is_saved =
        weir_fs_replace_file (NULL, is_new ? path : target, text, size, old.st_mode & 07777, error);
  if (is_saved && !is_new) {
    /* What a file that was made anew cannot have from the start; less is no reason to fail. */
    if (chown (target, old.st_uid, old.st_gid) < 0)
      errno = 0;
    if (chmod (target, old.st_mode & 07777) < 0)
      errno = 0;
  }
  free (target);
  return is_saved;
}
