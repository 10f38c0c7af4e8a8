/* method-docs.h: the rows as a page for people: docs/control-api.md. Thread: any. */
#pragma once

#include "control/method.h"

/* @tables: NULL-terminated. Returns: (transfer full): Markdown. */
char *weir_method_docs_print (const WeirMethodTable *const *tables);
