/* block-writer-parts.h: what a block is while it is written, for the files that write it. Thread:
 * one at a time. */
#pragma once

#include "provenance/block-notes.h"
#include "provenance/block-set.h"

typedef enum {
  WEIR_STREAM_TIMES,
  WEIR_STREAM_USECS,
  WEIR_STREAM_FLOWFILES,
  WEIR_STREAM_SIZES,
  WEIR_STREAM_OLD_SIZES,
  WEIR_STREAM_BEGINNINGS,
  WEIR_N_FIXED_STREAMS,
  WEIR_STREAM_PARENTS = WEIR_N_FIXED_STREAMS,
  WEIR_STREAM_SETS,
  WEIR_STREAM_CONTENTS,
  WEIR_STREAM_TEXTS,
  WEIR_N_STREAMS
} WeirBlockStream;

/* Where the events of a round begin. */
typedef struct {
  bool is_set;
  uint32_t n;
  size_t sizes[WEIR_N_STREAMS];
  int64_t time;
  uint64_t flowfile, size, usec;
  WeirContentRef content;
  uint32_t n_named, n_refs;
} WeirBlockRound;

struct WeirBlockWriter {
  WeirBlockWriterOptions options;
  WeirColumnPacker *packer;
  uint64_t first;
  uint32_t n;
  WeirStream streams[WEIR_N_STREAMS];

  WeirEvent last; /* only numbers of it */
  WeirContentRef last_content;
  WeirBlockNotes notes;
  WeirBlockRound round;

  WeirKind *kinds;
  uint32_t n_kinds;
  uint16_t *kind_slots; /* index + 1 */
  uint16_t *kind_of;    /* each event */

  WeirBlockValues values;
  uint32_t n_named;   /* pairs that an event has named */
  WeirBlockSet base;  /* what the last birth has */
  uint32_t n_refs;    /* that a reader writes out for births that are based on others */
  bool is_carried;    /* the last birth is not in this block: what it has is in carried */
  bool is_passed;     /* there are values of events that are not in the block */
  WeirStream carried; /* name, size, value */

  WeirStream columns[WEIR_N_PARTS];
  WeirStream out;
};

/* Of those streams that make a block full. */
size_t weir_block_writer_get_bytes (const WeirBlockWriter *writer);
