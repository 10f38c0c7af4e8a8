#include "store/dictionary.h"
#include <glib.h>
#include <pthread.h>
#include <string.h>
#include <weir/error.h>

#include "base/limits.h"
#include "base/names.h"
#include "store/entry.h"

/* What was appended, read back into words. */
typedef struct {
  WeirDictionary *dictionary;
  GPtrArray *appended; /* "kind number text" */
} Fixture;

static void
on_append (void *data, const void *body, size_t size)
{
  Fixture *self = data;
  WeirEntryReader reader;
  WeirOp op;

  g_assert_true (weir_entry_reader_init (&reader, body, size, 0, 0));
  g_assert_cmpuint (reader.component, ==, 0);
  while (weir_entry_reader_next (&reader, &op))
    g_ptr_array_add (self->appended, g_strdup_printf ("%d %" G_GUINT64_FORMAT " %.*s", op.kind,
                                                      op.number, (int)op.text_size, op.text));
  g_assert_false (reader.cursor.failed);
}

static void
set_up (Fixture *self, const void *data)
{
  self->appended = g_ptr_array_new_with_free_func (g_free);
  self->dictionary = weir_dictionary_new (on_append, self);
}

static void
tear_down (Fixture *self, const void *data)
{
  weir_dictionary_free (self->dictionary);
  g_ptr_array_unref (self->appended);
}

static void
test_gives_each_word_a_number_once (Fixture *self, const void *data)
{
  WeirDictionary *dictionary = self->dictionary;

  g_assert_cmpuint (weir_dictionary_get_number (dictionary, WEIR_WORD_QUEUE, "a>b"), ==, 1);
  g_assert_cmpuint (weir_dictionary_get_number (dictionary, WEIR_WORD_QUEUE, "b>c"), ==, 2);
  g_assert_cmpuint (weir_dictionary_get_number (dictionary, WEIR_WORD_COMPONENT, "a>b"), ==, 1);
  g_assert_cmpuint (weir_dictionary_get_number (dictionary, WEIR_WORD_QUEUE, "a>b"), ==, 1);
  g_assert_cmpuint (self->appended->len, ==, 3);
  g_assert_cmpstr (self->appended->pdata[0], ==, "6 1 a>b");
  g_assert_cmpstr (self->appended->pdata[1], ==, "6 2 b>c");
  g_assert_cmpstr (self->appended->pdata[2], ==, "5 1 a>b");
  g_assert_cmpstr (weir_dictionary_get_text (dictionary, WEIR_WORD_QUEUE, 2), ==, "b>c");
  g_assert_null (weir_dictionary_get_text (dictionary, WEIR_WORD_QUEUE, 3));
  g_assert_null (weir_dictionary_get_text (dictionary, WEIR_WORD_QUEUE, 0));
  g_assert_null (weir_dictionary_get_text (dictionary, WEIR_WORD_QUEUE, UINT64_MAX));
  g_assert_cmpuint (weir_dictionary_get_n (dictionary, WEIR_WORD_QUEUE), ==, 2);
}

static uint64_t
number_of (WeirDictionary *dictionary, uint32_t id)
{
  WeirEntryName name = weir_dictionary_get_name (dictionary, id, weir_name_get (id));

  g_assert_cmpuint (name.number, !=, 0);
  g_assert_cmpuint (name.size, ==, 0);
  return name.number;
}

static uint32_t
id_of (WeirDictionary *dictionary, uint64_t number)
{
  WeirEntryName name = { number };

  return weir_dictionary_find_name (dictionary, &name);
}

/* Whoever writes and whoever reads @text without a number means the same. */
static void
assert_without (WeirDictionary *dictionary, uint32_t id, const char *text)
{
  WeirEntryName name = weir_dictionary_get_name (dictionary, id, text);
  const char *again;
  size_t size;

  g_assert_cmpuint (name.number, ==, 0);
  again = weir_dictionary_get_name_text (dictionary, &name, &size);
  g_assert_cmpmem (again, size, text, strlen (text));
  g_assert_cmpuint (weir_dictionary_find_name (dictionary, &name), ==, id);
}

