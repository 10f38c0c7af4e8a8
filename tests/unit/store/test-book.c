#include "store/book.h"
#include <glib.h>
#include <pthread.h>
#include <stdatomic.h>
#include <weir/error.h>

#include "base/limits.h"
#include "book-compare.h"

static void
test_is_empty_at_first (Model *self, const void *data)
{
  uint64_t place, sequence, id = 1;
  ModelCheck check = { .model = self };
  g_autoptr (GError) error = NULL;

  model_check_all (self);
  weir_book_get_position (self->book, &place, &sequence);
  g_assert_true (place == 0 && sequence == 1);
  g_assert_false (weir_book_read (self->book, &id, 1, model_check_image, &check, &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND);
  model_checkpoint (self);
  model_reopen (self);
  model_check_all (self);
}

/* Whatever happens, the book is what a naive one would be: FlowFiles are in memory, in one part, in
 * several, changed above and dropped above; before and after a restart. */
static void
test_is_what_the_log_adds_up_to (Model *self, const void *data)
{
  guint target = 200;

  for (int i = 0; i < 100000; i++) {
    int what = g_test_rand_int_range (0, 4000);

    model_random_entry (self, target);
    if (what < 10)
      model_checkpoint (self);
    else if (what < 15)
      model_reopen (self);
    else if (what < 25)
      model_check_some (self, g_test_rand_int_range (1, 50));
    else if (what < 30)
      model_check_all (self);
    else if (what < 32)
      target = g_test_rand_bit () ? 2000 : 20;
  }
  model_check_all (self);
  model_check_some (self, 1);
}

static void
assert_not_there (Model *self, uint64_t id)
{
  ModelCheck check = { .model = self };
  g_autoptr (GError) error = NULL;

  g_assert_false (weir_book_read (self->book, &id, 1, model_check_image, &check, &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND);
}

static void
test_does_not_read_what_has_ended (Model *self, const void *data)
{
  weir_entry_writer_begin (&self->writer, 0);
  for (unsigned kind = 0; kind <= WEIR_WORD_NAME; kind++)
    model_name (self, (WeirWordKind)kind);
  for (int i = 0; i < 100; i++)
    model_create (self);
  model_commit (self);
  g_clear_pointer (&self->last_created, g_hash_table_unref);
  model_checkpoint (self);
  assert_not_there (self, 1000);

  weir_entry_writer_begin (&self->writer, 0);
  model_drop (self, 1);
  model_commit (self);
  assert_not_there (self, 1); /* in the delta, above a part */
  model_checkpoint (self);
  assert_not_there (self, 1); /* in a part above another */
  model_check_some (self, 1);
}

/* --- entries that contradict --- */

static void
refuse (Model *self)
{
  ModelEntry entry = {
    777, 0, g_bytes_new (self->writer.start, weir_entry_writer_get_size (&self->writer))
  };
  g_autoptr (GError) error = NULL;

  g_assert_false (model_apply (self, &entry, &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_CORRUPT);
  g_assert_nonnull (strstr (error->message, "place 777"));
  g_bytes_unref (entry.body);
  weir_entry_writer_begin (&self->writer, 1);
}

static void
test_refuses_contradictions (Model *self, const void *data)
{
  WeirEntryWriter *writer = &self->writer;
  static const WeirEntryAttribute attribute = { { 2 }, "x", 1 };
  static const WeirEntryName name = { 2 };
  static const WeirEntryAttribute literal = { { 0, "ab", 2 }, "x", 1 };

  weir_entry_writer_begin (writer, 0);
  for (unsigned kind = 0; kind <= WEIR_WORD_NAME; kind++)
    model_name (self, (WeirWordKind)kind);
  weir_entry_write_create (writer, 1, 1, false);
  weir_entry_write_attributes (writer, NULL, 0, NULL, 0);
  weir_entry_write_create (writer, 2, 1, false);
  weir_entry_write_attributes (writer, NULL, 0, NULL, 0);
  model_commit (self);
  model_checkpoint (self);

  weir_entry_writer_begin (writer, 2); /* no such component */
  refuse (self);
  weir_entry_write_state (writer, 2, "key", "value"); /* likewise */
  refuse (self);
  weir_entry_write_update (writer, 3); /* no such FlowFile */
  refuse (self);
  weir_entry_write_drop (writer, 3);
  refuse (self);
  weir_entry_write_drop (writer, 1); /* twice */
  weir_entry_write_drop (writer, 1);
  refuse (self);
  weir_entry_write_drop (writer, 1);
  weir_entry_write_update (writer, 1); /* gone by now */
  refuse (self);
  weir_entry_write_create (writer, 6, 1, false); /* again */
  weir_entry_write_attributes (writer, NULL, 0, NULL, 0);
  weir_entry_write_drop (writer, 6);
  weir_entry_write_create (writer, 6, 1, false);
  weir_entry_write_attributes (writer, NULL, 0, NULL, 0);
  refuse (self);
  weir_entry_write_update (writer, 2); /* no such queue */
  weir_entry_write_queue (writer, 2);
  refuse (self);
  weir_entry_write_update (writer, 2); /* no such name */
  weir_entry_write_attributes (writer, &attribute, 1, NULL, 0);
  refuse (self);
  weir_entry_write_update (writer, 2);
  weir_entry_write_attributes (writer, NULL, 0, &name, 1);
  refuse (self);
  weir_entry_write_update (writer, 2); /* it is short, and there are numbers left */
  weir_entry_write_attributes (writer, &literal, 1, NULL, 0);
  refuse (self);
  weir_entry_write_create (writer, 4, 0, false); /* in no queue */
  weir_entry_write_attributes (writer, NULL, 0, NULL, 0);
  refuse (self);
  weir_entry_write_create (writer, 4, 1, true); /* like none */
  weir_entry_write_attributes (writer, NULL, 0, NULL, 0);
  refuse (self);
  weir_entry_write_create (writer, 5, 1, false); /* twice */
  weir_entry_write_attributes (writer, NULL, 0, NULL, 0);
  weir_entry_write_create (writer, 5, 1, false);
  weir_entry_write_attributes (writer, NULL, 0, NULL, 0);
  refuse (self);
  weir_entry_write_create (writer, UINT64_C (1) << 62, 1, false); /* no id */
  weir_entry_write_attributes (writer, NULL, 0, NULL, 0);
  refuse (self);
  weir_entry_write_ids (writer, (UINT64_C (1) << 62) + 1); /* likewise */
  refuse (self);
  weir_entry_write_number (writer, WEIR_OP_QUEUE, 3, "x"); /* 2 comes next */
  refuse (self);
  weir_entry_write_number (writer, WEIR_OP_NAME, 1, "x"); /* given, and a name has one for ever */
  refuse (self);
  self->writer.start[weir_entry_writer_get_size (writer) - 1] = 0x80; /* no number */
  refuse (self);
}

/* Whether a part has a FlowFile is not looked up for each operation; but it is found out when the
 * parts are read, and before they are written as one. */
static void
test_finds_contradictions_with_parts (Model *self, const void *data)
{
  static const WeirOpKind kinds[] = { WEIR_OP_CREATE, WEIR_OP_UPDATE, WEIR_OP_DROP };
  WeirEntryWriter *writer = &self->writer;
  ModelCheck check = { .model = self };

  weir_entry_writer_begin (writer, 0);
  for (unsigned kind = 0; kind <= WEIR_WORD_NAME; kind++)
    model_name (self, (WeirWordKind)kind);
  weir_entry_write_create (writer, 9, 1, false);
  weir_entry_write_attributes (writer, NULL, 0, NULL, 0);
  model_commit (self);
  model_checkpoint (self);

  for (size_t i = 0; i < G_N_ELEMENTS (kinds); i++) {
    g_autoptr (GError) read_error = NULL;
    g_autoptr (GError) write_error = NULL;

    model_close (self);
    model_open (self);
    weir_entry_writer_begin (writer, 0);
    if (kinds[i] == WEIR_OP_CREATE) {
      weir_entry_write_create (writer, 9, 1, false);
      weir_entry_write_attributes (writer, NULL, 0, NULL, 0);
    } else if (kinds[i] == WEIR_OP_UPDATE) {
      weir_entry_write_update (writer, 5);
    } else {
      weir_entry_write_drop (writer, 5);
    }
    model_commit (self);
    g_assert_false (weir_book_each_flowfile (self->book, model_check_image, &check, &read_error));
    g_assert_error (read_error, WEIR_ERROR, WEIR_ERROR_CORRUPT);
    g_assert_false (weir_book_checkpoint (self->book, &self->frame, &write_error));
    g_assert_error (write_error, WEIR_ERROR, WEIR_ERROR_CORRUPT);
  }
}

/* What was set aside counts, whether or not it was used, and is never taken back. */
static void
test_ids_that_were_set_aside (Model *self, const void *data)
{
  static const uint64_t above[] = { 100, 5000, 70 };

  for (unsigned i = 0; i < G_N_ELEMENTS (above); i++) {
    weir_entry_writer_begin (&self->writer, 0);
    weir_entry_write_ids (&self->writer, above[i]);
    model_commit (self);
  }
  g_assert_cmpuint (weir_book_get_next_flowfile_id (self->book), ==, 5000);
  model_checkpoint (self);
  model_reopen (self);
  g_assert_cmpuint (weir_book_get_next_flowfile_id (self->book), ==, 5000);
}

/* Brothers that share nothing, with as much as attributes may have. */
static void
test_takes_large_brothers (Model *self, const void *data)
{
  const size_t size = WEIR_LIMIT_ATTRIBUTES - 4096;

  weir_entry_writer_begin (&self->writer, 0);
  for (unsigned kind = 0; kind <= WEIR_WORD_NAME; kind++)
    model_name (self, (WeirWordKind)kind);
  for (uint64_t id = 1; id <= 6; id++) {
    g_autofree char *value = g_strnfill (size, (char)('a' + id));
    WeirEntryAttribute attribute = { { 1 }, value, size };

    weir_entry_write_create (&self->writer, id, 1, id > 1);
    weir_entry_write_attributes (&self->writer, &attribute, 1, NULL, 0);
  }
  model_commit (self);
  model_checkpoint (self);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/book/" name, Model, NULL, model_set_up, func, model_tear_down)
  ADD ("empty", test_is_empty_at_first);
  ADD ("fold", test_is_what_the_log_adds_up_to);
  ADD ("ended", test_does_not_read_what_has_ended);
  ADD ("contradictions", test_refuses_contradictions);
  ADD ("ids", test_ids_that_were_set_aside);
  ADD ("brothers", test_takes_large_brothers);
  ADD ("parts", test_finds_contradictions_with_parts);
  return g_test_run ();
}
