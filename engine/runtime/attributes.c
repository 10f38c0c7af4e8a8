/* attributes.c: entries grow from the front of the block, names and values from its end; the block
 * is full when they meet. A value that is replaced leaves its bytes unused until the next copy.
 *
 * Where a value is, is counted from the end: so entries are the same in a copy that is larger. */
#include "runtime/attributes.h"

#include "base/hash.h"
#include "base/limits.h"
#include "base/names.h"

#include <glib.h>
#include <stdatomic.h>
#include <string.h>

typedef struct {
  uint32_t hash;  /* of the name */
  uint32_t name;  /* interned; 0: the name stands in the block, behind the value's NUL */
  uint32_t value; /* bytes before the end of the block */
} Entry;

struct WeirAttributes {
  _Atomic uint32_t refs;
  uint32_t size;                /* of the whole block */
  uint32_t n;                   /* entries in use */
  uint32_t used;                /* bytes at the end, by values */
  uint32_t dead;                /* of these, those that nobody uses any more */
  const WeirAttributes *origin; /* whose values these end with; NULL: that is not known */
  Entry entries[];
};

#define FIRST_SIZE 320u /* of a block that is built attribute by attribute */

#define BUILT_MAX (WEIR_LIMIT_ATTRIBUTES + (size_t)WEIR_LIMIT_NAMES * (WEIR_LIMIT_NAME_KEPT + 1))

WeirAttributes *
weir_attributes_ref (WeirAttributes *attributes)
{
  if (attributes != NULL)
    atomic_fetch_add_explicit (&attributes->refs, 1, memory_order_relaxed);
  return attributes;
}

void
weir_attributes_unref (WeirAttributes *attributes)
{
  if (attributes != NULL &&
      atomic_fetch_sub_explicit (&attributes->refs, 1, memory_order_acq_rel) == 1)
    g_free (attributes);
}

/* What stands @offset bytes before the end. */
static const char *
text_at (const WeirAttributes *attributes, uint32_t offset)
{
  return (const char *)attributes + attributes->size - offset;
}

static const char *
entry_name (const WeirAttributes *attributes, const Entry *entry)
{
  const char *value = text_at (attributes, entry->value);

  return entry->name != 0 ? weir_name_get (entry->name) : value + strlen (value) + 1;
}

static const Entry *
find (const WeirAttributes *attributes, const char *name)
{
  uint32_t hash = weir_name_hash (name);

  if (attributes == NULL)
    return NULL;
  for (uint32_t i = 0; i < attributes->n; i++) {
    const Entry *entry = &attributes->entries[i];
    if (entry->hash == hash && strcmp (entry_name (attributes, entry), name) == 0)
      return entry;
  }
  return NULL;
}

const char *
weir_attributes_get (const WeirAttributes *attributes, const char *name)
{
  const Entry *entry = find (attributes, name);

  return entry != NULL ? text_at (attributes, entry->value) : NULL;
}

size_t
weir_attributes_get_n (const WeirAttributes *attributes)
{
  return attributes != NULL ? attributes->n : 0;
}

void
weir_attributes_get_nth (const WeirAttributes *attributes, size_t index, const char **ret_name,
                         const char **ret_value)
{
  const Entry *entry = &attributes->entries[index];

  g_assert (index < attributes->n);
  *ret_name = entry_name (attributes, entry);
  *ret_value = text_at (attributes, entry->value);
}

size_t
weir_attributes_get_bytes (const WeirAttributes *attributes)
{
  return attributes != NULL ? attributes->size : 0;
}

/* Bytes that @entry needs for its value. */
static size_t
entry_bytes (const WeirAttributes *attributes, const Entry *entry)
{
  size_t bytes = strlen (text_at (attributes, entry->value)) + 1;

  return entry->name != 0 ? bytes : bytes + strlen (entry_name (attributes, entry)) + 1;
}

static WeirAttributes *
block_new (size_t size)
{
  WeirAttributes *block = g_malloc (size);

  atomic_init (&block->refs, 1);
  block->size = (uint32_t)size;
  block->n = 0;
  block->used = 0;
  block->dead = 0;
  block->origin = NULL;
  return block;
}

