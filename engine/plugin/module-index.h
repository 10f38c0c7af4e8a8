/* module-index.h: which types are in which module, known without loading any.
 *
 * A text file in the directory of the modules, made when they are built or installed:
 *
 *     weir-modules 1
 *     FILE MTIME SIZE TYPE TYPE...
 *
 * A line counts only while the file has this mtime (in seconds) and size; a file without a line
 * that counts is loaded to see what is in it, so a stale index costs time and nothing else.
 *
 * Thread: any, for every function here. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <weir/error.h>

#define WEIR_MODULE_INDEX_FILE "weir-modules.index"

typedef struct {
  char *file;
  int64_t mtime;
  int64_t size;
  char **types;
} WeirModuleIndexEntry;

/* Returns: (transfer full): an empty array of WeirModuleIndexEntry that owns them. */
GPtrArray *weir_module_index_new (void);

/* Adds an entry; copies @types. A @file whose name cannot be written (blanks) is left out. */
void weir_module_index_add (GPtrArray *index, const char *file, int64_t mtime, int64_t size,
                            const char *const *types);

/* Parses the text of an index.
 *
 * Returns: (transfer full), or NULL with @error set. */
GPtrArray *weir_module_index_parse (const char *text, size_t size, GError **error);

/* Returns: (transfer full). */
char *weir_module_index_format (const GPtrArray *index);

/* Returns: (transfer none) (nullable): the entry that counts for this file. */
const WeirModuleIndexEntry *weir_module_index_find (const GPtrArray *index, const char *file,
                                                    int64_t mtime, int64_t size);
