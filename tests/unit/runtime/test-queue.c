/* Tests engine/runtime/queue.c: orders, penalties, expiry and exact figures, of one queue alone. */
#include "runtime/queue.h"
#include "runtime/slab.h"

#include <glib.h>

enum { N = 8 };

typedef struct {
  WeirConnection *connection;
  WeirSlab slab;
  WeirQueue *queue;
  WeirFlowFile flowfiles[N];
} Fixture;

static void
setup (Fixture *f, WeirOrder order)
{
  *f = (Fixture){ .connection = weir_connection_new ("a", "success", "b") };
  f->connection->order = order;
  f->connection->max_count = 4;
  f->connection->max_bytes = 100;
  f->connection->expire_usec = 1000;
  weir_slab_init (&f->slab, sizeof (WeirQueue), 1);
  f->queue = weir_slab_take (&f->slab);
  weir_queue_init (f->queue, f->connection, g_strdup ("a:success -> b"));
  f->queue->is_in_slab = true;
  for (unsigned i = 0; i < N; i++) {
    f->flowfiles[i].id = i;
    f->flowfiles[i].entry_time = 1000000 + i;
  }
}

static void
teardown (Fixture *f)
{
  WeirList list = { 0 };

  weir_queue_pop (f->queue, SIZE_MAX, 0, INT64_MAX, &list, &list);
  weir_queue_unref (f->queue);
  weir_slab_clear (&f->slab);
  weir_component_free (&f->connection->base);
  for (unsigned i = 0; i < N; i++)
    weir_attributes_unref (f->flowfiles[i].attributes);
}

static void
push (Fixture *f, unsigned first, unsigned n)
{
  WeirList list = { 0 };

  for (unsigned i = first; i < first + n; i++)
    weir_list_append (&list, &f->flowfiles[i]);
  weir_queue_push (f->queue, &list, 1000000);
  g_assert_cmpuint (list.n, ==, 0);
}

/* The ids of what can be taken, in that order. */
static char *
pop (Fixture *f, size_t max, int64_t wall, int64_t monotonic)
{
  WeirList list = { 0 };
  WeirList expired = { 0 };
  GString *ids = g_string_new ("");

  weir_queue_pop (f->queue, max, wall, monotonic, &list, &expired);
  for (WeirFlowFile *flowfile; (flowfile = weir_list_pop (&list)) != NULL;)
    g_string_append_printf (ids, "%u", (unsigned)flowfile->id);
  for (WeirFlowFile *flowfile; (flowfile = weir_list_pop (&expired)) != NULL;)
    g_string_append_printf (ids, "x%u", (unsigned)flowfile->id);
  return g_string_free (ids, FALSE);
}

#define assert_pop(f, max, wall, monotonic, expected)        \
  do {                                                       \
    g_autofree char *popped = pop (f, max, wall, monotonic); \
    g_assert_cmpstr (popped, ==, expected);                  \
  } while (0)

static void
test_fifo (void)
{
  Fixture f;

  setup (&f, WEIR_ORDER_FIFO);
  push (&f, 0, 2);
  push (&f, 2, 3);
  g_assert_true (weir_queue_has_ready (f.queue, 0));
  assert_pop (&f, 2, 1000000, 0, "01");
  assert_pop (&f, 9, 1000000, 0, "234");
  assert_pop (&f, 9, 1000000, 0, "");
  g_assert_false (weir_queue_has_ready (f.queue, 0));
  teardown (&f);
}

static void
test_returned_ones_come_first (void)
{
  Fixture f;
  WeirList list = { 0 };

  setup (&f, WEIR_ORDER_FIFO);
  push (&f, 0, 4);
  weir_queue_pop (f.queue, 3, 1000000, 0, &list, &list);
  weir_queue_return (f.queue, &list);
  assert_pop (&f, 9, 1000000, 0, "0123");
  teardown (&f);
}

static void
test_newest_and_oldest (void)
{
  static const int64_t starts[N] = { 5, 3, 8, 1, 7, 2, 6, 4 };
  Fixture f;

  for (int newest = 0; newest < 2; newest++) {
    setup (&f, newest ? WEIR_ORDER_NEWEST : WEIR_ORDER_OLDEST);
    for (unsigned i = 0; i < N; i++)
      f.flowfiles[i].lineage_start = starts[i];
    push (&f, 0, N);
    assert_pop (&f, N, 1000000, 0, newest ? "24607153" : "35170642");
    teardown (&f);
  }
}

static void
test_priority (void)
{
  static const char *const priorities[N] = { "10", "b", NULL, "9", "-1", "a", "9", NULL };
  Fixture f;

  setup (&f, WEIR_ORDER_PRIORITY);
  for (unsigned i = 0; i < N; i++) {
    WeirAttributes *old;
    if (priorities[i] != NULL)
      weir_attributes_set (&f.flowfiles[i].attributes, "priority", priorities[i], &old);
  }
  push (&f, 0, N);
  assert_pop (&f, N, 1000000, 0, "43605127");
  teardown (&f);
}

