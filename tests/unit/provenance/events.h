/* events.h: events that a test makes, owns and compares: at random, but the same for the same seed.
 */
#pragma once

#include "provenance/event.h"
#include "provenance/stream.h"

typedef struct {
  WeirEvent event; /* as it is given to a writer */
  WeirStream set;
  WeirStream removed;
  uint64_t *parents;
  char *uri;
  char *details;
  GHashTable *has; /* of a birth: name's number to value, all it has */
} TestEvent;

/* What an event is made from. */
typedef struct {
  GRand *rand;
  uint64_t next_flowfile;
  int64_t time;
  GHashTable *base; /* what the last birth has */
  bool is_odd;      /* numbers that no flow has, and much more of everything */
} TestEvents;

static inline void
test_events_init (TestEvents *events, guint32 seed, bool is_odd)
{
  *events = (TestEvents){ .rand = g_rand_new_with_seed (seed),
                          .next_flowfile = 1,
                          .time = INT64_C (1700000000000000),
                          .is_odd = is_odd };
}

static inline void
test_events_clear (TestEvents *events)
{
  g_rand_free (events->rand);
  g_clear_pointer (&events->base, g_hash_table_unref);
}

static inline uint64_t
test_random (TestEvents *events, uint64_t n)
{
  uint64_t value = (uint64_t)g_rand_int (events->rand) << 32 | g_rand_int (events->rand);

  return n == 0 ? value : value % n;
}

static inline bool
test_one_in (TestEvents *events, unsigned n)
{
  return g_rand_int_range (events->rand, 0, (gint32)n) == 0;
}

/* Small mostly; any number at times if they are odd. */
static inline uint64_t
test_number (TestEvents *events, uint64_t n)
{
  return events->is_odd && test_one_in (events, 8)
             ? test_random (events, 0) >> test_random (events, 64)
             : test_random (events, n);
}

static inline const char *
test_name (uint64_t number)
{
  static const char *const names[] = {
    "uuid", "filename",    "path",   "mime.type",          "kafka.key",
    "size", "db.Password", "source", "csv.column.of.data", "csv.column.of.password"
  };

  return number > 0 && number <= G_N_ELEMENTS (names) ? names[number - 1] : NULL;
}

#define TEST_N_NAMES     10u /* of test_name */
#define TEST_N_NUMBERED  8u  /* the others have no number in entries */
#define TEST_HIDDEN_NAME 7
#define TEST_HIDDEN_TEXT 10

static inline WeirEntryName
test_name_in_entry (uint64_t number)
{
  if (number <= TEST_N_NUMBERED)
    return (WeirEntryName){ number };
  return (WeirEntryName){ 0, test_name (number), strlen (test_name (number)) };
}

static inline uint64_t
test_number_of (const WeirEntryName *name)
{
  for (uint64_t i = TEST_N_NUMBERED + 1; name->number == 0 && i <= TEST_N_NAMES; i++)
    if (strlen (test_name (i)) == name->size && memcmp (test_name (i), name->text, name->size) == 0)
      return i;
  g_assert_cmpuint (name->number, !=, 0);
  return name->number;
}

static inline char *
test_value (TestEvents *events)
{
  switch (g_rand_int_range (events->rand, 0, 5)) {
  case 0:
    return g_strdup ("");
  case 1:
    return g_strdup ("application/json");
  case 2:
    return g_strdup_printf ("%" G_GUINT64_FORMAT, test_random (events, 50));
  case 3:
    return g_strnfill (events->is_odd && test_one_in (events, 50) ? 4000 : 40, 'x');
  default:
    return g_strdup_printf ("%016" G_GINT64_MODIFIER "x.json", test_random (events, 0));
  }
}

static inline GHashTable *
test_attributes_new (void)
{
  return g_hash_table_new_full (g_direct_hash, g_direct_equal, NULL, g_free);
}

static inline void
test_put_set (TestEvent *test, uint64_t number, const char *value)
{
  WeirEntryName name = test_name_in_entry (number);

  weir_stream_put_name (&test->set, &name);
  weir_stream_put (&test->set, strlen (value));
  weir_stream_put_bytes (&test->set, value, strlen (value));
  test->event.set.n++;
}

