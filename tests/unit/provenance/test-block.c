/* Events into blocks and back: whatever they are, in whatever block they come to stand, packed
 * whenever somebody likes; and bytes that have changed are never events. */
#include "events.h"

#include <weir/error.h>

#include "base/limits.h"
#include "provenance/block-columns.h"
#include "provenance/filter.h"

static const char *
get_name (void *data, uint64_t number)
{
  return test_name (number);
}

/* In blocks of at most @most events. Returns: (transfer full): GBytes; the first ones are added to
 * @firsts. */
static GPtrArray *
write_blocks (const GPtrArray *events, guint most, guint pack_every)
{
  WeirBlockWriterOptions options = { get_name, NULL };
  g_autoptr (WeirBlockWriter) writer = weir_block_writer_new (&options);
  GPtrArray *blocks = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
  WeirBlock block;

  weir_block_writer_begin (writer, 1);
  for (guint i = 0; i < events->len; i++) {
    const TestEvent *test = g_ptr_array_index (events, i);

    weir_block_writer_add (writer, &test->event);
    if ((i + 1) % pack_every == 0)
      weir_block_writer_pack (writer, &block);
    if (weir_block_writer_get_n (writer) < most && !weir_block_writer_is_full (writer) &&
        i + 1 < events->len)
      continue;
    weir_block_writer_pack (writer, &block);
    g_assert_cmpuint (block.first + block.n, ==, i + 2);
    g_ptr_array_add (blocks, g_bytes_new (block.bytes, block.size));
    weir_block_writer_begin (writer, i + 2);
  }
  return blocks;
}

static void
open_block (WeirBlockReader *reader, GBytes *bytes)
{
  g_autoptr (GError) error = NULL;
  gsize size;
  const uint8_t *data = g_bytes_get_data (bytes, &size);

  weir_block_reader_open (reader, data, size, &error);
  g_assert_no_error (error);
}

static void
assert_blocks (const GPtrArray *blocks, const GPtrArray *events)
{
  g_autoptr (WeirBlockReader) reader = weir_block_reader_new ();
  guint at = 0;

  for (guint k = 0; k < blocks->len; k++) {
    g_autoptr (GError) error = NULL;

    open_block (reader, g_ptr_array_index (blocks, k));
    g_assert_cmpuint (weir_block_reader_get_first (reader), ==, at + 1);
    weir_block_reader_load (reader, WEIR_COLUMN_ALL, &error);
    g_assert_no_error (error);
    for (uint32_t i = 0; i < weir_block_reader_get_n (reader); i++) {
      WeirEvent event;

      weir_block_reader_get (reader, i, &event);
      assert_event (g_ptr_array_index (events, at++), &event);
    }
  }
  g_assert_cmpuint (at, ==, events->len);
}

static void
test_round_trip (void)
{
  const guint sizes[] = { 1, 7, 100, WEIR_BLOCK_EVENTS };

  for (guint32 seed = 0; seed < 24; seed++) {
    TestEvents source;
    g_autoptr (GPtrArray) events = NULL;
    g_autoptr (GPtrArray) blocks = NULL;

    test_events_init (&source, seed, seed % 2 == 1);
    events = test_events_make (&source, seed < 20 ? 300 : 5000);
    blocks = write_blocks (events, sizes[seed % 4], 1 + seed * 11);
    assert_blocks (blocks, events);
    test_events_clear (&source);
  }
}

