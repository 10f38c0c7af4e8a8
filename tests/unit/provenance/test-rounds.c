/* Events that come again and again are written at once: what is read back is what it is when each
 * is written by itself. */
#include "events.h"

#include "base/limits.h"
#include "provenance/block.h"

#define MOST 5 /* events of a round */

typedef struct {
  TestEvents source;
  GPtrArray *made; /* TestEvent: of the first rounds */
  GPtrArray *all;  /* TestEvent: what must be read back */
  WeirBlockWriter *writer;
  WeirBlockReader *reader;
  guint n_read;
  guint n_at_once; /* rounds */
} Fixture;

static const char *
get_name (void *data, uint64_t number)
{
  return test_name (number);
}

static void
copy_free (gpointer data)
{
  TestEvent *copy = data;

  g_clear_pointer (&copy->has, g_hash_table_unref);
  g_free (copy);
}

static void
set_up (Fixture *fixture, guint32 seed, bool is_odd)
{
  static const WeirBlockWriterOptions options = { get_name, NULL };

  test_events_init (&fixture->source, seed, is_odd);
  fixture->made = g_ptr_array_new_with_free_func (test_event_free);
  fixture->all = g_ptr_array_new_with_free_func (copy_free);
  fixture->writer = weir_block_writer_new (&options);
  fixture->reader = weir_block_reader_new ();
  fixture->n_read = fixture->n_at_once = 0;
}

static void
tear_down (Fixture *fixture)
{
  test_events_clear (&fixture->source);
  g_ptr_array_unref (fixture->made);
  g_ptr_array_unref (fixture->all);
  weir_block_writer_free (fixture->writer);
  weir_block_reader_free (fixture->reader);
}

/* What a birth has, from what the one before it has. */
static void
apply (GHashTable *has, const WeirEvent *event)
{
  WeirOpNames set = event->set, removed = event->removed;
  const uint8_t *value;
  WeirEntryName name;
  size_t size;

  while (weir_op_next_set (&set, &name, &value, &size))
    g_hash_table_insert (has, GUINT_TO_POINTER (test_number_of (&name)),
                         g_strndup ((const char *)value, size));
  while (weir_op_next_removed (&removed, &name))
    g_hash_table_remove (has, GUINT_TO_POINTER (test_number_of (&name)));
}

/* @test of another FlowFile. Its bytes stay those of @test. */
static const WeirEvent *
add_copy (Fixture *fixture, const TestEvent *test, uint64_t distance)
{
  TestEvents *source = &fixture->source;
  TestEvent *copy = g_memdup2 (test, sizeof *test);
  GHashTableIter iter;
  gpointer key, value;

  copy->event.flowfile += distance;
  if (copy->event.is_birth) {
    copy->has = test_attributes_new ();
    g_hash_table_iter_init (&iter, source->base);
    while (copy->event.is_based && g_hash_table_iter_next (&iter, &key, &value))
      g_hash_table_insert (copy->has, key, g_strdup (value));
    apply (copy->has, &copy->event);
    g_hash_table_unref (source->base);
    source->base = g_hash_table_ref (copy->has);
  }
  g_ptr_array_add (fixture->all, copy);
  return &copy->event;
}

static void
assert_notes (const WeirBlock *block, const uint64_t *flowfiles)
{
  uint64_t lowest = UINT64_MAX, highest = 0;

  for (uint32_t i = 0; i < block->n; i++) {
    size_t k = 0;

    lowest = MIN (lowest, flowfiles[i]);
    highest = MAX (highest, flowfiles[i]);
    while (k < block->n_buckets && block->buckets[k] != flowfiles[i] >> WEIR_BLOCK_BUCKET)
      k++;
    g_assert_cmpuint (k, <, block->n_buckets);
  }
  g_assert_cmpuint (block->lowest, ==, lowest);
  g_assert_cmpuint (block->highest, ==, highest);
}

static void
finish_block (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  WeirBlock block;

  if (weir_block_writer_get_n (fixture->writer) == 0)
    return;
  weir_block_writer_pack (fixture->writer, &block);
  weir_block_reader_open (fixture->reader, block.bytes, block.size, &error);
  g_assert_no_error (error);
  weir_block_reader_load (fixture->reader, WEIR_COLUMN_ALL, &error);
  g_assert_no_error (error);
  for (uint32_t i = 0; i < block.n; i++) {
    WeirEvent event;

    weir_block_reader_get (fixture->reader, i, &event);
    assert_event (g_ptr_array_index (fixture->all, fixture->n_read++), &event);
  }
  assert_notes (&block, weir_block_reader_get_flowfiles (fixture->reader));
  weir_block_writer_begin (fixture->writer, block.first + block.n);
}

