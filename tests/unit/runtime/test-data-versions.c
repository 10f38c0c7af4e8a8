/* Tests that a data directory which an earlier version has written opens, with all that was in it:
 * data-v1/ beside this file, made once and never changed. Guards the promise of
 * docs/internals/data-directory.md.
 *
 * `test-data-versions --make DIR` writes such a directory and what it holds, for the next version
 * of the formats. */
#include "kit.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static unsigned n_made;

/* Too long to be given a number. */
static const char long_name[] =
    "a name that is made of data, of which there may be more than any dictionary should have, "
    "stands where others have their numbers, and so does one that is as long as this one, though "
    "there are not many of these, because a dictionary that is written with every snapshot should "
    "be small";

/* Contents of every kind, attributes that come and go, states that are changed and cleared. */
static bool
on_make (void *state, WeirSession *session, GError **error)
{
  static const size_t sizes[] = { 0, 5, 300, 8192, 8193, 30000, 1100000 };

  if (n_made == 60)
    return true;
  for (unsigned i = 0; i < 3; i++, n_made++) {
    WeirFlowFile *flowfile = weir_session_create (session);
    size_t size = n_made == 50 ? sizes[6] : sizes[n_made % 6];
    g_autofree char *content = g_malloc (size + 1);

    memset (content, 'a' + (int)(n_made % 26), size);
    weir_session_put_attribute_printf (session, flowfile, "number", "%u", n_made);
    weir_session_put_attribute (session, flowfile, n_made % 2 == 0 ? "even" : "odd", "yes");
    weir_session_put_attribute (session, flowfile, "empty", "");
    weir_session_put_attribute (session, flowfile, n_made % 4 == 0 ? "four" : long_name, "long");
    g_assert_true (weir_session_set_content (session, flowfile, content, size, NULL));
    weir_session_transfer (session, flowfile, n_made % 7 == 0 ? 1 : 0);
  }
  weir_session_set_state (session, "last", n_made % 2 == 0 ? "even" : "odd");
  weir_session_set_state (session, n_made == 30 ? "early" : "grows", n_made < 50 ? "x" : NULL);
  return true;
}

static bool
on_change (void *state, WeirSession *session, GError **error)
{
  WeirFlowFile *flowfile = weir_session_get (session);

  if (flowfile == NULL)
    return true;
  weir_session_remove_attribute (session, flowfile, "even");
  if (weir_flowfile_get_id (flowfile) % 3 == 0)
    weir_session_remove_attribute (session, flowfile, long_name);
  weir_session_put_attribute (session, flowfile, "changed", "\xc3\xa4\n");
  if (weir_flowfile_get_id (flowfile) % 5 == 0) {
    weir_session_remove (session, flowfile);
    return true;
  }
  if (weir_flowfile_get_size (flowfile) > 100)
    weir_session_transfer (session, weir_session_slice (session, flowfile, 10, 80), 1);
  if (weir_flowfile_get_id (flowfile) % 4 == 0)
    weir_session_penalize (session, flowfile);
  weir_session_transfer (session, flowfile, 0);
  return true;
}

static const WeirProcessor make = KIT_PROCESSOR ("Make", on_make, .input = WEIR_INPUT_FORBIDDEN);
static const WeirProcessor change = KIT_PROCESSOR ("Change", on_change);

static Kit *
new_kit (const char *directory)
{
  Kit *kit = kit_new_by_hand ();

  kit->options.data_dir = directory;
  kit->options.segment_size = 64 * 1024;
  kit->options.checkpoint_bytes = 100 * 1024;
  kit_processor (kit, "make", &make);
  kit_processor (kit, "change", &change)->penalty_usec = 3600 * (int64_t)G_USEC_PER_SEC;
  kit_funnel (kit, "good");
  kit_funnel (kit, "bad");
  kit_connect (kit, "make", "success", "change");
  kit_connect (kit, "make", "failure", "bad");
  kit_connect (kit, "change", "success", "good");
  kit_connect (kit, "change", "failure", "bad");
  return kit;
}

/* The process ends without an end of the engine, so that the log is longer than the snapshot. */
static int
make_directory (const char *directory)
{
  Kit *kit = new_kit (directory);
  g_autofree char *path = g_build_filename (directory, "expected", NULL);
  g_autofree char *text = NULL;

  kit_start (kit);
  for (unsigned i = 0; i < 40; i++)
    kit_advance (kit, G_USEC_PER_SEC);
  g_assert_true (
      weir_data_wait_applied (kit->engine->data, weir_data_get_appended (kit->engine->data)));
  text = kit_dump (kit);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  _exit (0);
}

static void
copy_all (const char *from, const char *to)
{
  g_autoptr (GDir) directory = g_dir_open (from, 0, NULL);

  g_mkdir_with_parents (to, 0700);
  for (const char *name; (name = g_dir_read_name (directory)) != NULL;) {
    g_autofree char *source = g_build_filename (from, name, NULL);
    g_autofree char *target = g_build_filename (to, name, NULL);
    g_autofree char *bytes = NULL;
    gsize size;

    if (g_file_test (source, G_FILE_TEST_IS_DIR)) {
      copy_all (source, target);
      continue;
    }
    g_assert_true (g_file_get_contents (source, &bytes, &size, NULL));
    g_assert_true (g_file_set_contents (target, bytes, (gssize)size, NULL));
  }
}

static void
test_version (gconstpointer name)
{
  g_autofree char *source = g_test_build_filename (G_TEST_DIST, name, NULL);
  g_autofree char *directory = g_dir_make_tmp ("weir-versions-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (directory, "expected", NULL);
  g_autoptr (Kit) kit = new_kit (directory);
  g_autofree char *expected = NULL;

  copy_all (source, directory);
  g_assert_true (g_file_get_contents (path, &expected, NULL, NULL));
  /* Twice: what it has written itself is read back, too. */
  for (unsigned i = 0; i < 2; i++) {
    g_autofree char *dump = NULL;

    kit_load (kit);
    dump = kit_dump (kit);
    g_assert_cmpstr (dump, ==, expected);
    kit_stop (kit);
  }
  kit_remove_all (directory);
}

int
main (int argc, char **argv)
{
  if (argc == 3 && strcmp (argv[1], "--make") == 0)
    return make_directory (argv[2]);
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/data versions/1", "data-v1", test_version);
  return g_test_run ();
}
