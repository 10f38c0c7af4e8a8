/* partition-fixture.h: a partition with events that a test made, which begins in the middle. */
#pragma once

#include "partitions.h"

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

  fixture->directory = test_make_directory ();
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
