/* function.h: a row of the function tables.
 *
 * A row is all there is to know of a function: the checker, the documentation, the designer's
 * completion and the tests read it. Rows of one name that follow each other are overloads; the
 * first that fits is taken. */
#pragma once

#include "expr/run.h"

#define WEIR_EXPR_MAX_ARGS 7

typedef enum {
  WEIR_EXPR_VARIADIC = 1 << 0,      /* the last argument may be repeated */
  WEIR_EXPR_EXACT_SUBJECT = 1 << 1, /* the subject must be of its type without conversion */
  WEIR_EXPR_NO_SUBJECT = 1 << 2,    /* stands at the beginning of an expression */
  WEIR_EXPR_CHANGING = 1 << 3,      /* two calls may give different values */
  WEIR_EXPR_REDUCING = 1 << 4,      /* join and count: may end an iteration */
  WEIR_EXPR_SELECTING = 1 << 5,     /* begins an iteration: gives a WeirExprCursor. What it says to
                                       give is what the whole must be: a boolean, or any */
  WEIR_EXPR_OF_ATTRIBUTES = 1 << 6, /* looks at the attributes of a FlowFile */
  WEIR_EXPR_OVERLOADED = 1 << 7,    /* the next row has the same name */
} WeirExprFunctionFlags;

typedef struct WeirExprFunction WeirExprFunction;

/* Computes into @ret_value, which is not one of @args. Without WEIR_EXPR_NO_SUBJECT @args[0] is
 * the subject. All are of the types of the row, or nothing; those left out at the end are not
 * there. Thread: any. */
typedef bool (*WeirExprCall) (WeirExprRun *run, const WeirExprValue *args, size_t n_args,
                              WeirExprValue *ret_value, GError **error);

/* Prepares what depends on literals only. In @literals an argument that is not known yet is NULL.
 * Leaves *@ret_prepared alone when there is nothing to prepare. */
typedef bool (*WeirExprPrepare) (const WeirExprValue *const *literals, size_t n_literals,
                                 void **ret_prepared, GError **error);

struct WeirExprFunction {
  const char *name;
  WeirExprCall call;
  WeirExprPrepare prepare;          /* or NULL */
  void (*release) (void *prepared); /* with prepare */
  const char *parameters;           /* their names, blanks between */
  const char *doc;                  /* one sentence, Markdown */
  const char *example;
  const char *attributes; /* of the example: "name=value", line feeds between; or NULL */
  const char *result;     /* of the example; NULL: it differs from run to run */
  uint8_t subject;        /* WeirExprType */
  uint8_t value;          /* WeirExprType of the result */
  uint8_t types[WEIR_EXPR_MAX_ARGS];
  uint8_t n_required;
  uint8_t n_types;
  uint8_t flags;
  uint8_t lazy; /* WeirExprLazy */
};

/* Functions that do not need all of their arguments. */
typedef enum {
  WEIR_EXPR_EAGER,
  WEIR_EXPR_LAZY_AND,
  WEIR_EXPR_LAZY_OR,
  WEIR_EXPR_LAZY_IF,
} WeirExprLazy;

typedef struct {
  const char *title; /* of the chapter in the documentation */
  const WeirExprFunction *rows;
  size_t n_rows;
} WeirExprFamily;

/* The values of an iteration, and what becomes of them. */
typedef struct {
  const WeirExprValue *values;
  size_t n_values; /* with none, the body is evaluated once over nothing */
  size_t at;
  int64_t count;
  WeirExprBuilder joined;
} WeirExprCursor;

/* All families in the order of the documentation, NULL at the end. */
extern const WeirExprFamily *const weir_expr_families[];

extern const WeirExprFamily weir_expr_logic_family;
extern const WeirExprFamily weir_expr_string_family;
extern const WeirExprFamily weir_expr_list_family;
extern const WeirExprFamily weir_expr_search_family;
extern const WeirExprFamily weir_expr_regex_family;
extern const WeirExprFamily weir_expr_multi_family;
extern const WeirExprFamily weir_expr_encode_family;
extern const WeirExprFamily weir_expr_math_family;
extern const WeirExprFamily weir_expr_date_family;
extern const WeirExprFamily weir_expr_json_family;
extern const WeirExprFamily weir_expr_system_family;

/* Returns: (transfer none) (nullable): the first row with that name. Thread: any. */
const WeirExprFunction *weir_expr_function_find (const char *name, size_t length);

/* Returns: (transfer none) (nullable): the overload behind @function. Thread: any. */
static inline const WeirExprFunction *
weir_expr_function_next (const WeirExprFunction *function)
{
  return (function->flags & WEIR_EXPR_OVERLOADED) != 0 ? function + 1 : NULL;
}

/* Returns: (transfer none) (nullable): the name that was probably meant. Thread: any. */
const char *weir_expr_function_suggest (const char *name, size_t length);

/* For rows: the types of the arguments, of which the first @required must be there. */
#define WEIR_EXPR_ARGS(required, ...) \
  .types = { __VA_ARGS__ }, .n_required = (required), .n_types = sizeof ((uint8_t[]){ __VA_ARGS__ })

/* For families. */
#define WEIR_EXPR_ROWS(table) .rows = (table), .n_rows = G_N_ELEMENTS (table)
