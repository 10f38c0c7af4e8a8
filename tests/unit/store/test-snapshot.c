#include "store/snapshot.h"
#include <glib.h>

static void
test_chooses_what_is_joined (void)
{
  static const struct {
    uint64_t sizes[5];
    guint n;
    uint64_t n_new;
    guint first;
  } known[] = {
    { { 0 }, 0, 10, 0 },   /* nothing there */
    { { 100 }, 1, 10, 1 }, /* large enough to stay */
    { { 20 }, 1, 10, 0 },  /* twice as large: not */
    { { 21 }, 1, 10, 1 },
    { { 1000, 40, 15 }, 3, 10, 1 },     /* 15, and 40 with it, but not 1000 */
    { { 100, 1000, 15 }, 3, 10, 2 },    /* never one below one that stays */
    { { 1000, 300, 90, 25 }, 4, 0, 4 }, /* nothing new */
  };

  for (size_t i = 0; i < G_N_ELEMENTS (known); i++)
    g_assert_cmpuint (weir_snapshot_choose (known[i].sizes, known[i].n, known[i].n_new), ==,
                      known[i].first);
}

/* A thousand snapshots of a queue that only grows: few parts, and no FlowFile written often. */
static void
test_keeps_parts_few_and_writes_little (void)
{
  uint64_t sizes[64], written = 0, total = 0;
  guint n = 0;

  for (int i = 0; i < 1000; i++) {
    uint64_t n_new = (uint64_t)g_test_rand_int_range (1, 200000);
    guint first = weir_snapshot_choose (sizes, n, n_new);

    total += n_new;
    for (guint j = first; j < n; j++)
      n_new += sizes[j];
    written += n_new;
    sizes[first] = n_new;
    n = first + 1;
    g_assert_cmpuint (n, <, 12);
  }
  g_assert_cmpuint (written, <, 10 * total);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/snapshot/choose", test_chooses_what_is_joined);
  g_test_add_func ("/snapshot/few", test_keeps_parts_few_and_writes_little);
  return g_test_run ();
}
