#include "sandbox.h"

#include <errno.h>
#include <ftw.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <unistd.h>

#define DEPTH "a/b/c/d/e"

void
sandbox_fill (const Sandbox *sandbox)
{
  g_autofree char *directory = g_build_filename (sandbox->root, "in", NULL);
  g_autofree char *file = g_build_filename (directory, "file.txt", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (directory, 0700), ==, 0);
  g_file_set_contents_full (file, "a line\nanother line\n", -1, G_FILE_SET_CONTENTS_NONE, 0600,
                            &error);
  g_assert_no_error (error);
}

Sandbox *
sandbox_enter (void)
{
  Sandbox *sandbox = g_new0 (Sandbox, 1);
  g_autofree char *directory = NULL;
  g_autoptr (GError) error = NULL;

  sandbox->before = g_get_current_dir ();
  sandbox->root = g_dir_make_tmp ("weir-sandbox-XXXXXX", &error);
  g_assert_no_error (error);
  directory = g_build_filename (sandbox->root, DEPTH, NULL);
  g_assert_cmpint (g_mkdir_with_parents (directory, 0700), ==, 0);
  g_assert_cmpint (chdir (directory), ==, 0);
  sandbox_fill (sandbox);
  return sandbox;
}

static int
on_entry (const char *path, const struct stat *status, int kind, struct FTW *place)
{
  return remove (path);
}

void
sandbox_leave (Sandbox *sandbox)
{
  if (sandbox == NULL)
    return;
  g_assert_cmpint (chdir (sandbox->before), ==, 0);
  if (nftw (sandbox->root, on_entry, 16, FTW_DEPTH | FTW_PHYS) != 0)
    g_error ("%s: %s", sandbox->root, g_strerror (errno));
  g_free (sandbox->root);
  g_free (sandbox->before);
  g_free (sandbox);
}

char *
sandbox_get_value (const Sandbox *sandbox, const WeirProperty *property)
{
  if (property->type == WEIR_TYPE_SERVICE)
    return g_strdup (property->interface);
  if (property->hint == WEIR_HINT_DIRECTORY)
    return g_build_filename (sandbox->root, "in", NULL);
  if (property->hint == WEIR_HINT_FILE)
    return g_build_filename (sandbox->root, "in", "file.txt", NULL);
  if (property->example != NULL && property->example[0] == '/')
    return g_build_filename (sandbox->root, property->example, NULL);
  if (property->example == NULL && property->allowed != NULL)
    return g_strdup (property->allowed[0].value);
  return g_strdup (property->example);
}
