/* block-writer.c: events into columns. An event costs a few comparisons and the bytes that differ
 * from the event before; what events share (type, component, queues) is one number. */
#include "provenance/block-writer-parts.h"

#include "base/limits.h"

#define N_KIND_SLOTS (4 * WEIR_BLOCK_EVENTS)

/* What an event writes at most into the streams whose room is not asked for: two numbers each. */
#define FIXED_ROOM ((size_t)WEIR_BLOCK_EVENTS * 2 * WEIR_VARINT_MAX)

WeirBlockWriter *
weir_block_writer_new (const WeirBlockWriterOptions *options)
{
  WeirBlockWriter *writer = g_new0 (WeirBlockWriter, 1);

  writer->options = *options;
  writer->packer = weir_column_packer_new ();
  for (unsigned i = 0; i < WEIR_N_FIXED_STREAMS; i++)
    weir_stream_reserve (&writer->streams[i], FIXED_ROOM);
  writer->kinds = g_new (WeirKind, WEIR_BLOCK_EVENTS);
  writer->kind_slots = g_new0 (uint16_t, N_KIND_SLOTS);
  writer->kind_of = g_new (uint16_t, WEIR_BLOCK_EVENTS);
  weir_block_notes_init (&writer->notes);
  weir_block_values_init (&writer->values, &writer->options);
  weir_block_writer_begin (writer, 1);
  return writer;
}

void
weir_block_writer_free (WeirBlockWriter *writer)
{
  if (writer == NULL)
    return;
  weir_column_packer_free (writer->packer);
  for (unsigned i = 0; i < WEIR_N_STREAMS; i++)
    weir_stream_clear (&writer->streams[i]);
  for (unsigned i = 0; i < WEIR_N_PARTS; i++)
    weir_stream_clear (&writer->columns[i]);
  weir_stream_clear (&writer->carried);
  weir_stream_clear (&writer->out);
  weir_block_values_clear (&writer->values);
  weir_block_set_clear (&writer->base);
  g_free (writer->kinds);
  g_free (writer->kind_slots);
  g_free (writer->kind_of);
  weir_block_notes_clear (&writer->notes);
  g_free (writer);
}

/* What the last birth has, before the block that says so is forgotten. */
static void
carry_base (WeirBlockWriter *writer)
{
  const WeirBlockValues *values = &writer->values;

  if (writer->is_carried)
    return;
  weir_stream_reset (&writer->carried);
  for (uint32_t i = 0; i < writer->base.n; i++) {
    const WeirBlockPair *pair =
        &g_array_index (values->pairs, WeirBlockPair, writer->base.items[i].pair);

    WeirEntryName name = weir_block_values_get_name (values, pair->name);

    weir_stream_put_name (&writer->carried, &name);
    weir_stream_put (&writer->carried, pair->size);
    weir_stream_put_bytes (&writer->carried, values->bytes.start + pair->offset, pair->size);
  }
  writer->base.n = 0;
  writer->is_carried = true;
}

/* The other way round. */
static void
take_base (WeirBlockWriter *writer)
{
  WeirCursor cursor = { writer->carried.start, writer->carried.at, false };

  while (writer->is_carried && !weir_cursor_is_at_end (&cursor)) {
    WeirEntryName text = weir_entry_name_read (&cursor);
    uint32_t name = weir_block_values_add_name (&writer->values, &text);
    uint64_t size = weir_cursor_get (&cursor);
    const uint8_t *value = weir_cursor_get_bytes (&cursor, size);

    weir_block_set_put (&writer->base, name,
                        weir_block_values_add (&writer->values, name, value, size));
  }
  writer->is_carried = false;
}

void
weir_block_writer_begin (WeirBlockWriter *writer, uint64_t first)
{
  carry_base (writer);
  weir_block_values_reset (&writer->values);
  for (unsigned i = 0; i < WEIR_N_STREAMS; i++)
    weir_stream_reset (&writer->streams[i]);
  memset (writer->kind_slots, 0, N_KIND_SLOTS * sizeof *writer->kind_slots);
  weir_block_notes_reset (&writer->notes);
  writer->first = first;
  writer->n = writer->n_kinds = writer->n_named = writer->n_refs = 0;
  writer->last = (WeirEvent){ 0 };
  writer->last_content = (WeirContentRef){ 0 };
  writer->is_passed = false;
  writer->round.is_set = false;
}

uint32_t
weir_block_writer_get_n (const WeirBlockWriter *writer)
{
  return writer->n;
}

size_t
weir_block_writer_get_bytes (const WeirBlockWriter *writer)
{
  size_t size =
      weir_stream_get_size (&writer->values.bytes) + weir_stream_get_size (&writer->values.texts);

  for (unsigned i = WEIR_N_FIXED_STREAMS; i < WEIR_N_STREAMS; i++)
    size += weir_stream_get_size (&writer->streams[i]);
  return size;
}

