/* flow-file.h: a flow file as commands begin with it: read, checked, and its problems told.
 *
 * A path is a file, or "-" for standard input. Thread: main. */
#pragma once

#include "base/vault.h"
#include "model/problem.h"
#include "model/resolver.h"
#include "plugin/registry.h"
#include <stdio.h>

/* What is wrong with the flow is added to @problems.
 * Returns: (transfer full) (nullable): the flow, as far as there is one; NULL with @error set when
 * the file cannot be read at all. */
WeirFlow *weir_flow_file_read (const char *path, GPtrArray *problems, GError **error);

/* Checks @flow with @values (name to value) for parameters of its root group; @problems are in the
 * order of the file then. @vault reads the secrets. @secrets_later: what is not there yet is a
 * warning.
 * Returns: (transfer full). */
WeirResolver *weir_flow_file_check (const WeirFlow *flow, GHashTable *values,
                                    WeirRegistry *registry, WeirVault *vault, bool secrets_later,
                                    GPtrArray *problems);

/* Prints "FILE:LINE:COLUMN: what, and what to do" for each, in the order of the file.
 * Returns: how many of them are errors. */
unsigned weir_flow_file_tell (const char *path, GPtrArray *problems, FILE *stream);

/* Reads and checks the flow that is about to be started. What is wrong is told to standard error.
 * Returns: (transfer full) (nullable): a flow without errors, and its resolver in @ret_resolver. */
WeirFlow *weir_flow_file_load (const char *path, GHashTable *values, WeirRegistry *registry,
                               WeirVault *vault, WeirResolver **ret_resolver);

/* Returns: (transfer none): @path as messages name it. */
const char *weir_flow_file_get_label (const char *path);
