#include "store/retention.h"

#include <stdatomic.h>

void
weir_retention_init (WeirRetention *retention)
{
  pthread_mutex_init (&retention->lock, NULL);
}

void
weir_retention_clear (WeirRetention *retention)
{
  pthread_mutex_destroy (&retention->lock);
}

/* Small contents are in the log, and provenance can be made again from it: so it is kept for a
 * while, as other contents are, but not at the price of the room that the flow needs. */
static uint64_t
kept_bytes (const WeirRetention *retention)
{
  return weir_reserve_is_low (retention->reserve) ? 0 : retention->archive_bytes;
}

void
weir_retention_release (WeirRetention *retention)
{
  uint64_t end = MIN (atomic_load (&retention->checkpointed),
                      weir_follower_data_get_hold (retention->follower));
  g_autoptr (GArray) files = NULL;
  uint64_t kept = kept_bytes (retention);
  uint64_t last = weir_segment_get_number (end - MIN (end, kept), retention->folder.segment_size);

  WEIR_LOCKED (&retention->lock);
  files = weir_segment_list (&retention->folder, NULL);
  for (guint i = 0; files != NULL && i < files->len; i++) {
    const WeirSegmentFile *file = &g_array_index (files, WeirSegmentFile, i);

    if (file->number < retention->first || file->number + file->n_numbers > last)
      continue;
    retention->first = file->number + file->n_numbers;
    weir_content_store_release_segment (retention->contents, file->number, file->n_numbers);
  }
}

void
weir_retention_checkpoint (WeirRetention *retention, uint64_t place)
{
  atomic_store (&retention->checkpointed, place);
  weir_retention_release (retention);
}
