/* buffer.h: bytes that wait for their turn: appended behind, consumed in front.
 *
 * Zeros are an empty one. Thread: one at a time. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct {
  char *data;
  size_t begin; /* what is in it is from here */
  size_t end;   /* to here */
  size_t capacity;
} WeirBuffer;

void weir_buffer_clear (WeirBuffer *buffer);

static inline size_t
weir_buffer_size (const WeirBuffer *buffer)
{
  return buffer->end - buffer->begin;
}

/* Returns: (transfer none): until the next change. */
static inline char *
weir_buffer_data (const WeirBuffer *buffer)
{
  return buffer->data + buffer->begin;
}

/* Makes room for @size bytes behind. Returns: (transfer none): where to put them, before
 * weir_buffer_grow says how many they became. */
char *weir_buffer_reserve (WeirBuffer *buffer, size_t size);

static inline void
weir_buffer_grow (WeirBuffer *buffer, size_t size)
{
  buffer->end += size;
}

void weir_buffer_append (WeirBuffer *buffer, const void *bytes, size_t size);
void weir_buffer_append_text (WeirBuffer *buffer, const char *text);
void weir_buffer_printf (WeirBuffer *buffer, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* An empty one gives back memory that it needs seldom. */
void weir_buffer_consume (WeirBuffer *buffer, size_t size);
