/* durability.c: what data is to survive, as a word. */
#include "store/durability.h"

#include <glib.h>
#include <string.h>

static const char *const texts[] = {
  [WEIR_DURABILITY_POWER] = "power",
  [WEIR_DURABILITY_PROCESS] = "process",
  [WEIR_DURABILITY_MEMORY] = "memory",
};

bool
weir_durability_parse (const char *text, WeirDurability *ret_durability)
{
  for (unsigned i = 0; i < G_N_ELEMENTS (texts); i++)
    if (strcmp (text, texts[i]) == 0) {
      *ret_durability = (WeirDurability)i;
      return true;
    }
  return false;
}

const char *
weir_durability_get_text (WeirDurability durability)
{
  return texts[durability];
}
