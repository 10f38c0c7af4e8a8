/* json-read.c: one function a kind of value; what is read is a tree of json-glib.
 *
 * Invariant: nothing is taken that another reader of RFC 8259 could take for something else. */
#include "base/limits.h"
#include "wire/json.h"
#include <math.h>
#include <string.h>
#include <weir/error.h>

typedef struct {
  const char *start;
  const char *at;
  const char *end;
  unsigned depth;
  unsigned n_values;
  GString *text; /* of the text that is being read */
  GError **error;
} Parser;

static JsonNode *parse_value (Parser *parser);

static bool
fail (Parser *parser, const char *problem)
{
  unsigned line = 1;
  unsigned column = 1;

  for (const char *at = parser->start; at < parser->at; at++) {
    column = *at == '\n' ? 1 : column + ((*at & 0xc0) != 0x80);
    line += *at == '\n';
  }
  g_set_error (parser->error, WEIR_ERROR, WEIR_ERROR_INVALID,
               "this is no JSON, line %u, column %u: %s", line, column, problem);
  return false;
}

static bool
refuse (Parser *parser, const char *what, unsigned limit)
{
  g_set_error (parser->error, WEIR_ERROR, WEIR_ERROR_LIMIT, "the JSON %s %u: send less at once",
               what, limit);
  return false;
}

static char
skip_blanks (Parser *parser)
{
  while (parser->at < parser->end &&
         (*parser->at == ' ' || *parser->at == '\n' || *parser->at == '\r' || *parser->at == '\t'))
    parser->at++;
  return parser->at < parser->end ? *parser->at : '\0';
}

/* Four digits at parser->at. Returns: -1 when there are none. */
static int
read_hex (Parser *parser)
{
  int sum = 0;

  if (parser->end - parser->at < 4)
    return -1;
  for (int i = 0; i < 4; i++) {
    int digit = g_ascii_xdigit_value (parser->at[i]);

    if (digit < 0)
      return -1;
    sum = sum * 16 + digit;
  }
  parser->at += 4;
  return sum;
}

/* What \uXXXX means, parser->at behind the u. Returns: 0 when it means nothing that may be. */
static gunichar
read_unicode (Parser *parser)
{
  int high = read_hex (parser);
  int low = -1;

  if (high <= 0 || (high >= 0xdc00 && high < 0xe000))
    return 0;
  if (high < 0xd800 || high >= 0xe000)
    return (gunichar)high;
  if (parser->end - parser->at < 6 || parser->at[0] != '\\' || parser->at[1] != 'u')
    return 0;
  parser->at += 2;
  low = read_hex (parser);
  if (low < 0xdc00 || low >= 0xe000)
    return 0;
  return 0x10000u + (((gunichar)high - 0xd800u) << 10) + ((gunichar)low - 0xdc00u);
}

static bool
read_escape (Parser *parser)
{
  static const char letters[] = "\"\\/bfnrt";
  static const char meanings[] = "\"\\/\b\f\n\r\t";
  char c = parser->at < parser->end ? *parser->at++ : '\0';
  const char *letter = strchr (letters, c);
  gunichar character = 0;

  if (c != '\0' && letter != NULL) {
    g_string_append_c (parser->text, meanings[letter - letters]);
    return true;
  }
  character = c == 'u' ? read_unicode (parser) : 0;
  if (character == 0)
    return fail (parser, "this escape means no character");
  g_string_append_unichar (parser->text, character);
  return true;
}

/* The text whose quote is at parser->at, into parser->text. */
static bool
read_text (Parser *parser)
{
  g_string_truncate (parser->text, 0);
  for (parser->at++; parser->at < parser->end && *parser->at != '"';) {
    const char *from = parser->at;

    while (parser->at < parser->end && *parser->at != '"' && *parser->at != '\\' &&
           (unsigned char)*parser->at >= ' ')
      parser->at++;
    g_string_append_len (parser->text, from, parser->at - from);
    if (parser->at == parser->end || *parser->at == '"')
      break;
    if (*parser->at != '\\')
      return fail (parser, "a control character in a text: escape it");
    parser->at++;
    if (!read_escape (parser))
      return false;
  }
  if (parser->at == parser->end)
    return fail (parser, "a text is not closed");
  parser->at++;
  return true;
}

static bool
skip_digits (Parser *parser)
{
  const char *from = parser->at;

  while (parser->at < parser->end && g_ascii_isdigit (*parser->at))
    parser->at++;
  return parser->at > from;
}

/* Passes over a number. Returns: false when it is none. */
static bool
skip_number (Parser *parser, bool *ret_is_integer)
{
  bool is_zero = false;

  *ret_is_integer = true;
  parser->at += *parser->at == '-';
  is_zero = parser->at < parser->end && *parser->at == '0';
  if (is_zero)
    parser->at++;
  else if (!skip_digits (parser))
    return false;
  if (parser->at < parser->end && *parser->at == '.') {
    *ret_is_integer = false;
    parser->at++;
    if (!skip_digits (parser))
      return false;
  }
  if (parser->at < parser->end && (*parser->at == 'e' || *parser->at == 'E')) {
    *ret_is_integer = false;
    parser->at++;
    if (parser->at < parser->end && (*parser->at == '+' || *parser->at == '-'))
      parser->at++;
    if (!skip_digits (parser))
      return false;
  }
  return true;
}

