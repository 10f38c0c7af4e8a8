/* delimiter.c: a delimiter is small; a file that is none is refused before it is read. */
#include "delimiter.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MAX (16 * 1024 * 1024)

static bool
fail (const char *path, const char *reason, GError **error)
{
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_IO, "cannot read the delimiter '%s': %s", path,
               reason);
  return false;
}

static bool
read_all (Delimiter *delimiter, int fd, const char *path, GError **error)
{
  struct stat status;
  ssize_t n;

  if (fd < 0 || fstat (fd, &status) < 0)
    return fail (path, g_strerror (errno), error);
  if (!S_ISREG (status.st_mode))
    return fail (path, "it is not a file", error);
  if (status.st_size > FILE_MAX)
    return fail (path, "it is larger than 16 MiB", error);
  delimiter->owned = g_malloc ((size_t)status.st_size + 1);
  do
    n = read (fd, delimiter->owned + delimiter->size, (size_t)status.st_size + 1 - delimiter->size);
  while (n > 0 && (delimiter->size += (size_t)n) <= (size_t)status.st_size);
  if (n != 0)
    return fail (path, n < 0 ? g_strerror (errno) : "it is being written", error);
  delimiter->data = delimiter->owned;
  return true;
}

bool
delimiter_load (Delimiter *delimiter, const WeirExpr *expr, bool from_file,
                const WeirFlowFile *flowfile, GError **error)
{
  const char *text = expr != NULL ? weir_expr_eval (expr, flowfile, error) : "";
  bool ok;
  int fd;

  if (text == NULL)
    return false;
  if (!from_file || *text == '\0') {
    delimiter->data = text;
    delimiter->size = strlen (text);
    return true;
  }
  /* A pipe must not wait for its other end. */
  fd = open (text, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  ok = read_all (delimiter, fd, text, error);
  if (fd >= 0)
    close (fd);
  return ok;
}

bool
delimiter_write (const Delimiter *delimiter, WeirWriter *writer, GError **error)
{
  return weir_writer_write (writer, delimiter->data, delimiter->size, error);
}

void
delimiter_clear (Delimiter *delimiter)
{
  g_clear_pointer (&delimiter->owned, g_free);
}
