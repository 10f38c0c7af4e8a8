#include "wire/buffer.h"

#include <string.h>

static void
test_keeps_the_order (void)
{
  WeirBuffer buffer = { 0 };

  weir_buffer_append_text (&buffer, "one ");
  weir_buffer_printf (&buffer, "%s %d ", "two", 3);
  weir_buffer_consume (&buffer, 4);
  weir_buffer_append (&buffer, "four", 4);
  g_assert_cmpmem (weir_buffer_data (&buffer), weir_buffer_size (&buffer), "two 3 four", 10);
  weir_buffer_consume (&buffer, 10);
  g_assert_cmpuint (weir_buffer_size (&buffer), ==, 0);
  weir_buffer_clear (&buffer);
}

/* What was consumed in front is used again: the memory stays as much as is in it at once. */
static void
test_does_not_grow (void)
{
  WeirBuffer buffer = { 0 };
  char piece[100];
  unsigned next = 0;

  for (unsigned i = 0; i < 10000; i++) {
    memset (piece, i, sizeof piece);
    weir_buffer_append (&buffer, piece, sizeof piece);
    if (i < 3)
      continue;
    g_assert_cmpint ((unsigned char)*weir_buffer_data (&buffer), ==, next++ & 0xff);
    weir_buffer_consume (&buffer, sizeof piece);
  }
  g_assert_cmpuint (buffer.capacity, <=, 1024);
  weir_buffer_clear (&buffer);
}

static void
test_gives_much_back (void)
{
  WeirBuffer buffer = { 0 };

  weir_buffer_reserve (&buffer, 1000000);
  weir_buffer_grow (&buffer, 1000000);
  weir_buffer_consume (&buffer, 999999);
  g_assert_nonnull (buffer.data);
  weir_buffer_consume (&buffer, 1);
  g_assert_null (buffer.data);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/buffer/keeps-the-order", test_keeps_the_order);
  g_test_add_func ("/buffer/does-not-grow", test_does_not_grow);
  g_test_add_func ("/buffer/gives-much-back", test_gives_much_back);
  return g_test_run ();
}
