/* escape.c: texts made fit for JSON, XML, HTML and CSV, and back.
 *
 * What is not an escape stays as it is, so that reading back never fails but for a broken \u. */
#include "expr/escape.h"
#include "expr/html-entities.h"
#include "expr/text.h"

typedef struct {
  WeirExprRun *run;
  WeirExprBuilder builder;
  WeirExprNotation notation;
  const char *at;
  const char *end;
} Translator;

static bool
add (Translator *translator, const char *text, size_t length, GError **error)
{
  return weir_expr_builder_add (&translator->builder, translator->run, text, length, error);
}

/* A character, where half a pair becomes a question mark and what is none a replacement. */
static bool
add_character (Translator *translator, uint32_t code, GError **error)
{
  char utf8[6];

  if (code >= 0xd800 && code < 0xe000)
    return add (translator, "?", 1, error);
  if (code == 0 || code > 0x10ffff)
    code = 0xfffd;
  return add (translator, utf8, (size_t)g_unichar_to_utf8 (code, utf8), error);
}

/* The character at translator->at, which is moved on; a byte that is none counts as one. */
static uint32_t
next_character (Translator *translator, size_t *ret_length)
{
  gunichar code = g_utf8_get_char_validated (translator->at, translator->end - translator->at);

  if ((gint32)code < 0) {
    *ret_length = 1;
    return (unsigned char)*translator->at;
  }
  *ret_length = (size_t)g_unichar_to_utf8 (code, NULL);
  return code;
}

static const char *
control_escape (uint32_t code)
{
  switch (code) {
  case '\b':
    return "\\b";
  case '\n':
    return "\\n";
  case '\t':
    return "\\t";
  case '\f':
    return "\\f";
  case '\r':
    return "\\r";
  case '"':
    return "\\\"";
  case '\\':
    return "\\\\";
  case '/':
    return "\\/";
  default:
    return NULL;
  }
}

/* Returns: whether @code was written as \uXXXX, twice for what is beyond. */
static bool
is_json_plain (uint32_t code)
{
  return code >= 32 && code < 127;
}

/* \uXXXX to @at. Returns: what is behind it. */
static char *
write_unicode (char *at, uint32_t unit)
{
  static const char digits[] = "0123456789ABCDEF";

  *at++ = '\\';
  *at++ = 'u';
  for (int shift = 12; shift >= 0; shift -= 4)
    *at++ = digits[unit >> shift & 0xf];
  return at;
}

static bool
escape_json (Translator *translator, uint32_t code, size_t length, GError **error)
{
  const char *escape = control_escape (code);
  char text[16];
  char *at = text;

  if (escape != NULL)
    return add (translator, escape, strlen (escape), error);
  if (is_json_plain (code))
    return add (translator, translator->at, length, error);
  if (code > 0xffff) {
    at = write_unicode (at, 0xd7c0 + (code >> 10));
    code = 0xdc00 + (code & 0x3ff);
  }
  at = write_unicode (at, code);
  return add (translator, text, (size_t)(at - text), error);
}

static const char *
markup_escape (uint32_t code, bool xml)
{
  switch (code) {
  case '"':
    return "&quot;";
  case '&':
    return "&amp;";
  case '<':
    return "&lt;";
  case '>':
    return "&gt;";
  case '\'':
    return xml ? "&apos;" : NULL;
  default:
    return NULL;
  }
}

/* XML 1.0 has no such characters: they are left out. */
static bool
is_no_xml (uint32_t code)
{
  return (code < 0x20 && code != '\t' && code != '\n' && code != '\r') || code == 0xfffe ||
         code == 0xffff;
}

