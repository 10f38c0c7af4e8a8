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
  const WeirFlowFile *flowfile;
  WeirReader *reader;
  GIConv converter; /* NULL: UTF-8 */
  const char *name; /* of the encoding; for UTF-16 the one of its two orders that it is */
  char mark[2];     /* its byte order mark, which is not part of the text */
  bool has_mark;
  bool at_end;
  uint64_t offset; /* of raw in the content */
  size_t n_raw;
  char *raw; /* not yet converted; NULL: UTF-8 */
} TextSource;

typedef struct {
  WeirWriter *writer;
  GIConv converter; /* NULL: UTF-8 */
  const char *name;
  bool broken; /* nothing can be written, which is not the text's fault */
} TextSink;

/* True when there is an encoding of that name; for WeirProperty.validate. Thread: any. */
bool encoding_is_valid (const char *name, GError **error);

/* Needs text_source_close also when it fails. */
bool text_source_open (TextSource *source, WeirSession *session, const WeirFlowFile *flowfile,
                       const char *encoding, GError **error);

/* Returns: how many bytes were stored, 0 at the end, -1 with @error set: INVALID when the content
 * is not in its encoding. @size is at least 16. */
ssize_t text_source_read (TextSource *source, char *buffer, size_t size, GError **error);

void text_source_close (TextSource *source);

/* Writes new content for @flowfile in the encoding of @source. Needs text_sink_clear
 * also when it fails. */
bool text_sink_open (TextSink *sink, const TextSource *source, WeirSession *session,
                     WeirFlowFile *flowfile, GError **error);

/* @text is whole characters. Fails with INVALID when the encoding lacks one of them. */
bool text_sink_write (TextSink *sink, const char *text, size_t size, GError **error);

/* Writes all of @source, of which nothing was read yet. */
bool text_sink_copy (TextSink *sink, TextSource *source, GError **error);

/* Gives the FlowFile what was written. */
bool text_sink_close (TextSink *sink, GError **error);

/* Abandons what was written, unless it was closed. */
void text_sink_clear (TextSink *sink);
