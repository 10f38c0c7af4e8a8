/* ids.c: ranges so large that they are seldom asked for. */
#include "store/ids.h"

#include "base/limits.h"
#include "store/entry.h"

#include <glib.h>

void
weir_ids_init (WeirIds *ids)
{
  *ids = (WeirIds){ 0 };
  pthread_mutex_init (&ids->lock, NULL);
}

void
weir_ids_clear (WeirIds *ids)
{
  pthread_mutex_destroy (&ids->lock);
}

void
weir_ids_start (WeirIds *ids, uint64_t above, WeirLog *log, WeirClock *clock)
{
  ids->next = above;
  ids->log = log;
  ids->clock = clock;
}

static void
reserve (WeirIds *ids, uint64_t end)
{
  uint64_t above = end + WEIR_LIMIT_IDS;
  WeirEntryWriter writer;
  uint64_t ticket;
  WEIR_LOCKED (&ids->lock);

  if (end <= atomic_load (&ids->reserved))
    return;
  weir_entry_writer_init (&writer);
  weir_entry_writer_begin (&writer, 0);
  weir_entry_write_ids (&writer, above);
  ticket = weir_log_append_synced (ids->log, weir_clock_get_wall (ids->clock), writer.start,
                                   weir_entry_writer_get_size (&writer));
  weir_entry_writer_clear (&writer);
  if (weir_log_wait (ids->log, ticket, NULL))
    atomic_store (&ids->reserved, above);
}

uint64_t
weir_ids_take (WeirIds *ids, uint32_t n)
{
  uint64_t first = atomic_fetch_add (&ids->next, n);
  uint64_t end = first + n;

  if (G_UNLIKELY (end > atomic_load (&ids->reserved)))
    reserve (ids, end);
  return first;
}
