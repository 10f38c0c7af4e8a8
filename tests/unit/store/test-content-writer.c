#include "store/content-writer.h"
#include <glib.h>
#include <string.h>
#include <weir/error.h>

#include "fixture.h"
#include "store/claim.h"

/* Writes @size of the bytes in pieces of @step. */
static void
write_in_pieces (Fixture *self, WeirContentWriter *writer, size_t size, size_t step)
{
  for (size_t at = 0; at < size; at += step)
    g_assert_true (
        weir_content_writer_write (writer, self->bytes + at, MIN (step, size - at), NULL));
}

static WeirContent
close_writer (WeirContentWriter *writer)
{
  g_autoptr (GError) error = NULL;
  WeirContent content;

  g_assert_true (weir_content_writer_close (writer, &content, &error));
  g_assert_no_error (error);
  weir_content_writer_clear (writer);
  return content;
}

static void
test_grows_through_all_sizes (Fixture *self, const void *data)
{
  static const size_t steps[] = { 700, 4096, 65536, 65537, 1000000, N_BYTES };

  for (size_t i = 0; i < G_N_ELEMENTS (sizes); i++) {
    for (size_t j = 0; j < G_N_ELEMENTS (steps); j++) {
      WeirContentWriter writer;
      WeirContent content;

      weir_content_writer_init (&writer, self->store);
      write_in_pieces (self, &writer, sizes[i], steps[j]);
      content = close_writer (&writer);
      assert_holds (&content, self->bytes, sizes[i]);
      if (sizes[i] > WEIR_LIMIT_CONTENT_SHARED)
        g_assert_cmpint (content.claim->file->kind, ==, WEIR_CONTENT_OWN);
      weir_content_clear (&content);
    }
  }
}

static void
test_writers_do_not_disturb_each_other (Fixture *self, const void *data)
{
  WeirContentWriter writers[12];
  WeirContent contents[G_N_ELEMENTS (writers)];
  const size_t n = G_N_ELEMENTS (writers);

  for (size_t i = 0; i < n; i++)
    weir_content_writer_init (&writers[i], self->store);
  for (size_t round = 0; round < 30; round++) {
    for (size_t i = 0; i < n; i++)
      g_assert_true (
          weir_content_writer_write (&writers[i], self->bytes + i + round * 10000, 10000, NULL));
  }
  for (size_t i = n; i-- > 0;)
    contents[i] = close_writer (&writers[i]);
  for (size_t i = 0; i < n; i++) {
    assert_holds (&contents[i], self->bytes + i, 300000);
    weir_content_clear (&contents[i]);
  }
}

static void
test_nothing_is_left_of_what_is_abandoned (Fixture *self, const void *data)
{
  WeirContent neighbour = put (self, self->bytes, 50000);

  for (size_t i = 0; i < G_N_ELEMENTS (sizes); i++) {
    WeirContentWriter writer;
    WeirContent next;

    weir_content_writer_init (&writer, self->store);
    write_in_pieces (self, &writer, sizes[i], 30000);
    weir_content_writer_clear (&writer);
    weir_content_writer_clear (&writer);
    next = put (self, self->bytes + 5, 60000);
    assert_holds (&next, self->bytes + 5, 60000);
    assert_holds (&neighbour, self->bytes, 50000);
    weir_content_clear (&next);
  }
  weir_content_clear (&neighbour);
}

static void
test_writes_parts_of_other_content (Fixture *self, const void *data)
{
  for (size_t i = 1; i < G_N_ELEMENTS (sizes); i++) {
    WeirContent whole = put (self, self->bytes, sizes[i]);
    WeirContent tail = weir_content_slice (&whole, sizes[i] / 4, sizes[i] - sizes[i] / 4);
    const uint8_t *bytes = (const uint8_t *)self->bytes;
    g_autoptr (GByteArray) expected = g_byte_array_new ();
    WeirContentWriter writer;
    WeirContent joined;

    weir_content_writer_init (&writer, self->store);
    for (int round = 0; round < 3; round++) {
      size_t at = tail.size / 2, part = tail.size / 3;

      g_assert_true (weir_content_writer_write (&writer, "header", 6, NULL));
      g_assert_true (weir_content_writer_write_content (&writer, &whole, 0, sizes[i], NULL));
      g_assert_true (weir_content_writer_write_content (&writer, &tail, at, part, NULL));
      g_assert_true (weir_content_writer_write_content (&writer, &tail, 0, 0, NULL));
      g_byte_array_append (expected, (const uint8_t *)"header", 6);
      g_byte_array_append (expected, bytes, (guint)sizes[i]);
      g_byte_array_append (expected, bytes + sizes[i] / 4 + at, (guint)part);
    }
    joined = close_writer (&writer);
    assert_holds (&joined, expected->data, expected->len);
    weir_content_clear (&joined);
    weir_content_clear (&tail);
    weir_content_clear (&whole);
  }
}

