/* registry.h: every type of processor and service that this engine can run, by name: the two share
 * their names.
 *
 * Modules are loaded when one of their types is asked for and never unloaded. A module that is
 * refused does not keep the others from working: why is kept, and told to who asks for a type that
 * is missing. What leaves here are descriptors in the engine's own layout, whatever the layout
 * that a module was compiled with, so everybody else indexes plain arrays.
 *
 * Thread: any, except weir_registry_free. */
#pragma once

#include "plugin/service-type.h"
#include <stdbool.h>
#include <weir/processor.h>

typedef struct WeirRegistry WeirRegistry;

typedef struct {
  const WeirProcessor *processor;       /* of a service: what it has in common with one */
  const WeirServiceDescriptor *service; /* NULL: it is a processor */
  const char *module;                   /* its name for itself: "flow" */
  const char *version;                  /* of the module */
  const char *file; /* where it was loaded from; NULL: it is part of the engine */
} WeirRegistryType;

/* Looks into the directories of @search_path (separated by ':', the first that has a type wins);
 * NULL: those of WEIR_MODULE_PATH, or else the one where modules are installed.
 *
 * Returns: (transfer full). */
WeirRegistry *weir_registry_new (const char *search_path);

/* Frees the descriptors; modules stay mapped. Takes NULL. */
void weir_registry_free (WeirRegistry *registry);

/* Adds a type that is compiled into the program; it wins over modules. An inconsistent descriptor
 * ends the program: it is a bug of the caller. @processor must stay. */
void weir_registry_add_builtin (WeirRegistry *registry, const WeirProcessor *processor);

void weir_registry_add_builtin_service (WeirRegistry *registry, const WeirServiceType *service);

/* Loads the module that has the processor @type, on first use.
 *
 * Returns: (transfer none): valid as long as the registry; NULL with @error set: NOT_FOUND, with
 * the nearest name and with the modules that were refused. */
const WeirProcessor *weir_registry_find (WeirRegistry *registry, const char *type, GError **error);

/* The same for the service @type. Returns: (transfer none). */
const WeirServiceDescriptor *weir_registry_find_service (WeirRegistry *registry, const char *type,
                                                         GError **error);

/* What to tell where there is no processor or service @type: of the type, and of what may be
 * missing for all types, NULL when nothing is. Returns both (transfer full). */
void weir_registry_describe_unknown (WeirRegistry *registry, const char *type, bool is_service,
                                     char **ret_message, char **ret_gap);

/* A processor or service with where it comes from. Returns: (transfer none). */
const WeirRegistryType *weir_registry_find_type (WeirRegistry *registry, const char *type,
                                                 GError **error);

/* Loads every module.
 *
 * Returns: (transfer container): const WeirRegistryType *, sorted by name. */
GPtrArray *weir_registry_list (WeirRegistry *registry);

/* The modules and directories that were refused so far, a sentence each.
 *
 * Returns: (transfer full): strings, NULL-terminated, may be empty. */
char **weir_registry_get_problems (WeirRegistry *registry);

/* What works, but not as it should: directories without an index, types that are in two modules.
 * Loads every module.
 *
 * Returns: (transfer full): strings, NULL-terminated, may be empty. */
char **weir_registry_get_warnings (WeirRegistry *registry);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirRegistry, weir_registry_free)
