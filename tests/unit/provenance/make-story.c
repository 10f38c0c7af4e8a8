/* make-story.c: make-story DIR: writes the provenance of a small flow that unpacks orders, so that
 * tests of commands know each event. Everything in it is fixed. */
#include "partitions.h"

#define START INT64_C (1795208591000000) /* 2026-11-20 21:03:11 */

enum { GET = 1, UNPACK, TAG, ROUTE, MERGE, PUT, N_COMPONENTS };
enum { FILENAME = 1, PATH, PRIORITY, ORDER, SUCCESS, URGENT, N_NAMES };

static const char *const components[] = {
  NULL, "in/get", "unpack", "tag", "route", "merge", "put"
};
static const char *const types[] = {
  NULL, "GetFile", "UnpackContent", "UpdateAttribute", "RouteOnAttribute", "MergeContent", "PutFile"
};
static const char *const names[] = { NULL,       "filename", "path",  "priority",
                                     "order.id", "success",  "urgent" };

static TestEvent *
add (GPtrArray *events, WeirEventType type, uint64_t flowfile, uint64_t component, uint64_t size)
{
  TestEvent *test = g_new0 (TestEvent, 1);

  test->event = (WeirEvent){ .type = type,
                             .flowfile = flowfile,
                             .time = START + (int64_t)events->len * 1000,
                             .usec = 250,
                             .component = component,
                             .relationship = component == 0 ? 0 : SUCCESS,
                             .source = component > GET ? component - 1 : 0,
                             .queue = component,
                             .size = size,
                             .old_size = size };
  g_ptr_array_add (events, test);
  return test;
}

static void
set (TestEvent *test, uint64_t name, const char *value)
{
  test->event.has_attributes = true;
  test_put_set (test, name, value);
  test->event.set.cursor = (WeirCursor){ test->set.start, test->set.at, false };
}

static void
unset (TestEvent *test, uint64_t name)
{
  const WeirEntryName entry_name = { name };

  test->event.has_attributes = true;
  weir_stream_put_name (&test->removed, &entry_name);
  test->event.removed.n++;
  test->event.removed.cursor = (WeirCursor){ test->removed.start, test->removed.at, false };
}

static void
bear (TestEvent *test, const uint64_t *parents, size_t n_parents)
{
  test->event.is_birth = true;
  test->event.old_size = 0;
  test->event.entry_time = test->event.time;
  test->event.lineage_start = START;
  test->parents = g_memdup2 (parents, n_parents * sizeof *parents);
  test->event.parents = test->parents;
  test->event.n_parents = n_parents;
}

static void
give (TestEvent *test, WeirWhere where, uint64_t file, uint64_t start)
{
  test->event.has_content = true;
  test->event.content = (WeirContentRef){ .where = where,
                                          .file = file,
                                          .start = start,
                                          .size = test->event.size,
                                          .length = test->event.size };
}

static void
report (TestEvent *test, const char *uri, const char *details)
{
  test->uri = g_strdup (uri);
  test->event.uri = test->uri;
  test->event.uri_size = uri != NULL ? strlen (uri) : 0;
  test->details = g_strdup (details);
  test->event.details = test->details;
  test->event.details_size = details != NULL ? strlen (details) : 0;
}

static void
tell_beginning (GPtrArray *events)
{
  static const char *const files[] = { "a.csv", "b.csv", "c.csv" };
  TestEvent *test = add (events, WEIR_EVENT_RECEIVE, 1, GET, 1200);

  bear (test, NULL, 0);
  set (test, FILENAME, "orders.zip");
  set (test, PATH, "./");
  give (test, WEIR_WHERE_FILE, 1, 4096);
  report (test, "file:///in/orders.zip", NULL);
  for (uint64_t i = 0; i < 3; i++) {
    test = add (events, WEIR_EVENT_FORK, 2 + i, UNPACK, 400);
    bear (test, (uint64_t[]){ 1 }, 1);
    set (test, FILENAME, files[i]);
    set (test, PATH, "./");
    give (test, WEIR_WHERE_LOG, 0, 67108864 + 5000 * (i + 1));
  }
  add (events, WEIR_EVENT_DROP, 1, UNPACK, 1200);
  test = add (events, WEIR_EVENT_ATTRIBUTES_MODIFIED, 2, TAG, 400);
  set (test, PRIORITY, "high");
  set (test, ORDER, "17");
  test = add (events, WEIR_EVENT_ATTRIBUTES_MODIFIED, 3, TAG, 400);
  set (test, PRIORITY, "low");
  test = add (events, WEIR_EVENT_ROUTE, 2, ROUTE, 400);
  test->event.relationship = URGENT;
  report (test, NULL, "priority is high");
}

