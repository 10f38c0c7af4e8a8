/* describe.h: what a descriptor says, for people and for programs.
 *
 * Everything here is a function of the descriptor alone, so pages that are generated from it can be
 * compared with those that are committed.
 *
 * Thread: any, for every function here. */
#pragma once

#include "plugin/registry.h"

/* For a terminal of 80 columns. Returns: (transfer full). */
char *weir_describe_text (const WeirRegistryType *type);

/* The page docs/processors/TYPE.md; versions and paths are left out of it.
 * Returns: (transfer full). */
char *weir_describe_markdown (const WeirRegistryType *type);

/* The table of all pages, docs/processors/README.md. Returns: (transfer full). */
char *weir_describe_markdown_list (const GPtrArray *types);

/* One line or two for each of @types (WeirRegistryType *), for a terminal of 80 columns.
 * Returns: (transfer full). */
char *weir_describe_list (const GPtrArray *types);

/* All about @types, and the modules that were refused: what the designer reads.
 * docs/inspect-json.md describes it. Returns: (transfer full). */
char *weir_describe_json (const GPtrArray *types, const char *const *problems);

/* "whole number from 1 to 9", "text (regular expression)", "expression".
 * Returns: (transfer full). */
char *weir_describe_kind (const WeirProperty *property);

/* In a word or two. Returns: (transfer none). */
const char *weir_describe_input (const WeirProcessor *processor);
const char *weir_describe_role (const WeirProcessor *processor);
const char *weir_describe_threading (const WeirProcessor *processor);
