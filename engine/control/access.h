/* access.h: whether who asks may do what the row says to what the request names.
 *
 * A flow that is not one of somebody's own is not there for them: they are answered as if there was
 * none of that name. Thread: any. */
#pragma once

#include "control/arguments.h"

/* Returns: true; or false with @error, and in @ret_status 401 (say who you are), 403 or 404. */
bool weir_access_check (const WeirIdentity *identity, const WeirArguments *arguments,
                        int *ret_status, GError **error);

/* What is said of a flow that is not there, or not for who asks. Returns: false. */
bool weir_access_set_no_flow (const char *flow, GError **error);