/* Nobody else's fields are there when one column was loaded, and its own are right. */
static void
test_columns (void)
{
  TestEvents source;
  g_autoptr (GPtrArray) events = NULL;
  g_autoptr (GPtrArray) blocks = NULL;
  g_autoptr (WeirBlockReader) reader = weir_block_reader_new ();
  g_autoptr (GError) error = NULL;

  test_events_init (&source, 3, true);
  events = test_events_make (&source, 500);
  blocks = write_blocks (events, 500, 1000);
  for (unsigned column = 1; column < WEIR_COLUMN_ALL; column <<= 1) {
    open_block (reader, g_ptr_array_index (blocks, 0));
    g_assert_null (weir_block_reader_get_types (reader));
    g_assert_null (weir_block_reader_get_flowfiles (reader));
    g_assert_null (weir_block_reader_get_times (reader));
    g_assert_null (weir_block_reader_get_components (reader));
    g_assert_true (weir_block_reader_load (reader, column, &error));
    for (uint32_t i = 0; i < 500; i++) {
      const TestEvent *test = g_ptr_array_index (events, i);
      WeirEvent event;

      weir_block_reader_get (reader, i, &event);
      g_assert_cmpint (event.type, ==, column == WEIR_COLUMN_FLOWFILE ? 0 : test->event.type);
      if (column == WEIR_COLUMN_FLOWFILE)
        g_assert_cmpuint (weir_block_reader_get_flowfiles (reader)[i], ==, test->event.flowfile);
      if (column == WEIR_COLUMN_TIME)
        g_assert_cmpint (weir_block_reader_get_times (reader)[i], ==, test->event.time);
      if (column == WEIR_COLUMN_TYPE)
        g_assert_cmpint (weir_block_reader_get_types (reader)[i], ==, test->event.type);
      if (column == WEIR_COLUMN_COMPONENT)
        g_assert_cmpuint (weir_block_reader_get_components (reader)[i], ==, test->event.component);
      if (column == WEIR_COLUMN_ATTRIBUTES)
        assert_set (test, &event);
      else
        g_assert_cmpuint (event.set.n, ==, 0);
    }
  }
  test_events_clear (&source);
}

/* What is there by number is what the events have. */
static void
test_attributes (void)
{
  TestEvents source;
  g_autoptr (GPtrArray) events = NULL;
  g_autoptr (GPtrArray) blocks = NULL;
  g_autoptr (WeirBlockReader) reader = weir_block_reader_new ();

  test_events_init (&source, 5, false);
  events = test_events_make (&source, 800);
  blocks = write_blocks (events, 800, 1000);
  open_block (reader, g_ptr_array_index (blocks, 0));
  g_assert_true (weir_block_reader_load (reader, WEIR_COLUMN_ATTRIBUTES, NULL));
  for (uint32_t i = 0; i < 800; i++) {
    uint32_t n;
    const uint32_t *set = weir_block_reader_get_set (reader, i, &n);
    WeirEvent event;
    WeirEntryName name;
    const uint8_t *value;
    size_t size;

    weir_block_reader_get (reader, i, &event);
    g_assert_cmpuint (n, ==, event.set.n);
    for (uint32_t k = 0; weir_op_next_set (&event.set, &name, &value, &size); k++) {
      WeirBlockAttribute attribute;

      g_assert_cmpuint (set[k], <, weir_block_reader_get_n_attributes (reader));
      weir_block_reader_get_attribute (reader, set[k], &attribute);
      g_assert_cmpuint (test_number_of (&attribute.name), ==, test_number_of (&name));
      g_assert_cmpmem (attribute.value, attribute.size, value, size);
    }
  }
  /* The value that many have is there once. */
  g_assert_cmpuint (weir_block_reader_get_n_attributes (reader), <, 2500);
  test_events_clear (&source);
}

static bool
has_number (const uint64_t *numbers, size_t n, uint64_t number)
{
  for (size_t i = 0; i < n; i++)
    if (numbers[i] == number)
      return true;
  return number == 0;
}

static void
assert_ascending (const uint64_t *numbers, size_t n)
{
  for (size_t i = 1; i < n; i++)
    g_assert_cmpuint (numbers[i - 1], <, numbers[i]);
}

