/* registry.c: finds the module that has a type and loads it.
 *
 * Precedence is by place (built in, then the search path in order, then the name of the file) and
 * never by what happens to be loaded already, so what a name means does not depend on history. */
#include "plugin/registry.h"
#include "base/error.h"
#include "base/lock.h"
#include "base/suggest.h"
#include "plugin/descriptor.h"
#include "plugin/module-dir.h"
#include <string.h>

struct WeirRegistry {
  WeirLock lock;
  char *search_path;         /* fixed */
  bool is_scanned;           /* guarded by lock */
  GPtrArray *dirs;           /* WeirModuleDir *; guarded by lock */
  WeirLoadedModule builtins; /* guarded by lock */
  GHashTable *types;         /* name -> WeirRegistryType, those asked for; guarded by lock */
  GPtrArray *problems;       /* char *; guarded by lock */
};

static void
type_free (void *data)
{
  WeirRegistryType *type = data;

  g_free ((char *)type->file);
  g_free (type);
}

WeirRegistry *
weir_registry_new (const char *search_path)
{
  WeirRegistry *registry = g_new0 (WeirRegistry, 1);

  if (search_path == NULL)
    search_path = g_getenv ("WEIR_MODULE_PATH");
  if (search_path == NULL)
    search_path = WEIR_MODULE_DIR;
  pthread_mutex_init (&registry->lock, NULL);
  registry->search_path = g_strdup (search_path);
  registry->dirs = g_ptr_array_new_with_free_func ((GDestroyNotify)weir_module_dir_free);
  weir_loader_init (&registry->builtins, "weir", WEIR_VERSION);
  registry->types = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, type_free);
  registry->problems = g_ptr_array_new_with_free_func (g_free);
  return registry;
}

void
weir_registry_free (WeirRegistry *registry)
{
  if (registry == NULL)
    return;
  g_ptr_array_unref (registry->problems);
  g_hash_table_unref (registry->types);
  weir_loader_clear (&registry->builtins);
  g_ptr_array_unref (registry->dirs);
  g_free (registry->search_path);
  pthread_mutex_destroy (&registry->lock);
  g_free (registry);
}

void
weir_registry_add_builtin (WeirRegistry *registry, const WeirProcessor *processor)
{
  g_autoptr (GError) error = NULL;
  WeirProcessor *copy = weir_descriptor_new (processor, &error);

  g_assert_no_error (error);
  WEIR_LOCKED (&registry->lock);
  g_hash_table_remove (registry->types, copy->name);
  g_ptr_array_add (registry->builtins.processors, copy);
}

void
weir_registry_add_builtin_service (WeirRegistry *registry, const WeirServiceType *service)
{
  g_autoptr (GError) error = NULL;
  WeirServiceDescriptor *copy = weir_service_descriptor_new (service, &error);

  g_assert_no_error (error);
  WEIR_LOCKED (&registry->lock);
  g_hash_table_remove (registry->types, copy->common->name);
  g_ptr_array_add (registry->builtins.services, copy);
}

/* Once; the caller holds the lock. */
static void
scan (WeirRegistry *registry)
{
  g_auto (GStrv) paths = g_strsplit (registry->search_path, ":", -1);

  if (registry->is_scanned)
    return;
  registry->is_scanned = true;
  for (size_t i = 0; paths[i] != NULL; i++) {
    g_autoptr (GError) error = NULL;
    WeirModuleDir *dir = *paths[i] != '\0' ? weir_module_dir_open (paths[i], &error) : NULL;

    if (dir != NULL)
      g_ptr_array_add (registry->dirs, dir);
    else if (error != NULL)
      g_ptr_array_add (registry->problems, g_strdup (error->message));
  }
}

static void
load (WeirRegistry *registry, WeirModuleDir *dir, WeirModuleFile *file)
{
  g_autoptr (GError) error = NULL;

  if (!weir_module_dir_load (dir, file, &error))
    g_ptr_array_add (registry->problems, g_strdup (error->message));
}

