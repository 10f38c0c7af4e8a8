/* functions-list.c: texts that are lists, with a delimiter between the items. */
#include "expr/function.h"
#include "expr/text.h"

/* What getDelimitedField works with: three characters, all different. */
typedef struct {
  WeirExprSpan delimiter;
  WeirExprSpan quote;
  WeirExprSpan escape;
  bool strip;
} Dialect;

static bool
read_character (const WeirExprValue *args, size_t n_args, size_t index, const char *usual,
                const char *what, WeirExprSpan *ret_span, GError **error)
{
  *ret_span = (WeirExprSpan){ usual, strlen (usual) };
  if (n_args <= index)
    return true;
  if (weir_expr_is_nothing (&args[index]) ||
      weir_expr_text_units (args[index].text, args[index].length) != 1) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID, "the %s must be a single character", what);
    return false;
  }
  *ret_span = (WeirExprSpan){ args[index].text, args[index].length };
  return true;
}

static bool
same (WeirExprSpan a, WeirExprSpan b)
{
  return a.length == b.length && memcmp (a.at, b.at, a.length) == 0;
}

static bool
read_dialect (const WeirExprValue *args, size_t n_args, Dialect *ret_dialect, GError **error)
{
  if (!read_character (args, n_args, 2, ",", "delimiter", &ret_dialect->delimiter, error) ||
      !read_character (args, n_args, 3, "\"", "quote", &ret_dialect->quote, error) ||
      !read_character (args, n_args, 4, "\\", "escape", &ret_dialect->escape, error))
    return false;
  ret_dialect->strip = n_args > 5 && args[5].type == WEIR_EXPR_BOOLEAN && args[5].truth;
  if (same (ret_dialect->delimiter, ret_dialect->quote) ||
      same (ret_dialect->quote, ret_dialect->escape) ||
      same (ret_dialect->delimiter, ret_dialect->escape)) {
    g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                         "delimiter, quote and escape must be three different characters");
    return false;
  }
  return true;
}

/* The character at @at as a span; a stray byte counts as one. */
static WeirExprSpan
character_at (const WeirExprValue *text, size_t at)
{
  size_t end = at + 1;

  while (end < text->length && ((unsigned char)text->text[end] & 0xc0) == 0x80)
    end++;
  return (WeirExprSpan){ text->text + at, end - at };
}

static bool
find_field (WeirExprRun *run, const WeirExprValue *text, const Dialect *dialect, int64_t wanted,
            WeirExprBuilder *field, GError **error)
{
  bool in_quotes = false;
  bool escaped = false;
  int64_t index = 1;
  WeirExprSpan c;

  for (size_t at = 0; at < text->length && index <= wanted; at += c.length) {
    bool keep = true;

    c = character_at (text, at);
    if (!escaped && same (c, dialect->quote)) {
      in_quotes = !in_quotes;
      keep = !dialect->strip;
    } else if (!escaped && !in_quotes && same (c, dialect->delimiter)) {
      index++;
      escaped = false;
      continue;
    } else if (same (c, dialect->escape)) {
      keep = !dialect->strip;
    }
    if (keep && index == wanted && !weir_expr_builder_add (field, run, c.at, c.length, error))
      return false;
    escaped = !escaped && same (c, dialect->escape);
  }
  return true;
}

static bool
get_delimited_field (WeirExprRun *run, const WeirExprValue *args, size_t n_args,
                     WeirExprValue *ret_value, GError **error)
{
  WeirExprBuilder field = { 0 };
  Dialect dialect;

  *ret_value = weir_expr_static_text ("");
  if (args[0].length == 0)
    return true;
  if (weir_expr_is_nothing (&args[1])) {
    g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID, "the index is not a number");
    return false;
  }
  if (args[1].whole < 1)
    return true;
  if (!read_dialect (args, n_args, &dialect, error) ||
      !weir_expr_run_charge (run, args[0].length, error) ||
      !find_field (run, &args[0], &dialect, args[1].whole, &field, error))
    return false;
  *ret_value = weir_expr_builder_get (&field);
  return true;
}

/* Iterates over the items between delimiters: at least one, which may be empty. */
typedef struct {
  const WeirExprValue *text;
  const WeirExprValue *delimiter;
  size_t at;
  bool done;
} Items;

static bool
next_item (Items *items, WeirExprSpan *ret_item)
{
  const char *from = items->text->text + items->at;
  const size_t length = items->text->length - items->at;
  ptrdiff_t found;

  if (items->done)
    return false;
  found = weir_expr_text_find (from, length, items->delimiter->text, items->delimiter->length);
  items->done = found < 0;
  *ret_item = (WeirExprSpan){ from, items->done ? length : (size_t)found };
  items->at += ret_item->length + items->delimiter->length;
  return true;
}

static bool
add_item (WeirExprRun *run, WeirExprBuilder *list, bool first, WeirExprSpan item,
          const WeirExprValue *delimiter, GError **error)
{
  if (!first && !weir_expr_builder_add (list, run, delimiter->text, delimiter->length, error))
    return false;
  return weir_expr_builder_add (list, run, item.at, item.length, error);
}

