/* entry-reader.c: bytes into operations. Whatever the bytes are, nothing outside of them is read,
 * and an operation that was returned is whole: its lists and texts have been walked to their ends.
 */
#include "store/entry.h"

#include <string.h>

#include "base/limits.h"

#define FLAG(n) ((n) << 4)

#define FLAG_SLICE 16 /* beside the place of a claim */

bool
weir_entry_reader_init (WeirEntryReader *reader, const uint8_t *body, size_t size, uint64_t place,
                        int64_t wall)
{
  /* Field by field: to clear all of it would take as long as to read an operation. */
  reader->cursor = (WeirCursor){ body, body + size, false };
  reader->place = place;
  reader->wall = wall;
  reader->start = body;
  reader->end = body + size;
  reader->last_id = reader->round_id = reader->n_rounds = 0;
  reader->step = 0;
  reader->last_content.where = WEIR_WHERE_NONE;
  reader->run.n = reader->run.n_facts = 0;
  reader->has_again = reader->is_again = false;
  reader->component = weir_cursor_get (&reader->cursor);
  return !reader->cursor.failed;
}

static const uint8_t *
read_text (WeirCursor *cursor, size_t *ret_size)
{
  uint64_t size = weir_cursor_get (cursor);
  const uint8_t *text = weir_cursor_get_bytes (cursor, size);

  *ret_size = text != NULL ? (size_t)size : 0;
  return text;
}

static uint64_t
read_id (WeirEntryReader *reader)
{
  reader->step = weir_cursor_get_signed (&reader->cursor);
  reader->last_id += (uint64_t)reader->step;
  return reader->last_id;
}

static int64_t
read_time (WeirEntryReader *reader)
{
  int64_t time;

  if (__builtin_add_overflow (reader->wall, weir_cursor_get_signed (&reader->cursor), &time))
    weir_cursor_fail (&reader->cursor);
  return time;
}

WeirEntryName
weir_entry_name_read (WeirCursor *cursor)
{
  WeirEntryName name = { .number = weir_cursor_get (cursor) };

  if (G_LIKELY (name.number != 0))
    return name;
  name.size = weir_cursor_get (cursor) - 1;
  name.text = (const char *)weir_cursor_get_bytes (cursor, name.size);
  return name;
}

/* What it takes for the name to be what it is: short ones have no number only when all are given.
 */
static uint64_t
read_name_needs (WeirCursor *cursor)
{
  WeirEntryName name = weir_entry_name_read (cursor);

  if (G_LIKELY (name.number != 0))
    return name.number;
  if (name.text == NULL || memchr (name.text, '\0', name.size) != NULL)
    return weir_cursor_fail (cursor);
  return name.size <= WEIR_LIMIT_NAME_KEPT ? WEIR_LIMIT_DICTIONARY : 0;
}

static inline void
read_names (WeirCursor *cursor, bool has_values, WeirOpNames *ret_names)
{
  uint64_t n = weir_cursor_get (cursor);
  uint64_t highest = 0;
  const uint8_t *start = cursor->at;

  for (uint64_t i = 0; i < n && !cursor->failed; i++) {
    uint64_t needs = read_name_needs (cursor);

    highest = MAX (highest, needs);
    if (has_values)
      weir_cursor_get_bytes (cursor, weir_cursor_get (cursor));
  }
  *ret_names = (WeirOpNames){ { start, cursor->at, false }, n, highest };
}

void
weir_op_names_read (WeirCursor *cursor, bool has_values, WeirOpNames *ret_names)
{
  read_names (cursor, has_values, ret_names);
}

bool
weir_content_ref_read (WeirCursor *cursor, const WeirContentRef *last, WeirContentRef *ret_content,
                       const uint8_t **ret_bytes)
{
  const uint8_t *byte = weir_cursor_get_bytes (cursor, 1);
  WeirContentRef content = { .where = byte != NULL ? *byte & ~FLAG_SLICE : WEIR_WHERE_NONE };
  const uint8_t *bytes = NULL;
  uint64_t end;

  if (content.where == WEIR_WHERE_SAME && last->where != WEIR_WHERE_NONE)
    content = *last;
  else if (content.where > WEIR_WHERE_FILE)
    weir_cursor_fail (cursor);
  else if (content.where != WEIR_WHERE_NONE) {
    content.file = content.where == WEIR_WHERE_FILE ? weir_cursor_get (cursor) : 0;
    content.start = content.where != WEIR_WHERE_HERE ? weir_cursor_get (cursor) : 0;
    content.size = weir_cursor_get (cursor);
    bytes = weir_cursor_get_bytes (cursor, sizeof content.crc);
    if (bytes != NULL)
      memcpy (&content.crc, bytes, sizeof content.crc);
    if (content.where == WEIR_WHERE_HERE)
      bytes = weir_cursor_get_bytes (cursor, content.size);
    if (__builtin_add_overflow (content.start, content.size, &end))
      weir_cursor_fail (cursor);
  }

  content.offset = 0;
  content.length = content.size;
  if (byte != NULL && (*byte & FLAG_SLICE) != 0) {
    content.offset = weir_cursor_get (cursor);
    content.length = weir_cursor_get (cursor);
    if (content.offset > content.size || content.length > content.size - content.offset ||
        content.where == WEIR_WHERE_NONE)
      weir_cursor_fail (cursor);
  }
  if (cursor->failed)
    return false;
  *ret_content = content;
  if (ret_bytes != NULL)
    *ret_bytes = bytes;
  return true;
}

