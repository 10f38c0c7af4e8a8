/* Tests processors/file/source.c and move.c: what is deleted or moved, and what had better stay. */
#include "file/move.h"
#include "file/source.h"
#include "scratch.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The file in @name, as it is now. */
static FileSource *
take (Scratch *scratch, FileSources *sources, FileRoot *root, const char *name)
{
  g_autofree char *path = g_strconcat ("in/", name, NULL);
  g_autofree char *absolute = scratch_path (scratch, path);
  struct statx status;
  FileIdentity identity;

  g_assert_cmpint (statx (AT_FDCWD, absolute, 0, STATX_BASIC_STATS, &status), ==, 0);
  identity = file_identity (&status);
  return file_source_new (sources, root, root != NULL ? name : absolute, &identity);
}

static FileRoot *
open_root (Scratch *scratch)
{
  g_autofree char *path = scratch_path (scratch, "in");
  g_autoptr (GError) error = NULL;
  FileRoot *root = file_root_new (path, &error);

  g_assert_no_error (error);
  return root;
}

static void
test_deletes (void)
{
  g_auto (Scratch) scratch = { 0 };
  FileSources *sources = file_sources_new (NULL);
  FileSource *a, *b, *c;
  FileRoot *root;

  scratch_init (&scratch);
  scratch_write (&scratch, "in/a", "", 0);
  scratch_write (&scratch, "in/d/b", "", 0);
  scratch_write (&scratch, "in/c", "", 0);
  root = open_root (&scratch);
  a = take (&scratch, sources, root, "a");
  b = take (&scratch, sources, root, "d/b");
  c = take (&scratch, sources, NULL, "c");
  file_root_unref (root);
  file_sources_close (sources); /* they outlive it */
  file_source_delete (a);
  file_source_delete (b);
  file_source_delete (c);
  scratch_assert_list (&scratch, "in", "d");
  scratch_assert_list (&scratch, "in/d", "");
  file_source_free (a);
  file_source_free (b);
  file_source_free (c);
}

static void
test_knows_what_is_taken (void)
{
  g_auto (Scratch) scratch = { 0 };
  FileSources *sources = file_sources_new (NULL);
  g_autofree char *path = NULL;
  FileSource *source;
  struct statx status;
  FileIdentity identity;

  scratch_init (&scratch);
  scratch_write (&scratch, "in/a", "", 0);
  path = scratch_path (&scratch, "in/a");
  g_assert_cmpint (statx (AT_FDCWD, path, 0, STATX_BASIC_STATS, &status), ==, 0);
  identity = file_identity (&status);
  g_assert_false (file_sources_has (sources, path, &identity));
  source = take (&scratch, sources, NULL, "a");
  g_assert_true (file_sources_has (sources, path, &identity));
  g_assert_false (file_sources_has (sources, "/another/name", &identity));
  file_source_free (source); /* what it was taken for was undone */
  g_assert_false (file_sources_has (sources, path, &identity));
  g_assert_true (scratch_has (&scratch, "in/a"));
  file_sources_close (sources);
}

static void
test_changed_stays (void)
{
  g_auto (Scratch) scratch = { 0 };
  FileSources *sources = file_sources_new (NULL);
  FileSource *longer, *touched, *replaced, *gone;
  g_autofree char *new_path = NULL, *path = NULL, *gone_path = NULL;

  scratch_init (&scratch);
  scratch_write (&scratch, "in/longer", "1", 1);
  scratch_write (&scratch, "in/touched", "1", 1);
  scratch_write (&scratch, "in/replaced", "1", 1);
  scratch_write (&scratch, "in/gone", "1", 1);
  longer = take (&scratch, sources, NULL, "longer");
  touched = take (&scratch, sources, NULL, "touched");
  replaced = take (&scratch, sources, NULL, "replaced");
  gone = take (&scratch, sources, NULL, "gone");

  scratch_append (&scratch, "in/longer", "2");
  scratch_set_mtime (&scratch, "in/longer", 1);
  scratch_set_mtime (&scratch, "in/touched", 1);
  scratch_write (&scratch, "in/new", "2", 1);
  new_path = scratch_path (&scratch, "in/new");
  path = scratch_path (&scratch, "in/replaced");
  g_assert_cmpint (rename (new_path, path), ==, 0);
  gone_path = scratch_path (&scratch, "in/gone");
  g_assert_cmpint (unlink (gone_path), ==, 0);

  file_source_delete (longer);
  file_source_delete (touched);
  file_source_delete (replaced);
  file_source_delete (gone);
  scratch_assert_list (&scratch, "in", "longer replaced touched");
  file_source_free (longer);
  file_source_free (touched);
  file_source_free (replaced);
  file_source_free (gone);
  file_sources_close (sources);
}

