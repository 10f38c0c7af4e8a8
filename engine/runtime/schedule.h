/* schedule.h: from a configured node to one that runs: its properties parsed into a state struct,
 * its relationships bound to queues, on_scheduled called; and when it is due again.
 *
 * Thread: the worker's. */
#pragma once

#include "runtime/node.h"

/* Tries to bring a starting node to run. When it cannot, people are told why and it is tried
 * again later. */
void weir_node_schedule (WeirNode *node);

/* Undoes it, on_stopped having been called if on_scheduled succeeded. */
void weir_node_unschedule (WeirNode *node);

/* After a turn: sets when its timer or cron has it run again. */
void weir_node_set_due (WeirNode *node);

/* When its cron has it run next, monotonic; INT64_MAX: never. */
int64_t weir_node_get_cron_due (WeirNode *node);
