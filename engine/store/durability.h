/* durability.h: what data is to survive. */
#pragma once

#include <stdbool.h>

typedef enum {
  WEIR_DURABILITY_POWER,   /* a power cut: every group of commits is synced (the default) */
  WEIR_DURABILITY_PROCESS, /* the end of the process, however it ends: written, not synced */
  WEIR_DURABILITY_MEMORY,  /* nothing: no log, no directory */
} WeirDurability;

/* "power", "process" or "memory". Returns: false for other texts. */
bool weir_durability_parse (const char *text, WeirDurability *ret_durability);

/* Returns: (transfer none). */
const char *weir_durability_get_text (WeirDurability durability);
