/* counter.h: counts lines, words and characters of UTF-8 that comes in pieces, cut anywhere.
 *
 * Thread: any; a Counter belongs to who made it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
  uint64_t lines;
  uint64_t lines_with_text; /* something that is not blank */
  uint64_t words;           /* what stands between blanks */
  uint64_t characters;      /* without those that end lines */

  bool split_on_symbols; /* - _ . end words, too */
  bool in_line;
  bool has_text;
  bool in_word;
  bool after_cr;
  unsigned missing;        /* bytes of the character that was cut off */
  uint32_t partial;        /* what there is of it */
  unsigned char low, high; /* between what its next byte must be */
} Counter;

void counter_init (Counter *counter, bool split_on_symbols);
void counter_add (Counter *counter, const char *text, size_t size);

/* After the last piece. */
void counter_end (Counter *counter);
