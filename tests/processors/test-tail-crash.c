/* Tests TailFile: whenever the process ends, and whatever becomes of the file before, between and
 * after, each line comes out once and in order. Guards invariants 5 and 10. */
#include "tailing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROTATED_MAX 12

typedef struct {
  Tailing tailing;
  GString *written;
  unsigned n_lines;
  int n_rotated;
  int now; /* days after the start: the order of all writes */
  bool copies;
  bool has_messages; /* of several lines */
  bool is_instant;   /* all that happens happens within one tick of the clock */
} World;

static void
touch (World *world, const char *name)
{
  tailing_date (&world->tailing, name, world->is_instant ? 1 : ++world->now);
}

static void
add (World *world, const char *format)
{
  g_autofree char *text = g_strdup_printf ("%u", world->n_lines++);
  g_autofree char *line = g_strconcat (text, format, NULL);

  g_string_append (world->written, line);
  tailing_add (&world->tailing, "app.log", line);
  touch (world, "app.log");
}

static void
add_some (World *world)
{
  for (int n = g_test_rand_int_range (1, 4); n > 0; n--)
    add (world, g_test_rand_bit () ? "\n" : g_test_rand_bit () ? " half " : " and more\n");
}

static void
shift (World *world)
{
  for (int i = world->n_rotated++; i > 0; i--) {
    g_autofree char *from = g_strdup_printf ("app.log.%d", i);
    g_autofree char *to = g_strdup_printf ("app.log.%d", i + 1);

    tailing_rename (&world->tailing, from, to);
  }
}

static void
rotate (World *world)
{
  Scratch *scratch = &world->tailing.scratch;

  if (world->n_rotated == ROTATED_MAX || !scratch_has (scratch, "app.log"))
    return;
  shift (world);
  if (world->copies) {
    g_autofree char *content = scratch_read (scratch, "app.log");

    scratch_write (scratch, "app.log.1", content, -1);
    touch (world, "app.log.1");
    scratch_write (scratch, "app.log", "", 0);
  } else {
    tailing_rename (&world->tailing, "app.log", "app.log.1");
    scratch_write (scratch, "app.log", "", 0);
  }
  touch (world, "app.log");
  if (world->copies || g_test_rand_bit ())
    add_some (world);
}

static void
look (World *world, unsigned max)
{
  weir_harness_advance (world->tailing.harness, TICK);
  weir_harness_run (world->tailing.harness, max);
}

static void
do_something (World *world)
{
  WeirHarness *h = world->tailing.harness;

  switch (g_test_rand_int_range (0, 10)) {
  case 0:
  case 1:
    add_some (world);
    break;
  case 2:
    rotate (world);
    break;
  case 3:
  case 4:
    weir_harness_crash (h);
    break;
  case 5:
  case 6:
    weir_harness_sync (h, 1);
    break;
  case 7:
    weir_harness_restart (h);
    break;
  default:
    look (world, (unsigned)g_test_rand_int_range (1, 4));
    break;
  }
}

static int
compare_numbers (const void *a, const void *b)
{
  return atoi (*(char *const *)a) - atoi (*(char *const *)b);
}

/* Of files with the same time nobody knows which is older. Returns: (transfer full): what came, in
 * the order of the numbers. */
static char *
sort (const char *text)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);

  while (*text != '\0') {
    size_t size = strspn (text, "0123456789");

    size += strcspn (text + size, "0123456789");
    g_ptr_array_add (parts, g_strndup (text, size));
    text += size;
  }
  g_ptr_array_sort (parts, compare_numbers);
  g_ptr_array_add (parts, NULL);
  return g_strjoinv ("", (char **)parts->pdata);
}

/* The last message waits for its end. */
static void
assert_all_came (World *world)
{
  g_autofree char *text = NULL;
  size_t size;

  add (world, " last\n");
  size = world->written->len;
  if (world->has_messages)
    add (world, " next\n");
  for (int i = 0; i < 2 * ROTATED_MAX + 4; i++)
    look (world, 100);
  text = tailing_look (&world->tailing);
  if (world->is_instant) {
    g_autofree char *unsorted = text;

    text = sort (unsorted);
  }
  g_string_truncate (world->written, world->has_messages ? size : world->written->len);
  g_assert_cmpstr (text, ==, world->written->str);
}

static void
run (bool copies, bool many_files, bool has_messages, bool is_instant)
{
  World world = {
    .written = g_string_new (NULL),
    .copies = copies,
    .has_messages = has_messages,
    .is_instant = is_instant,
  };
  WeirHarness *h;

  tailing_init (&world.tailing, "app.log.*");
  h = world.tailing.harness;
  if (has_messages)
    weir_harness_set (h, "Line Start Pattern", "\\d+( half| next|$)");
  if (many_files) {
    weir_harness_set (h, "Tailing mode", "Multiple files");
    weir_harness_set (h, "File(s) to Tail", "app\\.log");
    weir_harness_set (h, "Base directory", world.tailing.scratch.path);
    weir_harness_set (h, "Lookup frequency", "1 sec");
    weir_harness_set (h, "Maximum age", "100000 days");
  }
  add (&world, "\n");
  if (g_test_rand_bit ())
    weir_harness_set (h, "Initial Start Position", "Beginning of Time");
  else
    look (&world, 1); /* where it began is remembered */
  weir_harness_delay (h);
  for (unsigned i = 0; i < 60; i++)
    do_something (&world);
  assert_all_came (&world);
  tailing_clear (&world.tailing);
  g_string_free (world.written, TRUE);
}

static void
test_random (const void *data)
{
  int kind = GPOINTER_TO_INT (data);

  for (unsigned i = 0; i < 80; i++)
    run (kind & 1, kind & 2, kind & 4, kind & 8);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/tail-crash/renamed", GINT_TO_POINTER (0), test_random);
  g_test_add_data_func ("/tail-crash/copied", GINT_TO_POINTER (1), test_random);
  g_test_add_data_func ("/tail-crash/renamed, messages", GINT_TO_POINTER (4), test_random);
  g_test_add_data_func ("/tail-crash/copied, messages", GINT_TO_POINTER (5), test_random);
  g_test_add_data_func ("/tail-crash/renamed, many", GINT_TO_POINTER (2), test_random);
  g_test_add_data_func ("/tail-crash/copied, many", GINT_TO_POINTER (3), test_random);
  g_test_add_data_func ("/tail-crash/renamed, within a tick", GINT_TO_POINTER (8), test_random);
  g_test_add_data_func ("/tail-crash/copied, within a tick", GINT_TO_POINTER (9), test_random);
  return g_test_run ();
}
