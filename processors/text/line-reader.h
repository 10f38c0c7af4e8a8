/* line-reader.h: lines of a content, one after the other, in as much memory as the longest takes.
 *
 * Thread: trigger. */
#pragma once

#include "encoding.h"
#include "lines.h"

typedef struct {
  TextSource *source;
  size_t max;
  char *buffer;
  size_t capacity;
  Lines lines; /* in the buffer */
  bool at_end; /* the source has no more */
} LineReader;

/* Lines may have up to @max bytes, their ends included. */
void line_reader_init (LineReader *reader, TextSource *source, size_t max);
void line_reader_clear (LineReader *reader);

/* Reads the next line, which is valid until the next call.
 * Returns: 1; 0 at the end; -1 with @error set, LIMIT when a line is too long. */
int line_reader_next (LineReader *reader, Line *ret_line, bool *ret_last, GError **error);
