/* Tests engine/runtime/{report,session-facts,replay}.c together with the derivation: what the log
 * of a flow tells is what its processors did, and nothing that was undone. */
#include "kit.h"

#include "provenance/derivation.h"
#include "runtime/replay.h"
#include "store/follower.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* --- the story that a directory tells --- */

typedef struct {
  WeirDictionary *dictionary;
  GString *text;
  uint64_t first; /* id of a FlowFile: ids are told from here on */
} Teller;

static void
tell_names (Teller *teller, WeirOpNames names)
{
  const uint8_t *value;
  WeirEntryName name;
  size_t size, name_size;

  while (weir_op_next_set (&names, &name, &value, &size)) {
    const char *text = weir_dictionary_get_name_text (teller->dictionary, &name, &name_size);

    g_string_append_printf (teller->text, " %.*s=%.*s", (int)name_size, text, (int)size,
                            (const char *)value);
  }
}

static unsigned
short_id (Teller *teller, uint64_t id)
{
  if (teller->first == 0)
    teller->first = id;
  return (unsigned)(id - teller->first + 1);
}

static void
tell_event (Teller *teller, const WeirEvent *event)
{
  const char *component =
      weir_dictionary_get_text (teller->dictionary, WEIR_WORD_COMPONENT, event->component);
  const char *relationship =
      weir_dictionary_get_text (teller->dictionary, WEIR_WORD_NAME, event->relationship);
  const char *source =
      weir_dictionary_get_text (teller->dictionary, WEIR_WORD_QUEUE, event->source);
  GString *text = teller->text;

  g_string_append_printf (text, "%s %u %s", weir_event_type_get_name (event->type),
                          short_id (teller, event->flowfile), component != NULL ? component : "-");
  if (relationship != NULL)
    g_string_append_printf (text, ":%s", relationship);
  if (source != NULL)
    g_string_append_printf (text, " from %s", source);
  g_string_append_printf (text, " %u>%u", (unsigned)event->old_size, (unsigned)event->size);
  for (size_t i = 0; i < event->n_parents; i++)
    g_string_append_printf (text, " of %u", short_id (teller, event->parents[i]));
  if (event->has_attributes && !event->is_based)
    tell_names (teller, event->set);
  if (event->has_content)
    g_string_append (text, " content");
  if (event->uri != NULL)
    g_string_append_printf (text, " %.*s", (int)event->uri_size, event->uri);
  if (event->details != NULL)
    g_string_append_printf (text, " (%.*s)", (int)event->details_size, event->details);
  g_string_append_c (text, '\n');
}

static void
tell_frame (Teller *teller, WeirDerivation *derivation, const WeirFrame *frame)
{
  WeirLogEntry entry;
  const WeirEvent *event;

  for (size_t at = 0; weir_frame_next_entry (frame, &at, &entry, NULL);) {
    g_assert_true (weir_derivation_begin (derivation, &entry));
    while ((event = weir_derivation_next (derivation)) != NULL)
      tell_event (teller, event);
    g_assert_false (weir_derivation_has_failed (derivation));
  }
}

/* Of the engine that was here, stopped by now. Returns: (transfer full): a line an event. */
static char *
tell (const char *directory)
{
  WeirDataOptions options = { .directory = directory, .owner = "test" };
  g_autoptr (WeirDerivation) derivation = weir_derivation_new ();
  g_autoptr (WeirData) data = weir_data_open (&options, NULL);
  g_autoptr (WeirFollower) follower = weir_data_follow (data, 0, 0, NULL);
  Teller teller = { .dictionary = weir_data_get_dictionary (data), .text = g_string_new (NULL) };
  WeirFrame frame;

  g_assert_nonnull (follower);
  while (weir_follower_next (follower, 0, &frame, NULL) == WEIR_LOG_FRAME)
    tell_frame (&teller, derivation, &frame);
  return g_string_free (teller.text, FALSE);
}

/* --- processors --- */

