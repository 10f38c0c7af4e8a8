/* api-parts.h: what the files api*.c share. */
#pragma once

#include "base/random.h"
#include "control/api.h"
#include "control/call-parts.h"
#include "control/callers.h"

struct WeirApi {
  WeirApiOptions options;
  WeirRouter *router;
  WeirSchemas *schemas;
  GPtrArray *routes;    /* WeirRoute */
  WeirCallers *callers; /* of methods that end soon */
  WeirCallers *streams; /* of those that go on: a slow client holds up no other method */
  WeirRandom random;
};

/* --- api-audit.c --- */

/* Says in the audit what became of the call; waits until it is there. Returns: false with @error.
 */
bool weir_api_note_done (WeirCall *call, const GError *outcome, GError **error);

/* Says there and in the journal that it was refused. */
void weir_api_note_refused (WeirCall *call, int status, const GError *reason);
