/* block-values.c: two tables with open addressing, and the bytes. What is hidden is so from here
 * on.
 */
#include "provenance/block-values.h"

#include "base/hash.h"
#include "base/limits.h"
#include "base/random.h"
#include "base/redact.h"

/* Slots that are looked at for a pair. Values come from outside and their hash has no secret, so
 * somebody may choose values that collide: they are then there twice, which costs their bytes. */
#define PROBES 16

#define N_SLOTS 256 /* at first */
#define KEY_TAG UINT64_C (0xffffffff00000000)

static const char hidden[] = WEIR_REDACTED;
static const char too_large[] = WEIR_TOO_LARGE;

void
weir_block_values_init (WeirBlockValues *values, const WeirBlockWriterOptions *options)
{
  *values = (WeirBlockValues){
    .options = options,
    .names = g_array_new (FALSE, FALSE, sizeof (WeirBlockName)),
    .pairs = g_array_new (FALSE, FALSE, sizeof (WeirBlockPair)),
    .name_slots = g_new0 (uint32_t, N_SLOTS),
    .n_name_slots = N_SLOTS,
    .pair_slots = g_new0 (uint64_t, N_SLOTS),
    .n_pair_slots = N_SLOTS,
    .seed = weir_random_system_seed (),
  };
}

void
weir_block_values_clear (WeirBlockValues *values)
{
  g_array_unref (values->names);
  g_array_unref (values->pairs);
  weir_stream_clear (&values->bytes);
  weir_stream_clear (&values->texts);
  g_free (values->name_slots);
  g_free (values->pair_slots);
}

void
weir_block_values_reset (WeirBlockValues *values)
{
  g_array_set_size (values->names, 0);
  g_array_set_size (values->pairs, 0);
  weir_stream_reset (&values->bytes);
  weir_stream_reset (&values->texts);
  memset (values->name_slots, 0, values->n_name_slots * sizeof *values->name_slots);
  memset (values->pair_slots, 0, values->n_pair_slots * sizeof *values->pair_slots);
}

static inline uint32_t
place_name (uint64_t slot, uint32_t n_slots)
{
  return (uint32_t)(slot * UINT64_C (0x9e3779b97f4a7c15) >> 32) & (n_slots - 1);
}

static void
grow_names (WeirBlockValues *values)
{
  uint32_t n = 2 * values->n_name_slots;

  g_free (values->name_slots);
  values->name_slots = g_new0 (uint32_t, n);
  values->n_name_slots = n;
  for (uint32_t i = 0; i < values->names->len; i++) {
    uint32_t at = place_name (g_array_index (values->names, WeirBlockName, i).slot, n);

    while (values->name_slots[at] != 0)
      at = (at + 1) & (n - 1);
    values->name_slots[at] = i + 1;
  }
}

static inline bool
is_name (const WeirBlockValues *values, const WeirBlockName *name, const WeirEntryName *wanted)
{
  return name->number == wanted->number && name->size == wanted->size &&
         (name->size == 0 ||
          memcmp (values->texts.start + name->offset, wanted->text, name->size) == 0);
}

/* Returns: (transfer none): the text of @name; that of one without a number is kept. */
static const char *
take_text (WeirBlockValues *values, WeirBlockName *name, const WeirEntryName *wanted)
{
  const char *text;

  if (wanted->number != 0) {
    text = values->options->get_name (values->options->data, wanted->number);
    return text != NULL ? text : "";
  }
  name->offset = weir_stream_get_size (&values->texts);
  name->size = wanted->size;
  weir_stream_put_bytes (&values->texts, wanted->text, wanted->size);
  weir_stream_put_bytes (&values->texts, "", 1);
  return (const char *)values->texts.start + name->offset;
}

uint32_t
weir_block_values_add_name (WeirBlockValues *values, const WeirEntryName *wanted)
{
  static const WeirEntryName large = { 0, too_large, sizeof too_large - 1 };
  WeirBlockName name = { .number = wanted->number };
  const char *text;
  uint32_t at;

  if (G_UNLIKELY (wanted->number == 0 &&
                  wanted->size + weir_stream_get_size (&values->texts) > WEIR_LIMIT_BLOCK / 8))
    wanted = &large;
  name.slot = wanted->number != 0 ? wanted->number
                                  : weir_hash_bytes (wanted->text, wanted->size, values->seed);
  at = place_name (name.slot, values->n_name_slots);
  for (uint32_t slot; (slot = values->name_slots[at]) != 0;
       at = (at + 1) & (values->n_name_slots - 1))
    if (is_name (values, &g_array_index (values->names, WeirBlockName, slot - 1), wanted))
      return slot - 1;

  text = take_text (values, &name, wanted);
  name.hash = weir_filter_hash_name (text, strlen (text));
  name.is_hidden = weir_redact_is_secret (text);
  g_array_append_val (values->names, name);
  values->name_slots[at] = values->names->len;
  if (2 * values->names->len > values->n_name_slots)
    grow_names (values);
  return values->names->len - 1;
}

