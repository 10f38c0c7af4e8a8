/* book.h: what all entries up to a place add up to: FlowFiles by queue, states, words. It is kept
 * as sorted parts on disk and, in memory, what has changed since; a FlowFile that nothing has
 * happened to costs no memory here.
 *
 * Thread: any for weir_book_read; the rest by one thread at a time, the applier's once it runs. */
#pragma once

#include "store/data.h"
#include "store/log-reader.h"

typedef struct WeirBook WeirBook;

typedef struct {
  const char *directory; /* snapshot/ */
  uint64_t log_id;
  WeirDictionary *dictionary; /* gets the words of the manifest and of entries */
  WeirFs *fs;
  bool must_sync; /* false for WEIR_DURABILITY_PROCESS */

  /* NULL, or what is damaged is passed over, to save the rest: FlowFile @id, or (0) a block or a
   * part of them, is lost. It may be told more than once. */
  void (*on_lost) (void *data, uint64_t id);
  void *data;
} WeirBookOptions;

/* Reads the newest manifest that is valid, if there is one. Returns: (transfer full): NULL with
 * @error. */
WeirBook *weir_book_open (const WeirBookOptions *options, GError **error);
void weir_book_free (WeirBook *book);

/* What was wrong with a newer manifest than the one that was read, which is the one before: whether
 * the log is still there from its place on is for the log's reader to find out.
 * Returns: (transfer none) (nullable): NULL when nothing was. */
const char *weir_book_get_damage (WeirBook *book);

/* Syncs all that was read: what follows stands on it, and it may have been in memory only (storage
 * design, rule 6). The snapshot before it may go after that. */
bool weir_book_settle (WeirBook *book, GError **error);

/* What the parts hold: all below @ret_place, up to the frame before @ret_sequence; 0 and 1 for a
 * new book. Where weir_log_reader_new begins. */
void weir_book_get_position (WeirBook *book, uint64_t *ret_place, uint64_t *ret_sequence);

/* Folds an entry. Returns: false with @error when it is malformed. */
bool weir_book_apply (WeirBook *book, const WeirLogEntry *entry, GError **error);

/* Takes all entries of a frame; many frames are folded for less than one after the other would be.
 * The payload must be there, and no checkpoint made, until weir_book_fold, which brings into the
 * book what was added before. */
bool weir_book_add_frame (WeirBook *book, const WeirFrame *frame, GError **error);
bool weir_book_fold (WeirBook *book, GError **error);

/* All ids that were ever given are below. */
uint64_t weir_book_get_next_flowfile_id (WeirBook *book);
void weir_book_each_state (WeirBook *book, WeirDataStateFunc func, void *user);
bool weir_book_each_flowfile (WeirBook *book, WeirDataImageFunc func, void *user, GError **error);
bool weir_book_read (WeirBook *book, const uint64_t *ids, size_t n, WeirDataImageFunc func,
                     void *user, GError **error);

/* Memory that changes since the last part take; more than WEIR_LIMIT_BOOK is time for one. */
size_t weir_book_get_bytes (WeirBook *book);

/* Returns: (transfer full): WeirPart, all of them: what there was at the last checkpoint. */
GPtrArray *weir_book_get_parts (WeirBook *book);

/* What the parts take on disk, nearly. */
uint64_t weir_book_get_disk_bytes (WeirBook *book);

/* Writes what has changed as a new part, joins parts where there are many, and makes a manifest
 * that counts up to the end of @frame, which is the last that was applied. */
bool weir_book_checkpoint (WeirBook *book, const WeirFrame *frame, GError **error);

/* The same, with one part in the place of all, and without what was there before. */
bool weir_book_compact (WeirBook *book, const WeirFrame *frame, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirBook, weir_book_free)
