/* lint.h: what people who use a type would miss. A module with findings works. Thread: any. */
#pragma once

#include <weir/processor.h>

/* Adds a sentence (char *) to @findings for each thing that is missing in @type or contradicts
 * itself. */
void weir_lint (const WeirProcessor *type, GPtrArray *findings);
