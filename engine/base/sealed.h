/* sealed.h: the text of an encrypted secret in a flow file, as its parts.
 *
 * "encrypted:" and base64 of: the version 1 (a byte), the id of the key, the digest of the place,
 * the nonce, the encrypted bytes, the tag. There is one text for the same parts: what could be
 * written otherwise is refused. What the parts mean: keyring.h. A fuzz target:
 * tests/fuzz/fuzz-sealed.c.
 *
 * Thread: any. */
#pragma once

#include "base/cipher.h"

#define WEIR_SEALED_KEY_ID 4
#define WEIR_SEALED_PLACE  8

typedef struct {
  uint8_t version;
  uint8_t key_id[WEIR_SEALED_KEY_ID];
  uint8_t place[WEIR_SEALED_PLACE];
  uint8_t nonce[WEIR_CIPHER_NONCE];
} WeirSealedHead;

typedef struct {
  WeirSealedHead head;
  uint8_t tag[WEIR_CIPHER_TAG];
  uint8_t *bytes; /* owned */
  size_t size;    /* a multiple of WEIR_SEALED_STEP, at least that */
} WeirSealed;

/* Secrets are filled up to a multiple of it with zeros, so that a short one does not show its
 * length to everybody. */
#define WEIR_SEALED_STEP 32

/* True when @text is meant to be one: it begins with "encrypted:". */
bool weir_sealed_is (const char *text);

/* Returns: (transfer full): the parts, or NULL with @error: WEIR_ERROR_INVALID, WEIR_ERROR_LIMIT,
 * or WEIR_ERROR_UNSUPPORTED, written by a newer Weir. */
WeirSealed *weir_sealed_parse (const char *text, GError **error);

/* Returns: (transfer full). */
char *weir_sealed_format (const WeirSealed *sealed);

/* Wipes the bytes: they may be decrypted. */
void weir_sealed_free (WeirSealed *sealed);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirSealed, weir_sealed_free)
