/* Tests engine/runtime/heap.c: whatever goes in comes out by rank. */
#include "runtime/heap.h"

#include <glib.h>

static void
push (WeirHeap *heap, const WeirRank *rank, WeirFlowFile *flowfile)
{
  WeirHeapItem item = { .rank = *rank, .entry_time = flowfile->entry_time, .flowfile = flowfile };

  weir_heap_push (heap, &item);
}

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
    push (&heap, &rank, &flowfiles[i]);
  }
  for (unsigned i = 0; i < N; i++) {
    WeirFlowFile *flowfile = weir_heap_pop (&heap).flowfile;
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
    push (&heap, &ranks[i], &flowfiles[i]);
  for (unsigned i = G_N_ELEMENTS (ranks); i-- > 0;)
    g_assert_true (weir_heap_pop (&heap).flowfile == &flowfiles[i]);
  weir_heap_clear (&heap);
}

static unsigned
count_older (WeirHeap *heap, int64_t entry_time, size_t max, size_t *end)
{
  WeirHeapItem item;
  unsigned n = 0;

  for (size_t left = max; weir_heap_take_older (heap, entry_time, &left, end, &item); n++)
    g_assert_cmpint (item.flowfile->entry_time, <=, entry_time);
  g_assert_cmpuint (n, <=, max);
  return n;
}

/* Whatever the order and the steps; others may be taken meanwhile. */
static void
test_take_older (gconstpointer steps)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  WeirFlowFile flowfiles[1000] = { 0 };
  WeirHeap heap = { 0 };
  size_t end = SIZE_MAX;
  unsigned n_older = 0;

  for (unsigned i = 0; i < G_N_ELEMENTS (flowfiles); i++) {
    WeirRank rank = { .key = g_rand_int_range (random, 0, 500), .sequence = i };

    flowfiles[i].entry_time = g_rand_int_range (random, 0, 100);
    flowfiles[i].lineage_start = rank.key;
    n_older += flowfiles[i].entry_time <= 59;
    push (&heap, &rank, &flowfiles[i]);
  }
  do {
    n_older -= count_older (&heap, 59, GPOINTER_TO_SIZE (steps), &end);
    if (end > 0)
      n_older -= weir_heap_pop (&heap).entry_time <= 59;
  } while (end > 0);
  g_assert_cmpuint (n_older, ==, 0);
  g_assert_cmpuint (heap.n, >, 0);
  for (int64_t last = -1; heap.n > 0;) {
    WeirFlowFile *flowfile = weir_heap_pop (&heap).flowfile;

    g_assert_cmpint (flowfile->entry_time, >, 59);
    g_assert_cmpint (flowfile->lineage_start, >=, last);
    last = flowfile->lineage_start;
  }
  weir_heap_clear (&heap);
}

static void
test_sort (void)
{
  WeirFlowFile flowfiles[100] = { 0 };
  WeirHeap heap = { 0 };

  weir_heap_sort (&heap);
  for (unsigned i = 0; i < G_N_ELEMENTS (flowfiles); i++)
    push (&heap, &(WeirRank){ .key = i * 37 % 10, .sequence = i }, &flowfiles[i]);
  weir_heap_sort (&heap);
  for (unsigned i = 1; i < G_N_ELEMENTS (flowfiles); i++)
    g_assert_true (weir_rank_is_before (&heap.items[i - 1].rank, &heap.items[i].rank));
  weir_heap_clear (&heap);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/heap/order", test_order);
  g_test_add_func ("/heap/sort", test_sort);
  g_test_add_func ("/heap/groups and texts", test_groups_and_texts);
  g_test_add_data_func ("/heap/take older", GSIZE_TO_POINTER (100000), test_take_older);
  g_test_add_data_func ("/heap/take older in steps", GSIZE_TO_POINTER (30), test_take_older);
  g_test_add_data_func ("/heap/take older in small steps", GSIZE_TO_POINTER (4), test_take_older);
  return g_test_run ();
}
