#include "store/content-reader.h"
#include <glib.h>
#include <string.h>
#include <weir/error.h>

#include "fixture.h"

static void
test_reads_in_pieces (Fixture *self, const void *data)
{
  for (size_t i = 0; i < G_N_ELEMENTS (sizes); i++) {
    WeirContent content = put (self, self->bytes, sizes[i]);
    WeirContentReader reader;
    char piece[5000];
    size_t at = 0;
    ssize_t n;

    weir_content_reader_init (&reader, &content);
    weir_content_clear (&content);
    while ((n = weir_content_reader_read (&reader, piece, sizeof piece, NULL)) > 0) {
      g_assert_cmpuint ((size_t)n, ==, MIN (sizeof piece, sizes[i] - at));
      g_assert_cmpmem (piece, n, self->bytes + at, n);
      at += (size_t)n;
    }
    g_assert_cmpint (n, ==, 0);
    g_assert_cmpint (weir_content_reader_read (&reader, piece, 1, NULL), ==, 0);
    g_assert_cmpuint (at, ==, sizes[i]);
    weir_content_reader_clear (&reader);
    weir_content_reader_clear (&reader);
  }
}

static void
test_a_failing_read_is_an_error (Fixture *self, const void *data)
{
  WeirContent content = put (self, self->bytes, 100000);
  g_autoptr (GError) error = NULL;
  WeirContentReader reader;
  char piece[100];

  weir_content_reader_init (&reader, &content);
  failing_fs_init (&self->failing, 1, EIO, true);
  g_assert_cmpint (weir_content_reader_read (&reader, piece, sizeof piece, &error), ==, -1);
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_IO);

  /* It did not move. */
  g_assert_cmpint (weir_content_reader_read (&reader, piece, sizeof piece, NULL), ==, 100);
  g_assert_cmpmem (piece, 100, self->bytes, 100);
  weir_content_reader_clear (&reader);
  weir_content_clear (&content);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD_FOR_BOTH ("/content-reader/pieces", test_reads_in_pieces);
  ADD_FOR_BOTH ("/content-reader/failing", test_a_failing_read_is_an_error);
  return g_test_run ();
}
