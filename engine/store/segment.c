/* segment.c: names, lists and making of segments. */
#include "store/segment.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <weir/error.h>

#include "base/error.h"
#include "store/frame.h"
#include "store/mutant.h"

#define N_DIGITS 12

char *
weir_segment_get_path (const char *directory, uint64_t number)
{
  return g_strdup_printf ("%s/%0*" G_GUINT64_FORMAT ".log", directory, N_DIGITS, number);
}

/* Returns: 0 when @name is not that of a segment. */
static uint64_t
parse_name (const char *name)
{
  if (strspn (name, "0123456789") != N_DIGITS || strcmp (name + N_DIGITS, ".log") != 0)
    return 0;
  return g_ascii_strtoull (name, NULL, 10);
}

static int
compare (const void *a, const void *b)
{
  const WeirSegmentFile *left = a, *right = b;

  return left->number < right->number ? -1 : left->number > right->number;
}

static bool
list_all (const WeirSegmentFolder *folder, DIR *stream, GArray *files, GError **error)
{
  struct dirent *entry;

  while (errno = 0, (entry = readdir (stream)) != NULL) {
    WeirSegmentFile file = { .number = parse_name (entry->d_name) };
    struct stat status;

    if (file.number == 0)
      continue;
    if (fstatat (dirfd (stream), entry->d_name, &status, 0) < 0) {
      if (errno == ENOENT)
        continue; /* it was written over or deleted meanwhile */
      break;
    }
    file.n_numbers = ((uint64_t)status.st_size + folder->segment_size - 1) / folder->segment_size;
    file.n_numbers = MAX (file.n_numbers, 1);
    g_array_append_val (files, file);
  }
  if (errno != 0)
    return weir_error_set_errno (error, "list", folder->directory, errno);
  g_array_sort (files, compare);
  return true;
}

GArray *
weir_segment_list (const WeirSegmentFolder *folder, GError **error)
{
  g_autoptr (GArray) files = g_array_new (FALSE, FALSE, sizeof (WeirSegmentFile));
  g_autoptr (GError) reason = NULL;
  DIR *stream = NULL;
  bool done;
  int fd;

  fd = weir_fs_open (folder->fs, AT_FDCWD, folder->directory, O_RDONLY | O_DIRECTORY, 0, &reason);
  if (fd < 0 && g_error_matches (reason, WEIR_ERROR, WEIR_ERROR_NOT_FOUND))
    return g_steal_pointer (&files);
  if (fd >= 0)
    stream = fdopendir (fd);
  if (stream == NULL) {
    if (fd >= 0)
      weir_error_set_errno (&reason, "list", folder->directory, errno);
    weir_fd_close (&fd);
    g_propagate_error (error, g_steal_pointer (&reason));
    return NULL;
  }
  done = list_all (folder, stream, files, error);
  closedir (stream);
  return done ? g_steal_pointer (&files) : NULL;
}

const WeirSegmentFile *
weir_segment_find (GArray *files, uint64_t number)
{
  for (guint i = files->len; i-- > 0;) {
    const WeirSegmentFile *file = &g_array_index (files, WeirSegmentFile, i);

    if (file->number <= number)
      return number - file->number < file->n_numbers ? file : NULL;
  }
  return NULL;
}

/* Not by holes, which a copy of the file may not have. */
bool
weir_segment_is_hollow (const WeirSegmentFolder *folder, uint64_t number)
{
  static const uint8_t zeros[WEIR_SEGMENT_HEADER];
  g_autofree char *path = weir_segment_get_path (folder->directory, number);
  g_autofree uint8_t *header = g_malloc (WEIR_SEGMENT_HEADER);
  WEIR_AUTO_FD int fd = weir_fs_open (folder->fs, AT_FDCWD, path, O_RDONLY | O_NOFOLLOW, 0, NULL);

  return fd >= 0 &&
         weir_fs_pread (folder->fs, fd, header, WEIR_SEGMENT_HEADER, 0, path, NULL) ==
             (ssize_t)WEIR_SEGMENT_HEADER &&
         memcmp (header, zeros, WEIR_SEGMENT_HEADER) == 0;
}

/* A released one may have been larger or smaller. */
static bool
set_size (const WeirSegmentFolder *folder, int fd, uint64_t size, const char *path, GError **error)
{
  struct stat status;

  if (fstat (fd, &status) < 0)
    return weir_error_set_errno (error, "look at", path, errno);
  if ((uint64_t)status.st_size > size && !weir_fs_resize (folder->fs, fd, size, path, error))
    return false;
  return weir_fs_allocate (folder->fs, fd, size, path, error);
}

bool
weir_segment_make (const WeirSegmentFolder *folder, uint64_t number, uint64_t size,
                   uint64_t released, WeirSegment *ret_segment, GError **error)
{
  g_autofree char *path = weir_segment_get_path (folder->directory, number);
  g_autofree uint8_t *header = g_malloc (WEIR_SEGMENT_HEADER);
  WEIR_AUTO_FD int fd = -1;

  if (released != 0) {
    g_autofree char *old = weir_segment_get_path (folder->directory, released);

    /* Without it the segment is made from nothing, which is only slower. */
    (void)weir_fs_rename (folder->fs, old, path, NULL);
  }
  weir_segment_header_pack (header, folder->log_id, number, size);
  fd = weir_fs_open (folder->fs, AT_FDCWD, path, O_RDWR | O_CREAT | O_NOFOLLOW, 0600, error);
  if (fd < 0 || !set_size (folder, fd, size, path, error) ||
      !weir_fs_pwrite (folder->fs, fd, header, WEIR_SEGMENT_HEADER, 0, path, error)) {
    /* On a full disk others may need the space. */
    (void)unlink (path);
    return false;
  }
  *ret_segment = (WeirSegment){ weir_fd_steal (&fd), number, size };
  return true;
}

bool
weir_segment_settle (const WeirSegmentFolder *folder, const WeirSegment *segment, GError **error)
{
  if (WEIR_MUTANT (3))
    return true;
  return weir_fs_sync (folder->fs, segment->fd, NULL, error) &&
         weir_fs_sync_directory (folder->fs, folder->directory, error);
}

void
weir_segment_close (WeirSegment *segment)
{
  weir_fd_close (&segment->fd);
}
