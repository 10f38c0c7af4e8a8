#include "store/fates.h"
#include <glib.h>

/* Ids of several pages, some of them far away. */
#define N_IDS UINT64_C (600)

static uint64_t
id_of (uint64_t index)
{
  return index < N_IDS / 2 ? 1 + index : 1 + index * UINT64_C (1000003);
}

typedef struct {
  bool is_older, is_made, is_ended;
} Expected;

/* Returns: whether it fits to what came before. */
static bool
expect (Expected *expected, WeirOpKind kind)
{
  if (kind == WEIR_OP_CREATE && (expected->is_made || expected->is_older))
    return false;
  if (kind != WEIR_OP_CREATE && expected->is_ended)
    return false;
  expected->is_made |= kind == WEIR_OP_CREATE;
  expected->is_older |= !expected->is_made;
  expected->is_ended |= kind == WEIR_OP_DROP;
  return true;
}

/* Once all have been noted, those are sealed whose FlowFiles have ended, but for the end of one
 * that was there before. */
static void
test_knows_what_ends (void)
{
  WeirFates fates;
  WeirDelta delta;

  weir_fates_init (&fates);
  weir_delta_init (&delta, 1);
  for (unsigned round = 0; round < 20; round++) {
    g_autofree Expected *expected = g_new0 (Expected, N_IDS);
    g_autoptr (GArray) noted = g_array_new (FALSE, FALSE, sizeof (WeirFate));
    g_autoptr (GArray) indexes = g_array_new (FALSE, FALSE, sizeof (uint64_t));
    g_autoptr (GArray) ends = g_array_new (FALSE, FALSE, sizeof (bool));

    for (unsigned i = 0; i < 3000; i++) {
      static const WeirOpKind kinds[] = { WEIR_OP_CREATE, WEIR_OP_UPDATE, WEIR_OP_DROP };
      uint64_t index = (uint64_t)g_test_rand_int_range (0, N_IDS);
      WeirOp op = { .kind = kinds[g_test_rand_int_range (0, 3)], .id = id_of (index) };
      WeirFate fate = WEIR_FATE_OPEN;
      const char *problem = weir_fates_note (&fates, &op, &fate);
      bool is_end = op.kind == WEIR_OP_DROP;

      g_assert_cmpint (problem == NULL, ==, expect (&expected[index], op.kind));
      if (problem != NULL)
        continue;
      g_array_append_val (noted, fate);
      g_array_append_val (indexes, index);
      g_array_append_val (ends, is_end);
    }
    weir_fates_end (&fates, &delta);
    for (guint i = 0; i < noted->len; i++) {
      const Expected *of = &expected[g_array_index (indexes, uint64_t, i)];
      bool is_open = !of->is_ended || (g_array_index (ends, bool, i) && !of->is_made);

      g_assert_cmpint (weir_fates_is_sealed (&fates, g_array_index (noted, WeirFate, i)), ==,
                       !is_open);
    }
    weir_fates_begin (&fates);
  }
  weir_delta_clear (&delta);
  weir_fates_clear (&fates);
}

/* One that is made although the delta has it is left to the delta, which says so. */
static void
test_leaves_contradictions_to_the_delta (void)
{
  static const uint8_t no_attributes[] = { 0, 0 };
  const WeirChunks chunk = { no_attributes, 2, 1 };
  WeirFates fates;
  WeirDelta delta;

  weir_fates_init (&fates);
  weir_delta_init (&delta, 1);
  for (uint64_t id = 63; id <= 64; id++) {
    WeirOp op = { .kind = WEIR_OP_CREATE, .id = id, .has_queue = true, .queue = 1 };
    WeirFate made, other, ended;

    g_assert_null (weir_delta_create (&delta, &op, &chunk, 0, 1));
    g_assert_null (weir_fates_note (&fates, &op, &made));
    op.kind = WEIR_OP_DROP;
    g_assert_null (weir_fates_note (&fates, &op, &ended));
    op = (WeirOp){ .kind = WEIR_OP_CREATE, .id = id + 10 };
    g_assert_null (weir_fates_note (&fates, &op, &other));
    op.kind = WEIR_OP_DROP;
    g_assert_null (weir_fates_note (&fates, &op, &other));
    weir_fates_end (&fates, &delta);
    g_assert_false (weir_fates_is_sealed (&fates, made));
    g_assert_false (weir_fates_is_sealed (&fates, ended));
    g_assert_true (weir_fates_is_sealed (&fates, other));
  }
  weir_delta_clear (&delta);
  weir_fates_clear (&fates);
}

static void
test_refuses_ids_that_are_none (void)
{
  WeirFates fates;
  WeirOp op = { .kind = WEIR_OP_UPDATE };
  WeirFate fate;

  weir_fates_init (&fates);
  g_assert_nonnull (weir_fates_note (&fates, &op, &fate));
  op.id = WEIR_FLOWFILE_ID_END;
  g_assert_nonnull (weir_fates_note (&fates, &op, &fate));
  op.id--;
  g_assert_null (weir_fates_note (&fates, &op, &fate));
  weir_fates_clear (&fates);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/fates/ends", test_knows_what_ends);
  g_test_add_func ("/fates/contradictions", test_leaves_contradictions_to_the_delta);
  g_test_add_func ("/fates/ids", test_refuses_ids_that_are_none);
  return g_test_run ();
}
