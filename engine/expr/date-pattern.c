/* date-pattern.c: compiles patterns of Java's DateTimeFormatter.
 *
 * Numbers that follow each other without anything between share their digits: those that have a
 * fixed width take it, and the first takes what is left (`reserved`). */
#include "expr/date-pattern.h"
#include "base/error.h"
#include "base/limits.h"

#define YEAR_WIDTH 19

typedef struct {
  const char *start;
  const char *at;
  const char *end;
  GArray *items;
  GString *literals;
  int active;    /* the number that may take what is left of adjacent digits; -1: none */
  unsigned open; /* brackets */
  uint8_t pad;
} Compiler;

static bool
fail (Compiler *compiler, GError **error, const char *problem)
{
  g_autofree char *pattern = g_strndup (compiler->start, (gsize)(compiler->end - compiler->start));
  g_autofree char *quoted = weir_error_quote (pattern);

  g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID, "date pattern %s, position %zu: %s", quoted,
               (size_t)(compiler->at - compiler->start) + 1, problem);
  return false;
}

static void
add_other (Compiler *compiler, WeirExprDateKind kind, char letter, unsigned count)
{
  WeirExprDateItem item = {
    .kind = kind, .letter = letter, .count = (uint8_t)count, .pad = compiler->pad
  };

  compiler->active = -1;
  compiler->pad = 0;
  g_array_append_val (compiler->items, item);
}

static WeirExprDateItem *
item_at (Compiler *compiler, size_t index)
{
  return &g_array_index (compiler->items, WeirExprDateItem, index);
}

/* Adds a number and settles with the one before it who gets how many digits. */
static void
add_number (Compiler *compiler, WeirExprDateItem item)
{
  const bool is_fixed = item.min_width == item.max_width && !item.signed_;

  item.pad = compiler->pad;
  if (compiler->pad > 0)
    compiler->active = -1;
  compiler->pad = 0;
  if (compiler->active >= 0) {
    WeirExprDateItem *active = item_at (compiler, (size_t)compiler->active);

    if (is_fixed) {
      active->reserved = (uint16_t)(active->reserved + item.max_width);
      item.fixed = true;
    } else {
      active->fixed = true;
    }
  }
  if (compiler->active < 0 || !is_fixed)
    compiler->active = (int)compiler->items->len;
  g_array_append_val (compiler->items, item);
}

static bool
add_value (Compiler *compiler, char letter, unsigned count, unsigned most, GError **error)
{
  WeirExprDateItem item = { .kind = WEIR_EXPR_DATE_NUMBER,
                            .letter = letter,
                            .count = (uint8_t)count };

  if (count > most)
    return fail (compiler, error, "this letter is repeated too often");
  /* One letter: as many digits as it takes, and a sign when there must be one. */
  item.min_width = (uint8_t)count;
  item.max_width = count == 1 ? YEAR_WIDTH : (uint8_t)count;
  item.signed_ = count == 1;
  if (letter == 'D' && count > 1)
    item.max_width = 3;
  add_number (compiler, item);
  return true;
}

static bool
add_year (Compiler *compiler, char letter, unsigned count, GError **error)
{
  WeirExprDateItem item = { .kind = count == 2 ? WEIR_EXPR_DATE_REDUCED : WEIR_EXPR_DATE_NUMBER,
                            .letter = letter,
                            .count = (uint8_t)count,
                            .min_width = (uint8_t)count,
                            .max_width = count == 2 ? 2 : YEAR_WIDTH,
                            .signed_ = count != 2,
                            .exceeds = count >= 4 };

  if (count > YEAR_WIDTH)
    return fail (compiler, error, "this letter is repeated too often");
  add_number (compiler, item);
  return true;
}

/* A letter with names: one or two of it are a number when it has one. */
static bool
add_named (Compiler *compiler, char letter, unsigned count, GError **error)
{
  if (count > 5)
    return fail (compiler, error, "this letter is repeated too often");
  if (strchr ("EG", letter) == NULL && count <= 2) {
    if (letter == 'c' && count == 2)
      return fail (compiler, error, "cc means nothing");
    return add_value (compiler, letter, count, 2, error);
  }
  add_other (compiler, WEIR_EXPR_DATE_NAME, letter, MAX (count, 3));
  return true;
}

