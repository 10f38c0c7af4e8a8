/* fuzz-manifest.c: any bytes, with a right checksum behind them so that they are looked at:
 * refused, or read; what was read is written so that it reads the same. */
#include <string.h>

#include "base/crc32c.h"
#include "store/manifest.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static WeirManifest *
parse (const GString *text)
{
  g_autofree char *exact = g_memdup2 (text->str, text->len);

  return weir_manifest_parse (exact, text->len, "a manifest", NULL);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GString) text = g_string_new_len ((const char *)data, (gssize)size);
  g_autoptr (GString) written = NULL;
  g_autoptr (GString) rewritten = NULL;
  g_autoptr (WeirManifest) manifest = NULL;
  g_autoptr (WeirManifest) again = NULL;
  g_autofree uint8_t *exact = g_memdup2 (data, size);

  manifest = weir_manifest_parse ((const char *)exact, size, "a manifest", NULL);
  if (manifest == NULL) {
    g_string_append_printf (text, "crc32c %08x\n", weir_crc32c (0, text->str, text->len));
    manifest = parse (text);
  }
  if (manifest == NULL)
    return 0;
  written = weir_manifest_format (manifest);
  again = parse (written);
  g_assert_nonnull (again);
  rewritten = weir_manifest_format (again);
  g_assert_true (g_string_equal (written, rewritten));
  return 0;
}
