/* block-columns.c: packs columns and finds them again. */
#include "provenance/block-columns.h"

#include <weir/error.h>
#include <zstd.h>

#include "base/crc32c.h"
#include "base/limits.h"

#define FORMAT 1
#define LEVEL  1 /* of zstd */
#define CRC    4
#define SMALL  64 /* bytes that are not worth packing */

struct WeirColumnPacker {
  ZSTD_CCtx *context;
  WeirStream packed[WEIR_N_PARTS];
};

WeirColumnPacker *
weir_column_packer_new (void)
{
  WeirColumnPacker *packer = g_new0 (WeirColumnPacker, 1);

  packer->context = ZSTD_createCCtx ();
  g_assert (packer->context != NULL);
  return packer;
}

void
weir_column_packer_free (WeirColumnPacker *packer)
{
  if (packer == NULL)
    return;
  ZSTD_freeCCtx (packer->context);
  for (unsigned i = 0; i < WEIR_N_PARTS; i++)
    weir_stream_clear (&packer->packed[i]);
  g_free (packer);
}

/* Returns: false when the column is to be stored as it is. */
static bool
pack_column (WeirColumnPacker *packer, const WeirStream *column, WeirStream *packed)
{
  size_t size = weir_stream_get_size (column);
  size_t packed_size;

  weir_stream_reset (packed);
  if (size < SMALL)
    return false;
  weir_stream_reserve (packed, ZSTD_compressBound (size));
  packed_size = ZSTD_compressCCtx (packer->context, packed->at, (size_t)(packed->end - packed->at),
                                   column->start, size, LEVEL);
  if (ZSTD_isError (packed_size) || packed_size > size - size / 8)
    return false;
  packed->at += packed_size;
  return true;
}

void
weir_column_packer_pack (WeirColumnPacker *packer, uint64_t first, uint32_t n,
                         const WeirStream *columns, WeirStream *out)
{
  const WeirStream *chosen[WEIR_N_PARTS];
  uint32_t crc;

  weir_stream_reset (out);
  weir_stream_put (out, FORMAT);
  weir_stream_put (out, first);
  weir_stream_put (out, n);
  for (unsigned i = 0; i < WEIR_N_PARTS; i++) {
    chosen[i] =
        pack_column (packer, &columns[i], &packer->packed[i]) ? &packer->packed[i] : &columns[i];
    weir_stream_put (out, weir_stream_get_size (&columns[i]));
    weir_stream_put (out, weir_stream_get_size (chosen[i]));
  }
  for (unsigned i = 0; i < WEIR_N_PARTS; i++)
    weir_stream_put_bytes (out, chosen[i]->start, weir_stream_get_size (chosen[i]));
  crc = GUINT32_TO_LE (weir_crc32c (0, out->start, weir_stream_get_size (out)));
  weir_stream_put_bytes (out, &crc, CRC);
}

static bool
refuse (GError **error, const char *reason)
{
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_CORRUPT, "a block of provenance is damaged: %s",
               reason);
  return false;
}

/* Returns: @limit + 1 for all that is above it. */
static uint64_t
get_bounded (WeirCursor *cursor, uint64_t limit)
{
  uint64_t value = weir_cursor_get (cursor);

  return MIN (value, limit + 1);
}

static bool
read_directory (WeirCursor *cursor, WeirPackedBlock *block)
{
  uint64_t total = 0;

  block->first = weir_cursor_get (cursor);
  block->n = (uint32_t)get_bounded (cursor, WEIR_BLOCK_EVENTS);
  for (unsigned i = 0; i < WEIR_N_PARTS; i++) {
    WeirPackedColumn *column = &block->columns[i];

    column->size = get_bounded (cursor, WEIR_LIMIT_BLOCK);
    column->packed_size = get_bounded (cursor, WEIR_LIMIT_BLOCK);
    if (column->packed_size > column->size)
      return false;
    total += column->size;
  }
  for (unsigned i = 0; i < WEIR_N_PARTS; i++)
    block->columns[i].packed = weir_cursor_get_bytes (cursor, block->columns[i].packed_size);
  return !cursor->failed && weir_cursor_is_at_end (cursor) && total <= WEIR_LIMIT_BLOCK &&
         block->n > 0 && block->n <= WEIR_BLOCK_EVENTS && block->first > 0 &&
         block->first <= INT64_MAX - WEIR_BLOCK_EVENTS;
}

bool
weir_packed_block_read (const uint8_t *bytes, size_t size, WeirPackedBlock *ret_block,
                        GError **error)
{
  WeirPackedBlock block;
  WeirCursor cursor;
  uint32_t crc;

  if (size <= CRC)
    return refuse (error, "it is too short");
  cursor = (WeirCursor){ bytes, bytes + size - CRC, false };
  memcpy (&crc, cursor.end, CRC);
  if (GUINT32_FROM_LE (crc) != weir_crc32c (0, bytes, size - CRC))
    return refuse (error, "its checksum does not match");
  if (weir_cursor_get (&cursor) != FORMAT) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_UNSUPPORTED,
                 "a block of provenance is of a later version; use a newer weir to read it");
    return false;
  }
  if (!read_directory (&cursor, &block))
    return refuse (error, "its directory is wrong");
  *ret_block = block;
  return true;
}
