/* Tests engine/runtime/backlog.c: a queue that is longer than what is kept in memory gives
 * everything back, in order, with attributes and contents, also after a restart and also when
 * reading back fails now and then. Guards invariants 5 and 6 (ARCHITECTURE.md). */
#include "kit.h"

#include "runtime/backlog.h"
#include "runtime/flowfile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define N_MADE 45000u

static unsigned n_made;
static unsigned n_taken;
static unsigned to_take;

static bool
on_make (void *state, WeirSession *session, GError **error)
{
  for (unsigned i = 0; i < 250 && n_made < N_MADE; i++, n_made++) {
    WeirFlowFile *flowfile = weir_session_create (session);
    g_autofree char *text = g_strdup_printf ("content %u", n_made);

    weir_session_put_attribute_printf (session, flowfile, "number", "%u", n_made);
    weir_session_put_attribute (session, flowfile, "kind", "test");
    weir_session_set_content (session, flowfile, text, strlen (text), NULL);
    weir_session_transfer (session, flowfile, 0);
  }
  return true;
}

static void
assert_number (WeirSession *session, WeirFlowFile *flowfile, unsigned number)
{
  g_autofree char *text = g_strdup_printf ("content %u", number);
  g_autoptr (GError) error = NULL;
  WeirBytes bytes;

  g_assert_cmpuint (strtoul (weir_flowfile_get_attribute (flowfile, "number"), NULL, 10), ==,
                    number);
  g_assert_cmpstr (weir_flowfile_get_attribute (flowfile, "kind"), ==, "test");
  weir_session_view (session, flowfile, &bytes, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (bytes.data, bytes.size, text, strlen (text));
}

static bool
on_take (void *state, WeirSession *session, GError **error)
{
  WeirFlowFile *flowfile = n_taken < to_take ? weir_session_get (session) : NULL;

  if (flowfile == NULL)
    return true;
  assert_number (session, flowfile, n_taken++);
  weir_session_remove (session, flowfile);
  return true;
}

static const WeirProcessor make = KIT_PROCESSOR ("Make", on_make, .input = WEIR_INPUT_FORBIDDEN);
static const WeirProcessor take = KIT_PROCESSOR ("Take", on_take);

static WeirConnection *
connection_of (Kit *kit)
{
  guint at = 0;

  return weir_group_next (kit->flow->root, WEIR_KIND_CONNECTION, &at);
}

/* A queue with N_MADE in it; nobody takes from it. */
static Kit *
start (char **ret_directory)
{
  Kit *kit = kit_new_by_hand ();
  WeirConnection *connection;

  *ret_directory = g_dir_make_tmp ("weir-backlog-XXXXXX", NULL);
  kit->options.data_dir = *ret_directory;
  kit->options.durability = WEIR_DURABILITY_PROCESS;
  kit->options.segment_size = 1024 * 1024;
  kit->options.checkpoint_bytes = 512 * 1024;
  kit_processor (kit, "make", &make);
  kit_processor (kit, "take", &take);
  connection = kit_connect (kit, "make", "success", "take");
  connection->max_count = 0;
  connection->max_bytes = 0;
  n_made = n_taken = to_take = 0;
  kit_start (kit);
  return kit;
}

static uint64_t
content_in_memory (Kit *kit)
{
  WeirContentUsage usage;

  weir_content_store_get_usage (kit->engine->store, &usage);
  return usage.n_claims;
}

/* The front, five chunks behind it, and the last one. */
#define MOST_IN_MEMORY (WEIR_BACKLOG_FRONT * 17 / 10)

/* What the book has applied decides what may go; when it has all, nothing else need happen. */
static void
fill (Kit *kit)
{
  int64_t end = g_get_monotonic_time () + KIT_LONG;

  while (n_made < N_MADE)
    kit_advance (kit, 10 * G_USEC_PER_SEC);
  g_assert_cmpuint (kit_count (kit, 0), ==, N_MADE);
  while (content_in_memory (kit) > MOST_IN_MEMORY) {
    g_assert_cmpint (g_get_monotonic_time (), <, end);
    g_usleep (100);
    kit_run (kit);
  }
}

static void
empty (Kit *kit, unsigned until)
{
  to_take = until;
  while (n_taken < until) {
    unsigned before = n_taken;
    kit_advance (kit, 10 * G_USEC_PER_SEC);
    g_assert_cmpuint (n_taken, >, before);
  }
  g_assert_cmpuint (kit_count (kit, 0), ==, N_MADE - until);
}

static void
test_long_queue (void)
{
  g_autofree char *directory = NULL;
  g_autoptr (Kit) kit = start (&directory);

  fill (kit);
  empty (kit, N_MADE);
  g_assert_cmpuint (content_in_memory (kit), ==, 0);
  kit_stop (kit);
  kit_remove_all (directory);
}

static void
test_restart (void)
{
  g_autofree char *directory = NULL;
  g_autoptr (Kit) kit = start (&directory);

  fill (kit);
  empty (kit, 1234);
  for (unsigned i = 1; i <= 3; i++) {
    kit_stop (kit);
    kit_load (kit);
    g_assert_cmpuint (kit_count (kit, 0), ==, N_MADE - n_taken);
    g_assert_cmpuint (content_in_memory (kit), <=, WEIR_BACKLOG_FRONT);
    kit_go (kit);
    empty (kit, i * 14000);
  }
  empty (kit, N_MADE);
  kit_stop (kit);

  /* Nothing comes back. */
  kit_load (kit);
  g_assert_cmpuint (kit_count (kit, 0), ==, 0);
  kit_go (kit);
  kit_stop (kit);
  kit_remove_all (directory);
}

/* Nobody takes, and all expire, those on the disk too. */
static void
test_expiry (void)
{
  g_autofree char *directory = NULL;
  g_autoptr (Kit) kit = start (&directory);

  fill (kit);
  kit_stop (kit);
  connection_of (kit)->expire_usec = G_USEC_PER_SEC;
  kit_start (kit);
  kit_advance (kit, 100 * G_USEC_PER_SEC);
  g_assert_cmpuint (kit_count (kit, 0), ==, 0);
  g_assert_cmpuint (atomic_load (&kit_queue (kit, 0)->expired), ==, N_MADE);
  kit_stop (kit);
  kit_remove_all (directory);
}

/* While one thread takes, another adds. */
static void
test_both_ends (void)
{
  g_autofree char *directory = NULL;
  g_autoptr (Kit) kit = start (&directory);

  kit_stop (kit);
  kit->options.clock = NULL;
  kit->options.by_hand = false;
  kit->options.n_workers = 2;
  n_taken = n_made = 0;
  to_take = N_MADE;
  kit_remove_all (directory);
  kit_start (kit);
  g_assert_true (weir_engine_wait_idle (kit->engine, KIT_LONG));
  g_assert_cmpuint (n_taken, ==, N_MADE);
  kit_stop (kit);
  kit_remove_all (directory);
}

/* --- a disk that cannot be read --- */

typedef struct {
  WeirFs fs;
  _Atomic bool has_failed;
} BadDisk;

static int
on_read (WeirFs *fs, WeirFsCall call)
{
  BadDisk *disk = (BadDisk *)fs;

  return atomic_load (&disk->has_failed) && call == WEIR_FS_READ ? EIO : 0;
}

static bool
on_count (void *state, WeirSession *session, GError **error)
{
  static const char *const all[] = { "one", "two" };

  for (unsigned i = 0; i < 100 && n_made < 2000; i++) {
    WeirFlowFile *flowfile = weir_session_create (session);

    weir_session_put_attribute_printf (session, flowfile, "number", "%u", n_made++);
    weir_session_put_attribute (session, flowfile, "kind", all[i % 2]);
    weir_session_transfer (session, flowfile, 0);
  }
  return true;
}

static bool
on_take_count (void *state, WeirSession *session, GError **error)
{
  WeirFlowFile *flowfile = n_taken < to_take ? weir_session_get (session) : NULL;
  g_autofree char *number = g_strdup_printf ("%u", n_taken);

  if (flowfile == NULL)
    return true;
  g_assert_cmpstr (weir_flowfile_get_attribute (flowfile, "number"), ==, number);
  n_taken++;
  weir_session_remove (session, flowfile);
  return true;
}

static const WeirProcessor take_count = KIT_PROCESSOR ("TakeCount", on_take_count);
static const WeirProcessor count = KIT_PROCESSOR ("Count", on_count, .input = WEIR_INPUT_FORBIDDEN);

/* Two long queues of one relationship. What is cold stays there as long as it cannot be read, in
 * its order, and goes on then. */
static void
test_unreadable (void)
{
  g_autoptr (Kit) kit = kit_new_by_hand ();
  g_autofree char *directory = g_dir_make_tmp ("weir-backlog-XXXXXX", NULL);
  BadDisk disk = { .fs.on_call = on_read };
  WeirConnection *to_end;

  kit->options.data_dir = directory;
  kit->options.durability = WEIR_DURABILITY_PROCESS;
  kit->options.segment_size = 1024 * 1024;
  kit->options.fs = &disk.fs;
  kit->options.queue_front = 100;
  kit->options.checkpoint_bytes = 4096;
  kit_processor (kit, "count", &count);
  kit_processor (kit, "take", &take_count);
  kit_funnel (kit, "end");
  to_end = kit_connect (kit, "count", "success", "end");
  to_end->max_count = 0;
  kit_connect (kit, "count", "success", "take")->max_count = 0;
  n_taken = to_take = n_made = 0;
  kit_start (kit);
  while (n_made < 2000)
    kit_advance (kit, G_USEC_PER_SEC);
  kit_stop (kit);
  kit_start (kit);

  atomic_store (&disk.has_failed, true);
  to_take = 2000;
  kit_advance (kit, G_USEC_PER_SEC);
  kit_advance (kit, 10 * G_USEC_PER_SEC);
  g_assert_cmpuint (n_taken, >=, 50);
  g_assert_cmpuint (n_taken, <, 2000);
  kit_assert_said (kit, "cannot be read back");
  g_assert_cmpuint (kit_count (kit, 0), ==, 2000);
  g_assert_cmpuint (kit_count (kit, 1), ==, 2000 - n_taken);

  atomic_store (&disk.has_failed, false);
  for (unsigned i = 0; i < 100 && n_taken < 2000; i++)
    kit_advance (kit, G_USEC_PER_SEC);
  g_assert_cmpuint (n_taken, ==, 2000);

  /* With an order from now on. */
  kit_stop (kit);
  to_end->order = WEIR_ORDER_NEWEST;
  kit_load (kit);
  g_assert_cmpuint (kit_count (kit, 0), ==, 2000);
  kit_go (kit);
  kit_stop (kit);
  kit_remove_all (directory);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/backlog/long queue", test_long_queue);
  g_test_add_func ("/backlog/restart", test_restart);
  g_test_add_func ("/backlog/expiry", test_expiry);
  g_test_add_func ("/backlog/both ends", test_both_ends);
  g_test_add_func ("/backlog/unreadable", test_unreadable);
  return g_test_run ();
}
