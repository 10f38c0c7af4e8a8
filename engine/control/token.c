/* token.c: see the header. */
#include "control/token.h"

#include <openssl/crypto.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/random.h"
#include "base/secret.h"
#include "base/units.h"

#define PREFIX "weir_"
#define LENGTH (strlen (PREFIX) + WEIR_TOKEN_ID + 1 + WEIR_TOKEN_SECRET)

WeirToken *
weir_token_copy (const WeirToken *token)
{
  WeirToken *copy = g_memdup2 (token, sizeof *token);

  copy->name = g_strdup (token->name);
  copy->creator = g_strdup (token->creator);
  copy->flows = g_strdupv (token->flows);
  return copy;
}

void
weir_token_free (WeirToken *token)
{
  if (token == NULL)
    return;
  g_free (token->name);
  g_free (token->creator);
  g_strfreev (token->flows);
  g_free (token);
}

static void
hash_secret (const char *secret, uint8_t ret_hash[WEIR_TOKEN_HASH])
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  gsize size = WEIR_TOKEN_HASH;

  g_checksum_update (sum, (const guchar *)secret, (gssize)strlen (secret));
  g_checksum_get_digest (sum, ret_hash, &size);
}

static void
append_hex (GString *text, const uint8_t *bytes, size_t size)
{
  for (size_t i = 0; i < size; i++)
    g_string_append_printf (text, "%02x", bytes[i]);
}

char *
weir_token_make (WeirToken *token, GError **error)
{
  uint8_t id[WEIR_TOKEN_ID / 2];
  uint8_t secret[WEIR_TOKEN_SECRET / 2];
  GString *text = NULL;

  if (!weir_random_fill (id, sizeof id, error) || !weir_random_fill (secret, sizeof secret, error))
    return NULL;
  text = g_string_sized_new (LENGTH + 1); /* it does not grow, so that no copy of it stays behind */
  g_string_append (text, PREFIX);
  append_hex (text, id, sizeof id);
  memcpy (token->id, text->str + strlen (PREFIX), WEIR_TOKEN_ID);
  token->id[WEIR_TOKEN_ID] = '\0';
  g_string_append_c (text, '_');
  append_hex (text, secret, sizeof secret);
  OPENSSL_cleanse (secret, sizeof secret);
  hash_secret (text->str + LENGTH - WEIR_TOKEN_SECRET, token->hash);
  return g_string_free (text, FALSE);
}

bool
weir_token_set_expiry (WeirToken *token, const char *text, GError **error)
{
  int64_t usec;

  token->expires = 0;
  if (text == NULL)
    return true;
  if (!weir_units_parse_duration (text, &usec, error)) {
    g_prefix_error (error, "expires: ");
    return false;
  }
  token->expires = weir_time_add (token->created, MAX (usec, 1));
  return true;
}

static bool
is_hex (const char *text, size_t n)
{
  return strspn (text, "0123456789abcdef") >= n;
}

bool
weir_token_parse (const char *text, char ret_id[WEIR_TOKEN_ID + 1],
                  uint8_t ret_hash[WEIR_TOKEN_HASH])
{
  const char *id = text + strlen (PREFIX);
  const char *secret = id + WEIR_TOKEN_ID + 1;

  if (strlen (text) != LENGTH || !g_str_has_prefix (text, PREFIX) || !is_hex (id, WEIR_TOKEN_ID) ||
      secret[-1] != '_' || !is_hex (secret, WEIR_TOKEN_SECRET))
    return false;
  memcpy (ret_id, id, WEIR_TOKEN_ID);
  ret_id[WEIR_TOKEN_ID] = '\0';
  hash_secret (secret, ret_hash);
  return true;
}

bool
weir_token_matches (const WeirToken *token, const uint8_t hash[WEIR_TOKEN_HASH])
{
  return CRYPTO_memcmp (token->hash, hash, WEIR_TOKEN_HASH) == 0;
}

bool
weir_token_name_is_valid (const char *name)
{
  const size_t length = strlen (name);

  if (length == 0 || length > WEIR_LIMIT_ID || name[0] == ' ' || name[length - 1] == ' ')
    return false;
  for (const char *at = name; *at != '\0'; at++)
    if (!g_ascii_isalnum (*at) && strchr ("-_. ", *at) == NULL)
      return false;
  return true;
}
