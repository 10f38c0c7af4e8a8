/* entry-writer.c: operations into bytes. Each function reserves the most that it may write and then
 * writes without looking, so that a field costs a few instructions.
 *
 * A session mostly does the same to many FlowFiles, whose ids follow each other: then an operation,
 * or a few of them, have the same bytes as those before, and are counted instead of written. */
#include "store/entry.h"

#include <string.h>

#include "base/limits.h"

#define FLAG(n) (uint8_t) ((n) << 4)

#define FLAG_SLICE 16 /* beside the place of a claim */
#define FIELD      (1 + WEIR_VARINT_MAX)

void
weir_entry_writer_init (WeirEntryWriter *writer)
{
  *writer = (WeirEntryWriter){ .most = WEIR_LIMIT_ENTRY };
}

void
weir_entry_writer_clear (WeirEntryWriter *writer)
{
  size_t most = writer->most;

  g_free (writer->start);
  weir_entry_writer_init (writer);
  writer->most = most;
}

static void
grow (WeirEntryWriter *writer, size_t size)
{
  size_t used = (size_t)(writer->at - writer->start);
  size_t room = (size_t)(writer->end - writer->start);
  size_t flags = writer->flags != NULL ? (size_t)(writer->flags - writer->start) : 0;

  /* What comes is only counted, in the same memory again. */
  if (G_UNLIKELY (used > writer->most)) {
    writer->passed += used;
    writer->at = writer->start;
    used = 0;
    if (size <= room)
      return;
  }
  room = MAX (2 * room, used + size);
  room = MAX (room, 1024);
  writer->start = g_realloc (writer->start, room);
  writer->at = writer->start + used;
  writer->end = writer->start + room;
  if (writer->flags != NULL)
    writer->flags = writer->start + flags;
}

static inline void
reserve (WeirEntryWriter *writer, size_t size)
{
  if (G_UNLIKELY ((size_t)(writer->end - writer->at) < size))
    grow (writer, size);
}

static void
put_text (WeirEntryWriter *writer, const void *text, size_t size)
{
  reserve (writer, WEIR_VARINT_MAX + size);
  writer->at = weir_varint_put (writer->at, size);
  if (size > 0)
    memcpy (writer->at, text, size);
  writer->at += size;
}

#define AGAIN_SIZE 2u /* the kind, and how often */
#define AGAIN_MAX  127u

static inline bool
is_same (const WeirEntryWriter *writer, size_t a, size_t b, size_t size)
{
  return memcmp (writer->start + a, writer->start + b, size) == 0;
}

/* Looks for the operation at @at among the last few: what is from there on may be repeated here. */
static void
find_group (WeirEntryWriter *writer, size_t at, size_t size)
{
  const WeirEntryRun *run = &writer->run;
  size_t end = at;

  writer->group_end = writer->matched = 0;
  for (unsigned k = 1; k <= MIN (run->n, WEIR_ENTRY_GROUP); k++) {
    size_t start = run->starts[(run->n - k) % WEIR_ENTRY_GROUP];

    if (k > run->n_facts && end - start == size && is_same (writer, start, at, size)) {
      writer->group = start;
      writer->group_end = at;
      writer->n_group = k;
      writer->copy = at;
      writer->matched = end;
      writer->again = 0;
      return;
    }
    end = start;
  }
}

/* All of the group is there once more, from copy on. */
static void
count_copy (WeirEntryWriter *writer)
{
  size_t again = writer->again;

  if (again == 0 || writer->start[again + 1] == AGAIN_MAX) {
    writer->again = again = writer->copy;
    writer->start[again] = (uint8_t)(WEIR_OP_AGAIN | FLAG (writer->n_group - 1));
    writer->start[again + 1] = 0;
    writer->copy += AGAIN_SIZE;
  }
  writer->start[again + 1]++;
  writer->at = writer->start + writer->copy;
  writer->matched = writer->group;
  writer->run = (WeirEntryRun){ 0 };
}

