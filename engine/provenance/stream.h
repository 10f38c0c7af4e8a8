/* stream.h: bytes that are written from the front, into room that was asked for before. */
#pragma once

#include "store/entry.h"

typedef struct {
  uint8_t *start;
  uint8_t *at;
  uint8_t *end;
} WeirStream;

static inline size_t
weir_stream_get_size (const WeirStream *stream)
{
  return (size_t)(stream->at - stream->start);
}

static inline void
weir_stream_reserve (WeirStream *stream, size_t size)
{
  size_t used = weir_stream_get_size (stream);

  if (G_LIKELY ((size_t)(stream->end - stream->at) >= size))
    return;
  size = MAX (2 * used, used + size);
  stream->start = g_realloc (stream->start, size);
  stream->at = stream->start + used;
  stream->end = stream->start + size;
}

static inline void
weir_stream_put (WeirStream *stream, uint64_t value)
{
  weir_stream_reserve (stream, WEIR_VARINT_MAX);
  stream->at = weir_varint_put (stream->at, value);
}

static inline void
weir_stream_put_signed (WeirStream *stream, int64_t value)
{
  weir_stream_put (stream, weir_varint_zigzag (value));
}

static inline void
weir_stream_put_bytes (WeirStream *stream, const void *bytes, size_t size)
{
  if (size == 0)
    return;
  weir_stream_reserve (stream, size);
  memcpy (stream->at, bytes, size);
  stream->at += size;
}

static inline void
weir_stream_put_name (WeirStream *stream, const WeirEntryName *name)
{
  weir_stream_reserve (stream, WEIR_ENTRY_NAME_MAX + name->size);
  stream->at = weir_entry_name_put (stream->at, name);
}

/* Forgets what was written; keeps the room. */
static inline void
weir_stream_reset (WeirStream *stream)
{
  stream->at = stream->start;
}

static inline void
weir_stream_clear (WeirStream *stream)
{
  g_free (stream->start);
  *stream = (WeirStream){ 0 };
}
