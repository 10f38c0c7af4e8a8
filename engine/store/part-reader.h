/* part-reader.h: a part that is open, and reading it in order or from an id on. Its index is in
 * memory, a few bytes for each block; blocks are read and verified when they are needed. */
#pragma once

#include "base/fs.h"
#include "store/layer.h"

typedef struct WeirPart WeirPart;

/* Reads and verifies header and index. Returns: (transfer full): NULL with @error. Thread: any, for
 * all functions of a part. */
WeirPart *weir_part_open (const char *path, uint64_t log_id, uint64_t number, WeirFs *fs,
                          GError **error);

/* Returns: (transfer full): the same with one owner more. */
WeirPart *weir_part_ref (WeirPart *part);
void weir_part_unref (WeirPart *part);

uint64_t weir_part_get_number (const WeirPart *part);
uint64_t weir_part_get_n (const WeirPart *part);
size_t weir_part_get_bytes (const WeirPart *part);        /* of memory */
uint64_t weir_part_get_disk_bytes (const WeirPart *part); /* of blocks */

/* For each block its first id and offset. */
typedef struct {
  uint64_t first_id;
  uint64_t offset;
} WeirPartBlock;

/* One way through a part. Thread: one at a time for each cursor. */
typedef struct {
  WeirPart *part; /* (transfer none) */
  size_t block;   /* the next one */
  uint8_t *buffer;
  size_t buffer_size;
  WeirCursor images;
  uint64_t last_id;
  WeirLayer layer; /* the one that it stands on; NONE: before the first, or behind the last */
} WeirPartCursor;

void weir_part_cursor_init (WeirPartCursor *cursor, WeirPart *part);
void weir_part_cursor_clear (WeirPartCursor *cursor);

/* Goes to the next layer, which is then in cursor->layer and lasts until the next call. */
bool weir_part_cursor_next (WeirPartCursor *cursor, GError **error);

/* After a failure: goes on behind the block that cannot be read. @ret_next begins where that ends.
 */
void weir_part_cursor_pass_over (WeirPartCursor *cursor, WeirPartBlock *ret_block,
                                 WeirPartBlock *ret_next);

/* Goes to the first layer whose id is not below @id, which must not be below that of the call
 * before. */
bool weir_part_cursor_seek (WeirPartCursor *cursor, uint64_t id, GError **error);

/* --- bytes; for the above and for fuzzing --- */

/* Returns: (transfer full): what @index says of blocks that stand from @start to @end; one entry
 * more stands for the end. NULL when it is malformed. */
WeirPartBlock *weir_part_read_index (const uint8_t *index, size_t size, uint64_t start,
                                     uint64_t end, size_t *ret_n);

/* The images of a block, as it stands in the file. */
bool weir_part_read_block (const uint8_t *block, size_t size, WeirCursor *ret_images);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirPart, weir_part_unref)