/* Who may write below the root puts a link where the directory was. */
static void
assert_not_followed (const char *moved, const char *link)
{
  g_auto (Scratch) scratch = { 0 };
  FileSources *sources = file_sources_new (NULL);
  g_autofree char *directory = NULL, *elsewhere = NULL;
  g_autofree char *file = g_strconcat (moved, "/a", NULL);
  FileSource *source;
  FileRoot *root;

  scratch_init (&scratch);
  scratch_write (&scratch, "in/d/a", "", 0);
  root = open_root (&scratch);
  source = take (&scratch, sources, root, "d/a");
  directory = scratch_path (&scratch, "in/d");
  elsewhere = scratch_path (&scratch, moved);
  g_assert_cmpint (rename (directory, elsewhere), ==, 0);
  g_assert_cmpint (symlink (link, directory), ==, 0);
  file_source_delete (source);
  g_assert_true (scratch_has (&scratch, file));
  file_source_free (source);
  file_root_unref (root);
  file_sources_close (sources);
}

static void
test_link_is_not_followed (void)
{
  assert_not_followed ("elsewhere", "../elsewhere");
  assert_not_followed ("in/e", "e");
}

/* What came in between: a change of the file, or another of its name where it is to go. */
static void
test_moves (void)
{
  static const struct {
    FileMoveConflict conflict;
    bool is_changed, is_taken;
    const char *in, *there;
  } cases[] = {
    { FILE_MOVE_FAIL, false, false, "", "new" },   { FILE_MOVE_FAIL, false, true, "a", "old" },
    { FILE_MOVE_KEEP, false, true, "", "old" },    { FILE_MOVE_REPLACE, false, true, "", "new" },
    { FILE_MOVE_REPLACE, true, true, "a", "old" }, { FILE_MOVE_KEEP, true, true, "a", "old" },
    { FILE_MOVE_RENAME, true, true, "a", "old" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (Scratch) scratch = { 0 };
    FileSources *sources = file_sources_new (NULL);
    g_autofree char *there = NULL;
    FileMove *move;

    g_test_message ("case %zu", i);
    scratch_init (&scratch);
    there = scratch_path (&scratch, "there");
    scratch_write (&scratch, "in/a", "new", -1);
    scratch_write (&scratch, "there/b", "", 0);
    move = file_move_new (
        take (&scratch, sources, NULL, "a"),
        &(FileMovePlan){ .directory = there, .conflict = cases[i].conflict, .random = 1 });
    if (cases[i].is_changed)
      scratch_append (&scratch, "in/a", "er");
    if (cases[i].is_taken)
      scratch_write (&scratch, "there/a", "old", -1);
    file_move_run (move);
    scratch_assert_list (&scratch, "in", cases[i].in);
    scratch_assert_list (&scratch, "there", "a b");
    scratch_assert_content (&scratch, "there/a", cases[i].there);
    file_move_free (move);
    file_sources_close (sources);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/file-source/deletes", test_deletes);
  g_test_add_func ("/file-source/knows what is taken", test_knows_what_is_taken);
  g_test_add_func ("/file-source/changed stays", test_changed_stays);
  g_test_add_func ("/file-source/link is not followed", test_link_is_not_followed);
  g_test_add_func ("/file-source/moves", test_moves);
  return g_test_run ();
}
