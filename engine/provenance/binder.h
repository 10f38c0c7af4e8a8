/* binder.h: puts blocks into partitions: makes a new one when one is full, lets the oldest go, and
 * puts aside what is damaged. What was given to it stays with it until it is written, so a disk
 * that fails for a while loses nothing.
 *
 * Thread: one at a time. */
#pragma once

#include "base/clock.h"
#include "base/fs.h"
#include "provenance/partition.h"
#include "store/dictionary.h"

typedef struct WeirBinder WeirBinder;

typedef struct {
  const char *directory; /* provenance/ */
  uint64_t install;
  WeirDictionary *dictionary;
  WeirClock *clock;
  WeirFs *fs;
  uint64_t retention_bytes; /* of all partitions */
  int64_t retention_usec;   /* after the last event of one */
  uint64_t partition_bytes;
  /* Something that a person should know. */
  void (*on_message) (void *user, const char *message);
  void *user;
} WeirBinderOptions;

/* Opens nothing yet. Returns: (transfer full). */
WeirBinder *weir_binder_new (const WeirBinderOptions *options);

/* Closes what is open; what was not committed is gone. Takes NULL. */
void weir_binder_free (WeirBinder *binder);

/* Looks what is there, puts aside what is damaged, and takes away what the log does not have, whose
 * next frame is @sequence. @ret_position: where the events go on; all 0: from the beginning.
 * Returns: false with @error when it should be tried again later. */
bool weir_binder_open (WeirBinder *binder, uint64_t sequence, WeirPosition *ret_position,
                       GError **error);

/* A stretch of events in the middle that is missing. */
typedef struct {
  uint64_t number; /* that the partition with it gets */
  WeirPosition start, end;
} WeirBinderHole;

/* The first one. Returns: false when there is none. */
bool weir_binder_get_hole (const WeirBinder *binder, WeirBinderHole *ret_hole);

/* What comes is of the hole, until weir_binder_open is called again. */
bool weir_binder_enter_hole (WeirBinder *binder, GError **error);
/* All of it is there, and committed. */
bool weir_binder_leave_hole (WeirBinder *binder, GError **error);

/* It will not be filled: that is remembered in the partition behind it. */
void weir_binder_forget_hole (WeirBinder *binder, const char *lost);

/* The next block to be written, which is whole. All of it is copied. */
void weir_binder_add (WeirBinder *binder, const WeirBlock *block, const WeirPosition *end);
guint weir_binder_get_n_pending (const WeirBinder *binder);

/* The type of a component; it will be in each partition. */
void weir_binder_put_type (WeirBinder *binder, uint64_t component, const char *type);

/* Writes what is pending and @open (or NULL), the beginning of the next block, in one transaction.
 * @ret_is_closed: the partition is full; @open is whole with that, and the next block begins behind
 * it. Returns: false with @error when nothing was written; everything is as it was. */
bool weir_binder_commit (WeirBinder *binder, const WeirBlock *open, const WeirPosition *position,
                         bool *ret_is_closed, GError **error);

/* Behind all that is whole: what is pending, or what was committed. */
void weir_binder_get_end (const WeirBinder *binder, WeirPosition *ret_end);

/* Whether the next commit ends the partition, also if nothing is written by it. */
bool weir_binder_is_full (const WeirBinder *binder);

/* So much of the log may wait for a weir_binder_checkpoint. */
uint64_t weir_binder_get_sync_bytes (const WeirBinder *binder);

/* Whether much was committed that is not yet where it belongs, or the last of a partition. */
bool weir_binder_is_checkpoint_due (const WeirBinder *binder);

/* Brings what was committed to disk. @ret_is_all: no reader kept any of it from getting there. */
bool weir_binder_checkpoint (WeirBinder *binder, bool *ret_is_all, GError **error);

/* Forgets what is pending. What comes goes on at @position, with @lost as what happened to what is
 * between. */
void weir_binder_skip (WeirBinder *binder, const WeirPosition *position, const char *lost);

/* Lets go of partitions that are too old or too much. */
void weir_binder_trim (WeirBinder *binder);

/* Wall time when the next one will be too old; INT64_MAX: none will. */
int64_t weir_binder_get_due (const WeirBinder *binder);

/* Has it told to a person. */
void weir_binder_tell (WeirBinder *binder, const char *format, ...) G_GNUC_PRINTF (2, 3);

uint64_t weir_binder_get_bytes (const WeirBinder *binder);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirBinder, weir_binder_free)