/* Returns: false when @module has no such type. */
static bool
find_in_module (const WeirLoadedModule *module, const char *name, WeirRegistryType *ret_type)
{
  for (guint i = 0; i < module->processors->len; i++) {
    const WeirProcessor *processor = g_ptr_array_index (module->processors, i);

    if (strcmp (processor->name, name) == 0) {
      *ret_type = (WeirRegistryType){ .processor = processor };
      return true;
    }
  }
  for (guint i = 0; i < module->services->len; i++) {
    const WeirServiceDescriptor *service = g_ptr_array_index (module->services, i);

    if (strcmp (service->common->name, name) == 0) {
      *ret_type = (WeirRegistryType){ .processor = service->common, .service = service };
      return true;
    }
  }
  return false;
}

static const WeirRegistryType *
remember (WeirRegistry *registry, const WeirRegistryType *found, const WeirLoadedModule *module,
          const WeirModuleDir *dir, const WeirModuleFile *file)
{
  WeirRegistryType *type = g_new (WeirRegistryType, 1);

  *type = *found;
  type->module = module->name;
  type->version = module->version;
  type->file = file != NULL ? g_build_filename (dir->path, file->name, NULL) : NULL;
  g_hash_table_insert (registry->types, (char *)type->processor->name, type);
  return type;
}

/* Loads @file only when it may have the type. */
static bool
find_in_file (WeirRegistry *registry, WeirModuleDir *dir, WeirModuleFile *file, const char *name,
              WeirRegistryType *ret_type)
{
  if (!file->is_tried && file->types != NULL &&
      !g_strv_contains ((const char *const *)file->types, name))
    return false;
  load (registry, dir, file);
  return file->loaded != NULL && find_in_module (file->loaded, name, ret_type);
}

/* The caller holds the lock, so that a module is loaded once and its types are whole when anybody
 * sees them. */
static const WeirRegistryType *
find_locked (WeirRegistry *registry, const char *name)
{
  const WeirRegistryType *known = g_hash_table_lookup (registry->types, name);
  WeirRegistryType found;

  if (known != NULL)
    return known;
  if (find_in_module (&registry->builtins, name, &found))
    return remember (registry, &found, &registry->builtins, NULL, NULL);

  scan (registry);
  for (guint i = 0; i < registry->dirs->len; i++) {
    WeirModuleDir *dir = g_ptr_array_index (registry->dirs, i);

    for (guint j = 0; j < dir->files->len; j++) {
      WeirModuleFile *file = g_ptr_array_index (dir->files, j);

      if (find_in_file (registry, dir, file, name, &found))
        return remember (registry, &found, file->loaded, dir, file);
    }
  }
  return NULL;
}

/* Of all types of @module: first the processors. */
static void
add_names (GPtrArray *names, const WeirLoadedModule *module)
{
  for (guint i = 0; i < module->processors->len; i++)
    g_ptr_array_add (names, (void *)((const WeirProcessor *)module->processors->pdata[i])->name);
  for (guint i = 0; i < module->services->len; i++)
    g_ptr_array_add (
        names, (void *)((const WeirServiceDescriptor *)module->services->pdata[i])->common->name);
}

/* Returns: (transfer container): what is known without loading anything more. */
static GPtrArray *
list_names (const WeirRegistry *registry)
{
  GPtrArray *names = g_ptr_array_new ();

  add_names (names, &registry->builtins);
  for (guint i = 0; i < registry->dirs->len; i++) {
    const WeirModuleDir *dir = g_ptr_array_index (registry->dirs, i);

    for (guint j = 0; j < dir->files->len; j++) {
      const WeirModuleFile *file = g_ptr_array_index (dir->files, j);

      if (file->loaded != NULL)
        add_names (names, file->loaded);
      for (size_t k = 0; file->loaded == NULL && file->types != NULL && file->types[k]; k++)
        g_ptr_array_add (names, file->types[k]);
    }
  }
  return names;
}

