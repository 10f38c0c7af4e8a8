/* loader.h: a module file, checked and loaded.
 *
 * What is loaded stays mapped to the end of the process: descriptors, quarks and threads of a
 * module may be in use where nobody looks.
 *
 * Thread: any, for every function here. */
#pragma once

#include "plugin/service-type.h"
#include <stdbool.h>
#include <sys/stat.h>
#include <weir/processor.h>

typedef struct {
  const char *name;      /* the module's own; stays */
  const char *version;   /* the module's own; stays */
  GPtrArray *processors; /* WeirProcessor * in our layout, owned */
  GPtrArray *services;   /* WeirServiceDescriptor *, owned */
} WeirLoadedModule;

/* Loads @file_name from the open directory @dir_fd, which has passed weir_loader_check_owner.
 *
 * Returns: (transfer full), or NULL with @error set to a sentence that begins with the name of the
 * file and says what to do. */
WeirLoadedModule *weir_loader_load (int dir_fd, const char *file_name, GError **error);

/* An empty one; @name and @version must stay. */
void weir_loader_init (WeirLoadedModule *module, const char *name, const char *version);
void weir_loader_clear (WeirLoadedModule *module);

/* Frees the descriptors. Takes NULL. */
void weir_loader_free (WeirLoadedModule *module);

/* Refuses a file or directory that somebody else than root and this user can change. @path is for
 * the message. */
bool weir_loader_check_owner (const struct stat *info, const char *path, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirLoadedModule, weir_loader_free)
