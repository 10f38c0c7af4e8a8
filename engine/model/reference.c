/* reference.c: a scanner that splits a text into plain text and references.
 *
 * It knows of expressions just where they begin and end and what is quoted in them. Scanning looks
 * at each byte once. */
#include "model/reference.h"
#include <string.h>
#include <weir/error.h>

void
weir_piece_scanner_init (WeirPieceScanner *scanner, const char *text)
{
  *scanner = (WeirPieceScanner){ .at = text };
}

static void
follow_expression (WeirPieceScanner *scanner, const char *at)
{
  if (scanner->quote != '\0') {
    if (*at == scanner->quote)
      scanner->quote = '\0';
  } else if (*at == '\'' || *at == '"') {
    scanner->quote = *at;
  } else if (*at == '}') {
    scanner->depth--;
  }
}

/* Moves over plain text to the next hash that matters or to the end. */
static void
skip_text (WeirPieceScanner *scanner)
{
  const char *at = scanner->at;

  while (*at != '\0') {
    size_t run = 0;

    if (*at == '#') {
      run = strspn (at, "#");
      if (at[run] == '{')
        break;
      at += run;
    } else if (*at == '$' && scanner->quote == '\0') {
      run = strspn (at, "$");
      at += run;
      if (*at == '{' && run % 2 == 1)
        scanner->depth++;
    } else if (*at == '\\' && scanner->quote != '\0' && at[1] != '\0') {
      at += 2;
    } else {
      if (scanner->depth > 0)
        follow_expression (scanner, at);
      at++;
    }
  }
  scanner->at = at;
}

/* @brace: the '{' of a reference. */
static bool
read_reference (WeirPieceScanner *scanner, const char *brace, WeirPiece *ret_piece, GError **error)
{
  const char *start = brace + 1 + strspn (brace + 1, " ");
  const char *end = NULL;
  const char *close = NULL;

  if (*start == '\'' || *start == '"') {
    char quote = *start++;

    end = strchr (start, quote);
    close = end != NULL ? end + 1 + strspn (end + 1, " ") : NULL;
  } else {
    close = end = strchr (start, '}');
    while (end != NULL && end > start && end[-1] == ' ')
      end--;
  }
  if (close == NULL || *close != '}') {
    g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                         "a parameter reference '#{' is not closed by '}'");
    return false;
  }
  if (end == start) {
    g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                         "a parameter reference '#{}' has no name");
    return false;
  }
  ret_piece->kind = WEIR_PIECE_PARAMETER;
  ret_piece->start = start;
  ret_piece->length = (size_t)(end - start);
  scanner->at = close + 1;
  return true;
}

bool
weir_piece_scanner_next (WeirPieceScanner *scanner, WeirPiece *ret_piece, GError **error)
{
  const char *start = scanner->at;
  size_t run = 0;
  WeirPiece piece = { .kind = WEIR_PIECE_TEXT, .start = start };

  if (*start == '\0')
    return false;
  run = strspn (start, "#");
  if (run == 0 || start[run] != '{') {
    skip_text (scanner);
    piece.length = (size_t)(scanner->at - start);
  } else if (run == 1) {
    piece.in_expression = scanner->depth > 0;
    piece.quote = scanner->quote;
    if (!read_reference (scanner, start + run, &piece, error))
      return false;
  } else if (run % 2 == 1) {
    piece.length = run / 2;
    scanner->at = start + run - 1;
  } else {
    /* The brace belongs to this text, so that it is not taken for the one of a reference. */
    piece.start = start + run / 2;
    piece.length = run / 2 + 1;
    scanner->at = start + run + 1;
  }
  *ret_piece = piece;
  return true;
}
