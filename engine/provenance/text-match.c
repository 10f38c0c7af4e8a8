/* text-match.c: nearly all texts are ASCII, which needs no copy. */
#include "provenance/text-match.h"

#include <string.h>

static bool
is_ascii (const char *text, size_t size)
{
  for (size_t i = 0; i < size; i++)
    if ((unsigned char)text[i] >= 0x80)
      return false;
  return true;
}

void
weir_text_match_init (WeirTextMatch *match, const char *text)
{
  *match = (WeirTextMatch){ 0 };
  if (text == NULL)
    return;
  match->folded =
      g_utf8_validate (text, -1, NULL) ? g_utf8_casefold (text, -1) : g_ascii_strdown (text, -1);
  match->size = strlen (match->folded);
}

void
weir_text_match_clear (WeirTextMatch *match)
{
  g_clear_pointer (&match->folded, g_free);
}

static bool
begins (const WeirTextMatch *match, const char *text)
{
  for (size_t i = 0; i < match->size; i++)
    if (g_ascii_tolower (text[i]) != match->folded[i])
      return false;
  return true;
}

static bool
has_bytes (const WeirTextMatch *match, const char *text, size_t size)
{
  for (size_t i = 0; i + match->size <= size; i++)
    if (begins (match, text + i))
      return true;
  return false;
}

bool
weir_text_match_has (const WeirTextMatch *match, const char *text, size_t size)
{
  g_autofree char *folded = NULL;

  if (match->folded == NULL)
    return true;
  if (text == NULL)
    return false;
  if (is_ascii (text, size) || !g_utf8_validate_len (text, size, NULL))
    return has_bytes (match, text, size);
  folded = g_utf8_casefold (text, (gssize)size);
  return has_bytes (match, folded, strlen (folded));
}
