/* file.h: flow files on disk.
 *
 * Thread: any. */
#pragma once

#include "model/flow.h"
#include "model/problem.h"

/* Reads the flow at @path; what is wrong with it is added to @problems.
 * Returns: (transfer full) (nullable): as weir_flow_read; NULL with @error set when the file cannot
 * be read at all. */
WeirFlow *weir_flow_load (const char *path, GPtrArray *problems, GError **error);

/* Puts @text at @path so that a crash leaves the old file or the new one. Owner and permissions
 * stay, as far as the system lets, and a link goes on pointing to the file. */
bool weir_flow_save (const char *path, const char *text, size_t size, GError **error);
