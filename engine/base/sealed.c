/* sealed.c: base64 by GLib, which skips what it does not know; so what was read is written again
 * and has to be the same. */
#include "base/sealed.h"
#include "base/limits.h"

#include <string.h>
#include <weir/error.h>

#define PREFIX  "encrypted:"
#define VERSION 1

/* The parts stand one behind the other. */
G_STATIC_ASSERT (sizeof (WeirSealedHead) ==
                 1 + WEIR_SEALED_KEY_ID + WEIR_SEALED_PLACE + WEIR_CIPHER_NONCE);

#define LEAST (sizeof (WeirSealedHead) + WEIR_SEALED_STEP + WEIR_CIPHER_TAG)
#define MOST  (LEAST + WEIR_LIMIT_SECRET_BYTES)

bool
weir_sealed_is (const char *text)
{
  return g_str_has_prefix (text, PREFIX);
}

static WeirSealed *
read_parts (const uint8_t *bytes, size_t size)
{
  WeirSealed *sealed = g_new0 (WeirSealed, 1);

  memcpy (&sealed->head, bytes, sizeof sealed->head);
  sealed->size = size - sizeof sealed->head - sizeof sealed->tag;
  sealed->bytes = g_memdup2 (bytes + sizeof sealed->head, sealed->size);
  memcpy (sealed->tag, bytes + size - sizeof sealed->tag, sizeof sealed->tag);
  return sealed;
}

WeirSealed *
weir_sealed_parse (const char *text, GError **error)
{
  const char *data = weir_sealed_is (text) ? text + strlen (PREFIX) : "";
  g_autofree uint8_t *bytes = NULL;
  g_autoptr (WeirSealed) sealed = NULL;
  g_autofree char *again = NULL;
  gsize size = 0;

  if (strlen (data) > (MOST + 2) / 3 * 4) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_LIMIT,
                 "the encrypted text is longer than that of %d bytes", WEIR_LIMIT_SECRET_BYTES);
    return NULL;
  }
  bytes = g_base64_decode (data, &size);
  if (size > 0 && bytes[0] != VERSION) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_UNSUPPORTED,
                 "the encrypted text has version %u, and this Weir knows version %d", bytes[0],
                 VERSION);
    return NULL;
  }
  if (size >= LEAST && (size - LEAST) % WEIR_SEALED_STEP == 0) {
    sealed = read_parts (bytes, size);
    again = weir_sealed_format (sealed);
  }
  if (again != NULL && strcmp (again, text) == 0)
    return g_steal_pointer (&sealed);
  g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                       "the encrypted text is not complete or not what was written");
  return NULL;
}

char *
weir_sealed_format (const WeirSealed *sealed)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree char *data = NULL;

  g_byte_array_append (bytes, (const guint8 *)&sealed->head, sizeof sealed->head);
  g_byte_array_append (bytes, sealed->bytes, (guint)sealed->size);
  g_byte_array_append (bytes, sealed->tag, sizeof sealed->tag);
  data = g_base64_encode (bytes->data, bytes->len);
  return g_strconcat (PREFIX, data, NULL);
}

void
weir_sealed_free (WeirSealed *sealed)
{
  if (sealed == NULL)
    return;
  explicit_bzero (sealed->bytes, sealed->size);
  g_free (sealed->bytes);
  g_free (sealed);
}
