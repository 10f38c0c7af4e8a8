/* fuzz-timestamp.c: any text is a time or none; where it would stand among times is right. */
#include "provenance/timestamp.h"

#include <string.h>

#define NOW INT64_C (1795208591123456)

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static int
compare (int64_t usec, const char *text, size_t size)
{
  char other[WEIR_TIMESTAMP_LENGTH + 1];
  int order;

  weir_timestamp_format (usec, other);
  order = memcmp (other, text, MIN (size, WEIR_TIMESTAMP_LENGTH));
  if (order == 0)
    return (size < WEIR_TIMESTAMP_LENGTH) - (size > WEIR_TIMESTAMP_LENGTH);
  return order;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *)data, size);
  size_t length = strlen (text);
  int64_t usec, first = weir_timestamp_find (text, length, false);
  int64_t behind = weir_timestamp_find (text, length, true);
  char written[WEIR_TIMESTAMP_LENGTH + 1];

  g_assert_true (first <= behind);
  if (first > INT64_MIN && first < INT64_MAX)
    g_assert_true (compare (first, text, length) >= 0 && compare (first - 1, text, length) < 0);
  if (behind > INT64_MIN && behind < INT64_MAX)
    g_assert_true (compare (behind, text, length) > 0 && compare (behind - 1, text, length) <= 0);
  if (weir_timestamp_parse (text, NOW, &usec, NULL)) {
    int64_t again;

    weir_timestamp_format (usec, written);
    if (usec >= weir_timestamp_find ("0001-01-01 00:00:00.000001", WEIR_TIMESTAMP_LENGTH, false)) {
      g_assert_true (weir_timestamp_parse (written, NOW, &again, NULL));
      g_assert_true (again == usec);
    }
  }
  return 0;
}
