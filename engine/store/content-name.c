/* content-name.c: names with numbers, and directories of them. */
#include "store/content-name.h"

#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>

#include "base/error.h"

#define N_DIGITS 12

char *
weir_content_name_new (uint64_t number, const char *kind)
{
  return g_strdup_printf ("%0*" G_GUINT64_FORMAT ".%s", N_DIGITS, number, kind);
}

bool
weir_content_name_parse (const char *name, uint64_t *ret_number, const char **ret_kind)
{
  uint64_t number = 0;

  for (unsigned i = 0; i < N_DIGITS; i++) {
    if (!g_ascii_isdigit (name[i]))
      return false;
    number = number * 10 + (uint64_t)(name[i] - '0');
  }
  if (name[N_DIGITS] != '.' || number == 0)
    return false;
  *ret_number = number;
  *ret_kind = name + N_DIGITS + 1;
  return true;
}

bool
weir_content_name_each (WeirFs *fs, const char *directory,
                        void (*func) (void *user, const WeirContentName *name), void *user,
                        GError **error)
{
  int fd = weir_fs_open (fs, AT_FDCWD, directory, O_RDONLY | O_DIRECTORY, 0, error);
  DIR *names = fd >= 0 ? fdopendir (fd) : NULL;
  const struct dirent *entry;

  if (names == NULL) {
    if (fd >= 0)
      weir_error_set_errno (error, "read the directory", directory, errno);
    weir_fd_close (&fd);
    return false;
  }
  for (errno = 0; (entry = readdir (names)) != NULL; errno = 0) {
    WeirContentName name = { .name = entry->d_name };
    struct stat status;

    if (!weir_content_name_parse (name.name, &name.number, &name.kind) ||
        fstatat (fd, name.name, &status, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISREG (status.st_mode))
      continue;
    name.size = (uint64_t)status.st_size;
    name.changed = (int64_t)status.st_ctim.tv_sec * 1000000 + status.st_ctim.tv_nsec / 1000;
    func (user, &name);
  }
  if (errno != 0)
    weir_error_set_errno (error, "read the directory", directory, errno);
  else
    fd = -1;
  closedir (names);
  return fd < 0;
}
