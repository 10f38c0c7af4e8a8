#include "base/arena.h"
#include "base/limits.h"
#include <glib.h>
#include <stdint.h>
#include <string.h>

static void
test_pieces_do_not_overlap (void)
{
  WeirArena arena;
  char *pieces[500];

  weir_arena_init (&arena);
  for (size_t i = 0; i < G_N_ELEMENTS (pieces); i++) {
    pieces[i] = weir_arena_alloc (&arena, i);
    g_assert_cmpuint ((uintptr_t)pieces[i] % 16, ==, 0);
    memset (pieces[i], (int)i & 255, i);
  }
  for (size_t i = 0; i < G_N_ELEMENTS (pieces); i++) {
    for (size_t j = 0; j < i; j++)
      g_assert_cmpint (pieces[i][j], ==, (char)i);
  }
  weir_arena_clear (&arena);
}

static void
test_text (void)
{
  WeirArena arena = { 0 };
  g_autofree char *long_text = g_strnfill (50000, 'x');

  g_assert_cmpstr (weir_arena_strdup (&arena, "one"), ==, "one");
  g_assert_cmpstr (weir_arena_strndup (&arena, "twofold", 3), ==, "two");
  g_assert_cmpstr (weir_arena_printf (&arena, "%d %s", 3, "three"), ==, "3 three");
  g_assert_cmpstr (weir_arena_printf (&arena, "%s", long_text), ==, long_text);
  for (char *zeroed = weir_arena_alloc0 (&arena, 100), *at = zeroed; at < zeroed + 100; at++)
    g_assert_cmpint (*at, ==, 0);
  weir_arena_clear (&arena);
}

/* After the first round of work a reset leaves all the room that the next round needs. */
static void
test_steady_state_allocates_nothing (void)
{
  WeirArena arena = { 0 };
  WeirArenaBlock *block = NULL;

  for (int round = 0; round < 10; round++) {
    for (int i = 0; i < 300; i++)
      weir_arena_alloc (&arena, 100);
    if (round > 0)
      g_assert_true (arena.newest == block);
    weir_arena_reset (&arena);
    block = arena.newest;
  }
  weir_arena_clear (&arena);
  weir_arena_clear (&arena);
}

static void
test_a_reset_gives_back_what_is_large (void)
{
  WeirArena arena = { 0 };

  weir_arena_alloc (&arena, 8 * WEIR_LIMIT_ARENA_KEPT);
  weir_arena_reset (&arena);
  g_assert_cmpuint (arena.total, <=, WEIR_LIMIT_ARENA_KEPT);
  weir_arena_reset (&arena);
  weir_arena_clear (&arena);
  weir_arena_reset (&arena);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/arena/pieces", test_pieces_do_not_overlap);
  g_test_add_func ("/arena/text", test_text);
  g_test_add_func ("/arena/steady", test_steady_state_allocates_nothing);
  g_test_add_func ("/arena/large", test_a_reset_gives_back_what_is_large);
  return g_test_run ();
}
