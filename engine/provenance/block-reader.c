/* block-reader.c: columns into events. Whatever the bytes are, nothing outside of them is read:
 * each number is checked where it is decoded, and each column must end where its last event does.
 */
#include "provenance/block-attributes.h"

#include <weir/error.h>
#include <zstd.h>

#include "base/limits.h"

typedef struct {
  const char *start;
  size_t size;
} Text;

struct WeirBlockReader {
  WeirPackedBlock block;
  ZSTD_DCtx *context;
  WeirStream unpacked[WEIR_N_PARTS];
  unsigned loaded; /* WeirColumn */

  WeirKind *kinds;
  uint32_t n_kinds;
  uint16_t kind_of[WEIR_BLOCK_EVENTS];
  uint32_t flags[WEIR_BLOCK_EVENTS];
  uint8_t types[WEIR_BLOCK_EVENTS];
  uint64_t components[WEIR_BLOCK_EVENTS];
  uint64_t flowfiles[WEIR_BLOCK_EVENTS];
  int64_t times[WEIR_BLOCK_EVENTS];
  uint64_t usecs[WEIR_BLOCK_EVENTS];
  uint64_t sizes[WEIR_BLOCK_EVENTS];
  uint64_t old_sizes[WEIR_BLOCK_EVENTS];
  int64_t entry_times[WEIR_BLOCK_EVENTS];
  int64_t lineage_starts[WEIR_BLOCK_EVENTS];
  uint32_t parents_at[WEIR_BLOCK_EVENTS + 1];
  GArray *parents; /* uint64_t */
  WeirBlockAttributes attributes;
  WeirContentRef contents[WEIR_BLOCK_EVENTS];
  Text uris[WEIR_BLOCK_EVENTS];
  Text details[WEIR_BLOCK_EVENTS];
};

WeirBlockReader *
weir_block_reader_new (void)
{
  WeirBlockReader *reader = g_new0 (WeirBlockReader, 1);

  reader->context = ZSTD_createDCtx ();
  g_assert (reader->context != NULL);
  reader->kinds = g_new (WeirKind, WEIR_BLOCK_EVENTS);
  reader->parents = g_array_sized_new (FALSE, FALSE, sizeof (uint64_t), WEIR_BLOCK_EVENTS);
  weir_block_attributes_init (&reader->attributes);
  return reader;
}

void
weir_block_reader_free (WeirBlockReader *reader)
{
  if (reader == NULL)
    return;
  ZSTD_freeDCtx (reader->context);
  for (unsigned i = 0; i < WEIR_N_PARTS; i++)
    weir_stream_clear (&reader->unpacked[i]);
  g_free (reader->kinds);
  g_array_unref (reader->parents);
  weir_block_attributes_clear (&reader->attributes);
  g_free (reader);
}

bool
weir_block_reader_open (WeirBlockReader *reader, const uint8_t *bytes, size_t size, GError **error)
{
  reader->loaded = 0;
  reader->block.n = 0;
  return weir_packed_block_read (bytes, size, &reader->block, error);
}

uint32_t
weir_block_reader_get_n (const WeirBlockReader *reader)
{
  return reader->block.n;
}

uint64_t
weir_block_reader_get_first (const WeirBlockReader *reader)
{
  return reader->block.first;
}

size_t
weir_block_reader_get_size (const WeirBlockReader *reader)
{
  size_t size = 0;

  for (unsigned i = 0; i < WEIR_N_PARTS; i++)
    size += reader->block.columns[i].size;
  return size;
}

/* Returns: an empty, failed cursor when it cannot be unpacked. */
static WeirCursor
unpack (WeirBlockReader *reader, WeirBlockPart part)
{
  const WeirPackedColumn *column = &reader->block.columns[part];
  WeirStream *stream = &reader->unpacked[part];

  if (column->packed_size == column->size)
    return (WeirCursor){ column->packed, column->packed + column->size, false };
  weir_stream_reset (stream);
  weir_stream_reserve (stream, column->size);
  if (ZSTD_decompressDCtx (reader->context, stream->start, column->size, column->packed,
                           column->packed_size) != column->size)
    return (WeirCursor){ .failed = true };
  stream->at = stream->start + column->size;
  return (WeirCursor){ stream->start, stream->at, false };
}

static inline bool
is_done (const WeirCursor *cursor)
{
  return !cursor->failed && weir_cursor_is_at_end (cursor);
}

static inline uint64_t
get_delta (WeirCursor *cursor, uint64_t last)
{
  return last + (uint64_t)weir_cursor_get_signed (cursor);
}

/* --- one function a column; each returns false when it is malformed --- */

