/* book-model.h: a book beside what it should be: whole images in a hash table, changed op by op. */
#pragma once

#include <glib.h>
#include <string.h>

#include "base/limits.h"
#include "store/book.h"
#include "support/directory.h"
#include "support/failing-fs.h"

/* Names above this number have none in an entry, being longer than those that have; of each length
 * there is one. */
#define MODEL_NUMBERED 50u
#define MODEL_LITERALS 8
#define MODEL_LONG     WEIR_LIMIT_NAME_KEPT

#define LOG_ID UINT64_C (0x1122334455667788)

typedef struct {
  WeirImage image;        /* but for the attributes */
  GHashTable *attributes; /* number to text */
  guint index;            /* in the array of ids */
} ModelImage;

typedef struct {
  uint64_t place;
  int64_t wall;
  GBytes *body;
} ModelEntry;

typedef struct {
  char *directory;
  FailingFs failing;
  bool must_sync;
  WeirDictionary *dictionary;
  WeirBook *book;
  WeirEntryWriter writer;

  GHashTable *images; /* id to ModelImage */
  GArray *ids;        /* of the images, in any order */
  GHashTable *states; /* "component key" to value */
  uint64_t n_words[WEIR_WORD_NAME + 1];
  uint64_t n_renames[WEIR_WORD_NAME + 1]; /* of the first word of a kind */
  char *long_name;                        /* what all names without a number begin with */
  uint64_t id_blocks[2];                  /* the next id of each of two workers */
  uint64_t highest_id;
  uint64_t next_order;
  GHashTable *last_created; /* attributes of the last create of this entry */
  bool is_splitting;        /* each create is based on the one before */

  GArray *log; /* ModelEntry: frame 1, 2... with an entry each */
  WeirFrame frame;
  int64_t wall;
} Model;

static inline void
model_image_free (void *data)
{
  ModelImage *image = data;

  g_hash_table_unref (image->attributes);
  g_free (image);
}

static inline void
model_entry_clear (void *data)
{
  g_bytes_unref (((ModelEntry *)data)->body);
}

static inline void
model_no_append (void *data, const void *body, size_t size)
{
  g_assert_not_reached ();
}

static inline void
model_open (Model *self)
{
  g_autoptr (GError) error = NULL;
  WeirBookOptions options = {
    .directory = self->directory, .log_id = LOG_ID, .fs = &self->failing.fs, .must_sync = true
  };

  self->dictionary = weir_dictionary_new (model_no_append, NULL);
  options.dictionary = self->dictionary;
  self->book = weir_book_open (&options, &error);
  g_assert_no_error (error);
}

static inline void
model_close (Model *self)
{
  g_clear_pointer (&self->book, weir_book_free);
  g_clear_pointer (&self->dictionary, weir_dictionary_free);
}

static inline void
model_set_up (Model *self, const void *data)
{
  self->directory = directory_in_memory ("weir-book-XXXXXX");
  failing_fs_init (&self->failing, 0, 0, false);
  weir_entry_writer_init (&self->writer);
  self->images = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, model_image_free);
  self->ids = g_array_new (FALSE, FALSE, sizeof (uint64_t));
  self->states = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->log = g_array_new (FALSE, FALSE, sizeof (ModelEntry));
  g_array_set_clear_func (self->log, model_entry_clear);
  self->id_blocks[0] = 1;
  self->id_blocks[1] = 17;
  self->next_order = 1;
  self->frame.next = 4096;
  self->wall = 1000000;
  self->long_name = g_strnfill (MODEL_LONG + 64, 'n');
  model_open (self);
}

static inline void
model_remove_directory (const char *directory)
{
  GDir *dir = g_dir_open (directory, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (directory, name, NULL);

    g_assert_cmpint (g_remove (path), ==, 0);
  }
  g_dir_close (dir);
  g_assert_cmpint (g_rmdir (directory), ==, 0);
}