static bool
escape_markup (Translator *translator, uint32_t code, size_t length, GError **error)
{
  const bool xml = translator->notation == WEIR_EXPR_XML;
  const char *escape = markup_escape (code, xml);
  const char *name = NULL;
  char text[24];

  if (escape != NULL)
    return add (translator, escape, strlen (escape), error);
  if (xml && is_no_xml (code))
    return true;
  if (xml && code >= 0x7f && code <= 0x9f && code != 0x85)
    g_snprintf (text, sizeof text, "&#%u;", code);
  else if (!xml && (name = weir_expr_html_entity_name (code, translator->notation ==
                                                                 WEIR_EXPR_HTML4)) != NULL)
    g_snprintf (text, sizeof text, "&%s;", name);
  else
    return add (translator, translator->at, length, error);
  return add (translator, text, strlen (text), error);
}

static bool
has_csv_sign (const char *text, size_t length)
{
  for (size_t i = 0; i < length; i++)
    if (strchr (",\"\r\n", text[i]) != NULL && text[i] != '\0')
      return true;
  return false;
}

static bool
escape_csv (Translator *translator, GError **error)
{
  if (!add (translator, "\"", 1, error))
    return false;
  for (; translator->at < translator->end; translator->at++)
    if ((*translator->at == '"' && !add (translator, "\"", 1, error)) ||
        !add (translator, translator->at, 1, error))
      return false;
  return add (translator, "\"", 1, error);
}

bool
weir_expr_escape (WeirExprRun *run, WeirExprNotation notation, const WeirExprValue *text,
                  WeirExprValue *ret_value, GError **error)
{
  Translator translator = {
    .run = run, .notation = notation, .at = text->text, .end = text->text + text->length
  };
  size_t length;

  *ret_value = *text;
  if (!weir_expr_run_charge (run, text->length / 2, error))
    return false;
  if (notation == WEIR_EXPR_CSV) {
    if (!has_csv_sign (text->text, text->length))
      return true;
    if (!escape_csv (&translator, error))
      return false;
  }
  for (; translator.at < translator.end; translator.at += length) {
    uint32_t code = next_character (&translator, &length);

    if (notation == WEIR_EXPR_JSON ? !escape_json (&translator, code, length, error)
                                   : !escape_markup (&translator, code, length, error))
      return false;
  }
  *ret_value = weir_expr_builder_get (&translator.builder);
  return true;
}

static long
read_hex (const char *at, const char *end, size_t n)
{
  long sum = 0;

  if ((size_t)(end - at) < n)
    return -1;
  for (size_t i = 0; i < n; i++) {
    int digit = g_ascii_xdigit_value (at[i]);

    if (digit < 0)
      return -1;
    sum = sum * 16 + digit;
  }
  return sum;
}

/* \uXXXX, with any number of u; translator->at is on the first. */
static bool
unescape_unicode (Translator *translator, GError **error)
{
  const char *at = translator->at;
  long code, low;

  while (at < translator->end && *at == 'u')
    at++;
  at += at < translator->end && *at == '+';
  code = read_hex (at, translator->end, 4);
  if (code < 0) {
    g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                         "\\u needs four hexadecimal digits");
    return false;
  }
  at += 4;
  if (code >= 0xd800 && code < 0xdc00 && translator->end - at >= 6 && at[0] == '\\' &&
      at[1] == 'u') {
    low = read_hex (at + 2, translator->end, 4);
    if (low >= 0xdc00 && low < 0xe000) {
      code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
      at += 6;
    }
  }
  translator->at = at;
  return add_character (translator, (uint32_t)code, error);
}

/* \0 to \377; translator->at is on the first digit. */
static bool
unescape_octal (Translator *translator, GError **error)
{
  const size_t most = *translator->at <= '3' ? 3 : 2;
  uint32_t sum = 0;

  for (size_t i = 0; i < most && translator->at < translator->end && *translator->at >= '0' &&
                     *translator->at <= '7';
       i++)
    sum = sum * 8 + (uint32_t)(*translator->at++ - '0');
  return add_character (translator, sum, error);
}

