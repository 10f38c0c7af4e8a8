/* unix-address.c: a long path is reached through its directory in /proc/self/fd. */
#include "wire/unix-address.h"

#include "base/fs.h"

#include <errno.h>
#include <string.h>
#include <weir/error.h>

bool
weir_unix_address_init (WeirUnixAddress *address, const char *path, GError **error)
{
  g_autofree char *directory = NULL, *name = NULL, *through = NULL;

  *address = (WeirUnixAddress){ .address.sun_family = AF_UNIX, .directory = -1 };
  if (strlen (path) >= sizeof address->address.sun_path) {
    directory = g_path_get_dirname (path);
    name = g_path_get_basename (path);
    address->directory = weir_fs_open (NULL, AT_FDCWD, directory, O_PATH | O_DIRECTORY, 0, error);
    if (address->directory < 0)
      return false;
    through = g_strdup_printf ("/proc/self/fd/%d/%s", address->directory, name);
    if (strlen (through) >= sizeof address->address.sun_path) {
      weir_unix_address_clear (address);
      g_set_error (error, WEIR_ERROR, WEIR_ERROR_LIMIT, "%s: the name of a socket is too long",
                   path);
      return false;
    }
    path = through;
  }
  memcpy (address->address.sun_path, path, strlen (path));
  address->size = offsetof (struct sockaddr_un, sun_path) + strlen (path) + 1;
  return true;
}

void
weir_unix_address_clear (WeirUnixAddress *address)
{
  weir_fd_close (&address->directory);
}

int
weir_unix_address_connect (const WeirUnixAddress *address)
{
  WEIR_AUTO_FD int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

  if (fd < 0 || connect (fd, (const struct sockaddr *)&address->address, address->size) < 0)
    return -1;
  return weir_fd_steal (&fd);
}
