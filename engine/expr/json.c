/* json.c: a text of JSON as a tree in the memory of an evaluation, and back. */
#include "expr/json.h"
#include "base/hash.h"
#include "expr/number.h"
#include <weir/error.h>

typedef struct {
  WeirExprRun *run;
  const char *start;
  const char *at;
  const char *end;
  unsigned depth;
  GError **error;
} Parser;

static WeirExprJson *parse_value (Parser *parser);

static void *
fail (Parser *parser, const char *problem)
{
  g_set_error (parser->error, WEIR_ERROR, WEIR_ERROR_INVALID,
               "the subject is no JSON, position %zu: %s", (size_t)(parser->at - parser->start) + 1,
               problem);
  return NULL;
}

static WeirExprJson *
new_json (WeirExprRun *run, WeirExprJsonKind kind, GError **error)
{
  WeirExprJson *json = (void *)weir_expr_run_alloc (run, sizeof *json, error);

  if (json == NULL)
    return NULL;
  *json = (WeirExprJson){ .kind = kind };
  return json;
}

static void
skip_blanks (Parser *parser)
{
  while (parser->at < parser->end && strchr (" \t\n\r", *parser->at) != NULL && *parser->at != '\0')
    parser->at++;
}

static long
read_hex (const Parser *parser, const char *at)
{
  long sum = 0;

  if (parser->end - at < 4)
    return -1;
  for (size_t i = 0; i < 4; i++) {
    int digit = g_ascii_xdigit_value (at[i]);

    if (digit < 0)
      return -1;
    sum = sum * 16 + digit;
  }
  return sum;
}

/* The character that \uXXXX means; parser->at is on the first digit. -1 when it is wrong. */
static long
read_unicode (Parser *parser)
{
  long code = read_hex (parser, parser->at);
  long low;

  if (code < 0)
    return -1;
  parser->at += 4;
  if (code < 0xd800 || code >= 0xe000)
    return code;
  low = parser->end - parser->at >= 6 && parser->at[0] == '\\' && parser->at[1] == 'u'
            ? read_hex (parser, parser->at + 2)
            : -1;
  if (code >= 0xdc00 || low < 0xdc00 || low >= 0xe000)
    return '?';
  parser->at += 6;
  return 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
}

/* One escape at parser->at, which is behind the backslash, to @to. Returns: its length, 0 when it
 * is none. */
static size_t
read_escape (Parser *parser, char *to)
{
  static const char letters[] = "\"\\/bfnrt";
  static const char meanings[] = "\"\\/\b\f\n\r\t";
  const char c = parser->at < parser->end ? *parser->at : '\0';
  const char *letter = strchr (letters, c);
  long code;

  parser->at++;
  if (c == 'u') {
    code = read_unicode (parser);
    return code >= 0 ? (size_t)g_unichar_to_utf8 ((gunichar)code, to) : 0;
  }
  if (c == '\0' || letter == NULL)
    return 0;
  *to = meanings[letter - letters];
  return 1;
}

/* The text whose quote is at parser->at. */
static bool
parse_text (Parser *parser, WeirExprSpan *ret_text)
{
  const char *from = ++parser->at;
  bool escapes = false;
  char *copy;
  size_t n = 0;

  for (; parser->at < parser->end && *parser->at != '"'; parser->at++) {
    if ((unsigned char)*parser->at < ' ')
      return fail (parser, "a control character in a text") != NULL;
    if (*parser->at == '\\') {
      escapes = true;
      parser->at++;
    }
  }
  if (parser->at >= parser->end)
    return fail (parser, "this text is never closed") != NULL;
  *ret_text = (WeirExprSpan){ from, (size_t)(parser->at - from) };
  if (escapes) {
    copy = weir_expr_run_alloc (parser->run, ret_text->length, parser->error);
    if (copy == NULL)
      return false;
    for (parser->at = from; *parser->at != '"';) {
      size_t length = 1;

      if (*parser->at != '\\') {
        copy[n++] = *parser->at++;
        continue;
      }
      parser->at++;
      length = read_escape (parser, copy + n);
      if (length == 0)
        return fail (parser, "this escape means nothing") != NULL;
      n += length;
    }
    *ret_text = (WeirExprSpan){ copy, n };
  }
  parser->at++;
  return true;
}

static const char *
skip_digits (const char *at, const char *end)
{
  while (at < end && g_ascii_isdigit (*at))
    at++;
  return at;
}

