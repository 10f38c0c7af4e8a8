/* run.c: the budget of an evaluation, and conversions. */
#include "expr/run.h"
#include "base/error.h"
#include "expr/moment.h"
#include "expr/number.h"
#include "expr/zone.h"
#include <math.h>

void
weir_expr_run_init (WeirExprRun *run, const WeirExprScope *scope, WeirArena *arena)
{
  *run = (WeirExprRun){
    .scope = scope,
    .arena = arena,
    .steps = WEIR_LIMIT_EXPR_STEPS,
    .bytes = WEIR_LIMIT_EXPR_TEXTS,
  };
}

uint64_t
weir_expr_run_seed (const WeirExprRun *run)
{
  /* Else what nobody outside can know either: where things are in memory. */
  return run->scope->random != NULL ? weir_random_next (run->scope->random) : (uintptr_t)run;
}

bool
weir_expr_run_out_of_steps (WeirExprRun *run, GError **error)
{
  run->steps = 0;
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_LIMIT,
               "the expression does more work than the %d steps that are allowed; shorten the "
               "texts that it works on or simplify it",
               WEIR_LIMIT_EXPR_STEPS);
  return false;
}

char *
weir_expr_run_alloc (WeirExprRun *run, size_t length, GError **error)
{
  char *text;

  if (length > WEIR_LIMIT_EXPR_TEXT || length >= run->bytes) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_LIMIT,
                 "the expression makes texts of more than the %d KiB that are allowed; "
                 "long texts belong into the content",
                 (length > WEIR_LIMIT_EXPR_TEXT ? WEIR_LIMIT_EXPR_TEXT : WEIR_LIMIT_EXPR_TEXTS) /
                     1024);
    return NULL;
  }
  if (!weir_expr_run_charge_bytes (run, length, error))
    return NULL;
  run->bytes -= (uint32_t)length + 1;
  text = weir_arena_alloc (run->arena, length + 1);
  text[length] = '\0';
  return text;
}

bool
weir_expr_run_fail (GError **error, const WeirExprValue *text, const char *problem)
{
  g_autofree char *copy = g_strndup (text->text, MIN (text->length, 2 * WEIR_LIMIT_QUOTE));
  g_autofree char *quoted = weir_error_quote (copy);

  g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID, "%s %s", quoted, problem);
  return false;
}

static bool
moment_to_text (WeirExprRun *run, WeirExprValue *value, GError **error)
{
  WeirExprBuilder builder = { 0 };
  const bool ok =
      value->type == WEIR_EXPR_DATE
          ? weir_expr_moment_print_date (run, value->millis, &builder, error)
          : weir_expr_moment_print_instant (run, value->seconds, value->length, &builder, error);

  if (ok)
    *value = weir_expr_builder_get (&builder);
  return ok;
}

bool
weir_expr_run_to_text (WeirExprRun *run, WeirExprValue *value, GError **error)
{
  char buffer[WEIR_EXPR_NUMBER_SIZE];
  size_t length;
  char *text;

  switch (value->type) {
  case WEIR_EXPR_BOOLEAN:
    *value = weir_expr_static_text (value->truth ? "true" : "false");
    return true;
  case WEIR_EXPR_WHOLE:
    length = weir_expr_number_format_whole (value->whole, buffer);
    break;
  case WEIR_EXPR_DECIMAL:
    if (!weir_expr_run_charge (run, fpclassify (value->decimal) == FP_SUBNORMAL ? 500 : 100, error))
      return false;
    length = weir_expr_number_format_decimal (value->decimal, buffer);
    break;
  case WEIR_EXPR_DATE:
  case WEIR_EXPR_INSTANT:
    return moment_to_text (run, value, error);
  default:
    return true;
  }
  text = weir_expr_run_alloc (run, length, error);
  if (text == NULL)
    return false;
  memcpy (text, buffer, length);
  *value = weir_expr_closed (text, length);
  return true;
}

bool
weir_expr_run_to_number (WeirExprRun *run, WeirExprValue *value, GError **error)
{
  int64_t whole = 0;
  double decimal = 0;

  switch (value->type) {
  case WEIR_EXPR_TEXT:
    if (!weir_expr_run_charge (run, value->length / 4, error))
      return false;
    switch (weir_expr_number_parse (value->text, value->length, &whole, &decimal)) {
    case WEIR_EXPR_NO_NUMBER:
      *value = weir_expr_nothing ();
      return true;
    case WEIR_EXPR_NUMBER_WHOLE:
      *value = weir_expr_whole (whole);
      return true;
    case WEIR_EXPR_NUMBER_DECIMAL:
      *value = weir_expr_decimal (decimal);
      return true;
    case WEIR_EXPR_NUMBER_TOO_LARGE:
      break;
    }
    return weir_expr_run_fail (error, value, "does not fit into 64 bits; use a decimal number");
  case WEIR_EXPR_DATE:
    *value = weir_expr_whole (value->millis);
    return true;
  case WEIR_EXPR_INSTANT:
    *value = weir_expr_whole ((int64_t)((uint64_t)value->seconds * 1000 + value->length / 1000000));
    return true;
  default:
    return true;
  }
}

