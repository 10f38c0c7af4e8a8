/* block-columns.h: the outside of a block: columns, each packed by itself where that makes it
 * smaller, behind a directory, and one checksum over all. What is in them is for block-writer.c and
 * block-reader.c. Thread: one at a time. */
#pragma once

#include "provenance/block.h"
#include "provenance/stream.h"

/* In the order in which they stand. */
typedef enum {
  WEIR_PART_KIND,
  WEIR_PART_TIME,
  WEIR_PART_FLOWFILE,
  WEIR_PART_SIZE,
  WEIR_PART_BIRTH,
  WEIR_PART_SET,
  WEIR_PART_VALUES,
  WEIR_PART_CONTENT,
  WEIR_PART_TEXT,
  WEIR_N_PARTS
} WeirBlockPart;

/* What an event has in common with others in the block: the low bits are its type. */
typedef enum {
  WEIR_KIND_TYPE = (1 << 5) - 1,
  WEIR_KIND_BIRTH = 1 << 5,
  WEIR_KIND_ATTRIBUTES = 1 << 6,
  WEIR_KIND_BASED = 1 << 7, /* as the birth before it in the block */
  WEIR_KIND_REMOVED = 1 << 8,
  WEIR_KIND_CONTENT = 1 << 9,
  WEIR_KIND_USEC = 1 << 10,
  WEIR_KIND_OLD_SIZE = 1 << 11,  /* is not its size (of a birth: not 0) */
  WEIR_KIND_BEGINNING = 1 << 12, /* entry and lineage began before its time */
  WEIR_KIND_PARENTS = 1 << 13,
  WEIR_KIND_URI = 1 << 14,
  WEIR_KIND_DETAILS = 1 << 15,
  WEIR_KIND_END = 1 << 16,
} WeirKindFlag;

typedef struct {
  uint32_t flags;
  uint64_t component;
  uint64_t relationship;
  uint64_t source;
  uint64_t queue;
} WeirKind;

/* Beside a content's place, in its first byte. */
#define WEIR_BLOCK_SLICE 16 /* offset and length are not those of the claim */
#define WEIR_BLOCK_SIZED 32 /* the claim's size is not that of the event */

/* Attributes that a reader has to write out for births which differ from the one before: so many
 * make a block full, or it would unpack to far more than it is. */
#define WEIR_BLOCK_REFS (1u << 20)

typedef struct WeirColumnPacker WeirColumnPacker;

/* Returns: (transfer full). */
WeirColumnPacker *weir_column_packer_new (void);
void weir_column_packer_free (WeirColumnPacker *packer);

/* @columns: one for each part. @out: gets the block's bytes, forgetting what was there. */
void weir_column_packer_pack (WeirColumnPacker *packer, uint64_t first, uint32_t n,
                              const WeirStream *columns, WeirStream *out);

typedef struct {
  const uint8_t *packed;
  size_t packed_size;
  size_t size;
} WeirPackedColumn;

typedef struct {
  uint64_t first;
  uint32_t n;
  WeirPackedColumn columns[WEIR_N_PARTS];
} WeirPackedBlock;

/* Returns: false with @error when the bytes are not those of a block. */
bool weir_packed_block_read (const uint8_t *bytes, size_t size, WeirPackedBlock *ret_block,
                             GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirColumnPacker, weir_column_packer_free)
