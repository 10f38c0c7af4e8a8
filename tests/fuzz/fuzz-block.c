/* fuzz-block.c: blocks of provenance. The first byte chooses what the rest is: a block with its
 * checksum, one without, which would keep nearly all that is tried from the columns, or a filter.
 * What can be read must be the same when it has been written and read again, but for secrets. */
#include <string.h>

#include "base/crc32c.h"
#include "base/redact.h"
#include "provenance/block.h"
#include "provenance/filter.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static const char *
get_name (void *data, uint64_t number)
{
  return number % 2 == 0 ? "even" : NULL;
}

static bool
is_secret (const WeirEntryName *name)
{
  g_autofree char *text = name->number == 0 ? g_strndup (name->text, name->size) : NULL;

  return text != NULL && weir_redact_is_secret (text);
}

static void
check_names (WeirOpNames names, bool has_values, WeirOpNames others)
{
  WeirEntryName name, other;
  const uint8_t *value, *other_value;
  size_t size, other_size;

  g_assert_true (names.n == others.n && names.highest == others.highest);
  while (has_values ? weir_op_next_set (&names, &name, &value, &size)
                    : weir_op_next_removed (&names, &name)) {
    g_assert_true (has_values ? weir_op_next_set (&others, &other, &other_value, &other_size)
                              : weir_op_next_removed (&others, &other));
    g_assert_true (name.number == other.number && name.size == other.size);
    g_assert_true (name.size == 0 || memcmp (name.text, other.text, name.size) == 0);
    if (has_values && !is_secret (&name))
      g_assert_true (size == other_size && memcmp (value, other_value, size) == 0);
    else if (has_values)
      g_assert_true (other_size == strlen (WEIR_REDACTED) &&
                     memcmp (other_value, WEIR_REDACTED, other_size) == 0);
  }
  g_assert_true (!names.cursor.failed && weir_cursor_is_at_end (&names.cursor));
}

static void
check_event (const WeirEvent *a, const WeirEvent *b)
{
  g_assert_true (a->type == b->type && a->is_birth == b->is_birth && !a->is_based);
  g_assert_true (a->flowfile == b->flowfile && a->time == b->time && a->usec == b->usec);
  g_assert_true (a->component == b->component && a->relationship == b->relationship);
  g_assert_true (a->source == b->source && a->queue == b->queue);
  g_assert_true (a->size == b->size && a->old_size == b->old_size);
  g_assert_true (a->entry_time == b->entry_time && a->lineage_start == b->lineage_start);
  g_assert_true (a->has_attributes == b->has_attributes && a->has_content == b->has_content);
  g_assert_true (memcmp (&a->content, &b->content, sizeof a->content) == 0);
  g_assert_true (a->n_parents == b->n_parents);
  for (size_t i = 0; i < a->n_parents; i++)
    g_assert_true (a->parents[i] == b->parents[i]);
  g_assert_true (a->uri_size == b->uri_size && a->details_size == b->details_size);
  check_names (a->set, true, b->set);
  check_names (a->removed, false, b->removed);
}

/* As many as there is room for. */
static void
write_again (WeirBlockReader *reader)
{
  WeirBlockWriterOptions options = { get_name, NULL };
  g_autoptr (WeirBlockWriter) writer = weir_block_writer_new (&options);
  g_autoptr (WeirBlockReader) again = weir_block_reader_new ();
  uint32_t n = weir_block_reader_get_n (reader);
  WeirEvent event, other;
  WeirBlock block;

  weir_block_writer_begin (writer, weir_block_reader_get_first (reader));
  for (uint32_t i = 0; i < n && !weir_block_writer_is_full (writer); i++) {
    weir_block_reader_get (reader, i, &event);
    weir_block_writer_add (writer, &event);
  }
  weir_block_writer_pack (writer, &block);
  g_assert_true (weir_block_reader_open (again, block.bytes, block.size, NULL));
  g_assert_true (weir_block_reader_load (again, WEIR_COLUMN_ALL, NULL));
  for (uint32_t i = 0; i < weir_block_reader_get_n (again); i++) {
    weir_block_reader_get (reader, i, &event);
    weir_block_reader_get (again, i, &other);
    /* What is longer is cut off by who writes. */
    if (event.uri_size <= 4096 && event.details_size <= 4096)
      check_event (&event, &other);
  }
}

static void
read_block (const uint8_t *data, size_t size)
{
  g_autoptr (WeirBlockReader) reader = weir_block_reader_new ();
  g_autoptr (GError) error = NULL;
  bool is_read = weir_block_reader_open (reader, data, size, &error);

  for (unsigned column = 1; is_read && column < WEIR_COLUMN_ALL; column <<= 1)
    is_read = weir_block_reader_load (reader, column, &error);
  g_assert_true (is_read == (error == NULL));
  if (is_read)
    write_again (reader);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree uint8_t *copy = NULL;
  uint32_t crc;

  if (size == 0)
    return 0;
  if (data[0] == 'f') {
    (void)weir_filter_has (data + 1, size - 1, weir_filter_get_key (1, data + 1, size - 1));
  } else if (data[0] == 'b') {
    read_block (data + 1, size - 1);
  } else {
    crc = GUINT32_TO_LE (weir_crc32c (0, data + 1, size - 1));
    copy = g_malloc (size - 1 + sizeof crc);
    memcpy (copy, data + 1, size - 1);
    memcpy (copy + size - 1, &crc, sizeof crc);
    read_block (copy, size - 1 + sizeof crc);
  }
  return 0;
}
