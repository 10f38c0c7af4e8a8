/* fragment.h: components as texts of their own: what an edit carries and a clipboard holds.
 *
 * A fragment is a flow file with nothing else in it, so that layout and ghosts come along and any
 * tool for flows reads it. What is read may also be the elements alone, without <flow> around them.
 * No I/O.
 *
 * Thread: any. */
#pragma once

#include "model/flow.h"

/* @components: WeirComponent, in any group or none.
 * Returns: (transfer full): NULL with @error when a text in it is nothing that XML can hold. */
char *weir_fragment_write (const GPtrArray *components, GError **error);

/* The same for one component, or one parameter. Returns: (transfer full). */
char *weir_component_write (const WeirComponent *component, GError **error);
char *weir_parameter_write (const WeirParameter *parameter, GError **error);

/* Returns: (transfer full): a flow with what is in @text, which has no places in a file; NULL with
 * @error: WEIR_ERROR_INVALID, with line and column. */
WeirFlow *weir_fragment_read (const char *text, size_t size, GError **error);

/* The same where exactly one is asked for. Returns: (transfer full). */
WeirComponent *weir_component_read (const char *text, size_t size, GError **error);
WeirParameter *weir_parameter_read (const char *text, size_t size, GError **error);
