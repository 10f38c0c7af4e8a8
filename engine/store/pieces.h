/* pieces.h: memory for many pieces that come and go, and go all at once in the end. It comes from
 * the system in blocks and goes back in blocks, so that what is said to be used is what is used.
 *
 * Thread: one at a time for each struct. */
#pragma once

#include <glib.h>
#include <stddef.h>

#define WEIR_PIECES_STEP  32u   /* sizes are multiples of it */
#define WEIR_PIECES_SMALL 1024u /* what is larger has a block of its own */

typedef struct WeirPiecesBlock WeirPiecesBlock;

/* A zeroed struct is empty. */
typedef struct {
  void *free[WEIR_PIECES_SMALL / WEIR_PIECES_STEP + 1];
  char *at; /* free space of the newest block */
  char *end;
  WeirPiecesBlock *blocks;
  WeirPiecesBlock *large;
  size_t bytes;
} WeirPieces;

/* What a piece of at most WEIR_PIECES_SMALL takes. */
static inline size_t
weir_pieces_round (size_t size)
{
  return (size + WEIR_PIECES_STEP - 1) / WEIR_PIECES_STEP * WEIR_PIECES_STEP;
}

/* Returns: (transfer none): memory that is not set; *@size grows to what there is. */
void *weir_pieces_alloc (WeirPieces *pieces, size_t *size);

/* @size: what weir_pieces_alloc has made of it. */
void weir_pieces_free (WeirPieces *pieces, void *memory, size_t size);

/* All of it is gone. */
void weir_pieces_clear (WeirPieces *pieces);

/* What the system has given. */
static inline size_t
weir_pieces_get_bytes (const WeirPieces *pieces)
{
  return pieces->bytes;
}
