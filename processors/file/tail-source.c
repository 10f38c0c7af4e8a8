/* tail-source.c: reading at offsets, so that who else writes to the file changes nothing here. */
#include "tail-source.h"

#include "name.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define SECONDS_MAX INT64_C (9000000000) /* what fits in nanoseconds */

/* Looks before it opens: opening a device can do things. */
static int
look (const char *path, struct statx *ret_status, GError **error)
{
  if (statx (AT_FDCWD, path, 0, STATX_BASIC_STATS | STATX_BTIME, ret_status) < 0) {
    if (errno == ENOENT)
      return 0;
    if (errno == ELOOP) {
      g_autofree char *quoted = file_name_quote (path);

      g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                   "%s cannot be tailed: its symbolic links lead in a circle; correct them",
                   quoted);
    } else {
      file_name_set_errno (error, "look at", path, errno);
    }
    return -1;
  }
  if (S_ISREG (ret_status->stx_mode))
    return 1;
  file_name_set_errno (error, "tail", path, S_ISDIR (ret_status->stx_mode) ? EISDIR : ENXIO);
  return -1;
}

int
tail_source_open (TailSource *source, const char *path, GError **error)
{
  int found = look (path, &source->status, error);

  source->fd = -1;
  if (found <= 0)
    return found;
  source->fd = open (path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (source->fd < 0) {
    if (errno == ENOENT)
      return 0;
    file_name_set_errno (error, "open", path, errno);
    return -1;
  }
  if (statx (source->fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS | STATX_BTIME, &source->status) ==
          0 &&
      S_ISREG (source->status.stx_mode))
    return 1;
  tail_source_close (source);
  return 0; /* it became something else: the next look says what */
}

void
tail_source_close (TailSource *source)
{
  if (source->fd >= 0)
    close (source->fd);
  source->fd = -1;
}

int64_t
tail_stamp_to_nsec (const struct statx_timestamp *stamp)
{
  return CLAMP (stamp->tv_sec, -SECONDS_MAX, SECONDS_MAX) * INT64_C (1000000000) + stamp->tv_nsec;
}

int64_t
tail_status_get_changed (const struct statx *status)
{
  return tail_stamp_to_nsec (&status->stx_mtime);
}

static uint64_t
get_device (const struct statx *status)
{
  return (uint64_t)status->stx_dev_major << 32 | status->stx_dev_minor;
}

bool
tail_status_is_same_file (const struct statx *status, const TailPosition *position)
{
  return position->inode != 0 && status->stx_ino == position->inode &&
         get_device (status) == position->device;
}

ssize_t
tail_source_read (const TailSource *source, char *buffer, size_t size, int64_t offset)
{
  size_t done = 0;

  while (done < size) {
    ssize_t n = pread (source->fd, buffer + done, size - done, offset + (int64_t)done);

    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return -1;
    if (n == 0)
      break;
    done += (size_t)n;
  }
  return (ssize_t)done;
}

/* Returns: 1; 0 when the file is shorter than @offset; -1 with errno set. */
static int
get_mark (const TailSource *source, int64_t offset, uint64_t *ret_mark)
{
  char buffer[TAIL_MARK_SIZE];
  size_t size = (size_t)MIN (offset, (int64_t)sizeof buffer);
  const int64_t places[] = { 0, offset - (int64_t)size };
  uint64_t mark = TAIL_MARK_NONE;

  for (size_t i = 0; i < G_N_ELEMENTS (places); i++) {
    ssize_t n = tail_source_read (source, buffer, size, places[i]);

    if (n != (ssize_t)size)
      return n < 0 ? -1 : 0;
    mark = tail_mark_add (mark, buffer, size);
  }
  *ret_mark = mark;
  return 1;
}

int
tail_source_check_mark (const TailSource *source, const TailPosition *position)
{
  uint64_t mark;
  int found = get_mark (source, position->offset, &mark);

  return found == 1 ? mark == position->mark : found;
}

bool
tail_source_locate (const TailSource *source, int64_t offset, TailPosition *ret_position)
{
  uint64_t mark;

  if (get_mark (source, offset, &mark) != 1)
    return false;
  *ret_position = (TailPosition){
    .device = get_device (&source->status),
    .inode = source->status.stx_ino,
    .offset = offset,
    .changed = tail_status_get_changed (&source->status),
    .mark = mark,
  };
  return true;
}

bool
tail_source_copy (const TailSource *source, WeirSession *session, WeirFlowFile *flowfile,
                  int64_t offset, int64_t end, GError **error)
{
  g_autofree char *buffer = g_malloc (TAIL_CHUNK_SIZE);
  g_autoptr (WeirWriter) writer = weir_session_write (session, flowfile, error);

  if (writer == NULL)
    return false;
  while (offset < end) {
    size_t size = (size_t)MIN (end - offset, TAIL_CHUNK_SIZE);

    if (tail_source_read (source, buffer, size, offset) != (ssize_t)size) {
      g_set_error (error, WEIR_ERROR, WEIR_ERROR_IO, "it became shorter while it was read");
      return false;
    }
    if (!weir_writer_write (writer, buffer, size, error))
      return false;
    offset += (int64_t)size;
  }
  return weir_writer_close (g_steal_pointer (&writer), error);
}
