/* attributes.c: entries grow from the front of the block, names and values from its end; the block
 * is full when they meet. A value that is replaced by a longer one leaves its bytes unused until
 * the next copy. */
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
  uint32_t value; /* offset in the block */
} Entry;

struct WeirAttributes {
  _Atomic uint32_t refs;
  uint32_t size;  /* of the whole block */
  uint32_t n;     /* entries in use */
  uint32_t floor; /* the lowest offset in use by a value */
  Entry entries[];
};

#define FIRST_SIZE 320u /* of a block that is built attribute by attribute */

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

static const char *
text_at (const WeirAttributes *attributes, uint32_t offset)
{
  return (const char *)attributes + offset;
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

/* Bytes that @entry needs below the floor. */
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
  block->floor = (uint32_t)size;
  return block;
}

static size_t
block_room (const WeirAttributes *block)
{
  return block->floor - (sizeof *block + block->n * sizeof (Entry));
}

/* Stores @value (and @name, when it is not interned) below the floor; the room was checked. */
static void
block_store (WeirAttributes *block, Entry *entry, const char *name, const char *value)
{
  size_t value_size = strlen (value) + 1;
  size_t name_size = entry->name != 0 ? 0 : strlen (name) + 1;

  block->floor -= (uint32_t)(value_size + name_size);
  entry->value = block->floor;
  memcpy ((char *)block + block->floor, value, value_size);
  memcpy ((char *)block + block->floor + value_size, name, name_size);
}

static void
block_append (WeirAttributes *block, uint32_t hash, uint32_t id, const char *name,
              const char *value)
{
  Entry *entry = &block->entries[block->n++];

  entry->hash = hash;
  entry->name = id;
  block_store (block, entry, name, value);
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
    if (entry != skip)
      block_append (block, entry->hash, entry->name,
                    entry->name != 0 ? "" : entry_name (source, entry),
                    text_at (source, entry->value));
  }
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
  *attributes = block_copy (old, NULL, extra);
  *ret_old = old;
  return true;
}

/* Bytes for an attribute that may have to be added. */
static size_t
new_bytes (const char *name, const char *value)
{
  size_t name_size = weir_name_intern (name) != 0 ? 0 : strlen (name) + 1;

  return sizeof (Entry) + strlen (value) + 1 + name_size;
}

/* The room was made. */
static void
store (WeirAttributes *block, const char *name, const char *value)
{
  Entry *entry = (Entry *)find (block, name);

  if (entry != NULL)
    block_store (block, entry, name, value);
  else
    block_append (block, weir_name_hash (name), weir_name_intern (name), name, value);
}

bool
weir_attributes_set (WeirAttributes **attributes, const char *name, const char *value,
                     WeirAttributes **ret_old)
{
  size_t need = new_bytes (name, value);

  if (*attributes == NULL)
    need = MAX (need, FIRST_SIZE);
  if (!make_room (attributes, need, ret_old))
    return false;
  store (*attributes, name, value);
  return true;
}

bool
weir_attributes_set_many (WeirAttributes **attributes, const char *const *names,
                          const char *const *values, size_t n, WeirAttributes **ret_old)
{
  size_t need = 0;

  *ret_old = NULL;
  for (size_t i = 0; i < n; i++)
    need += new_bytes (names[i], values[i]);
  if (n == 0)
    return true;
  if (!make_room (attributes, need, ret_old))
    return false;
  for (size_t i = 0; i < n; i++)
    store (*attributes, names[i], values[i]);
  return true;
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

    if (other != NULL && strcmp (value, other) == 0)
      block_append (result, entry->hash, entry->name, name, value);
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

size_t
weir_attributes_diff (const WeirAttributes *from, const WeirAttributes *to,
                      WeirAttributeChange *ret_changes)
{
  size_t n = 0;
  size_t n_kept = 0;

  if (from == to)
    return 0;
  for (uint32_t i = 0; to != NULL && i < to->n; i++) {
    const Entry *entry = &to->entries[i];
    const Entry *old = find_like (from, to, entry, i);
    const char *value = text_at (to, entry->value);

    n_kept += old != NULL;
    if (old == NULL || strcmp (text_at (from, old->value), value) != 0)
      ret_changes[n++] = (WeirAttributeChange){ entry->name, entry_name (to, entry), value };
  }
  for (uint32_t i = 0; from != NULL && n_kept < from->n && i < from->n; i++) {
    const Entry *entry = &from->entries[i];

    if (find_like (to, from, entry, i) == NULL)
      ret_changes[n++] = (WeirAttributeChange){ entry->name, entry_name (from, entry), NULL };
  }
  return n;
}
