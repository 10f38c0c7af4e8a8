/* replay-file.c: the bytes of one file, on the disk and on their way there. */
#include "replay-file.h"

#include <string.h>

uint64_t
file_hash (uint64_t hash, const uint8_t *bytes, size_t size)
{
  for (; size >= 8; size -= 8, bytes += 8) {
    uint64_t word;

    memcpy (&word, bytes, 8);
    hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
    hash ^= hash >> 29;
  }
  while (size-- > 0)
    hash = (hash ^ *bytes++) * 0x100000001b3u;
  return hash;
}

size_t
file_get_n_bytes (const File *file)
{
  return MIN (file->size, file->room);
}

static void
put (File *file, uint64_t offset, const uint8_t *data, size_t size)
{
  size_t end = offset + size;

  if (size == 0)
    return;
  if (end > file->room) {
    size_t room = MAX (end, MAX (file->room * 2, 4096));

    file->bytes = g_realloc (file->bytes, room);
    memset (file->bytes + file->room, 0, room - file->room);
    file->room = room;
  }
  memcpy (file->bytes + offset, data, size);
  file->size = MAX (file->size, end);
}

static void
resize (File *file, size_t size)
{
  if (size < file_get_n_bytes (file))
    memset (file->bytes + size, 0, file_get_n_bytes (file) - size);
  file->size = size;
}

void
file_apply (File *file, const Step *step)
{
  const TraceRecord *record = step->record;

  if (record->kind == TRACE_WRITE)
    put (file, record->offset, step->data, record->n_data);
  else if (record->kind == TRACE_RESIZE)
    resize (file, record->offset);
  else
    file->size = MAX (file->size, record->offset);
}

static void
apply_sectors (WeirRandom *random, File *file, const Step *step, size_t sector)
{
  uint64_t offset = step->record->offset, end = offset + step->record->n_data;

  while (offset < end) {
    uint64_t next = MIN ((offset / sector + 1) * sector, end);

    if (weir_random_below (random, 2) == 0)
      put (file, offset, step->data + (offset - step->record->offset), next - offset);
    offset = next;
  }
}

/* A piece of a write that ends at a sector of the disk. */
static void
apply_torn (WeirRandom *random, File *file, const Step *step)
{
  uint64_t offset = step->record->offset, end;

  if (step->record->kind != TRACE_WRITE || step->record->n_data == 0)
    return;
  end = (offset + weir_random_below (random, step->record->n_data)) / 512 * 512;
  if (end > offset)
    put (file, offset, step->data, end - offset);
}

void
file_keep_some (File *image, const GArray *steps, const GArray *pending, Keep keep,
                WeirRandom *random)
{
  size_t n_first = weir_random_below (random, pending->len + 1);
  size_t size = image->size;

  for (size_t i = 0; i < pending->len; i++) {
    const Step *step = &g_array_index (steps, Step, g_array_index (pending, size_t, i));
    bool is_write = step->record->kind == TRACE_WRITE;

    if (keep == KEEP_ALL || ((keep == KEEP_FIRST || keep == KEEP_TORN) && i < n_first))
      file_apply (image, step);
    else if (keep == KEEP_TORN && i == n_first)
      apply_torn (random, image, step);
    else if ((keep == KEEP_PAGES || keep == KEEP_SECTORS) && is_write)
      apply_sectors (random, image, step, keep == KEEP_PAGES ? 4096 : 512);
    else if ((keep == KEEP_PAGES || keep == KEEP_SECTORS) && weir_random_below (random, 2) == 0)
      file_apply (image, step);
  }
  /* The bytes are there, and the size is not. */
  if (keep > KEEP_ALL && image->size > size && weir_random_below (random, 4) == 0)
    resize (image, size + weir_random_below (random, image->size - size));
}
