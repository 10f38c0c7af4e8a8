/* part-format.h: the frame of a part (docs/internals/data-directory.md): a header, blocks of
 * images, an index of the blocks, and what finds the index. */
#pragma once

#include <stdint.h>

#define WEIR_PART_MAGIC   "WEIRPRT\n"
#define WEIR_PART_VERSION 1u

/* A block is one read from the disk for one FlowFile that was cold. */
#define WEIR_PART_BLOCK (16u * 1024)

typedef struct {
  char magic[8];
  uint32_t version;
  uint32_t crc; /* of the header with this field 0 */
  uint64_t log_id;
  uint64_t number;
  uint64_t n_images;
  uint64_t first_id;
  uint64_t last_id;
  uint64_t zero;
} WeirPartHeader;

typedef struct {
  uint64_t offset; /* of the index */
  uint64_t size;
  uint32_t crc;
  uint32_t zero;
  char magic[8];
} WeirPartTrailer;

_Static_assert(sizeof (WeirPartHeader) == 64 && sizeof (WeirPartTrailer) == 32,
               "part of the format");
