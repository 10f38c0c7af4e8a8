/* flowfile.c: the pool of FlowFiles. Slabs are never given back before the engine ends: a queue
 * that was long once is likely to be long again. */
#include "runtime/flowfile.h"

#include <glib.h>
#include <string.h>

#define STACK_SIZE 64u  /* FlowFiles in a full stack */
#define SLAB_SIZE  512u /* FlowFiles allocated at a time */

typedef struct Slab {
  struct Slab *next;
  WeirFlowFile flowfiles[SLAB_SIZE];
} Slab;

struct WeirDepot {
  WeirLock lock;
  GPtrArray *stacks; /* guarded by lock: the top of each full stack */
  Slab *slabs;       /* guarded by lock */
};

WeirDepot *
weir_depot_new (void)
{
  WeirDepot *depot = g_new0 (WeirDepot, 1);

  pthread_mutex_init (&depot->lock, NULL);
  depot->stacks = g_ptr_array_new ();
  return depot;
}

void
weir_depot_free (WeirDepot *depot)
{
  if (depot == NULL)
    return;
  for (Slab *slab = depot->slabs, *next; slab != NULL; slab = next) {
    next = slab->next;
    g_free (slab);
  }
  g_ptr_array_unref (depot->stacks);
  pthread_mutex_destroy (&depot->lock);
  g_free (depot);
}

void
weir_magazine_init (WeirMagazine *magazine, WeirDepot *depot)
{
  *magazine = (WeirMagazine){ .depot = depot };
}

/* What is left of a stack that is not full stays unused to the end: at most one for each worker. */
void
weir_magazine_clear (WeirMagazine *magazine)
{
  if (magazine->full != NULL) {
    WEIR_LOCKED (&magazine->depot->lock);
    g_ptr_array_add (magazine->depot->stacks, magazine->full);
  }
  weir_magazine_init (magazine, magazine->depot);
}

static void
add_slab (WeirDepot *depot)
{
  Slab *slab = g_new (Slab, 1);

  slab->next = depot->slabs;
  depot->slabs = slab;
  for (unsigned i = 0; i < SLAB_SIZE; i++) {
    bool is_last = i % STACK_SIZE == STACK_SIZE - 1;

    if (i % STACK_SIZE == 0)
      g_ptr_array_add (depot->stacks, &slab->flowfiles[i]);
    slab->flowfiles[i].next = is_last ? NULL : &slab->flowfiles[i + 1];
  }
}

static void
refill (WeirMagazine *magazine)
{
  WeirDepot *depot = magazine->depot;

  magazine->n_free = STACK_SIZE;
  magazine->free = g_steal_pointer (&magazine->full);
  if (magazine->free != NULL)
    return;
  WEIR_LOCKED (&depot->lock);
  if (depot->stacks->len == 0)
    add_slab (depot);
  magazine->free = g_ptr_array_steal_index_fast (depot->stacks, depot->stacks->len - 1);
}

WeirFlowFile *
weir_flowfile_new (WeirMagazine *magazine)
{
  WeirFlowFile *flowfile;

  if (magazine->n_free == 0)
    refill (magazine);
  flowfile = magazine->free;
  magazine->free = flowfile->next;
  magazine->n_free--;
  memset (flowfile, 0, sizeof *flowfile);
  return flowfile;
}

static void
put_away (WeirMagazine *magazine)
{
  if (magazine->full != NULL) {
    WEIR_LOCKED (&magazine->depot->lock);
    g_ptr_array_add (magazine->depot->stacks, magazine->full);
  }
  magazine->full = g_steal_pointer (&magazine->free);
  magazine->n_free = 0;
}

void
weir_flowfile_free (WeirMagazine *magazine, WeirFlowFile *flowfile)
{
  if (flowfile == NULL)
    return;
  weir_attributes_unref (flowfile->attributes);
  weir_content_clear (&flowfile->content);

  if (magazine->n_free == STACK_SIZE)
    put_away (magazine);
  flowfile->next = magazine->free;
  magazine->free = flowfile;
  magazine->n_free++;
}

WeirFlowFile *
weir_flowfile_copy (WeirMagazine *magazine, const WeirFlowFile *flowfile)
{
  WeirFlowFile *copy = weir_flowfile_new (magazine);

  *copy = *flowfile;
  copy->next = NULL;
  weir_attributes_ref (copy->attributes);
  copy->content = weir_content_ref (&flowfile->content);
  return copy;
}

uint64_t
weir_flowfile_get_size (const WeirFlowFile *flowfile)
{
  return flowfile->content.size;
}

uint64_t
weir_flowfile_get_id (const WeirFlowFile *flowfile)
{
  return flowfile->id;
}

int64_t
weir_flowfile_get_entry_time (const WeirFlowFile *flowfile)
{
  return flowfile->entry_time;
}

int64_t
weir_flowfile_get_lineage_start (const WeirFlowFile *flowfile)
{
  return flowfile->lineage_start;
}

int64_t
weir_flowfile_get_queue_time (const WeirFlowFile *flowfile)
{
  return flowfile->queue_time;
}