static inline void
model_tear_down (Model *self, const void *data)
{
  model_close (self);
  weir_entry_writer_clear (&self->writer);
  g_hash_table_unref (self->images);
  g_array_unref (self->ids);
  g_hash_table_unref (self->states);
  g_array_unref (self->log);
  g_free (self->long_name);
  model_remove_directory (self->directory);
  g_free (self->directory);
}

/* --- the log --- */

static inline bool
model_apply (Model *self, const ModelEntry *entry, GError **error)
{
  gsize size;
  const uint8_t *body = g_bytes_get_data (entry->body, &size);
  WeirLogEntry log_entry = { entry->place, entry->wall, body, size };

  return weir_book_apply (self->book, &log_entry, error);
}

/* Takes what the writer has as the next entry. */
static inline void
model_commit (Model *self)
{
  g_autoptr (GError) error = NULL;
  size_t size = weir_entry_writer_end (&self->writer);
  ModelEntry entry = { self->frame.next, self->wall, g_bytes_new (self->writer.start, size) };

  g_array_append_val (self->log, entry);
  self->frame.sequence++;
  self->frame.next += size;
  self->wall += 7;
  model_apply (self, &entry, &error);
  g_assert_no_error (error);
}

static inline void
model_checkpoint (Model *self)
{
  g_autoptr (GError) error = NULL;

  weir_book_checkpoint (self->book, &self->frame, &error);
  g_assert_no_error (error);
}

/* Adds @n entries of the log from the one at @first on as one frame, whose bytes go to @payloads.
 */
static inline void
model_add_frame (Model *self, guint first, guint n, GPtrArray *payloads)
{
  const ModelEntry *entries = &g_array_index (self->log, ModelEntry, first);
  g_autoptr (GError) error = NULL;
  WeirFrame frame = { .place = entries->place, .wall = entries->wall };
  uint8_t *at, *payload, *start;
  size_t size = 0;

  for (guint i = 0; i < n; i++)
    size += g_bytes_get_size (entries[i].body) + WEIR_FRAME_ENTRY;
  at = payload = g_malloc (size);
  g_ptr_array_add (payloads, payload);
  for (guint i = 0; i < n; i++)
    at = weir_frame_put_entry (at, entries[i].wall - frame.wall,
                               g_bytes_get_data (entries[i].body, NULL),
                               g_bytes_get_size (entries[i].body), &start);
  frame.payload = payload;
  frame.size = (size_t)(at - payload);
  weir_book_add_frame (self->book, &frame, &error);
  g_assert_no_error (error);
}

/* What the book on disk does not have comes from the log, in batches of frames. */
static inline void
model_replay (Model *self)
{
  g_autoptr (GPtrArray) payloads = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  uint64_t place, sequence;
  guint n = 0;

  weir_book_get_position (self->book, &place, &sequence);
  g_assert_cmpuint (sequence, <=, self->frame.sequence + 1);
  if (sequence <= self->log->len)
    g_assert_cmpuint (
        place, ==, sequence == 1 ? 0 : g_array_index (self->log, ModelEntry, sequence - 1).place);
  for (guint i = (guint)sequence - 1; i < self->log->len; i += n) {
    n = (guint)g_test_rand_int_range (1, 300);
    n = MIN (n, self->log->len - i);
    model_add_frame (self, i, n, payloads);
    if (g_test_rand_int_range (0, 20) == 0) {
      g_assert_true (weir_book_fold (self->book, &error));
      g_ptr_array_set_size (payloads, 0);
    }
  }
  weir_book_fold (self->book, &error);
  g_assert_no_error (error);
}

/* As after a crash. */
static inline void
model_reopen (Model *self)
{
  model_close (self);
  model_open (self);
  model_replay (self);
}

/* --- operations --- */

static inline ModelImage *
model_find (Model *self, uint64_t id)
{
  return g_hash_table_lookup (self->images, &id);
}

