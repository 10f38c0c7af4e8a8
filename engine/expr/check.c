/* check.c: which function a name means, and whether types fit. */
#include "expr/check.h"
#include "base/error.h"

static char *
quote_name (const WeirExprCallSite *site)
{
  g_autofree char *name = g_strndup (site->name, site->length);

  return weir_error_quote (name);
}

const WeirExprFunction *
weir_expr_check_name (WeirExprParser *parser, const WeirExprCallSite *site, GError **error)
{
  const WeirExprFunction *function = weir_expr_function_find (site->name, site->length);
  g_autofree char *name = NULL;
  const char *near;

  if (function != NULL)
    return function;
  name = quote_name (site);
  near = weir_expr_function_suggest (site->name, site->length);
  if (near != NULL)
    return weir_expr_parser_fail (parser, site->offset, error,
                                  "no function is called %s; did you mean '%s'?", name, near);
  return weir_expr_parser_fail (parser, site->offset, error,
                                "no function is called %s; docs/expression-language.md has all",
                                name);
}

static bool
takes_place (const WeirExprFunction *function, const WeirExprCallSite *site)
{
  return ((function->flags & WEIR_EXPR_NO_SUBJECT) == 0) == site->chained;
}

static bool
takes_count (const WeirExprFunction *function, size_t n_args)
{
  return n_args >= function->n_required &&
         (n_args <= function->n_types || (function->flags & WEIR_EXPR_VARIADIC) != 0);
}

static WeirExprType
type_of_argument (const WeirExprFunction *function, size_t index)
{
  return function->types[MIN (index, (size_t)function->n_types - 1)];
}

/* The overload that takes the place, the number of arguments and the subject of @call; else one
 * that tells best what is wrong. */
static const WeirExprFunction *
choose (const WeirExprFunction *function, const WeirExprCallSite *site, const WeirExprNode *call)
{
  const size_t n_args = call->n_children - (site->chained ? 1u : 0u);
  const WeirExprFunction *best = function;

  for (; function != NULL; function = weir_expr_function_next (function)) {
    if (!takes_place (function, site))
      continue;
    best = takes_place (best, site) ? best : function;
    if (!takes_count (function, n_args))
      continue;
    best = takes_count (best, n_args) ? best : function;
    if (site->chained && (function->flags & WEIR_EXPR_EXACT_SUBJECT) != 0 &&
        call->first->type != function->subject)
      continue;
    return function;
  }
  return best;
}

static bool
fail_place (WeirExprParser *parser, const WeirExprCallSite *site, GError **error)
{
  g_autofree char *name = g_strndup (site->name, site->length);

  if (site->chained)
    weir_expr_parser_fail (parser, site->offset, error,
                           "%s needs nothing to work on; write ${%s(…)} as an expression of its "
                           "own",
                           name, name);
  else
    weir_expr_parser_fail (parser, site->offset, error,
                           "%s needs something to work on, as in ${attribute:%s(…)} or "
                           "${literal('text'):%s(…)}",
                           name, name, name);
  return false;
}

static bool
fail_count (WeirExprParser *parser, const WeirExprCallSite *site, const WeirExprFunction *function,
            size_t n_args, GError **error)
{
  const bool open = (function->flags & WEIR_EXPR_VARIADIC) != 0;
  g_autofree char *wanted = NULL;

  if (open)
    wanted = g_strdup_printf ("at least %u", function->n_required);
  else if (function->n_required == function->n_types)
    wanted = g_strdup_printf ("%u", function->n_required);
  else
    wanted = g_strdup_printf ("%u to %u", function->n_required, function->n_types);
  weir_expr_parser_fail (parser, site->offset, error, "%s takes %s argument%s (%s), not %zu",
                         function->name, wanted, function->n_types == 1 && !open ? "" : "s",
                         function->n_types == 0 ? "none" : function->parameters, n_args);
  return false;
}

