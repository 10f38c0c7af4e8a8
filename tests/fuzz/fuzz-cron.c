/* Any text is refused or read; then it runs later than any time, and after that later again. The
 * first eight bytes are the time. */
#include "model/cron.h"
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
try_zone (const WeirCron *cron, int64_t after, const char *name)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier (name);
  int64_t first = weir_cron_next_in (cron, after, zone);
  int64_t second = first < INT64_MAX ? weir_cron_next_in (cron, first, zone) : INT64_MAX;

  g_assert_nonnull (zone);
  g_assert_cmpint (first, >, after);
  g_assert_true (second > first || first == INT64_MAX);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  int64_t after = 0;
  g_autofree char *text = NULL;
  g_autoptr (WeirCron) cron = NULL;

  if (size < sizeof after)
    return 0;
  memcpy (&after, data, sizeof after);
  text = g_strndup ((const char *)data + sizeof after, size - sizeof after);
  cron = weir_cron_parse (text, NULL);
  if (cron == NULL || after == INT64_MAX)
    return 0;
  try_zone (cron, after, "UTC");
  try_zone (cron, after, "CET-1CEST,M3.5.0,M10.5.0/3");
  try_zone (cron, after, "LHST-10:30LHDT-11,M10.1.0,M4.1.0");
  return 0;
}
