/* log-buffer.c: entries in memory, one behind the other as in the frame. */
#include "store/log-buffer.h"

#include <string.h>

void
weir_log_layout_init (WeirLogLayout *layout, uint64_t segment_size, uint64_t number)
{
  *layout = (WeirLogLayout){ .segment_size = segment_size,
                             .number = number,
                             .n_numbers = 1,
                             .next = number * segment_size + WEIR_SEGMENT_HEADER };
}

void
weir_log_layout_reserve (WeirLogLayout *layout, uint64_t size)
{
  uint64_t end = (layout->number + layout->n_numbers) * layout->segment_size;
  uint64_t whole = WEIR_SEGMENT_HEADER + size;

  if (end - layout->next >= size)
    return;
  if (layout->next != layout->number * layout->segment_size + WEIR_SEGMENT_HEADER)
    weir_log_layout_init (layout, layout->segment_size, layout->number + layout->n_numbers);
  layout->n_numbers = (whole + layout->segment_size - 1) / layout->segment_size;
}

void
weir_log_buffer_init (WeirLogBuffer *buffer, size_t capacity)
{
  *buffer = (WeirLogBuffer){ .bytes = g_malloc (capacity), .capacity = capacity };
}

void
weir_log_buffer_clear (WeirLogBuffer *buffer)
{
  g_clear_pointer (&buffer->bytes, g_free);
}

void
weir_log_buffer_begin (WeirLogBuffer *buffer, const WeirLogLayout *layout)
{
  buffer->layout = *layout;
  buffer->fill = WEIR_FRAME_HEADER;
  buffer->n_entries = 0;
  buffer->is_sealed = false;
  buffer->must_sync = false;
  buffer->wall = 0;
}

bool
weir_log_buffer_has_room (const WeirLogBuffer *buffer, size_t size)
{
  return !buffer->is_sealed && buffer->capacity - buffer->fill >= WEIR_FRAME_ENTRY + size;
}

bool
weir_log_buffer_is_large (size_t capacity, size_t size)
{
  return capacity - WEIR_FRAME_HEADER < WEIR_FRAME_ENTRY + size;
}

void
weir_log_buffer_grow (WeirLogBuffer *buffer, size_t size)
{
  g_assert (buffer->n_entries == 0);
  buffer->capacity = weir_frame_pad (WEIR_FRAME_HEADER + WEIR_FRAME_ENTRY + size);
  g_free (buffer->bytes);
  buffer->bytes = g_malloc (buffer->capacity);
  weir_log_layout_reserve (&buffer->layout, buffer->capacity);
  buffer->is_sealed = true;
}

uint64_t
weir_log_buffer_put (WeirLogBuffer *buffer, int64_t wall, const void *body, size_t size,
                     uint64_t *ret_place)
{
  uint8_t *at = buffer->bytes + buffer->fill, *start;

  if (buffer->n_entries++ == 0)
    buffer->wall = wall;
  /* A difference that overflows becomes the right time again when it is added. */
  at = weir_frame_put_entry (at, (int64_t)((uint64_t)wall - (uint64_t)buffer->wall), body, size,
                             &start);
  buffer->fill = (size_t)(at - buffer->bytes);
  if (ret_place != NULL)
    *ret_place = buffer->layout.next + (size_t)(start - buffer->bytes);
  return buffer->layout.next + buffer->fill;
}

size_t
weir_log_buffer_finish (WeirLogBuffer *buffer, uint64_t log_id, uint64_t sequence, uint64_t durable)
{
  size_t size = weir_frame_pad (buffer->fill);
  WeirFrame frame = { .place = buffer->layout.next,
                      .sequence = sequence,
                      .durable = durable,
                      .wall = buffer->wall,
                      .n_entries = buffer->n_entries,
                      .size = buffer->fill - WEIR_FRAME_HEADER };

  memset (buffer->bytes + buffer->fill, 0, size - buffer->fill);
  weir_frame_pack (buffer->bytes, log_id, &frame);
  return size;
}

void
weir_log_buffer_shrink (WeirLogBuffer *buffer, size_t capacity)
{
  if (buffer->capacity == capacity)
    return;
  weir_log_buffer_clear (buffer);
  buffer->bytes = g_malloc (capacity);
  buffer->capacity = capacity;
}
