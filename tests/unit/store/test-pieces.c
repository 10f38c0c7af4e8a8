#include "store/pieces.h"
#include <glib.h>
#include <stdint.h>
#include <string.h>

typedef struct {
  uint8_t *memory;
  size_t size;
  uint8_t fill;
} Piece;

static void
check (const Piece *piece)
{
  g_assert_cmpuint ((uintptr_t)piece->memory % 16, ==, 0);
  for (size_t i = 0; i < piece->size; i++)
    g_assert_cmpuint (piece->memory[i], ==, piece->fill);
}

/* Nobody gets what somebody else has. */
static void
test_pieces_do_not_overlap (void)
{
  WeirPieces pieces = { 0 };
  Piece all[200] = { 0 };

  for (int i = 0; i < 20000; i++) {
    Piece *piece = &all[g_test_rand_int_range (0, G_N_ELEMENTS (all))];

    if (piece->memory != NULL) {
      check (piece);
      weir_pieces_free (&pieces, piece->memory, piece->size);
      piece->memory = NULL;
    } else {
      size_t wanted = (size_t)g_test_rand_int_range (1, i % 50 == 0 ? 100000 : 1200);

      piece->size = wanted;
      piece->memory = weir_pieces_alloc (&pieces, &piece->size);
      piece->fill = (uint8_t)i;
      g_assert_cmpuint (piece->size, >=, wanted);
      memset (piece->memory, piece->fill, piece->size);
    }
  }
  for (size_t i = 0; i < G_N_ELEMENTS (all); i++) {
    if (all[i].memory != NULL)
      check (&all[i]);
  }
  weir_pieces_clear (&pieces);
  g_assert_cmpuint (weir_pieces_get_bytes (&pieces), ==, 0);
}

/* What comes and goes does not need more and more. */
static void
test_uses_again_what_came_back (void)
{
  WeirPieces pieces = { 0 };
  size_t bytes = 0;

  for (int i = 0; i < 100000; i++) {
    size_t small = 300, large = 50000;
    void *a = weir_pieces_alloc (&pieces, &small);
    void *b = weir_pieces_alloc (&pieces, &large);

    if (i == 0)
      bytes = weir_pieces_get_bytes (&pieces);
    g_assert_cmpuint (weir_pieces_get_bytes (&pieces), ==, bytes);
    weir_pieces_free (&pieces, a, small);
    weir_pieces_free (&pieces, b, large);
  }
  g_assert_cmpuint (weir_pieces_get_bytes (&pieces), <, bytes);
  weir_pieces_clear (&pieces);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pieces/overlap", test_pieces_do_not_overlap);
  g_test_add_func ("/pieces/again", test_uses_again_what_came_back);
  return g_test_run ();
}