static WeirExprJson *
parse_number (Parser *parser)
{
  const char *from = parser->at;
  const char *at = from + (*from == '-');
  const char *digits = at;
  WeirExprJson *json;

  at = skip_digits (at, parser->end);
  if (at == digits || (*digits == '0' && at > digits + 1))
    return fail (parser, "this is no value");
  if (at < parser->end && *at == '.') {
    digits = at + 1;
    at = skip_digits (digits, parser->end);
    if (at == digits)
      return fail (parser, "a point needs digits behind it");
  }
  if (at < parser->end && (*at == 'e' || *at == 'E')) {
    at += at + 1 < parser->end && (at[1] == '+' || at[1] == '-') ? 2 : 1;
    digits = at;
    at = skip_digits (digits, parser->end);
    if (at == digits)
      return fail (parser, "an exponent needs digits");
  }
  json = new_json (parser->run, WEIR_EXPR_JSON_NUMBER, parser->error);
  if (json == NULL)
    return NULL;
  json->text = (WeirExprSpan){ from, (size_t)(at - from) };
  parser->at = at;
  return json;
}

static WeirExprJson *
parse_word (Parser *parser)
{
  static const struct {
    const char *word;
    WeirExprJsonKind kind;
  } words[] = { { "null", WEIR_EXPR_JSON_NULL },
                { "true", WEIR_EXPR_JSON_TRUE },
                { "false", WEIR_EXPR_JSON_FALSE } };

  for (size_t i = 0; i < G_N_ELEMENTS (words); i++) {
    const size_t length = strlen (words[i].word);

    if ((size_t)(parser->end - parser->at) < length ||
        memcmp (parser->at, words[i].word, length) != 0)
      continue;
    parser->at += length;
    return new_json (parser->run, words[i].kind, parser->error);
  }
  return fail (parser, "this is no value");
}

static void
append (WeirExprJson *parent, WeirExprJson *child)
{
  child->parent = parent;
  child->next = NULL;
  if (parent->last != NULL)
    parent->last->next = child;
  else
    parent->first = child;
  parent->last = child;
  parent->n_children++;
}

/* Of members with the same name the last value counts, in the place of the first. */
static void
merge_members (WeirExprRun *run, WeirExprJson *object)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (weir_expr_key_hash, weir_expr_key_equal);
  WeirExprKey *keys = weir_arena_alloc (run->arena, object->n_children * sizeof *keys);
  const uint64_t seed = weir_expr_run_seed (run);
  WeirExprJson *next;

  for (WeirExprJson *child = object->first; child != NULL; child = next, keys++) {
    WeirExprJson *old;

    *keys = weir_expr_key_new (child->key, seed);
    old = g_hash_table_lookup (seen, keys);
    next = child->next;
    if (old != NULL) {
      weir_expr_json_remove (child);
      weir_expr_json_replace (old, child);
    }
    g_hash_table_replace (seen, keys, child);
  }
}

/* One member or element, and the comma behind it; *ret_more is false at the end. */
static bool
parse_child (Parser *parser, WeirExprJson *parent, char close, bool *ret_more)
{
  WeirExprSpan key = { 0 };
  WeirExprJson *child;

  if (close == '}') {
    skip_blanks (parser);
    if (parser->at == parser->end || *parser->at != '"')
      return fail (parser, "expected a name in quotes") != NULL;
    if (!parse_text (parser, &key))
      return false;
    skip_blanks (parser);
    if (parser->at == parser->end || *parser->at++ != ':')
      return fail (parser, "expected a colon") != NULL;
  }
  child = parse_value (parser);
  if (child == NULL)
    return false;
  child->key = key;
  append (parent, child);
  skip_blanks (parser);
  if (parser->at == parser->end || (*parser->at != ',' && *parser->at != close))
    return fail (parser, "expected a comma or the end") != NULL;
  *ret_more = *parser->at++ == ',';
  return weir_expr_run_charge (parser->run, 1, parser->error);
}

static WeirExprJson *
parse_container (Parser *parser)
{
  const bool object = *parser->at++ == '{';
  WeirExprJson *json =
      new_json (parser->run, object ? WEIR_EXPR_JSON_OBJECT : WEIR_EXPR_JSON_ARRAY, parser->error);
  bool more = true;

  if (json == NULL)
    return NULL;
  if (++parser->depth > WEIR_LIMIT_EXPR_JSON_DEPTH) {
    g_set_error (parser->error, WEIR_ERROR, WEIR_ERROR_LIMIT,
                 "the JSON of the subject is deeper than %d", WEIR_LIMIT_EXPR_JSON_DEPTH);
    return NULL;
  }
  skip_blanks (parser);
  if (parser->at < parser->end && *parser->at == (object ? '}' : ']')) {
    parser->at++;
    more = false;
  }
  while (more)
    if (!parse_child (parser, json, object ? '}' : ']', &more))
      return NULL;
  parser->depth--;
  if (object && json->n_children > 1)
    merge_members (parser->run, json);
  return json;
}

