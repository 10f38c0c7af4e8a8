/* Tests engine/runtime/far.c: a long queue with an order gives everything back in just that order,
 * whatever comes and goes meanwhile, also after restarts; what expires does so at its time, and
 * what cannot be read stays. Guards invariants 5 and 6 (ARCHITECTURE.md). */
#include "kit.h"

#include "runtime/flowfile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FRONT  100u
#define N_MADE 3000u

/* Up to two fronts before any leaves, and what was read back since. */
#define MOST_IN_MEMORY (FRONT * 21 / 10)

/* What has been made, and is where in the order. */
typedef struct {
  int group;
  int64_t key;
  const char *text;
  bool is_queued;
} Made;

static Made made[N_MADE];
static WeirOrder order;
static unsigned n_made, to_make;
static unsigned n_taken, to_take;

static bool
is_before (const Made *a, const Made *b)
{
  int texts = a->text != NULL && b->text != NULL ? strcmp (a->text, b->text) : 0;

  if (a->group != b->group)
    return a->group < b->group;
  if (a->key != b->key)
    return a->key < b->key;
  return texts != 0 ? texts < 0 : a < b;
}

static void
assert_is_next (unsigned number)
{
  for (unsigned i = 0; i < n_made; i++)
    if (made[i].is_queued && i != number)
      g_assert_true (is_before (&made[number], &made[i]));
}

/* Numbers, texts, and none at all. */
static void
make_one (WeirSession *session, unsigned number)
{
  static const char *const texts[] = { "high", "low", "lower" };
  WeirFlowFile *flowfile = weir_session_create (session);
  Made *one = &made[number];
  int draw = g_test_rand_int_range (0, 60);

  *one = (Made){ .is_queued = true };
  weir_session_put_attribute_printf (session, flowfile, "number", "%u", number);
  weir_session_set_content (session, flowfile, "some", 4, NULL);
  if (draw < 40)
    weir_session_put_attribute_printf (session, flowfile, "priority", "%d", draw - 20);
  else if (draw < 50)
    weir_session_put_attribute (session, flowfile, "priority", texts[draw % 3]);
  if (order == WEIR_ORDER_PRIORITY) {
    one->group = draw < 40 ? 0 : draw < 50 ? 1 : 2;
    one->key = draw < 40 ? draw - 20 : 0;
    one->text = one->group == 1 ? texts[draw % 3] : NULL;
  } else {
    one->key = weir_flowfile_get_lineage_start (flowfile);
    one->key *= order == WEIR_ORDER_NEWEST ? -1 : 1;
  }
  weir_session_transfer (session, flowfile, 0);
}

static bool
on_make (void *state, WeirSession *session, GError **error)
{
  for (unsigned i = 0; i < 40 && n_made < to_make; i++)
    make_one (session, n_made++);
  return true;
}

