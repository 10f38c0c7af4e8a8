#include "control/trail.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <weir/error.h>

#include "base/limits.h"
#include "control/trail-file.h"
#include "provenance/sql.h"
#include "support/directory.h"

#define NOW INT64_C (1700000000000000)

typedef struct {
  char *directory;
  char *path;
  WeirClock *clock;
  WeirTrail *trail;
} Fixture;

static void
open_trail (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  fixture->trail = weir_trail_open (fixture->path, fixture->clock, &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->directory = directory_in_memory ("weir-trail-XXXXXX");
  fixture->path = g_build_filename (fixture->directory, "audit.db", NULL);
  fixture->clock = weir_clock_new_fake (NOW);
  open_trail (fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  static const char *const endings[] = { "", "-wal", "-shm" };

  weir_trail_free (fixture->trail);
  weir_clock_free_fake (fixture->clock);
  for (size_t i = 0; i < G_N_ELEMENTS (endings); i++) {
    g_autofree char *path = g_strconcat (fixture->path, endings[i], NULL);

    g_unlink (path);
  }
  g_rmdir (fixture->directory);
  g_free (fixture->path);
  g_free (fixture->directory);
}

static uint64_t
add (Fixture *fixture, const char *who, const char *flow, const char *method)
{
  const WeirTrailEntry entry = {
    .who = (char *)who,
    .role = (char *)"editor",
    .flow = (char *)flow,
    .method = (char *)method,
    .before = (char *)"{\"x\":1}",
    .after = (char *)"{\"x\":2}",
    .outcome = (char *)"done",
    .request = (char *)"0123",
  };

  return weir_trail_add (fixture->trail, &entry);
}

static void
wait_for (Fixture *fixture, uint64_t ticket)
{
  g_autoptr (GError) error = NULL;

  weir_trail_wait (fixture->trail, ticket, &error);
  g_assert_no_error (error);
}

/* "maria:orders:edits.apply ..." */
static void
check (Fixture *fixture, const WeirTrailFilter *filter, unsigned max, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) entries = weir_trail_list (fixture->trail, filter, max, &error);
  g_autoptr (GString) text = g_string_new (NULL);

  g_assert_no_error (error);
  for (guint i = 0; i < entries->len; i++) {
    const WeirTrailEntry *entry = entries->pdata[i];

    g_string_append_printf (text, "%s%s:%s:%s", i > 0 ? " " : "", entry->who,
                            entry->flow != NULL ? entry->flow : "", entry->method);
  }
  g_assert_cmpstr (text->str, ==, expected);
}

static void
test_list (Fixture *fixture, gconstpointer data)
{
  static const char *const own[] = { "orders", "x", NULL };

  add (fixture, "maria", "orders", "edits.apply");
  weir_clock_advance (fixture->clock, 10);
  add (fixture, "otto", "returns", "edits.apply");
  weir_clock_advance (fixture->clock, 10);
  wait_for (fixture, add (fixture, "otto", NULL, "tokens.add"));
  check (fixture, &(WeirTrailFilter){ 0 }, 10,
         "otto::tokens.add otto:returns:edits.apply maria:orders:edits.apply");
  check (fixture, &(WeirTrailFilter){ 0 }, 1, "otto::tokens.add");
  check (fixture, &(WeirTrailFilter){ .before = 3 }, 1, "otto:returns:edits.apply");
  check (fixture, &(WeirTrailFilter){ .who = "otto" }, 10,
         "otto::tokens.add otto:returns:edits.apply");
  check (fixture, &(WeirTrailFilter){ .method = "edits.apply" }, 10,
         "otto:returns:edits.apply maria:orders:edits.apply");
  check (fixture, &(WeirTrailFilter){ .flow = "orders" }, 10, "maria:orders:edits.apply");
  check (fixture, &(WeirTrailFilter){ .flows = own }, 10, "maria:orders:edits.apply");
  check (fixture, &(WeirTrailFilter){ .since = NOW + 20 }, 10, "otto::tokens.add");
  check (fixture, &(WeirTrailFilter){ .until = NOW + 10 }, 10, "maria:orders:edits.apply");
  check (fixture, &(WeirTrailFilter){ .who = "' OR 1=1 --" }, 10, "");
}

static void
test_texts (Fixture *fixture, gconstpointer data)
{
  g_autofree char *lots = g_strnfill (WEIR_LIMIT_TRAIL_TEXT + 2, 'x');
  const WeirTrailEntry entry = {
    .who = (char *)"a", .method = (char *)"b", .after = lots, .outcome = (char *)"done"
  };
  g_autoptr (GPtrArray) entries = NULL;
  const WeirTrailEntry *back;

  memcpy (lots + WEIR_LIMIT_TRAIL_TEXT - 1, "\xc3\xa4", 2);
  wait_for (fixture, weir_trail_add (fixture->trail, &entry));
  entries = weir_trail_list (fixture->trail, &(WeirTrailFilter){ 0 }, 10, NULL);
  back = entries->pdata[0];
  g_assert_cmpuint (strlen (back->after), ==, WEIR_LIMIT_TRAIL_TEXT - 1 + 3);
  g_assert_true (g_utf8_validate (back->after, -1, NULL));
  g_assert_null (back->before);
  g_assert_cmpint (back->at, ==, NOW);
}

static void
test_refusals (Fixture *fixture, gconstpointer data)
{
  const WeirTrailEntry entry = { .who = (char *)"10.0.0.1",
                                 .method = (char *)"flows.list",
                                 .outcome = (char *)"refused: 401" };
  g_autoptr (GPtrArray) entries = NULL;
  const WeirTrailEntry *newest;

  for (unsigned i = 0; i < WEIR_LIMIT_TRAIL_REFUSED + 1000; i++)
    weir_trail_refuse (fixture->trail, &entry);
  weir_clock_advance (fixture->clock, 60000000);
  weir_trail_refuse (fixture->trail, &entry);
  wait_for (fixture, add (fixture, "maria", NULL, "tokens.add"));
  entries = weir_trail_list (fixture->trail, &(WeirTrailFilter){ .who = "10.0.0.1" }, 2000, NULL);
  g_assert_cmpuint (entries->len, ==, WEIR_LIMIT_TRAIL_REFUSED + 1);
  newest = entries->pdata[0];
  g_assert_cmpstr (newest->outcome, ==, "refused: 401 (and 1000 more were refused before)");
}

/* What has been waited for is there when the process was killed. */
static void
test_killed (Fixture *fixture, gconstpointer data)
{
  int status;
  pid_t child;

  weir_trail_free (g_steal_pointer (&fixture->trail));
  child = fork ();
  g_assert_cmpint (child, >=, 0);
  if (child == 0) {
    open_trail (fixture);
    for (unsigned i = 0; i < 20; i++)
      wait_for (fixture, add (fixture, "maria", NULL, "tokens.add"));
    kill (getpid (), SIGKILL);
  }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFSIGNALED (status) && WTERMSIG (status) == SIGKILL);
  open_trail (fixture);
  {
    g_autoptr (GPtrArray) entries =
        weir_trail_list (fixture->trail, &(WeirTrailFilter){ 0 }, 100, NULL);

    g_assert_cmpuint (entries->len, ==, 20);
  }
}

