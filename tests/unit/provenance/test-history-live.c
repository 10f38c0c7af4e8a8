/* Readers while somebody writes, replaces a block that grows, begins partitions and drops old ones:
 * each event that is read is the right one, none is missing in the middle, and all that was there
 * when the reader began is read. Run under ThreadSanitizer as well. */
#include "histories.h"

#include <pthread.h>
#include <stdatomic.h>

#include "provenance/lineage.h"
#include "provenance/query.h"

#define N_EVENTS    6000
#define N_BLOCK     128
#define N_PARTITION 1500 /* events */
#define N_KEPT      3    /* partitions */
#define N_READERS   3

typedef struct {
  TestHistory made;
  _Atomic uint64_t first; /* that is not dropped */
  _Atomic uint64_t last;  /* that was committed */
  _Atomic bool is_over;
} Live;

static void
drop (Live *live, uint64_t number)
{
  static const char *const suffixes[] = { "", "-wal", "-shm" };
  g_autofree char *path = weir_partition_get_path (live->made.directory, number);

  atomic_store (&live->first, number * N_PARTITION + 1);
  for (size_t i = 0; i < G_N_ELEMENTS (suffixes); i++) {
    g_autofree char *file = g_strconcat (path, suffixes[i], NULL);

    g_unlink (file);
  }
}

/* Each few events are a commit, so most blocks are replaced several times. */
static void
write_partition (Live *live, uint64_t number, guint from, guint to)
{
  const WeirPosition start = { 4096, 1, 0, from + 1 };
  g_autoptr (GError) error = NULL;
  g_autoptr (WeirPartition) partition =
      weir_partition_create (live->made.directory, number, TEST_INSTALL, &start, &error);
  WeirBlockWriterOptions options = { test_get_name, NULL };
  g_autoptr (WeirBlockWriter) writer = weir_block_writer_new (&options);
  WeirPosition position = start;
  WeirBlock block;

  g_assert_no_error (error);
  test_put_more_words (partition);
  weir_block_writer_begin (writer, from + 1);
  for (guint i = 0; i < from; i++)
    weir_block_writer_pass_over (writer, test_get (live->made.events, i));
  for (guint i = from; i < to; i++) {
    bool is_full;

    weir_block_writer_add (writer, test_get (live->made.events, i));
    position.event++;
    is_full = weir_block_writer_get_n (writer) == N_BLOCK;
    if (!is_full && i + 1 < to && i % 37 != 0)
      continue;
    weir_block_writer_pack (writer, &block);
    g_assert_true (weir_partition_begin (partition, &error));
    g_assert_true (weir_partition_put_block (partition, &block, &position, &error));
    test_put_words (partition, &block);
    weir_partition_commit (partition, &position, &error);
    g_assert_no_error (error);
    atomic_store (&live->last, i + 1);
    if (is_full)
      weir_block_writer_begin (writer, position.event);
    if (i % 500 == 0)
      weir_partition_checkpoint (partition, &(bool){ false }, NULL);
  }
}

static void *
write_all (void *data)
{
  Live *live = data;

  for (uint64_t number = 1; number <= N_EVENTS / N_PARTITION; number++) {
    write_partition (live, number, (guint)(number - 1) * N_PARTITION, (guint)number * N_PARTITION);
    if (number >= N_KEPT)
      drop (live, number - N_KEPT + 1);
  }
  atomic_store (&live->is_over, true);
  return NULL;
}

static void
read_all (Live *live, WeirHistory *history, bool is_descending)
{
  WeirHistoryFilter filter = WEIR_HISTORY_FILTER_INIT;
  uint64_t before = atomic_load (&live->last), number, last = 0, n = 0;
  WeirHistoryCursor *cursor;
  g_autoptr (GError) error = NULL;

  g_assert_true (weir_history_refresh (history, NULL));
  filter.is_descending = is_descending;
  filter.columns = WEIR_COLUMN_ALL;
  cursor = weir_history_find (history, &filter);
  while (weir_history_cursor_step (cursor, &error)) {
    number = weir_history_cursor_get_number (cursor);
    /* What is dropped meanwhile may be missing, up to where that ended. */
    if (last != 0 && number != (is_descending ? last - 1 : last + 1))
      g_assert_cmpuint (MIN (number, last), <, atomic_load (&live->first));
    assert_event (test_history_get (&live->made, number),
                  &weir_history_cursor_get_event (cursor)->event);
    if (n++ == 0 && is_descending)
      g_assert_cmpuint (number, >=, before);
    last = number;
  }
  g_assert_no_error (error);
  if (n > 0 && !is_descending)
    g_assert_cmpuint (last, >=, before);
  weir_history_cursor_free (cursor);
}

static void
ask_more (Live *live, WeirHistory *history)
{
  uint64_t number = MAX (atomic_load (&live->last), 1);
  uint64_t flowfile = test_history_get (&live->made, number)->event.flowfile;
  g_autoptr (WeirLineage) lineage = weir_lineage_new (history, flowfile, WEIR_LINEAGE_UP, 0);
  g_autoptr (WeirQuery) query =
      weir_query_new (history, "SELECT type, count(*) FROM events GROUP BY 1", NULL);
  g_autoptr (GError) error = NULL;
  WeirPast past;

  while (weir_lineage_next (lineage, &error) != NULL)
    ;
  g_assert_no_error (error);
  while (weir_query_next (query, &error))
    ;
  g_assert_no_error (error);
  g_assert_true (weir_history_get_past (history, flowfile, number, &past, NULL));
  weir_past_clear (&past);
}

static void *
read_on (void *data)
{
  Live *live = data;
  WeirHistory *history = test_history_open (&live->made);
  bool is_over;

  do {
    is_over = atomic_load (&live->is_over);
    read_all (live, history, false);
    read_all (live, history, true);
    ask_more (live, history);
  } while (!is_over);
  weir_history_free (history);
  return NULL;
}

static void
test_readers (void)
{
  pthread_t writer, readers[N_READERS];
  Live live = { .first = 1 };
  g_autofree char *identity = NULL;
  guint n_words = 0;

  test_history_init (&live.made, 77, 0, 0, 1);
  /* A reader may come before the first partition: then this says that it will be one. */
  identity = g_build_filename (live.made.directory, "identity", NULL);
  g_assert_true (g_file_set_contents (identity, "", 0, NULL));
  for (guint i = 0; i < N_EVENTS; i++) {
    TestEvent *test = test_life_event_new (&live.made.source);

    g_ptr_array_add (live.made.events, test);
    n_words += test->event.has_attributes;
  }
  g_assert_cmpuint (n_words, >, 0);
  g_assert_cmpint (pthread_create (&writer, NULL, write_all, &live), ==, 0);
  for (size_t i = 0; i < N_READERS; i++)
    g_assert_cmpint (pthread_create (&readers[i], NULL, read_on, &live), ==, 0);
  pthread_join (writer, NULL);
  for (size_t i = 0; i < N_READERS; i++)
    pthread_join (readers[i], NULL);
  test_history_clear (&live.made);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/history-live/readers", test_readers);
  return g_test_run ();
}