static void
test_penalized_ones_wait (void)
{
  Fixture f;

  setup (&f, WEIR_ORDER_FIFO);
  f.flowfiles[0].penalty_until = 50;
  f.flowfiles[1].penalty_until = 30;
  push (&f, 0, 3);
  g_assert_cmpint (atomic_load (&f.queue->next_due), ==, 30);
  assert_pop (&f, 9, 1000000, 20, "2");
  g_assert_false (weir_queue_has_ready (f.queue, 29));
  g_assert_true (weir_queue_has_ready (f.queue, 30));
  assert_pop (&f, 9, 1000000, 30, "1");
  assert_pop (&f, 9, 1000000, 60, "0");
  g_assert_cmpint (f.flowfiles[0].penalty_until, ==, 0);
  teardown (&f);
}

static void
test_expiry (void)
{
  Fixture f;
  WeirList expired = { 0 };

  setup (&f, WEIR_ORDER_FIFO);
  push (&f, 0, 5);
  assert_pop (&f, 1, 1001001, 0, "2x0x1");
  weir_queue_pop_expired (f.queue, 1001003, &expired);
  g_assert_cmpuint (expired.n, ==, 1);
  g_assert_true (weir_list_pop (&expired) == &f.flowfiles[3]);
  assert_pop (&f, 9, 1001003, 0, "4");
  teardown (&f);
}

static void
test_expiry_of_those_that_wait (void)
{
  Fixture f;
  WeirList expired = { 0 };

  setup (&f, WEIR_ORDER_PRIORITY);
  f.flowfiles[1].penalty_until = 50;
  push (&f, 0, 3);
  weir_queue_pop_expired (f.queue, 1001001, &expired);
  g_assert_cmpuint (expired.n, ==, 2);
  g_assert_cmpint (atomic_load (&f.queue->next_due), ==, INT64_MAX);
  teardown (&f);
}

enum { MANY = 20000, EXPIRED_AT = 1000, WALL = 2000 };

/* Takes and gives back some, as a target does whose trigger fails; ends others. In an order, what
 * is given back may go where the search has been: the next one finds it. */
static void
use (WeirQueue *queue, size_t n, unsigned *n_late)
{
  WeirList list = { 0 };
  WeirList expired = { 0 };

  if (queue->order == WEIR_ORDER_FIFO) {
    weir_queue_pop (queue, n, 0, 0, &list, &expired);
    weir_queue_return (queue, &list);
  }
  weir_queue_pop (queue, n, 0, 0, &list, &expired);
  for (WeirFlowFile *flowfile; (flowfile = weir_list_pop (&list)) != NULL;)
    *n_late += flowfile->entry_time <= EXPIRED_AT;
}

/* A call looks at some; whatever others do in between, no expired one stays. */
static void
test_expiry_of_many (gconstpointer order)
{
  g_autofree WeirFlowFile *flowfiles = g_new0 (WeirFlowFile, MANY);
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  Fixture f;
  WeirList list = { 0 };
  WeirList expired = { 0 };
  unsigned n_expected = 0, n_ended = 0, n_calls = 0;
  bool has_last = false;
  bool more;

  setup (&f, (WeirOrder)GPOINTER_TO_INT (order));
  for (unsigned i = 0; i < MANY; i++) {
    flowfiles[i].entry_time = g_rand_int_range (random, EXPIRED_AT - 500, EXPIRED_AT + 500);
    flowfiles[i].lineage_start = g_rand_int_range (random, 0, 1000);
    flowfiles[i].penalty_until = g_rand_int_range (random, 0, 10) == 0 ? INT64_MAX : 0;
    if (i == MANY - 1) /* the tail */
      flowfiles[i].entry_time = flowfiles[i].penalty_until = 0;
    n_expected += flowfiles[i].entry_time <= EXPIRED_AT;
    weir_list_append (&list, &flowfiles[i]);
  }
  weir_queue_push (f.queue, &list, 0);
  do {
    size_t before = expired.n;

    more = weir_queue_pop_expired (f.queue, WALL, &expired);
    g_assert_cmpuint (expired.n - before, <=, 2000);
    n_calls++;
    if (n_calls % 2 == 0) /* once, more than was looked at */
      use (f.queue, n_calls == 4 ? 4000 : (size_t)g_rand_int_range (random, 0, 300), &n_ended);
  } while (more);
  g_assert_cmpuint (n_calls, >, 4);
  n_ended += (unsigned)expired.n;
  for (WeirFlowFile *flowfile; (flowfile = weir_list_pop (&expired)) != NULL;)
    g_assert_cmpint (flowfile->entry_time, <=, EXPIRED_AT);
  g_assert_cmpuint (n_ended, ==, n_expected);
  weir_list_append (&list, &f.flowfiles[0]);
  weir_queue_push (f.queue, &list, 0);
  weir_queue_pop (f.queue, SIZE_MAX, 0, INT64_MAX, &list, &expired);
  for (WeirFlowFile *flowfile; (flowfile = weir_list_pop (&list)) != NULL;) {
    g_assert_cmpint (flowfile->entry_time, >, EXPIRED_AT);
    has_last |= flowfile == &f.flowfiles[0];
  }
  g_assert_true (has_last);
  teardown (&f);
}

