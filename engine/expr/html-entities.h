/* html-entities.h: the entities of HTML 3 and 4, but for the four of XML.
 *
 * Thread: any, for every function here. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Returns: (transfer none) (nullable): the name of a character without & and ;. */
const char *weir_expr_html_entity_name (uint32_t code, bool html4);

/* The character that has the name; 0 when none has. */
uint32_t weir_expr_html_entity_code (const char *name, size_t length, bool html4);
