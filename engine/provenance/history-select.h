/* history-select.h: which events of a block pass a filter; inside history*.c only. */
#pragma once

#include "provenance/history-parts.h"
#include "provenance/text-match.h"

typedef struct {
  WeirHistory *history;
  const WeirHistoryFilter *filter;
  WeirTextMatch match;
  unsigned columns; /* of every block */

  WeirHistoryFile *numbered; /* where @component is right; not held */
  uint64_t component;

  WeirHistoryBlock *block;
  uint16_t rows[WEIR_BLOCK_EVENTS]; /* indexes in the block, ascending */
  uint32_t n_rows;
} WeirHistorySelection;

/* @filter must stay. @columns (WeirColumn): to be unpacked beside what the filter needs. */
void weir_history_selection_init (WeirHistorySelection *self, WeirHistory *history,
                                  const WeirHistoryFilter *filter, unsigned columns);
void weir_history_selection_clear (WeirHistorySelection *self);

/* Lists those of @block, which is in use, with numbers from @from to @to that pass. None do when
 * they cannot be read, which is a problem then. Returns: (transfer none) (nullable): its partition.
 */
WeirPartition *weir_history_select (WeirHistorySelection *self, WeirHistoryBlock *block,
                                    uint64_t from, uint64_t to);
