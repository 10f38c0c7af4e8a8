/* data-sizes.c: the one place that reads them. */
#include "cli/data-sizes.h"

#include <glib.h>

static uint64_t
get (const char *name, uint64_t unit)
{
  const char *text = g_getenv (name);
  uint64_t bytes = 0;

  if (text == NULL)
    return 0;
  if (!g_ascii_string_to_unsigned (text, 10, unit, UINT64_C (1) << 40, &bytes, NULL) ||
      bytes % unit != 0)
    g_error ("%s=%s: a multiple of %" G_GUINT64_FORMAT " bytes", name, text, unit);
  return bytes;
}

WeirDataSizes
weir_data_sizes_get (void)
{
  return (WeirDataSizes){ .segment = get ("WEIR_TEST_SEGMENT_SIZE", 16 * 1024),
                          .checkpoint = get ("WEIR_TEST_CHECKPOINT_BYTES", 1),
                          .partition = get ("WEIR_TEST_PARTITION_BYTES", 1),
                          .provenance_usec = (int64_t)get ("WEIR_TEST_PROVENANCE_USEC", 1) };
}