static bool
read_kind (WeirCursor *cursor, WeirKind *kind)
{
  uint64_t flags = weir_cursor_get (cursor);
  unsigned type = flags & WEIR_KIND_TYPE;

  kind->flags = (uint32_t)flags;
  kind->component = weir_cursor_get (cursor);
  kind->relationship = weir_cursor_get (cursor);
  kind->source = weir_cursor_get (cursor);
  kind->queue = weir_cursor_get (cursor);
  if ((flags & WEIR_KIND_BASED) != 0 && (~flags & (WEIR_KIND_BIRTH | WEIR_KIND_ATTRIBUTES)) != 0)
    return false;
  if ((flags & (WEIR_KIND_BEGINNING | WEIR_KIND_PARENTS)) != 0 && (flags & WEIR_KIND_BIRTH) == 0)
    return false;
  if ((flags & WEIR_KIND_REMOVED) != 0 && (flags & WEIR_KIND_ATTRIBUTES) == 0)
    return false;
  return !cursor->failed && flags < WEIR_KIND_END && type > 0 && type < WEIR_EVENT_N;
}

static bool
load_kinds (WeirBlockReader *reader)
{
  WeirCursor cursor = unpack (reader, WEIR_PART_KIND);
  uint64_t n = weir_cursor_get (&cursor);
  size_t width = n > 256 ? 2 : 1;
  const uint8_t *at;

  if (n == 0 || n > reader->block.n)
    return false;
  for (uint64_t i = 0; i < n; i++)
    if (!read_kind (&cursor, &reader->kinds[i]))
      return false;
  at = weir_cursor_get_bytes (&cursor, reader->block.n * width);
  if (at == NULL || !is_done (&cursor))
    return false;
  for (uint32_t i = 0; i < reader->block.n; i++, at += width) {
    unsigned number = at[0] | (width > 1 ? (unsigned)at[1] << 8 : 0);

    if (number >= n)
      return false;
    reader->kind_of[i] = (uint16_t)number;
    reader->flags[i] = reader->kinds[number].flags;
    reader->types[i] = reader->kinds[number].flags & WEIR_KIND_TYPE;
    reader->components[i] = reader->kinds[number].component;
  }
  return true;
}

static bool
load_times (WeirBlockReader *reader)
{
  WeirCursor cursor = unpack (reader, WEIR_PART_TIME);
  uint64_t last = 0, usec = 0;

  for (uint32_t i = 0; i < reader->block.n; i++)
    reader->times[i] = (int64_t)(last = get_delta (&cursor, last));
  for (uint32_t i = 0; i < reader->block.n; i++) {
    bool has_usec = (reader->flags[i] & WEIR_KIND_USEC) != 0;

    reader->usecs[i] = has_usec ? (usec = get_delta (&cursor, usec)) : 0;
  }
  return is_done (&cursor);
}

static bool
load_flowfiles (WeirBlockReader *reader)
{
  WeirCursor cursor = unpack (reader, WEIR_PART_FLOWFILE);
  uint64_t last = 0;

  for (uint32_t i = 0; i < reader->block.n; i++)
    reader->flowfiles[i] = last = get_delta (&cursor, last);
  return is_done (&cursor);
}

static bool
load_sizes (WeirBlockReader *reader)
{
  WeirCursor cursor = unpack (reader, WEIR_PART_SIZE);
  uint64_t last = 0;

  for (uint32_t i = 0; i < reader->block.n; i++)
    reader->sizes[i] = last = get_delta (&cursor, last);
  for (uint32_t i = 0; i < reader->block.n; i++) {
    if ((reader->flags[i] & WEIR_KIND_OLD_SIZE) != 0)
      reader->old_sizes[i] = get_delta (&cursor, reader->sizes[i]);
    else
      reader->old_sizes[i] = (reader->flags[i] & WEIR_KIND_BIRTH) != 0 ? 0 : reader->sizes[i];
  }
  return is_done (&cursor);
}

static bool
load_births (WeirBlockReader *reader)
{
  WeirCursor cursor = unpack (reader, WEIR_PART_BIRTH);

  g_array_set_size (reader->parents, 0);
  for (uint32_t i = 0; i < reader->block.n; i++) {
    uint64_t time = (uint64_t)reader->times[i];
    bool is_earlier = (reader->flags[i] & WEIR_KIND_BEGINNING) != 0;

    if (is_earlier)
      time -= (uint64_t)weir_cursor_get_signed (&cursor);
    reader->entry_times[i] = (int64_t)time;
    if (is_earlier)
      time -= (uint64_t)weir_cursor_get_signed (&cursor);
    reader->lineage_starts[i] = (int64_t)time;
  }
  for (uint32_t i = 0; i < reader->block.n; i++) {
    bool has_parents = (reader->flags[i] & WEIR_KIND_PARENTS) != 0;
    uint64_t n = has_parents ? weir_cursor_get (&cursor) : 0;
    uint64_t last = reader->flowfiles[i];

    reader->parents_at[i] = reader->parents->len;
    for (uint64_t k = 0; k < n && !cursor.failed; k++) {
      last = get_delta (&cursor, last);
      g_array_append_val (reader->parents, last);
    }
  }
  reader->parents_at[reader->block.n] = reader->parents->len;
  return is_done (&cursor);
}

