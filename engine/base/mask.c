/* mask.c: a list, the longest first, so that nothing is left of a secret in which another one is.
 */
#include "base/mask.h"
#include "base/limits.h"
#include "base/secret.h"

#include <string.h>

#define HIDDEN "***"

typedef struct {
  char *text;
  size_t size;
} Secret;

struct WeirMask {
  GArray *secrets; /* Secret */
};

static void
clear_secret (gpointer data)
{
  Secret *secret = data;

  weir_secret_free (secret->text);
}

WeirMask *
weir_mask_new (void)
{
  WeirMask *mask = g_new0 (WeirMask, 1);

  mask->secrets = g_array_new (FALSE, FALSE, sizeof (Secret));
  g_array_set_clear_func (mask->secrets, clear_secret);
  return mask;
}

void
weir_mask_free (WeirMask *mask)
{
  if (mask == NULL)
    return;
  g_array_unref (mask->secrets);
  g_free (mask);
}

static const Secret *
get_secret (const WeirMask *mask, guint index)
{
  return &g_array_index (mask->secrets, Secret, index);
}

/* Consumes @text. */
static void
add_text (WeirMask *mask, char *text)
{
  Secret secret = { text, strlen (text) };
  guint at = 0;

  while (at < mask->secrets->len && get_secret (mask, at)->size >= secret.size &&
         strcmp (get_secret (mask, at)->text, text) != 0)
    at++;
  if (secret.size < WEIR_LIMIT_MASK_LEAST ||
      (at < mask->secrets->len && strcmp (get_secret (mask, at)->text, text) == 0))
    weir_secret_free (text);
  else
    g_array_insert_val (mask->secrets, at, secret);
}

static void
add_lines (WeirMask *mask, const char *secret)
{
  while (*secret != '\0') {
    size_t length = strcspn (secret, "\r\n");

    if (length >= WEIR_LIMIT_MASK_LINE)
      add_text (mask, g_strndup (secret, length));
    secret += length;
    secret += strspn (secret, "\r\n");
  }
}

void
weir_mask_add (WeirMask *mask, const char *secret)
{
  add_text (mask, g_strdup (secret));
  add_text (mask, g_uri_escape_string (secret, NULL, FALSE));
  if (strpbrk (secret, "\r\n") != NULL)
    add_lines (mask, secret);
}

bool
weir_mask_is_empty (const WeirMask *mask)
{
  return mask == NULL || mask->secrets->len == 0;
}

bool
weir_mask_hits (const WeirMask *mask, const char *text, size_t size)
{
  for (guint i = 0; mask != NULL && i < mask->secrets->len; i++) {
    const Secret *secret = get_secret (mask, i);

    if (secret->size <= size && memmem (text, size, secret->text, secret->size) != NULL)
      return true;
  }
  return false;
}

/* Wipes what it grew out of. */
static char *
replace (char *text, const Secret *secret)
{
  GString *masked = g_string_sized_new (strlen (text));
  const char *from = text;
  const char *found;

  while ((found = strstr (from, secret->text)) != NULL) {
    g_string_append_len (masked, from, found - from);
    g_string_append (masked, HIDDEN);
    from = found + secret->size;
  }
  g_string_append (masked, from);
  weir_secret_free (text);
  return g_string_free (masked, FALSE);
}

char *
weir_mask_apply (const WeirMask *mask, const char *text)
{
  char *masked = g_strdup (text);

  for (guint i = 0; mask != NULL && i < mask->secrets->len; i++)
    if (strstr (masked, get_secret (mask, i)->text) != NULL)
      masked = replace (masked, get_secret (mask, i));
  return masked;
}
