/* Tests the position of a tail as text: what was written reads back, all else is refused. */
#include "file/tail-position.h"

#include <glib.h>

static void
test_round_trip (void)
{
  const TailPosition cases[] = {
    { 0 },
    { 1, 2, 3, 4, 5 },
    { UINT64_MAX, UINT64_MAX, INT64_MAX, INT64_MAX, UINT64_MAX },
    { 0, 0, 0, INT64_MIN, 0 },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text = tail_position_format (&cases[i]);
    TailPosition position;

    g_assert_true (tail_position_parse (text, &position));
    g_assert_cmpuint (position.device, ==, cases[i].device);
    g_assert_cmpuint (position.inode, ==, cases[i].inode);
    g_assert_cmpint (position.offset, ==, cases[i].offset);
    g_assert_cmpint (position.changed, ==, cases[i].changed);
    g_assert_cmpuint (position.mark, ==, cases[i].mark);
  }
}

static void
test_hostile (void)
{
  static const char *const texts[] = {
    "",
    " ",
    "1",
    "1 2 3 4 5",
    "1 2 3 4 5 6 7",
    "1 2 3 4 5 6 ",
    " 1 2 3 4 5 6",
    "1  2 3 4 5 6",
    "2 2 3 4 5 6",
    "1 2 3 -4 5 6",
    "1 -2 3 4 5 6",
    "1 2 3 9223372036854775808 5 6",
    "1 18446744073709551616 3 4 5 6",
    "1 2 3 4 5 0x6",
    "1 2 3 4 5 6\n",
    "1 2 3 4 5 \377",
    "1 2 3 4e1 5 6",
    "nonsense",
  };
  TailPosition position = { .offset = 42 };

  for (size_t i = 0; i < G_N_ELEMENTS (texts); i++) {
    if (tail_position_parse (texts[i], &position))
      g_error ("\"%s\" is taken for a position", texts[i]);
  }
  g_assert_cmpint (position.offset, ==, 42);
}

/* Each byte and its place count; pieces do not. */
static void
test_mark (void)
{
  uint64_t mark = tail_mark_add (TAIL_MARK_NONE, "abcd", 4);

  g_assert_cmpuint (tail_mark_add (tail_mark_add (TAIL_MARK_NONE, "ab", 2), "cd", 2), ==, mark);
  g_assert_cmpuint (tail_mark_add (TAIL_MARK_NONE, "abdc", 4), !=, mark);
  g_assert_cmpuint (tail_mark_add (TAIL_MARK_NONE, "abc", 3), !=, mark);
  g_assert_cmpuint (tail_mark_add (TAIL_MARK_NONE, "abcd\0", 5), !=, mark);
  g_assert_cmpuint (tail_mark_add (TAIL_MARK_NONE, "", 0), ==, TAIL_MARK_NONE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tail-position/round trip", test_round_trip);
  g_test_add_func ("/tail-position/hostile", test_hostile);
  g_test_add_func ("/tail-position/mark", test_mark);
  return g_test_run ();
}
