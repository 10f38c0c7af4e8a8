/* line-reader.c: a line is handed out only when it is known what stands behind it: a CR at the end
 * of the buffer may be half of a line end, and a line may be the last. */
#include "line-reader.h"

#include <string.h>

#define FIRST_CAPACITY ((size_t)64 * 1024)

void
line_reader_init (LineReader *reader, TextSource *source, size_t max)
{
  *reader = (LineReader){ .source = source, .max = max };
}

void
line_reader_clear (LineReader *reader)
{
  g_clear_pointer (&reader->buffer, g_free);
}

static bool
check_size (const LineReader *reader, size_t size, GError **error)
{
  if (size <= reader->max)
    return true;
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_LIMIT,
               "a line is longer than the %zu bytes of Maximum Buffer Size", reader->max);
  return false;
}

/* Moves what is left to the front and reads behind it. */
static bool
fill (LineReader *reader, GError **error)
{
  Lines *lines = &reader->lines;
  size_t rest = lines->size - lines->at;
  ssize_t n;

  if (!check_size (reader, rest, error))
    return false;
  if (rest > 0)
    memmove (reader->buffer, reader->buffer + lines->at, rest);
  if (reader->capacity <= 2 * rest) {
    reader->capacity = 2 * rest + FIRST_CAPACITY;
    reader->buffer = g_realloc (reader->buffer, reader->capacity);
  }
  n = text_source_read (reader->source, reader->buffer + rest, reader->capacity - rest, error);
  if (n < 0)
    return false;
  reader->at_end = n == 0;
  lines_init (lines, reader->buffer, rest + (size_t)n);
  return true;
}

int
line_reader_next (LineReader *reader, Line *ret_line, bool *ret_last, GError **error)
{
  Lines *lines = &reader->lines;
  Line line;
  bool found;

  for (;;) {
    found = lines_next (lines, &line);
    if (lines->at < lines->size || reader->at_end)
      break;
    if (found)
      lines->at -= line.size;
    if (!fill (reader, error))
      return -1;
  }
  if (!found)
    return 0;
  if (!check_size (reader, line.size, error))
    return -1;
  *ret_line = line;
  *ret_last = lines->at == lines->size;
  return 1;
}
