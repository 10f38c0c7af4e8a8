/* json-write.c: JSON without blanks, as fast as a GString grows. */
#include "wire/json.h"
#include <math.h>
#include <string.h>

/* What a character that must be escaped becomes: "\\n"; 'u' for those without a letter. */
static char
get_escape (unsigned char c)
{
  switch (c) {
  case '"':
  case '\\':
    return (char)c;
  case '\b':
    return 'b';
  case '\f':
    return 'f';
  case '\n':
    return 'n';
  case '\r':
    return 'r';
  case '\t':
    return 't';
  default:
    return c < 0x20 || c == 0x7f ? 'u' : '\0';
  }
}

static void
append_valid (GString *out, const char *text)
{
  const char *from = text;

  for (; *text != '\0'; text++) {
    char escape = get_escape ((unsigned char)*text);

    if (escape == '\0')
      continue;
    g_string_append_len (out, from, text - from);
    if (escape == 'u')
      g_string_append_printf (out, "\\u%04x", (unsigned char)*text);
    else
      g_string_append_len (out, (char[]){ '\\', escape }, 2);
    from = text + 1;
  }
  g_string_append_len (out, from, text - from);
}

static void
append_quoted (GString *out, const char *text)
{
  g_string_append_c (out, '"');
  if (g_utf8_validate (text, -1, NULL)) {
    append_valid (out, text);
  } else {
    g_autofree char *valid = g_utf8_make_valid (text, -1);

    append_valid (out, valid);
  }
  g_string_append_c (out, '"');
}

static void
start_value (GString *out, const char *name)
{
  if (out->len > 0 && strchr ("{[:, \n", out->str[out->len - 1]) == NULL)
    g_string_append_c (out, ',');
  if (name == NULL)
    return;
  append_quoted (out, name);
  g_string_append_c (out, ':');
}

void
weir_json_begin (GString *out, const char *name, char bracket)
{
  start_value (out, name);
  g_string_append_c (out, bracket);
}

void
weir_json_end (GString *out, char bracket)
{
  g_string_append_c (out, bracket);
}

void
weir_json_put_raw (GString *out, const char *name, const char *json)
{
  start_value (out, name);
  g_string_append (out, json);
}

void
weir_json_put_text (GString *out, const char *name, const char *text)
{
  start_value (out, name);
  if (text != NULL)
    append_quoted (out, text);
  else
    g_string_append (out, "null");
}

void
weir_json_put_texts (GString *out, const char *name, const char *const *texts, size_t n)
{
  weir_json_begin (out, name, '[');
  for (size_t i = 0; i < n; i++)
    weir_json_put_text (out, NULL, texts[i]);
  weir_json_end (out, ']');
}

void
weir_json_put_uint (GString *out, const char *name, uint64_t value)
{
  char digits[20];
  char *at = digits + sizeof digits;

  start_value (out, name);
  do
    *--at = (char)('0' + value % 10);
  while ((value /= 10) > 0);
  g_string_append_len (out, at, digits + sizeof digits - at);
}

void
weir_json_put_int (GString *out, const char *name, int64_t value)
{
  if (value >= 0) {
    weir_json_put_uint (out, name, (uint64_t)value);
    return;
  }
  start_value (out, name);
  g_string_append_printf (out, "%" G_GINT64_FORMAT, value);
}

void
weir_json_put_bool (GString *out, const char *name, bool value)
{
  weir_json_put_raw (out, name, value ? "true" : "false");
}

void
weir_json_put_real (GString *out, const char *name, double value, unsigned digits)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE + 310]; /* the largest double and its digits */
  char format[16];
  size_t length = 0;

  if (!isfinite (value)) {
    weir_json_put_raw (out, name, "null");
    return;
  }
  g_snprintf (format, sizeof format, "%%.%uf", MIN (digits, 15));
  g_ascii_formatd (text, sizeof text, format, value + 0.0); /* no -0 */
  length = strlen (text);
  while (strchr (text, '.') != NULL && text[length - 1] == '0')
    text[--length] = '\0';
  if (text[length - 1] == '.')
    text[--length] = '\0';
  weir_json_put_raw (out, name, strcmp (text, "-0") == 0 ? "0" : text);
}

void
weir_json_put_time (GString *out, const char *name, int64_t usec)
{
  g_autoptr (GDateTime) second = g_date_time_new_from_unix_utc (usec / G_USEC_PER_SEC);
  g_autofree char *text = NULL;

  if (usec == 0 || second == NULL) {
    weir_json_put_text (out, name, NULL);
    return;
  }
  text = g_date_time_format (second, "%Y-%m-%dT%H:%M:%S");
  start_value (out, name);
  g_string_append_printf (out, "\"%s.%03dZ\"", text, (int)(ABS (usec % G_USEC_PER_SEC) / 1000));
}
