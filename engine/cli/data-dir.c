/* data-dir.c: one directory a flow, by its name: it is found again when the file has moved. */
#include "cli/data-dir.h"

#include "base/error.h"
#include <string.h>

static char *
base_name (const char *path)
{
  char *name = g_path_get_basename (path);
  char *dot = strrchr (name, '.');

  if (dot != NULL && dot != name)
    *dot = '\0';
  return name;
}

char *
weir_data_dir_default (const WeirFlow *flow, const char *path)
{
  const char *label = flow->root->base.name;
  g_autofree char *name = label[0] != '\0' ? g_strdup (label) : base_name (path);

  for (char *at = name; *at != '\0'; at++)
    if (g_ascii_iscntrl (*at) || strchr ("/\\:*?\"<>|", *at) != NULL || (at == name && *at == '.'))
      *at = '_';
  return g_build_filename (g_get_user_state_dir (), "weir", name, NULL);
}

static int
compare_names (const void *a, const void *b)
{
  return strcmp (*(char *const *)a, *(char *const *)b);
}

/* Returns: (transfer full): names of data directories in @folder, sorted. */
static GPtrArray *
list_names (const char *folder)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *identity = g_build_filename (folder, name, "identity", NULL);

    if (g_file_test (identity, G_FILE_TEST_EXISTS))
      g_ptr_array_add (names, g_strdup (name));
  }
  g_ptr_array_sort (names, compare_names);
  return names;
}

static void
tell_names (GPtrArray *names, const char *name, const char *folder, GError **error)
{
  g_autoptr (GString) list = g_string_new (NULL);
  g_autofree char *quoted = name != NULL ? weir_error_quote (name) : NULL;

  for (guint i = 0; i < names->len; i++) {
    g_autofree char *one = weir_error_quote (names->pdata[i]);

    g_string_append_printf (list, "%s%s", i > 0 ? ", " : "", one);
  }
  if (name == NULL && names->len > 0)
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                 "which data directory? Name one with --data: %s of %s, or a path", list->str,
                 folder);
  else
    g_set_error (
        error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND,
        "there is no data directory%s%s; name one with --data (those of flows are in %s%s%s)",
        name != NULL ? " " : "", name != NULL ? quoted : "", folder, names->len > 0 ? ": " : "",
        list->str);
}

char *
weir_data_dir_find (const char *name, GError **error)
{
  g_autofree char *folder = g_build_filename (g_get_user_state_dir (), "weir", NULL);
  g_autofree char *path = NULL;
  g_autoptr (GPtrArray) names = NULL;

  if (name != NULL && g_file_test (name, G_FILE_TEST_IS_DIR))
    return g_strdup (name);
  if (name != NULL && strchr (name, '/') == NULL) {
    path = g_build_filename (folder, name, NULL);
    if (g_file_test (path, G_FILE_TEST_IS_DIR))
      return g_steal_pointer (&path);
  }
  names = list_names (folder);
  if (name == NULL && names->len == 1)
    return g_build_filename (folder, names->pdata[0], NULL);
  tell_names (names, name, folder, error);
  return NULL;
}
