/* A set of ids against a hash table. */
#include "provenance/id-set.h"

static void
test_empty (void)
{
  WeirIdSet set = { 0 };

  g_assert_false (weir_id_set_find (&set, 1, NULL));
  weir_id_set_clear (&set);
}

/* Ids that follow each other, and ids from anywhere. */
static void
test_model (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (9);
  g_autoptr (GHashTable) model = g_hash_table_new (NULL, NULL);
  WeirIdSet set = { 0 };

  for (uint32_t round = 0; round < 40000; round++) {
    uint64_t id = g_rand_boolean (rand)
                      ? 1 + (uint64_t)g_rand_int_range (rand, 0, 30000)
                      : (uint64_t)g_rand_int (rand) << 32 | (1 + g_rand_int (rand) / 2);
    bool is_known = g_hash_table_contains (model, GSIZE_TO_POINTER (id));
    uint32_t index, found;

    g_assert_true (weir_id_set_find (&set, id, NULL) == is_known);
    index = weir_id_set_add (&set, id);
    if (is_known)
      g_assert_cmpuint (index, ==,
                        GPOINTER_TO_SIZE (g_hash_table_lookup (model, GSIZE_TO_POINTER (id))));
    else
      g_assert_cmpuint (index, ==, g_hash_table_size (model));
    g_hash_table_insert (model, GSIZE_TO_POINTER (id), GSIZE_TO_POINTER (index));
    g_assert_cmpuint (set.n, ==, g_hash_table_size (model));
    g_assert_cmpuint (set.ids[index], ==, id);
    g_assert_true (weir_id_set_find (&set, id, &found));
    g_assert_cmpuint (found, ==, index);
  }
  weir_id_set_clear (&set);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/id-set/empty", test_empty);
  g_test_add_func ("/id-set/model", test_model);
  return g_test_run ();
}
