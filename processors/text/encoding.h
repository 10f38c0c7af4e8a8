/* encoding.h: the content of FlowFiles as UTF-8, whatever it is written in: a source to read, a
 * sink to write it back. Both work in constant memory.
 *
 * UTF-8 is passed on as it is, valid or not. All other encodings are converted and have to be
 * right: nothing is replaced by question marks behind anybody's back.
 *
 * Thread: trigger. */
#pragma once

#include <weir/content.h>

typedef struct {
  WeirReader *reader;
  GIConv converter; /* NULL: UTF-8 */
  const char *name; /* of the encoding; for UTF-16 the one of its two orders that it is */
  char mark[2];     /* its byte order mark, which is not part of the text */
  bool has_mark;
  bool at_end;
  uint64_t offset; /* of raw in the content */
  size_t n_raw;
  char raw[16384]; /* not yet converted */
} TextSource;

/* Needs text_source_close also when it fails. */
bool text_source_open (TextSource *source, WeirSession *session, const WeirFlowFile *flowfile,
                       const char *encoding, GError **error);

/* Returns: how many bytes were stored, 0 at the end, -1 with @error set: INVALID when the content
 * is not in its encoding. @size is at least 16. */
ssize_t text_source_read (TextSource *source, char *buffer, size_t size, GError **error);

void text_source_close (TextSource *source);