static const char *const kinds[] = { "processor", "service" };

static char *
describe_unknown (const GPtrArray *names, const char *type, bool is_service)
{
  g_autofree char *quoted = weir_error_quote (type);
  const char *nearest = weir_suggest (type, (const char *const *)names->pdata, names->len);

  if (nearest != NULL)
    return g_strdup_printf ("there is no %s type %s; did you mean '%s'?", kinds[is_service], quoted,
                            nearest);
  return g_strdup_printf ("there is no %s type %s%s", kinds[is_service], quoted,
                          names->len > 0 ? "; weir inspect lists those there are" : "");
}

static char *
describe_gap (const WeirRegistry *registry, const GPtrArray *names)
{
  const GPtrArray *problems = registry->problems;
  GString *gap = g_string_new (NULL);

  if (names->len == 0)
    g_string_append_printf (gap,
                            "there are no processor types at all in '%s'; install modules there or "
                            "set WEIR_MODULE_PATH to where they are",
                            registry->search_path);
  if (problems->len > 0)
    g_string_append_printf (
        gap, "%s%s", gap->len > 0 ? "; " : "what is missing may be in a module that was refused: ",
        (const char *)problems->pdata[0]);
  if (problems->len > 1)
    g_string_append_printf (gap, "; and %u more", problems->len - 1);
  return g_string_free (gap, gap->len == 0);
}

/* Of a type that is none of this kind. */
static char *
describe_other (const WeirRegistryType *type, bool is_service)
{
  const char *name = type->processor->name;

  return is_service
             ? g_strdup_printf ("'%s' is a processor, not a service: write <processor>", name)
             : g_strdup_printf ("'%s' is a service, not a processor: write <service>", name);
}

void
weir_registry_describe_unknown (WeirRegistry *registry, const char *type, bool is_service,
                                char **ret_message, char **ret_gap)
{
  const WeirRegistryType *found;
  g_autoptr (GPtrArray) names = NULL;

  WEIR_LOCKED (&registry->lock);
  found = find_locked (registry, type);
  if (found != NULL) {
    *ret_message = describe_other (found, is_service);
    *ret_gap = NULL;
    return;
  }
  names = list_names (registry);
  *ret_message = describe_unknown (names, type, is_service);
  *ret_gap = describe_gap (registry, names);
}

static void
set_unknown (const WeirRegistry *registry, const char *type, bool is_service, GError **error)
{
  g_autoptr (GPtrArray) names = list_names (registry);
  g_autofree char *message = describe_unknown (names, type, is_service);
  g_autofree char *gap = describe_gap (registry, names);

  if (gap != NULL)
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND, "%s (%s)", message, gap);
  else
    g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND, message);
}

static const WeirRegistryType *
find_type (WeirRegistry *registry, const char *type, bool is_service, GError **error)
{
  const WeirRegistryType *found;

  WEIR_LOCKED (&registry->lock);
  found = find_locked (registry, type);
  if (found == NULL)
    set_unknown (registry, type, is_service, error);
  return found;
}

const WeirRegistryType *
weir_registry_find_type (WeirRegistry *registry, const char *type, GError **error)
{
  return find_type (registry, type, false, error);
}

/* One that is of the kind. */
static const WeirRegistryType *
find_kind (WeirRegistry *registry, const char *type, bool is_service, GError **error)
{
  const WeirRegistryType *found = find_type (registry, type, is_service, error);
  g_autofree char *message = NULL;

  if (found == NULL || (found->service != NULL) == is_service)
    return found;
  message = describe_other (found, is_service);
  g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND, message);
  return NULL;
}

const WeirProcessor *
weir_registry_find (WeirRegistry *registry, const char *type, GError **error)
{
  const WeirRegistryType *found = find_kind (registry, type, false, error);

  return found != NULL ? found->processor : NULL;
}