/* Each name once. */
static inline void
test_make_attributes (TestEvents *events, TestEvent *test)
{
  WeirEvent *event = &test->event;

  event->has_attributes = true;
  for (uint64_t number = 1; number <= TEST_N_NAMES; number++) {
    g_autofree char *value = NULL;

    if (test_one_in (events, 3)) {
      value = test_value (events);
      test_put_set (test, number, value);
      if (test->has != NULL)
        g_hash_table_insert (test->has, GUINT_TO_POINTER (number), g_steal_pointer (&value));
    } else if ((!event->is_birth || event->is_based) && test_one_in (events, 10)) {
      WeirEntryName name = test_name_in_entry (number);

      weir_stream_put_name (&test->removed, &name);
      event->removed.n++;
      if (test->has != NULL)
        g_hash_table_remove (test->has, GUINT_TO_POINTER (number));
    }
  }
  event->set.cursor = (WeirCursor){ test->set.start, test->set.at, false };
  event->removed.cursor = (WeirCursor){ test->removed.start, test->removed.at, false };
}

static inline void
test_make_birth (TestEvents *events, TestEvent *test)
{
  WeirEvent *event = &test->event;
  GHashTableIter iter;
  gpointer key, value;

  event->is_birth = true;
  event->flowfile = events->next_flowfile++;
  event->is_based = events->base != NULL && !test_one_in (events, 3);
  test->has = test_attributes_new ();
  if (event->is_based) {
    g_hash_table_iter_init (&iter, events->base);
    while (g_hash_table_iter_next (&iter, &key, &value))
      g_hash_table_insert (test->has, key, g_strdup (value));
  }
  test_make_attributes (events, test);
  g_clear_pointer (&events->base, g_hash_table_unref);
  events->base = g_hash_table_ref (test->has);

  event->entry_time = event->lineage_start = event->time;
  if (test_one_in (events, 3)) {
    event->entry_time -= (int64_t)test_random (events, 1000000);
    event->lineage_start = event->entry_time - (int64_t)test_random (events, 2) * 50;
  }
  if (test_one_in (events, 2)) {
    event->n_parents = 1 + test_number (events, 3) % 300;
    test->parents = g_new (uint64_t, event->n_parents);
    for (size_t i = 0; i < event->n_parents; i++)
      test->parents[i] = 1 + test_number (events, events->next_flowfile);
    event->parents = test->parents;
  }
}

static inline void
test_make_content (TestEvents *events, WeirEvent *event)
{
  WeirContentRef *content = &event->content;

  event->has_content = true;
  if (test_one_in (events, 5))
    return;
  content->where = test_one_in (events, 2) ? WEIR_WHERE_LOG : WEIR_WHERE_FILE;
  content->crc = g_rand_int (events->rand);
  content->file = content->where == WEIR_WHERE_FILE ? test_number (events, 10) : 0;
  content->start = test_number (events, 1000000);
  content->size = test_one_in (events, 3) ? test_number (events, 100000) : event->size;
  content->length = content->size;
  if (test_one_in (events, 4)) {
    content->offset = content->size / 3;
    content->length = content->size / 2;
  }
}

static inline TestEvent *
test_event_new (TestEvents *events)
{
  TestEvent *test = g_new0 (TestEvent, 1);
  WeirEvent *event = &test->event;

  event->type = 1 + (WeirEventType)g_rand_int_range (events->rand, 0, WEIR_EVENT_N - 1);
  event->time = events->time += (int64_t)(test_number (events, 3) & 0xffffffffff);
  event->flowfile = 1 + test_number (events, events->next_flowfile);
  event->usec = test_one_in (events, 2) ? test_number (events, 1000) : 0;
  event->component = test_number (events, 10);
  event->relationship = test_number (events, 3);
  event->source = test_number (events, 5);
  event->queue = test_number (events, 5);
  event->size = test_number (events, 5000);
  if (test_one_in (events, 3))
    test_make_birth (events, test);
  else if (test_one_in (events, 2))
    test_make_attributes (events, test);
  event->old_size = event->is_birth ? 0 : event->size;
  if (test_one_in (events, 4))
    event->old_size = test_number (events, 5000);
  if (test_one_in (events, 4))
    test_make_content (events, event);
  if (test_one_in (events, 6)) {
    test->uri = g_strdup_printf ("file:///in/%u.json", g_rand_int (events->rand));
    event->uri = test->uri;
    event->uri_size = strlen (test->uri);
  }
  if (test_one_in (events, 10)) {
    test->details = test_value (events);
    event->details = test->details;
    event->details_size = strlen (test->details);
  }
  return test;
}

