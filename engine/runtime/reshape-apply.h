/* reshape-apply.h: carrying out a plan. All nodes that it touches are at rest.
 *
 * Thread: that of the edit, which has the engine's control. */
#pragma once

#include "runtime/reshape-plan.h"

/* Sorts queues anew whose order changes: what of them is on the disk has to be read for that.
 * Returns: false with @error: that was not possible, and all is in its place of old. */
bool weir_plan_reorder (WeirPlan *plan, GError **error);

/* The rest, which cannot fail. Fills @report. */
void weir_plan_apply (WeirPlan *plan, WeirReshapeReport *report);
