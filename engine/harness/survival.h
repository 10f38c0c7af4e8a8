/* survival.h: what of a processor under test would outlive the process, and the end of the process.
 *
 * Kept is what was committed when weir_survival_sync was last called: the state of the processor
 * and copies of the FlowFiles around it. weir_survival_crash puts that in the place of what is
 * there now and abandons the module's state struct without a call.
 *
 * Thread: main, for every function here. */
#pragma once

#include "runtime/node.h"

typedef struct WeirSurvival WeirSurvival;

/* For @node, whose FlowFiles come from @magazine. Returns: (transfer full). */
WeirSurvival *weir_survival_new (WeirNode *node, WeirMagazine *magazine);

/* Ends those that were abandoned, in peace; the engine must still be there. Takes NULL. */
void weir_survival_free (WeirSurvival *survival);

/* From now on nothing is durable by itself. */
void weir_survival_delay (WeirSurvival *survival);

/* @session is about to be committed: what it wants done once it is durable is taken from it. */
void weir_survival_note (WeirSurvival *survival, WeirSession *session);

/* All that was committed is durable; up to @max of the calls that waited for that are made.
 * Returns: how many. */
unsigned weir_survival_sync (WeirSurvival *survival, unsigned max);

/* The node starts anew with what was durable. */
void weir_survival_crash (WeirSurvival *survival);
