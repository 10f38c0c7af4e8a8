/* expr.h: a text with `${...}` in it, compiled once and evaluated for each FlowFile.
 *
 * A compiled expression is immutable: any number of threads may evaluate it at once. What it can
 * see of the world is in its WeirExprScope and nowhere else; this layer knows no FlowFile. */
#pragma once

#include "base/arena.h"
#include "base/clock.h"
#include "base/random.h"
#include <stdbool.h>
#include <stddef.h>
#include <weir/expr.h>

typedef enum {
  WEIR_EXPR_NONE = 0,
  WEIR_EXPR_NO_ATTRIBUTES = 1 << 0, /* there is no FlowFile: names are those of the environment */
  WEIR_EXPR_VERBATIM = 1 << 1,      /* the text is the value: `${` means nothing */
  WEIR_EXPR_FOREIGN = 1 << 2,       /* not of the flow: `#{name}` gives nothing */
} WeirExprFlags;

/* What FlowFiles have beside their attributes, under names that an attribute may hide. */
typedef enum {
  WEIR_EXPR_FLOWFILE_ID,      /* flowFileId */
  WEIR_EXPR_FILE_SIZE,        /* fileSize, bytes */
  WEIR_EXPR_ENTRY_DATE,       /* entryDate, milliseconds since 1970 as all dates here */
  WEIR_EXPR_LINEAGE_START,    /* lineageStartDate */
  WEIR_EXPR_LAST_QUEUE_DATE,  /* lastQueueDate */
  WEIR_EXPR_QUEUE_DATE_INDEX, /* queueDateIndex */
} WeirExprField;

/* What an evaluation can see. All but @clock may be NULL: then there is nothing of that kind. The
 * strings that the functions return must stay as long as the arena of the evaluation does. */
typedef struct {
  const void *subject; /* the FlowFile, passed to the next four; NULL: there is none */
  const char *(*lookup) (const void *subject, const char *name); /* NULL: no such attribute */
  size_t (*count) (const void *subject);
  void (*nth) (const void *subject, size_t index, const char **ret_name, const char **ret_value);
  int64_t (*field) (const void *subject, WeirExprField field);

  const void *host; /* the processor and its engine, passed to the next two */
  const char *(*environment) (const void *host, const char *name);
  const char *(*state) (const void *host, const char *key);

  /* What stands for the value of an expression in the text around it. Returns: (transfer full). */
  char *(*escape) (void *data, const char *value);
  void *escape_data;

  const WeirClock *clock;
  WeirRandom *random;        /* random(), UUID() */
  _Atomic int64_t *next_int; /* nextInt() */
  const char *hostname;      /* hostname() */
  const char *full_hostname; /* hostname(true) */
  const char *address;       /* ip() */
} WeirExprScope;

/* Compiles @text. The message of an error names the column and what would be right.
 *
 * Returns: (transfer full), or NULL with @error set: INVALID for a mistake in the text, LIMIT for
 * one that is too long or too deep, UNSUPPORTED for what this engine does not know yet.
 * Thread: any. */
WeirExpr *weir_expr_compile (const char *text, WeirExprFlags flags, GError **error);

/* NULL is allowed. */
void weir_expr_free (WeirExpr *expr);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirExpr, weir_expr_free)

/* Returns: (transfer none): the text that was compiled. Thread: any. */
const char *weir_expr_get_text (const WeirExpr *expr);

/* Returns: (transfer none) (nullable): the value when it never changes, else NULL. Thread: any. */
const char *weir_expr_get_literal (const WeirExpr *expr);

/* Where a `${` stands that no `}` closes, so that it and all behind it is text, as in NiFi; -1 when
 * there is none. Worth a warning: it is hardly ever meant. Thread: any. */
ptrdiff_t weir_expr_get_unclosed (const WeirExpr *expr);

/* Evaluates @expr. A result that is a whole attribute or literal is that string itself, else it is
 * in @arena.
 *
 * Returns: (transfer none): "" for nothing; NULL with @error set. Thread: any; scope and arena are
 * the caller's alone. */
const char *weir_expr_run (const WeirExpr *expr, const WeirExprScope *scope, WeirArena *arena,
                           GError **error);

/* The same as a boolean: "true" in any case is true, all else is false. */
bool weir_expr_run_bool (const WeirExpr *expr, const WeirExprScope *scope, WeirArena *arena,
                         bool *ret_value, GError **error);

/* The same as a whole number; text that is none, and nothing, are errors. */
bool weir_expr_run_integer (const WeirExpr *expr, const WeirExprScope *scope, WeirArena *arena,
                            int64_t *ret_value, GError **error);
