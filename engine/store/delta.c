/* delta.c: layers by id.
 *
 * Ids that are used together were given together, so the table has pages of 64 neighbours: one
 * look-up serves many, a page costs 8 bytes for each, and it goes when the last of them has ended.
 * Attributes are appended as they come; adding them up is left to whoever reads them, or done when
 * there are too many chunks. */
#include "store/delta.h"

#include <stdlib.h>
#include <string.h>

#define PAGE        WEIR_DELTA_PAGE
#define FIRST_SLOTS 256u
#define MAX_CHUNKS  8u

/* Of names that came and went since the last part there may be more than a FlowFile can have at a
 * time; how much more, WEIR_LIMIT_BOOK bounds. */
#define CHANGES_MAX (2 * (size_t)WEIR_CHUNKS_MAX)

struct WeirDeltaRecord {
  WeirLayer layer;
  size_t size;     /* of this record, as the pieces has it */
  uint8_t bytes[]; /* the attributes */
};

struct WeirDeltaPage {
  size_t n;
  WeirDeltaRecord *records[PAGE];
};

/* Of all that are gone: there is nothing more to say. */
static const WeirDeltaRecord gone = { .layer = { .kind = WEIR_LAYER_GONE } };

void
weir_delta_init (WeirDelta *delta, uint64_t first_new_id)
{
  *delta = (WeirDelta){ .n_slots = FIRST_SLOTS, .first_new_id = first_new_id };
  delta->slots = g_new0 (WeirDeltaSlot, delta->n_slots);
  weir_chunks_sum_init (&delta->sum);
}

void
weir_delta_clear (WeirDelta *delta)
{
  weir_pieces_clear (&delta->pieces);
  weir_chunks_sum_clear (&delta->sum);
  g_clear_pointer (&delta->slots, g_free);
}

size_t
weir_delta_get_bytes (const WeirDelta *delta)
{
  return weir_pieces_get_bytes (&delta->pieces) + delta->n_slots * sizeof (WeirDeltaSlot);
}

/* --- pages --- */

static inline size_t
home_of (const WeirDelta *delta, uint64_t number)
{
  return weir_delta_hash (number) & (delta->n_slots - 1);
}

/* The slot of @number, or the free one where it belongs. */
static WeirDeltaSlot *
find_slot (const WeirDelta *delta, uint64_t number)
{
  size_t i = home_of (delta, number);

  while (delta->slots[i].page != NULL && delta->slots[i].number != number)
    i = (i + 1) & (delta->n_slots - 1);
  return &delta->slots[i];
}

static WeirDeltaPage *
find_page (const WeirDelta *delta, uint64_t number)
{
  if (delta->last.page != NULL && delta->last.number == number)
    return delta->last.page;
  return find_slot (delta, number)->page;
}

static void
grow_table (WeirDelta *delta)
{
  g_autofree WeirDeltaSlot *old = delta->slots;
  size_t n_old = delta->n_slots;

  delta->n_slots *= 2;
  delta->slots = g_new0 (WeirDeltaSlot, delta->n_slots);
  for (size_t i = 0; i < n_old; i++) {
    if (old[i].page != NULL)
      *find_slot (delta, old[i].number) = old[i];
  }
}

static WeirDeltaPage *
add_page (WeirDelta *delta, uint64_t number)
{
  size_t size = sizeof (WeirDeltaPage);
  WeirDeltaPage *page;

  if (delta->n_pages >= delta->n_slots / 2)
    grow_table (delta);
  page = memset (weir_pieces_alloc (&delta->pieces, &size), 0, sizeof (WeirDeltaPage));
  *find_slot (delta, number) = (WeirDeltaSlot){ number, page };
  delta->n_pages++;
  return page;
}

/* Takes the page out and moves up what stood behind its place because that was taken. */
static void
remove_page (WeirDelta *delta, uint64_t number)
{
  size_t mask = delta->n_slots - 1;
  size_t hole = (size_t)(find_slot (delta, number) - delta->slots);

  weir_pieces_free (&delta->pieces, delta->slots[hole].page,
                    weir_pieces_round (sizeof (WeirDeltaPage)));
  for (size_t i = (hole + 1) & mask; delta->slots[i].page != NULL; i = (i + 1) & mask) {
    if (((i - home_of (delta, delta->slots[i].number)) & mask) < ((i - hole) & mask))
      continue;
    delta->slots[hole] = delta->slots[i];
    hole = i;
  }
  delta->slots[hole].page = NULL;
  delta->n_pages--;
  delta->last.page = NULL;
}

