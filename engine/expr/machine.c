/* machine.c: runs a program. */
#include "expr/machine.h"
#include "expr/number.h"

/* Deeper stacks are taken from the arena. */
#define STACK_SIZE 32

static void
push_attribute (WeirExprRun *run, const WeirExprCode *code, WeirExprValue *ret_value)
{
  const WeirExprScope *scope = run->scope;
  const char *text = NULL;

  if (scope->subject != NULL && scope->lookup != NULL) {
    text = scope->lookup (scope->subject, code->value.text);
    if (text == NULL && code->detail > 0 && scope->field != NULL) {
      *ret_value =
          weir_expr_whole (scope->field (scope->subject, (WeirExprField)(code->detail - 1)));
      return;
    }
  }
  if (text == NULL && scope->environment != NULL)
    text = scope->environment (scope->host, code->value.text);
  *ret_value = text != NULL ? weir_expr_static_text (text) : weir_expr_nothing ();
}

static bool
find_attribute_of (WeirExprRun *run, WeirExprValue *value, GError **error)
{
  const WeirExprScope *scope = run->scope;
  const char *text = NULL;
  const char *name;

  if (weir_expr_is_nothing (value))
    return true;
  name = weir_expr_run_close (run, value, error);
  if (name == NULL)
    return false;
  if (scope->subject != NULL && scope->lookup != NULL)
    text = scope->lookup (scope->subject, name);
  if (text == NULL && scope->environment != NULL)
    text = scope->environment (scope->host, name);
  *value = text != NULL ? weir_expr_static_text (text) : weir_expr_nothing ();
  return weir_expr_run_charge (run, value->length / 256, error);
}

static bool
escape (WeirExprRun *run, WeirExprValue *value, GError **error)
{
  g_autofree char *escaped = NULL;
  const char *text;
  char *copy;

  if (!weir_expr_run_to_text (run, value, error))
    return false;
  if (weir_expr_is_nothing (value))
    return true;
  text = weir_expr_run_close (run, value, error);
  if (text == NULL)
    return false;
  escaped = run->scope->escape (run->scope->escape_data, text);
  copy = weir_expr_run_alloc (run, strlen (escaped), error);
  if (copy == NULL)
    return false;
  memcpy (copy, escaped, strlen (escaped));
  *value = weir_expr_closed (copy, strlen (escaped));
  return true;
}

/* Puts @n texts at @parts together into the first. */
static bool
concat (WeirExprRun *run, WeirExprValue *parts, uint32_t n, GError **error)
{
  size_t length = 0;
  char *text;
  char *at;

  for (uint32_t i = 0; i < n; i++)
    length += parts[i].length;
  text = at = weir_expr_run_alloc (run, length, error);
  if (text == NULL)
    return false;
  for (uint32_t i = 0; i < n; i++) {
    if (parts[i].length > 0)
      memcpy (at, parts[i].text, parts[i].length);
    at += parts[i].length;
  }
  parts[0] = weir_expr_closed (text, length);
  return true;
}

static bool
is_true (const WeirExprValue *value)
{
  return value->type == WEIR_EXPR_BOOLEAN && value->truth;
}

static bool
is_false (const WeirExprValue *value)
{
  return value->type == WEIR_EXPR_BOOLEAN && !value->truth;
}

static WeirExprValue
next_value (WeirExprCursor *cursor)
{
  return cursor->at < cursor->n_values ? cursor->values[cursor->at++] : weir_expr_nothing ();
}

/* Adds one more text to what join has so far; @given: the text and what goes between. */
static bool
join (WeirExprRun *run, WeirExprCursor *cursor, const WeirExprValue *given, GError **error)
{
  if (cursor->count++ > 0 &&
      !weir_expr_builder_add (&cursor->joined, run, given[1].text, given[1].length, error))
    return false;
  return weir_expr_builder_add (&cursor->joined, run, given[0].text, given[0].length, error);
}

/* What the body gave for one value is at @given, right behind the cursor. Sets @ret_go_on, or puts
 * the result in the place of the cursor. */
static bool
take (WeirExprRun *run, WeirExprEach each, WeirExprValue *given, bool *ret_go_on, GError **error)
{
  WeirExprCursor *cursor = given[-1].cursor;
  const bool last = cursor->at >= cursor->n_values;

  *ret_go_on = !last;
  switch (each) {
  case WEIR_EXPR_EACH_ANY:
    *ret_go_on = !last && !is_true (given);
    given[-1] = *ret_go_on ? given[-1] : weir_expr_truth (is_true (given));
    return true;
  case WEIR_EXPR_EACH_ALL:
    /* As in NiFi nothing counts as false for the first value only. */
    if (is_false (given) || (weir_expr_is_nothing (given) && cursor->at <= 1)) {
      *ret_go_on = false;
      given[-1] = weir_expr_truth (false);
    } else if (last) {
      given[-1] = weir_expr_truth (true);
    }
    return true;
  case WEIR_EXPR_EACH_COUNT:
    cursor->count += !weir_expr_is_nothing (given) && !is_false (given);
    if (last)
      given[-1] = weir_expr_whole (cursor->count);
    return true;
  case WEIR_EXPR_EACH_JOIN:
    if (!join (run, cursor, given, error))
      return false;
    if (last)
      given[-1] = weir_expr_builder_get (&cursor->joined);
    return true;
  }
  g_assert_not_reached ();
}

