/* make-story.c: make-story DIR: makes a data directory with the provenance and the contents of a
 * small flow that unpacks orders, so that tests of commands know each event. Everything in it is
 * fixed. */
#include "partitions.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/crc32c.h"

#define START   INT64_C (1795208591000000) /* 2026-11-20 21:03:11 */
#define SEGMENT (64 * 1024 * 1024)

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

/* Lines that name the event. */
static char *
make_bytes (const GPtrArray *events, size_t size)
{
  GString *text = g_string_new (NULL);

  while (text->len < size)
    g_string_append_printf (text, "content of event %u, \033[31m\n", events->len);
  g_string_truncate (text, size);
  return g_string_free (text, FALSE);
}

/* New content, in @file of the data directory. */
static void
give (GPtrArray *events, WeirWhere where, uint64_t number, uint64_t position, const char *file)
{
  TestEvent *test = g_ptr_array_index (events, events->len - 1);
  g_autofree char *bytes = make_bytes (events, test->event.size);
  int fd = open (file, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

  g_assert_cmpint (pwrite (fd, bytes, test->event.size, (off_t)position), ==, test->event.size);
  close (fd);
  test->event.has_content = true;
  test->event.content =
      (WeirContentRef){ .where = where,
                        .file = number,
                        .crc = weir_crc32c (0, bytes, test->event.size),
                        .start = where == WEIR_WHERE_LOG ? SEGMENT + position : position,
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
  give (events, WEIR_WHERE_FILE, 1, 4096, "content/000000000001.shared");
  report (test, "file:///in/orders.zip", NULL);
  for (uint64_t i = 0; i < 3; i++) {
    test = add (events, WEIR_EVENT_FORK, 2 + i, UNPACK, 400);
    bear (test, (uint64_t[]){ 1 }, 1);
    set (test, FILENAME, files[i]);
    set (test, PATH, "./");
    give (events, WEIR_WHERE_LOG, 0, 5000 * (i + 1), "log/000000000001.log");
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
  give (events, WEIR_WHERE_FILE, 1, 8192, "content/000000000001.shared");
  set (test, FILENAME, "C.csv");
  unset (test, PATH);
  test = add (events, WEIR_EVENT_JOIN, 5, MERGE, 800);
  bear (test, (uint64_t[]){ 2, 3 }, 2);
  set (test, FILENAME, "merged.csv");
  give (events, WEIR_WHERE_FILE, 2, 0, "archive/000000000002.shared");
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
  WeirBlockWriterOptions options = { get_name, NULL };
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

static void
make_directory (const char *path)
{
  static const char *const folders[] = { "provenance", "content", "archive", "log" };

  g_mkdir (path, 0700);
  g_assert_cmpint (chdir (path), ==, 0);
  for (size_t i = 0; i < G_N_ELEMENTS (folders); i++)
    g_assert_cmpint (g_mkdir (folders[i], 0700), ==, 0);
  g_assert_true (g_file_set_contents ("identity",
                                      "weir data 1\ninstall 0123456789abcdef\n"
                                      "log 0123456789abcdef\nsegment 67108864\n",
                                      -1, NULL));
}

int
main (int argc, char **argv)
{
  g_autoptr (GPtrArray) events = g_ptr_array_new_with_free_func (test_event_free);

  g_assert_cmpint (argc, ==, 2);
  make_directory (argv[1]);
  tell_beginning (events);
  tell_end (events);
  put_events ("provenance", 1, events, 0, 9);
  put_events ("provenance", 2, events, 9, events->len);
  return 0;
}
