/* pieces.c: a list of free pieces for each size, and blocks that are mapped: malloc would keep what
 * is given back. */
#include "store/pieces.h"

#include <string.h>
#include <sys/mman.h>

#define BLOCK (1024u * 1024)
#define PAGE  4096u

struct WeirPiecesBlock {
  WeirPiecesBlock *next;
  WeirPiecesBlock *previous; /* of large ones */
  size_t size;
  max_align_t bytes[];
};

/* Adds a block of at least @size bytes to *@list. */
static WeirPiecesBlock *
map_block (WeirPieces *pieces, size_t size, WeirPiecesBlock **list)
{
  WeirPiecesBlock *block =
      mmap (NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

  if (block == MAP_FAILED)
    g_error ("cannot get %zu bytes of memory", size);
  block->size = size;
  block->next = *list;
  block->previous = NULL;
  if (*list != NULL)
    (*list)->previous = block;
  *list = block;
  pieces->bytes += size;
  return block;
}

static void
unmap_block (WeirPieces *pieces, WeirPiecesBlock *block)
{
  pieces->bytes -= block->size;
  munmap (block, block->size);
}

static void *
alloc_large (WeirPieces *pieces, size_t *size)
{
  /* Somewhat more, because what is large now was smaller before. */
  size_t whole = (*size + *size / 4 + sizeof (WeirPiecesBlock) + PAGE - 1) / PAGE * PAGE;

  *size = whole - sizeof (WeirPiecesBlock);
  return map_block (pieces, whole, &pieces->large)->bytes;
}

void *
weir_pieces_alloc (WeirPieces *pieces, size_t *size)
{
  void **free;
  void *memory;

  if (G_UNLIKELY (*size > WEIR_PIECES_SMALL))
    return alloc_large (pieces, size);
  *size = weir_pieces_round (*size);
  free = &pieces->free[*size / WEIR_PIECES_STEP];
  if (*free != NULL) {
    memory = *free;
    memcpy (free, memory, sizeof *free);
    return memory;
  }
  if ((size_t)(pieces->end - pieces->at) < *size) {
    WeirPiecesBlock *block = map_block (pieces, BLOCK, &pieces->blocks);

    pieces->at = (char *)block->bytes;
    pieces->end = (char *)block + BLOCK;
  }
  memory = pieces->at;
  pieces->at += *size;
  return memory;
}

static void
free_large (WeirPieces *pieces, void *memory)
{
  WeirPiecesBlock *block =
      (WeirPiecesBlock *)(void *)((char *)memory - offsetof (WeirPiecesBlock, bytes));

  if (block->previous != NULL)
    block->previous->next = block->next;
  else
    pieces->large = block->next;
  if (block->next != NULL)
    block->next->previous = block->previous;
  unmap_block (pieces, block);
}

void
weir_pieces_free (WeirPieces *pieces, void *memory, size_t size)
{
  void **free;

  if (G_UNLIKELY (size > WEIR_PIECES_SMALL)) {
    free_large (pieces, memory);
    return;
  }
  free = &pieces->free[size / WEIR_PIECES_STEP];
  memcpy (memory, free, sizeof *free);
  *free = memory;
}

static void
unmap_list (WeirPieces *pieces, WeirPiecesBlock *block)
{
  while (block != NULL) {
    WeirPiecesBlock *next = block->next;

    unmap_block (pieces, block);
    block = next;
  }
}

void
weir_pieces_clear (WeirPieces *pieces)
{
  unmap_list (pieces, pieces->blocks);
  unmap_list (pieces, pieces->large);
  g_assert (pieces->bytes == 0);
  *pieces = (WeirPieces){ 0 };
}
