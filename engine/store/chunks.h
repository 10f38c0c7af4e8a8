/* chunks.h: attributes as entries have them: a list of what is set and one of what is removed.
 * Chunks that follow each other, the oldest first, add up; they are kept as they came and added up
 * only when somebody reads them, because most FlowFiles end before that.
 *
 * Thread: one at a time for each sum. */
#pragma once

#include "base/limits.h"
#include "store/entry.h"

/* What a session may set takes less than this, however short its names and values are. */
#define WEIR_CHUNKS_MAX (4u * WEIR_LIMIT_ATTRIBUTES)

typedef struct {
  const uint8_t *at;
  size_t size;
  unsigned n;
} WeirChunks;

/* What an operation that has attributes says of them, as it stands in the entry. */
static inline WeirChunks
weir_chunks_of_op (const WeirOp *op)
{
  const uint8_t *at = op->set.cursor.at - weir_varint_size (op->set.n);

  return (WeirChunks){ at, (size_t)(op->removed.cursor.end - at), 1 };
}

/* Reads one chunk. */
static inline WeirChunks
weir_chunks_read (WeirCursor *cursor)
{
  const uint8_t *at = cursor->at;
  WeirOpNames names;

  weir_op_names_read (cursor, true, &names);
  weir_op_names_read (cursor, false, &names);
  return (WeirChunks){ at, (size_t)(cursor->at - at), 1 };
}

/* One chunk that removes nothing: its last byte is 0 then, and the last one of a name never is. */
static inline bool
weir_chunks_is_plain (const WeirChunks *chunks)
{
  return chunks->n == 1 && chunks->at[chunks->size - 1] == 0;
}

typedef struct {
  GArray *items;
  GByteArray *bytes;
} WeirChunksSum;

void weir_chunks_sum_init (WeirChunksSum *sum);
void weir_chunks_sum_clear (WeirChunksSum *sum);

void weir_chunks_sum_begin (WeirChunksSum *sum);

/* @chunks are read in weir_chunks_sum_end once more. */
void weir_chunks_sum_add (WeirChunksSum *sum, const WeirChunks *chunks);

/* One chunk that says the same as all that were added, valid until the next one begins.
 * @is_whole: nothing is below, so that nothing needs to be removed. */
WeirChunks weir_chunks_sum_end (WeirChunksSum *sum, bool is_whole);
