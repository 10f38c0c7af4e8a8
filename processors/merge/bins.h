/* bins.h: FlowFiles that wait until there are enough of them.
 *
 * A bin takes FlowFiles of one group, such as those with the same attribute or the fragments of one
 * file. It is open until it is full, or until something else has it end: then it is ready. What is
 * in a bin is held by the session; a bin never looks into content.
 *
 * Thread: trigger; one at a time. */
#pragma once

#include <weir/flowfile.h>

typedef enum {
  BIN_MAX_BYTES,
  BIN_MAX_ENTRIES,
  BIN_MIN_THRESHOLDS,
  BIN_TIMEOUT,
  BIN_MANAGER_FULL,
} BinReason;

typedef struct {
  WeirFlowFile *flowfile;
  uint32_t index; /* of the fragment */
} BinEntry;

typedef struct BinGroup BinGroup;

typedef struct {
  GArray *entries; /* BinEntry */
  uint64_t size;   /* of the contents */
  int64_t created; /* monotonic */
  BinReason reason;

  unsigned n_refused;  /* FlowFiles in a row that were too large for it */
  uint32_t n_expected; /* fragments; 0: nobody has said it yet */
  GHashTable *indexes; /* of the fragments that came; NULL for a bin of others */
  char *problem;       /* why the fragments do not make a whole, or NULL */

  BinGroup *group; /* NULL once it is ready */
  bool sufficient;
  GList age_link; /* in open, then in ready */
  GList group_link;
  GList sufficient_link;
} Bin;

typedef struct {
  uint64_t min_entries;
  uint64_t max_entries;
  uint64_t min_size;
  uint64_t max_size;
  uint64_t max_bins;
} BinLimits;

typedef struct {
  BinLimits limits;
  GHashTable *groups; /* name to BinGroup */
  GQueue open;        /* Bin, the oldest first */
  GQueue sufficient;  /* those of them that have as much as they need */
  GQueue ready;       /* Bin */
} Bins;

void bins_init (Bins *bins, const BinLimits *limits);
void bins_clear (Bins *bins);

/* Puts @flowfile into the first bin of @group that has room for it. */
void bins_add (Bins *bins, const char *group, WeirFlowFile *flowfile, int64_t now);

/* Puts a fragment to the others of @identifier. @n_expected is 0 when it does not say how many
 * there are. Returns: false when one with this index is there already. */
bool bins_add_fragment (Bins *bins, const char *identifier, uint32_t index, uint32_t n_expected,
                        WeirFlowFile *flowfile, int64_t now);

/* Ends bins that were opened at @limit or before. */
void bins_end_old (Bins *bins, int64_t limit);

/* Ends bins that have as much as they need. */
void bins_end_sufficient (Bins *bins);

/* Returns: (transfer full) (nullable): a bin that is ready. */
Bin *bins_take (Bins *bins);

/* Takes NULL. */
void bin_free (Bin *bin);

/* Returns: (transfer none): its merge.reason. */
const char *bin_reason_to_string (BinReason reason);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Bin, bin_free)
