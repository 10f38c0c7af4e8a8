/* reserve.h: whether the disk still has room, so that sources stop before it has none.
 *
 * Low is less free space than the reserve; it ends when there is a half more than that, so that
 * sources do not start and stop with every file. The ballast is a file that is given up when the
 * disk is full at start, so that recovery can go on.
 *
 * Thread: any for weir_reserve_note and weir_reserve_is_low; the rest by one at a time. */
#pragma once

#include "base/clock.h"
#include "base/fs.h"

typedef struct WeirReserve WeirReserve;

typedef struct {
  const char *directory; /* DIR; the ballast is DIR/ballast */
  uint64_t bytes;        /* to keep free; 0: the smaller of 1 GiB and 2 % of the file system */
  WeirClock *clock;      /* NULL: the machine's */
  WeirFs *fs;            /* NULL outside of tests */
  /* What the file system has; NULL: statvfs. Returns: 0 or an errno. */
  int (*get_space) (void *data, uint64_t *ret_free, uint64_t *ret_total);
  void *data;
} WeirReserveOptions;

/* Returns: (transfer full): NULL with @error. */
WeirReserve *weir_reserve_new (const WeirReserveOptions *options, GError **error);

/* Takes NULL. */
void weir_reserve_free (WeirReserve *reserve);

/* So much has been written: the file system is asked again after WEIR_LIMIT_RESERVE_STEP, else once
 * a second. */
void weir_reserve_note (WeirReserve *reserve, uint64_t bytes);

bool weir_reserve_is_low (WeirReserve *reserve);

/* What was free when it was last asked. */
uint64_t weir_reserve_get_free (WeirReserve *reserve);

/* What must be free so that it is not low any more. */
uint64_t weir_reserve_get_enough (WeirReserve *reserve);

/* Makes the ballast, of @size bytes or of what the limits allow, when it is missing or smaller and
 * there is room for it beyond the reserve. Returns: false with @error when making it failed; that
 * there is no room is no failure. */
bool weir_reserve_keep_ballast (WeirReserve *reserve, uint64_t size, GError **error);

/* Gives it up when the file system is low. Returns: whether it was there and has been. */
bool weir_reserve_give_up_ballast (WeirReserve *reserve, GError **error);