static inline void
test_event_free (gpointer data)
{
  TestEvent *test = data;

  weir_stream_clear (&test->set);
  weir_stream_clear (&test->removed);
  g_free (test->parents);
  g_free (test->uri);
  g_free (test->details);
  g_clear_pointer (&test->has, g_hash_table_unref);
  g_free (test);
}

static inline GPtrArray *
test_events_make (TestEvents *events, guint n)
{
  GPtrArray *made = g_ptr_array_new_with_free_func (test_event_free);

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (made, test_event_new (events));
  return made;
}

static inline void
assert_value (uint64_t number, const char *wanted, const uint8_t *value, size_t size)
{
  if (number == TEST_HIDDEN_NAME || number == TEST_HIDDEN_TEXT)
    wanted = "(redacted)";
  g_assert_cmpmem (value, size, wanted, strlen (wanted));
}

static inline void
assert_set (const TestEvent *test, const WeirEvent *event)
{
  WeirOpNames wanted = test->event.set, set = event->set;
  WeirEntryName name, wanted_name;
  const uint8_t *value, *wanted_value;
  size_t size, wanted_size;

  g_assert_cmpuint (set.n, ==, test->has != NULL ? g_hash_table_size (test->has) : wanted.n);
  while (weir_op_next_set (&set, &name, &value, &size)) {
    uint64_t number = test_number_of (&name);

    if (test->has != NULL) {
      const char *has = g_hash_table_lookup (test->has, GUINT_TO_POINTER (number));

      g_assert_nonnull (has);
      assert_value (number, has, value, size);
    } else {
      g_autofree char *text = NULL;

      g_assert_true (weir_op_next_set (&wanted, &wanted_name, &wanted_value, &wanted_size));
      g_assert_cmpuint (number, ==, test_number_of (&wanted_name));
      text = g_strndup ((const char *)wanted_value, wanted_size);
      assert_value (number, text, value, size);
    }
  }
  g_assert_false (set.cursor.failed);
  g_assert_true (weir_cursor_is_at_end (&set.cursor));
}

static inline void
assert_removed (const TestEvent *test, const WeirEvent *event)
{
  WeirOpNames wanted = test->event.removed, removed = event->removed;
  WeirEntryName name, wanted_name;

  if (test->event.is_birth)
    wanted.n = 0;
  g_assert_cmpuint (removed.n, ==, wanted.n);
  while (weir_op_next_removed (&removed, &name)) {
    g_assert_true (weir_op_next_removed (&wanted, &wanted_name));
    g_assert_cmpuint (test_number_of (&name), ==, test_number_of (&wanted_name));
  }
}

/* All of it, as a reader gives it back. */
static inline void
assert_event (const TestEvent *test, const WeirEvent *event)
{
  const WeirEvent *wanted = &test->event;

  g_assert_cmpint (event->type, ==, wanted->type);
  g_assert_cmpint (event->is_birth, ==, wanted->is_birth);
  g_assert_cmpuint (event->flowfile, ==, wanted->flowfile);
  g_assert_cmpint (event->time, ==, wanted->time);
  g_assert_cmpuint (event->usec, ==, wanted->usec);
  g_assert_cmpuint (event->component, ==, wanted->component);
  g_assert_cmpuint (event->relationship, ==, wanted->relationship);
  g_assert_cmpuint (event->source, ==, wanted->source);
  g_assert_cmpuint (event->queue, ==, wanted->queue);
  g_assert_cmpuint (event->size, ==, wanted->size);
  g_assert_cmpuint (event->old_size, ==, wanted->old_size);
  g_assert_cmpint (event->entry_time, ==, wanted->entry_time);
  g_assert_cmpint (event->lineage_start, ==, wanted->lineage_start);
  g_assert_cmpint (event->has_attributes, ==, wanted->has_attributes);
  g_assert_false (event->is_based);
  g_assert_cmpint (event->has_content, ==, wanted->has_content);
  g_assert_cmpmem (&event->content, sizeof event->content, &wanted->content,
                   sizeof wanted->content);
  g_assert_cmpmem (event->parents, event->n_parents * sizeof (uint64_t), wanted->parents,
                   wanted->n_parents * sizeof (uint64_t));
  g_assert_cmpint (event->uri != NULL, ==, wanted->uri != NULL);
  g_assert_cmpmem (event->uri, event->uri_size, wanted->uri, wanted->uri_size);
  g_assert_cmpint (event->details != NULL, ==, wanted->details != NULL);
  g_assert_cmpmem (event->details, event->details_size, wanted->details, wanted->details_size);
  assert_set (test, event);
  assert_removed (test, event);
}