static bool
add_fraction (Compiler *compiler, unsigned count, GError **error)
{
  WeirExprDateItem item = { .kind = WEIR_EXPR_DATE_FRACTION,
                            .letter = 'S',
                            .count = (uint8_t)count,
                            .min_width = (uint8_t)count,
                            .max_width = (uint8_t)count };

  if (count > 9)
    return fail (compiler, error, "a fraction has at most nine digits");
  add_number (compiler, item);
  return true;
}

/* Numbers that are counted in something small: as wide as they must be. */
static bool
add_count (Compiler *compiler, char letter, unsigned count, GError **error)
{
  WeirExprDateItem item = { .kind = WEIR_EXPR_DATE_NUMBER,
                            .letter = letter,
                            .count = (uint8_t)count,
                            .min_width = (uint8_t)count,
                            .max_width = YEAR_WIDTH,
                            .signed_ = letter == 'g' };

  if (count > YEAR_WIDTH)
    return fail (compiler, error, "this letter is repeated too often");
  add_number (compiler, item);
  return true;
}

static bool
add_zone (Compiler *compiler, char letter, unsigned count, GError **error)
{
  const bool ok = letter == 'V'                    ? count == 2
                  : letter == 'O' || letter == 'v' ? count == 1 || count == 4
                  : letter == 'z'                  ? count <= 4
                                                   : count <= 5;

  if (!ok)
    return fail (compiler, error, "this letter cannot be repeated so");
  if (letter == 'V')
    add_other (compiler, WEIR_EXPR_DATE_ZONE_ID, letter, count);
  else if (letter == 'z' || letter == 'v')
    add_other (compiler, WEIR_EXPR_DATE_ZONE, letter, count);
  else if (letter == 'O' || (letter == 'Z' && count == 4))
    add_other (compiler, WEIR_EXPR_DATE_GMT, letter, count);
  else
    add_other (compiler, WEIR_EXPR_DATE_OFFSET, letter, count);
  return true;
}

static bool
add_letter (Compiler *compiler, char letter, unsigned count, GError **error)
{
  if (strchr ("uyY", letter) != NULL)
    return add_year (compiler, letter, count, error);
  if (strchr ("MLQqEecG", letter) != NULL)
    return add_named (compiler, letter, count, error);
  if (strchr ("dHhKkms", letter) != NULL)
    return add_value (compiler, letter, count, 2, error);
  if (strchr ("AnNg", letter) != NULL)
    return add_count (compiler, letter, count, error);
  if (strchr ("zvVOXxZ", letter) != NULL)
    return add_zone (compiler, letter, count, error);
  switch (letter) {
  case 'D':
    return add_value (compiler, letter, count, 3, error);
  case 'w':
    return add_value (compiler, letter, count, 2, error);
  case 'W':
  case 'F':
    return add_value (compiler, letter, count, 1, error);
  case 'S':
    return add_fraction (compiler, count, error);
  case 'a':
    if (count > 1)
      return fail (compiler, error, "a stands alone");
    add_other (compiler, WEIR_EXPR_DATE_NAME, letter, 3);
    return true;
  default:
    return fail (compiler, error, "this letter means nothing; text stands in 'quotes'");
  }
}

static void
add_literal (Compiler *compiler, char c)
{
  const size_t n = compiler->items->len;
  WeirExprDateItem *last = n > 0 ? item_at (compiler, n - 1) : NULL;

  /* Literals that follow each other are one; their texts are set when all is there. */
  if (last == NULL || last->kind != WEIR_EXPR_DATE_LITERAL || compiler->pad > 0) {
    add_other (compiler, WEIR_EXPR_DATE_LITERAL, 0, 0);
    if (compiler->literals->len > 0)
      g_string_append_c (compiler->literals, '\0');
  }
  compiler->active = -1;
  g_string_append_c (compiler->literals, c);
}