static void
read_content (WeirEntryReader *reader, WeirOp *op)
{
  const uint8_t *bytes;

  if (!weir_content_ref_read (&reader->cursor, &reader->last_content, &op->content, &bytes))
    return;
  if (op->content.where == WEIR_WHERE_HERE) {
    op->content.where = WEIR_WHERE_LOG;
    op->content.start = reader->place + (uint64_t)(bytes - reader->start);
  }
  op->has_content = true;
  if (op->content.where != WEIR_WHERE_NONE)
    reader->last_content = op->content;
}

static void
read_create (WeirEntryReader *reader, WeirOp *op, unsigned flags)
{
  op->id = read_id (reader);
  op->queue = weir_cursor_get (&reader->cursor);
  op->has_queue = op->has_attributes = true;
  op->is_based = (flags & FLAG (2)) != 0;
  op->entry_time = op->lineage_start = reader->wall;
  if ((flags & FLAG (1)) == 0) {
    op->entry_time = read_time (reader);
    op->lineage_start = read_time (reader);
  }
  read_names (&reader->cursor, true, &op->set);
  read_names (&reader->cursor, false, &op->removed);
  if ((flags & FLAG (4)) != 0)
    read_content (reader, op);
  op->has_penalty = (flags & FLAG (8)) != 0;
  if (op->has_penalty)
    op->penalty_usec = weir_cursor_get (&reader->cursor);
}

static void
read_update (WeirEntryReader *reader, WeirOp *op, unsigned flags)
{
  op->id = read_id (reader);
  op->has_queue = (flags & FLAG (1)) != 0;
  op->has_attributes = (flags & FLAG (2)) != 0;
  op->has_penalty = (flags & FLAG (8)) != 0;
  if (op->has_queue)
    op->queue = weir_cursor_get (&reader->cursor);
  if (op->has_attributes) {
    read_names (&reader->cursor, true, &op->set);
    read_names (&reader->cursor, false, &op->removed);
  }
  if ((flags & FLAG (4)) != 0)
    read_content (reader, op);
  if (op->has_penalty)
    op->penalty_usec = weir_cursor_get (&reader->cursor);
}

static void
read_state (WeirEntryReader *reader, WeirOp *op, unsigned flags)
{
  op->number = (flags & FLAG (2)) != 0 ? weir_cursor_get (&reader->cursor) : 0;
  op->key = read_text (&reader->cursor, &op->key_size);
  op->text = NULL;
  op->text_size = 0;
  if ((flags & FLAG (1)) != 0)
    op->text = read_text (&reader->cursor, &op->text_size);
  if ((flags & ~(FLAG (1) | FLAG (2))) != 0)
    weir_cursor_fail (&reader->cursor);
}

static bool
read_op (WeirEntryReader *reader, WeirOp *ret_op)
{
  const uint8_t *byte = weir_cursor_get_bytes (&reader->cursor, 1);
  unsigned flags = *byte & 0xf0;

  /* Field by field: to clear all of it would take as long as the rest of reading does. */
  ret_op->kind = *byte & 15;
  ret_op->has_queue = ret_op->has_attributes = ret_op->has_content = ret_op->has_penalty = false;
  ret_op->is_based = false;

  switch (ret_op->kind) {
  case WEIR_OP_CREATE:
    read_create (reader, ret_op, flags);
    break;
  case WEIR_OP_UPDATE:
    read_update (reader, ret_op, flags);
    break;
  case WEIR_OP_DROP:
    ret_op->id = read_id (reader);
    break;
  case WEIR_OP_STATE:
    read_state (reader, ret_op, flags);
    break;
  case WEIR_OP_COMPONENT:
  case WEIR_OP_QUEUE:
  case WEIR_OP_NAME:
  case WEIR_OP_FACT:
    ret_op->number = weir_cursor_get (&reader->cursor);
    ret_op->text = read_text (&reader->cursor, &ret_op->text_size);
    break;
  case WEIR_OP_IDS:
    ret_op->number = weir_cursor_get (&reader->cursor);
    break;
  default:
    weir_cursor_fail (&reader->cursor);
  }
  if (ret_op->kind >= WEIR_OP_DROP && ret_op->kind != WEIR_OP_STATE && flags != 0)
    weir_cursor_fail (&reader->cursor);
  return !reader->cursor.failed;
}