static void
assert_noted (const WeirBlock *block, const TestEvent *test)
{
  const WeirEvent *event = &test->event;
  WeirOpNames set = event->set;
  WeirEntryName text;
  const uint8_t *value;
  size_t size;

  g_assert_true (event->time >= block->earliest && event->time <= block->latest);
  g_assert_true (event->flowfile >= block->lowest && event->flowfile <= block->highest);
  g_assert_true ((block->types >> event->type & 1) != 0);
  g_assert_true (has_number (block->components, block->n_components, event->component));
  g_assert_true (has_number (block->queues, block->n_queues, event->queue));
  g_assert_true (has_number (block->queues, block->n_queues, event->source));
  g_assert_true (has_number (block->names, block->n_names, event->relationship));
  g_assert_true (
      has_number (block->buckets, block->n_buckets, event->flowfile >> WEIR_BLOCK_BUCKET));
  for (size_t i = 0; i < event->n_parents; i++)
    g_assert_true (
        has_number (block->buckets, block->n_buckets, event->parents[i] >> WEIR_BLOCK_BUCKET));
  while (weir_op_next_set (&set, &text, &value, &size)) {
    uint64_t number = test_number_of (&text);
    const char *name = test_name (number);
    uint64_t hash = weir_filter_hash_name (name, strlen (name));

    g_assert_true (has_number (block->names, block->n_names, text.number));
    if (number != TEST_HIDDEN_NAME && number != TEST_HIDDEN_TEXT)
      g_assert_true (weir_filter_has (block->filter, block->filter_size,
                                      weir_filter_get_key (hash, value, size)));
    else if (size > 0)
      g_assert_false (weir_filter_has (block->filter, block->filter_size,
                                       weir_filter_get_key (hash, value, size)));
  }
}

static void
test_notes (void)
{
  WeirBlockWriterOptions options = { get_name, NULL };
  g_autoptr (WeirBlockWriter) writer = weir_block_writer_new (&options);
  g_autoptr (GPtrArray) events = NULL;
  TestEvents source;
  WeirBlock block;

  test_events_init (&source, 11, true);
  source.next_flowfile = 5000000;
  events = test_events_make (&source, 1000);
  weir_block_writer_begin (writer, 77);
  for (guint i = 0; i < events->len; i++)
    weir_block_writer_add (writer, &((TestEvent *)g_ptr_array_index (events, i))->event);
  weir_block_writer_pack (writer, &block);
  g_assert_cmpuint (block.first, ==, 77);
  g_assert_cmpuint (block.n, ==, 1000);
  assert_ascending (block.components, block.n_components);
  assert_ascending (block.queues, block.n_queues);
  assert_ascending (block.names, block.n_names);
  assert_ascending (block.buckets, block.n_buckets);
  for (guint i = 0; i < events->len; i++)
    assert_noted (&block, g_ptr_array_index (events, i));
  test_events_clear (&source);
}

/* A writer that begins in the middle of an entry has seen what the births before had. */
static void
test_pass_over (void)
{
  WeirBlockWriterOptions options = { get_name, NULL };
  g_autoptr (GPtrArray) events = NULL;
  TestEvents source;

  test_events_init (&source, 17, false);
  events = test_events_make (&source, 60);
  for (guint skip = 0; skip < events->len; skip++) {
    g_autoptr (WeirBlockWriter) writer = weir_block_writer_new (&options);
    g_autoptr (WeirBlockReader) reader = weir_block_reader_new ();
    WeirBlock block;

    weir_block_writer_begin (writer, skip + 1);
    for (guint i = 0; i < events->len; i++) {
      const TestEvent *test = g_ptr_array_index (events, i);

      if (i < skip)
        weir_block_writer_pass_over (writer, &test->event);
      else
        weir_block_writer_add (writer, &test->event);
    }
    weir_block_writer_pack (writer, &block);
    g_assert_true (weir_block_reader_open (reader, block.bytes, block.size, NULL));
    g_assert_true (weir_block_reader_load (reader, WEIR_COLUMN_ALL, NULL));
    g_assert_cmpuint (weir_block_reader_get_n (reader), ==, events->len - skip);
    for (guint i = skip; i < events->len; i++) {
      WeirEvent event;

      weir_block_reader_get (reader, i - skip, &event);
      assert_event (g_ptr_array_index (events, i), &event);
    }
  }
  test_events_clear (&source);
}

