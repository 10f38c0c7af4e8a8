/* log.h: the one durable log. Entries go in from any thread; one writer makes a frame of all that
 * came meanwhile, writes it and syncs it once (docs/internals/data-directory.md).
 *
 * Invariants: entries become durable in the order in which they were appended, each as a whole.
 * Bytes that were durable once are never written again before their segment is released. The first
 * failure is the last thing that happens: nothing later is ever reported as durable. */
#pragma once

#include "base/clock.h"
#include "base/fs.h"
#include "store/durability.h"

/* Two of these are in limits.h, with reasons: WEIR_LIMIT_SEGMENT, WEIR_LIMIT_FRAME. */
typedef struct WeirLog WeirLog;

/* Where a log ends and goes on; weir_log_reader_get_end says it. Zeroed: a new log. */
typedef struct {
  uint64_t place;    /* behind the last frame */
  uint64_t sequence; /* of the last frame */
  uint64_t segment;  /* the highest number that was ever used */
} WeirLogEnd;

typedef struct {
  const char *directory;
  uint64_t log_id;
  uint64_t segment_size;     /* 0: WEIR_LIMIT_SEGMENT; smaller ones are for tests */
  uint64_t frame_size;       /* 0: WEIR_LIMIT_FRAME; likewise */
  WeirDurability durability; /* POWER or PROCESS */
  WeirFs *fs;                /* NULL outside of tests */
  unsigned patience_usec;    /* a frame that nobody waits for waits so long for more; 0: not */
  WeirClock *clock;          /* NULL: the machine's */

  /* Writer's thread, before a frame is written: makes durable what its entries refer to. */
  bool (*on_write) (void *data, GError **error);
  /* Writer's thread, after each frame: all below @durable can no longer be lost. Must be quick. */
  void (*on_durable) (void *data, uint64_t durable);
  /* Writer's thread, once: the log has failed for good. Must not close it. */
  void (*on_failure) (void *data, const GError *error);
  void *data;
} WeirLogOptions;

/* Begins a new segment behind @end and starts the writer; makes the directory if need be. What the
 * directory had before must have been settled (log-reader.h). Returns: (transfer full): NULL with
 * @error. */
WeirLog *weir_log_open (const WeirLogOptions *options, const WeirLogEnd *end, GError **error);

/* Writes what was appended, syncs it and ends the writer. Returns: false with @error when the log
 * has failed, now or before. Frees it in any case. */
bool weir_log_close (WeirLog *log, GError **error);

/* Appends the body of an entry, WEIR_LIMIT_ENTRY bytes at most. It may wait for the disk when more
 * is waiting than memory should hold. After a failure it does nothing but return a ticket that
 * never becomes durable.
 * @ret_place (or NULL): the place of the first byte of @body.
 * Returns: the ticket: durable when the watermark is not below it. Thread: any. */
uint64_t weir_log_append (WeirLog *log, int64_t wall, const void *body, size_t size,
                          uint64_t *ret_place);

/* The same for an entry that a power cut must not take, with each durability. Thread: any. */
uint64_t weir_log_append_synced (WeirLog *log, int64_t wall, const void *body, size_t size);

/* The ticket of the last entry that was appended. Thread: any. */
uint64_t weir_log_get_appended (WeirLog *log);

/* The watermark: all below this place can no longer be lost. At first that is the end that the log
 * was opened with. Thread: any. */
uint64_t weir_log_get_durable (WeirLog *log);

/* Somebody waits for @ticket: its frame is to be written without waiting for more. Thread: any. */
void weir_log_hurry (WeirLog *log, uint64_t ticket);

/* Waits until @ticket is durable. Returns: false with @error when the log has failed before.
 * Thread: any. */
bool weir_log_wait (WeirLog *log, uint64_t ticket, GError **error);

/* Segment @number (its first, for one that has several) is not needed any more, nor will it be: it
 * may be written over. In any order; weir_segment_list (segment.h) says which there are. The log
 * forgets this when it is closed: what is not needed is released again in the next run. What never
 * is released: the segment that is written, and that of the place where reading would begin.
 * Thread: any. */
void weir_log_release (WeirLog *log, uint64_t number);

typedef struct {
  uint64_t n_frames; /* since it was opened */
  uint64_t n_entries;
  uint64_t n_bytes; /* of entries */
} WeirLogFigures;

/* Thread: any. */
void weir_log_get_figures (WeirLog *log, WeirLogFigures *ret_figures);