static bool
load_attributes (WeirBlockReader *reader)
{
  WeirCursor sets = unpack (reader, WEIR_PART_SET);
  WeirCursor values = unpack (reader, WEIR_PART_VALUES);

  return weir_block_attributes_load (&reader->attributes, &sets, &values, reader->flags,
                                     reader->block.n);
}

static bool
read_content (WeirCursor *cursor, uint64_t size, WeirContentRef *last, WeirContentRef *content)
{
  const uint8_t *byte = weir_cursor_get_bytes (cursor, 1);
  const uint8_t *crc;
  unsigned flags = byte != NULL ? *byte : 0;

  *content =
      (WeirContentRef){ .where = flags & ~(WEIR_BLOCK_SLICE | WEIR_BLOCK_SIZED), .size = size };
  if ((flags & WEIR_BLOCK_SIZED) != 0)
    content->size = weir_cursor_get (cursor);
  content->length = content->size;
  if ((flags & WEIR_BLOCK_SLICE) != 0) {
    content->offset = weir_cursor_get (cursor);
    content->length = weir_cursor_get (cursor);
  }
  if (content->where == WEIR_WHERE_NONE)
    return !cursor->failed;
  if (content->where == WEIR_WHERE_FILE)
    content->file = get_delta (cursor, last->file);
  content->start = get_delta (cursor, last->start + last->size);
  crc = weir_cursor_get_bytes (cursor, sizeof content->crc);
  if (crc == NULL)
    return false;
  memcpy (&content->crc, crc, sizeof content->crc);
  content->crc = GUINT32_FROM_LE (content->crc);
  *last = *content;
  return content->where == WEIR_WHERE_LOG || content->where == WEIR_WHERE_FILE;
}

static bool
load_contents (WeirBlockReader *reader)
{
  WeirCursor cursor = unpack (reader, WEIR_PART_CONTENT);
  WeirContentRef last = { 0 };

  for (uint32_t i = 0; i < reader->block.n; i++)
    if ((reader->flags[i] & WEIR_KIND_CONTENT) != 0 &&
        !read_content (&cursor, reader->sizes[i], &last, &reader->contents[i]))
      return false;
  return is_done (&cursor);
}

static Text
read_text (WeirCursor *cursor, bool is_there)
{
  Text text = { NULL, 0 };

  if (is_there) {
    text.size = weir_cursor_get (cursor);
    text.start = (const char *)weir_cursor_get_bytes (cursor, text.size);
  }
  return text;
}

static bool
load_texts (WeirBlockReader *reader)
{
  WeirCursor cursor = unpack (reader, WEIR_PART_TEXT);

  for (uint32_t i = 0; i < reader->block.n; i++) {
    reader->uris[i] = read_text (&cursor, (reader->flags[i] & WEIR_KIND_URI) != 0);
    reader->details[i] = read_text (&cursor, (reader->flags[i] & WEIR_KIND_DETAILS) != 0);
  }
  return is_done (&cursor);
}

#define KINDS (WEIR_COLUMN_TYPE | WEIR_COLUMN_COMPONENT | WEIR_COLUMN_ROUTE)

typedef struct {
  unsigned columns; /* what it loads */
  unsigned needed;  /* what must be there before */
  const char *name;
  bool (*load) (WeirBlockReader *reader);
} Loader;

/* What is needed stands before what needs it. */
static const Loader loaders[] = {
  { KINDS, 0, "types", load_kinds },
  { WEIR_COLUMN_TIME, KINDS, "times", load_times },
  { WEIR_COLUMN_FLOWFILE, 0, "FlowFiles", load_flowfiles },
  { WEIR_COLUMN_SIZE, KINDS, "sizes", load_sizes },
  { WEIR_COLUMN_BIRTH, KINDS | WEIR_COLUMN_TIME | WEIR_COLUMN_FLOWFILE, "births", load_births },
  { WEIR_COLUMN_ATTRIBUTES, KINDS, "attributes", load_attributes },
  { WEIR_COLUMN_CONTENT, KINDS | WEIR_COLUMN_SIZE, "contents", load_contents },
  { WEIR_COLUMN_TEXT, KINDS, "texts", load_texts },
};

