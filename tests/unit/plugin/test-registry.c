#include "module-folder.h"
#include "plugin/module-dir.h"
#include "plugin/module-index.h"
#include "plugin/registry.h"
#include <glib/gstdio.h>
#include <pthread.h>
#include <string.h>

static bool
on_trigger (void *state, WeirSession *session, GError **error)
{
  return true;
}

static const WeirProcessor builtin = { WEIR_PROCESSOR_ABI, .name = "Good", .summary = "Built in.",
                                       .on_trigger = on_trigger };

static const WeirRegistryType *
find (WeirRegistry *registry, const char *name)
{
  g_autoptr (GError) error = NULL;
  const WeirRegistryType *type = weir_registry_find_type (registry, name, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (type->processor->name, ==, name);
  g_assert_true (weir_registry_find (registry, name, NULL) == type->processor);
  return type;
}

static void
refuse (WeirRegistry *registry, const char *type, const char *what)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (weir_registry_find (registry, type, &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND);
  if (strstr (error->message, what) == NULL)
    g_error ("no '%s' in \"%s\"", what, error->message);
}

static guint
count_problems (WeirRegistry *registry)
{
  g_auto (GStrv) problems = weir_registry_get_problems (registry);

  return g_strv_length (problems);
}

static void
write_index (const ModuleFolder *folder)
{
  g_autoptr (GPtrArray) problems = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;

  weir_module_dir_write_index (folder->path, problems, &error);
  g_assert_no_error (error);
}

static void
test_finds_types (ModuleFolder *folder, const void *data)
{
  g_autoptr (WeirRegistry) registry = weir_registry_new (folder->path);
  g_autofree char *path = module_folder_path (folder, "weir-one.so");
  const WeirRegistryType *type;

  module_folder_add (folder, "one");
  module_folder_add (folder, "three");
  type = find (registry, "Other");
  g_assert_cmpstr (type->module, ==, "one");
  g_assert_cmpstr (type->version, ==, "1.5");
  g_assert_cmpstr (type->file, ==, path);
  g_assert_true (find (registry, "Other") == type);
  find (registry, "Fourth");
  refuse (registry, "Goood", "there is no processor type 'Goood'; did you mean 'Good'?");
  refuse (registry, "Unheard\nof", "there is no processor type 'Unheard\\x0aof'; weir inspect");
  g_assert_cmpuint (count_problems (registry), ==, 0);
}

static void
test_without_modules (ModuleFolder *folder, const void *data)
{
  g_autoptr (WeirRegistry) empty = weir_registry_new (folder->path);
  g_autoptr (WeirRegistry) nothing = weir_registry_new ("::");
  g_autoptr (WeirRegistry) missing = weir_registry_new ("/nonexistent/modules");
  g_autoptr (WeirRegistry) file = weir_registry_new ("/proc/self/maps");

  refuse (empty, "GetFile", "install modules there or set WEIR_MODULE_PATH");
  refuse (nothing, "GetFile", "set WEIR_MODULE_PATH");
  refuse (missing, "GetFile", "cannot open '/nonexistent/modules': No such file");
  refuse (file, "GetFile", "cannot open '/proc/self/maps'");
  g_assert_cmpuint (count_problems (nothing), ==, 0);
  g_assert_cmpuint (count_problems (missing), ==, 1);
}

static void
test_search_path_of_the_environment (ModuleFolder *folder, const void *data)
{
  g_autoptr (WeirRegistry) registry = NULL;

  module_folder_add (folder, "one");
  g_setenv ("WEIR_MODULE_PATH", folder->path, TRUE);
  registry = weir_registry_new (NULL);
  g_unsetenv ("WEIR_MODULE_PATH");
  find (registry, "Good");
}

static void
test_bad_modules_do_not_hurt (ModuleFolder *folder, const void *data)
{
  g_autoptr (WeirRegistry) registry = weir_registry_new (folder->path);
  g_auto (GStrv) problems = NULL;

  module_folder_add (folder, "bad-magic");
  module_folder_add (folder, "newer");
  module_folder_add (folder, "three");
  module_folder_write (folder, "weir-a.so", "no", 2);
  module_folder_write (folder, "other.so", "no", 2);
  find (registry, "Third");
  refuse (registry, "Variant",
          "what is missing may be in a module that was refused: weir-a.so: is not a");
  refuse (registry, "Variant", "; and 2 more)");
  problems = weir_registry_get_problems (registry);
  g_assert_cmpuint (g_strv_length (problems), ==, 3);
  g_assert_true (g_str_has_prefix (problems[2], "weir-newer.so: built for ABI 1.3"));
}

static void
test_refuses_open_directories (ModuleFolder *folder, const void *data)
{
  g_autoptr (WeirRegistry) registry = weir_registry_new (folder->path);

  module_folder_add (folder, "one");
  g_assert_cmpint (g_chmod (folder->path, 0777), ==, 0);
  refuse (registry, "Good", "others could put any code into it: chmod go-w");
  g_assert_false (module_folder_is_mapped (folder, "one"));
}

static void
add_three_modules (const ModuleFolder *folder)
{
  module_folder_add (folder, "one");
  module_folder_add (folder, "three");
  module_folder_add (folder, "later");
}

/* What the flow does not use stays on the disk. Making an index loads all modules, so it is made
 * for other copies of them. */
static void
test_loads_one_module (ModuleFolder *folder, const void *data)
{
  g_autoptr (WeirRegistry) registry = weir_registry_new (folder->path);
  ModuleFolder other;
  g_autofree char *path = NULL;
  g_autofree char *index = NULL;
  size_t size;

  module_folder_set_up (&other, NULL);
  add_three_modules (&other);
  write_index (&other);
  path = module_folder_path (&other, WEIR_MODULE_INDEX_FILE);
  g_file_get_contents (path, &index, &size, NULL);
  module_folder_tear_down (&other, NULL);
  add_three_modules (folder);
  module_folder_write (folder, WEIR_MODULE_INDEX_FILE, index, size);

  find (registry, "Third");
  g_assert_true (module_folder_is_mapped (folder, "three"));
  g_assert_false (module_folder_is_mapped (folder, "one"));
  g_assert_false (module_folder_is_mapped (folder, "later"));
  refuse (registry, "Latter", "did you mean 'Later'?");
  g_assert_false (module_folder_is_mapped (folder, "later"));
  find (registry, "Later");
  g_assert_true (module_folder_is_mapped (folder, "later"));
}

static void
test_writes_an_index (ModuleFolder *folder, const void *data)
{
  g_autoptr (GPtrArray) problems = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (WeirModuleDir) dir = NULL;
  g_autofree char *path = module_folder_path (folder, WEIR_MODULE_INDEX_FILE);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  module_folder_add (folder, "one");
  g_assert_true (weir_module_dir_write_index (folder->path, problems, &error));
  g_assert_cmpuint (problems->len, ==, 0);
  g_file_get_contents (path, &text, NULL, NULL);
  g_assert_true (g_str_has_prefix (text, "weir-modules 1\nweir-one.so 1 "));
  g_assert_true (g_str_has_suffix (text, " Good Other\n"));
  dir = weir_module_dir_open (folder->path, NULL);
  g_assert_true (weir_module_dir_is_indexed (dir));

  module_folder_add (folder, "newer");
  g_assert_true (weir_module_dir_write_index (folder->path, problems, &error));
  g_assert_cmpuint (problems->len, ==, 1);
  g_clear_pointer (&dir, weir_module_dir_free);
  dir = weir_module_dir_open (folder->path, NULL);
  g_assert_false (weir_module_dir_is_indexed (dir));

  g_assert_false (weir_module_dir_write_index ("/nonexistent", problems, &error));
  g_assert_nonnull (error);
}

/* An index that is wrong costs time, nothing else. */
static void
test_survives_a_stale_index (ModuleFolder *folder, const void *data)
{
  g_autofree char *one = module_folder_path (folder, "weir-one.so");
  g_autoptr (WeirRegistry) registry = weir_registry_new (folder->path);
  g_autoptr (WeirRegistry) second = weir_registry_new (folder->path);
  size_t size;
  g_autofree char *three = module_folder_read ("three", &size);

  module_folder_add (folder, "one");
  write_index (folder);
  g_assert_cmpint (g_remove (one), ==, 0);
  module_folder_write (folder, "weir-one.so", three, size);
  module_folder_add (folder, "later");
  refuse (registry, "Good", "there is no");
  find (registry, "Third");
  find (registry, "Later");

  module_folder_write (folder, WEIR_MODULE_INDEX_FILE, "weir-modules 1\nrubbish\n", 23);
  find (second, "Third");
}

/* Which of two modules has a type does not depend on what was asked for before. */
static void
test_first_directory_wins (ModuleFolder *folder, const void *data)
{
  ModuleFolder other;
  g_autofree char *path = NULL;
  g_autoptr (WeirRegistry) registry = NULL;

  module_folder_set_up (&other, NULL);
  module_folder_add (folder, "one");
  module_folder_add (&other, "two");
  write_index (folder);
  write_index (&other);
  path = g_strdup_printf ("%s:%s", folder->path, other.path);
  registry = weir_registry_new (path);
  g_assert_cmpstr (find (registry, "Second")->module, ==, "two");
  g_assert_cmpstr (find (registry, "Good")->module, ==, "one");

  g_clear_pointer (&registry, weir_registry_free);
  g_free (path);
  path = g_strdup_printf ("%s:%s", other.path, folder->path);
  registry = weir_registry_new (path);
  g_assert_cmpstr (find (registry, "Other")->module, ==, "one");
  g_assert_cmpstr (find (registry, "Good")->module, ==, "two");
  module_folder_tear_down (&other, NULL);
}

static void
test_builtins_win (ModuleFolder *folder, const void *data)
{
  g_autoptr (WeirRegistry) registry = weir_registry_new (folder->path);
  const WeirRegistryType *type;

  module_folder_add (folder, "one");
  weir_registry_add_builtin (registry, &builtin);
  type = find (registry, "Good");
  g_assert_null (type->file);
  g_assert_cmpstr (type->module, ==, "weir");
  g_assert_cmpstr (type->processor->summary, ==, "Built in.");
  g_assert_false (module_folder_is_mapped (folder, "one"));
}

static void
test_lists_all (ModuleFolder *folder, const void *data)
{
  const char *const names[] = { "Fourth", "Good", "Other", "Second", "Third" };
  g_autoptr (WeirRegistry) registry = weir_registry_new (folder->path);
  g_autoptr (GPtrArray) types = NULL;

  module_folder_add (folder, "one");
  module_folder_add (folder, "two");
  module_folder_add (folder, "three");
  module_folder_add (folder, "newer");
  weir_registry_add_builtin (registry, &builtin);
  types = weir_registry_list (registry);
  g_assert_cmpuint (types->len, ==, G_N_ELEMENTS (names));
  for (guint i = 0; i < types->len; i++) {
    const WeirRegistryType *type = g_ptr_array_index (types, i);

    g_assert_cmpstr (type->processor->name, ==, names[i]);
    g_assert_true (find (registry, names[i]) == type);
  }
  g_assert_cmpuint (count_problems (registry), ==, 1);
}

static void
test_warns (ModuleFolder *folder, const void *data)
{
  g_autoptr (WeirRegistry) registry = weir_registry_new (folder->path);
  g_autoptr (WeirRegistry) second = weir_registry_new (folder->path);
  g_auto (GStrv) warnings = NULL;
  g_autofree char *index = g_strdup_printf ("%s: its index is missing or old, so every start loads "
                                            "all modules: weir inspect --index %s",
                                            folder->path, folder->path);
  g_autofree char *twice = g_strdup_printf (
      "%s/weir-two.so: its type Good is not used, it is also in weir-one.so", folder->path);

  module_folder_add (folder, "one");
  warnings = weir_registry_get_warnings (registry);
  g_assert_cmpuint (g_strv_length (warnings), ==, 1);
  g_assert_cmpstr (warnings[0], ==, index);
  g_clear_pointer (&warnings, g_strfreev);

  module_folder_add (folder, "two");
  write_index (folder);
  warnings = weir_registry_get_warnings (second);
  g_assert_cmpuint (g_strv_length (warnings), ==, 1);
  g_assert_cmpstr (warnings[0], ==, twice);
}

typedef struct {
  WeirRegistry *registry;
  const WeirProcessor *found[4];
} Search;

static void *
search (void *data)
{
  const char *const names[] = { "Third", "Good", "Later", "Nothing" };
  Search *self = data;

  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    self->found[i] = weir_registry_find (self->registry, names[i], NULL);
  return NULL;
}

static void
test_threads (ModuleFolder *folder, const void *data)
{
  g_autoptr (WeirRegistry) registry = weir_registry_new (folder->path);
  Search searches[4];
  pthread_t threads[4];

  add_three_modules (folder);
  for (size_t i = 0; i < G_N_ELEMENTS (threads); i++) {
    searches[i] = (Search){ .registry = registry };
    g_assert_cmpint (pthread_create (&threads[i], NULL, search, &searches[i]), ==, 0);
  }
  for (size_t i = 0; i < G_N_ELEMENTS (threads); i++)
    pthread_join (threads[i], NULL);
  for (size_t i = 0; i < G_N_ELEMENTS (threads); i++) {
    g_assert_cmpstr (searches[i].found[0]->name, ==, "Third");
    g_assert_null (searches[i].found[3]);
    g_assert_cmpmem (searches[i].found, sizeof searches[i].found, searches[0].found,
                     sizeof searches[0].found);
  }
}

static void
add (const char *path, void (*test) (ModuleFolder *folder, const void *data))
{
  g_test_add (path, ModuleFolder, NULL, module_folder_set_up, test, module_folder_tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/registry/finds", test_finds_types);
  add ("/registry/nothing-there", test_without_modules);
  add ("/registry/environment", test_search_path_of_the_environment);
  add ("/registry/bad-modules", test_bad_modules_do_not_hurt);
  add ("/registry/open-directory", test_refuses_open_directories);
  add ("/registry/loads-one", test_loads_one_module);
  add ("/registry/writes-index", test_writes_an_index);
  add ("/registry/stale-index", test_survives_a_stale_index);
  add ("/registry/first-wins", test_first_directory_wins);
  add ("/registry/builtins", test_builtins_win);
  add ("/registry/lists", test_lists_all);
  add ("/registry/warns", test_warns);
  add ("/registry/threads", test_threads);
  return g_test_run ();
}
