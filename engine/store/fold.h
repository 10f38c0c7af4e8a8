/* fold.h: takes entries in the order of the log and keeps what they add up to: FlowFiles in a
 * delta, words and states in a manifest.
 *
 * Thread: one at a time. */
#pragma once

#include "store/delta.h"
#include "store/log-reader.h"
#include "store/manifest.h"

typedef struct {
  WeirManifest *manifest;     /* (transfer none), as are the next two */
  WeirDictionary *dictionary; /* gets the words too */
  WeirDelta *delta;
  WeirChunks base;   /* attributes of the last create of this entry */
  GByteArray *bytes; /* of the base, when it is more than stands in one operation */
  WeirChunksSum sum;
} WeirFold;

void weir_fold_init (WeirFold *fold, WeirManifest *manifest, WeirDictionary *dictionary,
                     WeirDelta *delta);
void weir_fold_clear (WeirFold *fold);

/* Returns: false with @error when the entry is malformed or contradicts those before it: what has
 * been folded is of no use then. */
bool weir_fold_entry (WeirFold *fold, const WeirLogEntry *entry, GError **error);
