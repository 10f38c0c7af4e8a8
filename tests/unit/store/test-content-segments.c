/* Which segments of the log may be written over, and when. */
#include "store/content-segments.h"

#include "durable.h"

static WeirContent
make (Durable *self, uint64_t place)
{
  WeirContent content = durable_write (self, 1000, 1000);

  durable_commit (self, &content, place);
  return content;
}

static void
test_a_segment_without_contents_is_free (Durable *self, const void *data)
{
  weir_content_store_release_segment (self->store, 7, 1);
  durable_advance (self);
  g_assert_cmpint (self->n_free, ==, 1);
  g_assert_cmpuint (self->last_free, ==, 7);
}

static void
test_contents_hold_their_segment (Durable *self, const void *data)
{
  WeirContent first, second, other;

  self->appended = 100;
  first = make (self, 3 * SEGMENT_SIZE + 4096);
  second = make (self, 3 * SEGMENT_SIZE + 5096);
  other = make (self, 4 * SEGMENT_SIZE + 4096);
  weir_content_store_release_segment (self->store, 3, 1);
  weir_content_clear (&first);
  weir_content_clear (&other);
  durable_advance (self);
  g_assert_cmpint (self->n_free, ==, 0);

  self->appended = 200;
  weir_content_clear (&second);
  weir_content_store_on_durable (self->store, 199);
  weir_content_store_settle (self->store);
  g_assert_cmpint (self->n_free, ==, 0);
  weir_content_store_on_durable (self->store, 200);
  weir_content_store_settle (self->store);
  g_assert_cmpint (self->n_free, ==, 1);
  g_assert_cmpuint (self->last_free, ==, 3);
}

static void
test_a_large_segment_is_free_with_the_last_of_its_numbers (Durable *self, const void *data)
{
  WeirContent contents[3];

  for (uint64_t i = 0; i < 3; i++)
    contents[i] = make (self, (5 + i) * SEGMENT_SIZE + 4096);
  weir_content_store_release_segment (self->store, 5, 4);
  for (size_t i = 0; i < 3; i++) {
    g_assert_cmpint (self->n_free, ==, 0);
    weir_content_clear (&contents[i]);
    durable_advance (self);
  }
  g_assert_cmpint (self->n_free, ==, 1);
  g_assert_cmpuint (self->last_free, ==, 5);
}

/* Its entry is in the log, but the store has not heard of it. */
static void
test_a_claim_on_its_way_holds_all_segments (Durable *self, const void *data)
{
  WeirContent before = durable_write (self, 1000, 1000);
  WeirContent after = durable_write (self, 1000, 1000);
  WeirContentRef ref;

  weir_content_describe (&before, &ref);
  weir_content_store_release_segment (self->store, 1, 1);
  durable_advance (self);
  g_assert_cmpint (self->n_free, ==, 0);

  /* What is described later is not waited for: it cannot be in a segment that was full before. */
  weir_content_describe (&after, &ref);
  weir_claim_set_place (before.claim, 2 * SEGMENT_SIZE + 4096);
  durable_advance (self);
  g_assert_cmpint (self->n_free, ==, 1);
  g_assert_cmpuint (self->last_free, ==, 1);

  weir_content_store_release_segment (self->store, 2, 1);
  weir_content_clear (&before);
  durable_advance (self);
  g_assert_cmpint (self->n_free, ==, 1);
  weir_content_clear (&after); /* never placed */
  durable_advance (self);
  g_assert_cmpint (self->n_free, ==, 2);
  g_assert_cmpuint (self->last_free, ==, 2);
}

typedef struct {
  Durable *durable;
  _Atomic uint64_t *next;
} Worker;

#define N_CLAIMS 3000

static void *
work (void *data)
{
  Worker *worker = data;
  WeirContentStore *store = worker->durable->store;
  WeirContent kept[16] = { 0 };

  for (unsigned i = 0; i < N_CLAIMS; i++) {
    WeirContent content;
    WeirContentRef ref;
    uint64_t place;

    g_assert_true (weir_content_store_put (store, "content", 7, &content, NULL));
    g_assert_nonnull (weir_content_describe (&content, &ref));
    place = atomic_fetch_add (worker->next, 4096);
    atomic_store (&worker->durable->appended, place);
    weir_claim_set_place (content.claim, place);
    weir_content_clear (&kept[i % G_N_ELEMENTS (kept)]);
    kept[i % G_N_ELEMENTS (kept)] = content;
  }
  for (size_t i = 0; i < G_N_ELEMENTS (kept); i++)
    weir_content_clear (&kept[i]);
  return NULL;
}

static void
test_threads_come_and_go (Durable *self, const void *data)
{
  _Atomic uint64_t next = SEGMENT_SIZE;
  Worker worker = { self, &next };
  pthread_t threads[3];
  uint64_t released = 1, last = 1 + 3 * N_CLAIMS * 4096 / SEGMENT_SIZE;

  for (size_t i = 0; i < G_N_ELEMENTS (threads); i++)
    g_assert_cmpint (pthread_create (&threads[i], NULL, work, &worker), ==, 0);
  while (released < last) {
    for (; released + 1 < atomic_load (&next) / SEGMENT_SIZE; released++)
      weir_content_store_release_segment (self->store, released, 1);
    weir_content_store_on_durable (self->store, self->appended);
    if (atomic_load (&next) >= last * SEGMENT_SIZE)
      break;
  }
  for (size_t i = 0; i < G_N_ELEMENTS (threads); i++)
    pthread_join (threads[i], NULL);
  for (; released < last; released++)
    weir_content_store_release_segment (self->store, released, 1);
  self->appended = UINT64_MAX - 1;
  weir_content_store_on_durable (self->store, UINT64_MAX - 1);
  weir_content_store_settle (self->store);
  g_assert_cmpint (self->n_free, ==, (int)last - 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) \
  g_test_add (path, Durable, NULL, durable_set_up, function, durable_tear_down)
  ADD ("/content-segments/none", test_a_segment_without_contents_is_free);
  ADD ("/content-segments/held", test_contents_hold_their_segment);
  ADD ("/content-segments/large", test_a_large_segment_is_free_with_the_last_of_its_numbers);
  ADD ("/content-segments/on-its-way", test_a_claim_on_its_way_holds_all_segments);
  ADD ("/content-segments/threads", test_threads_come_and_go);
  return g_test_run ();
}
