/* varint.h: numbers in as few bytes as they need, seven bits a byte, the least significant first.
 *
 * Reading refuses what is cut off, what does not fit into 64 bits and what has a byte too many: a
 * number has one form.
 *
 * Thread: any. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WEIR_VARINT_MAX 10 /* bytes */

/* Writes @value to @at, where there is room for WEIR_VARINT_MAX bytes. Returns: what follows. */
static inline uint8_t *
weir_varint_put (uint8_t *at, uint64_t value)
{
  for (; value >= 0x80; value >>= 7)
    *at++ = (uint8_t)(value | 0x80);
  *at++ = (uint8_t)value;
  return at;
}

/* Small numbers of either sign become small numbers. */
static inline uint64_t
weir_varint_zigzag (int64_t value)
{
  return ((uint64_t)value << 1) ^ (uint64_t)(value >> 63);
}

static inline int64_t
weir_varint_unzigzag (uint64_t value)
{
  return (int64_t)(value >> 1) ^ -(int64_t)(value & 1);
}

static inline uint8_t *
weir_varint_put_signed (uint8_t *at, int64_t value)
{
  return weir_varint_put (at, weir_varint_zigzag (value));
}

static inline size_t
weir_varint_size (uint64_t value)
{
  return value == 0 ? 1 : (size_t)(63 - __builtin_clzll (value)) / 7 + 1;
}

/* Bytes that are read from the front. After a failure it is empty and stays failed. */
typedef struct {
  const uint8_t *at;
  const uint8_t *end;
  bool failed;
} WeirCursor;

static inline uint64_t
weir_cursor_fail (WeirCursor *cursor)
{
  cursor->failed = true;
  cursor->at = cursor->end;
  return 0;
}

/* Not inline, so that what most numbers need is. */
__attribute__ ((noinline, unused)) static uint64_t
weir_cursor_get_long (WeirCursor *cursor)
{
  uint64_t value = 0;

  for (unsigned shift = 0; cursor->at < cursor->end && shift < 64; shift += 7) {
    uint8_t byte = *cursor->at++;

    if (shift == 63 && byte > 1)
      break;
    value |= (uint64_t)(byte & 0x7f) << shift;
    if (byte < 0x80)
      return byte == 0 && shift > 0 ? weir_cursor_fail (cursor) : value;
  }
  return weir_cursor_fail (cursor);
}

/* Returns: the number; 0 on failure. */
static inline uint64_t
weir_cursor_get (WeirCursor *cursor)
{
  if (cursor->at < cursor->end && *cursor->at < 0x80)
    return *cursor->at++;
  return weir_cursor_get_long (cursor);
}

static inline int64_t
weir_cursor_get_signed (WeirCursor *cursor)
{
  return weir_varint_unzigzag (weir_cursor_get (cursor));
}

/* Returns: (transfer none) (nullable): the next @size bytes; NULL on failure. */
static inline const uint8_t *
weir_cursor_get_bytes (WeirCursor *cursor, uint64_t size)
{
  const uint8_t *bytes = cursor->at;

  if (cursor->failed || size > (size_t)(cursor->end - cursor->at)) {
    weir_cursor_fail (cursor);
    return NULL;
  }
  cursor->at += size;
  return bytes;
}

static inline bool
weir_cursor_is_at_end (const WeirCursor *cursor)
{
  return cursor->at == cursor->end;
}