static void
test_appends (Fixture *self, const void *data)
{
  WeirContent content = { 0 };

  while (content.size < 2000000) {
    size_t size = content.size, step = size / 2 + 1;
    WeirContentWriter writer;
    WeirContent longer;

    weir_content_writer_init (&writer, self->store);
    g_assert_true (weir_content_writer_write_content (&writer, &content, 0, size, NULL));
    g_assert_true (weir_content_writer_write (&writer, self->bytes + size, step, NULL));
    longer = close_writer (&writer);
    weir_content_clear (&content);
    content = longer;
  }
  assert_holds (&content, self->bytes, content.size);
  weir_content_clear (&content);
}

/* A random walk over all ways to write, compared with an array. */
static void
test_equals_an_array (Fixture *self, const void *data)
{
  for (int round = 0; round < 60; round++) {
    size_t source_size = (size_t)g_test_rand_int_range (1, 200000);
    WeirContent source = put (self, self->bytes, source_size);
    g_autoptr (GByteArray) expected = g_byte_array_new ();
    WeirContentWriter writer;
    WeirContent content;

    weir_content_writer_init (&writer, self->store);
    for (int step = 0; step < 30; step++) {
      size_t limit = (size_t)1 << g_test_rand_int_range (1, 17);
      size_t size = (size_t)g_test_rand_int_range (0, (int)MIN (limit, source_size + 1));
      size_t offset = (size_t)g_test_rand_int_range (0, (int)(source_size - size + 1));

      g_byte_array_append (expected, (const uint8_t *)self->bytes + offset, (guint)size);
      if (g_test_rand_bit ())
        g_assert_true (weir_content_writer_write (&writer, self->bytes + offset, size, NULL));
      else
        g_assert_true (weir_content_writer_write_content (&writer, &source, offset, size, NULL));
    }
    content = close_writer (&writer);
    assert_holds (&content, expected->data, expected->len);
    weir_content_clear (&content);
    weir_content_clear (&source);
  }
}

static bool
write_in_all_ways (Fixture *self, const WeirContent *source, WeirContent *ret_content,
                   GError **error)
{
  WeirContentWriter writer;

  weir_content_writer_init (&writer, self->store);
  if (!weir_content_writer_write (&writer, self->bytes, 5000, error) ||
      !weir_content_writer_write (&writer, self->bytes + 5000, 100000, error) ||
      !weir_content_writer_write_content (&writer, source, 0, 20000, error) ||
      !weir_content_writer_write_content (&writer, source, 0, source->size, error) ||
      !weir_content_writer_write (&writer, self->bytes, 1000000, error) ||
      !weir_content_writer_write (&writer, self->bytes, 1, error)) {
    /* A module that goes on after an error does not get content with a hole. */
    g_assert_false (weir_content_writer_write (&writer, "more", 4, NULL));
    g_assert_false (weir_content_writer_close (&writer, ret_content, NULL));
    return false;
  }
  return weir_content_writer_close (&writer, ret_content, error);
}

static void
test_every_call_can_fail (Fixture *self, const void *data)
{
  WeirContent source = put (self, self->bytes, 200000);
  bool passed = false;
  int nth;

  for (nth = 1; !passed; nth++) {
    g_autoptr (GError) error = NULL;
    WeirContent content = { 0 };
    bool worked;

    failing_fs_init (&self->failing, nth, EIO, nth % 2 == 0);
    worked = write_in_all_ways (self, &source, &content, &error);
    passed = failing_fs_all_passed (&self->failing);
    failing_fs_init (&self->failing, 0, 0, false);
    g_assert_true (worked == passed);
    if (!passed)
      g_assert_error (error, WEIR_ERROR, WEIR_ERROR_IO);
    assert_holds (&source, self->bytes, 200000);
    weir_content_clear (&content);
  }
  g_assert_cmpint (nth, >, 8);
  weir_content_clear (&source);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD_FOR_BOTH ("/content-writer/sizes", test_grows_through_all_sizes);
  ADD_FOR_BOTH ("/content-writer/several", test_writers_do_not_disturb_each_other);
  ADD_FOR_BOTH ("/content-writer/abandoned", test_nothing_is_left_of_what_is_abandoned);
  ADD_FOR_BOTH ("/content-writer/content", test_writes_parts_of_other_content);
  ADD_FOR_BOTH ("/content-writer/append", test_appends);
  ADD_FOR_BOTH ("/content-writer/array", test_equals_an_array);
  ADD_FOR_BOTH ("/content-writer/failing", test_every_call_can_fail);
  return g_test_run ();
}