bool
weir_block_writer_is_full (const WeirBlockWriter *writer)
{
  return writer->n == WEIR_BLOCK_EVENTS || writer->n_refs >= WEIR_BLOCK_REFS ||
         weir_block_writer_get_bytes (writer) >= WEIR_LIMIT_BLOCK_FULL;
}

/* --- attributes --- */

static inline void
put_pair (WeirBlockWriter *writer, uint32_t pair)
{
  WeirStream *sets = &writer->streams[WEIR_STREAM_SETS];

  if (pair == writer->n_named) {
    writer->n_named++;
    weir_stream_put (sets, 0);
  } else {
    weir_stream_put (sets, (uint64_t)pair + 1);
  }
}

/* Adds what the event sets and removes; of a birth to the base, too. */
static void
put_changes (WeirBlockWriter *writer, const WeirEvent *event, bool is_written)
{
  WeirOpNames set = event->set, removed = event->removed;
  const uint8_t *value;
  WeirEntryName text;
  size_t size;

  if (is_written)
    weir_stream_put (&writer->streams[WEIR_STREAM_SETS], set.n);
  while (weir_op_next_set (&set, &text, &value, &size)) {
    uint32_t name = weir_block_values_add_name (&writer->values, &text);
    uint32_t pair = weir_block_values_add (&writer->values, name, value, size);

    if (is_written)
      put_pair (writer, pair);
    if (event->is_birth)
      weir_block_set_put (&writer->base, name, pair);
  }
  if (is_written && removed.n > 0)
    weir_stream_put (&writer->streams[WEIR_STREAM_SETS], removed.n);
  while (weir_op_next_removed (&removed, &text)) {
    uint32_t name = weir_block_values_add_name (&writer->values, &text);

    if (is_written)
      weir_stream_put (&writer->streams[WEIR_STREAM_SETS], name);
    if (event->is_birth)
      weir_block_set_remove (&writer->base, name);
  }
}

static uint32_t
put_attributes (WeirBlockWriter *writer, const WeirEvent *event)
{
  bool is_based = event->is_birth && event->is_based;

  if (event->is_birth && !is_based) {
    writer->base.n = 0;
    writer->is_carried = false;
  }
  if (!event->has_attributes && !is_based)
    return 0;
  if (is_based && writer->is_carried) {
    take_base (writer);
    put_changes (writer, event, false);
    weir_stream_put (&writer->streams[WEIR_STREAM_SETS], writer->base.n);
    for (uint32_t i = 0; i < writer->base.n; i++)
      put_pair (writer, writer->base.items[i].pair);
    return WEIR_KIND_ATTRIBUTES;
  }
  put_changes (writer, event, true);
  if (is_based && (event->set.n > 0 || event->removed.n > 0))
    writer->n_refs += writer->base.n;
  return WEIR_KIND_ATTRIBUTES | (is_based ? WEIR_KIND_BASED : 0) |
         (event->removed.n > 0 ? WEIR_KIND_REMOVED : 0);
}

void
weir_block_writer_pass_over (WeirBlockWriter *writer, const WeirEvent *event)
{
  g_assert (writer->n == 0);
  if (!event->is_birth)
    return;
  if (!event->is_based) {
    writer->base.n = 0;
    writer->is_carried = false;
  }
  take_base (writer);
  put_changes (writer, event, false);
  writer->is_passed = true;
  if (weir_block_writer_get_bytes (writer) >= WEIR_LIMIT_BLOCK_FULL)
    weir_block_writer_begin (writer, writer->first);
}

/* --- the rest of an event --- */

/* The room of these streams was asked for at the beginning. */
static inline void
put (WeirStream *stream, uint64_t value)
{
  stream->at = weir_varint_put (stream->at, value);
}

static inline void
put_delta (WeirStream *stream, uint64_t value, uint64_t last)
{
  put (stream, weir_varint_zigzag ((int64_t)(value - last)));
}

static uint32_t
put_birth (WeirBlockWriter *writer, const WeirEvent *event)
{
  WeirStream *beginnings = &writer->streams[WEIR_STREAM_BEGINNINGS];
  WeirStream *parents = &writer->streams[WEIR_STREAM_PARENTS];
  uint64_t n = MIN (event->n_parents, WEIR_LIMIT_EVENT_PARENTS);
  uint64_t last = event->flowfile;
  uint32_t flags = WEIR_KIND_BIRTH;

  if (event->entry_time != event->time || event->lineage_start != event->time) {
    put_delta (beginnings, (uint64_t)event->time, (uint64_t)event->entry_time);
    put_delta (beginnings, (uint64_t)event->entry_time, (uint64_t)event->lineage_start);
    flags |= WEIR_KIND_BEGINNING;
  }
  if (n == 0)
    return flags;
  weir_stream_put (parents, n);
  for (uint64_t i = 0; i < n; i++) {
    weir_stream_put_signed (parents, (int64_t)(event->parents[i] - last));
    last = event->parents[i];
    weir_block_notes_add_flowfile (&writer->notes, last);
  }
  return flags | WEIR_KIND_PARENTS;
}

