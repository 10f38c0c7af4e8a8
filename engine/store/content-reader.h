/* content-reader.h: streams content of any size through the caller's buffer.
 *
 * Thread: one at a time for each reader. */
#pragma once

#include "store/content.h"

typedef struct {
  WeirContent content;
  uint64_t position;
} WeirContentReader;

/* Reads @content from its beginning, and holds a reference to it. */
void weir_content_reader_init (WeirContentReader *reader, const WeirContent *content);
void weir_content_reader_clear (WeirContentReader *reader);

/* Returns: how many bytes were stored, less than @size only at the end; -1 with @error. */
ssize_t weir_content_reader_read (WeirContentReader *reader, void *buffer, size_t size,
                                  GError **error);
