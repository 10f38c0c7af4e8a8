#include "base/fs.h"
#include "module-folder.h"
#include "plugin/loader.h"
#include <glib/gstdio.h>
#include <string.h>

static WeirLoadedModule *
load (const ModuleFolder *folder, const char *file, GError **error)
{
  WEIR_AUTO_FD int dir = weir_fs_open (NULL, AT_FDCWD, folder->path, O_PATH, 0, NULL);

  return weir_loader_load (dir, file, error);
}

static WeirLoadedModule *
accept (const ModuleFolder *folder, const char *file)
{
  g_autoptr (GError) error = NULL;
  WeirLoadedModule *module = load (folder, file, &error);

  g_assert_no_error (error);
  return module;
}

static void
refuse (const ModuleFolder *folder, const char *file, const char *message)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (load (folder, file, &error));
  g_assert_nonnull (error);
  g_assert_true (error->domain == WEIR_ERROR);
  g_assert_cmpstr (error->message, ==, message);
}

static const WeirProcessor *
get_processor (const WeirLoadedModule *module, guint index)
{
  g_assert_cmpuint (index, <, module->processors->len);
  return g_ptr_array_index (module->processors, index);
}

static void
test_loads (ModuleFolder *folder, const void *data)
{
  g_autoptr (WeirLoadedModule) module = NULL;

  module_folder_add (folder, "one");
  g_assert_false (module_folder_is_mapped (folder, "one"));
  module = accept (folder, "weir-one.so");
  g_assert_true (module_folder_is_mapped (folder, "one"));
  g_assert_cmpstr (module->name, ==, "one");
  g_assert_cmpstr (module->version, ==, "1.5");
  g_assert_cmpuint (module->processors->len, ==, 2);
  g_assert_cmpstr (get_processor (module, 0)->name, ==, "Good");
  g_assert_cmpstr (get_processor (module, 1)->name, ==, "Other");
}

/* Descriptor numbers are used again, and the linker goes by names. */
static void
test_tells_modules_apart (ModuleFolder *folder, const void *data)
{
  const char *const names[] = { "one", "two", "three" };

  for (size_t i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *file = g_strdup_printf ("weir-%s.so", names[i]);
    g_autoptr (WeirLoadedModule) module = NULL;

    module_folder_add (folder, names[i]);
    module = accept (folder, file);
    g_assert_cmpstr (module->name, ==, names[i]);
  }
}

