/* recording.h: provenance of an engine: the recorder behind its log, and who hears of its troubles.
 *
 * Thread: main. */
#pragma once

#include "provenance/recorder.h"
#include "runtime/engine.h"

/* Begins to follow the log, which must not have been started yet. */
void weir_recording_start (WeirEngine *engine);

/* Records what is durable by now, and ends. Does nothing where there is none. */
void weir_recording_stop (WeirEngine *engine);

/* How far it has come, or had when it was stopped. Returns: false where nothing is recorded. */
bool weir_recording_get_figures (WeirEngine *engine, WeirRecorderFigures *ret_figures);
