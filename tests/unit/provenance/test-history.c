/* Searching a history, against looking at each event of a model of it: whatever is asked, nothing
 * is missing, nothing is too much, and all is in order. */
#include "histories.h"

#include <string.h>
#include <sys/stat.h>
#include <weir/error.h>

typedef struct {
  TestHistory made;
  WeirHistory *history;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  test_history_init (&fixture->made, 7, 3000, 4, 170);
  fixture->history = test_history_open (&fixture->made);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  weir_history_free (fixture->history);
  test_history_clear (&fixture->made);
}

/* --- the model --- */

static bool
has_parent (const WeirEvent *event, uint64_t flowfile)
{
  for (size_t i = 0; i < event->n_parents; i++)
    if (event->parents[i] == flowfile)
      return true;
  return false;
}

static bool
has_attribute (const TestEvent *test, const WeirHistoryAttribute *attribute)
{
  g_autofree char *value = test_get_set (test, attribute->name);

  return value != NULL && (attribute->value == NULL || g_str_equal (value, attribute->value));
}

static bool
has_text_in (const char *text, const char *wanted)
{
  g_autofree char *folded = text != NULL ? g_utf8_casefold (text, -1) : NULL;
  g_autofree char *needle = g_utf8_casefold (wanted, -1);

  return folded != NULL && strstr (folded, needle) != NULL;
}

static bool
has_text (const TestEvent *test, const char *text)
{
  if (has_text_in (test->uri, text) || has_text_in (test->details, text))
    return true;
  for (uint64_t number = 1; test_name (number) != NULL; number++) {
    g_autofree char *value = test_get_set (test, test_name (number));

    if (value != NULL && (has_text_in (value, text) || has_text_in (test_name (number), text)))
      return true;
  }
  return false;
}

static bool
passes (const WeirHistoryFilter *filter, const TestEvent *test, uint64_t number)
{
  const WeirEvent *event = &test->event;
  g_autofree char *component = test_component (event->component);

  for (size_t i = 0; i < filter->n_attributes; i++)
    if (!has_attribute (test, &filter->attributes[i]))
      return false;
  return number >= filter->from && number <= filter->to && event->time >= filter->since &&
         event->time <= filter->until && event->size >= filter->larger &&
         event->size <= filter->smaller &&
         (filter->types == 0 || (filter->types >> event->type & 1) != 0) &&
         (filter->flowfile == 0 || event->flowfile == filter->flowfile ||
          (!filter->is_own && has_parent (event, filter->flowfile))) &&
         (filter->component == NULL || g_strcmp0 (filter->component, component) == 0) &&
         (filter->text == NULL || has_text (test, filter->text));
}

static void
assert_found (Fixture *fixture, const WeirHistoryFilter *filter)
{
  g_autoptr (WeirHistoryCursor) cursor = weir_history_find (fixture->history, filter);
  g_autoptr (GError) error = NULL;
  guint n = fixture->made.events->len;
  WeirHistoryEvent event;

  for (guint i = 0; i < n; i++) {
    uint64_t number = filter->is_descending ? n - i : i + 1;
    const TestEvent *test = test_history_get (&fixture->made, number);

    if (!passes (filter, test, number))
      continue;
    g_assert_true (weir_history_cursor_next (cursor, &event, &error));
    g_assert_cmpuint (event.number, ==, number);
    if (filter->columns == WEIR_COLUMN_ALL)
      assert_event (test, &event.event);
  }
  g_assert_false (weir_history_cursor_next (cursor, &event, &error));
  g_assert_no_error (error);
  g_assert_false (weir_history_cursor_next (cursor, &event, &error));
  g_assert_no_error (error);
}

/* --- tests --- */

static void
test_all (Fixture *fixture, gconstpointer data)
{
  WeirHistoryFilter filter = WEIR_HISTORY_FILTER_INIT;
  uint64_t first, last;

  filter.columns = WEIR_COLUMN_ALL;
  assert_found (fixture, &filter);
  filter.is_descending = true;
  assert_found (fixture, &filter);
  g_assert_true (weir_history_get_range (fixture->history, &first, &last));
  g_assert_cmpuint (first, ==, 1);
  g_assert_cmpuint (last, ==, 3000);
  g_assert_cmphex (weir_history_get_install (fixture->history), ==, TEST_INSTALL);
  g_assert_cmpuint (weir_history_get_problems (fixture->history)->len, ==, 0);
}

