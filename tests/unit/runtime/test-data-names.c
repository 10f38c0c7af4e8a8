/* Tests engine/runtime/{session-entry,image}.c and engine/store/dictionary.c with more names of
 * attributes than have numbers: they come back as they were, and the directory does not grow with
 * every one. Guards invariant 26 (ARCHITECTURE.md). */
#include "kit.h"

#include "base/limits.h"
#include "store/audit.h"

#include <stdlib.h>

#define LONG (20 * G_USEC_PER_SEC) /* a bound for what takes milliseconds */

static void
assert_restarts_the_same (Kit *kit)
{
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  g_assert_true (weir_engine_stop (kit->engine, LONG));
  before = kit_dump (kit);
  kit_stop (kit);
  kit_load (kit);
  after = kit_dump (kit);
  g_assert_true (g_str_equal (before, after));
  kit_go (kit);
}

#define N_LISTS  700u
#define PER_LIST 100u /* more names in all than numbers, here and in the directory */

static void
put_numbered (WeirSession *session, WeirFlowFile *flowfile, unsigned i, const char *value)
{
  g_autofree char *name = g_strdup_printf ("column.%u", i);

  if (value != NULL)
    weir_session_put_attribute (session, flowfile, name, value);
  else
    weir_session_remove_attribute (session, flowfile, name);
}

static bool
on_make_lists (void *state, WeirSession *session, GError **error)
{
  g_autofree char *before = weir_session_get_state (session, "made");

  if (before != NULL)
    return true;
  for (unsigned i = 0; i < N_LISTS; i++) {
    WeirFlowFile *flowfile = weir_session_create (session);

    weir_session_put_attribute_printf (session, flowfile, "list", "%u", i);
    for (unsigned j = 0; j < PER_LIST; j++)
      put_numbered (session, flowfile, i * PER_LIST + j, "something");
    weir_session_transfer (session, flowfile, 0);
  }
  weir_session_set_state (session, "made", "yes");
  return true;
}

/* Names of the one list go, others come; so do they in the other direction. */
static bool
on_change_lists (void *state, WeirSession *session, GError **error)
{
  WeirFlowFile *flowfile = weir_session_get (session);
  unsigned list;

  if (flowfile == NULL)
    return true;
  list = (unsigned)atoi (weir_flowfile_get_attribute (flowfile, "list"));
  for (unsigned j = 0; j < PER_LIST; j++) {
    put_numbered (session, flowfile, list * PER_LIST + j, j % 3 == 0 ? NULL : "else");
    if (j % 5 == 0)
      put_numbered (session, flowfile, (N_LISTS - list) * PER_LIST + j, "new");
  }
  weir_session_transfer (session, flowfile, 0);
  return true;
}

static const WeirProcessor make_lists =
    KIT_PROCESSOR ("MakeLists", on_make_lists, .input = WEIR_INPUT_FORBIDDEN);
static const WeirProcessor change_lists = KIT_PROCESSOR ("ChangeLists", on_change_lists);

/* As weir data check says it. */
static void
assert_sound (const char *directory)
{
  WeirAuditOptions options = { .directory = directory };
  g_autoptr (GError) error = NULL;
  g_autoptr (WeirAudit) audit = weir_audit_open (&options, &error);

  g_assert_no_error (error);
  g_assert_true (weir_audit_read (audit, NULL) && weir_audit_verify (audit, NULL));
  g_assert_false (weir_audit_is_damaged (audit));
  g_assert_cmpuint (weir_audit_get_figures (audit)->n_flowfiles, ==, N_LISTS);
}

static void
test_names_made_of_data (void)
{
  g_autoptr (Kit) kit = kit_new_by_hand ();
  g_autofree char *directory = g_dir_make_tmp ("weir-names-XXXXXX", NULL);
  WeirProcessorNode *change;

  kit->options.data_dir = directory;
  kit->options.durability = WEIR_DURABILITY_PROCESS;
  kit->options.segment_size = 1024 * 1024;
  kit->options.checkpoint_bytes = 1024 * 1024;
  kit_processor (kit, "make", &make_lists);
  change = kit_processor (kit, "change", &change_lists);
  kit_funnel (kit, "end");
  kit_connect (kit, "make", "success", "change");
  kit_connect (kit, "change", "success", "end");
  change->disabled = true;
  kit_start (kit);
  kit_run (kit);
  g_assert_cmpuint (kit_count (kit, 0), ==, N_LISTS);
  assert_restarts_the_same (kit);
  change->disabled = false;
  assert_restarts_the_same (kit);
  kit_run (kit);
  g_assert_cmpuint (kit_count (kit, 1), ==, N_LISTS);
  g_assert_cmpuint (
      weir_dictionary_get_n (weir_data_get_dictionary (kit->engine->data), WEIR_WORD_NAME), ==,
      WEIR_LIMIT_DICTIONARY);
  assert_restarts_the_same (kit);
  kit_stop (kit);
  assert_sound (directory);
  kit_remove_all (directory);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/data names", test_names_made_of_data);
  return g_test_run ();
}
