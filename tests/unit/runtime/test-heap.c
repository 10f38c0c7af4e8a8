/* Tests engine/runtime/heap.c: whatever goes in comes out by rank. */
#include "runtime/heap.h"

#include <glib.h>

static void
test_order (void)
{
  enum { N = 1000 };
  WeirFlowFile flowfiles[N] = { 0 };
  WeirHeap heap = { 0 };
  int64_t last = INT64_MIN;

  for (unsigned i = 0; i < N; i++) {
    WeirRank rank = { .key = g_test_rand_int_range (0, 100), .sequence = i };
    flowfiles[i].id = (uint64_t)rank.key * N + i; /* what it should be sorted by */
    weir_heap_push (&heap, &rank, &flowfiles[i]);
  }
  for (unsigned i = 0; i < N; i++) {
    WeirFlowFile *flowfile = weir_heap_pop (&heap);
    g_assert_cmpint ((int64_t)flowfile->id, >, last);
    last = (int64_t)flowfile->id;
  }
  g_assert_null (weir_heap_peek (&heap));
  weir_heap_clear (&heap);
}

static void
test_groups_and_texts (void)
{
  static const WeirRank ranks[] = {
    { .group = 2 },
    { .group = 1, .text = "b" },
    { .group = 1, .text = "a" },
    { .group = 0, .key = 9 },
  };
  WeirFlowFile flowfiles[G_N_ELEMENTS (ranks)] = { 0 };
  WeirHeap heap = { 0 };

  for (unsigned i = 0; i < G_N_ELEMENTS (ranks); i++)
    weir_heap_push (&heap, &ranks[i], &flowfiles[i]);
  for (unsigned i = G_N_ELEMENTS (ranks); i-- > 0;)
    g_assert_true (weir_heap_pop (&heap) == &flowfiles[i]);
  weir_heap_clear (&heap);
}

static void
test_take_older (void)
{
  WeirFlowFile flowfiles[100] = { 0 };
  WeirHeap heap = { 0 };
  unsigned n_taken = 0;

  for (unsigned i = 0; i < 100; i++) {
    WeirRank rank = { .key = (int64_t)(i * 7 % 100) };
    flowfiles[i].entry_time = i;
    flowfiles[i].id = (uint64_t)rank.key;
    weir_heap_push (&heap, &rank, &flowfiles[i]);
  }
  for (WeirFlowFile *taken = weir_heap_take_older (&heap, 59), *next; taken != NULL; taken = next) {
    next = taken->next;
    g_assert_cmpint (taken->entry_time, <=, 59);
    n_taken++;
  }
  g_assert_cmpuint (n_taken, ==, 60);
  for (int64_t last = -1; heap.n > 0;) {
    WeirFlowFile *flowfile = weir_heap_pop (&heap);
    g_assert_cmpint ((int64_t)flowfile->id, >, last);
    last = (int64_t)flowfile->id;
  }
  weir_heap_clear (&heap);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/heap/order", test_order);
  g_test_add_func ("/heap/groups and texts", test_groups_and_texts);
  g_test_add_func ("/heap/take older", test_take_older);
  return g_test_run ();
}