static void
put_content (WeirBlockWriter *writer, const WeirEvent *event)
{
  WeirStream *stream = &writer->streams[WEIR_STREAM_CONTENTS];
  const WeirContentRef *content = &event->content;
  bool is_slice = content->offset != 0 || content->length != content->size;
  bool is_sized = content->size != event->size;
  uint32_t crc = GUINT32_TO_LE (content->crc);

  weir_stream_reserve (stream, 1 + sizeof crc + 5 * WEIR_VARINT_MAX);
  *stream->at++ = (uint8_t)((unsigned)content->where | (is_slice ? WEIR_BLOCK_SLICE : 0) |
                            (is_sized ? WEIR_BLOCK_SIZED : 0));
  if (is_sized)
    put (stream, content->size);
  if (is_slice) {
    put (stream, content->offset);
    put (stream, content->length);
  }
  if (content->where == WEIR_WHERE_NONE)
    return;
  if (content->where == WEIR_WHERE_FILE)
    put_delta (stream, content->file, writer->last_content.file);
  put_delta (stream, content->start, writer->last_content.start + writer->last_content.size);
  memcpy (stream->at, &crc, sizeof crc);
  stream->at += sizeof crc;
  writer->last_content = *content;
}

static void
put_text (WeirBlockWriter *writer, const char *text, size_t size)
{
  size = MIN (size, WEIR_LIMIT_REPORT);
  weir_stream_put (&writer->streams[WEIR_STREAM_TEXTS], size);
  weir_stream_put_bytes (&writer->streams[WEIR_STREAM_TEXTS], text, size);
}

static uint32_t
put_numbers (WeirBlockWriter *writer, const WeirEvent *event)
{
  WeirStream *streams = writer->streams;
  WeirEvent *last = &writer->last;
  WeirBlockNotes *notes = &writer->notes;
  uint64_t old_size = event->is_birth ? 0 : event->size;
  uint32_t flags = 0;

  put_delta (&streams[WEIR_STREAM_TIMES], (uint64_t)event->time, (uint64_t)last->time);
  put_delta (&streams[WEIR_STREAM_FLOWFILES], event->flowfile, last->flowfile);
  put_delta (&streams[WEIR_STREAM_SIZES], event->size, last->size);
  last->time = event->time;
  last->flowfile = event->flowfile;
  last->size = event->size;
  if (event->usec != 0) {
    put_delta (&streams[WEIR_STREAM_USECS], event->usec, last->usec);
    last->usec = event->usec;
    flags |= WEIR_KIND_USEC;
  }
  if (event->old_size != old_size) {
    put_delta (&streams[WEIR_STREAM_OLD_SIZES], event->old_size, event->size);
    flags |= WEIR_KIND_OLD_SIZE;
  }
  notes->earliest = MIN (notes->earliest, event->time);
  notes->latest = MAX (notes->latest, event->time);
  weir_block_notes_add_event (notes, event->flowfile);
  return flags;
}

static inline bool
is_kind (const WeirKind *a, const WeirKind *b)
{
  return a->flags == b->flags && a->component == b->component && a->queue == b->queue &&
         a->source == b->source && a->relationship == b->relationship;
}

static uint16_t
find_kind (WeirBlockWriter *writer, const WeirKind *kind)
{
  uint64_t hash = (kind->component ^ kind->queue << 16 ^ kind->source << 32 ^
                   kind->relationship << 48 ^ (uint64_t)kind->flags << 40) *
                  UINT64_C (0x9e3779b97f4a7c15);
  uint32_t at = (uint32_t)(hash >> 32) % N_KIND_SLOTS;

  for (uint32_t slot; (slot = writer->kind_slots[at]) != 0; at = (at + 1) % N_KIND_SLOTS)
    if (is_kind (&writer->kinds[slot - 1], kind))
      return (uint16_t)(slot - 1);
  writer->kinds[writer->n_kinds] = *kind;
  writer->kind_slots[at] = (uint16_t)++writer->n_kinds;
  return (uint16_t)(writer->n_kinds - 1);
}