static size_t
block_room (const WeirAttributes *block)
{
  return block->size - block->used - (sizeof *block + block->n * sizeof (Entry));
}

/* What is to be stored, measured once. */
typedef struct {
  uint32_t id;         /* of the name, as in an entry */
  uint32_t value_size; /* with its NUL */
  uint32_t name_size;  /* likewise; 0: it is interned */
  const char *name;
  const char *value;
} Piece;

static uint32_t
hash_of (const Piece *piece)
{
  return piece->id != 0 ? weir_name_get_hash (piece->id)
                        : weir_name_hash_n (piece->name, piece->name_size - 1);
}

static Piece
piece_of (uint32_t id, const char *name, const char *value)
{
  return (Piece){ id, (uint32_t)strlen (value) + 1, id != 0 ? 0 : (uint32_t)strlen (name) + 1, name,
                  value };
}

/* Stores the value (and the name, when it is not interned) before the others; the room was checked.
 */
static void
block_store (WeirAttributes *block, Entry *entry, const Piece *piece)
{
  char *at;

  block->used += piece->value_size + piece->name_size;
  entry->value = block->used;
  at = (char *)block + block->size - block->used;
  memcpy (at, piece->value, piece->value_size - 1);
  at[piece->value_size - 1] = '\0';
  if (piece->name_size > 0) {
    at += piece->value_size;
    memcpy (at, piece->name, piece->name_size - 1);
    at[piece->name_size - 1] = '\0';
  }
}

static void
block_append (WeirAttributes *block, uint32_t hash, const Piece *piece)
{
  Entry *entry = &block->entries[block->n++];

  entry->hash = hash;
  entry->name = piece->id;
  block_store (block, entry, piece);
}

/* A copy of @source without @skip and with @extra bytes of room. */
static WeirAttributes *
block_copy (const WeirAttributes *source, const Entry *skip, size_t extra)
{
  size_t size = sizeof *source + extra;
  WeirAttributes *block;

  for (uint32_t i = 0; source != NULL && i < source->n; i++)
    if (&source->entries[i] != skip)
      size += sizeof (Entry) + entry_bytes (source, &source->entries[i]);

  block = block_new (size);
  for (uint32_t i = 0; source != NULL && i < source->n; i++) {
    const Entry *entry = &source->entries[i];
    Piece piece;

    if (entry == skip)
      continue;
    piece = piece_of (entry->name, entry->name != 0 ? NULL : entry_name (source, entry),
                      text_at (source, entry->value));
    block_append (block, entry->hash, &piece);
  }
  return block;
}

/* The same with all values, also those that nobody uses. @origin: see there. */
static WeirAttributes *
block_copy_whole (const WeirAttributes *source, size_t extra, const WeirAttributes *origin)
{
  size_t entries = source->n * sizeof (Entry);
  WeirAttributes *block = block_new (sizeof *source + entries + source->used + extra);

  block->n = source->n;
  block->used = source->used;
  block->dead = source->dead;
  block->origin = origin;
  memcpy (block->entries, source->entries, entries);
  memcpy ((char *)block + block->size - block->used, text_at (source, source->used), source->used);
  return block;
}

/* A block with one reference and at least @need bytes of room takes the place of *@attributes. */
static bool
make_room (WeirAttributes **attributes, size_t need, WeirAttributes **ret_old)
{
  WeirAttributes *old = *attributes;
  bool own = old != NULL && atomic_load_explicit (&old->refs, memory_order_acquire) == 1;
  size_t extra = need;

  *ret_old = NULL;
  if (own && block_room (old) >= need)
    return true;
  if (need > WEIR_LIMIT_ATTRIBUTES || (old != NULL && old->size + need > WEIR_LIMIT_ATTRIBUTES))
    return false;

  /* The second change to a block of our own is a sign of more to come. */
  if (own)
    extra = need + old->size / 2;
  *attributes = old != NULL && old->dead <= old->size / 8
                    ? block_copy_whole (old, extra, own ? old->origin : old)
                    : block_copy (old, NULL, extra);
  *ret_old = old;
  return true;
}

