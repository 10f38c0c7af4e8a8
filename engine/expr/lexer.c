/* lexer.c: the words of an expression.
 *
 * Reading is strict, finding the end is not: as in NiFi a `${` is an expression only when a `}`
 * closes it, whatever stands between. */
#include "expr/lexer.h"
#include "expr/number.h"

static bool
is_blank (char c)
{
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* What can stand in a name that is not quoted. */
static bool
is_name_char (char c)
{
  return c != '\0' && strchr ("${}()[],:;/*' \t\r\n", c) == NULL;
}

/* Past the comment at @at; the length when it has no end. */
static uint32_t
skip_comment (const WeirExprSource *source, uint32_t at)
{
  const char *feed = memchr (source->text + at, '\n', source->length - at);

  return feed == NULL ? source->length : (uint32_t)(feed - source->text) + 1;
}

static bool
is_comment (const WeirExprSource *source, uint32_t at)
{
  return source->text[at] == '#' && !(at + 1 < source->length && source->text[at + 1] == '{');
}

/* The closing quote of the text that @at begins; the length when there is none. */
static uint32_t
find_quote (const WeirExprSource *source, uint32_t at)
{
  const char quote = source->text[at];

  for (at++; at < source->length && source->text[at] != quote; at++)
    if (source->text[at] == '\\')
      at++;
  return MIN (at, source->length);
}

ptrdiff_t
weir_expr_lex_find_close (const WeirExprSource *source, uint32_t at)
{
  bool in_name = false;
  unsigned depth = 1;

  while (at < source->length) {
    const char c = source->text[at];

    if (c == '\'' || c == '"') {
      at = find_quote (source, at);
    } else if (!in_name && is_comment (source, at)) {
      at = skip_comment (source, at);
      continue;
    } else if (c == '{') {
      depth++;
    } else if (c == '}' && --depth == 0) {
      return at;
    }
    in_name = is_name_char (c) && c != '"';
    at++;
  }
  return -1;
}

static void
unescape (const WeirExprSource *source, const WeirExprToken *token, WeirArena *arena,
          WeirExprSource *ret_inside)
{
  const uint32_t length = token->end - token->start - 2;
  char *text = weir_arena_alloc (arena, length + 1);
  uint32_t *origins = weir_arena_alloc (arena, (length + 1) * sizeof *origins);
  uint32_t n = 0;

  for (uint32_t at = token->start + 1; at < token->end - 1; at++) {
    static const char letters[] = "\"'rnt\\";
    static const char meanings[] = "\"'\r\n\t\\";
    const char *letter;

    origins[n] = weir_expr_source_offset (source, at);
    letter = source->text[at] == '\\' ? strchr (letters, source->text[at + 1]) : NULL;
    if (letter != NULL && *letter != '\0') {
      text[n++] = meanings[letter - letters];
      at++;
    } else {
      text[n++] = source->text[at];
    }
  }
  text[n] = '\0';
  origins[n] = weir_expr_source_offset (source, token->end - 1);
  *ret_inside = (WeirExprSource){ .text = text, .length = n, .origins = origins };
}

static void
lex_quoted (const WeirExprSource *source, WeirExprToken *token, WeirArena *arena)
{
  bool escapes = false;

  token->end = find_quote (source, token->start);
  if (token->end == source->length) {
    token->kind = WEIR_EXPR_TOKEN_WRONG;
    token->problem = "this quote is never closed";
    return;
  }
  token->end++;
  for (uint32_t at = token->start + 1; at < token->end - 1; at++) {
    const char c = source->text[at];

    escapes |= c == '\\';
    if (c == '\n' || c == '\r' || c == '\t') {
      token->kind = WEIR_EXPR_TOKEN_WRONG;
      token->start = at;
      token->problem = "a quoted text cannot go over lines or have a tab; write \\n, \\r or \\t";
      return;
    }
  }
  token->kind = WEIR_EXPR_TOKEN_QUOTED;
  if (escapes)
    unescape (source, token, arena, &token->inside);
  else
    token->inside =
        (WeirExprSource){ .text = source->text + token->start + 1,
                          .length = token->end - token->start - 2,
                          .base = source->base + token->start + 1,
                          .origins =
                              source->origins == NULL ? NULL : source->origins + token->start + 1 };
}

static uint32_t
skip_digits (const WeirExprSource *source, uint32_t at)
{
  while (at < source->length && g_ascii_isdigit (source->text[at]))
    at++;
  return at;
}

/* The end of the number that begins at @start; @start when none does. */
static uint32_t
find_number (const WeirExprSource *source, uint32_t start)
{
  uint32_t at = start;
  uint32_t digits, end;

  if (at < source->length && (source->text[at] == '-' || source->text[at] == '+'))
    at++;
  digits = skip_digits (source, at);
  end = digits;
  if (end < source->length && source->text[end] == '.')
    end = skip_digits (source, end + 1);
  if (digits == at && end <= digits + 1)
    return start;
  if (end < source->length && g_ascii_tolower (source->text[end]) == 'e') {
    uint32_t exponent = end + 1;

    if (exponent < source->length && strchr ("+-", source->text[exponent]) != NULL)
      exponent++;
    if (skip_digits (source, exponent) > exponent)
      end = skip_digits (source, exponent);
  }
  return end;
}

static void
lex_number (const WeirExprSource *source, WeirExprToken *token)
{
  const char *text = source->text + token->start;
  size_t length = token->end - token->start;
  int64_t whole = 0;
  double decimal = 0;

  /* "5." is a number here, but nowhere else. */
  if (text[length - 1] == '.')
    length--;
  token->kind = WEIR_EXPR_TOKEN_NUMBER;
  switch (weir_expr_number_parse (text, length, &whole, &decimal)) {
  case WEIR_EXPR_NUMBER_WHOLE:
    token->value = length == token->end - token->start ? weir_expr_whole (whole)
                                                       : weir_expr_decimal ((double)whole);
    break;
  case WEIR_EXPR_NUMBER_DECIMAL:
    token->value = weir_expr_decimal (decimal);
    break;
  default:
    token->kind = WEIR_EXPR_TOKEN_WRONG;
    token->problem = "this number does not fit into 64 bits; add .0 to make it a decimal";
  }
  if (token->end < source->length && is_name_char (source->text[token->end])) {
    token->kind = WEIR_EXPR_TOKEN_WRONG;
    token->problem = "a name that begins with a digit must stand in quotes, as in ${'1st'}";
  }
}

static void
lex_word (const WeirExprSource *source, WeirExprToken *token)
{
  token->end = find_number (source, token->start);
  if (token->end > token->start) {
    lex_number (source, token);
    return;
  }
  while (token->end < source->length && is_name_char (source->text[token->end]))
    token->end++;
  if (token->end > token->start) {
    token->kind = WEIR_EXPR_TOKEN_NAME;
    return;
  }
  token->kind = WEIR_EXPR_TOKEN_WRONG;
  token->problem = "this character cannot stand here; a name that has it must stand in quotes, "
                   "as in ${'my name'}";
}

WeirExprToken
weir_expr_lex (const WeirExprSource *source, uint32_t at, WeirArena *arena)
{
  static const char signs[] = "}():,";
  static const WeirExprTokenKind kinds[] = {
    WEIR_EXPR_TOKEN_CLOSE, WEIR_EXPR_TOKEN_LEFT,  WEIR_EXPR_TOKEN_RIGHT,
    WEIR_EXPR_TOKEN_COLON, WEIR_EXPR_TOKEN_COMMA,
  };
  WeirExprToken token = { .kind = WEIR_EXPR_TOKEN_END };
  const char *sign;

  while (at < source->length && (is_blank (source->text[at]) || is_comment (source, at)))
    at = is_comment (source, at) ? skip_comment (source, at) : at + 1;
  token.start = token.end = at;
  if (at == source->length)
    return token;
  sign = strchr (signs, source->text[at]);
  if (sign != NULL && *sign != '\0') {
    token.kind = kinds[sign - signs];
    token.end = at + 1;
  } else if (source->text[at] == '\'' || source->text[at] == '"') {
    lex_quoted (source, &token, arena);
  } else if (source->text[at] == '$' && at + 1 < source->length && source->text[at + 1] == '{') {
    token.kind = WEIR_EXPR_TOKEN_OPEN;
    token.end = at + 2;
  } else {
    lex_word (source, &token);
  }
  return token;
}
