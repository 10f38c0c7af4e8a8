/* edit.h: one change of text, applied to one text after the other: to lines, or to a whole content.
 *
 * Thread: trigger. */
#pragma once

#include "encoding.h"
#include "replacement.h"

typedef enum {
  EDIT_PREPEND,
  EDIT_APPEND,
  EDIT_SURROUND,
  EDIT_REGEX,
  EDIT_LITERAL,
  EDIT_ALWAYS,
  EDIT_SUBSTITUTE,
} EditKind;

typedef struct {
  EditKind kind;
  TextSink *sink;
  const char *before;             /* prepend, surround */
  const char *after;              /* append, surround */
  const char *value;              /* literal, always */
  const char *literal;            /* what to look for */
  RegexSearch *search;            /* regex */
  const Replacement *replacement; /* regex; NULL: it is made for each match, by */
  const WeirExpr *expr;           /* this expression, */
  const Regex *regex;             /* for groups of this */
  const WeirFlowFile *flowfile;   /* whose attributes are meant */
  uint64_t n_changes;             /* how often something was changed so far */
} Edit;

/* Writes @size bytes of @text, changed, to the sink. The last @end_size of them end the line: what
 * is appended goes before them, and only a search can change them. */
bool edit_apply (Edit *edit, const char *text, size_t size, size_t end_size, GError **error);