static void
test_knows_names_by_both_numbers (Fixture *self, const void *data)
{
  WeirDictionary *dictionary = self->dictionary;
  uint32_t id = weir_name_intern ("test-dictionary.name");
  g_autofree char *longest = g_strnfill (WEIR_LIMIT_NAME_KEPT, 'n');
  g_autofree char *longer = g_strnfill (WEIR_LIMIT_NAME_KEPT + 1, 'n');
  WeirEntryName unknown = { 4 };
  size_t size;

  g_assert_cmpuint (number_of (dictionary, id), ==, 1);
  g_assert_cmpuint (number_of (dictionary, id), ==, 1);
  g_assert_cmpuint (number_of (dictionary, WEIR_NAME_FILENAME), ==, 2);
  g_assert_cmpuint (self->appended->len, ==, 2);
  g_assert_cmpuint (id_of (dictionary, 1), ==, id);
  g_assert_cmpuint (id_of (dictionary, 2), ==, WEIR_NAME_FILENAME);
  g_assert_cmpuint (id_of (dictionary, 3), ==, WEIR_NAME_NONE);
  g_assert_cmpuint (number_of (dictionary, weir_name_intern (longest)), ==, 3);
  g_assert_null (weir_dictionary_get_name_text (dictionary, &unknown, &size));

  assert_without (dictionary, WEIR_NAME_NONE, longer);
  g_assert_cmpuint (weir_dictionary_get_n (dictionary, WEIR_WORD_NAME), ==, 3);
  g_assert_cmpuint (self->appended->len, ==, 3);
}

