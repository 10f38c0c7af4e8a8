/* postgres-text.c: just as much of PostgreSQL's lexer as tells where a "?" is none. What never ends
 * is copied to the end of the text: the server knows better what is wrong with it. */
#include "postgres-text.h"

#include <stdbool.h>
#include <string.h>

static bool
is_word (char c)
{
  return g_ascii_isalnum (c) || c == '_' || c == '$' || (c & 0x80) != 0;
}

/* Each of these returns what follows @at. */
static const char *
skip_quoted (const char *at, bool has_escapes)
{
  char quote = *at++;

  while (*at != '\0' && *at != quote)
    at += has_escapes && *at == '\\' && at[1] != '\0' ? 2 : 1;
  return *at != '\0' ? at + 1 : at;
}

static const char *
skip_comment (const char *at)
{
  unsigned depth = 0;

  do {
    if (g_str_has_prefix (at, "/*")) {
      depth++;
      at += 2;
    } else if (g_str_has_prefix (at, "*/")) {
      depth--;
      at += 2;
    } else if (*at != '\0') {
      at++;
    }
  } while (depth > 0 && *at != '\0');
  return at;
}

/* $tag$ ... $tag$, or nothing but the "$". */
static const char *
skip_dollar (const char *at)
{
  size_t size = 1;
  g_autofree char *tag = NULL;
  const char *end;

  while (is_word (at[size]) && at[size] != '$')
    size++;
  if (at[size] != '$')
    return at + 1;
  tag = g_strndup (at, size + 1);
  end = strstr (at + size + 1, tag);
  return end != NULL ? end + size + 1 : at + strlen (at);
}

static const char *
skip_word (const char *at)
{
  const char *end = at;

  while (is_word (*end))
    end++;
  return *end == '\'' && end - at == 1 && g_ascii_tolower (*at) == 'e' ? skip_quoted (end, true)
                                                                       : end;
}

static const char *
skip_token (const char *at)
{
  if (*at == '\'' || *at == '"')
    return skip_quoted (at, false);
  if (*at == '$')
    return skip_dollar (at);
  return is_word (*at) ? skip_word (at) : at + 1;
}

/* What says nothing. Returns: @at when that says something. */
static const char *
skip_blank (const char *at)
{
  if (g_str_has_prefix (at, "--"))
    return at + strcspn (at, "\n");
  if (g_str_has_prefix (at, "/*"))
    return skip_comment (at);
  return at + strspn (at, " \t\r\n\f;");
}

char *
postgres_text_translate (const char *sql, unsigned *ret_n_parameters, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  bool is_statement = false;
  unsigned n = 0;

  for (const char *at = sql, *next; *at != '\0'; at = next) {
    next = skip_blank (at);
    if (next == at) {
      is_statement = true;
      next = skip_token (at);
    }
    if (at[0] == '$' && g_ascii_isdigit (at[1])) {
      g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                           "a parameter is written ?, not $ and a number");
      return NULL;
    }
    if (at[0] == '?' && at[1] != '?') {
      g_string_append_printf (text, "$%u", ++n);
    } else {
      g_string_append_len (text, at, next - at);
      next += at[0] == '?' ? 1 : 0;
    }
  }
  if (!is_statement) {
    g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID, "there is no statement; write one");
    return NULL;
  }
  *ret_n_parameters = n;
  return g_string_free (g_steal_pointer (&text), FALSE);
}
