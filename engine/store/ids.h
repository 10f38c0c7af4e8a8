/* ids.h: the ids of FlowFiles, each given once for the life of a data directory, whatever ends the
 * processes that use it.
 *
 * A FlowFile that is made and dropped within one session leaves no trace in the log, and yet its id
 * may be known outside, as a part of its UUID. So the log says ahead of it which ids may be in use:
 * none is given before an entry that is above it is on disk, with each durability.
 *
 * Thread: any for weir_ids_take. */
#pragma once

#include "base/clock.h"
#include "base/lock.h"
#include "store/log.h"

#include <stdatomic.h>

typedef struct {
  WeirLog *log;
  WeirClock *clock;
  _Atomic uint64_t next;     /* the first that nobody has */
  _Atomic uint64_t reserved; /* all below may be given; set under lock */
  WeirLock lock;
} WeirIds;

void weir_ids_init (WeirIds *ids);
void weir_ids_clear (WeirIds *ids);

/* From here on they can be taken. @above: all that were given have been below. */
void weir_ids_start (WeirIds *ids, uint64_t above, WeirLog *log, WeirClock *clock);

/* May wait for the disk. When the log has failed, ids may come again: but nothing that is done with
 * them is kept, and the process is about to end.
 * Returns: the first of @n that follow each other. */
uint64_t weir_ids_take (WeirIds *ids, uint32_t n);