/* Where the record of @id is to be: NULL in it when there is none. */
static WeirDeltaRecord **
find_record (WeirDelta *delta, uint64_t id)
{
  uint64_t number = id / PAGE;
  WeirDeltaPage *page = find_page (delta, number);

  if (page == NULL)
    page = add_page (delta, number);
  delta->last = (WeirDeltaSlot){ number, page };
  return &page->records[id % PAGE];
}

static void
set_record (WeirDelta *delta, uint64_t id, WeirDeltaRecord **at, WeirDeltaRecord *record)
{
  WeirDeltaPage *page = delta->last.page;

  size_t n = page->n + (record != NULL ? 1 : 0) - (*at != NULL ? 1 : 0);

  delta->n_layers += n - page->n;
  page->n = n;
  *at = record;
  if (page->n == 0)
    remove_page (delta, id / PAGE);
}

/* --- records --- */

static void
free_record (WeirDelta *delta, WeirDeltaRecord *record)
{
  if (record != NULL && record != &gone)
    weir_pieces_free (&delta->pieces, record, record->size);
}

/* With room for @room bytes of attributes, and those of @layer in it. */
static WeirDeltaRecord *
new_record (WeirDelta *delta, const WeirLayer *layer, size_t room)
{
  size_t size = sizeof (WeirDeltaRecord) + room;
  WeirDeltaRecord *record = weir_pieces_alloc (&delta->pieces, &size);

  record->layer = *layer;
  record->size = size;
  record->layer.attributes.at = record->bytes;
  if (layer->attributes.size > 0)
    memcpy (record->bytes, layer->attributes.at, layer->attributes.size);
  return record;
}

/* Appends @chunk to the attributes of *@at, which may move.
 * Returns: false when they are too many. */
static bool
append_chunk (WeirDelta *delta, WeirDeltaRecord **at, const WeirChunks *chunk)
{
  WeirDeltaRecord *record = *at;
  WeirLayer *layer = &record->layer;
  size_t size = layer->attributes.size + chunk->size;

  layer->has_attributes = true;
  if (layer->attributes.n < MAX_CHUNKS && sizeof (WeirDeltaRecord) + size <= record->size) {
    memcpy (record->bytes + layer->attributes.size, chunk->at, chunk->size);
    layer->attributes.size = size;
    layer->attributes.n++;
    return true;
  }

  if (layer->attributes.n >= MAX_CHUNKS || size > WEIR_CHUNKS_MAX) {
    weir_chunks_sum_begin (&delta->sum);
    weir_chunks_sum_add (&delta->sum, &layer->attributes);
    weir_chunks_sum_add (&delta->sum, chunk);
    layer->attributes = weir_chunks_sum_end (&delta->sum, layer->kind == WEIR_LAYER_WHOLE);
    *at = new_record (delta, layer, layer->attributes.size);
  } else {
    *at = new_record (delta, layer, size);
    layer = &(*at)->layer;
    memcpy ((*at)->bytes + layer->attributes.size, chunk->at, chunk->size);
    layer->attributes.size = size;
    layer->attributes.n++;
  }
  free_record (delta, record);
  return (*at)->layer.attributes.size <= CHANGES_MAX;
}

/* --- operations --- */

/* For the changes that most FlowFiles see: moving a record costs more than the room. */
#define SLACK 48u

static int64_t
end_of_penalty (const WeirOp *op, int64_t wall)
{
  return weir_time_add (wall, (int64_t)MIN (op->penalty_usec, (uint64_t)INT64_MAX));
}

const char *
weir_delta_create (WeirDelta *delta, const WeirOp *op, const WeirChunks *attributes, int64_t wall,
                   uint64_t order)
{
  WeirLayer layer = { .id = op->id,
                      .kind = WEIR_LAYER_WHOLE,
                      .has_queue = true,
                      .has_attributes = true,
                      .has_content = op->has_content && op->content.where != WEIR_WHERE_NONE,
                      .has_penalty = op->has_penalty,
                      .penalty_until = op->has_penalty ? end_of_penalty (op, wall) : 0,
                      .attributes = *attributes,
                      .queue = op->queue,
                      .order = order,
                      .entry_time = op->entry_time,
                      .lineage_start = op->lineage_start };
  WeirDeltaRecord **at;

  if (op->id == 0 || op->id >= WEIR_FLOWFILE_ID_END)
    return "is made with an id that is none";
  if (attributes->size > WEIR_CHUNKS_MAX)
    return "is made with more attributes than can be";
  at = find_record (delta, op->id);
  if (*at != NULL)
    return "is made twice";
  if (layer.has_content)
    layer.content = op->content;
  set_record (delta, op->id, at, new_record (delta, &layer, attributes->size + SLACK));
  return NULL;
}