/* True when there is nothing to do: *ret_value is what the result is then. */
static bool
is_no_list (const WeirExprValue *args, WeirExprValue *ret_value)
{
  *ret_value = args[0];
  return weir_expr_is_nothing (&args[0]) || weir_expr_is_nothing (&args[1]) || args[1].length == 0;
}

/* For a round through the list. */
static bool
charge (WeirExprRun *run, const WeirExprValue *args, GError **error)
{
  return weir_expr_run_charge (run, ((size_t)args[0].length + args[1].length) / 4, error);
}

static bool
compact_delimited_list (WeirExprRun *run, const WeirExprValue *args, size_t n_args,
                        WeirExprValue *ret_value, GError **error)
{
  Items items = { .text = &args[0], .delimiter = &args[1] };
  WeirExprBuilder list = { 0 };
  WeirExprSpan item;
  bool first = true;

  if (is_no_list (args, ret_value)) {
    if (weir_expr_is_nothing (ret_value))
      *ret_value = weir_expr_static_text ("");
    return true;
  }
  if (!charge (run, args, error))
    return false;
  while (next_item (&items, &item)) {
    if (item.length == 0)
      continue;
    if (!add_item (run, &list, first, item, &args[1], error))
      return false;
    first = false;
  }
  *ret_value = weir_expr_builder_get (&list);
  return true;
}

static bool
trim_delimited_list (WeirExprRun *run, const WeirExprValue *args, size_t n_args,
                     WeirExprValue *ret_value, GError **error)
{
  Items items = { .text = &args[0], .delimiter = &args[1] };
  const char *start = NULL;
  const char *end = NULL;
  WeirExprSpan item;

  if (is_no_list (args, ret_value)) {
    if (weir_expr_is_nothing (ret_value))
      *ret_value = weir_expr_static_text ("");
    return true;
  }
  if (!charge (run, args, error))
    return false;
  while (next_item (&items, &item)) {
    if (item.length == 0)
      continue;
    start = start == NULL ? item.at : start;
    end = item.at + item.length;
  }
  *ret_value =
      start == NULL ? weir_expr_static_text ("") : weir_expr_view (start, (size_t)(end - start));
  return true;
}

static bool
unique (WeirExprRun *run, const WeirExprValue *args, size_t n_args, WeirExprValue *ret_value,
        GError **error)
{
  Items items = { .text = &args[0], .delimiter = &args[1] };
  g_autoptr (GHashTable) seen = NULL;
  WeirExprBuilder list = { 0 };
  WeirExprSpan item;
  uint64_t seed;

  if (is_no_list (args, ret_value))
    return true;
  if (!charge (run, args, error))
    return false;
  seed = weir_expr_run_seed (run);
  seen = g_hash_table_new (weir_expr_key_hash, weir_expr_key_equal);
  while (next_item (&items, &item)) {
    WeirExprKey key = weir_expr_key_new (item, seed);
    WeirExprKey *kept;

    if (!weir_expr_run_charge (run, 4, error))
      return false;
    if (g_hash_table_contains (seen, &key))
      continue;
    kept = weir_arena_alloc (run->arena, sizeof *kept);
    *kept = key;
    if (!add_item (run, &list, g_hash_table_size (seen) == 0, item, &args[1], error))
      return false;
    g_hash_table_add (seen, kept);
  }
  *ret_value = weir_expr_builder_get (&list);
  return true;
}

#define SUBJECT_TEXT .subject = WEIR_EXPR_TEXT, .value = WEIR_EXPR_TEXT

static const WeirExprFunction rows[] = {
  { "getDelimitedField", get_delimited_field, SUBJECT_TEXT,
    .parameters = "index delimiter quote escape strip",
    WEIR_EXPR_ARGS (1, WEIR_EXPR_WHOLE, WEIR_EXPR_TEXT, WEIR_EXPR_TEXT, WEIR_EXPR_TEXT,
                    WEIR_EXPR_BOOLEAN),
    .doc = "The item number `index`, counted from 1, of a line with `delimiter` (`,`), `quote` "
           "(`\"`) and `escape` (`\\`), which are left out of the item when `strip` is true.",
    .example = "${line:getDelimitedField(2, ';')}", .attributes = "line=jacob;32;Mr.",
    .result = "32" },
  { "compactDelimitedList", compact_delimited_list, SUBJECT_TEXT, .parameters = "delimiter",
    WEIR_EXPR_ARGS (1, WEIR_EXPR_TEXT), .doc = "The list without empty items.",
    .example = "${list:compactDelimitedList(',')}", .attributes = "list=,a,,b,", .result = "a,b" },
  { "trimDelimitedList", trim_delimited_list, SUBJECT_TEXT, .parameters = "delimiter",
    WEIR_EXPR_ARGS (1, WEIR_EXPR_TEXT), .doc = "The list without empty items at both ends.",
    .example = "${list:trimDelimitedList(',')}", .attributes = "list=,a,,b,", .result = "a,,b" },
  { "unique", unique, SUBJECT_TEXT, .parameters = "delimiter", WEIR_EXPR_ARGS (1, WEIR_EXPR_TEXT),
    .doc = "The list without items that were there before.", .example = "${list:unique(',')}",
    .attributes = "list=red,blue,red", .result = "red,blue" },
};

const WeirExprFamily weir_expr_list_family = { "Lists", WEIR_EXPR_ROWS (rows) };
