/* applier.h: the thread behind the log: it reads what has become durable, folds it into the book
 * and has that write a snapshot now and then. It never passes the watermark (storage design, rule
 * 9).
 *
 * Thread: main, unless said otherwise. */
#pragma once

#include "store/book.h"

typedef struct WeirApplier WeirApplier;

typedef struct {
  const char *log_directory;
  uint64_t log_id;
  uint64_t segment_size;
  uint64_t place;    /* behind the last frame that is in the book already */
  uint64_t sequence; /* of the next one */
  WeirBook *book;
  uint64_t checkpoint_bytes; /* of log between two snapshots; 0: WEIR_LIMIT_CHECKPOINT */
  uint64_t batch_bytes;      /* of log that are folded at once; 0: WEIR_LIMIT_BATCH */
  unsigned patience_msec;    /* so long it waits for so many; 0: not at all */
  WeirFs *fs;

  /* The applier's thread: the book is on disk up to @place: segments wholly before it are not
   * needed for the next start. */
  void (*on_checkpoint) (void *data, uint64_t place);
  /* The applier's thread: all that was durable is in the book. */
  void (*on_caught_up) (void *data);
  /* The applier's thread, once: it cannot go on, so neither should the engine. */
  void (*on_failure) (void *data, const GError *error);
  void *data;
} WeirApplierOptions;

/* Starts the thread. Returns: (transfer full): NULL with @error. */
WeirApplier *weir_applier_new (const WeirApplierOptions *options, GError **error);

/* Applies what is durable by now, and ends the thread. Takes NULL. */
void weir_applier_free (WeirApplier *applier);

/* The log has failed: nobody is to wait any more for what will not come. Thread: any. */
void weir_applier_on_failure (WeirApplier *applier);

/* All below @durable is on disk. Thread: any; quick. */
void weir_applier_on_durable (WeirApplier *applier, uint64_t durable);

/* All entries with a ticket up to this place are in the book. Thread: any. */
uint64_t weir_applier_get_applied (WeirApplier *applier);

/* Waits until @place is in the book. Returns: false when it will never be. Thread: any but
 * its own. */
bool weir_applier_wait (WeirApplier *applier, uint64_t place);
