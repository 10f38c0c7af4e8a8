/* reorder.h: a queue gets another order.
 *
 * Thread: any, while both of its nodes are at rest. */
#pragma once

#include "runtime/engine.h"

/* What is in memory and on the disk is sorted anew; those that wait for the end of a penalty are
 * when it is over. Returns: false with @error when what is on the disk cannot be read back: then it
 * has the order of old. */
bool weir_queue_reorder (WeirQueue *queue, WeirEngine *engine, WeirOrder order, GError **error);
