/* counter.c: one look at a table for each ASCII character. A byte that belongs to no character
 * counts as one, so that nothing in a content can be overlooked. */
#include "counter.h"

#include <glib.h>

typedef enum {
  WORD,
  CONTROL, /* neither begins a word nor ends one */
  SYMBOL,
  BLANK,
  CR,
  LF,
} Class;

static const unsigned char classes[128] = {
  [0x00 ... 0x08] = CONTROL,
  ['\t'] = BLANK,
  ['\n'] = LF,
  ['\v'] = BLANK,
  ['\f'] = BLANK,
  ['\r'] = CR,
  [0x0e ... 0x1b] = CONTROL,
  [0x1c ... ' '] = BLANK,
  ['-'] = SYMBOL,
  ['.'] = SYMBOL,
  ['_'] = SYMBOL,
};

void
counter_init (Counter *counter, bool split_on_symbols)
{
  *counter = (Counter){ .split_on_symbols = split_on_symbols };
}

static void
end_line (Counter *counter)
{
  counter->lines++;
  counter->lines_with_text += counter->has_text;
  counter->in_line = counter->has_text = counter->in_word = false;
}

static void
add (Counter *counter, Class class)
{
  if (class >= CR) {
    if (class == CR || !counter->after_cr)
      end_line (counter);
    counter->after_cr = class == CR;
    return;
  }
  counter->after_cr = false;
  counter->in_line = true;
  counter->characters++;
  if (class == BLANK) {
    counter->in_word = false;
    return;
  }
  counter->has_text = true;
  if (class == SYMBOL && counter->split_on_symbols) {
    counter->in_word = false;
  } else if (class != CONTROL && !counter->in_word) {
    counter->in_word = true;
    counter->words++;
  }
}

/* The first byte of a character of several: by it alone some second bytes are wrong. */
static void
begin (Counter *counter, unsigned char byte)
{
  counter->low = 0x80;
  counter->high = 0xbf;
  if (byte < 0xc2 || byte > 0xf4) {
    add (counter, WORD);
  } else if (byte < 0xe0) {
    counter->missing = 1;
    counter->partial = byte & 0x1f;
  } else if (byte < 0xf0) {
    counter->missing = 2;
    counter->partial = byte & 0x0f;
    counter->low = byte == 0xe0 ? 0xa0 : 0x80;
    counter->high = byte == 0xed ? 0x9f : 0xbf;
  } else {
    counter->missing = 3;
    counter->partial = byte & 0x07;
    counter->low = byte == 0xf0 ? 0x90 : 0x80;
    counter->high = byte == 0xf4 ? 0x8f : 0xbf;
  }
}

/* A further byte of it. False when it is none: what there was is one wrong character. */
static bool
go_on (Counter *counter, unsigned char byte)
{
  if (byte < counter->low || byte > counter->high) {
    counter->missing = 0;
    add (counter, WORD);
    return false;
  }
  counter->low = 0x80;
  counter->high = 0xbf;
  counter->partial = counter->partial << 6 | (byte & 0x3f);
  if (--counter->missing == 0)
    add (counter, g_unichar_isspace (counter->partial) ? BLANK : WORD);
  return true;
}

void
counter_add (Counter *counter, const char *text, size_t size)
{
  for (size_t i = 0; i < size; i++) {
    unsigned char byte = (unsigned char)text[i];

    if (counter->missing > 0 && go_on (counter, byte))
      continue;
    if (byte < 0x80)
      add (counter, classes[byte]);
    else
      begin (counter, byte);
  }
}

void
counter_end (Counter *counter)
{
  if (counter->missing > 0)
    add (counter, WORD);
  counter->missing = 0;
  if (counter->in_line)
    end_line (counter);
}