/* Lengths that do not fit into an offset are beyond the limit of a block anyway. */
static bool
measure (const char *name, const char *value, Piece *ret_piece, size_t *need)
{
  size_t name_length = strlen (name);
  size_t value_length = strlen (value);
  uint32_t id;

  if (name_length >= WEIR_LIMIT_ATTRIBUTES || value_length >= WEIR_LIMIT_ATTRIBUTES)
    return false;
  id = weir_name_intern_n (name, name_length);
  *ret_piece = (Piece){ id, (uint32_t)value_length + 1, id != 0 ? 0 : (uint32_t)name_length + 1,
                        name, value };
  *need += sizeof (Entry) + ret_piece->value_size + ret_piece->name_size;
  return true;
}

static Entry *
find_by_id (WeirAttributes *block, uint32_t id)
{
  for (uint32_t i = 0; i < block->n; i++)
    if (block->entries[i].name == id)
      return &block->entries[i];
  return NULL;
}

/* The room was made. A name has the same number, or none, for the life of the process. */
static void
store (WeirAttributes *block, const Piece *piece)
{
  Entry *entry =
      piece->id != 0 ? find_by_id (block, piece->id) : (Entry *)find (block, piece->name);

  if (entry != NULL) {
    block->dead += (uint32_t)entry_bytes (block, entry);
    block_store (block, entry, piece);
  } else {
    block_append (block, hash_of (piece), piece);
  }
}

bool
weir_attributes_set (WeirAttributes **attributes, const char *name, const char *value,
                     WeirAttributes **ret_old)
{
  size_t need = 0;
  Piece piece;

  *ret_old = NULL;
  if (!measure (name, value, &piece, &need))
    return false;
  if (*attributes == NULL)
    need = MAX (need, FIRST_SIZE);
  if (!make_room (attributes, need, ret_old))
    return false;
  store (*attributes, &piece);
  return true;
}

#define FEW 32u /* attributes set at a time without an allocation */

bool
weir_attributes_set_many (WeirAttributes **attributes, const char *const *names,
                          const char *const *values, size_t n, WeirAttributes **ret_old)
{
  Piece few[FEW];
  g_autofree Piece *many = n > FEW ? g_new (Piece, n) : NULL;
  Piece *pieces = many != NULL ? many : few;
  size_t need = 0;

  *ret_old = NULL;
  for (size_t i = 0; i < n; i++)
    if (!measure (names[i], values[i], &pieces[i], &need))
      return false;
  if (n == 0)
    return true;
  if (!make_room (attributes, need, ret_old))
    return false;
  for (size_t i = 0; i < n; i++)
    store (*attributes, &pieces[i]);
  return true;
}

WeirAttributes *
weir_attributes_build (const WeirAttributeText *texts, size_t n, bool *ret_failed)
{
  WeirAttributes *block;
  size_t size = sizeof *block;

  for (size_t i = 0; i < n && size <= BUILT_MAX; i++)
    size += sizeof (Entry) + texts[i].size + 1 + (texts[i].id != 0 ? 0 : texts[i].name_size + 1);
  *ret_failed = size > BUILT_MAX;
  if (n == 0 || *ret_failed)
    return NULL;
  block = block_new (size);
  for (size_t i = 0; i < n; i++) {
    const WeirAttributeText *text = &texts[i];
    Piece piece = { text->id, (uint32_t)text->size + 1,
                    text->id != 0 ? 0 : (uint32_t)text->name_size + 1, text->name, text->value };

    block_append (block, hash_of (&piece), &piece);
  }
  return block;
}

void
weir_attributes_remove (WeirAttributes **attributes, const char *name, WeirAttributes **ret_old)
{
  WeirAttributes *old = *attributes;
  Entry *entry = (Entry *)find (old, name);

  *ret_old = NULL;
  if (entry == NULL)
    return;
  if (atomic_load_explicit (&old->refs, memory_order_acquire) == 1) {
    old->dead += (uint32_t)entry_bytes (old, entry);
    *entry = old->entries[--old->n];
  } else {
    *attributes = old->n > 1 ? block_copy (old, entry, 0) : NULL;
    *ret_old = old;
  }
}