static inline GHashTable *
model_copy_attributes (GHashTable *from)
{
  GHashTable *copy = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  GHashTableIter iter;
  gpointer key, value;

  if (from != NULL)
    g_hash_table_iter_init (&iter, from);
  while (from != NULL && g_hash_table_iter_next (&iter, &key, &value))
    g_hash_table_insert (copy, key, g_strdup (value));
  return copy;
}

static inline void
model_name (Model *self, WeirWordKind kind)
{
  static const WeirOpKind kinds[] = { WEIR_OP_COMPONENT, WEIR_OP_QUEUE, WEIR_OP_NAME };
  uint64_t number = ++self->n_words[kind];
  g_autofree char *text = g_strdup_printf ("word\\ %d\n%" G_GUINT64_FORMAT "\t", (int)kind, number);

  weir_entry_write_number (&self->writer, kinds[kind], number, text);
}

/* The first word of a kind gets another text. */
static inline void
model_rename (Model *self, WeirWordKind kind)
{
  g_autofree char *text = g_strdup_printf ("renamed %" G_GUINT64_FORMAT, ++self->n_renames[kind]);

  weir_entry_write_number (&self->writer,
                           kind == WEIR_WORD_QUEUE ? WEIR_OP_QUEUE : WEIR_OP_COMPONENT, 1, text);
}

static inline uint64_t
model_random_word (Model *self, WeirWordKind kind)
{
  return 1 + (uint64_t)g_test_rand_int_range (0, (int)self->n_words[kind]);
}

static inline uint64_t
model_random_name (Model *self)
{
  if (g_test_rand_int_range (0, 4) == 0)
    return MODEL_NUMBERED + 1 + (uint64_t)g_test_rand_int_range (0, MODEL_LITERALS);
  return model_random_word (self, WEIR_WORD_NAME);
}

static inline WeirEntryName
model_name_in_entry (Model *self, uint64_t name)
{
  if (name <= MODEL_NUMBERED)
    return (WeirEntryName){ name };
  return (WeirEntryName){ 0, self->long_name, MODEL_LONG + name - MODEL_NUMBERED };
}

/* Each name once, set or removed. */
static inline void
model_write_attributes (Model *self, GHashTable *attributes)
{
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  WeirEntryAttribute set[8];
  WeirEntryName removed[8];
  size_t n_set = 0, n_removed = 0;
  uint64_t used = 0;

  for (int n = g_test_rand_int_range (0, 8); n > 0; n--) {
    uint64_t name = model_random_name (self);
    int length = g_test_rand_int_range (0, g_test_rand_int_range (0, 20) == 0 ? 3000 : 12);

    if ((used >> name & 1) != 0)
      continue;
    used |= UINT64_C (1) << name;
    if (g_test_rand_int_range (0, 4) == 0) {
      removed[n_removed++] = model_name_in_entry (self, name);
      g_hash_table_remove (attributes, GSIZE_TO_POINTER (name));
      continue;
    }
    g_ptr_array_add (texts, g_strnfill ((gsize)length, (char)g_test_rand_int_range ('a', 'z')));
    set[n_set++] = (WeirEntryAttribute){ model_name_in_entry (self, name),
                                         texts->pdata[texts->len - 1], (size_t)length };
    g_hash_table_insert (attributes, GSIZE_TO_POINTER (name), g_strdup (set[n_set - 1].value));
  }
  weir_entry_write_attributes (&self->writer, set, n_set, removed, n_removed);
}

static inline void
model_write_content (Model *self, WeirImage *image)
{
  image->content = (WeirContentRef){ 0 };
  if (g_test_rand_bit ())
    image->content =
        (WeirContentRef){ WEIR_WHERE_FILE, 5, 1 + image->id, image->order, 100, 20, 30 };
  weir_entry_write_content (&self->writer, &image->content, NULL);
}

