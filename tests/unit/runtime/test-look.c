/* Tests engine/runtime/look*.c and purge.c: what people see of a queue, in memory and on the disk,
 * and what is gone when they empty it. Guards invariants 1, 5 and 6 (ARCHITECTURE.md). */
#include "kit.h"

#include "runtime/look.h"
#include "runtime/purge.h"
#include "runtime/running.h"

#include <stdlib.h>
#include <string.h>

static _Atomic unsigned to_make;
static _Atomic unsigned n_made;
static _Atomic unsigned n_ended;

static bool
make (void *state, WeirSession *session, GError **error)
{
  WeirFlowFile *flowfile;
  char text[32];

  if (to_make == 0)
    return true;
  to_make--;
  flowfile = weir_session_create (session);
  g_snprintf (text, sizeof text, "%u", 1000 + (n_made * 7919) % 1000);
  weir_session_put_attribute (session, flowfile, "priority", text);
  g_snprintf (text, sizeof text, "content %u", n_made++);
  weir_session_set_content (session, flowfile, text, strlen (text), NULL);
  weir_session_transfer (session, flowfile, 0);
  return true;
}

static bool
end (void *state, WeirSession *session, GError **error)
{
  WeirFlowFile *flowfile = weir_session_get (session);

  if (flowfile == NULL)
    return true;
  n_ended++;
  weir_session_remove (session, flowfile);
  return true;
}

static const WeirProcessor maker = KIT_PROCESSOR ("Make", make, .input = WEIR_INPUT_FORBIDDEN);
static const WeirProcessor ender = KIT_PROCESSOR ("End", end, .input = WEIR_INPUT_REQUIRED);
static const char *const end_path[] = { "end", NULL };
#define QUEUE "make:success -> end"

static Kit *
with_flow (Kit *kit, WeirOrder order, char *directory)
{
  static const char *const stopped[] = { "end", NULL };
  WeirConnection *connection;

  to_make = n_made = n_ended = 0;
  kit->options.stopped = stopped;
  kit->options.data_dir = directory;
  kit->options.durability = directory != NULL ? WEIR_DURABILITY_PROCESS : WEIR_DURABILITY_MEMORY;
  kit->options.queue_front = 20;
  kit->options.session_max = 2; /* or all of it comes as one chunk */
  kit_processor (kit, "make", &maker)->yield_usec = 0;
  kit_processor (kit, "end", &ender);
  connection = kit_connect (kit, "make", "success", "end");
  connection->order = order;
  connection->max_count = 0;
  kit_start (kit);
  return kit;
}

static void
fill (Kit *kit, unsigned n)
{
  to_make = n;
  weir_context_wake (&kit_node (kit, "make")->context);
  kit_run (kit);
  g_assert_cmpuint (to_make, ==, 0);
}

/* All pages. Returns: (transfer full): of arrays of rows. */
static GPtrArray *
read_pages (Kit *kit, unsigned max, bool with_attributes)
{
  GPtrArray *pages = g_ptr_array_new_with_free_func ((GDestroyNotify)g_ptr_array_unref);
  g_autofree char *after = NULL;

  do {
    g_autoptr (GError) error = NULL;
    char *next = NULL;
    GPtrArray *page =
        weir_engine_look (kit->engine, QUEUE, after, max, with_attributes, &next, &error);

    g_assert_no_error (error);
    g_ptr_array_add (pages, page);
    g_assert_cmpuint (page->len, <=, max);
    g_free (after);
    after = next;
  } while (after != NULL);
  return pages;
}

static unsigned
count_on_disk (const GPtrArray *pages)
{
  unsigned n = 0;

  for (guint i = 0; i < pages->len; i++) {
    const GPtrArray *page = pages->pdata[i];
    for (guint k = 0; k < page->len; k++)
      n += ((WeirQueued *)page->pdata[k])->is_on_disk;
  }
  return n;
}

/* Each once, in the order in which they will come. */
static void
assert_all (Kit *kit, WeirOrder order, unsigned n, unsigned max)
{
  g_autoptr (GPtrArray) pages = read_pages (kit, max, true);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  unsigned position = 0;
  int last = 0;

  for (guint i = 0; i < pages->len; i++) {
    const GPtrArray *page = pages->pdata[i];

    for (guint k = 0; k < page->len; k++) {
      const WeirQueued *row = page->pdata[k];
      int priority = atoi (weir_attributes_get (row->attributes, "priority"));

      g_assert_true (g_hash_table_add (seen, g_memdup2 (&row->id, sizeof row->id)));
      g_assert_cmpuint (row->position, ==, position++);
      g_assert_cmpuint (row->size, >=, strlen ("content 0"));
      g_assert_cmpint (row->queue_time, >, 0);
      g_assert_cmpint (row->entry_time, >, 0);
      if (order == WEIR_ORDER_PRIORITY)
        g_assert_cmpint (priority, >=, last);
      last = priority;
    }
  }
  g_assert_cmpuint (g_hash_table_size (seen), ==, n);
}

