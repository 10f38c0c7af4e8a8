/* fold.h: takes entries in the order of the log and keeps what they add up to: FlowFiles in a
 * delta, words and states in a manifest.
 *
 * Most FlowFiles end soon after they begin. So entries are added first and folded when there are
 * many: FlowFiles that have ended by then cost a bit each, and never get into the delta.
 *
 * Thread: one at a time. */
#pragma once

#include "store/delta.h"
#include "store/fates.h"
#include "store/log-reader.h"
#include "store/manifest.h"

typedef struct {
  WeirManifest *manifest;     /* (transfer none), as are the next two */
  WeirDictionary *dictionary; /* gets the words too */
  WeirDelta *delta;

  GArray *added;   /* entries that are not folded yet */
  guint n_folded;  /* of these */
  WeirFate *noted; /* one for each of their operations */
  size_t n_noted;
  size_t room;
  WeirFates fates;
  bool is_full;
  bool has_create; /* the entry that is being added */

  WeirChunks base;   /* attributes of the last create of this entry */
  GByteArray *bytes; /* of the base, when it is more than stands in one operation */
  WeirChunksSum sum;
} WeirFold;

void weir_fold_init (WeirFold *fold, WeirManifest *manifest, WeirDictionary *dictionary,
                     WeirDelta *delta);
void weir_fold_clear (WeirFold *fold);

/* False when those that were added are to be folded first. */
bool weir_fold_has_room (const WeirFold *fold, const WeirLogEntry *entry);

/* Takes the words and the states of @entry, and notes the rest. Its body must be there until it is
 * folded. Returns: false with @error when it is malformed or contradicts those before it: what has
 * been folded is of no use then. */
bool weir_fold_add (WeirFold *fold, const WeirLogEntry *entry, GError **error);

/* Brings at most @n of the entries that were added into the delta.
 * Returns: false when there are none, and with @error when one contradicts those before it. */
bool weir_fold_some (WeirFold *fold, guint n, GError **error);

/* Adds @entry and folds it. Returns: as weir_fold_add does. */
bool weir_fold_entry (WeirFold *fold, const WeirLogEntry *entry, GError **error);