bool
weir_block_reader_load (WeirBlockReader *reader, unsigned columns, GError **error)
{
  for (size_t i = G_N_ELEMENTS (loaders); i-- > 0;)
    if ((columns & loaders[i].columns) != 0)
      columns |= loaders[i].columns | loaders[i].needed;
  for (size_t i = 0; i < G_N_ELEMENTS (loaders); i++) {
    if ((columns & ~reader->loaded & loaders[i].columns) == 0)
      continue;
    if (!loaders[i].load (reader)) {
      g_set_error (error, WEIR_ERROR, WEIR_ERROR_CORRUPT,
                   "a block of provenance is damaged: its %s are wrong", loaders[i].name);
      return false;
    }
    reader->loaded |= loaders[i].columns;
  }
  return true;
}

/* --- events --- */

static void
get_rare (WeirBlockReader *reader, uint32_t index, WeirEvent *event)
{
  uint32_t flags = reader->flags[index];

  if ((reader->loaded & WEIR_COLUMN_BIRTH) != 0 && (flags & WEIR_KIND_BIRTH) != 0) {
    event->entry_time = reader->entry_times[index];
    event->lineage_start = reader->lineage_starts[index];
    event->parents = (const uint64_t *)(void *)reader->parents->data + reader->parents_at[index];
    event->n_parents = reader->parents_at[index + 1] - reader->parents_at[index];
  }
  if ((reader->loaded & WEIR_COLUMN_ATTRIBUTES) != 0 && (flags & WEIR_KIND_ATTRIBUTES) != 0) {
    event->has_attributes = true;
    weir_block_attributes_get (&reader->attributes, index, &event->set, &event->removed);
  }
  if ((reader->loaded & WEIR_COLUMN_CONTENT) != 0 && (flags & WEIR_KIND_CONTENT) != 0) {
    event->has_content = true;
    event->content = reader->contents[index];
  }
  if ((reader->loaded & WEIR_COLUMN_TEXT) != 0) {
    event->uri = reader->uris[index].start;
    event->uri_size = reader->uris[index].size;
    event->details = reader->details[index].start;
    event->details_size = reader->details[index].size;
  }
}

void
weir_block_reader_get (WeirBlockReader *reader, uint32_t index, WeirEvent *ret_event)
{
  g_assert (index < reader->block.n);
  *ret_event = (WeirEvent){ 0 };
  if ((reader->loaded & WEIR_COLUMN_FLOWFILE) != 0)
    ret_event->flowfile = reader->flowfiles[index];
  if ((reader->loaded & KINDS) != 0) {
    const WeirKind *kind = &reader->kinds[reader->kind_of[index]];

    ret_event->type = kind->flags & WEIR_KIND_TYPE;
    ret_event->is_birth = (kind->flags & WEIR_KIND_BIRTH) != 0;
    ret_event->component = kind->component;
    ret_event->relationship = kind->relationship;
    ret_event->source = kind->source;
    ret_event->queue = kind->queue;
  }
  if ((reader->loaded & WEIR_COLUMN_TIME) != 0) {
    ret_event->time = reader->times[index];
    ret_event->usec = reader->usecs[index];
  }
  if ((reader->loaded & WEIR_COLUMN_SIZE) != 0) {
    ret_event->size = reader->sizes[index];
    ret_event->old_size = reader->old_sizes[index];
  }
  get_rare (reader, index, ret_event);
}

const uint8_t *
weir_block_reader_get_types (const WeirBlockReader *reader)
{
  return (reader->loaded & WEIR_COLUMN_TYPE) != 0 ? reader->types : NULL;
}

const uint64_t *
weir_block_reader_get_flowfiles (const WeirBlockReader *reader)
{
  return (reader->loaded & WEIR_COLUMN_FLOWFILE) != 0 ? reader->flowfiles : NULL;
}

const int64_t *
weir_block_reader_get_times (const WeirBlockReader *reader)
{
  return (reader->loaded & WEIR_COLUMN_TIME) != 0 ? reader->times : NULL;
}

const uint64_t *
weir_block_reader_get_components (const WeirBlockReader *reader)
{
  return (reader->loaded & WEIR_COLUMN_COMPONENT) != 0 ? reader->components : NULL;
}

uint32_t
weir_block_reader_get_n_attributes (const WeirBlockReader *reader)
{
  return reader->attributes.n_pairs;
}

void
weir_block_reader_get_attribute (const WeirBlockReader *reader, uint32_t number,
                                 WeirBlockAttribute *ret_attribute)
{
  *ret_attribute = reader->attributes.pairs[number];
}

const uint32_t *
weir_block_reader_get_set (const WeirBlockReader *reader, uint32_t index, uint32_t *ret_n)
{
  return weir_block_attributes_get_set (&reader->attributes, index, ret_n);
}
