/* data-dir.h: where a flow's data is when nobody says so. */
#pragma once

#include "model/flow.h"

/* weir/<name of the flow> below $XDG_STATE_HOME, or ~/.local/state without it; what a file name
 * should not have is replaced. @path: of the flow file, whose name serves a flow without one.
 * Returns: (transfer full). */
char *weir_data_dir_default (const WeirFlow *flow, const char *path);

/* The directory that a command works on: @name as it is, or that of the flow @name; without a name
 * the only one there is. Returns: (transfer full): NULL with @error, which lists those there are.
 */
char *weir_data_dir_find (const char *name, GError **error);
