/* block-attributes.c: see the header. */
#include "provenance/block-attributes.h"

void
weir_block_attributes_init (WeirBlockAttributes *attributes)
{
  attributes->refs = g_array_sized_new (FALSE, FALSE, sizeof (uint32_t), WEIR_BLOCK_EVENTS);
}

void
weir_block_attributes_clear (WeirBlockAttributes *attributes)
{
  g_free (attributes->names);
  g_free (attributes->pairs);
  g_free (attributes->name_of);
  g_array_unref (attributes->refs);
  weir_block_set_clear (&attributes->base);
  weir_stream_clear (&attributes->set_bytes);
  weir_stream_clear (&attributes->removed_bytes);
}

static bool
read_names (WeirBlockAttributes *attributes, WeirCursor *sets)
{
  uint64_t n_names = weir_cursor_get (sets);
  uint64_t n_pairs = weir_cursor_get (sets);
  uint64_t left = (uint64_t)(sets->end - sets->at);

  /* Each takes a byte at least, so no more memory is asked for than its bytes deserve. */
  if (sets->failed || n_names > left || n_pairs > left / 2)
    return false;
  attributes->n_names = (uint32_t)n_names;
  attributes->n_pairs = (uint32_t)n_pairs;
  attributes->names = g_renew (WeirEntryName, attributes->names, n_names);
  attributes->pairs = g_renew (WeirBlockAttribute, attributes->pairs, n_pairs);
  attributes->name_of = g_renew (uint32_t, attributes->name_of, n_pairs);
  for (uint64_t i = 0; i < n_names; i++) {
    WeirEntryName *name = &attributes->names[i];

    *name = weir_entry_name_read (sets);
    if (name->number == 0 && (name->text == NULL || memchr (name->text, '\0', name->size) != NULL))
      return false;
  }
  return !sets->failed;
}

static bool
read_pairs (WeirBlockAttributes *attributes, WeirCursor *sets, WeirCursor *values)
{
  for (uint32_t i = 0; i < attributes->n_pairs; i++) {
    uint64_t name = weir_cursor_get (sets);

    if (name >= attributes->n_names)
      return false;
    attributes->name_of[i] = (uint32_t)name;
    attributes->pairs[i].name = attributes->names[name];
  }
  for (uint32_t i = 0; i < attributes->n_pairs; i++) {
    attributes->pairs[i].size = weir_cursor_get (sets);
    attributes->pairs[i].value = weir_cursor_get_bytes (values, attributes->pairs[i].size);
  }
  return !sets->failed && !values->failed && weir_cursor_is_at_end (values);
}

static bool
read_set (WeirBlockAttributes *attributes, WeirCursor *sets, WeirBlockSpan *span, bool is_birth)
{
  uint64_t n = weir_cursor_get (sets);

  *span = (WeirBlockSpan){ attributes->refs->len, (uint32_t)n };
  if (n > (uint64_t)(sets->end - sets->at))
    return false;
  for (uint64_t i = 0; i < n; i++) {
    uint64_t ref = weir_cursor_get (sets);
    uint32_t pair = ref == 0 ? attributes->n_named++ : (uint32_t)ref - 1;

    if (sets->failed || ref > attributes->n_pairs || pair >= attributes->n_pairs)
      return false;
    g_array_append_val (attributes->refs, pair);
    if (is_birth)
      weir_block_set_put (&attributes->base, attributes->name_of[pair], pair);
  }
  return true;
}

static bool
read_removed (WeirBlockAttributes *attributes, WeirCursor *sets, WeirBlockSpan *span, bool is_birth)
{
  uint64_t n = weir_cursor_get (sets);

  *span = (WeirBlockSpan){ attributes->refs->len, (uint32_t)n };
  if (n > (uint64_t)(sets->end - sets->at))
    return false;
  for (uint64_t i = 0; i < n; i++) {
    uint64_t number = weir_cursor_get (sets);
    uint32_t name = (uint32_t)number;

    if (sets->failed || number >= attributes->n_names)
      return false;
    g_array_append_val (attributes->refs, name);
    if (is_birth)
      weir_block_set_remove (&attributes->base, name);
  }
  return true;
}

