/* token.h: what programs show to be let in: "weir_ID_SECRET".
 *
 * The id finds it, and may be seen; the secret is 256 random bits. What is kept of it is a SHA-256:
 * a slow hash makes guessing of what people think up dear, and nobody guesses 256 bits.
 *
 * Thread: any. */
#pragma once

#include "control/identity.h"

#include <stdint.h>

#define WEIR_TOKEN_ID     8  /* hexadecimal digits */
#define WEIR_TOKEN_SECRET 64 /* likewise */
#define WEIR_TOKEN_HASH   32 /* bytes */

typedef struct {
  char id[WEIR_TOKEN_ID + 1];
  char *name;
  WeirUserRole role;
  GStrv flows;     /* NULL: all */
  int64_t created; /* microseconds since 1970, as are the others */
  int64_t expires; /* 0: never */
  int64_t used;    /* last; 0: never */
  char *creator;   /* who made it */
  uint8_t hash[WEIR_TOKEN_HASH];
} WeirToken;

/* Returns: (transfer full). */
WeirToken *weir_token_copy (const WeirToken *token);
void weir_token_free (WeirToken *token);

/* Gives @token an id and the hash of a new secret. Returns: (transfer full): the text to show, for
 * weir_secret_free; NULL with @error. */
char *weir_token_make (WeirToken *token, GError **error);

/* @text: "90 days" after it was created; NULL: never. */
bool weir_token_set_expiry (WeirToken *token, const char *text, GError **error);

/* Takes a text apart. Returns: false when it is none of ours. */
bool weir_token_parse (const char *text, char ret_id[WEIR_TOKEN_ID + 1],
                       uint8_t ret_hash[WEIR_TOKEN_HASH]);

/* Takes as long whatever @hash is. */
bool weir_token_matches (const WeirToken *token, const uint8_t hash[WEIR_TOKEN_HASH]);

/* What may stand for a name: letters, digits, "-_." and spaces inside, at most WEIR_LIMIT_ID. */
bool weir_token_name_is_valid (const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirToken, weir_token_free)
