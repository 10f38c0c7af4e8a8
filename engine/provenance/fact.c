/* fact.c: fields in the order of their bits. A fact is small, but for its parents and texts. */
#include "provenance/fact.h"

#include <string.h>

#define FEW 512 /* bytes of a fact that need no memory of their own */

static size_t
measure (const WeirFact *fact)
{
  return 16 * WEIR_VARINT_MAX + fact->n_parents * WEIR_VARINT_MAX + fact->uri_size +
         fact->details_size + fact->type_size;
}

static uint8_t *
put_text (uint8_t *at, const char *text, size_t size)
{
  at = weir_varint_put (at, size);
  if (size > 0)
    memcpy (at, text, size);
  return at + size;
}

static uint8_t *
put_parents (uint8_t *at, const uint64_t *parents, size_t n)
{
  uint64_t last = 0;

  at = weir_varint_put (at, n);
  for (size_t i = 0; i < n; i++) {
    at = weir_varint_put_signed (at, (int64_t)(parents[i] - last));
    last = parents[i];
  }
  return at;
}

static uint8_t *
put_session (uint8_t *at, const WeirFact *fact)
{
  if (fact->fields & WEIR_FACT_SIZE)
    at = weir_varint_put (at, fact->size);
  if (fact->fields & WEIR_FACT_SOURCE)
    at = weir_varint_put (at, fact->source);
  if (fact->fields & WEIR_FACT_RELATIONSHIP)
    at = weir_varint_put (at, fact->relationship);
  if (fact->fields & WEIR_FACT_HOW)
    at = weir_varint_put (at, fact->how);
  if (fact->fields & WEIR_FACT_USEC)
    at = weir_varint_put (at, fact->usec);
  if (fact->fields & WEIR_FACT_OLD_SIZE)
    at = weir_varint_put (at, fact->old_size);
  return at;
}

static uint8_t *
put_event (uint8_t *at, const WeirFact *fact)
{
  if (fact->fields & WEIR_FACT_EVENT)
    at = weir_varint_put (at, fact->event);
  if (fact->fields & WEIR_FACT_PARENTS)
    at = put_parents (at, fact->parents, fact->n_parents);
  if (fact->fields & WEIR_FACT_URI)
    at = put_text (at, fact->uri, fact->uri_size);
  if (fact->fields & WEIR_FACT_DETAILS)
    at = put_text (at, fact->details, fact->details_size);
  if (fact->fields & WEIR_FACT_TOOK)
    at = weir_varint_put (at, fact->took);
  if (fact->fields & WEIR_FACT_ID)
    at = weir_varint_put (at, fact->id);
  if (fact->fields & WEIR_FACT_TYPE) {
    at = weir_varint_put (at, fact->component);
    at = put_text (at, fact->type, fact->type_size);
  }
  return at;
}

void
weir_fact_write (const WeirFact *fact, WeirEntryWriter *writer)
{
  size_t size = measure (fact);
  uint8_t few[FEW];
  g_autofree uint8_t *many = size > FEW ? g_malloc (size) : NULL;
  uint8_t *fields = many != NULL ? many : few;
  uint8_t *end = put_event (put_session (fields, fact), fact);

  weir_entry_write_fact (writer, fact->fields, fields, (size_t)(end - fields));
}

/* --- reading --- */

static const char *
read_text (WeirCursor *cursor, size_t *ret_size)
{
  uint64_t size = weir_cursor_get (cursor);
  const uint8_t *text = weir_cursor_get_bytes (cursor, size);

  *ret_size = text != NULL ? (size_t)size : 0;
  return (const char *)text;
}

static void
read_parents (WeirCursor *cursor, GArray *parents)
{
  uint64_t n = weir_cursor_get (cursor);
  uint64_t id = 0;

  if (n > 0)
    g_array_set_size (parents, 0);
  for (; n > 0 && !cursor->failed; n--) {
    id += (uint64_t)weir_cursor_get_signed (cursor);
    if (!cursor->failed)
      g_array_append_val (parents, id);
  }
}

/* Small, or too large to be one that is known. */
static unsigned
read_code (WeirCursor *cursor)
{
  uint64_t code = weir_cursor_get (cursor);

  return (unsigned)MIN (code, UINT8_MAX);
}

static void
read_session (WeirCursor *cursor, WeirFact *fact)
{
  if (fact->fields & WEIR_FACT_SIZE)
    fact->size = weir_cursor_get (cursor);
  if (fact->fields & WEIR_FACT_SOURCE)
    fact->source = weir_cursor_get (cursor);
  if (fact->fields & WEIR_FACT_RELATIONSHIP)
    fact->relationship = weir_cursor_get (cursor);
  if (fact->fields & WEIR_FACT_HOW)
    fact->how = (WeirFactHow)read_code (cursor);
  if (fact->fields & WEIR_FACT_USEC)
    fact->usec = weir_cursor_get (cursor);
  if (fact->fields & WEIR_FACT_OLD_SIZE)
    fact->old_size = weir_cursor_get (cursor);
}

static void
read_event (WeirCursor *cursor, GArray *parents, WeirFact *fact)
{
  if (fact->fields & WEIR_FACT_EVENT)
    fact->event = (WeirEventType)read_code (cursor);
  if (fact->fields & WEIR_FACT_PARENTS)
    read_parents (cursor, parents);
  if (fact->fields & WEIR_FACT_URI)
    fact->uri = read_text (cursor, &fact->uri_size);
  if (fact->fields & WEIR_FACT_DETAILS)
    fact->details = read_text (cursor, &fact->details_size);
  if (fact->fields & WEIR_FACT_TOOK)
    fact->took = weir_cursor_get (cursor);
  if (fact->fields & WEIR_FACT_ID)
    fact->id = weir_cursor_get (cursor);
  if (fact->fields & WEIR_FACT_TYPE) {
    fact->component = weir_cursor_get (cursor);
    fact->type = read_text (cursor, &fact->type_size);
  }
}

bool
weir_fact_read (const WeirOp *op, GArray *parents, WeirFact *ret_fact)
{
  WeirCursor cursor = { op->text, op->text + op->text_size, false };
  WeirFact fact = { .fields = (unsigned)op->number & WEIR_FACT_ALL };

  read_session (&cursor, &fact);
  read_event (&cursor, parents, &fact);
  if (cursor.failed || fact.how > WEIR_FACT_EXPIRED ||
      (fact.fields & WEIR_FACT_EVENT && (fact.event == 0 || fact.event >= WEIR_EVENT_N)))
    return false;
  fact.parents = (const uint64_t *)(void *)parents->data;
  fact.n_parents = fact.fields & WEIR_FACT_PARENTS ? parents->len : 0;
  *ret_fact = fact;
  return true;
}