static WeirExprJson *
parse_value (Parser *parser)
{
  WeirExprJson *json;

  skip_blanks (parser);
  if (parser->at == parser->end)
    return fail (parser, "the text ends here");
  if (*parser->at == '{' || *parser->at == '[')
    return parse_container (parser);
  if (*parser->at == '"') {
    json = new_json (parser->run, WEIR_EXPR_JSON_TEXT, parser->error);
    return json != NULL && parse_text (parser, &json->text) ? json : NULL;
  }
  if (*parser->at == '-' || g_ascii_isdigit (*parser->at))
    return parse_number (parser);
  return parse_word (parser);
}

WeirExprJson *
weir_expr_json_parse (WeirExprRun *run, const WeirExprValue *text, GError **error)
{
  Parser parser = { .run = run,
                    .start = text->text,
                    .at = text->text,
                    .end = text->text + text->length,
                    .error = error };
  WeirExprJson *root;

  if (!weir_expr_run_charge (run, text->length / 4, error))
    return NULL;
  root = parse_value (&parser);
  if (root == NULL)
    return NULL;
  skip_blanks (&parser);
  return parser.at == parser.end ? root : fail (&parser, "the value has ended");
}

static bool
write_text (WeirExprRun *run, WeirExprSpan text, WeirExprBuilder *builder, GError **error)
{
  static const char letters[] = "\"\\\b\f\n\r\t";
  static const char escapes[] = "\"\\bfnrt";

  if (!weir_expr_builder_add (builder, run, "\"", 1, error))
    return false;
  for (size_t i = 0; i < text.length; i++) {
    const char c = text.at[i];
    const char *letter = c != '\0' ? strchr (letters, c) : NULL;
    char escape[8] = { c };
    size_t length = 1;

    if (letter != NULL) {
      escape[0] = '\\';
      escape[1] = escapes[letter - letters];
      length = 2;
    } else if ((unsigned char)c < ' ') {
      length = (size_t)g_snprintf (escape, sizeof escape, "\\u%04X", (unsigned char)c);
    }
    if (!weir_expr_builder_add (builder, run, escape, length, error))
      return false;
  }
  return weir_expr_builder_add (builder, run, "\"", 1, error);
}

WeirExprValue
weir_expr_json_get_number (const WeirExprJson *json)
{
  int64_t whole = 0;
  double decimal = 0;
  g_autofree char *digits = NULL;

  if (json->kind != WEIR_EXPR_JSON_NUMBER)
    return weir_expr_nothing ();
  switch (weir_expr_number_parse (json->text.at, json->text.length, &whole, &decimal)) {
  case WEIR_EXPR_NUMBER_WHOLE:
    return weir_expr_whole (whole);
  case WEIR_EXPR_NUMBER_DECIMAL:
    return weir_expr_decimal (decimal);
  default:
    /* More digits than fit: as near as a decimal comes. */
    digits = g_strndup (json->text.at, json->text.length);
    return weir_expr_decimal (g_ascii_strtod (digits, NULL));
  }
}

/* A number as Java writes it; one that fits nowhere keeps its digits. */
static WeirExprValue
number_text (WeirExprRun *run, const WeirExprJson *json, GError **error)
{
  const bool is_whole = memchr (json->text.at, '.', json->text.length) == NULL &&
                        memchr (json->text.at, 'e', json->text.length) == NULL &&
                        memchr (json->text.at, 'E', json->text.length) == NULL;
  WeirExprValue value = weir_expr_json_get_number (json);

  if (is_whole && value.type == WEIR_EXPR_DECIMAL)
    return weir_expr_view (json->text.at, json->text.length);
  if (!weir_expr_run_to_text (run, &value, error))
    return weir_expr_nothing ();
  return value;
}

bool
weir_expr_json_get_text (WeirExprRun *run, const WeirExprJson *json, WeirExprValue *ret_value,
                         GError **error)
{
  switch ((WeirExprJsonKind)json->kind) {
  case WEIR_EXPR_JSON_NULL:
    *ret_value = weir_expr_static_text ("");
    return true;
  case WEIR_EXPR_JSON_FALSE:
    *ret_value = weir_expr_static_text ("false");
    return true;
  case WEIR_EXPR_JSON_TRUE:
    *ret_value = weir_expr_static_text ("true");
    return true;
  case WEIR_EXPR_JSON_NUMBER:
    *ret_value = number_text (run, json, error);
    return !weir_expr_is_nothing (ret_value);
  default:
    *ret_value = weir_expr_view (json->text.at, json->text.length);
    return json->text.length == 0 || memchr (json->text.at, '\0', json->text.length) == NULL ||
           weir_expr_run_fail (error, ret_value,
                               "ends in the character \\u0000, which no attribute can hold");
  }
}