static inline uint64_t
model_next_id (Model *self, int block)
{
  uint64_t *next = &self->id_blocks[block];
  uint64_t id = (*next)++;

  if (*next % 16 == 1)
    *next += 16;
  return id;
}

/* @image: (transfer full). */
static inline void
model_take_created (Model *self, ModelImage *image)
{
  uint64_t id = image->image.id;

  g_clear_pointer (&self->last_created, g_hash_table_unref);
  self->last_created = model_copy_attributes (image->attributes);
  self->highest_id = MAX (self->highest_id, id);
  image->index = self->ids->len;
  g_array_append_val (self->ids, id);
  g_hash_table_insert (self->images, g_memdup2 (&id, sizeof id), image);
}

static inline void
model_create (Model *self)
{
  ModelImage *image = g_new0 (ModelImage, 1);
  uint64_t id = model_next_id (self, g_test_rand_int_range (0, 2));
  bool is_based = self->last_created != NULL && (self->is_splitting || g_test_rand_bit ());

  image->image.id = id;
  image->image.queue = model_random_word (self, WEIR_WORD_QUEUE);
  image->image.order = self->next_order++;
  image->image.entry_time = image->image.lineage_start = self->wall;
  image->attributes = model_copy_attributes (is_based ? self->last_created : NULL);
  weir_entry_write_create (&self->writer, id, image->image.queue, is_based);
  if (g_test_rand_bit ()) {
    image->image.entry_time -= 100;
    image->image.lineage_start -= 100000;
    weir_entry_write_times (&self->writer, -100, -100000);
  }
  model_write_attributes (self, image->attributes);
  if (g_test_rand_bit ())
    model_write_content (self, &image->image);
  if (g_test_rand_int_range (0, 4) == 0) {
    image->image.penalty_until = self->wall + 30;
    weir_entry_write_penalty (&self->writer, 30);
  }

  model_take_created (self, image);
}

static inline void
model_update (Model *self, uint64_t id)
{
  ModelImage *image = model_find (self, id);

  weir_entry_write_update (&self->writer, id);
  if (g_test_rand_bit ()) {
    image->image.queue = model_random_word (self, WEIR_WORD_QUEUE);
    image->image.order = self->next_order++;
    image->image.penalty_until = 0;
    weir_entry_write_queue (&self->writer, image->image.queue);
  }
  if (g_test_rand_bit ())
    model_write_attributes (self, image->attributes);
  if (g_test_rand_int_range (0, 4) == 0)
    model_write_content (self, &image->image);
  if (g_test_rand_int_range (0, 4) == 0) {
    uint64_t usec = (uint64_t)g_test_rand_int_range (0, 1000);

    image->image.penalty_until = self->wall + (int64_t)usec;
    weir_entry_write_penalty (&self->writer, usec);
  }
}

static inline void
model_drop (Model *self, uint64_t id)
{
  guint index = model_find (self, id)->index;

  weir_entry_write_drop (&self->writer, id);
  g_array_remove_index_fast (self->ids, index);
  if (index < self->ids->len)
    model_find (self, g_array_index (self->ids, uint64_t, index))->index = index;
  g_hash_table_remove (self->images, &id);
}

/* Brothers that are all alike. */
static inline void
model_create_many (Model *self)
{
  uint64_t queue = model_random_word (self, WEIR_WORD_QUEUE);

  for (int n = g_test_rand_int_range (1, 40); n > 0; n--) {
    ModelImage *image = g_new0 (ModelImage, 1);

    image->image.id = model_next_id (self, 0);
    image->image.queue = queue;
    image->image.order = self->next_order++;
    image->image.entry_time = image->image.lineage_start = self->wall;
    image->attributes = model_copy_attributes (self->last_created);
    weir_entry_write_create (&self->writer, image->image.id, queue, self->last_created != NULL);
    weir_entry_write_attributes (&self->writer, NULL, 0, NULL, 0);
    model_take_created (self, image);
  }
}