static void
narrow (Fixture *fixture, WeirHistoryFilter *filter, WeirHistoryAttribute *attributes,
        char **component, unsigned which)
{
  TestEvents *source = &fixture->made.source;
  const TestEvent *like =
      test_history_get (&fixture->made, 1 + test_random (source, fixture->made.events->len));

  switch (which) {
  case 0:
    filter->from = test_random (source, 3100);
    break;
  case 1:
    filter->to = test_random (source, 3100);
    break;
  case 2:
    filter->since = like->event.time;
    break;
  case 3:
    filter->until = like->event.time;
    break;
  case 4:
    filter->flowfile = like->event.flowfile;
    filter->is_own = test_one_in (source, 2);
    break;
  case 5:
    filter->types = (uint32_t)test_random (source, 1u << WEIR_EVENT_N) & ~1u;
    break;
  case 6:
    g_free (*component);
    *component = g_strdup_printf ("group/p%d", (int)test_random (source, 12));
    filter->component = *component;
    break;
  case 7:
    attributes[0] = (WeirHistoryAttribute){ test_name (1 + test_random (source, TEST_N_NAMES)),
                                            "application/json" };
    filter->n_attributes = 1;
    break;
  case 8:
    attributes[0] =
        (WeirHistoryAttribute){ test_name (1 + test_random (source, TEST_N_NAMES)), NULL };
    attributes[1] =
        (WeirHistoryAttribute){ test_name (1 + test_random (source, TEST_N_NAMES)), "17" };
    filter->n_attributes = 1 + test_random (source, 2);
    break;
  case 9:
    filter->larger = test_random (source, 5000);
    break;
  case 10:
    filter->smaller = test_random (source, 5000);
    break;
  default:
    filter->text = test_one_in (source, 2) ? "JSON" : "ile:///IN/1";
  }
}

static void
test_any_filter (Fixture *fixture, gconstpointer data)
{
  TestEvents *source = &fixture->made.source;

  for (int round = 0; round < 400; round++) {
    WeirHistoryFilter filter = WEIR_HISTORY_FILTER_INIT;
    WeirHistoryAttribute attributes[2];
    g_autofree char *component = NULL;

    filter.attributes = attributes;
    filter.is_descending = test_one_in (source, 2);
    filter.columns = test_one_in (source, 2) ? WEIR_COLUMN_ALL : 0;
    for (unsigned n = (unsigned)test_random (source, 4); n > 0; n--)
      narrow (fixture, &filter, attributes, &component, (unsigned)test_random (source, 12));
    assert_found (fixture, &filter);
  }
}

/* More cursors than are kept unpacked, each with its own event. */
static void
test_many_cursors (Fixture *fixture, gconstpointer data)
{
  WeirHistoryCursor *cursors[19];
  WeirHistoryFilter filters[G_N_ELEMENTS (cursors)];

  for (size_t i = 0; i < G_N_ELEMENTS (cursors); i++) {
    filters[i] = (WeirHistoryFilter)WEIR_HISTORY_FILTER_INIT;
    filters[i].from = 1 + i / 2 * 300;
    filters[i].columns = WEIR_COLUMN_ALL;
    cursors[i] = weir_history_find (fixture->history, &filters[i]);
  }
  for (unsigned step = 0; step < 300; step++) {
    for (size_t i = 0; i < G_N_ELEMENTS (cursors); i++)
      g_assert_true (weir_history_cursor_step (cursors[i], NULL));
    for (size_t i = 0; i < G_N_ELEMENTS (cursors); i++)
      assert_event (test_history_get (&fixture->made, 1 + i / 2 * 300 + step),
                    &weir_history_cursor_get_event (cursors[i])->event);
  }
  for (size_t i = 0; i < G_N_ELEMENTS (cursors); i++)
    weir_history_cursor_free (cursors[i]);
}

/* --- the past --- */

/* Forwards through the model, from the birth on. */
static void
assert_past (Fixture *fixture, uint64_t flowfile, uint64_t number)
{
  g_autoptr (GHashTable) has = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  const WeirEvent *last = NULL, *birth = NULL;
  WeirContentRef content = { 0 };
  WeirPast past;

  for (uint64_t i = 1; i < number; i++) {
    const TestEvent *test = test_history_get (&fixture->made, i);
    WeirOpNames removed = test->event.removed;
    WeirEntryName entry_name;
    uint64_t name;

    if (test->event.flowfile != flowfile)
      continue;
    last = &test->event;
    if (last->is_birth) {
      g_hash_table_remove_all (has);
      birth = last;
      content = (WeirContentRef){ 0 };
    }
    for (name = 1; test_name (name) != NULL; name++) {
      char *value = test_get_set (test, test_name (name));

      if (value != NULL)
        g_hash_table_insert (has, g_strdup (test_name (name)), value);
    }
    while (!last->is_birth && weir_op_next_removed (&removed, &entry_name))
      g_hash_table_remove (has, test_name (test_number_of (&entry_name)));
    if (last->has_content)
      content = last->content;
  }
  g_assert_true (weir_history_get_past (fixture->history, flowfile, number, &past, NULL));
  g_assert_cmpuint (g_hash_table_size (past.attributes), ==, g_hash_table_size (has));
  for (uint64_t name = 1; test_name (name) != NULL; name++)
    g_assert_cmpstr (g_hash_table_lookup (past.attributes, test_name (name)), ==,
                     g_hash_table_lookup (has, test_name (name)));
  g_assert_cmpmem (&past.content, sizeof content, &content, sizeof content);
  g_assert_cmpuint (past.size, ==, last != NULL ? last->size : 0);
  g_assert_cmpint (past.is_whole, ==, birth != NULL);
  g_assert_cmpint (past.entry_time, ==, birth != NULL ? birth->entry_time : 0);
  g_assert_cmpint (past.lineage_start, ==, birth != NULL ? birth->lineage_start : 0);
  weir_past_clear (&past);
}

