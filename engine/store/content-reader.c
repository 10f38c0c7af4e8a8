/* content-reader.c: one memcpy or one pread for each call. */
#include "store/content-reader.h"

#include <string.h>

#include "store/claim-read.h"

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
  WeirClaim *claim = content->claim;
  size_t step = (size_t)MIN (MIN (size, SSIZE_MAX), content->size - reader->position);
  uint64_t offset = content->offset + reader->position;

  if (step == 0)
    return 0;
  if (claim->is_in_memory)
    memcpy (buffer, claim->bytes + offset, step);
  else if (!weir_claim_read (claim, offset, buffer, step, error))
    return -1;
  reader->position += step;
  return (ssize_t)step;
}