/* Once it is whole. Contents have places of their own, even those with the same bytes. */
static void
end_op (WeirEntryWriter *writer)
{
  WeirEntryRun *run = &writer->run;
  size_t at, size;
  unsigned kind;

  if (writer->flags == NULL || writer->passed > 0)
    return;
  at = (size_t)(writer->flags - writer->start);
  size = (size_t)(writer->at - writer->flags);
  kind = *writer->flags & 15;
  writer->flags = NULL;
  if (!weir_entry_run_takes ((WeirOpKind)kind) || writer->is_here) {
    *run = (WeirEntryRun){ 0 };
    writer->group_end = writer->matched = 0;
    writer->is_here = false;
    return;
  }
  if (size <= writer->group_end - writer->matched && is_same (writer, writer->matched, at, size))
    writer->matched += size;
  else
    find_group (writer, at, size);
  weir_entry_run_add (run, (WeirOpKind)kind, at);
  if (writer->group_end != 0 && writer->matched == writer->group_end)
    count_copy (writer);
}

static void
begin_op (WeirEntryWriter *writer, WeirOpKind kind)
{
  end_op (writer);
  reserve (writer, 4 * FIELD);
  writer->flags = writer->at;
  *writer->at++ = (uint8_t)kind;
}

static void
begin_op_of (WeirEntryWriter *writer, WeirOpKind kind, uint64_t id)
{
  begin_op (writer, kind);
  writer->at = weir_varint_put_signed (writer->at, (int64_t)(id - writer->last_id));
  writer->last_id = id;
}

void
weir_entry_writer_begin (WeirEntryWriter *writer, uint64_t component)
{
  if (writer->end - writer->start > WEIR_LIMIT_ARENA_KEPT)
    weir_entry_writer_clear (writer);
  writer->at = writer->start;
  writer->flags = NULL;
  writer->last_id = 0;
  writer->passed = 0;
  writer->is_here = false;
  writer->run = (WeirEntryRun){ 0 };
  writer->group_end = writer->matched = 0;
  reserve (writer, WEIR_VARINT_MAX);
  writer->at = weir_varint_put (writer->at, component);
}

size_t
weir_entry_writer_get_size (const WeirEntryWriter *writer)
{
  return writer->passed + (size_t)(writer->at - writer->start);
}

bool
weir_entry_writer_is_too_large (const WeirEntryWriter *writer)
{
  return weir_entry_writer_get_size (writer) > writer->most;
}

size_t
weir_entry_writer_end (WeirEntryWriter *writer)
{
  end_op (writer);
  return weir_entry_writer_get_size (writer);
}

void
weir_entry_write_create (WeirEntryWriter *writer, uint64_t id, uint64_t queue, bool is_based)
{
  begin_op_of (writer, WEIR_OP_CREATE, id);
  *writer->flags |= (uint8_t)(FLAG (1) | (is_based ? FLAG (2) : 0));
  writer->at = weir_varint_put (writer->at, queue);
}

void
weir_entry_write_update (WeirEntryWriter *writer, uint64_t id)
{
  begin_op_of (writer, WEIR_OP_UPDATE, id);
}

void
weir_entry_write_drop (WeirEntryWriter *writer, uint64_t id)
{
  begin_op_of (writer, WEIR_OP_DROP, id);
}

void
weir_entry_write_state (WeirEntryWriter *writer, uint64_t component, const char *key,
                        const char *value)
{
  begin_op (writer, WEIR_OP_STATE);
  if (component != 0) {
    *writer->flags |= FLAG (2);
    writer->at = weir_varint_put (writer->at, component);
  }
  put_text (writer, key, strlen (key));
  if (value != NULL) {
    *writer->flags |= FLAG (1);
    put_text (writer, value, strlen (value));
  }
}

void
weir_entry_write_number (WeirEntryWriter *writer, WeirOpKind kind, uint64_t number,
                         const char *text)
{
  begin_op (writer, kind);
  writer->at = weir_varint_put (writer->at, number);
  put_text (writer, text, strlen (text));
}

void
weir_entry_write_fact (WeirEntryWriter *writer, uint64_t mask, const void *fields, size_t size)
{
  begin_op (writer, WEIR_OP_FACT);
  writer->at = weir_varint_put (writer->at, mask);
  put_text (writer, fields, size);
}

