/* log-buffer.h: the frame that entries are put into, and the place that it will have.
 *
 * The place is known before the first entry is: the frame begins where the one before it ends, or
 * in a new segment when less room is left than a frame may need. Thread: one at a time. */
#pragma once

#include "base/wake.h"
#include "store/frame.h"

/* Where the next frame goes. Segments are as large as what is written makes worth while: the first
 * of a run is small, and the next has twice the size as long as they are full quickly. */
typedef struct {
  uint64_t segment_size; /* the largest, but for one large entry; the places of a number */
  uint64_t frame_size;   /* the largest */
  uint64_t number;       /* of the segment */
  uint64_t size;         /* of the segment */
  uint64_t usual;        /* what the next one will have */
  bool has_chosen;       /* half of the segment is full: @usual will not change any more */
  uint64_t next;         /* a place in it */
  int64_t since;         /* monotonic: when it was begun */
} WeirLogLayout;

/* Begins with segment @number. */
void weir_log_layout_init (WeirLogLayout *layout, uint64_t segment_size, uint64_t frame_size,
                           uint64_t number, int64_t now);

/* Numbers of segments up to that of the one behind this. */
uint64_t weir_log_layout_get_n_numbers (const WeirLogLayout *layout);

/* A frame of @size bytes has been laid out: what comes is behind it, or in a new segment when less
 * room is left than a frame may need. */
void weir_log_layout_advance (WeirLogLayout *layout, uint64_t size, int64_t now);

/* Makes sure that @size bytes have room at layout->next, in a new or larger segment if need be. */
void weir_log_layout_reserve (WeirLogLayout *layout, uint64_t size, int64_t now);

typedef struct {
  uint8_t *bytes;
  size_t capacity;
  size_t limit; /* of the frame in it */
  size_t fill;  /* with the header */
  uint32_t n_entries;
  bool is_sealed; /* it holds one large entry and takes no more */
  bool must_sync; /* with each durability */
  int64_t wall;   /* of the first entry */
  WeirLogLayout layout;
  WeirWake done; /* rung when it is durable */
} WeirLogBuffer;

void weir_log_buffer_init (WeirLogBuffer *buffer, size_t capacity);
void weir_log_buffer_clear (WeirLogBuffer *buffer);

/* Empties it for the frame that will be at layout->next. */
void weir_log_buffer_begin (WeirLogBuffer *buffer, const WeirLogLayout *layout);

/* Whether a body of @size bytes fits besides what is there. */
bool weir_log_buffer_has_room (const WeirLogBuffer *buffer, size_t size);

/* Whether it would not fit if the buffer were empty. */
bool weir_log_buffer_is_large (const WeirLogBuffer *buffer, size_t size);

/* Makes an empty one large enough for one entry, and seals it. */
void weir_log_buffer_grow (WeirLogBuffer *buffer, size_t size, int64_t now);

/* Returns: its ticket, the place behind it. @ret_place: of the body. */
uint64_t weir_log_buffer_put (WeirLogBuffer *buffer, int64_t wall, const void *body, size_t size,
                              uint64_t *ret_place);

/* Makes the frame. Returns: its size with what pads it. */
size_t weir_log_buffer_finish (WeirLogBuffer *buffer, uint64_t log_id, uint64_t sequence,
                               uint64_t durable);

/* Gives back what weir_log_buffer_grow took. */
void weir_log_buffer_shrink (WeirLogBuffer *buffer, size_t capacity);
