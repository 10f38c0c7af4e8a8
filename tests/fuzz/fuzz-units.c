/* fuzz-units.c: any text is refused or read; what was read is written so that it reads the same. */
#include "base/units.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *)data, size);
  uint64_t bytes, bytes_again;
  int64_t usec, usec_again;

  if (weir_units_parse_size (text, &bytes, NULL)) {
    g_autofree char *written = weir_units_format_size (bytes);
    g_autofree char *human = weir_units_human_size (bytes);

    g_assert_nonnull (human);
    g_assert_true (weir_units_parse_size (written, &bytes_again, NULL) && bytes == bytes_again);
  }
  if (weir_units_parse_duration (text, &usec, NULL)) {
    g_autofree char *written = weir_units_format_duration (usec);
    g_autofree char *human = weir_units_human_duration (usec);

    g_assert_nonnull (human);
    g_assert_true (weir_units_parse_duration (written, &usec_again, NULL) && usec == usec_again);
  }
  return 0;
}
