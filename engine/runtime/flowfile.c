/* flowfile.c: the pool of FlowFiles. Slabs are never given back before the engine ends: a queue
 * that was long once is likely to be long again. */
#include "runtime/flowfile.h"

#include <glib.h>
#include <string.h>

#define MAGAZINE  64u  /* FlowFiles that change hands at a time */
#define SLAB_SIZE 512u /* FlowFiles allocated at a time */

typedef struct Slab {
  struct Slab *next;
  WeirFlowFile flowfiles[SLAB_SIZE];
} Slab;

struct WeirDepot {
  WeirLock lock;
  WeirFlowFile *free; /* guarded by lock */
  Slab *slabs;        /* guarded by lock */
};

WeirDepot *
weir_depot_new (void)
{
  WeirDepot *depot = g_new0 (WeirDepot, 1);

  pthread_mutex_init (&depot->lock, NULL);
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
  pthread_mutex_destroy (&depot->lock);
  g_free (depot);
}

void
weir_magazine_init (WeirMagazine *magazine, WeirDepot *depot)
{
  *magazine = (WeirMagazine){ .depot = depot };
}

/* Moves @n FlowFiles from one free list to another. */
static void
move_free (WeirFlowFile **from, WeirFlowFile **to, unsigned n)
{
  while (n-- > 0) {
    WeirFlowFile *flowfile = *from;
    *from = flowfile->next;
    flowfile->next = *to;
    *to = flowfile;
  }
}

void
weir_magazine_clear (WeirMagazine *magazine)
{
  WEIR_LOCKED (&magazine->depot->lock);
  move_free (&magazine->free, &magazine->depot->free, magazine->n_free);
  magazine->n_free = 0;
}

static void
refill (WeirMagazine *magazine)
{
  WeirDepot *depot = magazine->depot;

  WEIR_LOCKED (&depot->lock);
  while (magazine->n_free < MAGAZINE) {
    if (depot->free == NULL) {
      Slab *slab = g_new (Slab, 1);
      slab->next = depot->slabs;
      depot->slabs = slab;
      for (unsigned i = SLAB_SIZE; i-- > 0;) {
        slab->flowfiles[i].next = depot->free;
        depot->free = &slab->flowfiles[i];
      }
    }
    move_free (&depot->free, &magazine->free, 1);
    magazine->n_free++;
  }
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

void
weir_flowfile_free (WeirMagazine *magazine, WeirFlowFile *flowfile)
{
  if (flowfile == NULL)
    return;
  weir_attributes_unref (flowfile->attributes);
  weir_content_clear (&flowfile->content);

  flowfile->next = magazine->free;
  magazine->free = flowfile;
  if (++magazine->n_free > 2 * MAGAZINE) {
    WEIR_LOCKED (&magazine->depot->lock);
    move_free (&magazine->free, &magazine->depot->free, MAGAZINE);
    magazine->n_free -= MAGAZINE;
  }
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
