/* content-segments.c: counted segments, and the two turns. */
#include "store/content-segments.h"

#include <sched.h>
#include <stdatomic.h>

#include "store/content-keeper.h"
#include "store/segment.h"

void
weir_content_segments_init (WeirContentSegments *segments, WeirContentPool *pool)
{
  segments->pool = pool;
  pthread_mutex_init (&segments->lock, NULL);
  segments->files = g_hash_table_new (g_int64_hash, g_int64_equal);
  segments->recent = NULL;
  g_queue_init (&segments->asked);
  g_queue_init (&segments->waiting);
}

void
weir_content_segments_clear (WeirContentSegments *segments)
{
  GHashTableIter iter;
  gpointer file;

  g_hash_table_iter_init (&iter, segments->files);
  while (g_hash_table_iter_next (&iter, NULL, &file))
    weir_content_file_destroy (file);
  g_hash_table_unref (segments->files);
  g_queue_clear_full (&segments->asked, g_free);
  g_queue_clear_full (&segments->waiting, g_free);
  pthread_mutex_destroy (&segments->lock);
}

WeirContentFile *
weir_content_segments_hold (WeirContentSegments *segments, uint64_t number)
{
  WeirContentFile *file;

  WEIR_LOCKED (&segments->lock);

  file = segments->recent;
  if (file == NULL || file->number != number)
    file = g_hash_table_lookup (segments->files, &number);
  if (file == NULL) {
    file = weir_content_file_new_found (segments->pool, WEIR_CONTENT_SEGMENT, number, 0);
    atomic_store (&file->n_refs, 0);
    g_hash_table_insert (segments->files, &file->number, file);
  }
  segments->recent = file;
  return weir_content_file_ref (file);
}

/* Nobody is in @file, and nobody will be. Call with the lock held. */
static void
forget (WeirContentSegments *segments, WeirContentFile *file)
{
  g_hash_table_remove (segments->files, &file->number);
  if (segments->recent == file)
    segments->recent = NULL;
  weir_content_file_destroy (file);
}

void
weir_content_segments_unref (WeirContentSegments *segments, WeirContentFile *file)
{
  size_t n_refs = atomic_load_explicit (&file->n_refs, memory_order_relaxed);
  WeirSegmentRelease *release;

  while (n_refs > 1)
    if (atomic_compare_exchange_weak_explicit (&file->n_refs, &n_refs, n_refs - 1,
                                               memory_order_acq_rel, memory_order_relaxed))
      return;

  WEIR_LOCKED (&segments->lock);

  if (atomic_fetch_sub_explicit (&file->n_refs, 1, memory_order_acq_rel) != 1)
    return;
  release = file->release;
  if (release == NULL)
    return;
  forget (segments, file);
  if (--release->n_held == 0)
    weir_content_keeper_let_go_segment (segments->pool->keeper, release);
}

uint8_t
weir_content_segments_begin (WeirContentSegments *segments)
{
  unsigned shard = (unsigned)sched_getcpu () % WEIR_SEGMENT_SHARDS;
  unsigned turn = atomic_load (&segments->turn) & 1;

  atomic_fetch_add (&segments->flights[shard].n[turn], 1);
  return (uint8_t)(1 + shard * 2 + turn);
}

/* The counter that went up goes down, whichever the processor: none is ever below zero, so that a
 * claim on its way cannot hide behind the end of another. */
void
weir_content_segments_end (WeirContentSegments *segments, uint8_t flight)
{
  atomic_fetch_sub (&segments->flights[(flight - 1u) / 2].n[(flight - 1u) % 2], 1);
}

static bool
is_turn_empty (WeirContentSegments *segments, unsigned turn)
{
  for (unsigned i = 0; i < WEIR_SEGMENT_SHARDS; i++)
    if (atomic_load (&segments->flights[i].n[turn & 1]) != 0)
      return false;
  return true;
}

/* All claims that were appended to these numbers are counted. Call with the lock held. */
static void
look_at (WeirContentSegments *segments, WeirSegmentRelease *release)
{
  release->n_held = 0;
  for (uint64_t number = release->number; number < release->number + release->n_numbers; number++) {
    WeirContentFile *file = g_hash_table_lookup (segments->files, &number);

    if (file != NULL && atomic_load_explicit (&file->n_refs, memory_order_acquire) > 0) {
      file->release = release;
      release->n_held++;
    } else if (file != NULL) {
      forget (segments, file);
    }
  }
  if (release->n_held == 0)
    weir_content_keeper_let_go_segment (segments->pool->keeper, release);
}

void
weir_content_segments_poll (WeirContentSegments *segments)
{
  if (atomic_load_explicit (&segments->n_asked, memory_order_relaxed) == 0)
    return;

  WEIR_LOCKED (&segments->lock);

  for (;;) {
    WeirSegmentRelease *release;

    if (g_queue_is_empty (&segments->waiting)) {
      if (g_queue_is_empty (&segments->asked))
        return;
      while ((release = g_queue_pop_head (&segments->asked)) != NULL)
        g_queue_push_tail (&segments->waiting, release);
      atomic_fetch_add (&segments->turn, 1);
    }
    if (!is_turn_empty (segments, atomic_load (&segments->turn) + 1))
      return;
    while ((release = g_queue_pop_head (&segments->waiting)) != NULL) {
      atomic_fetch_sub (&segments->n_asked, 1);
      look_at (segments, release);
    }
  }
}

GArray *
weir_content_segments_list_held (WeirContentSegments *segments, uint64_t below)
{
  GArray *held = g_array_new (FALSE, FALSE, sizeof (WeirSegmentFile));
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  uint64_t size = segments->pool->keeper->segment_size;
  GHashTableIter iter;
  gpointer value;

  WEIR_LOCKED (&segments->lock);

  g_hash_table_iter_init (&iter, segments->files);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const WeirContentFile *file = value;
    const WeirSegmentRelease *release = file->release;
    WeirSegmentFile one;

    /* One of several numbers has a file for each that holds something. */
    if (release == NULL || (release->number + release->n_numbers) * size > below ||
        !g_hash_table_add (seen, file->release))
      continue;
    one = (WeirSegmentFile){ release->number, release->n_numbers };
    g_array_append_val (held, one);
  }
  return held;
}

void
weir_content_segments_release (WeirContentSegments *segments, uint64_t number, uint64_t n_numbers)
{
  WeirSegmentRelease *release = g_new0 (WeirSegmentRelease, 1);

  release->number = number;
  release->n_numbers = n_numbers;
  pthread_mutex_lock (&segments->lock);
  g_queue_push_tail (&segments->asked, release);
  atomic_fetch_add (&segments->n_asked, 1);
  pthread_mutex_unlock (&segments->lock);
  weir_content_segments_poll (segments);
}
