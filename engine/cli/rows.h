/* rows.h: rows of values for people, as JSON lines, or as CSV (RFC 4180). Results come as they are
 * found: memory does not depend on how many there are. */
#pragma once

#include "provenance/fields.h"

#include <stdio.h>

typedef enum {
  WEIR_ROWS_TABLE,
  WEIR_ROWS_JSON,
  WEIR_ROWS_CSV,
} WeirRowsFormat;

typedef struct WeirRows WeirRows;

/* @names: of the columns. Returns: (transfer full). */
WeirRows *weir_rows_new (WeirRowsFormat format, FILE *stream, const char *const *names,
                         unsigned n_columns);

/* Writes what has not been written yet. Takes NULL. */
void weir_rows_free (WeirRows *rows);

/* @values: one for each column. */
void weir_rows_put (WeirRows *rows, const WeirValue *values);

/* Writes what has not been written yet: a table waits for some rows to see how wide they are. */
void weir_rows_flush (WeirRows *rows);

/* Adds @text, which may be anything, so that a terminal shows it on one line and obeys nothing in
 * it. */
void weir_rows_append_clean (GString *line, const char *text, size_t size);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirRows, weir_rows_free)
