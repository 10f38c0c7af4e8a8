/* histories.h: a data directory's provenance, made at random but the same for the same seed: lives
 * of FlowFiles in several partitions of small blocks, and what is known of each event without
 * reading any of it. */
#pragma once

#include "partitions.h"

#include "provenance/history.h"

typedef struct {
  char *directory;
  TestEvents source;
  GPtrArray *events; /* TestEvent; the first has number 1 */
} TestHistory;

static inline bool
test_is_birth (WeirEventType type)
{
  return type == WEIR_EVENT_CREATE || type == WEIR_EVENT_RECEIVE || type == WEIR_EVENT_FORK ||
         type == WEIR_EVENT_JOIN || type == WEIR_EVENT_CLONE || type == WEIR_EVENT_REPLAY;
}

/* Events as flows have them: a birth is of a type that can be one, and its parents were there
 * before it. The clock goes back at times. */
static inline TestEvent *
test_life_event_new (TestEvents *events)
{
  TestEvent *test = test_event_new (events);
  WeirEvent *event = &test->event;

  while (test_is_birth (event->type) != event->is_birth)
    event->type = 1 + (WeirEventType)g_rand_int_range (events->rand, 0, WEIR_EVENT_N - 1);
  if (event->n_parents > 0 && event->flowfile == 1)
    event->n_parents = 0;
  for (size_t i = 0; i < event->n_parents; i++)
    test->parents[i] = 1 + test->parents[i] % (event->flowfile - 1);
  if (test_one_in (events, 20))
    event->time -= 7;
  return test;
}

static inline void
test_put_more_words (WeirPartition *partition)
{
  g_autoptr (GError) error = NULL;
  WeirPosition position;

  g_assert_true (weir_partition_get_position (partition, &position, NULL));
  g_assert_true (weir_partition_begin (partition, NULL));
  for (uint64_t i = 1; i < 5; i++) {
    g_autofree char *queue = g_strdup_printf ("group/p%" G_GUINT64_FORMAT ":success>end", i);
    g_autofree char *type = g_strdup_printf ("Type%" G_GUINT64_FORMAT, i % 3);

    g_assert_true (weir_partition_put_word (partition, WEIR_WORD_QUEUE, i, queue, NULL));
    g_assert_true (weir_partition_put_type (partition, i, type, NULL));
  }
  weir_partition_commit (partition, &position, &error);
  g_assert_no_error (error);
}

/* Partition @number with the events from index @from on and before @to. */
static inline void
test_history_put (TestHistory *self, uint64_t number, guint from, guint to, guint n_block)
{
  g_autoptr (GError) error = NULL;
  const WeirPosition start = { 4096, 1, 0, from + 1 };
  g_autoptr (WeirPartition) partition =
      weir_partition_create (self->directory, number, TEST_INSTALL, &start, &error);

  g_assert_no_error (error);
  test_put_more_words (partition);
  test_fill_part (partition, self->events, from, to, n_block);
}

static inline void
test_history_init (TestHistory *self, guint32 seed, guint n, guint n_partitions, guint n_block)
{
  *self = (TestHistory){ .directory = g_dir_make_tmp ("weir-history-XXXXXX", NULL) };
  test_events_init (&self->source, seed, false);
  self->events = g_ptr_array_new_with_free_func (test_event_free);
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (self->events, test_life_event_new (&self->source));
  for (guint i = 0; i < n_partitions; i++)
    test_history_put (self, 3 + 2 * i, n * i / n_partitions, n * (i + 1) / n_partitions, n_block);
}

static inline void
test_history_clear (TestHistory *self)
{
  test_events_clear (&self->source);
  g_ptr_array_unref (self->events);
  test_remove (self->directory);
  g_free (self->directory);
}

/* Returns: (transfer full). */
static inline WeirHistory *
test_history_open (const TestHistory *self)
{
  g_autoptr (GError) error = NULL;
  WeirHistory *history = weir_history_open (self->directory, &error);

  g_assert_no_error (error);
  return history;
}

/* Event @number. */
static inline const TestEvent *
test_history_get (const TestHistory *self, uint64_t number)
{
  g_assert_cmpuint (number, >=, 1);
  g_assert_cmpuint (number, <=, self->events->len);
  return g_ptr_array_index (self->events, number - 1);
}

static inline char *
test_component (uint64_t component)
{
  return component != 0 ? g_strdup_printf ("group/p%" G_GUINT64_FORMAT, component) : NULL;
}

static inline char *
test_shown (uint64_t number, const char *value)
{
  return g_strdup (value != NULL && (number == TEST_HIDDEN_NAME || number == TEST_HIDDEN_TEXT)
                       ? "(redacted)"
                       : value);
}

/* What the event sets @name to; of a birth all that it has. Returns: (transfer full) (nullable). */
static inline char *
test_get_set (const TestEvent *test, const char *wanted)
{
  WeirOpNames set = test->event.set;
  WeirEntryName name;
  const uint8_t *value;
  uint64_t number;
  size_t size;

  for (number = 1; test->has != NULL && test_name (number) != NULL; number++)
    if (g_str_equal (test_name (number), wanted))
      return test_shown (number, g_hash_table_lookup (test->has, GUINT_TO_POINTER (number)));
  while (test->has == NULL && weir_op_next_set (&set, &name, &value, &size)) {
    g_autofree char *text = g_strndup ((const char *)value, size);

    number = test_number_of (&name);

    if (g_str_equal (test_name (number), wanted))
      return test_shown (number, text);
  }
  return NULL;
}