/* What a birth that is based on another has, instead of what it changes. */
static bool
write_out (WeirBlockAttributes *attributes, WeirBlockSpan *set, WeirBlockSpan *removed)
{
  const WeirBlockSet *base = &attributes->base;
  bool is_changed = set->n > 0 || removed->n > 0;

  g_array_set_size (attributes->refs, set->start);
  *removed = (WeirBlockSpan){ 0, 0 };
  if (!is_changed) {
    *set = attributes->born;
    return true;
  }
  if (attributes->n_written_out >= WEIR_BLOCK_REFS)
    return false;
  attributes->n_written_out += base->n;
  *set = (WeirBlockSpan){ attributes->refs->len, base->n };
  for (uint32_t i = 0; i < base->n; i++)
    g_array_append_val (attributes->refs, base->items[i].pair);
  return true;
}

static bool
read_event (WeirBlockAttributes *attributes, WeirCursor *sets, uint32_t index, uint32_t flags)
{
  WeirBlockSpan *set = &attributes->sets[index], *removed = &attributes->removed[index];
  bool is_birth = (flags & WEIR_KIND_BIRTH) != 0;

  *set = *removed = (WeirBlockSpan){ 0, 0 };
  if (is_birth && (flags & WEIR_KIND_BASED) == 0)
    attributes->base.n = 0;
  if ((flags & WEIR_KIND_ATTRIBUTES) != 0 && !read_set (attributes, sets, set, is_birth))
    return false;
  if ((flags & WEIR_KIND_REMOVED) != 0 && !read_removed (attributes, sets, removed, is_birth))
    return false;
  if ((flags & WEIR_KIND_BASED) != 0 && !write_out (attributes, set, removed))
    return false;
  if (is_birth)
    attributes->born = *set;
  return true;
}

bool
weir_block_attributes_load (WeirBlockAttributes *attributes, WeirCursor *sets, WeirCursor *values,
                            const uint32_t *flags, uint32_t n)
{
  g_array_set_size (attributes->refs, 0);
  attributes->base.n = 0;
  attributes->born = (WeirBlockSpan){ 0, 0 };
  attributes->n_named = attributes->n_written_out = 0;
  if (!read_names (attributes, sets) || !read_pairs (attributes, sets, values))
    return false;
  for (uint32_t i = 0; i < n; i++)
    if (!read_event (attributes, sets, i, flags[i]))
      return false;
  return !sets->failed && weir_cursor_is_at_end (sets);
}

static const uint32_t *
get_span (const WeirBlockAttributes *attributes, WeirBlockSpan span)
{
  return (const uint32_t *)(const void *)attributes->refs->data + span.start;
}

const uint32_t *
weir_block_attributes_get_set (const WeirBlockAttributes *attributes, uint32_t index,
                               uint32_t *ret_n)
{
  *ret_n = attributes->sets[index].n;
  return get_span (attributes, attributes->sets[index]);
}

static WeirOpNames
make_names (const WeirStream *stream, uint32_t n, uint64_t highest)
{
  return (WeirOpNames){ { stream->start, stream->at, false }, n, highest };
}

void
weir_block_attributes_get (WeirBlockAttributes *attributes, uint32_t index, WeirOpNames *ret_set,
                           WeirOpNames *ret_removed)
{
  WeirBlockSpan set = attributes->sets[index], removed = attributes->removed[index];
  const uint32_t *pairs = get_span (attributes, set), *names = get_span (attributes, removed);
  uint64_t highest = 0;

  weir_stream_reset (&attributes->set_bytes);
  for (uint32_t i = 0; i < set.n; i++) {
    const WeirBlockAttribute *pair = &attributes->pairs[pairs[i]];

    weir_stream_put_name (&attributes->set_bytes, &pair->name);
    weir_stream_put (&attributes->set_bytes, pair->size);
    weir_stream_put_bytes (&attributes->set_bytes, pair->value, pair->size);
    highest = MAX (highest, pair->name.number);
  }
  *ret_set = make_names (&attributes->set_bytes, set.n, highest);

  weir_stream_reset (&attributes->removed_bytes);
  highest = 0;
  for (uint32_t i = 0; i < removed.n; i++) {
    weir_stream_put_name (&attributes->removed_bytes, &attributes->names[names[i]]);
    highest = MAX (highest, attributes->names[names[i]].number);
  }
  *ret_removed = make_names (&attributes->removed_bytes, removed.n, highest);
}