/* Brothers cost their differences, and one that is alike costs nearly nothing. */
static void
test_brothers (void)
{
  WeirBlockWriterOptions options = { get_name, NULL };
  g_autoptr (WeirBlockWriter) writer = weir_block_writer_new (&options);
  WeirStream set = { 0 };
  WeirEvent event = { .type = WEIR_EVENT_FORK, .is_birth = true, .has_attributes = true };
  WeirBlock block;
  size_t alone;

  for (uint64_t i = 1; i <= 100; i++) {
    weir_stream_put (&set, i);
    weir_stream_put (&set, 8);
    weir_stream_put_bytes (&set, &i, 8);
  }
  event.set = (WeirOpNames){ { set.start, set.at, false }, 100, 100 };
  weir_block_writer_begin (writer, 1);
  event.flowfile = 1;
  weir_block_writer_add (writer, &event);
  weir_block_writer_pack (writer, &block);
  alone = block.size;
  event.set = (WeirOpNames){ 0 };
  event.is_based = true;
  while (!weir_block_writer_is_full (writer)) {
    event.flowfile++;
    weir_block_writer_add (writer, &event);
  }
  weir_block_writer_pack (writer, &block);
  g_assert_cmpuint (block.n, ==, WEIR_BLOCK_EVENTS);
  g_assert_cmpuint (block.size, <, alone + 200);
  weir_stream_clear (&set);
}

/* Many that each differ in one of many attributes: a block is full before a reader would have to
 * write out without end. */
static void
test_brothers_that_differ (void)
{
  WeirBlockWriterOptions options = { get_name, NULL };
  g_autoptr (WeirBlockWriter) writer = weir_block_writer_new (&options);
  g_autoptr (WeirBlockReader) reader = weir_block_reader_new ();
  WeirStream set = { 0 };
  WeirEvent event = { .type = WEIR_EVENT_FORK, .is_birth = true, .has_attributes = true };
  WeirBlock block;

  for (uint64_t i = 1; i <= 10000; i++) {
    weir_stream_put (&set, i);
    weir_stream_put (&set, 0);
  }
  event.set = (WeirOpNames){ { set.start, set.at, false }, 10000, 10000 };
  weir_block_writer_begin (writer, 1);
  for (event.flowfile = 1; !weir_block_writer_is_full (writer); event.flowfile++) {
    weir_block_writer_add (writer, &event);
    weir_stream_reset (&set);
    weir_stream_put (&set, 1 + event.flowfile);
    weir_stream_put (&set, 1);
    weir_stream_put_bytes (&set, "x", 1);
    event.set = (WeirOpNames){ { set.start, set.at, false }, 1, 1 + event.flowfile };
    event.is_based = true;
  }
  weir_block_writer_pack (writer, &block);
  g_assert_cmpuint (block.n, ==, 2 + WEIR_BLOCK_REFS / 10000);
  g_assert_true (weir_block_reader_open (reader, block.bytes, block.size, NULL));
  g_assert_true (weir_block_reader_load (reader, WEIR_COLUMN_ALL, NULL));
  for (uint32_t i = 0; i < block.n; i++) {
    weir_block_reader_get (reader, i, &event);
    g_assert_cmpuint (event.set.n, ==, 10000);
  }
  weir_stream_clear (&set);
}

