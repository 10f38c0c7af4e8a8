/* part-writer.c: blocks are gathered into large writes; the header, which knows the sums, is
 * written last, so that a part that was cut short has none. */
#include "store/part-writer.h"

#include <string.h>

#include "base/crc32c.h"
#include "store/mutant.h"
#include "store/part-format.h"

#define BUFFER (256u * 1024)
#define PUSH   (8u * 1024 * 1024)

struct WeirPartWriter {
  WeirFs *fs;
  bool must_sync;
  char *path;
  int fd;
  WeirPartHeader header;
  GByteArray *block;
  GByteArray *buffer; /* blocks that are to be written */
  GByteArray *index;
  uint64_t offset;         /* of what follows the buffer */
  uint64_t pushed;         /* up to here the disk has been told to begin */
  uint64_t block_first_id; /* of the block that is being filled */
  uint64_t index_last_id;
};

WeirPartWriter *
weir_part_writer_new (const char *path, uint64_t log_id, uint64_t number, bool must_sync,
                      WeirFs *fs, GError **error)
{
  int fd =
      weir_fs_open (fs, AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0600, error);
  WeirPartWriter *writer;

  if (fd < 0)
    return NULL;
  writer = g_new0 (WeirPartWriter, 1);
  writer->fs = fs;
  writer->must_sync = must_sync;
  writer->path = g_strdup (path);
  writer->fd = fd;
  memcpy (writer->header.magic, WEIR_PART_MAGIC, sizeof writer->header.magic);
  writer->header.version = WEIR_PART_VERSION;
  writer->header.log_id = log_id;
  writer->header.number = number;
  writer->block = g_byte_array_new ();
  writer->buffer = g_byte_array_new ();
  writer->index = g_byte_array_new ();
  writer->offset = sizeof (WeirPartHeader);
  return writer;
}

void
weir_part_writer_free (WeirPartWriter *writer)
{
  if (writer == NULL)
    return;
  weir_fd_close (&writer->fd);
  g_byte_array_unref (writer->block);
  g_byte_array_unref (writer->buffer);
  g_byte_array_unref (writer->index);
  g_free (writer->path);
  g_free (writer);
}

static bool
flush (WeirPartWriter *writer, GError **error)
{
  uint64_t offset = writer->offset - writer->buffer->len;

  if (!weir_fs_pwrite (writer->fs, writer->fd, writer->buffer->data, writer->buffer->len, offset,
                       writer->path, error))
    return false;
  g_byte_array_set_size (writer->buffer, 0);
  if (writer->must_sync && writer->offset - writer->pushed >= PUSH) {
    /* Else the sync at the end would be long, and the log's own would wait for it. */
    (void)!sync_file_range (writer->fd, (off_t)writer->pushed,
                            (off_t)(writer->offset - writer->pushed), SYNC_FILE_RANGE_WRITE);
    writer->pushed = writer->offset;
  }
  return true;
}

static void
append_varint (GByteArray *bytes, uint64_t value)
{
  uint8_t coded[WEIR_VARINT_MAX];

  g_byte_array_append (bytes, coded, (guint)(weir_varint_put (coded, value) - coded));
}

static bool
end_block (WeirPartWriter *writer, GError **error)
{
  uint32_t crc = weir_crc32c (0, writer->block->data, writer->block->len);
  guint before = writer->buffer->len;

  if (writer->block->len == 0)
    return true;
  append_varint (writer->buffer, writer->block->len);
  g_byte_array_append (writer->buffer, writer->block->data, writer->block->len);
  g_byte_array_append (writer->buffer, (const uint8_t *)&crc, sizeof crc);
  writer->offset += writer->buffer->len - before;

  append_varint (writer->index, writer->block_first_id - writer->index_last_id);
  append_varint (writer->index, writer->buffer->len - before);
  writer->index_last_id = writer->block_first_id;
  g_byte_array_set_size (writer->block, 0);
  return writer->buffer->len < BUFFER || flush (writer, error);
}

bool
weir_part_writer_add (WeirPartWriter *writer, const WeirLayer *layer, GError **error)
{
  WeirPartHeader *header = &writer->header;

  g_assert (layer->id > header->last_id);
  if (writer->block->len == 0)
    writer->block_first_id = layer->id;
  weir_layer_write (layer, writer->block->len == 0 ? 0 : header->last_id, writer->block);
  if (header->n_images++ == 0)
    header->first_id = layer->id;
  header->last_id = layer->id;
  return writer->block->len < WEIR_PART_BLOCK || end_block (writer, error);
}

uint64_t
weir_part_writer_get_n (const WeirPartWriter *writer)
{
  return writer->header.n_images;
}

bool
weir_part_writer_finish (WeirPartWriter *writer, GError **error)
{
  WeirPartTrailer trailer = { 0 };

  if (!end_block (writer, error))
    return false;
  trailer.offset = writer->offset;
  trailer.size = writer->index->len;
  trailer.crc = weir_crc32c (0, writer->index->data, writer->index->len);
  memcpy (trailer.magic, WEIR_PART_MAGIC, sizeof trailer.magic);
  g_byte_array_append (writer->buffer, writer->index->data, writer->index->len);
  g_byte_array_append (writer->buffer, (const uint8_t *)&trailer, sizeof trailer);
  writer->offset += writer->index->len + sizeof trailer;

  writer->header.crc = weir_crc32c (0, &writer->header, sizeof writer->header);
  return flush (writer, error) &&
         weir_fs_pwrite (writer->fs, writer->fd, &writer->header, sizeof writer->header, 0,
                         writer->path, error) &&
         (!writer->must_sync || WEIR_MUTANT (5) ||
          weir_fs_sync (writer->fs, writer->fd, writer->path, error));
}
