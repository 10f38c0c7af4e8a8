/* percent.h: what URLs encode. Thread: any. */
#pragma once

#include <stdbool.h>

/* Decodes %XX in place, and + as a space if @plus, as in a query. Returns: false when the encoding
 * is broken, or what it stands for is not UTF-8 or has a NUL; then @text is no more of use. */
bool weir_percent_decode (char *text, bool plus);
