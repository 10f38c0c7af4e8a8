/* Tests where a tailed file may end for now: whatever it holds, and however it grows between two
 * looks, it is parted where one who sees all of it would part it. */
#include "file/tail-lines.h"
#include "scratch.h"

#include <string.h>

#define ENOUGH_BYTES ((size_t)1024 * 1024) /* in a FlowFile */

/* What may be at a place. */
enum { NO_END, END, CUT };

typedef struct {
  Scratch scratch;
  GString *text; /* what the file will hold */
  GString *shown;
  size_t ended; /* of it, in whole lines */
  TailLimits limits;
} World;

static bool
begins_message (const World *world, const char *line)
{
  return world->limits.start == NULL || *line == '#';
}

/* The first line behind @at that begins a message, or the end. */
static size_t
find_next (const World *world, size_t at)
{
  const char *text = world->text->str;
  const char *newline;

  while ((newline = strchr (text + at, '\n')) != NULL) {
    at = (size_t)(newline + 1 - text);
    if (begins_message (world, newline + 1))
      return at;
  }
  return world->text->len;
}

/* Of a message at @at that is too long. */
static size_t
find_cut (const World *world, size_t at)
{
  const char *begin = world->text->str + at;
  size_t max = (size_t)world->limits.max_size;
  const char *newline = memrchr (begin, '\n', max);

  return at + (newline != NULL ? (size_t)(newline + 1 - begin) : max);
}

/* Returns: (transfer full): for each place whether a FlowFile may end there. */
static char *
mark_ends (const World *world)
{
  char *ends = g_malloc0 (world->text->len + 1);
  size_t at = 0;

  while (at < world->text->len) {
    size_t next = find_next (world, at);
    bool is_long = next - at > (size_t)world->limits.max_size;

    at = is_long ? find_cut (world, at) : next;
    ends[at] = is_long ? CUT : END;
  }
  return ends;
}

static size_t
choose_length (void)
{
  switch (g_test_rand_int_range (0, 60)) {
  case 0:
    return (size_t)(TAIL_CHUNK_SIZE + g_test_rand_int_range (-3, 3));
  case 1:
    return (size_t)g_test_rand_int_range (0, 3 * TAIL_CHUNK_SIZE);
  case 2:
  case 3:
    return (size_t)g_test_rand_int_range (0, 5000);
  default:
    return (size_t)g_test_rand_int_range (0, 40);
  }
}

static void
fill (World *world, int most)
{
  unsigned n = (unsigned)g_test_rand_int_range (1, most);
  int rarity = g_test_rand_int_range (1, 60);

  for (unsigned i = 0; i < n; i++) {
    g_autofree char *rest = g_strnfill (choose_length (), i % 7 == 0 ? '#' : (char)('a' + i % 26));
    const char *begin = g_test_rand_int_range (0, rarity) == 0 ? "#" : ".";

    g_string_append_printf (world->text, "%s%s\n", begin, rest);
  }
  if (g_test_rand_bit ())
    g_string_append (world->text, "#unended");
}

static void
grow (World *world)
{
  size_t left = world->text->len - world->shown->len;
  size_t most = g_test_rand_bit () ? left : MIN (left, 3000);
  size_t n = (size_t)g_test_rand_int_range (0, (int)most + 1);
  g_autofree char *more = g_strndup (world->text->str + world->shown->len, n);
  const char *newline = strrchr (more, '\n');

  if (newline != NULL)
    world->ended = world->shown->len + (size_t)(newline + 1 - more);
  g_string_append (world->shown, more);
  scratch_append (&world->scratch, "log", more);
}

/* Returns: the next place where a FlowFile may end, or beyond the end. */
static size_t
find_end (const World *world, const char *ends, size_t from)
{
  do {
    from++;
  } while (from <= world->text->len && ends[from] == NO_END);
  return from;
}

/* Whether what is there already tells that one may end at @end. */
static bool
is_known (const World *world, const char *ends, size_t offset, size_t end)
{
  size_t shown = world->shown->len;

  if (world->limits.is_final)
    return end <= shown;
  if (world->limits.start != NULL && world->ended > offset)
    return end < world->ended;
  return end < shown || (end == shown && ends[end] == END && world->text->str[end - 1] == '\n');
}

/* No more than is enough goes, and nothing is held back that may go as well. */
static void
assert_end (const World *world, const char *ends, size_t offset, size_t end)
{
  size_t next = find_end (world, ends, end);

  g_assert_true (ends[end] != NO_END);
  if (end - offset > ENOUGH_BYTES)
    g_assert_cmpuint (find_end (world, ends, offset), ==, end);
  if (end - offset < ENOUGH_BYTES && is_known (world, ends, offset, next) && ends[end] == END)
    g_assert_true (ends[next] == CUT || next - offset > ENOUGH_BYTES);
}

/* Returns: how far it was read. */
static size_t
look (World *world, const char *ends, size_t offset, TailScan *scan)
{
  g_autofree char *path = scratch_path (&world->scratch, "log");
  TailSource source;
  size_t end;

  g_assert_cmpint (tail_source_open (&source, path, NULL), ==, 1);
  while ((end = (size_t)tail_lines_find_end (&source, (int64_t)offset, &world->limits, scan,
                                             NULL)) != offset) {
    g_assert_cmpuint (end, >, offset);
    g_assert_cmpuint (end, <=, world->shown->len);
    assert_end (world, ends, offset, end);
    offset = end;
  }
  tail_source_close (&source);
  g_assert_false (is_known (world, ends, offset, find_end (world, ends, offset)));
  return offset;
}

static void
test_random (const void *data)
{
  g_autoptr (FilePattern) start = data != NULL ? file_pattern_new_start (data, NULL) : NULL;

  for (unsigned i = 0; i < 40; i++) {
    World world = { .text = g_string_new (NULL), .shown = g_string_new (NULL) };
    TailScan scan = { 0 };
    g_autofree char *ends = NULL;
    size_t offset = 0;

    scratch_init (&world.scratch);
    world.limits = (TailLimits){
      .start = start,
      .max_size = g_test_rand_int_range (1, i % 4 == 0 ? 60 : 200000),
    };
    scratch_write (&world.scratch, "log", "", 0);
    fill (&world, i % 4 == 0 ? 60 : 800);
    ends = mark_ends (&world);
    while (world.shown->len < world.text->len) {
      grow (&world);
      if (g_test_rand_int_range (0, 4) == 0)
        scan = (TailScan){ 0 }; /* it is but a hint */
      offset = look (&world, ends, offset, &scan);
    }
    world.limits.is_final = true;
    g_assert_cmpuint (look (&world, ends, offset, &scan), ==, world.text->len);
    scratch_clear (&world.scratch);
    g_string_free (world.text, TRUE);
    g_string_free (world.shown, TRUE);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/tail-lines/lines", NULL, test_random);
  g_test_add_data_func ("/tail-lines/messages", "#", test_random);
  return g_test_run ();
}
