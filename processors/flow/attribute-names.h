/* attribute-names.h: properties that people add to a processor and that name attributes.
 *
 * Thread: any. */
#pragma once

#include <stdbool.h>
#include <weir/processor.h>

/* True when each of them can be set. */
bool attribute_names_check (const WeirConfig *config, GError **error);
