/* markup.c: escapes what must be, and nothing else: people read it. */
#include "xml/markup.h"
#include <string.h>
#include <weir/error.h>

void
weir_markup_init (WeirMarkup *markup)
{
  *markup = (WeirMarkup){ .out = g_string_new (NULL) };
}

char *
weir_markup_finish (WeirMarkup *markup, size_t *ret_size, GError **error)
{
  size_t size = markup->out->len;
  char *text = g_string_free (g_steal_pointer (&markup->out), FALSE);

  if (markup->error != NULL) {
    g_propagate_error (error, g_steal_pointer (&markup->error));
    g_free (text);
    return NULL;
  }
  *ret_size = size;
  return text;
}

static bool
is_allowed (gunichar character)
{
  return character >= 0x20 ? character != 0xfffe && character != 0xffff
                           : character == '\t' || character == '\n' || character == '\r';
}

static void
check_text (WeirMarkup *markup, const char *name, const char *text)
{
  const char *end = NULL;

  if (markup->error != NULL)
    return;
  markup->error_owner = markup->owner;
  if (!g_utf8_validate (text, -1, &end)) {
    g_set_error (&markup->error, WEIR_ERROR, WEIR_ERROR_INVALID,
                 "%s holds bytes that are not UTF-8: take them out", name);
    return;
  }
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    if (!is_allowed (g_utf8_get_char (at))) {
      g_set_error (&markup->error, WEIR_ERROR, WEIR_ERROR_INVALID,
                   "%s holds the character U+%04X, which XML cannot hold: take it out", name,
                   g_utf8_get_char (at));
      return;
    }
}

static void
enter (WeirMarkup *markup)
{
  if (!markup->in_tag)
    return;
  g_string_append (markup->out, ">\n");
  markup->in_tag = false;
  markup->depth++;
}

static void
indent (WeirMarkup *markup)
{
  enter (markup);
  for (unsigned i = 0; i < markup->depth; i++)
    g_string_append (markup->out, "  ");
}

void
weir_markup_start (WeirMarkup *markup, const char *name)
{
  indent (markup);
  g_string_append_printf (markup->out, "<%s", name);
  markup->in_tag = true;
}

void
weir_markup_attribute (WeirMarkup *markup, const char *name, const char *value)
{
  check_text (markup, name, value);
  g_string_append_printf (markup->out, " %s=\"", name);
  for (; *value != '\0'; value++)
    switch (*value) {
    case '&':
      g_string_append (markup->out, "&amp;");
      break;
    case '<':
      g_string_append (markup->out, "&lt;");
      break;
    case '"':
      g_string_append (markup->out, "&quot;");
      break;
    case '\t':
    case '\n':
    case '\r':
      g_string_append_printf (markup->out, "&#%d;", *value);
      break;
    default:
      g_string_append_c (markup->out, *value);
    }
  g_string_append_c (markup->out, '"');
}

/* One escape in a line is fine; queries and scripts are not to be read through escapes. */
static bool
is_better_as_cdata (const char *text)
{
  unsigned n_escapes = 0;
  bool has_lines = false;

  for (const char *at = text; *at != '\0'; at++) {
    if (*at == '\r')
      return false;
    n_escapes += *at == '<' || *at == '&';
    has_lines = has_lines || *at == '\n';
  }
  return n_escapes > (has_lines ? 0 : 1);
}

static void
append_cdata (WeirMarkup *markup, const char *text)
{
  g_string_append (markup->out, "<![CDATA[");
  for (const char *end = NULL; (end = strstr (text, "]]>")) != NULL; text = end + 2) {
    g_string_append_len (markup->out, text, end + 2 - text);
    g_string_append (markup->out, "]]><![CDATA[");
  }
  g_string_append (markup->out, text);
  g_string_append (markup->out, "]]>");
}

static void
append_text (WeirMarkup *markup, const char *text)
{
  for (const char *at = text; *at != '\0'; at++)
    switch (*at) {
    case '&':
      g_string_append (markup->out, "&amp;");
      break;
    case '<':
      g_string_append (markup->out, "&lt;");
      break;
    case '\r':
      g_string_append (markup->out, "&#13;");
      break;
    case '>':
      g_string_append (markup->out,
                       at - text >= 2 && at[-1] == ']' && at[-2] == ']' ? "&gt;" : ">");
      break;
    default:
      g_string_append_c (markup->out, *at);
    }
}

void
weir_markup_end_with_text (WeirMarkup *markup, const char *name, const char *text)
{
  check_text (markup, name, text);
  markup->in_tag = false;
  if (text[0] == '\0') {
    g_string_append (markup->out, "/>\n");
    return;
  }
  g_string_append_c (markup->out, '>');
  if (is_better_as_cdata (text))
    append_cdata (markup, text);
  else
    append_text (markup, text);
  g_string_append_printf (markup->out, "</%s>\n", name);
}

void
weir_markup_end (WeirMarkup *markup, const char *name)
{
  if (markup->in_tag) {
    g_string_append (markup->out, "/>\n");
    markup->in_tag = false;
    return;
  }
  markup->depth--;
  indent (markup);
  g_string_append_printf (markup->out, "</%s>\n", name);
}

void
weir_markup_line (WeirMarkup *markup, const char *xml)
{
  enter (markup);
  if (xml[0] != '\0')
    indent (markup);
  g_string_append_printf (markup->out, "%s\n", xml);
}

void
weir_markup_append (WeirMarkup *markup, const char *xml)
{
  g_string_truncate (markup->out, markup->out->len - 1);
  g_string_append_printf (markup->out, " %s\n", xml);
}