static bool
on_make (void *state, WeirSession *session, GError **error)
{
  g_autofree char *made = weir_session_get_state (session, "made");
  WeirFlowFile *flowfile;

  if (made != NULL)
    return true;
  weir_session_set_state (session, "made", "1");
  flowfile = weir_session_create (session);
  weir_session_put_attribute (session, flowfile, "a", "1");
  g_assert_true (weir_session_set_content (session, flowfile, "0123456789", 10, NULL));
  weir_session_report (session, flowfile, WEIR_EVENT_RECEIVE, "http://u:secret@h/x", "by hand", 5);
  weir_session_transfer (session, flowfile, 0);
  return true;
}

static const WeirProcessor make = KIT_PROCESSOR ("Make", on_make, .input = WEIR_INPUT_FORBIDDEN);

/* Fails once, which nobody is to hear of. */
static bool
on_work (void *state, WeirSession *session, GError **error)
{
  WeirFlowFile *flowfile = weir_session_get (session);
  WeirFlowFile *parts[3];
  WeirFlowFile *joined;
  unsigned *n = state;

  if (flowfile == NULL)
    return true;
  weir_session_put_attribute (session, flowfile, "b", "2");
  g_assert_true (weir_session_set_content (session, flowfile, "abc", 3, NULL));
  weir_session_report (session, flowfile, WEIR_EVENT_SEND, "file:///y", NULL, -1);
  if ((*n)++ == 0) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_FAILED, "not yet");
    return false;
  }
  parts[0] = weir_session_slice (session, flowfile, 1, 2);
  parts[1] = weir_session_clone (session, flowfile);
  parts[2] = weir_session_create_child (session, flowfile);
  joined = weir_session_create_joined (session, parts, 3);
  for (unsigned i = 0; i < 2; i++)
    weir_session_transfer (session, parts[i], i);
  weir_session_remove (session, parts[2]);
  weir_session_transfer (session, joined, 0);
  weir_session_transfer (session, flowfile, 1);
  return true;
}

static const WeirProcessor work = KIT_PROCESSOR ("Work", on_work, .state_size = sizeof (unsigned));

/* One attribute, then away. */
static bool
on_end (void *state, WeirSession *session, GError **error)
{
  WeirFlowFile *flowfile = weir_session_get (session);

  if (flowfile == NULL)
    return true;
  weir_session_put_attribute (session, flowfile, "seen", "yes");
  weir_session_transfer (session, flowfile, 0);
  return true;
}

static const WeirProcessor finish = KIT_PROCESSOR ("Finish", on_end);

static bool
on_lose (void *state, WeirSession *session, GError **error)
{
  WeirFlowFile *flowfile = weir_session_get (session);

  if (flowfile != NULL)
    weir_session_remove (session, flowfile);
  return true;
}

static const WeirProcessor lose = KIT_PROCESSOR ("Lose", on_lose);

static char *
in_directory (Kit *kit)
{
  char *directory = g_dir_make_tmp ("weir-provenance-XXXXXX", NULL);

  kit->options.data_dir = directory;
  kit->options.durability = WEIR_DURABILITY_PROCESS;
  kit->options.segment_size = 1024 * 1024;
  return directory;
}

static void
check (const char *directory, const char *expected)
{
  g_autofree char *story = tell (directory);

  g_assert_cmpstr (story, ==, expected);
}