static bool
on_take (void *state, WeirSession *session, GError **error)
{
  WeirFlowFile *flowfile = n_taken < to_take ? weir_session_get (session) : NULL;
  unsigned number;

  if (flowfile == NULL)
    return true;
  number = (unsigned)atoi (weir_flowfile_get_attribute (flowfile, "number"));
  g_assert_true (made[number].is_queued);
  g_assert_cmpuint (weir_flowfile_get_size (flowfile), ==, 4);
  assert_is_next (number);
  made[number].is_queued = false;
  n_taken++;
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

static Kit *
new_kit (WeirOrder of, char **ret_directory)
{
  Kit *kit = kit_new_by_hand ();
  WeirConnection *connection;

  *ret_directory = g_dir_make_tmp ("weir-far-XXXXXX", NULL);
  kit->options.data_dir = *ret_directory;
  kit->options.durability = WEIR_DURABILITY_PROCESS;
  kit->options.segment_size = 1024 * 1024;
  kit->options.checkpoint_bytes = 16 * 1024;
  kit->options.queue_front = FRONT;
  kit_processor (kit, "make", &make);
  kit_processor (kit, "take", &take);
  connection = kit_connect (kit, "make", "success", "take");
  connection->max_count = 0;
  connection->max_bytes = 0;
  connection->order = order = of;
  n_made = to_make = n_taken = to_take = 0;
  return kit;
}

static uint64_t
in_memory (Kit *kit)
{
  WeirContentUsage usage;

  weir_content_store_get_usage (kit->engine->store, &usage);
  return usage.n_claims;
}

static void
make_up_to (Kit *kit, unsigned n)
{
  to_make = n;
  while (n_made < n)
    kit_advance (kit, G_USEC_PER_SEC);
}

/* What the book has applied decides what may go. */
static void
wait_until_cold (Kit *kit)
{
  int64_t end = g_get_monotonic_time () + KIT_LONG;

  while (in_memory (kit) > MOST_IN_MEMORY) {
    g_assert_cmpint (g_get_monotonic_time (), <, end);
    g_usleep (100);
    kit_run (kit);
  }
}

static void
take_up_to (Kit *kit, unsigned n)
{
  to_take = n;
  while (n_taken < n) {
    unsigned before = n_taken;
    kit_advance (kit, 10 * G_USEC_PER_SEC);
    g_assert_cmpuint (n_taken, >, before);
  }
  g_assert_cmpuint (kit_count (kit, 0), ==, n_made - n_taken);
}

static void
restart (Kit *kit)
{
  kit_stop (kit);
  kit_load (kit);
  g_assert_cmpuint (kit_count (kit, 0), ==, n_made - n_taken);
  g_assert_cmpuint (in_memory (kit), <=, FRONT);
  kit_go (kit);
}

static unsigned
some_more (unsigned n, int most, unsigned limit)
{
  unsigned more = n + (unsigned)g_test_rand_int_range (0, most);

  return MIN (more, limit);
}

static void
test_order (const void *data)
{
  g_autofree char *directory = NULL;
  g_autoptr (Kit) kit = new_kit ((WeirOrder)GPOINTER_TO_INT (data), &directory);

  kit_start (kit);
  make_up_to (kit, 1000);
  wait_until_cold (kit);
  take_up_to (kit, 333);
  restart (kit);
  take_up_to (kit, 400);
  for (unsigned i = 0; i < 50; i++) {
    make_up_to (kit, some_more (n_made, 100, N_MADE));
    if (i % 4 == 0)
      wait_until_cold (kit);
    take_up_to (kit, some_more (n_taken, 70, n_made));
    if (i % 20 == 10)
      restart (kit);
  }
  take_up_to (kit, n_made);
  g_assert_cmpuint (in_memory (kit), ==, 0);
  g_assert_false (kit_has_said (kit, "cannot be read back"));
  restart (kit);
  kit_stop (kit);
  kit_remove_all (directory);
}

/* Those that nobody would take for long, because others are before them. */
static void
test_expiry (void)
{
  g_autofree char *directory = NULL;
  g_autoptr (Kit) kit = new_kit (WEIR_ORDER_NEWEST, &directory);

  connection_of (kit)->expire_usec = 1000 * G_USEC_PER_SEC;
  kit_start (kit);
  make_up_to (kit, 2000);
  kit_advance (kit, 500 * G_USEC_PER_SEC);
  make_up_to (kit, N_MADE);
  wait_until_cold (kit);
  g_assert_cmpuint (kit_count (kit, 0), ==, N_MADE);
  for (unsigned i = 0; i < 60; i++)
    kit_advance (kit, 10 * G_USEC_PER_SEC);
  g_assert_cmpuint (kit_count (kit, 0), ==, N_MADE - 2000);
  g_assert_cmpuint (atomic_load (&kit_queue (kit, 0)->expired), ==, 2000);
  for (unsigned i = 0; i < 2000; i++)
    made[i].is_queued = false;
  n_taken = 2000;
  restart (kit);
  take_up_to (kit, N_MADE);
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

static void
test_unreadable (void)
{
  g_autofree char *directory = NULL;
  g_autoptr (Kit) kit = new_kit (WEIR_ORDER_PRIORITY, &directory);
  BadDisk disk = { .fs.on_call = on_read };

  kit->options.fs = &disk.fs;
  kit_start (kit);
  make_up_to (kit, N_MADE);
  wait_until_cold (kit);
  kit_stop (kit);
  kit_start (kit);

  atomic_store (&disk.has_failed, true);
  to_take = N_MADE;
  kit_advance (kit, G_USEC_PER_SEC);
  kit_advance (kit, 10 * G_USEC_PER_SEC);
  g_assert_cmpuint (n_taken, <, N_MADE);
  kit_assert_said (kit, "cannot be read back");
  g_assert_cmpuint (kit_count (kit, 0), ==, N_MADE - n_taken);

  atomic_store (&disk.has_failed, false);
  for (unsigned i = 0; i < 100 && n_taken < N_MADE; i++)
    kit_advance (kit, G_USEC_PER_SEC);
  g_assert_cmpuint (n_taken, ==, N_MADE);
  kit_stop (kit);
  kit_remove_all (directory);
}

/* --- a book that is behind --- */

typedef struct {
  WeirFs fs;
  pthread_mutex_t lock;
  pthread_cond_t changed;
  bool log_stands, book_stands; /* guarded by lock */
} SlowDisk;

/* What writes the log, or what brings it into the book, stands still. */
static int
on_call (WeirFs *fs, WeirFsCall call)
{
  SlowDisk *disk = (SlowDisk *)fs;
  char name[16] = "";
  const bool *stands = NULL;

  if (pthread_getname_np (pthread_self (), name, sizeof name) != 0)
    return 0;
  if (call == WEIR_FS_WRITE && g_str_equal (name, "weir-log"))
    stands = &disk->log_stands;
  else if (call == WEIR_FS_READ && g_str_equal (name, "weir-applier"))
    stands = &disk->book_stands;
  pthread_mutex_lock (&disk->lock);
  while (stands != NULL && *stands)
    pthread_cond_wait (&disk->changed, &disk->lock);
  pthread_mutex_unlock (&disk->lock);
  return 0;
}

static void
set_standing (SlowDisk *disk, bool log_stands, bool book_stands)
{
  pthread_mutex_lock (&disk->lock);
  disk->log_stands = log_stands;
  disk->book_stands = book_stands;
  pthread_cond_broadcast (&disk->changed);
  pthread_mutex_unlock (&disk->lock);
}

/* Only what the book has can be read back from it, and what came after it was asked may not be
 * there when the answer is yes. */
static void
test_what_is_not_in_the_book_stays (void)
{
  SlowDisk disk = { .fs.on_call = on_call,
                    .lock = PTHREAD_MUTEX_INITIALIZER,
                    .changed = PTHREAD_COND_INITIALIZER };
  g_autofree char *directory = NULL;
  g_autoptr (Kit) kit = new_kit (WEIR_ORDER_OLDEST, &directory);
  WeirData *data;
  uint64_t asked;

  kit->options.fs = &disk.fs;
  kit_start (kit);
  data = kit->engine->data;
  set_standing (&disk, false, true);
  make_up_to (kit, 3 * FRONT);
  asked = weir_data_get_appended (data);
  /* Which waits for the disk. */
  weir_data_take_ids (data, UINT32_MAX);
  set_standing (&disk, true, true);
  make_up_to (kit, 6 * FRONT);
  g_assert_cmpuint (in_memory (kit), ==, 6 * FRONT);

  set_standing (&disk, true, false);
  g_assert_true (weir_data_wait_applied (data, asked));
  make_up_to (kit, 6 * FRONT + 1);
  g_assert_cmpuint (in_memory (kit), <, 6 * FRONT);
  g_assert_cmpuint (in_memory (kit), >, FRONT + 3 * FRONT);

  set_standing (&disk, false, false);
  wait_until_cold (kit);
  take_up_to (kit, n_made);
  g_assert_false (kit_has_said (kit, "cannot be read back"));
  kit_stop (kit);
  kit_remove_all (directory);
}

/* --- threads --- */

#define N_MANY 20000u

static _Atomic unsigned n_seen[N_MANY];
static _Atomic unsigned n_sent, n_got;

static bool
on_send (void *state, WeirSession *session, GError **error)
{
  for (unsigned i = 0; i < 100; i++) {
    unsigned number = atomic_fetch_add (&n_sent, 1);
    WeirFlowFile *flowfile;

    if (number >= N_MANY)
      return true;
    flowfile = weir_session_create (session);
    weir_session_put_attribute_printf (session, flowfile, "number", "%u", number);
    weir_session_put_attribute_printf (session, flowfile, "priority", "%u", number * 7919 % 1000);
    weir_session_transfer (session, flowfile, 0);
  }
  return true;
}

static bool
on_receive (void *state, WeirSession *session, GError **error)
{
  WeirFlowFile *flowfile = weir_session_get (session);

  if (flowfile == NULL)
    return true;
  atomic_fetch_add (&n_seen[atoi (weir_flowfile_get_attribute (flowfile, "number"))], 1);
  atomic_fetch_add (&n_got, 1);
  weir_session_remove (session, flowfile);
  return true;
}

static const WeirProcessor send = KIT_PROCESSOR ("Send", on_send, .input = WEIR_INPUT_FORBIDDEN);
static const WeirProcessor receive = KIT_PROCESSOR ("Receive", on_receive);

/* While some threads take, others add. */
static void
test_both_ends (void)
{
  g_autofree char *directory = g_dir_make_tmp ("weir-far-XXXXXX", NULL);
  g_autoptr (Kit) kit = kit_new_with_threads (3);
  WeirConnection *connection;

  kit->options.data_dir = directory;
  kit->options.durability = WEIR_DURABILITY_PROCESS;
  kit->options.queue_front = 10;
  kit_processor (kit, "send", &send);
  kit_processor (kit, "receive", &receive)->schedule.tasks = 2;
  connection = kit_connect (kit, "send", "success", "receive");
  connection->max_count = 0;
  connection->max_bytes = 0;
  connection->order = WEIR_ORDER_PRIORITY;
  kit_start (kit);
  g_assert_true (weir_engine_wait_idle (kit->engine, KIT_LONG));
  g_assert_cmpuint (atomic_load (&n_got), ==, N_MANY);
  for (unsigned i = 0; i < N_MANY; i++)
    g_assert_cmpuint (atomic_load (&n_seen[i]), ==, 1);
  /* Whatever was read back was there already. */
  g_assert_false (kit_has_said (kit, "cannot be read back"));
  kit_stop (kit);
  kit_remove_all (directory);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/far/priority", GINT_TO_POINTER (WEIR_ORDER_PRIORITY), test_order);
  g_test_add_data_func ("/far/newest", GINT_TO_POINTER (WEIR_ORDER_NEWEST), test_order);
  g_test_add_data_func ("/far/oldest", GINT_TO_POINTER (WEIR_ORDER_OLDEST), test_order);
  g_test_add_func ("/far/expiry", test_expiry);
  g_test_add_func ("/far/unreadable", test_unreadable);
  g_test_add_func ("/far/not in the book", test_what_is_not_in_the_book_stays);
  g_test_add_func ("/far/both ends", test_both_ends);
  return g_test_run ();
}
