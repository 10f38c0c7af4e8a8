/* Parts written by part-writer.c. */
#include "store/part-reader.h"
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <weir/error.h>

#include "store/part-format.h"
#include "store/part-writer.h"

#define N 3000

typedef struct {
  char *path;
  GArray *ids;
} Fixture;

static uint64_t
id_at (const Fixture *self, guint i)
{
  return g_array_index (self->ids, uint64_t, i);
}

/* FlowFile @id has one attribute, of a length that depends on it: one in a hundred is larger than a
 * block. */
static void
write_part (Fixture *self, guint n)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WeirPartWriter) writer = weir_part_writer_new (self->path, 1, 2, true, NULL, &error);
  uint64_t id = 0;

  g_assert_no_error (error);
  for (guint i = 0; i < n; i++) {
    size_t size = i % 100 == 50 ? 40000 : i % 90;
    g_autofree uint8_t *chunk = g_malloc0 (size + 16);
    uint8_t *at = weir_varint_put (chunk, 1);
    WeirLayer layer = { .kind = i % 7 == 0 ? WEIR_LAYER_GONE : WEIR_LAYER_CHANGE,
                        .has_attributes = i % 7 != 0 };

    id += (uint64_t)g_test_rand_int_range (1, 50);
    layer.id = id;
    at = weir_varint_put (weir_varint_put (at, 1), size) + size;
    *at++ = 0;
    layer.attributes = (WeirChunks){ chunk, (size_t)(at - chunk), 1 };
    weir_part_writer_add (writer, &layer, &error);
    g_assert_no_error (error);
    g_array_append_val (self->ids, id);
  }
  g_assert_cmpuint (weir_part_writer_get_n (writer), ==, n);
  g_assert_true (weir_part_writer_finish (writer, &error));
}

static void
set_up (Fixture *self, const void *data)
{
  g_autofree char *directory = g_dir_make_tmp ("weir-part-XXXXXX", NULL);

  self->path = g_build_filename (directory, "a.part", NULL);
  self->ids = g_array_new (FALSE, FALSE, sizeof (uint64_t));
  write_part (self, N);
}

static void
tear_down (Fixture *self, const void *data)
{
  g_autofree char *directory = g_path_get_dirname (self->path);

  g_assert_cmpint (g_unlink (self->path), ==, 0);
  g_assert_cmpint (g_rmdir (directory), ==, 0);
  g_free (self->path);
  g_array_unref (self->ids);
}

static WeirPart *
open_part (Fixture *self)
{
  g_autoptr (GError) error = NULL;
  WeirPart *part = weir_part_open (self->path, 1, 2, NULL, &error);

  g_assert_no_error (error);
  return part;
}

static void
check_layer (const Fixture *self, const WeirPartCursor *cursor, guint i)
{
  g_assert_cmpuint (cursor->layer.id, ==, id_at (self, i));
  g_assert_cmpint (cursor->layer.kind, ==, i % 7 == 0 ? WEIR_LAYER_GONE : WEIR_LAYER_CHANGE);
  if (i % 7 != 0)
    g_assert_cmpuint (cursor->layer.attributes.size, >, i % 100 == 50 ? 40000 : i % 90);
}

static void
test_reads_all_in_order (Fixture *self, const void *data)
{
  g_autoptr (WeirPart) part = open_part (self);
  WeirPartCursor cursor;

  g_assert_cmpuint (weir_part_get_n (part), ==, N);
  g_assert_cmpuint (weir_part_get_number (part), ==, 2);
  g_assert_cmpuint (weir_part_get_bytes (part), <, N * 4);
  weir_part_cursor_init (&cursor, part);
  for (guint i = 0; i < N; i++) {
    g_assert_true (weir_part_cursor_next (&cursor, NULL));
    check_layer (self, &cursor, i);
  }
  for (int i = 0; i < 2; i++) {
    g_assert_true (weir_part_cursor_next (&cursor, NULL));
    g_assert_cmpint (cursor.layer.kind, ==, WEIR_LAYER_NONE);
  }
  weir_part_cursor_clear (&cursor);
}

/* From any id to any that is not below it, whether or not it is there. */
static void
test_seeks (Fixture *self, const void *data)
{
  g_autoptr (WeirPart) part = open_part (self);

  for (int round = 0; round < 200; round++) {
    WeirPartCursor cursor;
    uint64_t id = 0;
    guint i = 0;

    weir_part_cursor_init (&cursor, part);
    while (i < N) {
      id += (uint64_t)g_test_rand_int_range (0, g_test_rand_bit () ? 60 : 30000);
      while (i < N && id_at (self, i) < id)
        i++;
      g_assert_true (weir_part_cursor_seek (&cursor, id, NULL));
      if (i < N)
        check_layer (self, &cursor, i);
      else
        g_assert_cmpint (cursor.layer.kind, ==, WEIR_LAYER_NONE);
    }
    g_assert_true (weir_part_cursor_seek (&cursor, id + 1, NULL));
    g_assert_cmpint (cursor.layer.kind, ==, WEIR_LAYER_NONE);
    weir_part_cursor_clear (&cursor);
  }
}

static void
test_refuses_what_is_not_this_part (Fixture *self, const void *data)
{
  static const struct {
    uint64_t log_id, number;
  } wrong[] = { { 1, 3 }, { 2, 2 } };

  for (size_t i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (weir_part_open (self->path, wrong[i].log_id, wrong[i].number, NULL, &error));
    g_assert_error (error, WEIR_ERROR, WEIR_ERROR_CORRUPT);
  }
}

static void
test_refuses_a_part_without_its_end (Fixture *self, const void *data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WeirPartWriter) writer = weir_part_writer_new (self->path, 1, 2, false, NULL, NULL);
  WeirLayer layer = { .id = 1, .kind = WEIR_LAYER_GONE };

  for (; layer.id < 100000; layer.id++)
    g_assert_true (weir_part_writer_add (writer, &layer, NULL));
  g_assert_null (weir_part_open (self->path, 1, 2, NULL, &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_CORRUPT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/part-reader/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("order", test_reads_all_in_order);
  ADD ("seek", test_seeks);
  ADD ("other", test_refuses_what_is_not_this_part);
  ADD ("end", test_refuses_a_part_without_its_end);
  return g_test_run ();
}