void
weir_block_writer_add (WeirBlockWriter *writer, const WeirEvent *event)
{
  WeirKind kind = { .flags = (uint32_t)event->type & WEIR_KIND_TYPE,
                    .component = event->component,
                    .relationship = event->relationship,
                    .source = event->source,
                    .queue = event->queue };

  if (writer->is_passed)
    weir_block_writer_begin (writer, writer->first);
  g_assert (writer->n < WEIR_BLOCK_EVENTS);
  kind.flags |= put_numbers (writer, event);
  kind.flags |= put_attributes (writer, event);
  if (event->is_birth)
    kind.flags |= put_birth (writer, event);
  if (event->has_content) {
    put_content (writer, event);
    kind.flags |= WEIR_KIND_CONTENT;
  }
  if (event->uri != NULL) {
    put_text (writer, event->uri, event->uri_size);
    kind.flags |= WEIR_KIND_URI;
  }
  if (event->details != NULL) {
    put_text (writer, event->details, event->details_size);
    kind.flags |= WEIR_KIND_DETAILS;
  }
  writer->kind_of[writer->n++] = find_kind (writer, &kind);
}

/* --- packing --- */

static void
pack_kinds (WeirBlockWriter *writer)
{
  WeirStream *column = &writer->columns[WEIR_PART_KIND];

  weir_stream_reset (column);
  weir_stream_put (column, writer->n_kinds);
  for (uint32_t i = 0; i < writer->n_kinds; i++) {
    weir_stream_put (column, writer->kinds[i].flags);
    weir_stream_put (column, writer->kinds[i].component);
    weir_stream_put (column, writer->kinds[i].relationship);
    weir_stream_put (column, writer->kinds[i].source);
    weir_stream_put (column, writer->kinds[i].queue);
  }
  weir_stream_reserve (column, writer->n * sizeof (uint16_t));
  for (uint32_t i = 0; i < writer->n; i++) {
    *column->at++ = (uint8_t)writer->kind_of[i];
    if (writer->n_kinds > 256)
      *column->at++ = (uint8_t)(writer->kind_of[i] >> 8);
  }
}

static void
pack_sets (WeirBlockWriter *writer)
{
  WeirStream *column = &writer->columns[WEIR_PART_SET];
  const GArray *names = writer->values.names, *pairs = writer->values.pairs;

  weir_stream_reset (column);
  weir_stream_put (column, names->len);
  weir_stream_put (column, pairs->len);
  for (guint i = 0; i < names->len; i++) {
    WeirEntryName name = weir_block_values_get_name (&writer->values, i);

    weir_stream_put_name (column, &name);
  }
  for (guint i = 0; i < pairs->len; i++)
    weir_stream_put (column, g_array_index (pairs, WeirBlockPair, i).name);
  for (guint i = 0; i < pairs->len; i++)
    weir_stream_put (column, g_array_index (pairs, WeirBlockPair, i).size);
}

static void
append (WeirBlockWriter *writer, WeirBlockPart part, WeirBlockStream stream)
{
  weir_stream_put_bytes (&writer->columns[part], writer->streams[stream].start,
                         weir_stream_get_size (&writer->streams[stream]));
}

static void
pack_columns (WeirBlockWriter *writer)
{
  for (unsigned i = 0; i < WEIR_N_PARTS; i++)
    weir_stream_reset (&writer->columns[i]);
  pack_kinds (writer);
  append (writer, WEIR_PART_TIME, WEIR_STREAM_TIMES);
  append (writer, WEIR_PART_TIME, WEIR_STREAM_USECS);
  append (writer, WEIR_PART_FLOWFILE, WEIR_STREAM_FLOWFILES);
  append (writer, WEIR_PART_SIZE, WEIR_STREAM_SIZES);
  append (writer, WEIR_PART_SIZE, WEIR_STREAM_OLD_SIZES);
  append (writer, WEIR_PART_BIRTH, WEIR_STREAM_BEGINNINGS);
  append (writer, WEIR_PART_BIRTH, WEIR_STREAM_PARENTS);
  pack_sets (writer);
  append (writer, WEIR_PART_SET, WEIR_STREAM_SETS);
  weir_stream_put_bytes (&writer->columns[WEIR_PART_VALUES], writer->values.bytes.start,
                         weir_stream_get_size (&writer->values.bytes));
  append (writer, WEIR_PART_CONTENT, WEIR_STREAM_CONTENTS);
  append (writer, WEIR_PART_TEXT, WEIR_STREAM_TEXTS);
  weir_column_packer_pack (writer->packer, writer->first, writer->n, writer->columns, &writer->out);
}

void
weir_block_writer_pack (WeirBlockWriter *writer, WeirBlock *ret_block)
{
  WeirBlock block = { .first = writer->first, .n = writer->n };

  g_assert (writer->n > 0);
  pack_columns (writer);
  weir_block_notes_list (&writer->notes, writer->kinds, writer->n_kinds, &writer->values, &block);
  block.bytes = writer->out.start;
  block.size = weir_stream_get_size (&writer->out);
  *ret_block = block;
}