static void
test_limits_and_figures (void)
{
  Fixture f;

  setup (&f, WEIR_ORDER_FIFO);
  g_assert_cmpuint (weir_queue_get_room (f.queue), ==, 4);
  push (&f, 0, 3);
  g_assert_false (weir_queue_is_full (f.queue));
  g_assert_cmpuint (weir_queue_get_room (f.queue), ==, 1);
  push (&f, 3, 2); /* beyond the limit: it is soft */
  g_assert_true (weir_queue_is_full (f.queue));
  g_assert_cmpuint (weir_queue_get_room (f.queue), ==, 0);

  assert_pop (&f, 9, 1000000, 0, "01234");
  g_assert_cmpuint (atomic_load (&f.queue->count), ==, 5); /* taken is not yet gone */
  g_assert_false (weir_queue_acknowledge (f.queue, 2, 0));
  g_assert_true (weir_queue_acknowledge (f.queue, 1, 0)); /* half empty: told once */
  g_assert_false (weir_queue_acknowledge (f.queue, 2, 0));
  g_assert_cmpuint (atomic_load (&f.queue->count), ==, 0);
  teardown (&f);
}

static void
test_limit_of_bytes (void)
{
  Fixture f;

  setup (&f, WEIR_ORDER_FIFO);
  f.flowfiles[0].content.size = 100;
  push (&f, 0, 1);
  g_assert_true (weir_queue_is_full (f.queue));
  g_assert_cmpuint (weir_queue_get_room (f.queue), ==, 0);
  assert_pop (&f, 1, 1000000, 0, "0");
  g_assert_true (weir_queue_acknowledge (f.queue, 1, 100));
  g_assert_cmpuint (atomic_load (&f.queue->bytes), ==, 0);
  teardown (&f);
}

/* Also where an order is asked for that does not tell them apart. */
static void
test_returned_ones_are_in_front_of_their_like (void)
{
  Fixture f;
  WeirList list = { 0 };
  WeirList expired = { 0 };

  setup (&f, WEIR_ORDER_PRIORITY);
  push (&f, 0, 5);
  weir_queue_pop (f.queue, 3, 1000000, 0, &list, &expired);
  weir_queue_return (f.queue, &list);
  weir_queue_pop (f.queue, 1, 1000000, 0, &list, &expired);
  weir_queue_return (f.queue, &list);
  assert_pop (&f, 9, 1000000, 0, "01234");
  teardown (&f);
}

/* A target that keeps what it took (it holds it) never makes the queue half empty. */
static void
test_drained (void)
{
  Fixture f;

  setup (&f, WEIR_ORDER_FIFO);
  push (&f, 0, 4);
  g_assert_true (weir_queue_is_full (f.queue));
  assert_pop (&f, 9, 1000000, 0, "0123");
  g_assert_false (weir_queue_acknowledge (f.queue, 1, 0));
  g_assert_true (weir_queue_has_room_again (f.queue));
  g_assert_false (weir_queue_has_room_again (f.queue));
  teardown (&f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/queue/fifo", test_fifo);
  g_test_add_func ("/queue/returned", test_returned_ones_come_first);
  g_test_add_func ("/queue/newest and oldest", test_newest_and_oldest);
  g_test_add_func ("/queue/priority", test_priority);
  g_test_add_func ("/queue/penalty", test_penalized_ones_wait);
  g_test_add_func ("/queue/expiry", test_expiry);
  g_test_add_func ("/queue/expiry of those that wait", test_expiry_of_those_that_wait);
  g_test_add_data_func ("/queue/expiry of many", GINT_TO_POINTER (WEIR_ORDER_FIFO),
                        test_expiry_of_many);
  g_test_add_data_func ("/queue/expiry of many in order", GINT_TO_POINTER (WEIR_ORDER_OLDEST),
                        test_expiry_of_many);
  g_test_add_func ("/queue/limits", test_limits_and_figures);
  g_test_add_func ("/queue/limit of bytes", test_limit_of_bytes);
  g_test_add_func ("/queue/drained", test_drained);
  g_test_add_func ("/queue/returned in order", test_returned_ones_are_in_front_of_their_like);
  return g_test_run ();
}
