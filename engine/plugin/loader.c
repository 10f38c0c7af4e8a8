/* loader.c: from a file name to descriptors; nothing of a module runs before the file has passed
 * every check that can be made from outside. */
#include "plugin/loader.h"
#include "base/error.h"
#include "base/fs.h"
#include "base/limits.h"
#include "plugin/descriptor.h"
#include "plugin/elf.h"
#include <dlfcn.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#define ENTRY_SYMBOL "weir_module_v1"

typedef const WeirModule *(*EntryFunc) (void);

bool
weir_loader_check_owner (const struct stat *info, const char *path, GError **error)
{
  if (info->st_uid != 0 && info->st_uid != geteuid ()) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_PERMISSION,
                 "%s: belongs to another user, who could put any code into it: chown root %s", path,
                 path);
    return false;
  }
  if ((info->st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_PERMISSION,
                 "%s: others could put any code into it: chmod go-w %s", path, path);
    return false;
  }
  return true;
}

/* O_PATH first: opening must neither wait for a pipe nor touch a device.
 * Returns: the descriptor, -1 with @error set. */
static int
open_checked (int dir_fd, const char *file_name, struct stat *ret_info, GError **error)
{
  WEIR_AUTO_FD int path_fd = weir_fs_open (NULL, dir_fd, file_name, O_PATH, 0, error);
  g_autofree char *path = g_strdup_printf ("/proc/self/fd/%d", path_fd);

  if (path_fd < 0)
    return -1;
  if (fstat (path_fd, ret_info) < 0) {
    weir_error_set_errno (error, "look at", file_name, errno);
    return -1;
  }
  if (!S_ISREG (ret_info->st_mode)) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                 "%s: is not a file but something else of that name: remove it", file_name);
    return -1;
  }
  if (!weir_loader_check_owner (ret_info, file_name, error))
    return -1;
  return weir_fs_open (NULL, AT_FDCWD, path, O_RDONLY, 0, error);
}

static bool
check_abi (uint32_t magic, unsigned major, unsigned minor, GError **error)
{
  if (magic != WEIR_MODULE_MAGIC) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                 "is not a Weir module, its magic number is wrong: end its source with "
                 "WEIR_MODULE");
    return false;
  }
  if (major != WEIR_ABI_MAJOR || minor > WEIR_ABI_MINOR) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_UNSUPPORTED,
                 "built for ABI %u.%u, this engine offers %u.0 to %u.%u: %sbuild the module "
                 "against this version",
                 major, minor, WEIR_ABI_MAJOR, WEIR_ABI_MAJOR, WEIR_ABI_MINOR,
                 major < WEIR_ABI_MAJOR ? "" : "update Weir, or ");
    return false;
  }
  return true;
}

static bool
check_content (int fd, const char *file_name, GError **error)
{
  g_autoptr (GMappedFile) file = g_mapped_file_new_from_fd (fd, FALSE, NULL);
  WeirModuleNote note;

  if (file == NULL) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_IO, "%s: cannot be mapped into memory", file_name);
    return false;
  }
  if (weir_elf_read_note (g_mapped_file_get_contents (file), g_mapped_file_get_length (file), &note,
                          error) &&
      check_abi (note.magic, note.abi_major, note.abi_minor, error))
    return true;
  g_prefix_error (error, "%s: ", file_name);
  return false;
}

/* The name under which the linker knows a library: it leads to the descriptor, which stays open as
 * long. The number of this process, as /proc has it, and not "self", so that a debugger or a
 * symbolizer, which is another process, finds the file by it. */
static char *
make_path (int fd)
{
  g_autofree char *self = g_file_read_link ("/proc/self", NULL);

  return g_strdup_printf ("/proc/%s/fd/%d", self != NULL ? self : "self", fd);
}

/* A name to ask whether a file is loaded already. The linker takes two equal names for the same
 * library without looking, and remembers each name that it was asked for, while descriptor numbers
 * are used again: this name has the numbers of the file in it, and still leads to the descriptor.
 * Its ones and zeros are "/." and "/". */
static char *
make_probe (int fd, const struct stat *info)
{
  const uint64_t numbers[] = { info->st_dev, info->st_ino };
  GString *path = g_string_new ("/proc/self/fd");

  for (size_t i = 0; i < G_N_ELEMENTS (numbers); i++)
    for (int bit = 63; bit >= 0; bit--)
      g_string_append (path, (numbers[i] >> bit & 1) != 0 ? "/." : "/");
  g_string_append_printf (path, "/%d", fd);
  return g_string_free (path, FALSE);
}

static void
set_link_error (const char *file_name, const char *path, GError **error)
{
  static const char undefined[] = "undefined symbol: ";
  const char *reason = dlerror ();
  const char *symbol;

  if (reason == NULL)
    reason = "unknown error";
  if (g_str_has_prefix (reason, path))
    reason += strlen (path) + strspn (reason + strlen (path), ": ");

  symbol = strstr (reason, undefined);
  if (symbol != NULL && g_str_has_prefix (symbol + strlen (undefined), "weir_"))
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_UNSUPPORTED,
                 "%s: needs a newer engine, one that has %s: update Weir, or build the module "
                 "against this version",
                 file_name, symbol + strlen (undefined));
  else
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_FAILED,
                 "%s: the system cannot load it: %s; install what it needs or build it again",
                 file_name, reason);
}

