/* frames.h: a log of entries that a test knows all events of: entry k makes FlowFile k with two
 * attributes, changes one of FlowFile k - 1 and drops FlowFile k - 2; some have brothers or nothing
 * that is an event. And what partitions should have of it. */
#pragma once

#include "partitions.h"

#include "provenance/shelf.h"
#include "store/entry.h"

#define TEST_NAME     "number"
#define TEST_BROTHERS 40 /* of every tenth FlowFile, which come with it and are gone with it */

typedef struct {
  WeirEventType type;
  uint64_t flowfile;
  uint64_t value; /* of the attribute; UINT64_MAX: it has none */
} TestHappening;

static inline bool
test_is_empty (uint64_t k)
{
  return k % 7 == 3;
}

static inline uint64_t
test_get_id (uint64_t k, uint64_t brother)
{
  return k * 100 + brother;
}

static inline uint64_t
test_count_brothers (uint64_t k)
{
  return k % 10 == 0 ? TEST_BROTHERS : 1;
}

static inline void
test_happen (GArray *happenings, WeirEventType type, uint64_t flowfile, uint64_t value)
{
  TestHappening happening = { type, flowfile, value };

  g_array_append_val (happenings, happening);
}

/* The last entry before @k that made something, if it was not the first. Returns: 0: none. */
static inline uint64_t
test_before (uint64_t k)
{
  while (k > 1)
    if (!test_is_empty (--k))
      return k;
  return 0;
}

/* What entry @k (from 1) does. */
static inline void
test_expect (GArray *happenings, uint64_t k)
{
  uint64_t before = test_before (k), gone = test_before (before);

  if (test_is_empty (k))
    return;
  for (uint64_t i = 0; i < test_count_brothers (k); i++)
    test_happen (happenings, WEIR_EVENT_CREATE, test_get_id (k, i), k);
  if (before > 0)
    test_happen (happenings, WEIR_EVENT_ATTRIBUTES_MODIFIED, test_get_id (before, 0), k);
  for (uint64_t i = 0; gone > 0 && i < test_count_brothers (gone); i++)
    test_happen (happenings, WEIR_EVENT_DROP, test_get_id (gone, i), UINT64_MAX);
}

/* Numbers of the dictionary that entries use. */
typedef struct {
  uint64_t component, queue, kind, number;
} TestNumbers;

static inline void
test_get_numbers (WeirDictionary *dictionary, TestNumbers *ret_numbers)
{
  ret_numbers->component = weir_dictionary_get_number (dictionary, WEIR_WORD_COMPONENT, "made");
  ret_numbers->queue = weir_dictionary_get_number (dictionary, WEIR_WORD_QUEUE, "made:success>x");
  ret_numbers->kind = weir_dictionary_get_number (dictionary, WEIR_WORD_NAME, "kind");
  ret_numbers->number = weir_dictionary_get_number (dictionary, WEIR_WORD_NAME, TEST_NAME);
}

static inline void
test_write_create (WeirEntryWriter *writer, const TestNumbers *numbers, uint64_t k,
                   uint64_t brother)
{
  g_autofree char *value = g_strdup_printf ("%" G_GUINT64_FORMAT, k);
  WeirEntryAttribute attributes[] = { { { .number = numbers->number }, value, strlen (value) },
                                      { { .number = numbers->kind }, "plain", 5 } };

  weir_entry_write_create (writer, test_get_id (k, brother), numbers->queue, brother > 0);
  weir_entry_write_attributes (writer, attributes, brother > 0 ? 0 : 2, NULL, 0);
}

/* The body of entry @k. */
static inline void
test_write_entry (WeirEntryWriter *writer, const TestNumbers *numbers, uint64_t k)
{
  g_autofree char *value = g_strdup_printf ("%" G_GUINT64_FORMAT, k);
  WeirEntryAttribute attribute = { { .number = numbers->number }, value, strlen (value) };
  uint64_t before = test_before (k), gone = test_before (before);

  weir_entry_writer_begin (writer, numbers->component);
  if (test_is_empty (k)) {
    weir_entry_write_state (writer, 0, "at", value);
    return;
  }
  for (uint64_t i = 0; i < test_count_brothers (k); i++)
    test_write_create (writer, numbers, k, i);
  if (before > 0) {
    weir_entry_write_update (writer, test_get_id (before, 0));
    weir_entry_write_attributes (writer, &attribute, 1, NULL, 0);
  }
  for (uint64_t i = 0; gone > 0 && i < test_count_brothers (gone); i++)
    weir_entry_write_drop (writer, test_get_id (gone, i));
}

