/* replacement.h: what takes the place of a match, in Java's syntax: `$1` and `${name}` are what a
 * group matched, `$0` all of the match, `\$` a dollar and `\\` a backslash.
 *
 * A `$` that names no group is a dollar; of `$12` as many digits are taken as make a group. So
 * every text is a replacement.
 *
 * Thread: any; it does not change. */
#pragma once

#include "regex.h"

typedef struct Replacement Replacement;

/* Returns: (transfer full): it needs @text as long as it lives. */
Replacement *replacement_new (const char *text, const Regex *regex);

/* Returns: (transfer full): a replacement that stands for @text as it is. */
char *replacement_escape (const char *text);

/* Takes NULL. */
void replacement_free (Replacement *replacement);

typedef struct {
  const char *text; /* NULL: what the group matched */
  size_t size;
  unsigned group;
} ReplacementPart;

/* Returns: (transfer none): its parts in their order. */
const ReplacementPart *replacement_get_parts (const Replacement *replacement, size_t *ret_n);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Replacement, replacement_free)