/* The same is done to neighbours. */
static inline void
model_change_many (Model *self, uint64_t id)
{
  uint64_t queue = model_random_word (self, WEIR_WORD_QUEUE);
  bool is_end = g_test_rand_bit ();

  for (ModelImage *image; (image = model_find (self, id)) != NULL; id++) {
    if (is_end) {
      model_drop (self, id);
      continue;
    }
    image->image.queue = queue;
    image->image.order = self->next_order++;
    image->image.penalty_until = 0;
    weir_entry_write_update (&self->writer, id);
    weir_entry_write_queue (&self->writer, queue);
  }
}

/* In an entry of @entry_component. */
static inline void
model_set_state (Model *self, uint64_t entry_component, uint64_t component)
{
  g_autofree char *key = g_strdup_printf ("key\n%d", g_test_rand_int_range (0, 10));
  g_autofree char *value = g_strdup_printf ("value\t\\%d", g_test_rand_int ());
  char *name = g_strdup_printf ("%" G_GUINT64_FORMAT " %s", component, key);

  uint64_t written = entry_component == component ? 0 : component;

  if (g_test_rand_int_range (0, 3) == 0) {
    weir_entry_write_state (&self->writer, written, key, NULL);
    g_hash_table_remove (self->states, name);
    g_free (name);
  } else {
    weir_entry_write_state (&self->writer, written, key, value);
    g_hash_table_insert (self->states, name, g_steal_pointer (&value));
  }
}

/* Entries that are large are folded in another way. It is of nothing that lasts, so that tests
 * which go through what was written stay short. */
static inline void
model_make_large (Model *self)
{
  g_autofree char *fields = g_strnfill (300000, 'x');

  weir_entry_write_fact (&self->writer, 1, fields, 300000);
}

/* @target: how many FlowFiles there should be. */
static inline void
model_random_op (Model *self, guint target, uint64_t component)
{
  int what = g_test_rand_int_range (0, 100);

  if (what < 4 && self->n_words[what % 3] < 40)
    model_name (self, (WeirWordKind)(what % 3));
  else if (what < 10)
    model_set_state (self, component,
                     what % 2 != 0 ? model_random_word (self, WEIR_WORD_COMPONENT) : component);
  else if (self->ids->len == 0 || what < (self->ids->len < target ? 50 : 30))
    model_create (self);
  else {
    uint64_t id =
        g_array_index (self->ids, uint64_t, g_test_rand_int_range (0, (int)self->ids->len));

    if (what == 50)
      model_change_many (self, id);
    else if (what == 51 && self->ids->len < target)
      model_create_many (self);
    else if (what < 70)
      model_update (self, id);
    else
      model_drop (self, id);
  }
}

static inline void
model_random_entry (Model *self, guint target)
{
  uint64_t component = 0;

  if (self->n_words[WEIR_WORD_NAME] == 0) {
    weir_entry_writer_begin (&self->writer, 0);
    model_name (self, WEIR_WORD_COMPONENT);
    model_name (self, WEIR_WORD_QUEUE);
    model_name (self, WEIR_WORD_NAME);
    model_commit (self);
  }
  component = model_random_word (self, WEIR_WORD_COMPONENT);
  weir_entry_writer_begin (&self->writer, component);
  for (int n = g_test_rand_int_range (1, 5); n > 0; n--)
    model_random_op (self, target, component);
  if (g_test_rand_int_range (0, 100) == 0)
    model_rename (self, g_test_rand_bit () ? WEIR_WORD_QUEUE : WEIR_WORD_COMPONENT);
  if (g_test_rand_int_range (0, 200) == 0) {
    self->is_splitting = true;
    for (int n = g_test_rand_int_range (1, 40); n > 0; n--)
      model_create (self);
    self->is_splitting = false;
  }
  if (g_test_rand_int_range (0, 2000) == 0)
    model_make_large (self);
  g_clear_pointer (&self->last_created, g_hash_table_unref);
  model_commit (self);
}
