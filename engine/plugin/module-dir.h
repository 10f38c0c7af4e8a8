/* module-dir.h: the module files of one directory and what its index says about them.
 *
 * Thread: any, one at a time for one directory. */
#pragma once

#include "plugin/loader.h"

typedef struct {
  char *name; /* "weir-flow.so" */
  int64_t mtime;
  int64_t size;
  char **types; /* NULL: the index does not know this file as it is now */
  bool is_tried;
  WeirLoadedModule *loaded; /* NULL: not tried yet, or refused */
} WeirModuleFile;

typedef struct {
  char *path;
  int fd;
  GPtrArray *files; /* WeirModuleFile *, owned, sorted by name */
} WeirModuleDir;

/* Opens the directory at @path and reads its index; loads nothing.
 *
 * Returns: (transfer full), or NULL with @error set: it does not exist, or others may change it. */
WeirModuleDir *weir_module_dir_open (const char *path, GError **error);

/* Takes NULL. */
void weir_module_dir_free (WeirModuleDir *dir);

/* Loads @file, once: a second call returns true without an error, loaded or not. */
bool weir_module_dir_load (WeirModuleDir *dir, WeirModuleFile *file, GError **error);

/* True when the index knows every file. */
bool weir_module_dir_is_indexed (const WeirModuleDir *dir);

/* Loads all modules and writes their types into the index of the directory at @path. Modules that
 * are refused are left out; a sentence on each is added to @problems (char *).
 *
 * Returns: false with @error set when there is no index afterwards. */
bool weir_module_dir_write_index (const char *path, GPtrArray *problems, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirModuleDir, weir_module_dir_free)
