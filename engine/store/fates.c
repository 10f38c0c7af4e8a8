/* fates.c: ids that are used together were given together, so a note is a bit in the page of 64
 * neighbours, and most of them are in the page of the one before. */
#include "store/fates.h"

#include <string.h>

#define FIRST_SLOTS 256u

void
weir_fates_init (WeirFates *fates)
{
  *fates = (WeirFates){ .n_slots = FIRST_SLOTS, .capacity = FIRST_SLOTS / 2 };
  fates->pages = g_new (WeirFatesPage, fates->capacity);
  fates->slots = g_new (uint32_t, fates->n_slots);
  weir_fates_begin (fates);
}

void
weir_fates_clear (WeirFates *fates)
{
  g_clear_pointer (&fates->pages, g_free);
  g_clear_pointer (&fates->slots, g_free);
}

void
weir_fates_begin (WeirFates *fates)
{
  memset (fates->slots, 0, fates->n_slots * sizeof *fates->slots);
  fates->pages[0] = (WeirFatesPage){ .number = UINT64_MAX };
  fates->n_pages = 1;
  fates->last = 0;
}

/* The slot of @number, or the free one where it belongs. */
static uint32_t *
find_slot (const WeirFates *fates, uint64_t number)
{
  size_t mask = fates->n_slots - 1;
  size_t i = weir_delta_hash (number) & mask;

  while (fates->slots[i] != 0 && fates->pages[fates->slots[i]].number != number)
    i = (i + 1) & mask;
  return &fates->slots[i];
}

static void
grow (WeirFates *fates)
{
  fates->capacity *= 2;
  fates->pages = g_renew (WeirFatesPage, fates->pages, fates->capacity);
  g_free (fates->slots);
  fates->n_slots *= 2;
  fates->slots = g_new0 (uint32_t, fates->n_slots);
  for (size_t i = 1; i < fates->n_pages; i++)
    *find_slot (fates, fates->pages[i].number) = (uint32_t)i;
}

static WeirFatesPage *
get_page (WeirFates *fates, uint64_t number)
{
  uint32_t *slot;

  if (fates->pages[fates->last].number == number)
    return &fates->pages[fates->last];
  slot = find_slot (fates, number);
  if (*slot == 0) {
    if (fates->n_pages == fates->capacity) {
      grow (fates);
      slot = find_slot (fates, number);
    }
    *slot = (uint32_t)fates->n_pages;
    fates->pages[fates->n_pages++] = (WeirFatesPage){ .number = number };
  }
  fates->last = *slot;
  return &fates->pages[fates->last];
}

const char *
weir_fates_note (WeirFates *fates, const WeirOp *op, WeirFate *ret_fate)
{
  WeirFatesPage *page;
  uint64_t bit = UINT64_C (1) << op->id % WEIR_DELTA_PAGE;

  if (op->id == 0 || op->id >= WEIR_FLOWFILE_ID_END)
    return "has an id that is none";
  page = get_page (fates, op->id / WEIR_DELTA_PAGE);
  *ret_fate = (WeirFate)(fates->last * WEIR_DELTA_PAGE + op->id % WEIR_DELTA_PAGE);
  switch (op->kind) {
  case WEIR_OP_CREATE:
    if (((page->made | page->older) & bit) != 0)
      return "is made twice";
    page->made |= bit;
    return NULL;
  case WEIR_OP_UPDATE:
    if ((page->ended & bit) != 0)
      return "is changed and is not there";
    break;
  default:
    if ((page->ended & bit) != 0)
      return "is dropped and is not there";
    page->ended |= bit;
    if ((page->made & bit) == 0)
      *ret_fate = WEIR_FATE_OPEN;
  }
  if ((page->made & bit) == 0)
    page->older |= bit;
  return NULL;
}

void
weir_fates_end (WeirFates *fates, const WeirDelta *delta)
{
  for (size_t i = 1; i < fates->n_pages; i++) {
    WeirFatesPage *page = &fates->pages[i];
    uint64_t unheard = page->made & page->ended;

    if (unheard != 0)
      page->ended &= ~(unheard & weir_delta_get_mask (delta, page->number));
  }
}