static const char *
article_of (WeirExprType type)
{
  return type == WEIR_EXPR_INSTANT ? "an" : "a";
}

static bool
check_types (WeirExprParser *parser, const WeirExprCallSite *site, const WeirExprFunction *function,
             const WeirExprNode *call, GError **error)
{
  const WeirExprNode *argument = call->first;
  size_t index = 0;

  if (site->chained) {
    if (!weir_expr_type_fits (argument->type, function->subject) ||
        ((function->flags & WEIR_EXPR_EXACT_SUBJECT) != 0 && argument->type != function->subject)) {
      weir_expr_parser_fail (parser, site->offset, error, "%s works on %s %s, not on %s %s",
                             function->name, article_of (function->subject),
                             weir_expr_type_name (function->subject), article_of (argument->type),
                             weir_expr_type_name (argument->type));
      return false;
    }
    argument = argument->next;
  }
  for (; argument != NULL; argument = argument->next, index++) {
    WeirExprType wanted = type_of_argument (function, index);

    if (weir_expr_type_fits (argument->type, wanted))
      continue;
    weir_expr_parser_fail (parser, argument->start, error,
                           "argument %zu of %s must be %s %s, not %s %s", index + 1, function->name,
                           article_of (wanted), weir_expr_type_name (wanted),
                           article_of (argument->type), weir_expr_type_name (argument->type));
    return false;
  }
  return true;
}

static bool
is_reduced (const WeirExprNode *node)
{
  return node->kind == WEIR_EXPR_NODE_CALL && (node->function->flags & WEIR_EXPR_REDUCING) != 0;
}

bool
weir_expr_check_call (WeirExprParser *parser, const WeirExprCallSite *site, WeirExprNode *call,
                      GError **error)
{
  const WeirExprFunction *function =
      choose (weir_expr_function_find (site->name, site->length), site, call);
  const size_t n_args = call->n_children - (site->chained ? 1u : 0u);

  if (!takes_place (function, site))
    return fail_place (parser, site, error);
  if (!takes_count (function, n_args))
    return fail_count (parser, site, function, n_args, error);
  if (site->chained && is_reduced (call->first)) {
    weir_expr_parser_fail (
        parser, site->offset, error, "nothing can follow %s; write ${literal(${…:%s(…)}):%s(…)}",
        call->first->function->name, call->first->function->name, function->name);
    return false;
  }
  if ((function->flags & WEIR_EXPR_OF_ATTRIBUTES) != 0 &&
      (parser->flags & WEIR_EXPR_NO_ATTRIBUTES) != 0) {
    weir_expr_parser_fail (parser, site->offset, error,
                           "%s looks at attributes, but this property is evaluated without a "
                           "FlowFile",
                           function->name);
    return false;
  }
  call->function = function;
  call->type = function->value;
  return check_types (parser, site, function, call, error);
}

bool
weir_expr_check_each (WeirExprParser *parser, WeirExprNode *each, GError **error)
{
  const bool any = each->function->value == WEIR_EXPR_BOOLEAN;
  const WeirExprNode *body = each->last;

  if (!any && is_reduced (body)) {
    each->each = body->type == WEIR_EXPR_TEXT ? WEIR_EXPR_EACH_JOIN : WEIR_EXPR_EACH_COUNT;
    each->type = body->type;
    return true;
  }
  if (body->type == WEIR_EXPR_BOOLEAN) {
    each->each = any ? WEIR_EXPR_EACH_ANY : WEIR_EXPR_EACH_ALL;
    each->type = WEIR_EXPR_BOOLEAN;
    return true;
  }
  if (any)
    weir_expr_parser_fail (parser, each->start, error,
                           "%s must end with a function that gives true or false, as in "
                           "${%s(…):contains('x')}",
                           each->function->name, each->function->name);
  else
    weir_expr_parser_fail (parser, each->start, error,
                           "%s gives many values: end with join, count or a function that gives "
                           "true or false",
                           each->function->name);
  return false;
}