static bool
call (WeirExprRun *run, const WeirExprCode *code, WeirExprValue *args, GError **error)
{
  WeirExprValue value = weir_expr_nothing ();
  size_t bytes = 0;

  /* Each may be looked at, at least as fast as memory is read. */
  for (uint16_t i = 0; i < code->n; i++)
    bytes += args[i].type == WEIR_EXPR_TEXT ? args[i].length : 0;
  run->prepared = code->prepared;
  if (!weir_expr_run_charge (run, bytes / 64, error) ||
      !code->function->call (run, args, code->n, &value, error)) {
    g_prefix_error (error, "%s: ", code->function->name);
    return false;
  }
  args[0] = value;
  return true;
}

/* Returns: (transfer none) (nullable): the instruction that failed, with @error set. */
static const WeirExprCode *
execute (const WeirExpr *expr, WeirExprRun *run, WeirExprValue *stack, GError **error)
{
  const WeirExprCode *end = expr->code + expr->n_code;
  WeirExprValue *top = stack - 1;
  bool ok = true;
  bool go_on;

  for (const WeirExprCode *code = expr->code; code < end; code++) {
    switch ((WeirExprOp)code->op) {
    case WEIR_EXPR_OP_VALUE:
      *++top = code->value;
      break;
    case WEIR_EXPR_OP_ATTRIBUTE:
      push_attribute (run, code, ++top);
      ok = weir_expr_run_to_text (run, top, error) &&
           weir_expr_run_charge (run, top->length / 256, error);
      break;
    case WEIR_EXPR_OP_COUNTED:
      push_attribute (run, code, ++top);
      ok = weir_expr_run_charge (run, top->type == WEIR_EXPR_TEXT ? top->length / 256 : 0, error);
      break;
    case WEIR_EXPR_OP_ATTRIBUTE_OF:
      ok = find_attribute_of (run, top, error);
      break;
    case WEIR_EXPR_OP_CALL:
      top -= code->n - 1;
      ok = call (run, code, top, error);
      break;
    case WEIR_EXPR_OP_CONVERT:
      ok = weir_expr_run_convert (run, top, code->detail, error);
      break;
    case WEIR_EXPR_OP_ESCAPE:
      ok = run->scope->escape == NULL || escape (run, top, error);
      break;
    case WEIR_EXPR_OP_CONCAT:
      top -= code->target - 1;
      ok = concat (run, top, code->target, error);
      break;
    case WEIR_EXPR_OP_AND:
    case WEIR_EXPR_OP_OR:
      if (code->op == WEIR_EXPR_OP_AND ? is_false (top) : is_true (top))
        code = expr->code + code->target - 1;
      else
        top--;
      break;
    case WEIR_EXPR_OP_IF:
      if (!is_true (top--))
        code = expr->code + code->target - 1;
      break;
    case WEIR_EXPR_OP_JUMP:
      code = expr->code + code->target - 1;
      break;
    case WEIR_EXPR_OP_EACH:
      top[1] = next_value (top->cursor);
      top++;
      break;
    case WEIR_EXPR_OP_NEXT:
      top -= code->detail == WEIR_EXPR_EACH_JOIN ? 1 : 0;
      ok = take (run, code->detail, top, &go_on, error);
      if (ok && go_on) {
        *top = next_value (top[-1].cursor);
        code = expr->code + code->target - 1;
      } else {
        top--;
      }
      break;
    }
    if (G_UNLIKELY (!ok || !weir_expr_run_charge (run, 1, error)))
      return code;
  }
  return NULL;
}

bool
weir_expr_machine_run (const WeirExpr *expr, WeirExprRun *run, WeirExprValue *ret_value,
                       GError **error)
{
  WeirExprValue small[STACK_SIZE];
  WeirExprValue *stack = small;
  const WeirExprCode *failed;

  if (expr->stack > STACK_SIZE)
    stack = weir_arena_alloc (run->arena, expr->stack * sizeof *stack);
  failed = execute (expr, run, stack, error);
  if (failed != NULL) {
    g_autofree char *place = weir_expr_tree_place (expr->text, failed->offset);

    g_prefix_error (error, "%s: ", place);
    run->failed = failed->offset;
    return false;
  }
  *ret_value = stack[0];
  return true;
}
