/* json-path-reader.h: what the readers of paths and of their filters share. */
#pragma once

#include "expr/json-path.h"

typedef struct {
  const char *start;
  const char *at;
  const char *end;
  bool in_filter; /* a name ends before an operator, too */
  unsigned depth; /* of filters */
  GError **error;
} WeirExprPathReader;

/* Sets the error. Returns: false. */
bool weir_expr_path_fail (WeirExprPathReader *reader, const char *problem);

void weir_expr_path_skip_blanks (WeirExprPathReader *reader);

/* The byte at hand; NUL at the end. */
char weir_expr_path_peek (const WeirExprPathReader *reader);

/* Goes past @text if it is at hand. */
bool weir_expr_path_take (WeirExprPathReader *reader, const char *text);

/* @ret_text: (transfer full). */
bool weir_expr_path_read_quoted (WeirExprPathReader *reader, char **ret_text);

/* Returns: (transfer full). */
WeirExprJsonPath *weir_expr_path_new_empty (void);

/* Reads steps up to what is none. */
bool weir_expr_path_read_steps (WeirExprPathReader *reader, WeirExprJsonPath *path);

/* Reads a filter with its parentheses. @ret_filter: (transfer full), NULL on failure. */
bool weir_expr_path_read_filter (WeirExprPathReader *reader, WeirExprFilter **ret_filter);
