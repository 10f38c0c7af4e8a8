/* module.c: what speaks HTTP with others, by libcurl. */
#include "module.h"

WEIR_MODULE_OF ("http", "1.0", WEIR_LIST (NULL), WEIR_LIST (&http_client))