/* --- what is repeated --- */

static inline bool
is_before_again (const WeirEntryReader *reader)
{
  return !reader->is_again && reader->cursor.at < reader->end &&
         (*reader->cursor.at & 15) == WEIR_OP_AGAIN;
}

static inline void
begin_round (WeirEntryReader *reader)
{
  reader->cursor.at = reader->group;
  reader->round_id = reader->last_id;
  reader->n_rounds++;
}

/* What says how many operations are to come again, and how often. */
static void
begin_again (WeirEntryReader *reader)
{
  const WeirEntryRun *run = &reader->run;
  unsigned n = (*reader->cursor.at++ >> 4) + 1u;
  uint64_t n_again = weir_cursor_get (&reader->cursor);

  if (n <= run->n_facts || n > MIN (run->n, WEIR_ENTRY_GROUP) || n_again == 0 || n_again > 127) {
    weir_cursor_fail (&reader->cursor);
    return;
  }
  reader->is_again = reader->has_again = true;
  reader->n_group = n;
  reader->n_again = (unsigned)n_again - 1;
  reader->group = reader->start + run->starts[(run->n - n) % WEIR_ENTRY_GROUP];
  reader->rest = reader->cursor.at;
  reader->cursor.end = reader->run_end;
  begin_round (reader);
}

static inline void
end_again (WeirEntryReader *reader)
{
  reader->is_again = false;
  reader->cursor.at = reader->rest;
  reader->cursor.end = reader->end;
}

static inline void
note_op (WeirEntryReader *reader, const uint8_t *start, WeirOpKind kind)
{
  if (reader->has_again || !weir_entry_run_takes (kind))
    reader->run = (WeirEntryRun){ 0 };
  reader->has_again = false;
  if (weir_entry_run_takes (kind))
    weir_entry_run_add (&reader->run, kind, (size_t)(start - reader->start));
  reader->run_end = reader->cursor.at;
}

bool
weir_entry_reader_next (WeirEntryReader *reader, WeirOp *ret_op)
{
  const uint8_t *start;

  if (reader->cursor.failed)
    return false;
  if (reader->is_again && weir_cursor_is_at_end (&reader->cursor)) {
    if (reader->n_again > 0) {
      reader->n_again--;
      begin_round (reader);
    } else {
      end_again (reader);
    }
  }
  if (is_before_again (reader))
    begin_again (reader);
  if (weir_cursor_is_at_end (&reader->cursor))
    return false;
  start = reader->cursor.at;
  if (!read_op (reader, ret_op))
    return false;
  if (!reader->is_again)
    note_op (reader, start, ret_op->kind);
  return true;
}

unsigned
weir_entry_reader_get_rounds (const WeirEntryReader *reader, int64_t *ret_step)
{
  if (!reader->is_again || !weir_cursor_is_at_end (&reader->cursor) || reader->cursor.failed)
    return 0;
  *ret_step = (int64_t)(reader->last_id - reader->round_id);
  return reader->n_again;
}

void
weir_entry_reader_pass_rounds (WeirEntryReader *reader, unsigned n)
{
  uint64_t step = reader->last_id - reader->round_id;

  reader->n_again -= n;
  reader->n_rounds += n;
  reader->last_id += n * step;
  reader->round_id += n * step;
}

/* The operation that was read last, alone. */
static inline bool
is_one_again (const WeirEntryReader *reader)
{
  if (reader->cursor.failed)
    return false;
  return reader->is_again ? reader->n_group == 1
                          : is_before_again (reader) && *reader->cursor.at >> 4 == 0;
}

uint64_t
weir_entry_reader_pass_again (WeirEntryReader *reader, int64_t *ret_step)
{
  uint64_t n = 0;

  while (is_one_again (reader)) {
    if (!reader->is_again) {
      begin_again (reader);
      if (reader->cursor.failed)
        break;
      n++;
    }
    n += reader->n_again;
    end_again (reader);
  }
  reader->last_id += n * (uint64_t)reader->step;
  *ret_step = reader->step;
  return n;
}

bool
weir_op_next_set (WeirOpNames *names, WeirEntryName *ret_name, const uint8_t **ret_value,
                  size_t *ret_size)
{
  if (names->n == 0)
    return false;
  names->n--;
  *ret_name = weir_entry_name_read (&names->cursor);
  *ret_value = read_text (&names->cursor, ret_size);
  return !names->cursor.failed;
}

bool
weir_op_next_removed (WeirOpNames *names, WeirEntryName *ret_name)
{
  if (names->n == 0)
    return false;
  names->n--;
  *ret_name = weir_entry_name_read (&names->cursor);
  return !names->cursor.failed;
}