static void
test_story (void)
{
  g_autoptr (Kit) kit = kit_new_by_hand ();
  g_autofree char *directory = in_directory (kit);

  kit_processor (kit, "make", &make);
  kit_processor (kit, "work", &work);
  kit_processor (kit, "finish", &finish);
  kit_processor (kit, "lose", &lose);
  kit_connect (kit, "make", "success", "work");
  kit_connect (kit, "work", "success", "finish");
  kit_connect (kit, "work", "failure", "finish");
  kit_connect (kit, "work", "failure", "lose");
  kit_start (kit);
  kit_run (kit);
  kit_advance (kit, 60 * G_USEC_PER_SEC);
  kit_stop (kit);
  check (directory,
         "RECEIVE 1 make:success 0>10 a=1 content http://u:***@h/x (by hand)\n"
         "SEND 1 work:failure from make:success -> work 10>10 file:///y\n"
         "CONTENT_MODIFIED 1 work:failure from make:success -> work 10>3 b=2 content\n"
         "CLONE 6 work:failure from make:success -> work 0>3 of 1 a=1 b=2 content\n"
         "FORK 2 work:success 0>2 of 1 content\n"
         "CLONE 3 work:failure 0>3 of 1 content\n"
         "CLONE 7 work:failure 0>3 of 3 content\n"
         "FORK 4 work 0>0 of 1\n"
         "DROP 4 work 0>0\n"
         "JOIN 5 work:success 0>0 of 2 of 3 of 4\n"
         "DROP 6 lose from work:failure -> lose 3>3\n"
         "DROP 7 lose from work:failure -> lose 3>3\n"
         "ATTRIBUTES_MODIFIED 2 finish:success from work:success -> finish 2>2 seen=yes\n"
         "DROP 2 finish:success from work:success -> finish 2>2\n"
         "ATTRIBUTES_MODIFIED 1 finish:success from work:failure -> finish 3>3 seen=yes\n"
         "DROP 1 finish:success from work:failure -> finish 3>3\n"
         "ATTRIBUTES_MODIFIED 5 finish:success from work:success -> finish 0>0 seen=yes\n"
         "DROP 5 finish:success from work:success -> finish 0>0\n"
         "ATTRIBUTES_MODIFIED 3 finish:success from work:failure -> finish 3>3 seen=yes\n"
         "DROP 3 finish:success from work:failure -> finish 3>3\n");
  kit_remove_all (directory);
}

static void
connect_pair (Kit *kit)
{
  kit_processor (kit, "make", &make);
  kit_processor (kit, "lose", &lose);
  kit_connect (kit, "make", "success", "lose");
}

/* What was taken from a queue is there again, as another FlowFile; what has no place is refused. */
static void
test_replay (void)
{
  g_autoptr (Kit) kit = kit_new_by_hand ();
  g_autofree char *directory = in_directory (kit);
  g_autoptr (GHashTable) attributes = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GError) error = NULL;
  WeirReplay replay = { .attributes = attributes, .fd = -1, .details = "of event 1" };
  uint64_t id;

  connect_pair (kit);
  kit_start (kit);
  kit_run (kit);
  kit_stop (kit);
  kit_load (kit);
  g_hash_table_insert (attributes, (char *)"a", (char *)"1");
  g_hash_table_insert (attributes, (char *)"uuid", (char *)"not this one");
  replay.parent = 1;
  replay.queue = "elsewhere:success -> lose";
  g_assert_false (weir_engine_replay (kit->engine, &replay, &id, &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND);
  replay.queue = "make:success -> lose";
  replay.fd = g_file_open_tmp ("weir-replay-XXXXXX", NULL, NULL);
  g_assert_cmpint (write (replay.fd, "again", 5), ==, 5);
  g_assert_cmpint (lseek (replay.fd, 0, SEEK_SET), ==, 0);
  g_assert_true (weir_engine_replay (kit->engine, &replay, &id, NULL));
  g_assert_cmpuint (kit_count (kit, 0), ==, 1);
  close (replay.fd);
  kit_go (kit);
  kit_run (kit);
  g_assert_cmpuint (kit_count (kit, 0), ==, 0);
  kit_stop (kit);
  {
    g_autofree char *story = tell (directory);

    g_assert_nonnull (strstr (story, "\nREPLAY "));
    g_assert_nonnull (strstr (story, " - 0>5 of 1 a=1 "));
    g_assert_nonnull (strstr (story, " flowfile.replay=true "));
    g_assert_nonnull (strstr (story, " content (of event 1)\nDROP "));
  }
  kit_remove_all (directory);
}

/* Without provenance, the log says nothing more than it needs. */
static void
test_without (void)
{
  g_autoptr (Kit) kit = kit_new_by_hand ();
  g_autofree char *directory = in_directory (kit);

  kit->options.without_provenance = true;
  connect_pair (kit);
  kit_start (kit);
  kit_run (kit);
  kit_stop (kit);
  check (directory, "CREATE 1 make 0>10 a=1 content\nDROP 1 lose 0>0\n");
  kit_remove_all (directory);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/provenance/story", test_story);
  g_test_add_func ("/provenance/replay", test_replay);
  g_test_add_func ("/provenance/without", test_without);
  return g_test_run ();
}
