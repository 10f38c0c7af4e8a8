/* log-buffer.c: entries in memory, one behind the other as in the frame. */
#include "store/log-buffer.h"

#include <string.h>

#include "base/limits.h"

/* Sizes of segments are multiples of this: frames in them are up to an eighth. */
#define UNIT UINT64_C (65536)

/* A segment that is full sooner than this was too small, one that lasts longer too large: beginning
 * one takes some syncs, and what is set aside lies on the disk of those who write little. */
#define SOON_USEC (20 * (int64_t)G_USEC_PER_SEC)
#define LATE_USEC (300 * (int64_t)G_USEC_PER_SEC)

static uint64_t
get_smallest (const WeirLogLayout *layout)
{
  return MAX (layout->segment_size / WEIR_LIMIT_SEGMENT_PART / UNIT, 1) * UNIT;
}

static void
begin (WeirLogLayout *layout, uint64_t number, int64_t now)
{
  layout->number = number;
  layout->size = layout->usual;
  layout->has_chosen = false;
  layout->next = number * layout->segment_size + WEIR_SEGMENT_HEADER;
  layout->since = now;
}

void
weir_log_layout_init (WeirLogLayout *layout, uint64_t segment_size, uint64_t frame_size,
                      uint64_t number, int64_t now)
{
  *layout = (WeirLogLayout){ .segment_size = segment_size, .frame_size = frame_size };
  layout->usual = MIN (get_smallest (layout), segment_size);
  begin (layout, number, now);
}

uint64_t
weir_log_layout_get_n_numbers (const WeirLogLayout *layout)
{
  return (layout->size + layout->segment_size - 1) / layout->segment_size;
}

static uint64_t
get_frame_size (const WeirLogLayout *layout)
{
  return MIN (layout->frame_size, layout->size / 8);
}

static uint64_t
get_room (const WeirLogLayout *layout)
{
  return layout->number * layout->segment_size + layout->size - layout->next;
}

static void
begin_next (WeirLogLayout *layout, int64_t now)
{
  begin (layout, layout->number + weir_log_layout_get_n_numbers (layout), now);
}

static void
choose_size (WeirLogLayout *layout, int64_t lasted)
{
  layout->has_chosen = true;
  if (lasted > LATE_USEC / 2)
    layout->usual = MAX (layout->usual / 2 / UNIT * UNIT, get_smallest (layout));
  /* What is twice as large lasts twice as long; much at once need not go on like that. */
  for (unsigned i = 0; i < 3 && lasted < SOON_USEC / 2; i++, lasted *= 2)
    layout->usual = MIN (layout->usual * 2, layout->segment_size);
}

void
weir_log_layout_advance (WeirLogLayout *layout, uint64_t size, int64_t now)
{
  uint64_t start = layout->number * layout->segment_size;

  layout->next += size;
  /* Half a segment is time enough to make the next, and who writes little never needs it. */
  if (!layout->has_chosen && layout->next - start >= layout->size / 2)
    choose_size (layout, now - layout->since);
  if (get_room (layout) < get_frame_size (layout))
    begin_next (layout, now);
}

void
weir_log_layout_reserve (WeirLogLayout *layout, uint64_t size, int64_t now)
{
  uint64_t whole = WEIR_SEGMENT_HEADER + size, unit = layout->segment_size;

  if (get_room (layout) >= size)
    return;
  if (layout->next != layout->number * unit + WEIR_SEGMENT_HEADER)
    begin_next (layout, now);
  while (layout->size < whole && layout->size < unit)
    layout->size = MIN (layout->size * 2, unit);
  if (layout->size < whole)
    layout->size = (whole + unit - 1) / unit * unit;
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
  buffer->limit = MIN (buffer->capacity, get_frame_size (layout));
  buffer->fill = WEIR_FRAME_HEADER;
  buffer->n_entries = 0;
  buffer->is_sealed = false;
  buffer->must_sync = false;
  buffer->wall = 0;
}

bool
weir_log_buffer_has_room (const WeirLogBuffer *buffer, size_t size)
{
  return !buffer->is_sealed && buffer->limit - buffer->fill >= WEIR_FRAME_ENTRY + size;
}

bool
weir_log_buffer_is_large (const WeirLogBuffer *buffer, size_t size)
{
  return buffer->limit - WEIR_FRAME_HEADER < WEIR_FRAME_ENTRY + size;
}

void
weir_log_buffer_grow (WeirLogBuffer *buffer, size_t size, int64_t now)
{
  g_assert (buffer->n_entries == 0);
  buffer->limit = weir_frame_pad (WEIR_FRAME_HEADER + WEIR_FRAME_ENTRY + size);
  if (buffer->capacity < buffer->limit) {
    buffer->capacity = buffer->limit;
    g_free (buffer->bytes);
    buffer->bytes = g_malloc (buffer->capacity);
  }
  weir_log_layout_reserve (&buffer->layout, buffer->limit, now);
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