/* --- what is in partitions --- */

static inline uint64_t
test_get_number (WeirPartition *partition, const WeirEvent *event)
{
  WeirOpNames set = event->set;
  uint64_t number = UINT64_MAX;
  WeirEntryName name;
  const uint8_t *value;
  size_t size;

  while (weir_op_next_set (&set, &name, &value, &size)) {
    const char *text = weir_partition_get_word (partition, WEIR_WORD_NAME, name.number);

    g_assert_nonnull (text);
    if (g_str_equal (text, TEST_NAME)) {
      g_autofree char *copy = g_strndup ((const char *)value, size);

      number = g_ascii_strtoull (copy, NULL, 10);
    }
  }
  return number;
}

static inline void
test_check_block (WeirPartition *partition, const WeirBlockRow *row, const GArray *happenings)
{
  g_autoptr (WeirBlockReader) reader = weir_block_reader_new ();
  g_autoptr (GBytes) bytes = weir_partition_read_block (partition, row->first, NULL);
  gsize size;
  const uint8_t *data = g_bytes_get_data (bytes, &size);

  g_assert_true (weir_block_reader_open (reader, data, size, NULL));
  g_assert_true (weir_block_reader_load (reader, WEIR_COLUMN_ALL, NULL));
  for (uint32_t i = 0; i < row->n; i++) {
    const TestHappening *wanted = &g_array_index (happenings, TestHappening, row->first - 1 + i);
    WeirEvent event;

    g_assert_cmpuint (row->first - 1 + i, <, happenings->len);
    weir_block_reader_get (reader, i, &event);
    g_assert_cmpstr (weir_event_type_get_name (event.type), ==,
                     weir_event_type_get_name (wanted->type));
    g_assert_cmpuint (event.flowfile, ==, wanted->flowfile);
    g_assert_cmpuint (test_get_number (partition, &event), ==, wanted->value);
    g_assert_cmpstr (weir_partition_get_word (partition, WEIR_WORD_COMPONENT, event.component), ==,
                     "made");
  }
}

/* All partitions of @directory have what happened, each event once and in order, but for those that
 * are missing in the middle. Returns: how many events there are. */
static inline uint64_t
test_check (const char *directory, const GArray *happenings, uint64_t *ret_first, uint64_t *ret_end)
{
  g_autoptr (GArray) files = weir_shelf_list (directory, NULL, NULL);
  WeirBlockWish wish = { .to = UINT64_MAX, .since = INT64_MIN, .until = INT64_MAX };
  uint64_t n = 0, end = 0, first = 0;

  for (guint i = 0; i < files->len; i++) {
    uint64_t number = g_array_index (files, WeirShelfFile, i).number;
    g_autoptr (WeirPartition) partition = weir_partition_open_to_read (directory, number, NULL);
    WeirBlockRow row = { 0 };

    g_assert_nonnull (partition);
    while (weir_partition_find_block (partition, &wish, row.first + row.n, &row, NULL)) {
      g_assert_cmpuint (row.first, >=, end);
      test_check_block (partition, &row, happenings);
      first = first == 0 ? row.first : first;
      end = row.first + row.n;
      n += row.n;
    }
  }
  *ret_first = first;
  *ret_end = end;
  return n;
}

/* Nothing is missing. */
static inline void
test_check_all (const char *directory, const GArray *happenings)
{
  uint64_t first, end;

  g_assert_cmpuint (test_check (directory, happenings, &first, &end), ==, happenings->len);
  g_assert_cmpuint (end, ==, happenings->len == 0 ? 0 : happenings->len + 1);
}
