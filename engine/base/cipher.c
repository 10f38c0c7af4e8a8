/* cipher.c: the few calls of OpenSSL that secrets need. */
#include "base/cipher.h"

#include <openssl/evp.h>
#include <string.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EVP_CIPHER_CTX, EVP_CIPHER_CTX_free)

/* Returns: (transfer full) (nullable): ready for bytes, with @cipher->bound seen. */
static EVP_CIPHER_CTX *
begin (const WeirCipher *cipher, bool encrypt)
{
  g_autoptr (EVP_CIPHER_CTX) context = EVP_CIPHER_CTX_new ();
  int done = 0;

  if (context == NULL || cipher->bound_size > INT_MAX ||
      EVP_CipherInit_ex (context, EVP_aes_256_gcm (), NULL, cipher->key, cipher->nonce, encrypt) !=
          1 ||
      EVP_CipherUpdate (context, NULL, &done, cipher->bound, (int)cipher->bound_size) != 1)
    return NULL;
  return g_steal_pointer (&context);
}

bool
weir_cipher_encrypt (const WeirCipher *cipher, uint8_t *bytes, size_t size,
                     uint8_t ret_tag[static WEIR_CIPHER_TAG])
{
  g_autoptr (EVP_CIPHER_CTX) context = begin (cipher, true);
  int done = 0;

  return context != NULL && size <= INT_MAX &&
         EVP_CipherUpdate (context, bytes, &done, bytes, (int)size) == 1 &&
         EVP_CipherFinal_ex (context, bytes + done, &done) == 1 &&
         EVP_CIPHER_CTX_ctrl (context, EVP_CTRL_AEAD_GET_TAG, WEIR_CIPHER_TAG, ret_tag) == 1;
}

bool
weir_cipher_decrypt (const WeirCipher *cipher, uint8_t *bytes, size_t size,
                     const uint8_t tag[static WEIR_CIPHER_TAG])
{
  g_autoptr (EVP_CIPHER_CTX) context = begin (cipher, false);
  uint8_t expected[WEIR_CIPHER_TAG];
  int done = 0;

  memcpy (expected, tag, sizeof expected);
  if (context != NULL && size <= INT_MAX &&
      EVP_CipherUpdate (context, bytes, &done, bytes, (int)size) == 1 &&
      EVP_CIPHER_CTX_ctrl (context, EVP_CTRL_AEAD_SET_TAG, WEIR_CIPHER_TAG, expected) == 1 &&
      EVP_CipherFinal_ex (context, bytes + done, &done) == 1)
    return true;
  explicit_bzero (bytes, size);
  return false;
}

bool
weir_cipher_digest (const void *bytes, size_t size, uint8_t *ret_digest, size_t n_ret)
{
  uint8_t digest[EVP_MAX_MD_SIZE];
  bool done = EVP_Digest (bytes, size, digest, NULL, EVP_sha256 (), NULL) == 1;

  if (done)
    memcpy (ret_digest, digest, n_ret);
  return done;
}