bool
weir_expr_run_to_whole (WeirExprRun *run, WeirExprValue *value, GError **error)
{
  if (!weir_expr_run_to_number (run, value, error))
    return false;
  if (value->type == WEIR_EXPR_DECIMAL)
    *value = weir_expr_whole (weir_expr_number_truncate (value->decimal));
  return true;
}

bool
weir_expr_run_to_decimal (WeirExprRun *run, WeirExprValue *value, GError **error)
{
  if (!weir_expr_run_to_number (run, value, error))
    return false;
  if (value->type == WEIR_EXPR_WHOLE)
    *value = weir_expr_decimal ((double)value->whole);
  return true;
}

bool
weir_expr_run_to_boolean (WeirExprRun *run, WeirExprValue *value, GError **error)
{
  const char *at = value->text;
  size_t length = value->length;

  if (value->type != WEIR_EXPR_TEXT)
    return true;
  while (length > 0 && (unsigned char)*at <= ' ') {
    at++;
    length--;
  }
  while (length > 0 && (unsigned char)at[length - 1] <= ' ')
    length--;
  *value = weir_expr_truth (length == 4 && g_ascii_strncasecmp (at, "true", 4) == 0);
  return true;
}

bool
weir_expr_run_to_date (WeirExprRun *run, WeirExprValue *value, GError **error)
{
  int64_t millis = 0;

  if (weir_expr_is_nothing (value) || value->type == WEIR_EXPR_DATE)
    return true;
  if (value->type != WEIR_EXPR_TEXT) {
    if (!weir_expr_run_to_whole (run, value, error))
      return false;
    millis = value->whole;
  } else if (!weir_expr_run_charge (run, value->length < 20 ? 50 : WEIR_EXPR_ZONE_STEPS, error) ||
             !weir_expr_moment_read_date (value, &millis, error)) {
    return false;
  }
  *value = weir_expr_date (millis);
  return true;
}

bool
weir_expr_run_to_instant (WeirExprRun *run, WeirExprValue *value, GError **error)
{
  int64_t seconds = 0;
  unsigned nano = 0;

  if (weir_expr_is_nothing (value) || value->type == WEIR_EXPR_INSTANT)
    return true;
  if (value->type != WEIR_EXPR_TEXT) {
    if (!weir_expr_run_to_whole (run, value, error))
      return false;
    weir_expr_moment_split (value->whole, &seconds, &nano);
  } else if (!weir_expr_run_charge (run, 200, error) ||
             !weir_expr_moment_read_instant (value, true, &seconds, &nano, error)) {
    return false;
  }
  *value = weir_expr_instant (seconds, nano);
  return true;
}

bool
weir_expr_run_convert (WeirExprRun *run, WeirExprValue *value, WeirExprType type, GError **error)
{
  switch (type) {
  case WEIR_EXPR_TEXT:
    return weir_expr_run_to_text (run, value, error);
  case WEIR_EXPR_NUMBER:
    return weir_expr_run_to_number (run, value, error);
  case WEIR_EXPR_WHOLE:
    return weir_expr_run_to_whole (run, value, error);
  case WEIR_EXPR_DECIMAL:
    return weir_expr_run_to_decimal (run, value, error);
  case WEIR_EXPR_BOOLEAN:
    return weir_expr_run_to_boolean (run, value, error);
  case WEIR_EXPR_DATE:
    return weir_expr_run_to_date (run, value, error);
  case WEIR_EXPR_INSTANT:
    return weir_expr_run_to_instant (run, value, error);
  default:
    return true;
  }
}

const char *
weir_expr_run_close (WeirExprRun *run, const WeirExprValue *text, GError **error)
{
  char *copy;

  if (text->closed)
    return text->text;
  copy = weir_expr_run_alloc (run, text->length, error);
  if (copy != NULL)
    memcpy (copy, text->text, text->length);
  return copy;
}

bool
weir_expr_builder_add (WeirExprBuilder *builder, WeirExprRun *run, const char *text, size_t length,
                       GError **error)
{
  if (builder->length + length > builder->size) {
    size_t needed = builder->length + length;
    size_t size = MAX (needed, MAX (64, 2 * builder->size));
    char *grown = weir_expr_run_alloc (run, MIN (size, MAX (needed, WEIR_LIMIT_EXPR_TEXT)), error);

    if (grown == NULL)
      return false;
    if (builder->length > 0)
      memcpy (grown, builder->text, builder->length);
    builder->text = grown;
    builder->size = MIN (size, MAX (needed, WEIR_LIMIT_EXPR_TEXT));
  }
  if (length > 0)
    memcpy (builder->text + builder->length, text, length);
  builder->length += length;
  return true;
}

WeirExprValue
weir_expr_builder_get (const WeirExprBuilder *builder)
{
  if (builder->text == NULL)
    return weir_expr_static_text ("");
  builder->text[builder->length] = '\0';
  return weir_expr_closed (builder->text, builder->length);
}
