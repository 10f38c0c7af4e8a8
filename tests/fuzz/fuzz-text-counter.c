/* fuzz-text-counter.c: what is counted does not depend on where the text is cut. */
#include "counter.h"
#include <glib.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
count (Counter *counter, const char *text, size_t size, size_t cut)
{
  counter_init (counter, size % 2 == 0);
  counter_add (counter, text, cut);
  counter_add (counter, text + cut, size - cut);
  counter_end (counter);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const char *text = (const char *)data;
  Counter whole, parts;

  count (&whole, text, size, 0);
  g_assert_cmpuint (whole.lines_with_text, <=, whole.lines);
  g_assert_cmpuint (whole.words, <=, whole.characters);
  g_assert_cmpuint (whole.characters, <=, size);
  for (size_t cut = 1; cut < MIN (size, 100); cut++) {
    count (&parts, text, size, cut);
    g_assert_cmpuint (parts.lines, ==, whole.lines);
    g_assert_cmpuint (parts.lines_with_text, ==, whole.lines_with_text);
    g_assert_cmpuint (parts.words, ==, whole.words);
    g_assert_cmpuint (parts.characters, ==, whole.characters);
  }
  return 0;
}
