/* slab.c: one aligned piece of memory. */
#include "runtime/slab.h"

#include <glib.h>

#define LINE 64u

void
weir_slab_init (WeirSlab *slab, size_t size, size_t n)
{
  size_t stride = (size + LINE - 1) / LINE * LINE;
  size_t total = stride * MAX (n, 1);

  slab->memory = g_aligned_alloc0 (1, total, LINE);
  slab->stride = stride;
  slab->n_left = n;
  slab->next = slab->memory;
}

void
weir_slab_clear (WeirSlab *slab)
{
  g_aligned_free (slab->memory);
  *slab = (WeirSlab){ 0 };
}

void *
weir_slab_take (WeirSlab *slab)
{
  char *taken = slab->next;

  g_assert (slab->n_left > 0);
  slab->n_left--;
  slab->next += slab->stride;
  return taken;
}
