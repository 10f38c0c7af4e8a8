/* The bytes are those that docs/internals/data-directory.md promises. */
#include "store/entry.h"
#include <glib.h>
#include <string.h>

typedef struct {
  WeirEntryWriter writer;
} Fixture;

static void
set_up (Fixture *self, const void *data)
{
  weir_entry_writer_init (&self->writer);
  weir_entry_writer_begin (&self->writer, 5);
}

static void
tear_down (Fixture *self, const void *data)
{
  weir_entry_writer_clear (&self->writer);
}

#define assert_body(self, ...)                                                                  \
  do {                                                                                          \
    static const uint8_t bytes[] = { __VA_ARGS__ };                                             \
    g_assert_cmpmem ((self)->writer.start, weir_entry_writer_get_size (&(self)->writer), bytes, \
                     sizeof bytes);                                                             \
  } while (0)

static void
test_creates (Fixture *self, const void *data)
{
  static const WeirEntryAttribute set[] = { { { 1 }, "ab", 2 }, { { 200 }, "", 0 } };
  static const WeirEntryName removed[] = { { 3 } };

  weir_entry_write_create (&self->writer, 10, 2, false);
  weir_entry_write_attributes (&self->writer, set, 2, NULL, 0);
  weir_entry_write_create (&self->writer, 9, 2, true);
  weir_entry_write_times (&self->writer, -1, 64);
  weir_entry_write_attributes (&self->writer, NULL, 0, removed, 1);
  assert_body (self, 5,                                       /* component */
               0x11, 20, 2, 2, 1, 2, 'a', 'b', 0xc8, 1, 0, 0, /* id 10 */
               0x21, 1, 2, 1, 0x80, 1, 0, 1, 3);              /* id 9 */
}

static void
test_names_without_numbers (Fixture *self, const void *data)
{
  static const WeirEntryAttribute set[] = { { { 0, "ab", 2 }, "x", 1 }, { { 0, "", 0 }, "", 0 } };
  static const WeirEntryName removed[] = { { 0, "c", 1 }, { 1 } };

  weir_entry_write_update (&self->writer, 3);
  weir_entry_write_attributes (&self->writer, set, 2, removed, 2);
  assert_body (self, 5, 0x22, 6, 2, 0, 3, 'a', 'b', 1, 'x', 0, 1, 0, 2, 0, 2, 'c', 1);
}

static void
test_updates_and_drops (Fixture *self, const void *data)
{
  static const WeirEntryAttribute set[] = { { { 7 }, "x", 1 } };

  weir_entry_write_update (&self->writer, 3);
  weir_entry_write_queue (&self->writer, 300);
  weir_entry_write_attributes (&self->writer, set, 1, NULL, 0);
  weir_entry_write_penalty (&self->writer, 30);
  weir_entry_write_update (&self->writer, 4);
  weir_entry_write_drop (&self->writer, 4);
  assert_body (self, 5, 0xb2, 6, 0xac, 2, 1, 7, 1, 'x', 0, 30, /* id 3 */
               0x02, 2,                                        /* id 4 */
               0x03, 0);
}

static void
test_contents (Fixture *self, const void *data)
{
  WeirContentRef content = { .where = WEIR_WHERE_HERE, .crc = 0x04030201, .size = 3, .length = 3 };
  size_t at;

  weir_entry_write_create (&self->writer, 1, 1, false);
  weir_entry_write_attributes (&self->writer, NULL, 0, NULL, 0);
  at = weir_entry_write_content (&self->writer, &content, "xyz");
  g_assert_cmpmem (self->writer.start + at, 3, "xyz", 3);
  assert_body (self, 5, 0x51, 2, 1, 0, 0, 1, 3, 1, 2, 3, 4, 'x', 'y', 'z');

  weir_entry_writer_begin (&self->writer, 5);
  weir_entry_write_update (&self->writer, 1);
  content = (WeirContentRef){ WEIR_WHERE_FILE, 0x04030201, 9, 8, 7, 1, 2 };
  weir_entry_write_content (&self->writer, &content, NULL);
  weir_entry_write_update (&self->writer, 1);
  content.where = WEIR_WHERE_SAME;
  weir_entry_write_content (&self->writer, &content, NULL);
  weir_entry_write_update (&self->writer, 1);
  content = (WeirContentRef){ WEIR_WHERE_LOG, 0x04030201, 0, 8, 7, 0, 7 };
  weir_entry_write_content (&self->writer, &content, NULL);
  weir_entry_write_update (&self->writer, 1);
  content = (WeirContentRef){ 0 };
  weir_entry_write_content (&self->writer, &content, NULL);
  assert_body (self, 5, 0x42, 2, 19, 9, 8, 7, 1, 2, 3, 4, 1, 2, /* a slice of a file */
               0x42, 0, 20, 1, 2,                               /* the same */
               0x42, 0, 2, 8, 7, 1, 2, 3, 4,                    /* in the log */
               0x42, 0, 0);                                     /* empty */
}