static JsonNode *
parse_number (Parser *parser)
{
  const char *from = parser->at;
  bool is_integer = false;
  g_autofree char *digits = NULL;
  gint64 integer = 0;
  double number = 0;

  if (!skip_number (parser, &is_integer)) {
    fail (parser, "this is no number");
    return NULL;
  }
  digits = g_strndup (from, (gsize)(parser->at - from));
  if (is_integer && g_ascii_string_to_signed (digits, 10, G_MININT64, G_MAXINT64, &integer, NULL))
    return json_node_init_int (json_node_alloc (), integer);
  number = g_ascii_strtod (digits, NULL);
  if (!isfinite (number)) {
    fail (parser, "a number that large cannot be held");
    return NULL;
  }
  return json_node_init_double (json_node_alloc (), number);
}

static JsonNode *
parse_word (Parser *parser)
{
  static const char *const words[] = { "null", "false", "true" };

  for (unsigned i = 0; i < G_N_ELEMENTS (words); i++) {
    size_t length = strlen (words[i]);

    if ((size_t)(parser->end - parser->at) < length || memcmp (parser->at, words[i], length) != 0)
      continue;
    parser->at += length;
    return i == 0 ? json_node_init_null (json_node_alloc ())
                  : json_node_init_boolean (json_node_alloc (), i == 2);
  }
  fail (parser, "this is no value");
  return NULL;
}

static bool
parse_member (Parser *parser, JsonObject *object)
{
  g_autofree char *name = NULL;
  JsonNode *value = NULL;

  if (skip_blanks (parser) != '"')
    return fail (parser, "a name in quotes belongs here");
  if (!read_text (parser))
    return false;
  if (json_object_has_member (object, parser->text->str))
    return fail (parser, "a name stands here for the second time");
  name = g_strndup (parser->text->str, parser->text->len);
  if (skip_blanks (parser) != ':')
    return fail (parser, "a colon belongs here");
  parser->at++;
  value = parse_value (parser);
  if (value == NULL)
    return false;
  json_object_set_member (object, name, value);
  return true;
}

static bool
parse_element (Parser *parser, JsonArray *array)
{
  JsonNode *value = parse_value (parser);

  if (value == NULL)
    return false;
  json_array_add_element (array, value);
  return true;
}

/* What stands between the brackets, of which the first is at parser->at; one of @object and @array
 * is NULL. */
static bool
parse_children (Parser *parser, JsonObject *object, JsonArray *array)
{
  char close = object != NULL ? '}' : ']';

  if (++parser->depth > WEIR_LIMIT_JSON_DEPTH)
    return refuse (parser, "is deeper than", WEIR_LIMIT_JSON_DEPTH);
  parser->at++;
  if (skip_blanks (parser) != close)
    for (;;) {
      char next = '\0';

      if (!(object != NULL ? parse_member (parser, object) : parse_element (parser, array)))
        return false;
      next = skip_blanks (parser);
      if (next == close)
        break;
      if (next != ',')
        return fail (parser, "a comma or the end belongs here");
      parser->at++;
    }
  parser->at++;
  parser->depth--;
  return true;
}

static JsonNode *
parse_value (Parser *parser)
{
  char c = skip_blanks (parser);

  if (++parser->n_values > WEIR_LIMIT_JSON_VALUES) {
    refuse (parser, "has more values than", WEIR_LIMIT_JSON_VALUES);
    return NULL;
  }
  if (c == '{') {
    g_autoptr (JsonObject) object = json_object_new ();

    return parse_children (parser, object, NULL)
               ? json_node_init_object (json_node_alloc (), object)
               : NULL;
  }
  if (c == '[') {
    g_autoptr (JsonArray) array = json_array_new ();

    return parse_children (parser, NULL, array) ? json_node_init_array (json_node_alloc (), array)
                                                : NULL;
  }
  if (c == '"')
    return read_text (parser) ? json_node_init_string (json_node_alloc (), parser->text->str)
                              : NULL;
  if (c == '-' || g_ascii_isdigit (c))
    return parse_number (parser);
  return parse_word (parser);
}

JsonNode *
weir_json_parse (const char *text, size_t size, GError **error)
{
  g_autoptr (GString) buffer = g_string_new (NULL);
  Parser parser = { .start = text, .at = text, .end = text + size, .text = buffer, .error = error };
  g_autoptr (JsonNode) root = NULL;

  if (!g_utf8_validate_len (text, size, &parser.at)) {
    fail (&parser, "the bytes from here on are not UTF-8, or one is NUL");
    return NULL;
  }
  parser.at = text;
  root = parse_value (&parser);
  if (root == NULL)
    return NULL;
  skip_blanks (&parser);
  if (parser.at < parser.end) {
    fail (&parser, "there is something behind the end");
    return NULL;
  }
  return g_steal_pointer (&root);
}

JsonObject *
weir_json_parse_object (const char *text, size_t size, GError **error)
{
  g_autoptr (JsonNode) root = weir_json_parse (text, size, error);

  if (root == NULL)
    return NULL;
  if (!JSON_NODE_HOLDS_OBJECT (root)) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID, "this is no JSON object: write {...}");
    return NULL;
  }
  return json_node_dup_object (root);
}
