/* recording.h: provenance of an engine: the recorder behind its log, and who hears of its troubles.
 *
 * Thread: main. */
#pragma once

#include "runtime/engine.h"

/* Begins to follow the log, which must not have been started yet. */
void weir_recording_start (WeirEngine *engine);

/* Records what is durable by now, and ends. Does nothing where there is none. */
void weir_recording_stop (WeirEngine *engine);