static guint
count_descriptors (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static void
test_loads_again (ModuleFolder *folder, const void *data)
{
  g_autoptr (WeirLoadedModule) first = NULL;
  guint n_before;

  module_folder_add (folder, "one");
  first = accept (folder, "weir-one.so");
  n_before = count_descriptors ();
  for (int i = 0; i < 3; i++) {
    g_autoptr (WeirLoadedModule) again = accept (folder, "weir-one.so");

    g_assert_true (again->name == first->name);
  }
  g_assert_cmpuint (count_descriptors (), ==, n_before);
}

/* Rows of other sizes than ours, from before and from after. */
static void
test_other_minors (ModuleFolder *folder, const void *data)
{
  g_autoptr (WeirLoadedModule) later = NULL;
  g_autoptr (WeirLoadedModule) earlier = NULL;

  module_folder_add (folder, "later");
  later = accept (folder, "weir-later.so");
  g_assert_cmpstr (get_processor (later, 0)->properties[1].name, ==, "Second");
  g_assert_cmpstr (get_processor (later, 0)->properties[1].default_value, ==, "2");
  g_assert_cmpstr (get_processor (later, 0)->relationships[1].name, ==, "failure");

  module_folder_add (folder, "earlier");
  earlier = accept (folder, "weir-earlier.so");
  g_assert_cmpstr (get_processor (earlier, 0)->properties[1].name, ==, "Second");
  g_assert_null (get_processor (earlier, 0)->properties[1].default_value);
  g_assert_cmpstr (get_processor (earlier, 0)->relationships[1].name, ==, "failure");
  g_assert_cmpstr (get_processor (earlier, 0)->relationships[1].description, ==, "");
  g_assert_null (get_processor (earlier, 0)->on_stopped);
}

static void
test_refuses_wrong_modules (ModuleFolder *folder, const void *data)
{
  static const struct {
    const char *name;
    const char *message;
  } wrong[] = {
    { "bad-magic", "is not a Weir module, its magic number is wrong: end its source with "
                   "WEIR_MODULE" },
    { "bad-note",
      "is not a Weir module, its magic number is wrong: end its source with WEIR_MODULE" },
    { "liar", "built for ABI 1.4, this engine offers 1.0 to 1.0: update Weir, or build the module "
              "against this version" },
    { "null", "does not export weir_module_v1: end its source with WEIR_MODULE" },
    { "next-major", "built for ABI 2.0, this engine offers 1.0 to 1.0: update Weir, or build the "
                    "module against this version" },
    { "newer", "built for ABI 1.3, this engine offers 1.0 to 1.0: update Weir, or build the module "
               "against this version" },
    { "nameless", "a type has no name, or one that is not made of letters and digits" },
    { "undefined", "needs a newer engine, one that has weir_session_of_tomorrow: update Weir, or "
                   "build the module against this version" },
    { "no-entry", "is a shared library but no Weir module: end its source with WEIR_MODULE" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autofree char *file = g_strdup_printf ("weir-%s.so", wrong[i].name);
    g_autofree char *message = g_strdup_printf ("%s: %s", file, wrong[i].message);

    module_folder_add (folder, wrong[i].name);
    refuse (folder, file, message);
    refuse (folder, file, message);
  }
}

static void
test_refuses_wrong_files (ModuleFolder *folder, const void *data)
{
  size_t size;
  g_autofree char *module = module_folder_read ("one", &size);
  g_autofree char *path = module_folder_path (folder, "weir-folder.so");

  module_folder_write (folder, "weir-half.so", module, size / 2);
  refuse (folder, "weir-half.so", "weir-half.so: is incomplete: copy or build it again");
  module_folder_write (folder, "weir-empty.so", "", 0);
  refuse (folder, "weir-empty.so", "weir-empty.so: is not a shared library: remove or replace it");
  module_folder_write (folder, "weir-text.so", "INPUT(-lc)", 10);
  refuse (folder, "weir-text.so", "weir-text.so: is not a shared library: remove or replace it");
  g_assert_cmpint (g_mkdir (path, 0755), ==, 0);
  refuse (folder, "weir-folder.so",
          "weir-folder.so: is not a file but something else of that name: remove it");
  refuse (folder, "weir-none.so", "cannot open 'weir-none.so': No such file or directory");
}

static void
test_refuses_what_others_can_change (ModuleFolder *folder, const void *data)
{
  g_autofree char *path = module_folder_path (folder, "weir-one.so");
  g_autoptr (WeirLoadedModule) module = NULL;
  const char *message = "weir-one.so: others could put any code into it: chmod go-w weir-one.so";

  module_folder_add (folder, "one");
  g_assert_cmpint (g_chmod (path, 0646), ==, 0);
  refuse (folder, "weir-one.so", message);
  g_assert_cmpint (g_chmod (path, 0664), ==, 0);
  refuse (folder, "weir-one.so", message);
  g_assert_false (module_folder_is_mapped (folder, "one"));
  g_assert_cmpint (g_chmod (path, 0644), ==, 0);
  module = accept (folder, "weir-one.so");
  g_assert_nonnull (module);
}

static void
test_owner (void)
{
  struct stat info = { .st_uid = 0, .st_mode = S_IFREG | 0644 };
  g_autoptr (GError) error = NULL;

  g_assert_true (weir_loader_check_owner (&info, "x", NULL));
  info.st_uid = geteuid ();
  g_assert_true (weir_loader_check_owner (&info, "x", NULL));
  info.st_uid = geteuid () + 1;
  g_assert_false (weir_loader_check_owner (&info, "/a/x", &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_PERMISSION);
  g_assert_cmpstr (error->message, ==,
                   "/a/x: belongs to another user, who could put any code into it: chown root "
                   "/a/x");
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
  add ("/loader/loads", test_loads);
  add ("/loader/apart", test_tells_modules_apart);
  add ("/loader/again", test_loads_again);
  add ("/loader/other-minors", test_other_minors);
  add ("/loader/wrong-modules", test_refuses_wrong_modules);
  add ("/loader/wrong-files", test_refuses_wrong_files);
  add ("/loader/writable", test_refuses_what_others_can_change);
  g_test_add_func ("/loader/owner", test_owner);
  return g_test_run ();
}