static void
test_pages (const void *data)
{
  WeirOrder order = GPOINTER_TO_INT (data) & 1 ? WEIR_ORDER_PRIORITY : WEIR_ORDER_FIFO;
  bool on_disk = GPOINTER_TO_INT (data) & 2;
  g_autofree char *directory = on_disk ? g_dir_make_tmp ("weir-look-XXXXXX", NULL) : NULL;
  g_autoptr (Kit) kit = with_flow (kit_new_by_hand (), order, directory);

  assert_all (kit, order, 0, 10);
  fill (kit, 7);
  assert_all (kit, order, 7, 10);
  fill (kit, 293);
  if (on_disk) { /* the book catches up, and the next look at the queue takes it out of memory */
    g_autoptr (GPtrArray) pages = NULL;

    g_assert_true (
        weir_data_wait_applied (kit->engine->data, weir_data_get_appended (kit->engine->data)));
    fill (kit, 1);
    pages = read_pages (kit, 100, false);
    g_assert_cmpuint (count_on_disk (pages), >, 100);
  } else {
    fill (kit, 1);
  }
  assert_all (kit, order, 301, 1);
  assert_all (kit, order, 301, 17);
  assert_all (kit, order, 301, 1000);
  weir_engine_start_nodes (kit->engine, end_path, NULL, NULL);
  kit_run (kit);
  g_assert_cmpuint (n_ended, ==, 301);
  assert_all (kit, order, 0, 10);
  kit_stop (kit);
  if (directory != NULL)
    kit_remove_all (directory);
}

static void
test_wrong (void)
{
  g_autoptr (Kit) kit = with_flow (kit_new_by_hand (), WEIR_ORDER_FIFO, NULL);
  static const char *const keys[] = { "", "x", "f", "f:", "f:x", "o:1", "w:1:2", "o:1:2:x" };
  char *next = NULL;

  for (size_t i = 0; i < G_N_ELEMENTS (keys); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (weir_engine_look (kit->engine, QUEUE, keys[i], 10, false, &next, &error));
    g_assert_error (error, WEIR_ERROR, WEIR_ERROR_INVALID);
  }
  g_assert_null (weir_engine_look (kit->engine, "nothing", NULL, 10, false, &next, NULL));
  g_assert_null (weir_engine_peek (kit->engine, QUEUE, 77, NULL));
}

static void
test_peek (const void *data)
{
  bool on_disk = GPOINTER_TO_INT (data);
  g_autofree char *directory = on_disk ? g_dir_make_tmp ("weir-look-XXXXXX", NULL) : NULL;
  g_autoptr (Kit) kit = with_flow (kit_new_by_hand (), WEIR_ORDER_FIFO, directory);
  g_autoptr (GPtrArray) pages = NULL;
  const GPtrArray *page;

  fill (kit, 300);
  if (on_disk) {
    g_assert_true (
        weir_data_wait_applied (kit->engine->data, weir_data_get_appended (kit->engine->data)));
    fill (kit, 1);
  }
  pages = read_pages (kit, 1000, false);
  page = pages->pdata[0];
  for (guint i = 0; i < 300; i += 37) {
    const WeirQueued *row = page->pdata[i];
    g_autoptr (GError) error = NULL;
    g_autoptr (WeirPeek) peek = weir_engine_peek (kit->engine, QUEUE, row->id, &error);
    g_autofree char *expected = g_strdup_printf ("content %u", i);
    char bytes[32] = "";

    g_assert_no_error (error);
    g_assert_cmpstr (peek->row.uuid, ==, row->uuid);
    g_assert_nonnull (weir_attributes_get (peek->row.attributes, "priority"));
    g_assert_cmpint (weir_peek_read (peek, 0, bytes, sizeof bytes, NULL), ==, strlen (expected));
    g_assert_cmpstr (bytes, ==, expected);
    memset (bytes, 0, sizeof bytes);
    g_assert_cmpint (weir_peek_read (peek, 8, bytes, 1, NULL), ==, 1);
    g_assert_cmpint (bytes[0], ==, expected[8]);
    g_assert_cmpint (weir_peek_read (peek, 100, bytes, 1, NULL), ==, 0);
  }
  kit_stop (kit);
  if (directory != NULL)
    kit_remove_all (directory);
}