static void
test_states_and_words (Fixture *self, const void *data)
{
  weir_entry_write_state (&self->writer, 0, "k", "v1");
  weir_entry_write_state (&self->writer, 0, "k", NULL);
  weir_entry_write_state (&self->writer, 130, "k", "v");
  weir_entry_write_state (&self->writer, 1, "k", NULL);
  weir_entry_write_number (&self->writer, WEIR_OP_COMPONENT, 1, "a");
  weir_entry_write_number (&self->writer, WEIR_OP_NAME, 130, "");
  weir_entry_write_ids (&self->writer, 300);
  assert_body (self, 5, 0x14, 1, 'k', 2, 'v', '1', /* set */
               0x04, 1, 'k',                       /* cleared */
               0x34, 0x82, 1, 1, 'k', 1, 'v',      /* of another component */
               0x24, 1, 1, 'k',                    /* likewise */
               5, 1, 1, 'a', 7, 0x82, 1, 0,        /* words */
               10, 0xac, 2);
}

/* What was written stays what it was while the buffer moves, flags included. */
static void
test_grows (Fixture *self, const void *data)
{
  g_autofree char *large = g_strnfill (3 * 1024 * 1024, 'x');
  const WeirEntryAttribute attribute = { { 1 }, large, 3 * 1024 * 1024 };

  for (unsigned i = 0; i < 1000; i++) {
    weir_entry_write_update (&self->writer, i);
    weir_entry_write_attributes (&self->writer, &attribute, i == 500 ? 1 : 0, NULL, 0);
    weir_entry_write_penalty (&self->writer, 128 + i); /* never the same twice */
  }
  g_assert_cmpuint (weir_entry_writer_get_size (&self->writer), ==,
                    1 + 1000 * 6 + 1 + 4 + attribute.size);
  g_assert_cmphex (self->writer.start[1], ==, 0xa2);
  g_assert_cmphex (self->writer.start[1 + 6], ==, 0xa2);

  weir_entry_writer_begin (&self->writer, 5);
  assert_body (self, 5);
  g_assert_cmpuint (self->writer.end - self->writer.start, <, 1024 * 1024);
}

/* Of one that is too large, only the size is left, and little memory is needed for it. */
static void
test_too_large (Fixture *self, const void *data)
{
  static const WeirEntryAttribute attribute = { { 1 }, "xyz", 3 };
  size_t size = 1;

  self->writer.most = 5000;
  for (unsigned i = 0; i < 100000; i++) {
    g_assert_true (weir_entry_writer_is_too_large (&self->writer) == (size > 5000));
    g_assert_cmpuint (weir_entry_writer_get_size (&self->writer), ==, size);
    weir_entry_write_update (&self->writer, i % 2);
    weir_entry_write_attributes (&self->writer, &attribute, 1, NULL, 0);
    weir_entry_write_penalty (&self->writer, (1 << 21) + i); /* never the same twice */
    size += 13;
  }
  g_assert_cmpuint (self->writer.end - self->writer.start, <, 20000);

  weir_entry_writer_begin (&self->writer, 5);
  g_assert_false (weir_entry_writer_is_too_large (&self->writer));
  assert_body (self, 5);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/entry-writer/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("creates", test_creates);
  ADD ("names", test_names_without_numbers);
  ADD ("updates", test_updates_and_drops);
  ADD ("contents", test_contents);
  ADD ("states", test_states_and_words);
  ADD ("grows", test_grows);
  ADD ("too-large", test_too_large);
  return g_test_run ();
}