static void
test_past (Fixture *fixture, gconstpointer data)
{
  TestEvents *source = &fixture->made.source;

  for (int round = 0; round < 200; round++) {
    uint64_t number = 1 + test_random (source, 3000);

    assert_past (fixture, test_history_get (&fixture->made, number)->event.flowfile, number);
  }
  assert_past (fixture, 1, 1);
  assert_past (fixture, 99999, 3000);
}

/* --- what changes --- */

static void
test_grows (void)
{
  g_autoptr (WeirHistory) history = NULL;
  WeirHistoryFilter filter = WEIR_HISTORY_FILTER_INIT;
  g_autoptr (WeirHistoryCursor) cursor = NULL;
  TestHistory made;
  uint64_t first, last, n = 0;

  filter.columns = WEIR_COLUMN_ALL;
  test_history_init (&made, 9, 1000, 0, 1);
  test_history_put (&made, 1, 0, 400, 100);
  history = test_history_open (&made);
  cursor = weir_history_find (history, &filter);
  g_assert_true (weir_history_cursor_step (cursor, NULL));
  test_history_put (&made, 2, 400, 1000, 100);
  g_assert_true (weir_history_refresh (history, NULL));
  g_assert_true (weir_history_get_range (history, &first, &last));
  g_assert_cmpuint (last, ==, 1000);
  for (n = 1; weir_history_cursor_step (cursor, NULL); n++)
    ;
  g_assert_cmpuint (n, ==, 400);

  /* The oldest partition goes while a cursor is in it. */
  weir_history_cursor_free (cursor);
  cursor = weir_history_find (history, &filter);
  g_assert_true (weir_history_cursor_step (cursor, NULL));
  {
    g_autofree char *path = weir_partition_get_path (made.directory, 1);

    g_assert_cmpint (g_unlink (path), ==, 0);
  }
  g_assert_true (weir_history_refresh (history, NULL));
  assert_event (test_history_get (&made, 1), &weir_history_cursor_get_event (cursor)->event);
  while (weir_history_cursor_step (cursor, NULL))
    last = weir_history_cursor_get_number (cursor);
  g_assert_cmpuint (last, ==, 1000);
  g_assert_true (weir_history_get_range (history, &first, &last));
  g_assert_cmpuint (first, ==, 401);
  test_history_clear (&made);
}

static void
test_nothing_there (void)
{
  g_autofree char *directory = g_dir_make_tmp ("weir-history-XXXXXX", NULL);
  g_autofree char *missing = g_build_filename (directory, "missing", NULL);
  g_autofree char *partitions = g_build_filename (directory, "provenance", NULL);
  g_autoptr (WeirHistory) history = NULL;
  WeirHistoryFilter filter = WEIR_HISTORY_FILTER_INIT;
  g_autoptr (WeirHistoryCursor) cursor = NULL;
  g_autoptr (GError) error = NULL;
  uint64_t first, last;
  WeirPast past;

  g_assert_null (weir_history_open (missing, &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (weir_history_open (directory, &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_cmpint (g_mkdir (partitions, 0700), ==, 0);
  history = weir_history_open (directory, NULL);
  g_assert_nonnull (history);
  cursor = weir_history_find (history, &filter);
  g_assert_false (weir_history_cursor_step (cursor, &error));
  g_assert_no_error (error);
  g_assert_false (weir_history_get_range (history, &first, &last));
  g_assert_true (weir_history_get_past (history, 1, 5, &past, NULL));
  g_assert_false (past.is_whole);
  weir_past_clear (&past);
  g_rmdir (partitions);
  test_remove (directory);
}

static bool
on_progress (void *user, uint64_t event)
{
  return ++*(unsigned *)user < 5;
}

static void
test_interrupted (Fixture *fixture, gconstpointer data)
{
  WeirHistoryFilter filter = WEIR_HISTORY_FILTER_INIT;
  g_autoptr (WeirHistoryCursor) cursor = weir_history_find (fixture->history, &filter);
  g_autoptr (GError) error = NULL;
  unsigned n_blocks = 0, n = 0;

  weir_history_set_progress (fixture->history, on_progress, &n_blocks);
  while (weir_history_cursor_step (cursor, &error))
    n++;
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_FAILED);
  g_assert_cmpuint (n, ==, 4 * 170);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/history/all", Fixture, NULL, set_up, test_all, tear_down);
  g_test_add ("/history/any-filter", Fixture, NULL, set_up, test_any_filter, tear_down);
  g_test_add ("/history/many-cursors", Fixture, NULL, set_up, test_many_cursors, tear_down);
  g_test_add ("/history/past", Fixture, NULL, set_up, test_past, tear_down);
  g_test_add_func ("/history/grows", test_grows);
  g_test_add_func ("/history/nothing-there", test_nothing_there);
  g_test_add ("/history/interrupted", Fixture, NULL, set_up, test_interrupted, tear_down);
  return g_test_run ();
}
