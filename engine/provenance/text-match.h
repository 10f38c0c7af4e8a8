/* text-match.h: whether a text has another one in it, in upper or lower case.
 *
 * Thread: one at a time for each. */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct {
  char *folded; /* NULL: everything has it */
  size_t size;
} WeirTextMatch;

/* @text may be NULL. */
void weir_text_match_init (WeirTextMatch *match, const char *text);
void weir_text_match_clear (WeirTextMatch *match);

/* @text: of @size bytes; NULL has nothing. What is no UTF-8 is compared byte by byte. */
bool weir_text_match_has (const WeirTextMatch *match, const char *text, size_t size);