/* A name that comes too late has no number, now or later, in this process or the next one. */
static void
test_gives_names_so_many_numbers (Fixture *self, const void *data)
{
  WeirDictionary *dictionary = self->dictionary;
  g_autoptr (WeirDictionary) next = weir_dictionary_new (on_append, self);
  uint32_t id = weir_name_intern ("test-dictionary.late");
  g_autoptr (GError) error = NULL;

  for (unsigned i = 1; i <= WEIR_LIMIT_DICTIONARY; i++) {
    g_autofree char *text = g_strdup_printf ("made of data %u", i);

    g_assert_cmpuint (weir_dictionary_get_number (dictionary, WEIR_WORD_NAME, text), ==, i);
    g_assert_true (weir_dictionary_load (next, WEIR_WORD_NAME, i, text, strlen (text), NULL));
  }
  g_ptr_array_set_size (self->appended, 0);
  for (unsigned i = 0; i < 2; i++) {
    assert_without (i == 0 ? dictionary : next, id, "test-dictionary.late");
    assert_without (i == 0 ? dictionary : next, id, "test-dictionary.late");
  }
  g_assert_false (
      weir_dictionary_load (dictionary, WEIR_WORD_NAME, WEIR_LIMIT_DICTIONARY + 1, "x", 1, &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_CORRUPT);
  g_assert_cmpuint (weir_dictionary_get_n (dictionary, WEIR_WORD_NAME), ==, WEIR_LIMIT_DICTIONARY);
  g_assert_cmpuint (self->appended->len, ==, 0);

  /* Queues and components are those of flows. */
  g_assert_cmpuint (weir_dictionary_get_number (dictionary, WEIR_WORD_QUEUE, "a>b"), ==, 1);
}

/* Names that a flow does not use any more do not take the place of others in the process. */
static void
test_keeps_names_that_are_used (Fixture *self, const void *data)
{
  WeirDictionary *dictionary = self->dictionary;

  g_assert_true (weir_dictionary_load (dictionary, WEIR_WORD_NAME, 1, "one of old", 10, NULL));
  g_assert_cmpuint (weir_name_find ("one of old"), ==, WEIR_NAME_NONE);
  g_assert_cmpuint (id_of (dictionary, 1), !=, WEIR_NAME_NONE);
  g_assert_cmpuint (id_of (dictionary, 1), ==, weir_name_find ("one of old"));
  g_assert_cmpuint (number_of (dictionary, weir_name_find ("one of old")), ==, 1);
}

static void
test_takes_over_what_was_given (Fixture *self, const void *data)
{
  WeirDictionary *dictionary = self->dictionary;

  for (unsigned i = 1; i <= 5000; i++) {
    g_autofree char *text = g_strdup_printf ("name %u", i);

    g_assert_true (weir_dictionary_load (dictionary, WEIR_WORD_NAME, i, text, strlen (text), NULL));
  }
  g_assert_true (weir_dictionary_load (dictionary, WEIR_WORD_NAME, 70, "name 70", 7, NULL));
  g_assert_cmpuint (weir_dictionary_get_n (dictionary, WEIR_WORD_NAME), ==, 5000);
  g_assert_cmpuint (weir_dictionary_get_number (dictionary, WEIR_WORD_NAME, "name 4999"), ==, 4999);
  g_assert_cmpuint (number_of (dictionary, weir_name_intern ("name 64")), ==, 64);
  g_assert_cmpuint (self->appended->len, ==, 0);
  g_assert_cmpuint (weir_dictionary_get_number (dictionary, WEIR_WORD_NAME, "new"), ==, 5001);
  for (unsigned i = 1; i <= 5000; i++) {
    g_autofree char *text = g_strdup_printf ("name %u", i);

    g_assert_cmpstr (weir_dictionary_get_text (dictionary, WEIR_WORD_NAME, i), ==, text);
  }
}

static void
test_refuses_contradictions (Fixture *self, const void *data)
{
  static const struct {
    uint64_t number;
    const char *text;
    size_t size;
  } bad[] = {
    { 0, "x", 1 },    /* numbers begin at 1 */
    { 1, "b", 1 },    /* 2 is that */
    { 1, "a\0b", 3 }, /* no text */
    { 4, "x", 1 },    /* 3 is missing */
    { 3, "a", 1 },    /* has a number */
    { 3, "x\0y", 3 }, /* no text */
    { UINT64_MAX, "x", 1 },
  };

  g_assert_true (weir_dictionary_load (self->dictionary, WEIR_WORD_QUEUE, 1, "a", 1, NULL));
  g_assert_true (weir_dictionary_load (self->dictionary, WEIR_WORD_QUEUE, 2, "b", 1, NULL));
  for (size_t i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_false (weir_dictionary_load (self->dictionary, WEIR_WORD_QUEUE, bad[i].number,
                                          bad[i].text, bad[i].size, &error));
    g_assert_error (error, WEIR_ERROR, WEIR_ERROR_CORRUPT);
  }
  g_assert_cmpuint (weir_dictionary_get_n (self->dictionary, WEIR_WORD_QUEUE), ==, 2);
}

/* The names of others, and exchanged, in one entry; another dictionary makes the same of it. */
static void
test_renames (Fixture *self, const void *data)
{
  static const WeirRename renames[] = {
    { WEIR_WORD_QUEUE, 1, "b" },     /* 2 had that */
    { WEIR_WORD_QUEUE, 2, "a" },     /* and has the other now */
    { WEIR_WORD_QUEUE, 3, "new" },   /* nobody had that */
    { WEIR_WORD_COMPONENT, 1, "d" }, /* 2 has that, and gets no other */
  };
  static const char *const queues[] = { "b", "a", "new" };
  WeirDictionary *dictionary = self->dictionary;
  g_autoptr (WeirDictionary) again = weir_dictionary_new (on_append, self);
  const char *old;

  for (unsigned i = 0; i < 3; i++) {
    const char text[] = { (char)('a' + i), '\0' };
    g_assert_cmpuint (weir_dictionary_get_number (dictionary, WEIR_WORD_QUEUE, text), ==, i + 1);
  }
  weir_dictionary_get_number (dictionary, WEIR_WORD_COMPONENT, "c");
  weir_dictionary_get_number (dictionary, WEIR_WORD_COMPONENT, "d");
  old = weir_dictionary_get_text (dictionary, WEIR_WORD_QUEUE, 1);
  weir_dictionary_rename (dictionary, renames, G_N_ELEMENTS (renames));
  g_assert_cmpstr (old, ==, "a");
  g_assert_cmpstr (weir_dictionary_get_text (dictionary, WEIR_WORD_COMPONENT, 2), ==, "d (2)");
  for (guint i = 0; i < self->appended->len; i++) {
    const char *line = self->appended->pdata[i];
    WeirWordKind kind = line[0] == '6' ? WEIR_WORD_QUEUE : WEIR_WORD_COMPONENT;

    g_assert_true (weir_dictionary_load (again, kind, (uint64_t)(line[2] - '0'), line + 4,
                                         strlen (line + 4), NULL));
  }
  for (unsigned i = 0; i < 3; i++) {
    g_assert_cmpstr (weir_dictionary_get_text (dictionary, WEIR_WORD_QUEUE, i + 1), ==, queues[i]);
    g_assert_cmpstr (weir_dictionary_get_text (again, WEIR_WORD_QUEUE, i + 1), ==, queues[i]);
    g_assert_cmpuint (weir_dictionary_get_number (again, WEIR_WORD_QUEUE, queues[i]), ==, i + 1);
  }
  /* The text of old may be that of another. */
  g_assert_cmpuint (weir_dictionary_get_number (dictionary, WEIR_WORD_QUEUE, "c"), ==, 4);
}

/* What follows the log says what was said here before: nothing changes by it. */
static void
test_is_ahead (Fixture *self, const void *data)
{
  WeirRename rename = { WEIR_WORD_COMPONENT, 1, "third" };

  g_assert_true (weir_dictionary_load (self->dictionary, WEIR_WORD_COMPONENT, 1, "first", 5, NULL));
  weir_dictionary_go_on (self->dictionary);
  weir_dictionary_rename (self->dictionary, &rename, 1);
  g_assert_true (
      weir_dictionary_load (self->dictionary, WEIR_WORD_COMPONENT, 1, "second", 6, NULL));
  g_assert_cmpstr (weir_dictionary_get_text (self->dictionary, WEIR_WORD_COMPONENT, 1), ==,
                   "third");
}

static void
test_refuses_names_that_are_too_long (Fixture *self, const void *data)
{
  g_autofree char *longer = g_strnfill (WEIR_LIMIT_NAME_KEPT + 1, 'n');
  g_autoptr (GError) error = NULL;

  g_assert_false (weir_dictionary_load (self->dictionary, WEIR_WORD_NAME, 1, longer,
                                        WEIR_LIMIT_NAME_KEPT + 1, &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_CORRUPT);
}

#define N_THREADS 4
#define N_WORDS   500

static void *
give_words (void *data)
{
  Fixture *self = data;

  for (unsigned i = 0; i < N_WORDS; i++) {
    g_autofree char *text = g_strdup_printf ("shared %u", i);
    uint64_t number = number_of (self->dictionary, weir_name_intern (text));

    g_assert_cmpstr (weir_dictionary_get_text (self->dictionary, WEIR_WORD_NAME, number), ==, text);
    g_assert_cmpuint (id_of (self->dictionary, number), ==, weir_name_find (text));
  }
  return NULL;
}

static void
test_threads_agree (Fixture *self, const void *data)
{
  pthread_t threads[N_THREADS];

  for (unsigned i = 0; i < N_THREADS; i++)
    g_assert_cmpint (pthread_create (&threads[i], NULL, give_words, self), ==, 0);
  for (unsigned i = 0; i < N_THREADS; i++)
    pthread_join (threads[i], NULL);
  g_assert_cmpuint (self->appended->len, ==, N_WORDS);
  g_assert_cmpuint (weir_dictionary_get_n (self->dictionary, WEIR_WORD_NAME), ==, N_WORDS);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/dictionary/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("once", test_gives_each_word_a_number_once);
  ADD ("names", test_knows_names_by_both_numbers);
  ADD ("limit", test_gives_names_so_many_numbers);
  ADD ("used", test_keeps_names_that_are_used);
  ADD ("load", test_takes_over_what_was_given);
  ADD ("contradictions", test_refuses_contradictions);
  ADD ("rename", test_renames);
  ADD ("ahead", test_is_ahead);
  ADD ("long", test_refuses_names_that_are_too_long);
  ADD ("threads", test_threads_agree);
  return g_test_run ();
}
