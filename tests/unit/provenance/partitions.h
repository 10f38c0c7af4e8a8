/* partitions.h: a scratch directory, and partitions full of events that a test made (events.h). */
#pragma once

#include "events.h"

#include <glib/gstdio.h>

#include "provenance/partition.h"
#include "store/dictionary.h"

#define TEST_INSTALL UINT64_C (0x0123456789abcdef)

/* In memory where there is such a place, as these tests sync a lot and look at nothing that a power
 * cut would take. Returns: (transfer full). */
static inline char *
test_make_directory (void)
{
  g_autofree char *template = g_strdup ("/dev/shm/weir-provenance-XXXXXX");

  if (g_mkdtemp (template) != NULL)
    return g_steal_pointer (&template);
  return g_dir_make_tmp ("weir-provenance-XXXXXX", NULL);
}

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
  WeirBlockWriterOptions options = { test_get_name, NULL };
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
