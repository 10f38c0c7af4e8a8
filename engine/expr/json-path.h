/* json-path.h: paths into JSON as Jayway's JsonPath reads them.
 *
 * A compiled path is immutable: any number of threads may use it. */
#pragma once

#include "expr/json.h"
#include "expr/regex.h"

typedef enum {
  WEIR_EXPR_STEP_NAMES,    /* .a ['a'] ['a','b'] */
  WEIR_EXPR_STEP_INDEXES,  /* [0] [-1] [0,2] */
  WEIR_EXPR_STEP_SLICE,    /* [1:3] */
  WEIR_EXPR_STEP_ALL,      /* .* [*] */
  WEIR_EXPR_STEP_FILTER,   /* [?(...)] */
  WEIR_EXPR_STEP_FUNCTION, /* .length(), only at the end */
} WeirExprStepKind;

typedef enum {
  WEIR_EXPR_TERM_PATH,  /* @.a or $.a */
  WEIR_EXPR_TERM_VALUE, /* a scalar or a list */
  WEIR_EXPR_TERM_REGEX,
} WeirExprTermKind;

typedef struct WeirExprJsonPath WeirExprJsonPath;

/* One side of a comparison. */
typedef struct {
  WeirExprTermKind kind;
  WeirExprJsonPath *path;
  bool from_root; /* a path that begins with $ */
  GArray *values; /* WeirExprValue: one, or those of a list */
  bool is_list;
  WeirExprRegex *regex;
} WeirExprTerm;

typedef enum {
  WEIR_EXPR_FILTER_AND,
  WEIR_EXPR_FILTER_OR,
  WEIR_EXPR_FILTER_NOT,
  WEIR_EXPR_FILTER_EXISTS,
  WEIR_EXPR_FILTER_COMPARE,
} WeirExprFilterKind;

typedef enum {
  WEIR_EXPR_IS_EQUAL,
  WEIR_EXPR_IS_NOT_EQUAL,
  WEIR_EXPR_IS_LESS,
  WEIR_EXPR_IS_LESS_OR_EQUAL,
  WEIR_EXPR_IS_GREATER,
  WEIR_EXPR_IS_GREATER_OR_EQUAL,
  WEIR_EXPR_IS_MATCH,
  WEIR_EXPR_IS_IN,
  WEIR_EXPR_IS_NOT_IN,
  WEIR_EXPR_IS_SUBSET,
  WEIR_EXPR_IS_ANY_OF,
  WEIR_EXPR_IS_NONE_OF,
  WEIR_EXPR_HAS_SIZE,
  WEIR_EXPR_IS_EMPTY,
  WEIR_EXPR_CONTAINS,
} WeirExprComparison;

typedef struct WeirExprFilter WeirExprFilter;

struct WeirExprFilter {
  WeirExprFilterKind kind;
  WeirExprFilter *left;
  WeirExprFilter *right;
  WeirExprComparison comparison;
  WeirExprTerm first;
  WeirExprTerm second;
};

typedef struct {
  WeirExprStepKind kind;
  bool deep;        /* after ..: for the node itself and all below */
  GPtrArray *names; /* of members; [0]: of a function */
  GArray *indexes;  /* int64_t; of a slice from and to */
  bool has_from;
  bool has_to;
  WeirExprFilter *filter;
} WeirExprStep;

struct WeirExprJsonPath {
  GArray *steps; /* WeirExprStep */
  bool definite; /* gives one value at most */
};

/* Returns: (transfer full): NULL with @error set. Thread: any. */
WeirExprJsonPath *weir_expr_json_path_new (const char *text, size_t length, GError **error);

/* NULL is allowed. Thread: any. */
void weir_expr_json_path_free (WeirExprJsonPath *path);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirExprJsonPath, weir_expr_json_path_free)

/* NULL is allowed. */
void weir_expr_filter_free (WeirExprFilter *filter);

/* What a path finds. */
typedef struct {
  GPtrArray *nodes; /* WeirExprJson *, in the order of the document */
  bool lost;        /* the path is definite, and something before its end is not there */
} WeirExprJsonFound;

/* Finds the nodes that @path leads to from @from in the document of @root.
 * @found: its nodes are added to. */
bool weir_expr_json_path_find (const WeirExprJsonPath *path, WeirExprRun *run, WeirExprJson *root,
                               WeirExprJson *from, WeirExprJsonFound *found, GError **error);

/* Whether @filter takes @node. */
bool weir_expr_filter_test (const WeirExprFilter *filter, WeirExprRun *run, WeirExprJson *root,
                            WeirExprJson *node, bool *ret_takes, GError **error);