const char *
weir_delta_update (WeirDelta *delta, const WeirOp *op, int64_t wall, uint64_t order)
{
  WeirDeltaRecord **at = find_record (delta, op->id);
  WeirLayer *layer;

  if (*at == &gone || (*at == NULL && op->id >= delta->first_new_id))
    return "is changed and is not there";
  if (*at == NULL) {
    WeirChunks chunk = op->has_attributes ? weir_chunks_of_op (op) : (WeirChunks){ 0 };
    WeirLayer change = { .id = op->id, .kind = WEIR_LAYER_CHANGE };

    set_record (delta, op->id, at, new_record (delta, &change, chunk.size));
  }
  if (op->has_attributes) {
    WeirChunks chunk = weir_chunks_of_op (op);

    if (chunk.size > WEIR_CHUNKS_MAX || !append_chunk (delta, at, &chunk))
      return "is given more attributes than can be";
  }

  layer = &(*at)->layer;
  if (op->has_queue) {
    layer->has_queue = true;
    layer->queue = op->queue;
    layer->order = order;
    layer->has_penalty = false;
    layer->penalty_until = 0;
  }
  if (op->has_content) {
    layer->has_content = layer->kind != WEIR_LAYER_WHOLE || op->content.where != WEIR_WHERE_NONE;
    layer->content = op->content;
  }
  if (op->has_penalty) {
    layer->has_penalty = true;
    layer->penalty_until = end_of_penalty (op, wall);
  }
  return NULL;
}

const char *
weir_delta_drop (WeirDelta *delta, uint64_t id)
{
  WeirDeltaRecord **at = find_record (delta, id);
  WeirDeltaRecord *record = *at;

  if (record == &gone || (record == NULL && id >= delta->first_new_id))
    return "is dropped and is not there";
  if (record != NULL && record->layer.kind == WEIR_LAYER_WHOLE)
    set_record (delta, id, at, NULL);
  else
    set_record (delta, id, at, (WeirDeltaRecord *)&gone);
  free_record (delta, record);
  return NULL;
}

/* --- reading --- */

static void
get_layer (const WeirDeltaPage *page, uint64_t id, WeirLayer *ret_layer)
{
  const WeirDeltaRecord *record = page != NULL ? page->records[id % PAGE] : NULL;

  *ret_layer = record != NULL ? record->layer : (WeirLayer){ .kind = WEIR_LAYER_NONE };
  ret_layer->id = id;
}

void
weir_delta_find (const WeirDelta *delta, uint64_t id, WeirLayer *ret_layer)
{
  get_layer (find_slot (delta, id / PAGE)->page, id, ret_layer);
}

uint64_t
weir_delta_get_mask (const WeirDelta *delta, uint64_t number)
{
  const WeirDeltaPage *page = find_slot (delta, number)->page;
  uint64_t mask = 0;

  for (unsigned i = 0; page != NULL && i < PAGE; i++)
    mask |= (uint64_t)(page->records[i] != NULL) << i;
  return mask;
}

static int
compare_slots (const void *a, const void *b)
{
  const WeirDeltaSlot *left = a, *right = b;

  return left->number < right->number ? -1 : left->number > right->number;
}

void
weir_delta_cursor_init (WeirDeltaCursor *cursor, const WeirDelta *delta)
{
  *cursor = (WeirDeltaCursor){ .delta = delta, .pages = g_new (WeirDeltaSlot, delta->n_pages) };
  for (size_t i = 0; i < delta->n_slots; i++) {
    if (delta->slots[i].page != NULL)
      cursor->pages[cursor->n_pages++] = delta->slots[i];
  }
  if (cursor->n_pages > 1)
    qsort (cursor->pages, cursor->n_pages, sizeof (WeirDeltaSlot), compare_slots);
}

void
weir_delta_cursor_clear (WeirDeltaCursor *cursor)
{
  g_clear_pointer (&cursor->pages, g_free);
}

void
weir_delta_cursor_next (WeirDeltaCursor *cursor, WeirLayer *ret_layer)
{
  for (; cursor->page < cursor->n_pages; cursor->page++, cursor->index = 0) {
    const WeirDeltaSlot *slot = &cursor->pages[cursor->page];

    while (cursor->index < PAGE && slot->page->records[cursor->index] == NULL)
      cursor->index++;
    if (cursor->index < PAGE) {
      get_layer (slot->page, slot->number * PAGE + cursor->index++, ret_layer);
      return;
    }
  }
  *ret_layer = (WeirLayer){ .kind = WEIR_LAYER_NONE };
}