const WeirServiceDescriptor *
weir_registry_find_service (WeirRegistry *registry, const char *type, GError **error)
{
  const WeirRegistryType *found = find_kind (registry, type, true, error);

  return found != NULL ? found->service : NULL;
}

static int
compare_types (const void *a, const void *b)
{
  const WeirRegistryType *const *one = a;
  const WeirRegistryType *const *other = b;

  return strcmp ((*one)->processor->name, (*other)->processor->name);
}

static void
load_all (WeirRegistry *registry)
{
  scan (registry);
  for (guint i = 0; i < registry->dirs->len; i++) {
    WeirModuleDir *dir = g_ptr_array_index (registry->dirs, i);

    for (guint j = 0; j < dir->files->len; j++)
      load (registry, dir, g_ptr_array_index (dir->files, j));
  }
}

GPtrArray *
weir_registry_list (WeirRegistry *registry)
{
  GPtrArray *types = g_ptr_array_new ();
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) names = NULL;

  WEIR_LOCKED (&registry->lock);
  load_all (registry);
  names = list_names (registry);
  for (guint i = 0; i < names->len; i++) {
    char *name = g_ptr_array_index (names, i);

    if (g_hash_table_add (seen, name))
      g_ptr_array_add (types, (void *)find_locked (registry, name));
  }
  g_ptr_array_sort (types, compare_types);
  return types;
}

/* Which file has a type first, for each type that is in several. */
static void
warn_of_duplicates (const WeirRegistry *registry, GStrvBuilder *warnings)
{
  g_autoptr (GHashTable) owners = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) own = g_ptr_array_new ();

  add_names (own, &registry->builtins);
  for (guint i = 0; i < own->len; i++)
    g_hash_table_insert (owners, own->pdata[i], (void *)"the engine");
  for (guint i = 0; i < registry->dirs->len; i++) {
    const WeirModuleDir *dir = g_ptr_array_index (registry->dirs, i);

    for (guint j = 0; j < dir->files->len; j++) {
      const WeirModuleFile *file = g_ptr_array_index (dir->files, j);
      g_autoptr (GPtrArray) names = g_ptr_array_new ();

      if (file->loaded != NULL)
        add_names (names, file->loaded);
      for (guint k = 0; k < names->len; k++) {
        const char *name = names->pdata[k];
        const char *owner = g_hash_table_lookup (owners, name);
        g_autofree char *warning = g_strdup_printf (
            "%s/%s: its type %s is not used, it is also in %s", dir->path, file->name, name, owner);

        if (owner != NULL)
          g_strv_builder_add (warnings, warning);
        else
          g_hash_table_insert (owners, (char *)name, file->name);
      }
    }
  }
}

char **
weir_registry_get_warnings (WeirRegistry *registry)
{
  g_autoptr (GStrvBuilder) warnings = g_strv_builder_new ();

  WEIR_LOCKED (&registry->lock);
  load_all (registry);
  for (guint i = 0; i < registry->dirs->len; i++) {
    const WeirModuleDir *dir = g_ptr_array_index (registry->dirs, i);
    g_autofree char *warning =
        g_strdup_printf ("%s: its index is missing or old, so every start loads all modules: "
                         "weir inspect --index %s",
                         dir->path, dir->path);

    if (!weir_module_dir_is_indexed (dir))
      g_strv_builder_add (warnings, warning);
  }
  warn_of_duplicates (registry, warnings);
  return g_strv_builder_end (warnings);
}

char **
weir_registry_get_problems (WeirRegistry *registry)
{
  g_autoptr (GStrvBuilder) problems = g_strv_builder_new ();

  WEIR_LOCKED (&registry->lock);
  for (guint i = 0; i < registry->problems->len; i++)
    g_strv_builder_add (problems, g_ptr_array_index (registry->problems, i));
  return g_strv_builder_end (problems);
}
