/* content-reader.c: one memcpy or one pread for each call. */
#include "store/content-reader.h"

#include <string.h>

#include "store/claim.h"

void
weir_content_reader_init (WeirContentReader *reader, const WeirContent *content)
{
  reader->content = weir_content_ref (content);
  reader->position = 0;
}

void
weir_content_reader_clear (WeirContentReader *reader)
{
  weir_content_clear (&reader->content);
  reader->position = 0;
}

ssize_t
weir_content_reader_read (WeirContentReader *reader, void *buffer, size_t size, GError **error)
{
  const WeirContent *content = &reader->content;
  const WeirClaim *claim = content->claim;
  size_t step = (size_t)MIN (MIN (size, SSIZE_MAX), content->size - reader->position);
  uint64_t offset = content->offset + reader->position;

  if (step == 0)
    return 0;
  if (claim->file == NULL) {
    memcpy (buffer, claim->bytes + offset, step);
  } else {
    const WeirContentPool *pool = &claim->store->pool;
    ssize_t n = weir_fs_pread (pool->fs, claim->file->fd, buffer, step, claim->offset + offset,
                               pool->label, error);

    if (n < 0)
      return -1;
    if ((size_t)n < step) {
      g_set_error (error, WEIR_ERROR, WEIR_ERROR_CORRUPT,
                   "content in %s ends before its size; something else changed the file",
                   pool->label);
      return -1;
    }
  }
  reader->position += step;
  return (ssize_t)step;
}
