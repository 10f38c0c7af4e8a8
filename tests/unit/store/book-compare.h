/* book-compare.h: whether a book is what its model says. */
#pragma once

#include "book-model.h"

typedef struct {
  Model *model;
  guint n;
  uint64_t last_id;
} ModelCheck;

static inline bool
model_check_image (void *user, const WeirImage *image, GError **error)
{
  ModelCheck *check = user;
  ModelImage *wanted = model_find (check->model, image->id);
  WeirOpNames names = image->attributes;
  const uint8_t *value;
  WeirEntryName name;
  size_t size;
  guint n = 0;

  g_assert_nonnull (wanted);
  g_assert_cmpuint (image->id, >, check->last_id);
  check->last_id = image->id;
  check->n++;
  g_assert_cmpuint (image->queue, ==, wanted->image.queue);
  g_assert_cmpuint (image->order, ==, wanted->image.order);
  g_assert_cmpint (image->entry_time, ==, wanted->image.entry_time);
  g_assert_cmpint (image->lineage_start, ==, wanted->image.lineage_start);
  g_assert_cmpint (image->penalty_until, ==, wanted->image.penalty_until);
  g_assert_cmpmem (&image->content, sizeof image->content, &wanted->image.content,
                   sizeof wanted->image.content);
  for (; weir_op_next_set (&names, &name, &value, &size); n++) {
    size_t key = name.number != 0 ? name.number : name.size - MODEL_LONG + MODEL_NUMBERED;
    const char *text = g_hash_table_lookup (wanted->attributes, GSIZE_TO_POINTER (key));

    g_assert_true (name.number != 0 || memcmp (name.text, check->model->long_name, name.size) == 0);
    g_assert_nonnull (text);
    g_assert_cmpmem (value, size, text, strlen (text));
  }
  g_assert_cmpuint (n, ==, g_hash_table_size (wanted->attributes));
  return true;
}

static inline void
model_check_state (void *user, uint64_t component, const char *key, const char *value)
{
  ModelCheck *check = user;
  g_autofree char *name = g_strdup_printf ("%" G_GUINT64_FORMAT " %s", component, key);

  g_assert_cmpstr (g_hash_table_lookup (check->model->states, name), ==, value);
  check->n++;
}

static inline void
model_check_all (Model *self)
{
  g_autoptr (GError) error = NULL;
  ModelCheck flowfiles = { .model = self }, states = { .model = self };

  weir_book_each_flowfile (self->book, model_check_image, &flowfiles, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (flowfiles.n, ==, self->ids->len);
  weir_book_each_state (self->book, model_check_state, &states);
  g_assert_cmpuint (states.n, ==, g_hash_table_size (self->states));
  g_assert_cmpuint (weir_book_get_next_flowfile_id (self->book), ==, self->highest_id + 1);
  for (unsigned kind = 0; kind <= WEIR_WORD_NAME; kind++) {
    g_autofree char *renamed =
        g_strdup_printf ("renamed %" G_GUINT64_FORMAT, self->n_renames[kind]);

    g_assert_cmpuint (weir_dictionary_get_n (self->dictionary, (WeirWordKind)kind), ==,
                      self->n_words[kind]);
    if (self->n_renames[kind] > 0)
      g_assert_cmpstr (weir_dictionary_get_text (self->dictionary, (WeirWordKind)kind, 1), ==,
                       renamed);
  }
}

static inline int
model_compare_ids (const void *a, const void *b)
{
  const uint64_t *left = a, *right = b;

  return *left < *right ? -1 : *left > *right;
}

/* Each FlowFile with a chance of one in @one_in. */
static inline void
model_check_some (Model *self, int one_in)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (uint64_t));
  g_autoptr (GError) error = NULL;
  ModelCheck check = { .model = self };

  for (guint i = 0; i < self->ids->len; i++) {
    if (g_test_rand_int_range (0, one_in) == 0)
      g_array_append_val (ids, g_array_index (self->ids, uint64_t, i));
  }
  g_array_sort (ids, model_compare_ids);
  weir_book_read (self->book, (const uint64_t *)(void *)ids->data, ids->len, model_check_image,
                  &check, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (check.n, ==, ids->len);
}
