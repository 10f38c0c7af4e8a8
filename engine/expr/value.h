/* value.h: what flows through an evaluation, and how one type becomes another.
 *
 * A text is a view: it points into an attribute, into the compiled expression or into the arena
 * of the evaluation, and nobody frees it. The rules of conversion are those of NiFi, which are
 * mostly those of Java: "" for nothing, 64-bit integers, doubles, text that is no number is
 * nothing. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef enum {
  WEIR_EXPR_NOTHING, /* null: an attribute that is not there */
  WEIR_EXPR_TEXT,
  WEIR_EXPR_BOOLEAN,
  WEIR_EXPR_WHOLE,   /* 64 bits, wraps as Java's long */
  WEIR_EXPR_DECIMAL, /* double */
  WEIR_EXPR_NUMBER,  /* whole or decimal, known only when it is there; never the type of a value */
  WEIR_EXPR_DATE,    /* milliseconds since 1970 */
  WEIR_EXPR_INSTANT, /* seconds since 1970 and nanoseconds */
  WEIR_EXPR_ANY,     /* what a function that takes all asks for; never the type of a value */
  WEIR_EXPR_CURSOR,  /* inside the machine: the state of an iteration */
} WeirExprType;

typedef struct {
  union {
    const char *text;
    bool truth;
    int64_t whole;
    double decimal;
    int64_t millis;
    int64_t seconds;
    void *cursor;
  };
  uint32_t length; /* of the text in bytes; the nanoseconds of an instant */
  uint8_t type;
  bool closed; /* a NUL follows the text */
} WeirExprValue;

static inline WeirExprValue
weir_expr_nothing (void)
{
  return (WeirExprValue){ .type = WEIR_EXPR_NOTHING };
}

static inline WeirExprValue
weir_expr_truth (bool truth)
{
  return (WeirExprValue){ .truth = truth, .type = WEIR_EXPR_BOOLEAN };
}

static inline WeirExprValue
weir_expr_whole (int64_t whole)
{
  return (WeirExprValue){ .whole = whole, .type = WEIR_EXPR_WHOLE };
}

static inline WeirExprValue
weir_expr_decimal (double decimal)
{
  return (WeirExprValue){ .decimal = decimal, .type = WEIR_EXPR_DECIMAL };
}

static inline WeirExprValue
weir_expr_date (int64_t millis)
{
  return (WeirExprValue){ .millis = millis, .type = WEIR_EXPR_DATE };
}

static inline WeirExprValue
weir_expr_instant (int64_t seconds, uint32_t nanos)
{
  return (WeirExprValue){ .seconds = seconds, .length = nanos, .type = WEIR_EXPR_INSTANT };
}

/* A view of @length bytes inside a longer text. */
static inline WeirExprValue
weir_expr_view (const char *text, size_t length)
{
  return (WeirExprValue){ .text = text, .length = (uint32_t)length, .type = WEIR_EXPR_TEXT };
}

/* A view of @length bytes with a NUL behind them. */
static inline WeirExprValue
weir_expr_closed (const char *text, size_t length)
{
  return (WeirExprValue){
    .text = text, .length = (uint32_t)length, .type = WEIR_EXPR_TEXT, .closed = true
  };
}

static inline WeirExprValue
weir_expr_static_text (const char *text)
{
  return weir_expr_closed (text, strlen (text));
}

static inline bool
weir_expr_is_nothing (const WeirExprValue *value)
{
  return value->type == WEIR_EXPR_NOTHING;
}

/* Returns: (transfer none): "text", "whole number" and so on, for messages. Thread: any. */
const char *weir_expr_type_name (WeirExprType type);

/* Whether a value of the static type @from can be used where @to is wanted. Thread: any. */
bool weir_expr_type_fits (WeirExprType from, WeirExprType to);

/* Whether the values of the static type @from are those that @to wants as they are. Thread: any. */
bool weir_expr_type_is (WeirExprType from, WeirExprType to);