/* A backslash that is before nothing known is left out. */
static bool
unescape_json (Translator *translator, GError **error)
{
  static const char letters[] = "bntfr\\\"'";
  static const char meanings[] = "\b\n\t\f\r\\\"'";
  const char *letter;

  if (*translator->at != '\\')
    return add (translator, translator->at++, 1, error);
  translator->at++;
  if (translator->at == translator->end)
    return true;
  if (*translator->at == 'u')
    return unescape_unicode (translator, error);
  if (*translator->at >= '0' && *translator->at <= '7')
    return unescape_octal (translator, error);
  letter = strchr (letters, *translator->at);
  if (letter == NULL || *letter == '\0')
    return true;
  translator->at++;
  return add (translator, &meanings[letter - letters], 1, error);
}

/* &#65; or &#x41;, as far as @close; 0 when it is none. */
static uint32_t
numeric_code (const char *at, const char *close)
{
  const bool hex = at < close && (*at == 'x' || *at == 'X');
  uint32_t sum = 0;

  at += hex;
  if (at == close)
    return 0;
  for (; at < close; at++) {
    int digit = hex ? g_ascii_xdigit_value (*at) : g_ascii_digit_value (*at);

    if (digit < 0 || sum > 0x10ffff)
      return 0;
    sum = sum * (hex ? 16 : 10) + (uint32_t)digit;
  }
  return sum <= 0x10ffff ? sum : 0;
}

static uint32_t
named_code (WeirExprNotation notation, const char *name, size_t length)
{
  static const char *const basic[] = { "quot", "amp", "lt", "gt", "apos" };
  static const char codes[] = "\"&<>'";

  for (size_t i = 0; i < G_N_ELEMENTS (basic); i++)
    if (strlen (basic[i]) == length && memcmp (basic[i], name, length) == 0)
      return codes[i] != '\'' || notation == WEIR_EXPR_XML ? (uint32_t)codes[i] : 0;
  if (notation == WEIR_EXPR_XML)
    return 0;
  return weir_expr_html_entity_code (name, length, notation == WEIR_EXPR_HTML4);
}

static bool
unescape_markup (Translator *translator, GError **error)
{
  const char *at = translator->at;
  const size_t longest = (size_t)MIN (translator->end - at, 12);
  const char *close = *at == '&' ? memchr (at, ';', longest) : NULL;
  uint32_t code = 0;

  if (close != NULL && !weir_expr_run_charge (translator->run, 30, error))
    return false;
  if (close != NULL && at[1] == '#')
    code = numeric_code (at + 2, close);
  else if (close != NULL && close > at + 1)
    code = named_code (translator->notation, at + 1, (size_t)(close - at) - 1);
  if (code == 0)
    return add (translator, translator->at++, 1, error);
  translator->at = close + 1;
  return add_character (translator, code, error);
}

/* A text in quotes, where two are one; any other stays. */
static bool
unescape_csv (Translator *translator, const WeirExprValue *text, GError **error)
{
  if (text->length < 2 || text->text[0] != '"' || text->text[text->length - 1] != '"')
    return add (translator, text->text, text->length, error);
  translator->end--;
  for (translator->at++; translator->at < translator->end; translator->at++) {
    if (!add (translator, translator->at, 1, error))
      return false;
    if (translator->at + 1 < translator->end && translator->at[0] == '"' &&
        translator->at[1] == '"')
      translator->at++;
  }
  return true;
}

bool
weir_expr_unescape (WeirExprRun *run, WeirExprNotation notation, const WeirExprValue *text,
                    WeirExprValue *ret_value, GError **error)
{
  Translator translator = {
    .run = run, .notation = notation, .at = text->text, .end = text->text + text->length
  };

  if (!weir_expr_run_charge (run, text->length / 2, error))
    return false;
  if (notation == WEIR_EXPR_CSV) {
    if (!unescape_csv (&translator, text, error))
      return false;
    translator.at = translator.end;
  }
  while (translator.at < translator.end)
    if (notation == WEIR_EXPR_JSON ? !unescape_json (&translator, error)
                                   : !unescape_markup (&translator, error))
      return false;
  *ret_value = weir_expr_builder_get (&translator.builder);
  return true;
}
