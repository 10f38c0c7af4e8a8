/* mask.c: a list, the longest first, so that nothing is left of a secret in which another one is.
 */
#include "base/mask.h"
#include "base/limits.h"
#include "base/secret.h"

#include <stdatomic.h>
#include <string.h>

#define HIDDEN "***"

typedef struct {
  char *text;
  size_t size;
} Secret;

struct WeirMask {
  _Atomic (GArray *) secrets; /* Secret */
  GPtrArray *replaced;        /* GArray, of the same texts; NULL: it is not shared */
};

WeirMask *
weir_mask_new (void)
{
  WeirMask *mask = g_new0 (WeirMask, 1);

  mask->secrets = g_array_new (FALSE, FALSE, sizeof (Secret));
  return mask;
}

static const GArray *
get_secrets (const WeirMask *mask)
{
  return atomic_load_explicit (&mask->secrets, memory_order_acquire);
}

static const Secret *
get_secret (const GArray *secrets, guint index)
{
  return &g_array_index (secrets, Secret, index);
}

void
weir_mask_free (WeirMask *mask)
{
  if (mask == NULL)
    return;
  for (guint i = 0; i < get_secrets (mask)->len; i++)
    weir_secret_free (get_secret (get_secrets (mask), i)->text);
  g_array_unref (mask->secrets);
  g_clear_pointer (&mask->replaced, g_ptr_array_unref);
  g_free (mask);
}

void
weir_mask_share (WeirMask *mask)
{
  if (mask->replaced == NULL)
    mask->replaced = g_ptr_array_new_with_free_func ((GDestroyNotify)g_array_unref);
}

static void
insert (WeirMask *mask, guint at, const Secret *secret)
{
  GArray *secrets = mask->secrets;

  if (mask->replaced != NULL) {
    g_ptr_array_add (mask->replaced, secrets);
    secrets = g_array_copy (secrets);
  }
  g_array_insert_vals (secrets, at, secret, 1);
  atomic_store_explicit (&mask->secrets, secrets, memory_order_release);
}

/* Consumes @text. */
static void
add_text (WeirMask *mask, char *text)
{
  const GArray *secrets = get_secrets (mask);
  Secret secret = { text, strlen (text) };
  guint at = 0;

  while (at < secrets->len && get_secret (secrets, at)->size >= secret.size &&
         strcmp (get_secret (secrets, at)->text, text) != 0)
    at++;
  if (secret.size < WEIR_LIMIT_MASK_LEAST ||
      (at < secrets->len && strcmp (get_secret (secrets, at)->text, text) == 0))
    weir_secret_free (text);
  else
    insert (mask, at, &secret);
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
  return mask == NULL || get_secrets (mask)->len == 0;
}

bool
weir_mask_hits (const WeirMask *mask, const char *text, size_t size)
{
  const GArray *secrets = mask != NULL ? get_secrets (mask) : NULL;

  for (guint i = 0; secrets != NULL && i < secrets->len; i++) {
    const Secret *secret = get_secret (secrets, i);

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
  const GArray *secrets = mask != NULL ? get_secrets (mask) : NULL;
  char *masked = g_strdup (text);

  for (guint i = 0; secrets != NULL && i < secrets->len; i++)
    if (strstr (masked, get_secret (secrets, i)->text) != NULL)
      masked = replace (masked, get_secret (secrets, i));
  return masked;
}
