/* slab.h: structs of one kind side by side in memory.
 *
 * A flow of ten thousand processors goes through more memory than the processor finds quickly: what
 * is spread over the heap costs a miss for each piece (docs/decisions/0012-a-hop-among-many.md).
 *
 * Thread: one at a time. */
#pragma once

#include <stddef.h>

typedef struct {
  char *memory;
  size_t stride;
  size_t n_left;
  char *next;
} WeirSlab;

/* Room for @n structs of @size, each at the beginning of a cache line. */
void weir_slab_init (WeirSlab *slab, size_t size, size_t n);

/* What was taken is gone. A zeroed struct is fine. */
void weir_slab_clear (WeirSlab *slab);

/* Returns: (transfer none): zeroed; there must be one left. */
void *weir_slab_take (WeirSlab *slab);
