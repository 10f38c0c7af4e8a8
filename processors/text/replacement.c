/* replacement.c: cuts a replacement into text and groups, once for all matches. */
#include "replacement.h"

#include <string.h>

struct Replacement {
  GArray *parts; /* ReplacementPart */
};

static void
add (Replacement *replacement, const char *text, size_t size, unsigned group)
{
  ReplacementPart part = { text, size, group };

  if (text == NULL || size > 0)
    g_array_append_val (replacement->parts, part);
}

/* Reads the digits at @text. Returns: behind those that make a group; NULL when none does. */
static const char *
parse_number (const char *text, unsigned n_groups, unsigned *ret_group)
{
  unsigned group;

  if (!g_ascii_isdigit (*text) || (unsigned)(*text - '0') > n_groups)
    return NULL;
  group = (unsigned)(*text++ - '0');
  while (g_ascii_isdigit (*text) && group * 10 + (unsigned)(*text - '0') <= n_groups)
    group = group * 10 + (unsigned)(*text++ - '0');
  *ret_group = group;
  return text;
}

/* Reads what is behind a `$`. Returns: behind it; NULL when it names no group. */
static const char *
parse_group (const char *text, const Regex *regex, unsigned *ret_group)
{
  const char *end;

  if (*text != '{')
    return parse_number (text, regex_get_n_groups (regex), ret_group);
  end = strchr (text, '}');
  if (end == NULL)
    return NULL;
  *ret_group = regex_find_group (regex, text + 1, (size_t)(end - text - 1));
  return *ret_group > 0 ? end + 1 : NULL;
}

Replacement *
replacement_new (const char *text, const Regex *regex)
{
  Replacement *replacement = g_new (Replacement, 1);
  const char *from = text;
  const char *at = text;

  replacement->parts = g_array_new (FALSE, FALSE, sizeof (ReplacementPart));
  while (*at != '\0') {
    unsigned group;
    const char *end;

    if (*at == '\\' && at[1] != '\0') {
      add (replacement, from, (size_t)(at - from), 0);
      from = at + 1;
      at += 2;
    } else if (*at == '$' && (end = parse_group (at + 1, regex, &group)) != NULL) {
      add (replacement, from, (size_t)(at - from), 0);
      add (replacement, NULL, 0, group);
      from = at = end;
    } else {
      at++;
    }
  }
  add (replacement, from, (size_t)(at - from), 0);
  return replacement;
}

char *
replacement_escape (const char *text)
{
  GString *replacement = g_string_new (NULL);

  for (; *text != '\0'; text++) {
    if (*text == '$' || *text == '\\')
      g_string_append_c (replacement, '\\');
    g_string_append_c (replacement, *text);
  }
  return g_string_free (replacement, FALSE);
}

void
replacement_free (Replacement *replacement)
{
  if (replacement == NULL)
    return;
  g_array_unref (replacement->parts);
  g_free (replacement);
}

const ReplacementPart *
replacement_get_parts (const Replacement *replacement, size_t *ret_n)
{
  *ret_n = replacement->parts->len;
  return (const ReplacementPart *)(void *)replacement->parts->data;
}