/* Takes @fd over when the file is now loaded from it.
 * Returns: (transfer none): a handle that is never closed. */
static void *
link_file (int *fd, const struct stat *info, const char *file_name, GError **error)
{
  g_autofree char *probe = make_probe (*fd, info);
  g_autofree char *path = make_path (*fd);
  void *handle = dlopen (probe, RTLD_NOW | RTLD_LOCAL | RTLD_NOLOAD);

  if (handle != NULL)
    return handle;
  dlerror ();
  handle = dlopen (path, RTLD_NOW | RTLD_LOCAL);
  if (handle == NULL)
    set_link_error (file_name, path, error);
  else
    weir_fd_steal (fd);
  return handle;
}

static bool
check_module (const WeirModule *module, GError **error)
{
  if (module == NULL) {
    g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                         "does not export " ENTRY_SYMBOL ": end its source with WEIR_MODULE");
    return false;
  }
  if (!check_abi (module->magic, module->abi_major, module->abi_minor, error))
    return false;
  if (module->struct_size < offsetof (WeirModule, processors) + sizeof (void *) ||
      module->processors == NULL || module->name == NULL || module->version == NULL) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                 "its WeirModule lacks a name, a version or processors: end its source with "
                 "WEIR_MODULE");
    return false;
  }
  return true;
}

void
weir_loader_init (WeirLoadedModule *module, const char *name, const char *version)
{
  module->name = name;
  module->version = version;
  module->processors = g_ptr_array_new_with_free_func ((GDestroyNotify)weir_descriptor_free);
  module->services = g_ptr_array_new_with_free_func ((GDestroyNotify)weir_service_descriptor_free);
}

void
weir_loader_clear (WeirLoadedModule *module)
{
  g_clear_pointer (&module->processors, g_ptr_array_unref);
  g_clear_pointer (&module->services, g_ptr_array_unref);
}

static void *
copy_processor (const void *theirs, GError **error)
{
  return weir_descriptor_new (theirs, error);
}

static void *
copy_service (const void *theirs, GError **error)
{
  return weir_service_descriptor_new (theirs, error);
}

/* @types ends with NULL; no table is an empty one. */
static bool
read_types (const void *const *types, const char *what,
            void *(*copy) (const void *theirs, GError **error), GPtrArray *list, GError **error)
{
  for (size_t i = 0; types != NULL && types[i] != NULL; i++) {
    void *type = NULL;

    if (i == WEIR_LIMIT_DESCRIPTOR_ROWS)
      g_set_error (error, WEIR_ERROR, WEIR_ERROR_LIMIT, "its table of %s does not end with NULL",
                   what);
    else
      type = copy (types[i], error);
    if (type == NULL)
      return false;
    g_ptr_array_add (list, type);
  }
  return true;
}

static WeirLoadedModule *
read_module (const WeirModule *theirs, GError **error)
{
  g_autoptr (WeirLoadedModule) module = g_new0 (WeirLoadedModule, 1);
  const WeirServiceType *const *services = NULL;

  if (!check_module (theirs, error))
    return NULL;
  if (theirs->struct_size >= offsetof (WeirModule, services) + sizeof (void *))
    services = theirs->services;
  weir_loader_init (module, theirs->name, theirs->version);
  if (!read_types ((const void *const *)theirs->processors, "processors", copy_processor,
                   module->processors, error) ||
      !read_types ((const void *const *)services, "services", copy_service, module->services,
                   error))
    return NULL;
  return g_steal_pointer (&module);
}

/* Sets @fd to -1 when it must stay open. */
static WeirLoadedModule *
load_file (int *fd, const struct stat *info, const char *file_name, GError **error)
{
  g_autoptr (WeirLoadedModule) module = NULL;
  EntryFunc entry;
  void *handle;

  if (!check_content (*fd, file_name, error))
    return NULL;
  handle = link_file (fd, info, file_name, error);
  if (handle == NULL)
    return NULL;

  entry = (EntryFunc)dlsym (handle, ENTRY_SYMBOL);
  module = read_module (entry != NULL ? entry () : NULL, error);
  if (module == NULL)
    g_prefix_error (error, "%s: ", file_name);
  return g_steal_pointer (&module);
}

WeirLoadedModule *
weir_loader_load (int dir_fd, const char *file_name, GError **error)
{
  struct stat info;
  WEIR_AUTO_FD int fd = open_checked (dir_fd, file_name, &info, error);

  return fd >= 0 ? load_file (&fd, &info, file_name, error) : NULL;
}

void
weir_loader_free (WeirLoadedModule *module)
{
  if (module == NULL)
    return;
  weir_loader_clear (module);
  g_free (module);
}
