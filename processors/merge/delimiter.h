/* delimiter.h: what stands before, between and behind the parts of a concatenation.
 *
 * Thread: trigger. */
#pragma once

#include <weir/content.h>
#include <weir/expr.h>

/* Zeroed: nothing. */
typedef struct {
  const char *data;
  size_t size;
  char *owned;
} Delimiter;

/* Evaluates @expr (or NULL) over @flowfile: the text itself, or the file that has it. Fails with
 * INVALID when the expression is to blame. */
bool delimiter_load (Delimiter *delimiter, const WeirExpr *expr, bool from_file,
                     const WeirFlowFile *flowfile, GError **error);

bool delimiter_write (const Delimiter *delimiter, WeirWriter *writer, GError **error);
void delimiter_clear (Delimiter *delimiter);
