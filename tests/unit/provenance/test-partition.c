/* Partitions: what was committed is there and nothing else, what finds blocks finds all of them,
 * and a reader and the writer do not get into each other's way. */
#include "partition-fixture.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

#include "provenance/partition-parts.h"

static void
test_round_trip (Fixture *fixture, gconstpointer data)
{
  WeirPosition position;
  WeirBlockRow range;

  test_fill (fixture->partition, fixture->events, 300);
  for (unsigned i = 0; i < 3; i++) {
    g_assert_cmpuint (read_all (fixture->partition, fixture->events), ==, 2000);
    g_assert_cmpuint (weir_partition_get_number (fixture->partition), ==, 3);
    g_assert_cmphex (weir_partition_get_install (fixture->partition), ==, TEST_INSTALL);
    weir_partition_get_start (fixture->partition, &position);
    g_assert_cmpmem (&position, sizeof position, &start, sizeof start);
    g_assert_true (weir_partition_get_position (fixture->partition, &position, NULL));
    g_assert_cmpuint (position.event, ==, start.event + 2000);
    g_assert_cmpuint (position.place, ==, start.place + 20000);
    g_assert_true (weir_partition_get_range (fixture->partition, &range, NULL));
    g_assert_cmpuint (range.first, ==, start.event);
    g_assert_cmpuint (range.n, ==, 2000);
    g_assert_cmpstr (weir_partition_get_word (fixture->partition, WEIR_WORD_NAME, 2), ==,
                     "filename");
    g_assert_cmpstr (weir_partition_get_word (fixture->partition, WEIR_WORD_COMPONENT, 2), ==,
                     "group/p2");
    g_assert_null (weir_partition_get_word (fixture->partition, WEIR_WORD_NAME, 99));
    g_assert_cmpuint (weir_partition_find_word (fixture->partition, WEIR_WORD_NAME, "filename"), ==,
                      2);
    g_assert_cmpuint (weir_partition_find_word (fixture->partition, WEIR_WORD_QUEUE, "filename"),
                      ==, 0);
    if (i == 0) {
      reopen (fixture);
    } else {
      g_clear_pointer (&fixture->partition, weir_partition_free);
      fixture->partition = weir_partition_open_to_read (fixture->directory, 3, NULL);
      g_assert_nonnull (fixture->partition);
    }
  }
}

static void
collect_type (void *data, uint64_t component, const char *type)
{
  g_string_append_printf (data, "%" G_GUINT64_FORMAT "=%s ", component, type);
}

static void
test_types (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) types = g_string_new (NULL);

  g_assert_true (weir_partition_begin (fixture->partition, NULL));
  g_assert_true (weir_partition_put_type (fixture->partition, 1, "GetFile", NULL));
  g_assert_true (weir_partition_put_type (fixture->partition, 2, "PutFile", NULL));
  g_assert_true (weir_partition_put_type (fixture->partition, 1, "ListFile", NULL));
  g_assert_true (weir_partition_put_lost (fixture->partition, "all of Monday", NULL));
  g_assert_true (weir_partition_commit (fixture->partition, &start, NULL));
  reopen (fixture);
  g_assert_true (weir_partition_each_type (fixture->partition, collect_type, types, NULL));
  g_assert_cmpstr (types->str, ==, "1=ListFile 2=PutFile ");
  g_assert_cmpstr (weir_partition_get_type (fixture->partition, 2), ==, "PutFile");
  g_assert_null (weir_partition_get_type (fixture->partition, 3));
  g_assert_cmpstr (weir_partition_get_lost (fixture->partition), ==, "all of Monday");
}

/* A block that is written again as it grows is there once, with what was added. */
static void
test_growing (Fixture *fixture, gconstpointer data)
{
  WeirBlockWriterOptions options = { test_get_name, NULL };
  g_autoptr (WeirBlockWriter) writer = weir_block_writer_new (&options);
  WeirPosition position = start;
  uint64_t size = 0;

  fixture->source.next_flowfile = 1;
  g_ptr_array_set_size (fixture->events, 0);
  weir_block_writer_begin (writer, start.event);
  for (guint i = 0; i < 200; i++) {
    TestEvent *test = g_new0 (TestEvent, 1);
    WeirBlock block;

    test->event = (WeirEvent){ .type = WEIR_EVENT_DROP, .flowfile = 1 + 500 * i };
    g_ptr_array_add (fixture->events, test);
    weir_block_writer_add (writer, &test->event);
    position.event++;
    weir_block_writer_pack (writer, &block);
    g_assert_true (weir_partition_begin (fixture->partition, NULL));
    g_assert_true (weir_partition_put_block (fixture->partition, &block, &position, NULL));
    g_assert_true (weir_partition_commit (fixture->partition, &position, NULL));
    g_assert_cmpuint (read_all (fixture->partition, fixture->events), ==, i + 1);
    if (i == 10)
      size = weir_partition_get_size (fixture->partition);
  }
  g_assert_cmpuint (weir_partition_get_size (fixture->partition), <=, size + 16384);
  reopen (fixture);
  g_assert_cmpuint (read_all (fixture->partition, fixture->events), ==, 200);
}

