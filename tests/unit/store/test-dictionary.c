#include "store/dictionary.h"
#include <glib.h>
#include <pthread.h>
#include <string.h>
#include <weir/error.h>

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

static void
test_knows_names_by_both_numbers (Fixture *self, const void *data)
{
  WeirDictionary *dictionary = self->dictionary;
  uint32_t name = weir_name_intern ("test-dictionary.name");
  g_autofree char *long_name = g_strnfill (1000, 'n');
  uint64_t number;

  g_assert_cmpuint (weir_dictionary_get_name (dictionary, name), ==, 1);
  g_assert_cmpuint (weir_dictionary_get_name (dictionary, name), ==, 1);
  g_assert_cmpuint (weir_dictionary_get_name (dictionary, WEIR_NAME_FILENAME), ==, 2);
  g_assert_cmpuint (self->appended->len, ==, 2);
  g_assert_cmpuint (weir_dictionary_find_name (dictionary, 1), ==, name);
  g_assert_cmpuint (weir_dictionary_find_name (dictionary, 2), ==, WEIR_NAME_FILENAME);
  g_assert_cmpuint (weir_dictionary_find_name (dictionary, 3), ==, WEIR_NAME_NONE);

  /* One that the process does not keep has a text all the same. */
  number = weir_dictionary_get_number (dictionary, WEIR_WORD_NAME, long_name);
  g_assert_cmpuint (number, ==, 3);
  g_assert_cmpuint (weir_dictionary_find_name (dictionary, number), ==, WEIR_NAME_NONE);
  g_assert_cmpstr (weir_dictionary_get_text (dictionary, WEIR_WORD_NAME, number), ==, long_name);
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
  g_assert_cmpuint (weir_dictionary_get_name (dictionary, weir_name_intern ("name 64")), ==, 64);
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
    { 1, "b", 1 },    /* 1 is another */
    { 1, "a\0b", 3 }, /* likewise */
    { 3, "x", 1 },    /* 2 is missing */
    { 2, "a", 1 },    /* has a number */
    { 2, "x\0y", 3 }, /* no text */
    { UINT64_MAX, "x", 1 },
  };

  g_assert_true (weir_dictionary_load (self->dictionary, WEIR_WORD_QUEUE, 1, "a", 1, NULL));
  for (size_t i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_false (weir_dictionary_load (self->dictionary, WEIR_WORD_QUEUE, bad[i].number,
                                          bad[i].text, bad[i].size, &error));
    g_assert_error (error, WEIR_ERROR, WEIR_ERROR_CORRUPT);
  }
  g_assert_cmpuint (weir_dictionary_get_n (self->dictionary, WEIR_WORD_QUEUE), ==, 1);
}

#define N_THREADS 4
#define N_WORDS   500

static void *
give_words (void *data)
{
  Fixture *self = data;

  for (unsigned i = 0; i < N_WORDS; i++) {
    g_autofree char *text = g_strdup_printf ("shared %u", i);
    uint64_t number = weir_dictionary_get_name (self->dictionary, weir_name_intern (text));

    g_assert_cmpstr (weir_dictionary_get_text (self->dictionary, WEIR_WORD_NAME, number), ==, text);
    g_assert_cmpuint (weir_dictionary_find_name (self->dictionary, number), ==,
                      weir_name_find (text));
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
  ADD ("load", test_takes_over_what_was_given);
  ADD ("contradictions", test_refuses_contradictions);
  ADD ("threads", test_threads_agree);
  return g_test_run ();
}
