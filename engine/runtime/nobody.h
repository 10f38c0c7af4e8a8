/* nobody.h: who does what no component does: its sessions are the engine's in the log.
 *
 * Thread: that of who uses it. */
#pragma once

#include "runtime/engine.h"

/* A node that takes from @queue, and is in no flow. Returns: (transfer full). */
WeirNode *weir_nobody_new (WeirEngine *engine, WeirQueue *queue);
void weir_nobody_free (WeirNode *nobody);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirNode, weir_nobody_free)
