/* partitions.h: a scratch directory, and partitions full of events that a test made (events.h). */
#pragma once

#include "events.h"

#include <glib/gstdio.h>

#include "provenance/partition.h"
#include "store/dictionary.h"

#define TEST_INSTALL UINT64_C (0x0123456789abcdef)

static inline const char *
test_get_name (void *data, uint64_t number)
{
  return test_name (number);
}

static inline void
test_put_words (WeirPartition *partition, const WeirBlock *block)
{
  for (size_t i = 0; i < block->n_names; i++)
    if (test_name (block->names[i]) != NULL)
      g_assert_true (weir_partition_put_word (partition, WEIR_WORD_NAME, block->names[i],
                                              test_name (block->names[i]), NULL));
  for (size_t i = 0; i < block->n_components; i++) {
    g_autofree char *path = g_strdup_printf ("group/p%" G_GUINT64_FORMAT, block->components[i]);

    g_assert_true (
        weir_partition_put_word (partition, WEIR_WORD_COMPONENT, block->components[i], path, NULL));
  }
}

static inline const WeirEvent *
test_get (const GPtrArray *events, guint i)
{
  return &((TestEvent *)g_ptr_array_index (events, i))->event;
}

/* Adds @events, each of which is a frame, from @from on and before @to behind what is there, in
 * blocks of @n_block, each in a transaction of its own. */
static inline void
test_fill_part (WeirPartition *partition, const GPtrArray *events, guint from, guint to,
                guint n_block)
{
  g_autoptr (WeirRedaction) redaction = weir_redaction_new (NULL);
  WeirBlockWriterOptions options = { test_get_name, NULL, redaction };
  g_autoptr (WeirBlockWriter) writer = weir_block_writer_new (&options);
  g_autoptr (GError) error = NULL;
  WeirPosition position;
  WeirBlock block;

  g_assert_true (weir_partition_get_position (partition, &position, &error));
  weir_block_writer_begin (writer, position.event);
  for (guint i = 0; i < from; i++)
    weir_block_writer_pass_over (writer, test_get (events, i));
  for (guint i = from; i < to; i++) {
    weir_block_writer_add (writer, test_get (events, i));
    position.event++;
    position.place += 10;
    position.sequence++;
    if (weir_block_writer_get_n (writer) < n_block && i + 1 < to)
      continue;
    weir_block_writer_pack (writer, &block);
    g_assert_true (weir_partition_begin (partition, &error));
    g_assert_true (weir_partition_put_block (partition, &block, &position, &error));
    test_put_words (partition, &block);
    weir_partition_commit (partition, &position, &error);
    g_assert_no_error (error);
    weir_block_writer_begin (writer, position.event);
  }
}

static inline void
test_fill (WeirPartition *partition, const GPtrArray *events, guint n_block)
{
  test_fill_part (partition, events, 0, events->len, n_block);
}

/* Removes a directory of partitions. */
static inline void
test_remove (const char *directory)
{
  g_autoptr (GDir) names = g_dir_open (directory, 0, NULL);
  const char *name;

  while (names != NULL && (name = g_dir_read_name (names)) != NULL) {
    g_autofree char *path = g_build_filename (directory, name, NULL);

    g_unlink (path);
  }
  g_rmdir (directory);
}

/* --- a partition of its own for each test --- */

static const WeirPosition start = { 4096, 7, 0, 1001 };

typedef struct {
  char *directory;
  TestEvents source;
  GPtrArray *events;
  WeirPartition *partition;
} Fixture;

static inline void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->directory = g_dir_make_tmp ("weir-partition-XXXXXX", NULL);
  test_events_init (&fixture->source, 42, false);
  fixture->source.next_flowfile = 3000;
  fixture->events = test_events_make (&fixture->source, 2000);
  fixture->partition = weir_partition_create (fixture->directory, 3, TEST_INSTALL, &start, &error);
  g_assert_no_error (error);
}

static inline void
tear_down (Fixture *fixture, gconstpointer data)
{
  weir_partition_free (fixture->partition);
  g_ptr_array_unref (fixture->events);
  test_events_clear (&fixture->source);
  test_remove (fixture->directory);
  g_free (fixture->directory);
}

static inline const WeirEvent *
get_event (const Fixture *fixture, uint64_t number)
{
  return test_get (fixture->events, (guint)(number - start.event));
}

static inline void
reopen (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&fixture->partition, weir_partition_free);
  fixture->partition = weir_partition_open (fixture->directory, 3, &error);
  g_assert_no_error (error);
}

/* Returns: how many events can be read, each of which is right. */
static inline uint64_t
read_all (WeirPartition *partition, const GPtrArray *events)
{
  g_autoptr (WeirBlockReader) reader = weir_block_reader_new ();
  WeirBlockWish wish = { .to = UINT64_MAX, .since = INT64_MIN, .until = INT64_MAX };
  g_autoptr (GError) error = NULL;
  WeirBlockRow row = { 0 };
  uint64_t n = 0;

  while (weir_partition_find_block (partition, &wish, row.first + row.n, &row, &error)) {
    g_autoptr (GBytes) bytes = weir_partition_read_block (partition, row.first, &error);
    gsize size;
    const uint8_t *data;

    g_assert_no_error (error);
    data = g_bytes_get_data (bytes, &size);
    g_assert_cmpuint (row.first, ==, start.event + n);
    g_assert_true (weir_block_reader_open (reader, data, size, NULL));
    g_assert_true (weir_block_reader_load (reader, WEIR_COLUMN_ALL, NULL));
    g_assert_cmpuint (weir_block_reader_get_n (reader), ==, row.n);
    for (uint32_t i = 0; i < row.n; i++) {
      WeirEvent event;

      weir_block_reader_get (reader, i, &event);
      assert_event (g_ptr_array_index (events, n++), &event);
    }
  }
  g_assert_no_error (error);
  return n;
}