static void
tell_end (GPtrArray *events)
{
  TestEvent *test = add (events, WEIR_EVENT_CONTENT_MODIFIED, 4, TAG, 500);

  test->event.old_size = 400;
  give (test, WEIR_WHERE_FILE, 1, 8192);
  set (test, FILENAME, "C.csv");
  unset (test, PATH);
  test = add (events, WEIR_EVENT_JOIN, 5, MERGE, 800);
  bear (test, (uint64_t[]){ 2, 3 }, 2);
  set (test, FILENAME, "merged.csv");
  give (test, WEIR_WHERE_FILE, 2, 0);
  add (events, WEIR_EVENT_DROP, 2, MERGE, 400);
  add (events, WEIR_EVENT_DROP, 3, MERGE, 400);
  test = add (events, WEIR_EVENT_SEND, 5, PUT, 800);
  report (test, "file:///out/merged.csv", NULL);
  add (events, WEIR_EVENT_DROP, 5, PUT, 800);
  test = add (events, WEIR_EVENT_CLONE, 6, ROUTE, 500);
  bear (test, (uint64_t[]){ 4 }, 1);
  set (test, FILENAME, "bad \033[31m\n, \"name\" \302\233x\377");
  add (events, WEIR_EVENT_EXPIRE, 4, 0, 500);
}

static void
put_words (WeirPartition *partition)
{
  WeirPosition position;

  g_assert_true (weir_partition_get_position (partition, &position, NULL));
  g_assert_true (weir_partition_begin (partition, NULL));
  for (uint64_t i = GET; i < N_COMPONENTS; i++) {
    g_autofree char *queue = g_strdup_printf ("%s:success>%s", components[i],
                                              i + 1 < N_COMPONENTS ? components[i + 1] : "end");

    weir_partition_put_word (partition, WEIR_WORD_COMPONENT, i, components[i], NULL);
    weir_partition_put_word (partition, WEIR_WORD_QUEUE, i, queue, NULL);
    weir_partition_put_type (partition, i, types[i], NULL);
  }
  for (uint64_t i = FILENAME; i < N_NAMES; i++)
    weir_partition_put_word (partition, WEIR_WORD_NAME, i, names[i], NULL);
  g_assert_true (weir_partition_commit (partition, &position, NULL));
}

static const char *
get_name (void *data, uint64_t number)
{
  return number < N_NAMES ? names[number] : NULL;
}

static void
put_events (const char *directory, uint64_t number, GPtrArray *events, guint from, guint to)
{
  const WeirPosition start = { 4096, 1, 0, from + 1 };
  g_autoptr (GError) error = NULL;
  g_autoptr (WeirPartition) partition =
      weir_partition_create (directory, number, TEST_INSTALL, &start, &error);
  g_autoptr (WeirRedaction) redaction = weir_redaction_new (NULL);
  WeirBlockWriterOptions options = { get_name, NULL, redaction };
  g_autoptr (WeirBlockWriter) writer = weir_block_writer_new (&options);
  WeirPosition position;
  WeirBlock block;

  g_assert_no_error (error);
  put_words (partition);
  g_assert_true (weir_partition_get_position (partition, &position, NULL));
  weir_block_writer_begin (writer, from + 1);
  for (guint i = from; i < to; i++)
    weir_block_writer_add (writer, test_get (events, i));
  weir_block_writer_pack (writer, &block);
  position.event = to + 1;
  g_assert_true (weir_partition_begin (partition, NULL));
  g_assert_true (weir_partition_put_block (partition, &block, &position, NULL));
  g_assert_true (weir_partition_commit (partition, &position, NULL));
}

int
main (int argc, char **argv)
{
  g_autoptr (GPtrArray) events = g_ptr_array_new_with_free_func (test_event_free);

  g_assert_cmpint (argc, ==, 2);
  tell_beginning (events);
  tell_end (events);
  put_events (argv[1], 1, events, 0, 9);
  put_events (argv[1], 2, events, 9, events->len);
  return 0;
}
