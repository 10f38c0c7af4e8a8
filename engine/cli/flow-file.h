/* flow-file.h: a flow file as commands begin with it: read, checked, and its problems told.
 *
 * Thread: main. */
#pragma once

#include "model/problem.h"
#include "model/resolver.h"
#include "plugin/registry.h"

/* Reads @path ("-": standard input). What is wrong with it is added to @problems.
 * Returns: (transfer full) (nullable): the flow, as far as there is one; NULL with @error set when
 * the file cannot be read at all. */
WeirFlow *weir_flow_file_read (const char *path, GPtrArray *problems, GError **error);

/* Prints @problems in the order of the file: "FILE:LINE:COLUMN: what, and what to do".
 * Returns: how many of them are errors. */
unsigned weir_flow_file_tell (const char *path, GPtrArray *problems);

/* Reads and checks the flow that is about to be started, with @values (name to value) for
 * parameters of its root group. What is wrong is told to standard error. Returns: (transfer full)
 * (nullable): a flow without errors, and its resolver in @ret_resolver. */
WeirFlow *weir_flow_file_load (const char *path, GHashTable *values, WeirRegistry *registry,
                               WeirResolver **ret_resolver);