static void
test_trim (Fixture *fixture, gconstpointer data)
{
  g_autofree char *lots = g_strnfill (1000, 'x');
  g_autoptr (GPtrArray) entries = g_ptr_array_new ();
  g_autoptr (GPtrArray) left = NULL;
  g_autoptr (WeirTrailFile) file = NULL;
  WeirTrailEntry entry = { .at = 1, .who = lots, .method = lots, .outcome = lots };

  weir_trail_free (g_steal_pointer (&fixture->trail));
  file = weir_trail_file_open (fixture->path, true, NULL);
  for (unsigned i = 0; i < 1000; i++)
    g_ptr_array_add (entries, &entry);
  g_assert_true (weir_trail_file_add (file, entries, NULL));
  entry.at = 5;
  g_assert_true (weir_trail_file_add (file, entries, NULL));
  g_assert_true (weir_trail_file_trim (file, 5, INT64_MAX, NULL));
  left = weir_trail_file_list (file, &(WeirTrailFilter){ 0 }, 5000, NULL);
  g_assert_cmpuint (left->len, ==, 1000);
  g_ptr_array_unref (left);
  g_assert_true (weir_trail_file_trim (file, 0, 1024 * 1024, NULL));
  left = weir_trail_file_list (file, &(WeirTrailFilter){ 0 }, 5000, NULL);
  g_assert_cmpuint (left->len, >, 100);
  g_assert_cmpuint (left->len, <, 400);
  g_assert_cmpuint (((WeirTrailEntry *)left->pdata[0])->id, ==, 2000);
}

/* What the file refuses is told, nothing may change meanwhile, and it is there once it can be. */
static void
test_fault (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  sqlite3 *db = NULL;
  uint64_t ticket;

  g_assert_true (weir_trail_check (fixture->trail, NULL));
  g_assert_cmpint (sqlite3_open (fixture->path, &db), ==, SQLITE_OK);
  sqlite3_busy_timeout (db, 60000);
  g_assert_true (weir_sql_run (db, fixture->path,
                               "CREATE TRIGGER full BEFORE INSERT ON entries BEGIN"
                               " SELECT RAISE (ABORT, 'full'); END",
                               NULL));
  ticket = add (fixture, "maria", NULL, "tokens.add");
  g_assert_false (weir_trail_wait (fixture->trail, ticket, &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_IO);
  g_assert_false (weir_trail_check (fixture->trail, NULL));
  g_assert_true (weir_sql_run (db, fixture->path, "DROP TRIGGER full", NULL));
  sqlite3_close (db);
  while (!weir_trail_wait (fixture->trail, add (fixture, "otto", NULL, "tokens.add"), NULL))
    ;
  wait_for (fixture, ticket);
  g_assert_true (weir_trail_check (fixture->trail, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/control/trail/list", Fixture, NULL, set_up, test_list, tear_down);
  g_test_add ("/control/trail/texts", Fixture, NULL, set_up, test_texts, tear_down);
  g_test_add ("/control/trail/refusals", Fixture, NULL, set_up, test_refusals, tear_down);
  g_test_add ("/control/trail/killed", Fixture, NULL, set_up, test_killed, tear_down);
  g_test_add ("/control/trail/trim", Fixture, NULL, set_up, test_trim, tear_down);
  g_test_add ("/control/trail/fault", Fixture, NULL, set_up, test_fault, tear_down);
  return g_test_run ();
}
