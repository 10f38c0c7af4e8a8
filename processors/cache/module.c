/* module.c: what processors remember together, and those that live of it. */
#include "module.h"

WEIR_MODULE_OF ("cache", "1.0", WEIR_LIST (&detect_duplicate), WEIR_LIST (&state_cache))
