/* module-folder.h: a directory of its own for each test, with copies of the test modules.
 *
 * Copies are files of their own, so no test sees what another one has loaded. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

typedef struct {
  char *path;
} ModuleFolder;

void module_folder_set_up (ModuleFolder *folder, const void *data);
void module_folder_tear_down (ModuleFolder *folder, const void *data);

/* Copies the module weir-@name.so from the build into the folder; its mtime is one second. */
void module_folder_add (const ModuleFolder *folder, const char *name);

/* Puts a file with these bytes there. */
void module_folder_write (const ModuleFolder *folder, const char *file, const void *data,
                          size_t size);

/* Returns: (transfer full): the path of a file in the folder. */
char *module_folder_path (const ModuleFolder *folder, const char *file);

/* Returns: (transfer full): the bytes of the module weir-@name.so in the build. */
char *module_folder_read (const char *name, size_t *ret_size);

/* True when this process has weir-@name.so of this folder in its memory. */
bool module_folder_is_mapped (const ModuleFolder *folder, const char *name);
