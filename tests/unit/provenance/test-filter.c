/* The filter: what was added is there, nearly nothing else is, and the hash stays as it is. */
#include "provenance/filter.h"

#include <glib.h>
#include <string.h>

#define N_KEYS 3000

static uint64_t
get_key (const char *name, const char *value)
{
  return weir_filter_get_key (weir_filter_hash_name (name, strlen (name)), value, strlen (value));
}

static uint64_t
get_numbered (const char *name, unsigned number)
{
  g_autofree char *value = g_strdup_printf ("%u", number);

  return get_key (name, value);
}

static void
test_has (void)
{
  size_t size = weir_filter_measure (N_KEYS);
  g_autofree uint8_t *filter = g_malloc0 (size);
  unsigned n_false = 0;

  for (unsigned i = 0; i < N_KEYS; i++)
    weir_filter_add (filter, size, get_numbered ("offset", i));
  for (unsigned i = 0; i < N_KEYS; i++)
    g_assert_true (weir_filter_has (filter, size, get_numbered ("offset", i)));
  for (unsigned i = 0; i < 20000; i++)
    n_false += weir_filter_has (filter, size, get_numbered ("offset", N_KEYS + i)) +
               weir_filter_has (filter, size, get_numbered ("other", i));
  g_assert_cmpuint (size * 8, <=, N_KEYS * 10 + 512);
  g_assert_cmpuint (n_false, <, 40000 / 40); /* one of fifty is what the theory says */
}

static void
test_small (void)
{
  uint8_t filter[64] = { 0 };

  g_assert_cmpuint (weir_filter_measure (0), ==, 64);
  g_assert_false (weir_filter_has (filter, 64, 1));
  g_assert_true (weir_filter_has (filter, 0, 1));
  g_assert_true (weir_filter_has (filter, 63, 1));
}

/* Texts of every length, each of whose bytes matters. */
static void
test_hash (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  char text[80];
  unsigned n = 0;

  memset (text, 'a', sizeof text);
  for (size_t size = 0; size <= sizeof text; size++) {
    for (size_t i = 0; i < MAX (size, 1); i++, n++) {
      uint64_t key;

      text[i] = 'b';
      key = weir_filter_get_key (1, text, size);
      text[i] = 'a';
      g_hash_table_add (seen, g_memdup2 (&key, sizeof key));
    }
  }
  g_assert_cmpuint (g_hash_table_size (seen), ==, n);
  g_assert_cmpuint (get_key ("ab", "c"), !=, get_key ("a", "bc"));
}

/* It is in files. */
static void
test_stays (void)
{
  g_assert_cmphex (get_key ("", ""), ==, UINT64_C (0xcc55a7aad4f7cbf6));
  g_assert_cmphex (get_key ("filename", "a"), ==, UINT64_C (0xd7b8c193de991b9));
  g_assert_cmphex (get_key ("filename", "orders"), ==, UINT64_C (0xd267bd67b531e8d0));
  g_assert_cmphex (get_key ("filename", "orders.json"), ==, UINT64_C (0x272ed2609b6b7d1d));
  g_assert_cmphex (get_key ("filename", "orders-of-the-week.json"), ==,
                   UINT64_C (0xe4599dd58311c46e));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/filter/has", test_has);
  g_test_add_func ("/filter/small", test_small);
  g_test_add_func ("/filter/hash", test_hash);
  g_test_add_func ("/filter/stays", test_stays);
  return g_test_run ();
}
