/* version.h: the ABI's numbers and the export mark.
 *
 * A module is refused when its major differs from the engine's, or when its minor is higher. */
#pragma once

#include <glib.h>

#define WEIR_ABI_MAJOR 1u /* changes only when an old module can no longer run */
#define WEIR_ABI_MINOR 0u /* grows when something is appended */

/* Marks what modules may call; everything else in the engine is hidden. */
#define WEIR_API __attribute__ ((visibility ("default")))
