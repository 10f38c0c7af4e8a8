/* secrecy.h: what nobody may see of a flow's secrets, wherever the engine tells something.
 *
 * It only grows. Thread: any. NULL hides nothing. */
#pragma once

#include "base/mask.h"
#include "model/resolver.h"

#include <weir/processor.h>

typedef struct WeirSecrecy WeirSecrecy;

/* Of the parameters of @flow. Returns: (transfer full). */
WeirSecrecy *weir_secrecy_new (const WeirFlow *flow, WeirResolver *resolver);

/* Those of another document, from now on too. Thread: any. */
void weir_secrecy_add_flow (WeirSecrecy *secrecy, const WeirFlow *flow, WeirResolver *resolver);

/* Wipes the secrets. */
void weir_secrecy_free (WeirSecrecy *secrecy);

/* A property of @type has the value @text, which is in the flow file: nobody may see it either if
 * the property is sensitive. */
void weir_secrecy_add_property (WeirSecrecy *secrecy, const WeirProcessor *type, const char *name,
                                const char *text);

/* Returns: (transfer none) (nullable). */
const WeirMask *weir_secrecy_get_mask (const WeirSecrecy *secrecy);

/* True when a secret comes from the environment variable @name. */
bool weir_secrecy_has_variable (const WeirSecrecy *secrecy, const char *name);