/* What a process had not committed when it died is not there. */
static void
test_kill (Fixture *fixture, gconstpointer data)
{
  WeirPosition position;
  int status;
  pid_t child;

  test_fill (fixture->partition, fixture->events, 500);
  g_clear_pointer (&fixture->partition, weir_partition_free);
  child = fork ();
  if (child == 0) {
    WeirPartition *partition = weir_partition_open (fixture->directory, 3, NULL);

    test_fill (partition, fixture->events, 500);
    weir_partition_begin (partition, NULL);
    weir_partition_put_word (partition, WEIR_WORD_QUEUE, 1, "never", NULL);
    weir_partition_put_position (partition, &start, NULL);
    _exit (0);
  }
  waitpid (child, &status, 0);
  g_assert_cmpint (status, ==, 0);
  fixture->partition = weir_partition_open (fixture->directory, 3, NULL);
  g_assert_nonnull (fixture->partition);
  g_assert_true (weir_partition_get_position (fixture->partition, &position, NULL));
  g_assert_cmpuint (position.event, ==, start.event + 4000);
  g_assert_null (weir_partition_get_word (fixture->partition, WEIR_WORD_QUEUE, 1));
}

static void
test_roll_back (Fixture *fixture, gconstpointer data)
{
  WeirPosition position = start;

  g_assert_true (weir_partition_begin (fixture->partition, NULL));
  g_assert_true (weir_partition_put_word (fixture->partition, WEIR_WORD_NAME, 2, "filename", NULL));
  weir_partition_roll_back (fixture->partition);
  weir_partition_roll_back (fixture->partition);
  g_assert_null (weir_partition_get_word (fixture->partition, WEIR_WORD_NAME, 2));
  test_fill (fixture->partition, fixture->events, 500);
  g_assert_true (weir_partition_get_position (fixture->partition, &position, NULL));
  g_assert_cmpuint (position.event, ==, start.event + 2000);
}

/* What is of frames that the log does not have goes, whole blocks of it, and what was before it is
 * as if nothing had come behind it. */
static void
test_cut (Fixture *fixture, gconstpointer data)
{
  WeirBlockWish wish = { .to = UINT64_MAX, .since = INT64_MIN, .until = INT64_MAX };
  WeirPosition position;
  WeirBlockRow row;
  bool is_cut;

  test_fill (fixture->partition, fixture->events, 100);
  g_assert_true (weir_partition_cut (fixture->partition, start.sequence + 2000, &is_cut, NULL));
  g_assert_false (is_cut);
  g_assert_true (weir_partition_cut (fixture->partition, start.sequence + 950, &is_cut, NULL));
  g_assert_true (is_cut);
  g_assert_true (weir_partition_get_position (fixture->partition, &position, NULL));
  g_assert_cmpuint (position.event, ==, start.event + 900);
  g_assert_cmpuint (position.sequence, ==, start.sequence + 900);
  g_assert_cmpuint (position.place, ==, start.place + 9000);
  reopen (fixture);
  g_assert_cmpuint (read_all (fixture->partition, fixture->events), ==, 900);
  for (wish.flowfile = 1; wish.flowfile < 5000; wish.flowfile += 1000)
    for (uint64_t at = 0; weir_partition_find_block (fixture->partition, &wish, at, &row, NULL);
         at = row.first + row.n)
      g_assert_cmpuint (row.first, <, start.event + 900);
  test_fill_part (fixture->partition, fixture->events, 900, 2000, 100);
  g_assert_cmpuint (read_all (fixture->partition, fixture->events), ==, 2000);
  g_assert_true (weir_partition_cut (fixture->partition, start.sequence, &is_cut, NULL));
  g_assert_true (weir_partition_get_position (fixture->partition, &position, NULL));
  g_assert_cmpmem (&position, sizeof position, &start, sizeof start);
}

/* The file is whole as soon as it is there, without what is beside it, whatever a power cut has
 * left of one that was not. */