/* What a session may say at most ends a block, and can be read back. */
static void
test_large (void)
{
  WeirBlockWriterOptions options = { get_name, NULL };
  g_autoptr (WeirBlockWriter) writer = weir_block_writer_new (&options);
  g_autoptr (WeirBlockReader) reader = weir_block_reader_new ();
  g_autofree char *value = g_strnfill (WEIR_LIMIT_BLOCK, 'v');
  g_autofree uint64_t *parents = g_new (uint64_t, WEIR_LIMIT_EVENT_PARENTS + 1);
  WeirStream set = { 0 };
  WeirEvent event = { .type = WEIR_EVENT_JOIN, .is_birth = true, .has_attributes = true };
  const struct {
    WeirEntryName name;
    size_t size, kept; /* of the value */
    size_t name_kept;
  } sets[] = {
    { { 1 }, WEIR_LIMIT_ATTRIBUTES, WEIR_LIMIT_ATTRIBUTES, 0 },
    { { 2 }, WEIR_LIMIT_BLOCK, strlen ("(too large)"), 0 },
    { { 0, value, 6000000 }, 5, 5, 6000000 },
    { { 0, value, 7000000 }, 5, 5, strlen ("(too large)") },
    { { 3 }, 5, 5, 0 },
  };
  WeirBlock block;

  for (uint64_t i = 0; i <= WEIR_LIMIT_EVENT_PARENTS; i++)
    parents[i] = i;
  for (size_t i = 0; i < G_N_ELEMENTS (sets); i++) {
    weir_stream_put_name (&set, &sets[i].name);
    weir_stream_put (&set, sets[i].size);
    weir_stream_put_bytes (&set, value, sets[i].size);
  }
  event.set = (WeirOpNames){ { set.start, set.at, false }, G_N_ELEMENTS (sets), 3 };
  event.parents = parents;
  event.n_parents = WEIR_LIMIT_EVENT_PARENTS + 1;
  event.details = value;
  event.details_size = WEIR_LIMIT_BLOCK;
  weir_block_writer_begin (writer, 1);
  weir_block_writer_add (writer, &event);
  g_assert_true (weir_block_writer_is_full (writer));
  weir_block_writer_pack (writer, &block);
  g_assert_true (weir_block_reader_open (reader, block.bytes, block.size, NULL));
  g_assert_true (weir_block_reader_load (reader, WEIR_COLUMN_ALL, NULL));
  weir_block_reader_get (reader, 0, &event);
  g_assert_cmpuint (event.n_parents, ==, WEIR_LIMIT_EVENT_PARENTS);
  g_assert_cmpuint (event.details_size, ==, WEIR_LIMIT_REPORT);
  for (size_t i = 0; i < G_N_ELEMENTS (sets); i++) {
    WeirEntryName name;
    const uint8_t *bytes;
    size_t size;

    g_assert_true (weir_op_next_set (&event.set, &name, &bytes, &size));
    g_assert_cmpuint (size, ==, sets[i].kept);
    g_assert_cmpuint (name.number, ==, sets[i].name.number);
    g_assert_cmpuint (name.size, ==, sets[i].name_kept);
  }
  weir_stream_clear (&set);
}

/* Returns: whether the bytes are taken for a block. */
static bool
is_readable (WeirBlockReader *reader, const uint8_t *bytes, size_t size)
{
  g_autoptr (GError) error = NULL;
  g_autofree uint8_t *copy = g_memdup2 (bytes, size); /* with an end that ASan knows */
  bool is_open = weir_block_reader_open (reader, copy, size, &error);

  if (is_open && !weir_block_reader_load (reader, WEIR_COLUMN_ALL, &error))
    is_open = false;
  g_assert_true (is_open == (error == NULL));
  if (!is_open)
    g_assert_error (error, WEIR_ERROR, WEIR_ERROR_CORRUPT);
  return is_open;
}

static void
test_damage (void)
{
  TestEvents source;
  g_autoptr (GPtrArray) events = NULL;
  g_autoptr (GPtrArray) blocks = NULL;
  g_autoptr (WeirBlockReader) reader = weir_block_reader_new ();
  g_autofree uint8_t *bytes = NULL;
  gsize size;

  test_events_init (&source, 23, true);
  events = test_events_make (&source, 100);
  blocks = write_blocks (events, 100, 1000);
  bytes = g_bytes_unref_to_data (g_ptr_array_steal_index (blocks, 0), &size);
  g_assert_true (is_readable (reader, bytes, size));
  for (gsize i = 0; i < size; i++) {
    g_assert_false (is_readable (reader, bytes, i));
    bytes[i] ^= (uint8_t)(1u << i % 8);
    g_assert_false (is_readable (reader, bytes, size));
    bytes[i] ^= (uint8_t)(1u << i % 8);
  }
  g_assert_true (is_readable (reader, bytes, size));
  test_events_clear (&source);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/block/round-trip", test_round_trip);
  g_test_add_func ("/block/columns", test_columns);
  g_test_add_func ("/block/attributes", test_attributes);
  g_test_add_func ("/block/notes", test_notes);
  g_test_add_func ("/block/pass-over", test_pass_over);
  g_test_add_func ("/block/brothers", test_brothers);
  g_test_add_func ("/block/brothers-that-differ", test_brothers_that_differ);
  g_test_add_func ("/block/large", test_large);
  g_test_add_func ("/block/damage", test_damage);
  return g_test_run ();
}
