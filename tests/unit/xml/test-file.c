#include "xml/file.h"
#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <weir/error.h>

static const char text[] = "<flow xmlns=\"urn:weir:flow:1\" name=\"F\"/>\n";

typedef struct {
  char *folder;
  char *path;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("weir-file-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "flow.xml", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_remove (fixture->path);
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  g_free (fixture->folder);
  g_free (fixture->path);
}

static void
test_saves_and_loads (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) problems = weir_problems_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (WeirFlow) flow = NULL;

  g_assert_true (weir_flow_save (fixture->path, text, strlen (text), &error));
  flow = weir_flow_load (fixture->path, problems, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (flow->root->base.name, ==, "F");
}

static void
test_keeps_mode_and_link (Fixture *fixture, gconstpointer data)
{
  g_autofree char *link = g_build_filename (fixture->folder, "link.xml", NULL);
  struct stat status;

  g_file_set_contents (fixture->path, "old", -1, NULL);
  g_chmod (fixture->path, 0660);
  g_assert_cmpint (symlink ("flow.xml", link), ==, 0);
  g_assert_true (weir_flow_save (link, text, strlen (text), NULL));
  g_assert_cmpint (lstat (link, &status), ==, 0);
  g_assert_true (S_ISLNK (status.st_mode));
  g_assert_cmpint (stat (fixture->path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 07777, ==, 0660);
  g_assert_cmpint (status.st_size, ==, (int)strlen (text));
  g_remove (link);
}

static void
test_tells_what_cannot_be (Fixture *fixture, gconstpointer data)
{
  g_autofree char *nowhere = g_build_filename (fixture->folder, "gone", "flow.xml", NULL);
  g_autoptr (GPtrArray) problems = weir_problems_new ();
  g_autoptr (GError) missing = NULL;
  g_autoptr (GError) folder = NULL;
  g_autoptr (GError) unwritable = NULL;

  g_assert_null (weir_flow_load (fixture->path, problems, &missing));
  g_assert_error (missing, WEIR_ERROR, WEIR_ERROR_NOT_FOUND);
  g_assert_null (weir_flow_load (fixture->folder, problems, &folder));
  g_assert_nonnull (folder);
  g_assert_false (weir_flow_save (nowhere, text, strlen (text), &unwritable));
  g_assert_error (unwritable, WEIR_ERROR, WEIR_ERROR_NOT_FOUND);
  g_assert_cmpuint (problems->len, ==, 0);
}

#define ADD(path, function) \
  g_test_add ("/xml/file/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("saves-and-loads", test_saves_and_loads);
  ADD ("mode-and-link", test_keeps_mode_and_link);
  ADD ("errors", test_tells_what_cannot_be);
  return g_test_run ();
}
