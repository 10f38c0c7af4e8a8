/* openapi.h: the rows as an OpenAPI 3.1 document. Thread: any. */
#pragma once

#include "control/method.h"

/* @tables: NULL-terminated. Returns: (transfer full): JSON. */
char *weir_openapi_print (const WeirMethodTable *const *tables);

/* The schema in @text as OpenAPI has it: references with their whole path, and objects closed
 * unless they say otherwise. Returns: (transfer full). */
char *weir_openapi_convert (const char *text);
