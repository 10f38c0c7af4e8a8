/* suggest.c: edit distance (insert, delete, replace, swap neighbours) between short names. */
#include "base/suggest.h"
#include <glib.h>
#include <string.h>

/* Longer names are compared by their beginnings: the work per pair stays bounded. */
#define LONGEST 64

/* The rows of the textbook table that are still needed: two back, one back, this one. */
static unsigned
distance (const char *a, size_t a_length, const char *b, size_t b_length)
{
  unsigned rows[3][LONGEST + 1];

  for (size_t j = 0; j <= b_length; j++)
    rows[0][j] = (unsigned)j;
  for (size_t i = 1; i <= a_length; i++) {
    unsigned *row = rows[i % 3];
    const unsigned *above = rows[(i - 1) % 3];
    const unsigned *two_above = rows[(i + 1) % 3];

    row[0] = (unsigned)i;
    for (size_t j = 1; j <= b_length; j++) {
      row[j] = MIN (above[j - 1] + (a[i - 1] != b[j - 1]), MIN (above[j], row[j - 1]) + 1);
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = MIN (row[j], two_above[j - 2] + 1);
    }
  }
  return rows[a_length % 3][b_length];
}

static size_t
fold (const char *name, char *ret_folded)
{
  size_t length = strnlen (name, LONGEST);

  for (size_t i = 0; i < length; i++)
    ret_folded[i] = g_ascii_tolower (name[i]);
  return length;
}

const char *
weir_suggest (const char *name, const char *const *candidates, size_t n_candidates)
{
  char wanted[LONGEST], candidate[LONGEST];
  size_t length = fold (name, wanted);
  const char *best = NULL;
  unsigned best_distance = (unsigned)(length / 3 + 1);

  for (size_t i = 0; i < n_candidates; i++) {
    size_t candidate_length = fold (candidates[i], candidate);
    unsigned d = distance (wanted, length, candidate, candidate_length);

    if (d < best_distance) {
      best = candidates[i];
      best_distance = d;
    }
  }
  return best;
}
