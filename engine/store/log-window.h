/* log-window.h: a segment as one sees it through a window: the part in memory moves along.
 *
 * It is read, not mapped: a file that is cut while somebody looks at it is an end, not a signal.
 * Thread: one at a time. */
#pragma once

#include "store/frame.h"
#include "store/segment.h"

typedef struct {
  const WeirSegmentFolder *folder;
  uint64_t number; /* of the segment that is open; 0: none */
  uint64_t base;   /* its first place */
  uint64_t size;   /* of the file */
  uint64_t made;   /* that long it was made, as its header says; 0: it has no header */
  int fd;
  WeirSegmentVerdict verdict;
  bool skips_holes; /* what was never written is not read: for those who only look for more */
  uint64_t hole;    /* offset of where one ends; 0: none is known */

  size_t step; /* what is read at once */
  uint8_t *bytes;
  size_t capacity;
  uint64_t start; /* offset of the first byte in memory */
  size_t n;       /* how many are there */
} WeirLogWindow;

void weir_log_window_init (WeirLogWindow *window, const WeirSegmentFolder *folder);
void weir_log_window_clear (WeirLogWindow *window);

/* Looks at segment @number from now on; window->verdict says what its header is. Returns: false
 * with @error when it cannot be read. */
bool weir_log_window_open (WeirLogWindow *window, uint64_t number, GError **error);
void weir_log_window_close (WeirLogWindow *window);

typedef enum {
  WEIR_WINDOW_FRAME,
  WEIR_WINDOW_NONE,
  WEIR_WINDOW_FAILED,
} WeirWindowRead;

/* Whether what seems to be a frame at @place is in memory: then reading it moves nothing. */
bool weir_log_window_has (const WeirLogWindow *window, uint64_t place, uint64_t limit);

/* The frame that begins at @place of the open segment. Nothing at or above @limit is looked at. The
 * payload is there until something is read that is not in memory. */
WeirWindowRead weir_log_window_read (WeirLogWindow *window, uint64_t place, uint64_t limit,
                                     WeirFrame *ret_frame, GError **error);