void
weir_entry_write_ids (WeirEntryWriter *writer, uint64_t above)
{
  begin_op (writer, WEIR_OP_IDS);
  writer->at = weir_varint_put (writer->at, above);
}

void
weir_entry_write_queue (WeirEntryWriter *writer, uint64_t queue)
{
  reserve (writer, FIELD);
  *writer->flags |= FLAG (1);
  writer->at = weir_varint_put (writer->at, queue);
}

void
weir_entry_write_times (WeirEntryWriter *writer, int64_t entry_delta, int64_t lineage_delta)
{
  reserve (writer, 2 * FIELD);
  *writer->flags &= (uint8_t)~FLAG (1);
  writer->at = weir_varint_put_signed (writer->at, entry_delta);
  writer->at = weir_varint_put_signed (writer->at, lineage_delta);
}

void
weir_entry_write_attributes (WeirEntryWriter *writer, const WeirEntryAttribute *set, size_t n_set,
                             const WeirEntryName *removed, size_t n_removed)
{
  size_t size = 0;

  for (size_t i = 0; i < n_set; i++)
    size += set[i].name.size + set[i].size;
  for (size_t i = 0; i < n_removed; i++)
    size += removed[i].size;
  reserve (writer, size + (n_set + 1) * 2 * FIELD + (n_removed + 1) * FIELD);

  if ((*writer->flags & 15) == WEIR_OP_UPDATE)
    *writer->flags |= FLAG (2);
  writer->at = weir_varint_put (writer->at, n_set);
  for (size_t i = 0; i < n_set; i++) {
    writer->at = weir_entry_name_put (writer->at, &set[i].name);
    writer->at = weir_varint_put (writer->at, set[i].size);
    if (set[i].size > 0)
      memcpy (writer->at, set[i].value, set[i].size);
    writer->at += set[i].size;
  }
  writer->at = weir_varint_put (writer->at, n_removed);
  for (size_t i = 0; i < n_removed; i++)
    writer->at = weir_entry_name_put (writer->at, &removed[i]);
}

uint8_t *
weir_content_ref_put (uint8_t *at, const WeirContentRef *content, const void *bytes)
{
  bool is_slice = content->where != WEIR_WHERE_NONE &&
                  (content->offset != 0 || content->length != content->size);

  *at++ = (uint8_t)((uint8_t)content->where | (is_slice ? FLAG_SLICE : 0));
  if (content->where == WEIR_WHERE_FILE)
    at = weir_varint_put (at, content->file);
  if (content->where == WEIR_WHERE_FILE || content->where == WEIR_WHERE_LOG)
    at = weir_varint_put (at, content->start);
  if (content->where != WEIR_WHERE_NONE && content->where != WEIR_WHERE_SAME) {
    at = weir_varint_put (at, content->size);
    memcpy (at, &content->crc, sizeof content->crc);
    at += sizeof content->crc;
  }
  if (content->where == WEIR_WHERE_HERE && content->size > 0) {
    memcpy (at, bytes, content->size);
    at += content->size;
  }
  if (is_slice) {
    at = weir_varint_put (at, content->offset);
    at = weir_varint_put (at, content->length);
  }
  return at;
}

size_t
weir_entry_write_content (WeirEntryWriter *writer, const WeirContentRef *content, const void *bytes)
{
  size_t size = content->where == WEIR_WHERE_HERE ? content->size : 0;
  size_t at;

  reserve (writer, WEIR_CONTENT_REF_MAX + size);
  *writer->flags |= FLAG (4);
  writer->is_here |= content->where == WEIR_WHERE_HERE;
  at = weir_entry_writer_get_size (writer) + 1 + weir_varint_size (size) + sizeof content->crc;
  writer->at = weir_content_ref_put (writer->at, content, bytes);
  return at;
}

void
weir_entry_write_penalty (WeirEntryWriter *writer, uint64_t usec)
{
  reserve (writer, FIELD);
  *writer->flags |= FLAG (8);
  writer->at = weir_varint_put (writer->at, usec);
}
