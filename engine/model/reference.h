/* reference.h: finds the parameter references `#{name}` in a text.
 *
 * Of hashes before a brace two stand for one: `##{x}` is the text `#{x}`, `###{x}` a hash and a
 * reference. A name may stand in quotes: `#{'a b'}`.
 *
 * Thread: any. */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef enum {
  WEIR_PIECE_TEXT,
  WEIR_PIECE_PARAMETER,
} WeirPieceKind;

typedef struct {
  WeirPieceKind kind;
  const char *start; /* of the text or of the name, within what is scanned */
  size_t length;
  bool in_expression; /* within `${...}` */
  char quote;         /* ' or " within a quoted string of an expression, else 0 */
} WeirPiece;

typedef struct {
  const char *at;
  unsigned depth; /* of `${` */
  char quote;
} WeirPieceScanner;

void weir_piece_scanner_init (WeirPieceScanner *scanner, const char *text);

/* Returns: true with *@ret_piece; false at the end, or with @error set when a reference is not
 * closed or has no name. */
bool weir_piece_scanner_next (WeirPieceScanner *scanner, WeirPiece *ret_piece, GError **error);
