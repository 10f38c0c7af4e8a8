/* json.h: a text of JSON as a tree in the memory of an evaluation, and back.
 *
 * Read strictly by RFC 8259. Numbers keep their digits until they are written. */
#pragma once

#include "expr/run.h"
#include "expr/text.h"

typedef enum {
  WEIR_EXPR_JSON_NULL,
  WEIR_EXPR_JSON_FALSE,
  WEIR_EXPR_JSON_TRUE,
  WEIR_EXPR_JSON_NUMBER,
  WEIR_EXPR_JSON_TEXT,
  WEIR_EXPR_JSON_ARRAY,
  WEIR_EXPR_JSON_OBJECT,
} WeirExprJsonKind;

typedef struct WeirExprJson WeirExprJson;

struct WeirExprJson {
  WeirExprJson *parent;
  WeirExprJson *next; /* sibling */
  WeirExprJson *first;
  WeirExprJson *last;
  WeirExprSpan key;  /* in an object */
  WeirExprSpan text; /* without quotes and escapes; the digits of a number */
  uint32_t n_children;
  uint8_t kind;
};

/* Returns: (transfer none) (nullable): the root; NULL with @error set: INVALID for what is no
 * JSON, LIMIT for what is too deep or too large. */
WeirExprJson *weir_expr_json_parse (WeirExprRun *run, const WeirExprValue *text, GError **error);

/* Adds @json to @builder without blanks. */
bool weir_expr_json_write (WeirExprRun *run, const WeirExprJson *json, WeirExprBuilder *builder,
                           GError **error);

/* A scalar as it stands alone: a text without quotes, "" for null. */
bool weir_expr_json_get_text (WeirExprRun *run, const WeirExprJson *json, WeirExprValue *ret_value,
                              GError **error);

/* Returns: (transfer none) (nullable): the number that it is, or nothing. */
WeirExprValue weir_expr_json_get_number (const WeirExprJson *json);

/* A scalar made of a value. Returns: (transfer none) (nullable): NULL with @error set. */
WeirExprJson *weir_expr_json_new (WeirExprRun *run, const WeirExprValue *value, GError **error);

/* Returns: (transfer none) (nullable): the member or element. */
WeirExprJson *weir_expr_json_get_member (const WeirExprJson *object, const char *key,
                                         size_t length);
WeirExprJson *weir_expr_json_get_element (const WeirExprJson *array, int64_t index);

/* Adds @child, which has no parent, at the end; in an object in the place of what has its key. */
void weir_expr_json_add (WeirExprJson *parent, WeirExprJson *child);

/* Takes @child out of its parent. */
void weir_expr_json_remove (WeirExprJson *child);

/* Puts @with, which has no parent, in the place of @child. */
void weir_expr_json_replace (WeirExprJson *child, WeirExprJson *with);

static inline bool
weir_expr_json_is_container (const WeirExprJson *json)
{
  return json->kind >= WEIR_EXPR_JSON_ARRAY;
}
