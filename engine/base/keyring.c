/* keyring.c: AES-256-GCM under a random nonce. What is bound to each text is its head and the whole
 * place; the digests of key and place in the head are there to say what is wrong. */
#include "base/keyring.h"
#include "base/fs.h"
#include "base/limits.h"
#include "base/random.h"
#include "base/sealed.h"
#include "base/secret.h"

#include <string.h>
#include <sys/stat.h>
#include <weir/error.h>

#define PREFIX "weir-key-1:"

typedef struct {
  uint8_t id[WEIR_SEALED_KEY_ID];
  uint8_t bytes[WEIR_CIPHER_KEY];
} Key;

struct WeirKeyring {
  char *name;
  Key keys[WEIR_LIMIT_KEYS]; /* the newest first */
  unsigned n_keys;
};

static bool
set_openssl_error (GError **error)
{
  g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_FAILED,
                       "OpenSSL does not encrypt; look at its configuration");
  return false;
}

/* The id tells which key it was and nothing of the key. */
static bool
set_id (Key *key)
{
  static const char purpose[] = "weir key id";
  uint8_t text[sizeof purpose + sizeof key->bytes];
  bool done;

  memcpy (text, purpose, sizeof purpose);
  memcpy (text + sizeof purpose, key->bytes, sizeof key->bytes);
  done = weir_cipher_digest (text, sizeof text, key->id, sizeof key->id);
  explicit_bzero (text, sizeof text);
  return done;
}

static bool
read_key (const char *line, size_t length, Key *ret_key)
{
  char text[64] = "";
  gint state = 0;
  guint save = 0;
  uint8_t bytes[sizeof text];
  size_t size = 0;
  g_autofree char *again = NULL;
  bool is_key = false;

  if (length < strlen (PREFIX) || length - strlen (PREFIX) >= sizeof text ||
      strncmp (line, PREFIX, strlen (PREFIX)) != 0)
    return false;
  memcpy (text, line + strlen (PREFIX), length - strlen (PREFIX));
  size = g_base64_decode_step (text, strlen (text), bytes, &state, &save);
  if (size == sizeof ret_key->bytes) {
    again = g_base64_encode (bytes, size);
    is_key = strcmp (again, text) == 0;
    memcpy (ret_key->bytes, bytes, size);
    explicit_bzero (again, strlen (again));
  }
  explicit_bzero (bytes, sizeof bytes);
  explicit_bzero (text, sizeof text);
  return is_key;
}

static bool
add_line (WeirKeyring *keyring, const char *line, size_t length, unsigned number, GError **error)
{
  if (length > 0 && line[length - 1] == '\r')
    length--;
  if (length == 0 || line[0] == '#')
    return true;
  if (keyring->n_keys == WEIR_LIMIT_KEYS) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_LIMIT,
                 "the key file %s has more than %d keys; take out those that nothing uses",
                 keyring->name, WEIR_LIMIT_KEYS);
    return false;
  }
  if (!read_key (line, length, &keyring->keys[keyring->n_keys])) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                 "line %u of the key file %s is no key; `weir secret keygen` makes one", number,
                 keyring->name);
    return false;
  }
  return set_id (&keyring->keys[keyring->n_keys++]) || set_openssl_error (error);
}

WeirKeyring *
weir_keyring_parse (const char *text, const char *name, GError **error)
{
  g_autoptr (WeirKeyring) keyring = g_new0 (WeirKeyring, 1);
  unsigned number = 0;

  keyring->name = g_strdup (name);
  while (*text != '\0') {
    size_t length = strcspn (text, "\n");

    if (!add_line (keyring, text, length, ++number, error))
      return NULL;
    text += length + (text[length] == '\n');
  }
  if (keyring->n_keys > 0)
    return g_steal_pointer (&keyring);
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
               "the key file %s has no key; `weir secret keygen` makes one", name);
  return NULL;
}

/* Others must not read it: who can is as good as the owner. */
static bool
check_mode (const char *path, GError **error)
{
  struct stat status;

  if (stat (path, &status) < 0 || (status.st_mode & 077) == 0)
    return true;
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_PERMISSION,
               "others can read the key file %s; `chmod 600` it, and if they may have read it, "
               "change the secrets",
               path);
  return false;
}

WeirKeyring *
weir_keyring_load (const char *path, bool is_guarded, GError **error)
{
  size_t size = 0;
  WeirKeyring *keyring = NULL;
  char *text = NULL;

  if (!is_guarded && !check_mode (path, error))
    return NULL;
  text = weir_fs_read_file (NULL, path, WEIR_LIMIT_KEY_FILE_BYTES, &size, error);
  if (text == NULL)
    return NULL;
  keyring = weir_keyring_parse (text, path, error);
  explicit_bzero (text, size);
  g_free (text);
  return keyring;
}

void
weir_keyring_free (WeirKeyring *keyring)
{
  if (keyring == NULL)
    return;
  g_free (keyring->name);
  explicit_bzero (keyring->keys, sizeof keyring->keys);
  g_free (keyring);
}