/* What is gone is gone after a restart, too. */
static void
test_purge (const void *data)
{
  bool on_disk = GPOINTER_TO_INT (data);
  g_autofree char *directory = on_disk ? g_dir_make_tmp ("weir-look-XXXXXX", NULL) : NULL;
  g_autoptr (Kit) kit = with_flow (kit_new_by_hand (), WEIR_ORDER_FIFO, directory);
  g_autoptr (GPtrArray) pages = NULL;
  g_autoptr (GError) error = NULL;
  const GPtrArray *page;
  uint64_t ids[2];
  WeirPurged purged;

  fill (kit, 15);
  pages = read_pages (kit, 1000, false);
  page = pages->pdata[0];
  for (unsigned i = 0; i < 2; i++)
    ids[i] = ((WeirQueued *)page->pdata[3 + 6 * i])->id;
  weir_engine_purge (kit->engine, QUEUE, ids, 2, "by a test", &purged, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (purged.n, ==, 2);
  g_assert_false (purged.is_partial);
  g_assert_cmpuint (kit_count (kit, 0), ==, 13);
  assert_all (kit, WEIR_ORDER_FIFO, 13, 4);
  weir_engine_purge (kit->engine, QUEUE, ids, 2, "by a test", &purged, &error);
  g_assert_cmpuint (purged.n, ==, 0);
  g_assert_true (purged.is_partial);

  fill (kit, 287);
  if (on_disk) {
    g_assert_true (
        weir_data_wait_applied (kit->engine->data, weir_data_get_appended (kit->engine->data)));
    fill (kit, 1);
    kit_stop (kit);
    kit_start (kit);
  }
  weir_engine_purge (kit->engine, QUEUE, NULL, 0, "by a test", &purged, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (purged.n, ==, 300 + (on_disk ? 1 : 0));
  g_assert_false (purged.is_partial);
  g_assert_cmpuint (kit_count (kit, 0), ==, 0);
  if (on_disk) {
    kit_stop (kit);
    kit_start (kit);
    g_assert_cmpuint (kit_count (kit, 0), ==, 0);
  }
  fill (kit, 3);
  weir_engine_start_nodes (kit->engine, end_path, NULL, NULL);
  kit_run (kit);
  g_assert_cmpuint (n_ended, ==, 3);
  kit_stop (kit);
  if (directory != NULL)
    kit_remove_all (directory);
}

/* While data flows: pages are whole, and what is emptied and what goes on is all there was. */
static void
test_threads (void)
{
  g_autofree char *directory = g_dir_make_tmp ("weir-look-XXXXXX", NULL);
  g_autoptr (Kit) kit = with_flow (kit_new_with_threads (2), WEIR_ORDER_FIFO, directory);
  uint64_t n_purged = 0;

  to_make = 4000;
  weir_context_wake (&kit_node (kit, "make")->context);
  weir_engine_start_nodes (kit->engine, end_path, NULL, NULL);
  for (unsigned i = 0; i < 60; i++) {
    g_autoptr (GPtrArray) pages = read_pages (kit, 100, true);
    g_autoptr (GError) error = NULL;
    WeirPurged purged;

    g_assert_cmpuint (pages->len, >=, 1);
    if (i % 10 != 9)
      continue;
    weir_engine_purge (kit->engine, QUEUE, NULL, 0, "by a test", &purged, &error);
    g_assert_no_error (error);
    n_purged += purged.n;
  }
  g_assert_true (weir_engine_wait_idle (kit->engine, KIT_LONG));
  g_assert_cmpuint (n_ended + n_purged, ==, 4000);
  kit_stop (kit);
  kit_remove_all (directory);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/look/line", GINT_TO_POINTER (0), test_pages);
  g_test_add_data_func ("/look/order", GINT_TO_POINTER (1), test_pages);
  g_test_add_data_func ("/look/line on disk", GINT_TO_POINTER (2), test_pages);
  g_test_add_data_func ("/look/order on disk", GINT_TO_POINTER (3), test_pages);
  g_test_add_func ("/look/wrong", test_wrong);
  g_test_add_data_func ("/look/peek", GINT_TO_POINTER (0), test_peek);
  g_test_add_data_func ("/look/peek on disk", GINT_TO_POINTER (1), test_peek);
  g_test_add_data_func ("/purge/memory", GINT_TO_POINTER (0), test_purge);
  g_test_add_data_func ("/purge/disk", GINT_TO_POINTER (1), test_purge);
  g_test_add_func ("/look/threads", test_threads);
  return g_test_run ();
}
