/* disk-guard.h: sources wait while the disk of the data directory is nearly full, and what is
 * queued goes on: that is what makes room.
 *
 * Thread: main, unless said otherwise. */
#pragma once

#include "runtime/engine.h"

/* Before the engine has a directory. */
void weir_disk_guard_init (WeirEngine *engine);

/* As weir_data_open calls it; @data: the engine. Thread: any. */
void weir_disk_guard_on_low (void *data);

/* From now on it looks whether there is room again. */
void weir_disk_guard_start (WeirEngine *engine);