WeirEntryName
weir_block_values_get_name (const WeirBlockValues *values, uint32_t index)
{
  const WeirBlockName *name = &g_array_index (values->names, WeirBlockName, index);

  if (name->number != 0)
    return (WeirEntryName){ name->number };
  return (WeirEntryName){ 0, (const char *)values->texts.start + name->offset, name->size };
}

static void
grow_pairs (WeirBlockValues *values)
{
  uint32_t n = 2 * values->n_pair_slots;

  g_free (values->pair_slots);
  values->pair_slots = g_new0 (uint64_t, n);
  values->n_pair_slots = n;
  for (uint32_t i = 0; i < values->pairs->len; i++) {
    uint64_t key = g_array_index (values->pairs, WeirBlockPair, i).key;

    for (uint32_t probe = 0; probe < PROBES; probe++) {
      uint32_t at = (uint32_t)(key + probe) & (n - 1);

      if (values->pair_slots[at] == 0) {
        values->pair_slots[at] = (key & KEY_TAG) | (i + 1);
        break;
      }
    }
  }
}

static inline bool
is_value (const WeirBlockValues *values, const WeirBlockPair *pair, const uint8_t *value,
          size_t size)
{
  return pair->size == size &&
         (size == 0 || memcmp (values->bytes.start + pair->offset, value, size) == 0);
}

static inline bool
is_pair (const WeirBlockValues *values, const WeirBlockPair *pair, const WeirBlockPair *wanted,
         const uint8_t *value)
{
  return pair->key == wanted->key && pair->name == wanted->name &&
         is_value (values, pair, value, wanted->size);
}

uint32_t
weir_block_values_add (WeirBlockValues *values, uint32_t name, const uint8_t *value, size_t size)
{
  WeirBlockName *names = (WeirBlockName *)(void *)values->names->data;
  const WeirBlockPair *pairs = (const WeirBlockPair *)(void *)values->pairs->data;
  WeirBlockPair pair = { .name = name, .offset = weir_stream_get_size (&values->bytes) };
  uint64_t *free_slot = NULL;

  if (G_UNLIKELY (names[name].is_hidden ||
                  weir_mask_hits (values->options->mask, (const char *)value, size))) {
    value = (const uint8_t *)hidden;
    size = sizeof hidden - 1;
  } else if (G_UNLIKELY (size > WEIR_LIMIT_BLOCK / 2 - MIN (pair.offset, WEIR_LIMIT_BLOCK / 2))) {
    value = (const uint8_t *)too_large;
    size = sizeof too_large - 1;
  }
  pair.size = (uint32_t)size;
  /* Mostly a session sets the same to all. */
  if (names[name].last != 0 && is_value (values, &pairs[names[name].last - 1], value, size))
    return names[name].last - 1;
  pair.key = weir_filter_get_key (names[name].hash, value, size);

  for (uint32_t probe = 0; probe < PROBES; probe++) {
    uint64_t *slot = &values->pair_slots[(uint32_t)(pair.key + probe) & (values->n_pair_slots - 1)];

    if (*slot == 0) {
      free_slot = slot;
      break;
    }
    if (((*slot ^ pair.key) & KEY_TAG) == 0 &&
        is_pair (values, &pairs[(uint32_t)*slot - 1], &pair, value)) {
      names[name].last = (uint32_t)*slot;
      return (uint32_t)*slot - 1;
    }
  }

  weir_stream_put_bytes (&values->bytes, value, size);
  g_array_append_val (values->pairs, pair);
  names[name].last = values->pairs->len;
  if (free_slot != NULL)
    *free_slot = (pair.key & KEY_TAG) | values->pairs->len;
  if (2 * values->pairs->len > values->n_pair_slots)
    grow_pairs (values);
  return values->pairs->len - 1;
}