static void
add (Fixture *fixture, const WeirEvent *event)
{
  weir_block_writer_add (fixture->writer, event);
  if (weir_block_writer_is_full (fixture->writer))
    finish_block (fixture);
}

/* One after the other, @n_rounds times, but for those that the writer adds at once. */
static void
add_rounds (Fixture *fixture, GPtrArray *round, unsigned n_rounds, int64_t step)
{
  for (unsigned i = 0; i < n_rounds; i++) {
    unsigned n_at_once;

    weir_block_writer_begin_round (fixture->writer);
    for (guint k = 0; k < round->len; k++)
      add (fixture, add_copy (fixture, g_ptr_array_index (round, k), i * (uint64_t)step));
    n_at_once = weir_block_writer_add_rounds (fixture->writer, n_rounds - i - 1, round->len, step);
    g_assert_cmpuint (n_at_once, <, n_rounds - i);
    fixture->n_at_once += n_at_once;
    for (; n_at_once > 0; n_at_once--, i++)
      for (guint k = 0; k < round->len; k++)
        add_copy (fixture, g_ptr_array_index (round, k), (i + 1) * (uint64_t)step);
    if (weir_block_writer_is_full (fixture->writer))
      finish_block (fixture);
  }
}

/* As they are in an entry: at one time. */
static GPtrArray *
make_round (Fixture *fixture)
{
  g_autoptr (GHashTable) base =
      fixture->source.base != NULL ? g_hash_table_ref (fixture->source.base) : NULL;
  GPtrArray *round = g_ptr_array_new ();

  for (uint64_t n = 1 + test_random (&fixture->source, MOST); n > 0; n--) {
    TestEvent *test = test_event_new (&fixture->source);

    g_ptr_array_add (fixture->made, test);
    g_ptr_array_add (round, test);
  }
  for (guint i = 0; i < round->len; i++) {
    TestEvent *test = g_ptr_array_index (round, i);
    int64_t delay = fixture->source.time - test->event.time;

    test->event.time += delay;
    test->event.entry_time += test->event.is_birth ? delay : 0;
    test->event.lineage_start += test->event.is_birth ? delay : 0;
  }
  /* What was made has moved it on; the copies will do so. */
  g_clear_pointer (&fixture->source.base, g_hash_table_unref);
  fixture->source.base = base != NULL ? g_hash_table_ref (base) : test_attributes_new ();
  return round;
}

/* So that in what follows nothing is new but where and when it is. */
static void
move_on (Fixture *fixture, GPtrArray *round, uint64_t distance)
{
  int64_t later = test_one_in (&fixture->source, 2) ? 1000 : 0;
  uint64_t longer = test_random (&fixture->source, 2);

  fixture->source.time += later;
  for (guint i = 0; i < round->len; i++) {
    WeirEvent *event = &((TestEvent *)g_ptr_array_index (round, i))->event;

    event->flowfile += distance;
    event->time += later;
    event->content.start += event->content.where != WEIR_WHERE_NONE ? longer : 0;
    event->usec += event->usec != 0 ? longer : 0;
    if (event->is_birth) {
      event->entry_time += later;
      event->lineage_start += later;
    }
  }
}

static void
test_rounds (void)
{
  static const int64_t steps[] = { 1, 1, 2, 0, 40, 5000, -1, -300 };
  guint n_at_once = 0;

  for (guint32 seed = 0; seed < 40; seed++) {
    Fixture fixture;

    set_up (&fixture, seed, seed % 4 == 3);
    for (unsigned i = 0; i < 60; i++) {
      g_autoptr (GPtrArray) round = make_round (&fixture);
      int64_t step = steps[test_random (&fixture.source, G_N_ELEMENTS (steps))];

      move_on (&fixture, round, 1000000);
      for (unsigned k = 0; k < 3; k++) {
        unsigned n_rounds = 1 + (unsigned)test_random (&fixture.source, 50);

        add_rounds (&fixture, round, n_rounds, step);
        move_on (&fixture, round, n_rounds * (uint64_t)step);
      }
    }
    finish_block (&fixture);
    g_assert_cmpuint (fixture.n_read, ==, fixture.all->len);
    n_at_once += fixture.n_at_once;
    tear_down (&fixture);
  }
  g_assert_cmpuint (n_at_once, >, 10000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rounds/come-back", test_rounds);
  return g_test_run ();
}