static bool
write_container (WeirExprRun *run, const WeirExprJson *json, WeirExprBuilder *builder,
                 GError **error)
{
  const bool object = json->kind == WEIR_EXPR_JSON_OBJECT;

  if (!weir_expr_builder_add (builder, run, object ? "{" : "[", 1, error))
    return false;
  for (const WeirExprJson *child = json->first; child != NULL; child = child->next) {
    if (child != json->first && !weir_expr_builder_add (builder, run, ",", 1, error))
      return false;
    if (object && (!write_text (run, child->key, builder, error) ||
                   !weir_expr_builder_add (builder, run, ":", 1, error)))
      return false;
    if (!weir_expr_json_write (run, child, builder, error))
      return false;
  }
  return weir_expr_builder_add (builder, run, object ? "}" : "]", 1, error);
}

bool
weir_expr_json_write (WeirExprRun *run, const WeirExprJson *json, WeirExprBuilder *builder,
                      GError **error)
{
  WeirExprValue text;

  if (!weir_expr_run_charge (run, 1, error))
    return false;
  if (weir_expr_json_is_container (json))
    return write_container (run, json, builder, error);
  if (json->kind == WEIR_EXPR_JSON_TEXT)
    return write_text (run, json->text, builder, error);
  if (json->kind == WEIR_EXPR_JSON_NULL)
    return weir_expr_builder_add (builder, run, "null", 4, error);
  return weir_expr_json_get_text (run, json, &text, error) &&
         weir_expr_builder_add (builder, run, text.text, text.length, error);
}

WeirExprJson *
weir_expr_json_new (WeirExprRun *run, const WeirExprValue *value, GError **error)
{
  WeirExprJson *json = new_json (run, WEIR_EXPR_JSON_NULL, error);
  WeirExprValue text = *value;

  if (json == NULL || weir_expr_is_nothing (value))
    return json;
  if (value->type == WEIR_EXPR_BOOLEAN) {
    json->kind = value->truth ? WEIR_EXPR_JSON_TRUE : WEIR_EXPR_JSON_FALSE;
    return json;
  }
  json->kind = value->type == WEIR_EXPR_WHOLE || value->type == WEIR_EXPR_DECIMAL
                   ? WEIR_EXPR_JSON_NUMBER
                   : WEIR_EXPR_JSON_TEXT;
  if (!weir_expr_run_to_text (run, &text, error))
    return NULL;
  json->text = (WeirExprSpan){ text.text, text.length };
  return json;
}

WeirExprJson *
weir_expr_json_get_member (const WeirExprJson *object, const char *key, size_t length)
{
  for (WeirExprJson *child = object->first; child != NULL; child = child->next)
    if (child->key.length == length && (length == 0 || memcmp (child->key.at, key, length) == 0))
      return child;
  return NULL;
}

WeirExprJson *
weir_expr_json_get_element (const WeirExprJson *array, int64_t index)
{
  WeirExprJson *child = array->first;

  if (index < 0)
    index += array->n_children;
  if (index < 0 || index >= array->n_children)
    return NULL;
  while (index-- > 0)
    child = child->next;
  return child;
}

void
weir_expr_json_add (WeirExprJson *parent, WeirExprJson *child)
{
  WeirExprJson *old = parent->kind == WEIR_EXPR_JSON_OBJECT
                          ? weir_expr_json_get_member (parent, child->key.at, child->key.length)
                          : NULL;

  if (old != NULL) {
    weir_expr_json_replace (old, child);
    return;
  }
  append (parent, child);
}

/* The link that points to @child. */
static WeirExprJson **
find_link (WeirExprJson *child, WeirExprJson **ret_before)
{
  WeirExprJson **link = &child->parent->first;

  *ret_before = NULL;
  while (*link != child) {
    *ret_before = *link;
    link = &(*link)->next;
  }
  return link;
}

void
weir_expr_json_remove (WeirExprJson *child)
{
  WeirExprJson *parent = child->parent;
  WeirExprJson *before;
  WeirExprJson **link = find_link (child, &before);

  *link = child->next;
  if (parent->last == child)
    parent->last = before;
  parent->n_children--;
  child->parent = NULL;
}

void
weir_expr_json_replace (WeirExprJson *child, WeirExprJson *with)
{
  WeirExprJson *parent = child->parent;
  WeirExprJson *before;
  WeirExprJson **link = find_link (child, &before);

  with->parent = parent;
  with->key = child->key;
  with->next = child->next;
  *link = with;
  if (parent->last == child)
    parent->last = with;
  child->parent = NULL;
}
