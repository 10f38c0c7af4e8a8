/* postgres.c: the module that has libpq: who does not use PostgreSQL loads neither. */
#include "postgres.h"

WEIR_MODULE_OF ("postgres", "1.0", WEIR_LIST (NULL), WEIR_LIST (&postgres_connection))
