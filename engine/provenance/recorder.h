/* recorder.h: the thread that follows the log and has written what it says (scribe.h, binder.h). It
 * never makes the flow wait, unless it is so far behind that the disk would fill; and nothing that
 * fails here ends the flow.
 *
 * Thread: main, unless said otherwise. */
#pragma once

#include "provenance/partition.h"
#include "store/data.h"

typedef struct WeirRecorder WeirRecorder;

typedef struct {
  WeirData *data;
  const char *directory; /* provenance/ in the data directory */
  WeirClock *clock;
  WeirFs *fs;
  uint64_t retention_bytes; /* 0: WEIR_LIMIT_PROVENANCE */
  int64_t retention_usec;   /* 0: WEIR_LIMIT_PROVENANCE_USEC */
  uint64_t partition_bytes; /* 0: WEIR_LIMIT_PARTITION; smaller ones are for tests */
  int64_t wait_usec;        /* 0: WEIR_LIMIT_PROVENANCE_WAIT; likewise */
  uint64_t lag_bytes;       /* 0: WEIR_LIMIT_PROVENANCE_LAG; likewise */
  const WeirMask *mask;     /* (nullable): what is not kept of attributes; must stay */
  /* The recorder's thread, or weir_recorder_new: something that a person should know: what was
   * damaged, lost, rebuilt. */
  void (*on_message) (void *user, const char *message);
  void *user;
} WeirRecorderOptions;

/* After weir_data_open, before weir_data_start. Provenance that cannot be opened is put aside and
 * told, not an error. Returns: (transfer full). */
WeirRecorder *weir_recorder_new (const WeirRecorderOptions *options);

/* Records all that is durable by now, but takes no longer than WEIR_LIMIT_PROVENANCE_END: the rest
 * stays in the log for the next start. Ends the thread; again does nothing. Before weir_data_free.
 */
void weir_recorder_end (WeirRecorder *recorder);

/* Ends it if that was not done. Takes NULL. Before weir_data_free. */
void weir_recorder_free (WeirRecorder *recorder);

typedef struct {
  uint64_t n_events;  /* in all */
  uint64_t lag_bytes; /* of log that it has not read */
  uint64_t bytes;     /* of all partitions */
  uint64_t n_lost;    /* gaps that could not be rebuilt */
} WeirRecorderFigures;

/* Thread: any. */
void weir_recorder_get_figures (WeirRecorder *recorder, WeirRecorderFigures *ret_figures);

/* Waits until all that was durable when it was called can be queried, or it turns out that it
 * cannot be written now. Thread: any. */
void weir_recorder_flush (WeirRecorder *recorder);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirRecorder, weir_recorder_free)