/* 'text', where '' is a quote; compiler->at is on the first. */
static bool
add_quoted (Compiler *compiler, GError **error)
{
  const char *quote = compiler->at++;

  if (compiler->at < compiler->end && *compiler->at == '\'') {
    add_literal (compiler, *compiler->at++);
    return true;
  }
  while (compiler->at < compiler->end) {
    if (*compiler->at == '\'') {
      compiler->at++;
      if (compiler->at == compiler->end || *compiler->at != '\'')
        return true;
    }
    add_literal (compiler, *compiler->at++);
  }
  compiler->at = quote;
  return fail (compiler, error, "this quote is never closed");
}

static bool
add_letters (Compiler *compiler, GError **error)
{
  const char letter = *compiler->at;
  const char *from = compiler->at;
  size_t count;

  while (compiler->at < compiler->end && *compiler->at == letter)
    compiler->at++;
  count = (size_t)(compiler->at - from);
  if (letter == 'p') {
    if (compiler->at == compiler->end || !g_ascii_isalpha (*compiler->at) || count > 50)
      return fail (compiler, error, "p stands before a letter");
    compiler->pad = (uint8_t)count;
    return true;
  }
  compiler->at = from;
  if (!add_letter (compiler, letter, (unsigned)MIN (count, 255), error))
    return false;
  compiler->at = from + count;
  return true;
}

static bool
add_next (Compiler *compiler, GError **error)
{
  const char c = *compiler->at;

  if (g_ascii_isalpha (c))
    return add_letters (compiler, error);
  if (c == '\'')
    return add_quoted (compiler, error);
  if (c == '[') {
    compiler->open++;
    add_other (compiler, WEIR_EXPR_DATE_OPTIONAL, 0, 0);
  } else if (c == ']') {
    if (compiler->open == 0)
      return fail (compiler, error, "] without [");
    compiler->open--;
    add_other (compiler, WEIR_EXPR_DATE_END, 0, 0);
  } else if (c == '{' || c == '}' || c == '#') {
    return fail (compiler, error, "this character must stand in 'quotes'");
  } else {
    add_literal (compiler, c);
  }
  compiler->at++;
  return true;
}

/* Sets the texts of the literals, and where what is optional ends. */
static void
connect_items (WeirExprDatePattern *pattern)
{
  const char *literal = pattern->literals;

  for (size_t i = 0; i < pattern->n_items; i++) {
    WeirExprDateItem *item = &pattern->items[i];
    unsigned depth = 1;
    size_t end = i + 1;

    if (item->kind == WEIR_EXPR_DATE_LITERAL) {
      item->text = literal;
      literal += strlen (literal) + 1;
    }
    if (item->kind != WEIR_EXPR_DATE_OPTIONAL)
      continue;
    for (; end < pattern->n_items && depth > 0; end++)
      depth += (pattern->items[end].kind == WEIR_EXPR_DATE_OPTIONAL) -
               (pattern->items[end].kind == WEIR_EXPR_DATE_END);
    item->skip = (uint16_t)end;
  }
}

WeirExprDatePattern *
weir_expr_date_pattern_new (const char *text, size_t length, GError **error)
{
  Compiler compiler = { .start = text, .at = text, .end = text + length, .active = -1 };
  WeirExprDatePattern *pattern;
  bool ok = true;

  if (length > WEIR_LIMIT_EXPR_DATE_PATTERN) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_LIMIT,
                 "a date pattern of %zu bytes, at most %d are allowed", length,
                 WEIR_LIMIT_EXPR_DATE_PATTERN);
    return NULL;
  }
  compiler.items = g_array_new (FALSE, FALSE, sizeof (WeirExprDateItem));
  compiler.literals = g_string_new (NULL);
  while (ok && compiler.at < compiler.end)
    ok = add_next (&compiler, error);
  pattern = g_new0 (WeirExprDatePattern, 1);
  pattern->n_items = compiler.items->len;
  pattern->items = (WeirExprDateItem *)(void *)g_array_free (compiler.items, FALSE);
  pattern->literals = g_string_free (compiler.literals, FALSE);
  if (!ok) {
    weir_expr_date_pattern_free (pattern);
    return NULL;
  }
  connect_items (pattern);
  return pattern;
}

void
weir_expr_date_pattern_free (WeirExprDatePattern *pattern)
{
  if (pattern == NULL)
    return;
  g_free (pattern->items);
  g_free (pattern->literals);
  g_free (pattern);
}