void
weir_attributes_trim (WeirAttributes **attributes)
{
  WeirAttributes *old = *attributes;

  if (old == NULL || block_room (old) <= old->size / 8 ||
      atomic_load_explicit (&old->refs, memory_order_acquire) != 1)
    return;
  *attributes = block_copy (old, NULL, 0);
  weir_attributes_unref (old);
}

WeirAttributes *
weir_attributes_intersect (WeirAttributes *a, WeirAttributes *b)
{
  WeirAttributes *result;

  if (a == b)
    return weir_attributes_ref (a);
  if (a == NULL || b == NULL)
    return NULL;
  result = block_new (a->size);
  for (uint32_t i = 0; i < a->n; i++) {
    const Entry *entry = &a->entries[i];
    const char *name = entry_name (a, entry);
    const char *value = text_at (a, entry->value);
    const char *other = weir_attributes_get (b, name);

    if (other != NULL && strcmp (value, other) == 0) {
      Piece piece = piece_of (entry->name, name, value);
      block_append (result, entry->hash, &piece);
    }
  }
  return result;
}

/* A copy has its attributes in the order of what it was copied from, so @index is mostly right. */
static const Entry *
find_like (const WeirAttributes *attributes, const WeirAttributes *other, const Entry *entry,
           uint32_t index)
{
  const char *name = NULL;

  if (attributes == NULL)
    return NULL;
  if (entry->name != 0 && index < attributes->n && attributes->entries[index].name == entry->name)
    return &attributes->entries[index];
  for (uint32_t i = 0; i < attributes->n; i++) {
    const Entry *candidate = &attributes->entries[i];

    if (candidate->hash != entry->hash || candidate->name != entry->name)
      continue;
    if (entry->name != 0)
      return candidate;
    if (name == NULL)
      name = entry_name (other, entry);
    if (strcmp (entry_name (attributes, candidate), name) == 0)
      return candidate;
  }
  return NULL;
}

/* True when @to ends with all values of @from, as a copy does that was changed since. */
static bool
ends_alike (const WeirAttributes *from, const WeirAttributes *to)
{
  return to->used >= from->used &&
         memcmp (text_at (to, from->used), text_at (from, from->used), from->used) == 0;
}

/* How many entries at the front of both say the same. */
static uint32_t
count_alike (const WeirAttributes *from, const WeirAttributes *to, bool is_made_from)
{
  uint32_t n = 0, end;

  if (from == NULL || to == NULL)
    return 0;
  if ((!is_made_from || to->origin != from) && !ends_alike (from, to))
    return 0;
  end = MIN (from->n, to->n);
  if (memcmp (from->entries, to->entries, end * sizeof (Entry)) == 0)
    return end;
  while (n < end && memcmp (&from->entries[n], &to->entries[n], sizeof (Entry)) == 0)
    n++;
  return n;
}

size_t
weir_attributes_diff (const WeirAttributes *from, const WeirAttributes *to, bool is_made_from,
                      WeirAttributeChange *ret_changes)
{
  uint32_t n_from = from != NULL ? from->n : 0;
  uint32_t n_kept;
  size_t n = 0;

  if (from == to)
    return 0;
  n_kept = count_alike (from, to, is_made_from);
  for (uint32_t i = n_kept; to != NULL && i < to->n; i++) {
    const Entry *entry = &to->entries[i];
    /* A name stands once in a block: when all have been found, this one is new. */
    const Entry *old = n_kept < n_from ? find_like (from, to, entry, i) : NULL;
    const char *value = text_at (to, entry->value);

    n_kept += old != NULL;
    if (old == NULL || strcmp (text_at (from, old->value), value) != 0)
      ret_changes[n++] = (WeirAttributeChange){ entry->name, entry_name (to, entry), value };
  }
  for (uint32_t i = 0; n_kept < n_from && i < n_from; i++) {
    const Entry *entry = &from->entries[i];

    if (find_like (to, from, entry, i) == NULL)
      ret_changes[n++] = (WeirAttributeChange){ entry->name, entry_name (from, entry), NULL };
  }
  return n;
}
