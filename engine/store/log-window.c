/* log-window.c: reads ahead in steps that fit into a processor's cache. */
#include "store/log-window.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/limits.h"

/* Many frames at once, and not so many that what is read is cold when it is looked at. */
#define STEP ((size_t)512 * 1024)

void
weir_log_window_init (WeirLogWindow *window, const WeirSegmentFolder *folder)
{
  *window =
      (WeirLogWindow){ .folder = folder, .fd = -1, .verdict = WEIR_SEGMENT_NONE, .step = STEP };
}

void
weir_log_window_close (WeirLogWindow *window)
{
  weir_fd_close (&window->fd);
  window->number = 0;
  window->verdict = WEIR_SEGMENT_NONE;
  window->start = 0;
  window->n = 0;
  if (window->capacity > MAX (WEIR_LIMIT_FRAME, window->step)) {
    g_clear_pointer (&window->bytes, g_free);
    window->capacity = 0;
  }
}

void
weir_log_window_clear (WeirLogWindow *window)
{
  weir_log_window_close (window);
  g_clear_pointer (&window->bytes, g_free);
  window->capacity = 0;
}

bool
weir_log_window_open (WeirLogWindow *window, uint64_t number, GError **error)
{
  g_autofree char *path = weir_segment_get_path (window->folder->directory, number);
  g_autofree uint8_t *header = g_malloc (WEIR_SEGMENT_HEADER);
  struct stat status;
  ssize_t n;

  weir_log_window_close (window);
  window->fd = weir_fs_open (window->folder->fs, AT_FDCWD, path, O_RDONLY, 0, error);
  if (window->fd < 0)
    return false;
  if (fstat (window->fd, &status) < 0)
    return weir_error_set_errno (error, "look at", path, errno);
  n = weir_fs_pread (window->folder->fs, window->fd, header, WEIR_SEGMENT_HEADER, 0, path, error);
  if (n < 0)
    return false;
  if ((size_t)n == WEIR_SEGMENT_HEADER)
    window->verdict = weir_segment_header_read (header, window->folder->log_id, number);
  window->made = window->verdict == WEIR_SEGMENT_VALID ? weir_segment_header_get_size (header) : 0;
  window->number = number;
  window->hole = 0;
  window->base = number * window->folder->segment_size;
  window->size = (uint64_t)status.st_size;
  return true;
}

/* A segment is as long as it will ever be from the start. */
static bool
is_in_hole (WeirLogWindow *window, uint64_t offset)
{
  uint64_t data;

  if (offset < window->hole)
    return true;
  data = weir_fs_find_data (window->fd, offset);
  if (data < offset + WEIR_FRAME_BLOCK)
    return false;
  window->hole = data - data % WEIR_FRAME_BLOCK;
  return true;
}

/* Moves the window until it has @size bytes from @offset on, and more while it is at it, but none
 * from @end on. Returns: how many there are from @offset on; -1 with @error. */
static ssize_t
look (WeirLogWindow *window, uint64_t offset, size_t size, uint64_t end, GError **error)
{
  size_t wanted = MAX (size, window->step), kept = 0;
  ssize_t n;

  if (offset >= window->start && offset - window->start <= window->n)
    kept = window->n - (size_t)(offset - window->start);
  if (kept >= size)
    return (ssize_t)kept;
  if (kept == 0 && window->skips_holes && is_in_hole (window, offset))
    return 0;
  if (kept > 0)
    memmove (window->bytes, window->bytes + (offset - window->start), kept);
  window->start = offset;
  window->n = kept;
  wanted = MIN (wanted, end - offset);
  if (window->capacity < wanted) {
    window->bytes = g_realloc (window->bytes, wanted);
    window->capacity = wanted;
  }
  if (wanted <= kept)
    return (ssize_t)kept;
  n = weir_fs_pread (window->folder->fs, window->fd, window->bytes + kept, wanted - kept,
                     offset + kept, NULL, error);
  if (n < 0)
    return -1;
  window->n += (size_t)n;
  return (ssize_t)window->n;
}

bool
weir_log_window_has (const WeirLogWindow *window, uint64_t place, uint64_t limit)
{
  uint64_t offset = place - window->base, end = MIN (window->size, limit - window->base);
  size_t kept, size;

  if (offset < window->start || offset - window->start >= window->n || offset >= end)
    return false;
  kept = window->n - (size_t)(offset - window->start);
  if (kept < WEIR_FRAME_HEADER)
    return false;
  size =
      weir_frame_measure (window->bytes + (offset - window->start), window->folder->log_id, place);
  return size > 0 && size <= kept && size <= end - offset;
}

WeirWindowRead
weir_log_window_read (WeirLogWindow *window, uint64_t place, uint64_t limit, WeirFrame *ret_frame,
                      GError **error)
{
  uint64_t offset = place - window->base, end = MIN (window->size, limit - window->base);
  const uint8_t *bytes;
  size_t size;
  ssize_t n;

  if (offset >= end || end - offset < WEIR_FRAME_HEADER)
    return WEIR_WINDOW_NONE;
  n = look (window, offset, WEIR_FRAME_HEADER, end, error);
  if (n < (ssize_t)WEIR_FRAME_HEADER)
    return n < 0 ? WEIR_WINDOW_FAILED : WEIR_WINDOW_NONE;
  bytes = window->bytes + (offset - window->start);
  size = weir_frame_measure (bytes, window->folder->log_id, place);
  if (size == 0 || size > end - offset)
    return WEIR_WINDOW_NONE;
  n = look (window, offset, size, end, error);
  if (n < 0)
    return WEIR_WINDOW_FAILED;
  bytes = window->bytes + (offset - window->start);
  return weir_frame_read (bytes, (size_t)n, window->folder->log_id, place, ret_frame)
             ? WEIR_WINDOW_FRAME
             : WEIR_WINDOW_NONE;
}
