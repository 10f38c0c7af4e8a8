/* fuzz-module-index.c: an index is refused, or it is written again as it reads. */
#include "plugin/module-index.h"
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GPtrArray) index = weir_module_index_parse ((const char *)data, size, NULL);
  g_autoptr (GPtrArray) again = NULL;
  g_autofree char *text = NULL;
  g_autofree char *second = NULL;

  if (index == NULL)
    return 0;
  text = weir_module_index_format (index);
  again = weir_module_index_parse (text, strlen (text), NULL);
  g_assert_nonnull (again);
  second = weir_module_index_format (again);
  g_assert_cmpstr (text, ==, second);
  return 0;
}
