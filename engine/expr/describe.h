/* describe.h: the functions as their documentation shows them. */
#pragma once

#include <glib.h>

/* The second half of docs/expression-language.md: a chapter a family, a paragraph a function.
 * Returns: (transfer full). Thread: any. */
char *weir_expr_describe_markdown (void);