char *
weir_keyring_make_key (GError **error)
{
  uint8_t bytes[WEIR_CIPHER_KEY];
  char *data = NULL;
  char *line = NULL;

  if (!weir_random_fill (bytes, sizeof bytes, error))
    return NULL;
  data = g_base64_encode (bytes, sizeof bytes);
  line = g_strconcat (PREFIX, data, "\n", NULL);
  weir_secret_free (data);
  explicit_bzero (bytes, sizeof bytes);
  return line;
}

static bool
set_place (const char *place, uint8_t *ret_digest)
{
  return weir_cipher_digest (place, strlen (place), ret_digest, WEIR_SEALED_PLACE);
}

/* Returns: (transfer full): what is bound to the text. */
static GByteArray *
bind (const WeirSealedHead *head, const char *place)
{
  GByteArray *bound = g_byte_array_new ();

  g_byte_array_append (bound, (const guint8 *)head, sizeof *head);
  g_byte_array_append (bound, (const guint8 *)place, (guint)strlen (place));
  return bound;
}

char *
weir_keyring_seal (const WeirKeyring *keyring, const char *place, const char *secret,
                   GError **error)
{
  const Key *key = &keyring->keys[0];
  size_t length = strlen (secret);
  g_autoptr (WeirSealed) sealed = NULL;
  g_autoptr (GByteArray) bound = NULL;

  if (length > WEIR_LIMIT_SECRET_BYTES) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_LIMIT, "the secret is longer than %d bytes",
                 WEIR_LIMIT_SECRET_BYTES);
    return NULL;
  }
  sealed = g_new0 (WeirSealed, 1);
  sealed->size = (length / WEIR_SEALED_STEP + 1) * WEIR_SEALED_STEP;
  sealed->bytes = g_malloc0 (sealed->size);
  memcpy (sealed->bytes, secret, length);
  sealed->head.version = 1;
  memcpy (sealed->head.key_id, key->id, sizeof key->id);
  if (!weir_random_fill (sealed->head.nonce, sizeof sealed->head.nonce, error))
    return NULL;
  if (!set_place (place, sealed->head.place)) {
    set_openssl_error (error);
    return NULL;
  }
  bound = bind (&sealed->head, place);
  if (weir_cipher_encrypt (&(WeirCipher){ key->bytes, sealed->head.nonce, bound->data, bound->len },
                           sealed->bytes, sealed->size, sealed->tag))
    return weir_sealed_format (sealed);
  set_openssl_error (error);
  return NULL;
}

static const Key *
find_key (const WeirKeyring *keyring, const WeirSealedHead *head, GError **error)
{
  const uint8_t *id = head->key_id;

  for (unsigned i = 0; i < keyring->n_keys; i++)
    if (memcmp (keyring->keys[i].id, id, sizeof head->key_id) == 0)
      return &keyring->keys[i];
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND,
               "it was encrypted with another key (%02x%02x%02x%02x) than those of the key file %s",
               id[0], id[1], id[2], id[3], keyring->name);
  return NULL;
}

/* Returns: (transfer full): the secret, or NULL with @error. */
static char *
take_secret (const WeirSealed *sealed, GError **error)
{
  const char *secret = (const char *)sealed->bytes;

  if (memchr (secret, '\0', sealed->size) != NULL && g_utf8_validate (secret, -1, NULL))
    return g_strdup (secret);
  g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_CORRUPT, "what was encrypted is no text");
  return NULL;
}

char *
weir_keyring_open (const WeirKeyring *keyring, const char *place, const char *text, GError **error)
{
  g_autoptr (WeirSealed) sealed = weir_sealed_parse (text, error);
  const Key *key = sealed != NULL ? find_key (keyring, &sealed->head, error) : NULL;
  g_autoptr (GByteArray) bound = NULL;
  uint8_t digest[WEIR_SEALED_PLACE];

  if (key == NULL)
    return NULL;
  if (!set_place (place, digest)) {
    set_openssl_error (error);
    return NULL;
  }
  if (memcmp (digest, sealed->head.place, sizeof digest) != 0) {
    g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                         "it was encrypted for another parameter, or its flow or group had "
                         "another name");
    return NULL;
  }
  bound = bind (&sealed->head, place);
  if (weir_cipher_decrypt (&(WeirCipher){ key->bytes, sealed->head.nonce, bound->data, bound->len },
                           sealed->bytes, sealed->size, sealed->tag))
    return take_secret (sealed, error);
  g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_CORRUPT,
                       "somebody has changed the encrypted text");
  return NULL;
}

bool
weir_keyring_is_newest (const WeirKeyring *keyring, const char *text)
{
  g_autoptr (WeirSealed) sealed = weir_sealed_parse (text, NULL);

  return sealed != NULL &&
         memcmp (sealed->head.key_id, keyring->keys[0].id, sizeof sealed->head.key_id) == 0;
}
