/* names.c: a hash table that only grows, read without a lock.
 *
 * An entry is written once, under the lock, and is complete before its slot is stored with release
 * order. A table that is full is replaced by one twice as large; the old one stays, because a
 * reader may still be in it (all of them together are as large as the newest). This is the one
 * place in the engine with state of its own: names have the same number in every engine of a
 * process, so that FlowFiles need not say whose numbers theirs are. */
#include "base/names.h"

#include <glib.h>
#include <stdatomic.h>
#include <string.h>

#include "base/hash.h"
#include "base/limits.h"
#include "base/lock.h"
#include "base/random.h"

#define FIRST_CAPACITY 256 /* a power of two */

typedef struct Table Table;
struct Table {
  Table *older; /* keeps it reachable */
  uint32_t capacity;
  _Atomic uint64_t slots[]; /* hash in the upper half, number in the lower; 0: free */
};

typedef struct {
  uint32_t length;
  uint32_t hash; /* weir_name_hash; not of the constants below */
  const char *text;
} Entry;

/* See the top: allowed by tests/lint/globals. */
static struct {
  WeirLock lock;
  _Atomic (Table *) table;    /* replaced under lock */
  uint64_t seed;              /* set before the first table is */
  _Atomic uint32_t n_entries; /* grows under lock */
  Entry entries[WEIR_LIMIT_NAMES];
} names = { .lock = PTHREAD_MUTEX_INITIALIZER };

static const Entry fixed[] = {
  [WEIR_NAME_NONE] = { .text = NULL },
  [WEIR_NAME_UUID] = { .length = 4, .text = "uuid" },
  [WEIR_NAME_FILENAME] = { .length = 8, .text = "filename" },
  [WEIR_NAME_PATH] = { .length = 4, .text = "path" },
};

static Table *
new_table (uint32_t capacity, Table *older)
{
  Table *table = g_malloc0 (sizeof (Table) + capacity * sizeof (uint64_t));

  table->older = older;
  table->capacity = capacity;
  return table;
}

/* Returns: the number, or WEIR_NAME_NONE with the free slot where it belongs. */
static uint32_t
look_up (const Table *table, const char *name, size_t length, uint32_t hash, uint32_t *ret_slot)
{
  uint32_t mask = table->capacity - 1;

  for (uint32_t i = hash & mask;; i = (i + 1) & mask) {
    uint64_t slot = atomic_load_explicit (&table->slots[i], memory_order_acquire);
    const Entry *entry = &names.entries[(uint32_t)slot];

    if (slot == 0) {
      *ret_slot = i;
      return WEIR_NAME_NONE;
    }
    if (slot >> 32 == hash && entry->length == length && memcmp (entry->text, name, length) == 0)
      return (uint32_t)slot;
  }
}

static void
store_slot (Table *table, uint32_t hash, uint32_t id)
{
  uint32_t mask = table->capacity - 1;
  uint32_t i = hash & mask;

  while (atomic_load_explicit (&table->slots[i], memory_order_relaxed) != 0)
    i = (i + 1) & mask;
  atomic_store_explicit (&table->slots[i], (uint64_t)hash << 32 | id, memory_order_release);
}

static uint32_t
hash_name (const char *name, size_t length)
{
  return (uint32_t)weir_hash_bytes (name, length, names.seed);
}

/* The lock is held. */
static Table *
prepare_table (void)
{
  Table *table = atomic_load (&names.table);

  if (table == NULL) {
    names.seed = weir_random_system_seed ();
    table = new_table (FIRST_CAPACITY, NULL);
    for (uint32_t id = WEIR_NAME_NONE + 1; id < G_N_ELEMENTS (fixed); id++) {
      names.entries[id] = fixed[id];
      names.entries[id].hash = weir_name_hash (fixed[id].text);
      store_slot (table, hash_name (fixed[id].text, fixed[id].length), id);
    }
    names.n_entries = G_N_ELEMENTS (fixed);
    atomic_store_explicit (&names.table, table, memory_order_release);
  } else if (names.n_entries >= table->capacity / 2) {
    Table *larger = new_table (table->capacity * 2, table);

    for (uint32_t i = 0; i < table->capacity; i++) {
      uint64_t slot = atomic_load_explicit (&table->slots[i], memory_order_relaxed);

      if (slot != 0)
        store_slot (larger, (uint32_t)(slot >> 32), (uint32_t)slot);
    }
    table = larger;
    atomic_store_explicit (&names.table, table, memory_order_release);
  }
  return table;
}

static uint32_t
add (const char *name, size_t length)
{
  uint32_t hash, id, slot = 0;
  Table *table;
  WEIR_LOCKED (&names.lock);

  table = prepare_table ();
  hash = hash_name (name, length);
  id = look_up (table, name, length, hash, &slot);
  if (id != WEIR_NAME_NONE || names.n_entries == WEIR_LIMIT_NAMES)
    return id;

  id = names.n_entries++;
  names.entries[id].length = (uint32_t)length;
  names.entries[id].text = g_strndup (name, length);
  names.entries[id].hash = weir_name_hash (names.entries[id].text);
  atomic_store_explicit (&table->slots[slot], (uint64_t)hash << 32 | id, memory_order_release);
  return id;
}

static uint32_t
find (const char *name, size_t length)
{
  const Table *table = atomic_load_explicit (&names.table, memory_order_acquire);
  uint32_t slot = 0;

  if (table == NULL)
    return WEIR_NAME_NONE;
  return look_up (table, name, length, hash_name (name, length), &slot);
}

uint32_t
weir_name_intern_n (const char *name, size_t length)
{
  uint32_t id = find (name, length);

  if (G_LIKELY (id != WEIR_NAME_NONE) || length > WEIR_LIMIT_NAME_KEPT ||
      names.n_entries == WEIR_LIMIT_NAMES || memchr (name, '\0', length) != NULL)
    return id;
  return add (name, length);
}

uint32_t
weir_name_intern (const char *name)
{
  return weir_name_intern_n (name, strlen (name));
}

uint32_t
weir_name_find (const char *name)
{
  if (atomic_load_explicit (&names.table, memory_order_acquire) == NULL)
    add (fixed[WEIR_NAME_UUID].text, fixed[WEIR_NAME_UUID].length); /* brings in all fixed ones */
  return find (name, strlen (name));
}

const char *
weir_name_get (uint32_t id)
{
  g_assert (id < WEIR_LIMIT_NAMES);
  return id < G_N_ELEMENTS (fixed) ? fixed[id].text : names.entries[id].text;
}

size_t
weir_name_get_length (uint32_t id)
{
  g_assert (id < WEIR_LIMIT_NAMES);
  return id < G_N_ELEMENTS (fixed) ? fixed[id].length : names.entries[id].length;
}

uint32_t
weir_name_get_hash (uint32_t id)
{
  g_assert (id < WEIR_LIMIT_NAMES);
  return names.entries[id].hash;
}
