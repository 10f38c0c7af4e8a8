/* fuzz-elf.c: a file that claims to be a module is looked at within its bounds. */
#include "plugin/elf.h"
#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  WeirModuleNote note;
  bool is_module = weir_elf_read_note (data, size, &note, &error);

  g_assert_true (is_module == (error == NULL));
  return 0;
}
