/* fates.h: which FlowFiles begin and which end among some operations that are looked at before any
 * of them is folded: of one that ends among them it need not be told what happens to it before.
 *
 * Thread: one at a time. */
#pragma once

#include "store/delta.h"

/* Where it is noted what becomes of a FlowFile. */
typedef uint32_t WeirFate;

#define WEIR_FATE_OPEN 0u /* of an operation that is to be folded in any case */

typedef struct {
  uint64_t number; /* as in a delta; the next are masks of its ids */
  uint64_t made;
  uint64_t older; /* changed or dropped, and made before */
  uint64_t ended;
} WeirFatesPage;

typedef struct {
  WeirFatesPage *pages; /* the first is nobody's */
  size_t n_pages;
  size_t capacity;
  uint32_t *slots; /* a hash table of indexes; 0: free */
  size_t n_slots;  /* a power of two */
  size_t last;     /* the page that was asked for last */
} WeirFates;

void weir_fates_init (WeirFates *fates);
void weir_fates_clear (WeirFates *fates);

/* Forgets all of them. */
void weir_fates_begin (WeirFates *fates);

/* Notes a create, an update or a drop. Returns: (transfer none) (nullable): what it contradicts,
 * as far as that can be seen from those before it; NULL if it does not. */
const char *weir_fates_note (WeirFates *fates, const WeirOp *op, WeirFate *ret_fate);

/* After the last one: what @delta says otherwise remains to be found there. */
void weir_fates_end (WeirFates *fates, const WeirDelta *delta);

/* Whether its FlowFile ends among the operations, and it says nothing that counts after that. */
static inline bool
weir_fates_is_sealed (const WeirFates *fates, WeirFate fate)
{
  return (fates->pages[fate / WEIR_DELTA_PAGE].ended >> (fate % WEIR_DELTA_PAGE) & 1) != 0;
}
