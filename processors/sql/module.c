/* module.c: databases by SQL; SQLite is in the engine's own package and always there. */
#include "module.h"

WEIR_MODULE_OF ("sql", "1.0", WEIR_LIST (NULL), WEIR_LIST (&sql_connection))
