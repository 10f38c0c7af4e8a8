/* cipher.h: AES-256-GCM of a few bytes in memory, by OpenSSL.
 *
 * Whoever has changed a single bit of the text, the tag or what is bound to them (@bound) gets
 * nothing. A nonce must never be used twice with one key: take it from weir_random_fill.
 *
 * Thread: any. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define WEIR_CIPHER_KEY   32
#define WEIR_CIPHER_NONCE 12
#define WEIR_CIPHER_TAG   16

typedef struct {
  const uint8_t *key;   /* WEIR_CIPHER_KEY */
  const uint8_t *nonce; /* WEIR_CIPHER_NONCE */
  const void *bound;    /* not encrypted, but has to be the same when it is decrypted */
  size_t bound_size;
} WeirCipher;

/* Encrypts @size bytes in place and tells the tag.
 * Returns: false when OpenSSL cannot: there is no memory, or its configuration forbids it. */
bool weir_cipher_encrypt (const WeirCipher *cipher, uint8_t *bytes, size_t size,
                          uint8_t ret_tag[static WEIR_CIPHER_TAG]);

/* Decrypts @size bytes in place.
 * Returns: false when anything is not what it was; @bytes are zeros then. */
bool weir_cipher_decrypt (const WeirCipher *cipher, uint8_t *bytes, size_t size,
                          const uint8_t tag[static WEIR_CIPHER_TAG]);

/* The first @n_ret (at most 32) bytes of the SHA-256 of @bytes. Returns: false as above. */
bool weir_cipher_digest (const void *bytes, size_t size, uint8_t *ret_digest, size_t n_ret);
