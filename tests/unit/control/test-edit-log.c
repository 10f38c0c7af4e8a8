/* What undo takes back and redo makes again, also after a restart. */
#include "control/edit-log.h"

#include "support/directory.h"

typedef struct {
  char *directory;
  char *path;
  WeirEditLog *log;
} Fixture;

static void
open_log (Fixture *self)
{
  g_autoptr (GError) error = NULL;

  self->log = weir_edit_log_open (self->path, &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  self->directory = directory_in_memory ("weir-edit-log-XXXXXX");
  self->path = g_build_filename (self->directory, "edits.db", NULL);
  open_log (self);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_autofree char *command = g_strdup_printf ("rm -r '%s'", self->directory);

  weir_edit_log_free (self->log);
  g_assert_true (g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL));
  g_free (self->path);
  g_free (self->directory);
}

static void
reopen (Fixture *self)
{
  weir_edit_log_free (self->log);
  open_log (self);
}

static void
add (Fixture *self, uint64_t revision, WeirStepKind kind, uint64_t of)
{
  WeirEditEntry entry = { .revision = revision,
                          .wall = 1700000000000000,
                          .who = (char *)"maria",
                          .name = (char *)"Move \"read\"",
                          .kind = kind,
                          .of = of,
                          .forward = (char *)"[1]",
                          .inverse = (char *)"[2]",
                          .ran = (char *)"a\nb\n" };
  g_autoptr (GError) error = NULL;

  weir_edit_log_add (self->log, &entry, &error);
  g_assert_no_error (error);
}

static uint64_t
get_undo (Fixture *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WeirEditEntry) entry = weir_edit_log_get_undo (self->log, &error);

  g_assert_no_error (error);
  return entry != NULL ? entry->revision : 0;
}

static uint64_t
get_redo (Fixture *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WeirEditEntry) entry = weir_edit_log_get_redo (self->log, &error);

  g_assert_no_error (error);
  return entry != NULL ? entry->revision : 0;
}

static void
test_empty (Fixture *self, gconstpointer data)
{
  g_assert_cmpuint (weir_edit_log_get_revision (self->log), ==, 0);
  g_assert_cmpuint (get_undo (self), ==, 0);
  g_assert_cmpuint (get_redo (self), ==, 0);
}

static void
test_undo_and_redo (Fixture *self, gconstpointer data)
{
  add (self, 1, WEIR_STEP_DONE, 0);
  add (self, 2, WEIR_STEP_DONE, 0);
  g_assert_cmpuint (get_undo (self), ==, 2);
  add (self, 3, WEIR_STEP_UNDO, 2);
  g_assert_cmpuint (get_undo (self), ==, 1);
  g_assert_cmpuint (get_redo (self), ==, 2);
  reopen (self);
  g_assert_cmpuint (weir_edit_log_get_revision (self->log), ==, 3);
  g_assert_cmpuint (get_undo (self), ==, 1);
  g_assert_cmpuint (get_redo (self), ==, 2);
  add (self, 4, WEIR_STEP_UNDO, 1);
  g_assert_cmpuint (get_undo (self), ==, 0);
  g_assert_cmpuint (get_redo (self), ==, 1);
  add (self, 5, WEIR_STEP_REDO, 1);
  g_assert_cmpuint (get_undo (self), ==, 1);
  g_assert_cmpuint (get_redo (self), ==, 2);
}

static void
test_edit_after_undo (Fixture *self, gconstpointer data)
{
  add (self, 1, WEIR_STEP_DONE, 0);
  add (self, 2, WEIR_STEP_UNDO, 1);
  add (self, 3, WEIR_STEP_DONE, 0);
  for (int i = 0; i < 2; i++) {
    g_assert_cmpuint (get_redo (self), ==, 0);
    g_assert_cmpuint (get_undo (self), ==, 3);
    reopen (self);
  }
}

static void
test_list (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) page = NULL;
  g_autoptr (GPtrArray) rest = NULL;
  const WeirEditEntry *entry;

  for (uint64_t i = 1; i <= 5; i++)
    add (self, i, WEIR_STEP_DONE, 0);
  page = weir_edit_log_list (self->log, UINT64_MAX, 2, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (page->len, ==, 2);
  entry = page->pdata[1];
  g_assert_cmpuint (entry->revision, ==, 4);
  g_assert_cmpstr (entry->who, ==, "maria");
  g_assert_cmpstr (entry->name, ==, "Move \"read\"");
  g_assert_cmpstr (entry->forward, ==, "[1]");
  g_assert_cmpstr (entry->inverse, ==, "[2]");
  g_assert_cmpstr (entry->ran, ==, "a\nb\n");
  rest = weir_edit_log_list (self->log, 4, 100, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (rest->len, ==, 3);
}

static void
test_same_revision (Fixture *self, gconstpointer data)
{
  WeirEditEntry entry = { .revision = 1,
                          .who = (char *)"",
                          .name = (char *)"",
                          .forward = (char *)"",
                          .inverse = (char *)"",
                          .ran = (char *)"" };
  g_autoptr (GError) error = NULL;

  add (self, 1, WEIR_STEP_DONE, 0);
  g_assert_false (weir_edit_log_add (self->log, &entry, &error));
  g_assert_nonnull (error);
  g_assert_cmpuint (get_undo (self), ==, 1);
}

static void
test_stopped (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GHashTable) stopped = NULL;

  g_assert_true (weir_edit_log_set_stopped (self->log, "a/b", true, &error));
  g_assert_true (weir_edit_log_set_stopped (self->log, "a/b", true, &error));
  g_assert_true (weir_edit_log_set_stopped (self->log, "c", true, &error));
  g_assert_true (weir_edit_log_set_stopped (self->log, "c", false, &error));
  reopen (self);
  stopped = weir_edit_log_get_stopped (self->log, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_hash_table_size (stopped), ==, 1);
  g_assert_true (g_hash_table_contains (stopped, "a/b"));
}

static void
test_damage (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (self->directory, "bad.db", NULL);

  g_assert_true (g_file_set_contents (path, "this is no database, not at all", -1, NULL));
  g_assert_null (weir_edit_log_open (path, &error));
  g_assert_nonnull (strstr (error->message, path));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/edit-log/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("empty", test_empty);
  ADD ("undo-and-redo", test_undo_and_redo);
  ADD ("edit-after-undo", test_edit_after_undo);
  ADD ("list", test_list);
  ADD ("same-revision", test_same_revision);
  ADD ("stopped", test_stopped);
  ADD ("damage", test_damage);
#undef ADD
  return g_test_run ();
}
