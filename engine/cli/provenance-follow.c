/* provenance-follow.c: weir provenance -f: what is there last, then what comes. It sleeps until a
 * file of provenance changes, and looks four times a second at most. */
#include "cli/provenance-events.h"

#include <errno.h>
#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fs.h"

#define EACH_MSEC     250
#define DEFAULT_LIMIT 10

/* Returns: a descriptor that becomes readable when something is written; -1: nothing can tell. */
static int
watch (const char *directory)
{
  int fd = inotify_init1 (IN_CLOEXEC | IN_NONBLOCK);

  if (fd >= 0 &&
      inotify_add_watch (fd, directory, IN_MODIFY | IN_CREATE | IN_MOVED_TO | IN_DELETE) < 0)
    weir_fd_close (&fd);
  return fd;
}

/* @looked: when it was looked last, monotonic. */
static void
wait_for_news (int fd, int64_t looked)
{
  char events[4096];
  struct pollfd polled = { .fd = fd, .events = POLLIN };
  int64_t rest;

  poll (&polled, 1, fd >= 0 ? -1 : EACH_MSEC);
  rest = looked / 1000 + EACH_MSEC - g_get_monotonic_time () / 1000;
  if (rest > 0)
    poll (NULL, 0, (int)rest);
  /* What comes from here on is news for the look after the next. */
  while (fd >= 0 && read (fd, events, sizeof events) > 0)
    ;
}

/* The number in front of the last events that pass. */
static bool
find_start (WeirProvenance *self, uint64_t *ret_after, GError **error)
{
  WeirHistoryFilter filter = self->search.filter;
  uint64_t limit = self->options.limit != NULL ? self->search.limit : DEFAULT_LIMIT;
  g_autoptr (WeirHistoryCursor) cursor = NULL;
  g_autoptr (GError) reason = NULL;

  filter.is_descending = true;
  filter.columns = 0;
  cursor = weir_history_find (self->history, &filter);
  *ret_after = filter.from - 1;
  for (uint64_t n = 0; weir_history_cursor_step (cursor, &reason); n++) {
    if (n == limit) {
      *ret_after = weir_history_cursor_get_number (cursor);
      break;
    }
  }
  if (reason == NULL)
    return true;
  g_propagate_error (error, g_steal_pointer (&reason));
  return false;
}

/* All that came since event @after, which it moves on. */
static bool
show_news (WeirProvenance *self, WeirEventRows *rows, uint64_t *after, GError **error)
{
  WeirHistoryFilter *filter = &self->search.filter;
  g_autoptr (WeirHistoryCursor) cursor = NULL;
  g_autoptr (GError) reason = NULL;
  uint64_t first, last;

  if (!weir_history_get_range (self->history, &first, &last) || last <= *after)
    return true;
  filter->from = *after + 1;
  filter->to = last;
  cursor = weir_history_find (self->history, filter);
  while (weir_history_cursor_step (cursor, &reason))
    if (!weir_event_rows_put (rows, cursor, &reason))
      break;
  weir_event_rows_flush (rows);
  *after = last;
  if (reason == NULL)
    return true;
  g_propagate_error (error, g_steal_pointer (&reason));
  return false;
}

bool
weir_provenance_follow (WeirProvenance *self, GError **error)
{
  WEIR_AUTO_FD int fd = watch (weir_history_get_directory (self->history));
  g_autoptr (WeirEventRows) rows = NULL;
  uint64_t after;
  int64_t looked;

  if (!find_start (self, &after, error))
    return false;
  weir_provenance_end_progress (self);
  self->search.filter.is_descending = false;
  rows = weir_event_rows_new (self);
  for (;;) {
    looked = g_get_monotonic_time ();
    if (!show_news (self, rows, &after, error))
      return false;
    /* Who reads it has gone. */
    if (ferror (stdout))
      return weir_error_set_errno (error, "write to", "standard output", EPIPE);
    wait_for_news (fd, looked);
    if (!weir_history_refresh (self->history, error))
      return false;
  }
}