static void
test_new (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = weir_partition_get_path (fixture->directory, 4);
  g_autofree char *rest = g_strconcat (path, ".new", NULL);
  g_autofree char *journal = g_strconcat (rest, "-journal", NULL);
  g_autofree char *copy = weir_partition_get_path (fixture->directory, 5);
  g_autofree char *bytes = NULL;
  g_autoptr (WeirPartition) partition = NULL, found = NULL;
  WeirPosition position;
  gsize size;

  g_assert_true (g_file_set_contents (rest, "half of it", -1, NULL));
  g_assert_true (g_file_set_contents (journal, "half of it", -1, NULL));
  partition = weir_partition_create (fixture->directory, 4, TEST_INSTALL, &start, NULL);
  g_assert_nonnull (partition);
  g_assert_false (g_file_test (rest, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (journal, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
  g_assert_true (g_file_set_contents (copy, bytes, (gssize)size, NULL));
  found = weir_partition_open_to_read (fixture->directory, 5, NULL);
  g_assert_nonnull (found);
  g_assert_true (weir_partition_get_position (found, &position, NULL));
  g_assert_cmpmem (&position, sizeof position, &start, sizeof start);
}

/* --- what finds blocks --- */

static bool
sets (const WeirEvent *event, const char *name, const char *value)
{
  WeirOpNames set = event->set;
  WeirEntryName text;
  const uint8_t *bytes;
  size_t size;

  while (weir_op_next_set (&set, &text, &bytes, &size))
    if (g_str_equal (test_name (test_number_of (&text)), name) && size == strlen (value) &&
        memcmp (bytes, value, size) == 0)
      return true;
  return false;
}

static bool
is_of (const WeirEvent *event, uint64_t flowfile)
{
  for (size_t i = 0; i < event->n_parents; i++)
    if (event->parents[i] == flowfile)
      return true;
  return event->flowfile == flowfile;
}

static bool
is_wanted (const WeirEvent *event, uint64_t number, const WeirBlockWish *wish)
{
  return number >= wish->from && number <= wish->to && event->time >= wish->since &&
         event->time <= wish->until &&
         (wish->component == 0 || event->component == wish->component) &&
         (wish->types == 0 || (wish->types >> event->type & 1) != 0) &&
         (wish->flowfile == 0 || is_of (event, wish->flowfile)) &&
         (wish->name == NULL || sets (event, wish->name, wish->value));
}

static WeirBlockWish
make_wish (Fixture *fixture)
{
  TestEvents *source = &fixture->source;
  WeirBlockWish wish = { .to = UINT64_MAX, .since = INT64_MIN, .until = INT64_MAX };
  const WeirEvent *event = get_event (fixture, start.event + test_random (source, 2000));

  if (test_one_in (source, 2)) {
    wish.from = start.event + test_random (source, 2000);
    wish.to = wish.from + test_random (source, 500);
  }
  if (test_one_in (source, 3)) {
    wish.since = event->time;
    wish.until = event->time + 5;
  }
  if (test_one_in (source, 3))
    wish.flowfile = event->n_parents > 0 ? event->parents[0] : event->flowfile;
  if (test_one_in (source, 3))
    wish.component = 1 + test_random (source, 12);
  if (test_one_in (source, 3))
    wish.types = 1u << event->type;
  if (test_one_in (source, 3)) {
    wish.name = "mime.type";
    wish.value = test_one_in (source, 2) ? "application/json" : "none";
  }
  wish.is_descending = test_one_in (source, 2);
  return wish;
}

/* Each event that is wanted is in a block that is found, in order and once. */
static void
assert_found (Fixture *fixture, const WeirBlockWish *wish)
{
  uint64_t at = wish->is_descending ? UINT64_MAX : 0;
  g_autoptr (GHashTable) found = g_hash_table_new (g_direct_hash, g_direct_equal);
  WeirBlockRow row;
  g_autoptr (GError) error = NULL;

  while (weir_partition_find_block (fixture->partition, wish, at, &row, &error)) {
    g_assert_true (wish->is_descending ? row.first < at : row.first >= at);
    at = wish->is_descending ? row.first : row.first + row.n;
    g_assert_true (row.first + row.n > wish->from && row.first <= wish->to);
    for (uint64_t i = 0; i < row.n; i++)
      g_assert_true (g_hash_table_add (found, GSIZE_TO_POINTER (row.first + i)));
  }
  g_assert_no_error (error);
  for (guint i = 0; i < fixture->events->len; i++) {
    uint64_t number = start.event + i;

    if (is_wanted (get_event (fixture, number), number, wish))
      g_assert_true (g_hash_table_contains (found, GSIZE_TO_POINTER (number)));
  }
}

static void
test_find (Fixture *fixture, gconstpointer data)
{
  WeirBlockWish none = {
    .to = UINT64_MAX, .since = INT64_MIN, .until = INT64_MAX, .name = "mime.type", .value = "none"
  };
  WeirBlockRow row;

  test_fill (fixture->partition, fixture->events, 20);
  for (unsigned i = 0; i < 1000; i++) {
    WeirBlockWish wish = make_wish (fixture);

    assert_found (fixture, &wish);
  }
  g_assert_false (weir_partition_find_block (fixture->partition, &none, 0, &row, NULL));
  none = (WeirBlockWish){ .to = UINT64_MAX, .until = INT64_MAX, .component = 99 };
  g_assert_false (weir_partition_find_block (fixture->partition, &none, 0, &row, NULL));
  none = (WeirBlockWish){ .to = UINT64_MAX, .until = INT64_MAX, .flowfile = 1000000 };
  g_assert_false (weir_partition_find_block (fixture->partition, &none, 0, &row, NULL));
  none = (WeirBlockWish){ .to = UINT64_MAX, .until = INT64_MAX, .is_descending = true };
  g_assert_false (weir_partition_find_block (fixture->partition, &none, 0, &row, NULL));
}

/* --- readers and the writer --- */

typedef struct {
  const Fixture *fixture;
  atomic_bool is_over;
  uint64_t n_reads;
} Reader;

static void *
read_on (void *data)
{
  Reader *reader = data;
  g_autoptr (WeirPartition) partition =
      weir_partition_open_to_read (reader->fixture->directory, 3, NULL);
  uint64_t last = 0;
  bool is_over;

  g_assert_nonnull (partition);
  do {
    uint64_t n;

    is_over = atomic_load (&reader->is_over);
    n = read_all (partition, reader->fixture->events);
    g_assert_cmpuint (n, >=, last);
    last = n;
    reader->n_reads++;
  } while (!is_over);
  g_assert_cmpuint (last, ==, reader->fixture->events->len);
  return NULL;
}

static void
test_readers (Fixture *fixture, gconstpointer data)
{
  Reader readers[2] = { { .fixture = fixture }, { .fixture = fixture } };
  pthread_t threads[2];
  bool is_all;

  for (unsigned i = 0; i < 2; i++)
    pthread_create (&threads[i], NULL, read_on, &readers[i]);
  for (guint i = 0; i < fixture->events->len; i += 100) {
    test_fill_part (fixture->partition, fixture->events, i, i + 100, 10);
    g_assert_true (weir_partition_checkpoint (fixture->partition, &is_all, NULL));
  }
  for (unsigned i = 0; i < 2; i++) {
    atomic_store (&readers[i].is_over, true);
    pthread_join (threads[i], NULL);
    g_assert_cmpuint (readers[i].n_reads, >, 0);
  }
  g_assert_true (weir_partition_checkpoint (fixture->partition, &is_all, NULL));
  g_assert_true (is_all);
}

/* All is in the file itself once it says so: a copy of that alone has it. */
static void
test_checkpoint (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = weir_partition_get_path (fixture->directory, 3);
  g_autofree char *copy = weir_partition_get_path (fixture->directory, 4);
  g_autofree char *bytes = NULL;
  gsize size;
  bool is_all = false;

  test_fill (fixture->partition, fixture->events, 300);
  g_assert_true (weir_partition_checkpoint (fixture->partition, &is_all, NULL));
  g_assert_true (is_all);
  g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
  g_assert_cmpuint (size, ==, weir_partition_get_size (fixture->partition));
  g_assert_true (g_file_set_contents (copy, bytes, (gssize)size, NULL));
  g_clear_pointer (&fixture->partition, weir_partition_free);
  fixture->partition = weir_partition_open_to_read (fixture->directory, 4, NULL);
  g_assert_cmpuint (read_all (fixture->partition, fixture->events), ==, 2000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  ADD ("/partition/round-trip", test_round_trip);
  ADD ("/partition/types", test_types);
  ADD ("/partition/growing", test_growing);
  ADD ("/partition/kill", test_kill);
  ADD ("/partition/roll-back", test_roll_back);
  ADD ("/partition/cut", test_cut);
  ADD ("/partition/new", test_new);
  ADD ("/partition/find", test_find);
  ADD ("/partition/readers", test_readers);
  ADD ("/partition/checkpoint", test_checkpoint);
#undef ADD
  return g_test_run ();
}
