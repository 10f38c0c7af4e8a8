/* evaluate.c: expressions over FlowFiles: what <weir/expr.h> promises, on top of the expression
 * layer, which knows no FlowFile. */
#include "expr/expr.h"
#include "runtime/engine.h"
#include "runtime/node.h"
#include "runtime/scheduler.h"
#include "runtime/session.h"

static const char *
on_lookup (const void *subject, const char *name)
{
  return weir_flowfile_get_attribute (subject, name);
}

static size_t
on_count (const void *subject)
{
  return weir_flowfile_get_n_attributes (subject);
}

static void
on_nth (const void *subject, size_t index, const char **ret_name, const char **ret_value)
{
  weir_flowfile_get_nth_attribute (subject, index, ret_name, ret_value);
}

static int64_t
on_field (const void *subject, WeirExprField field)
{
  const WeirFlowFile *flowfile = subject;

  switch (field) {
  case WEIR_EXPR_FLOWFILE_ID:
    return (int64_t)flowfile->id;
  case WEIR_EXPR_FILE_SIZE:
    return (int64_t)flowfile->content.size;
  case WEIR_EXPR_ENTRY_DATE:
    return flowfile->entry_time / 1000;
  case WEIR_EXPR_LINEAGE_START:
    return flowfile->lineage_start / 1000;
  case WEIR_EXPR_LAST_QUEUE_DATE:
    return flowfile->queue_time / 1000;
  case WEIR_EXPR_QUEUE_DATE_INDEX:
    return 0;
  }
  return 0;
}

static const char *
get_variable (const WeirEngine *engine, const char *name)
{
  return weir_secrecy_has_variable (engine->secrecy, name) ? NULL : g_getenv (name);
}

static const char *
on_environment (const void *host, const char *name)
{
  const WeirSession *session = host;

  return get_variable (session->engine, name);
}

/* Without a session. */
static const char *
on_bare_environment (const void *host, const char *name)
{
  return get_variable (host, name);
}

static const char *
on_state (const void *host, const char *key)
{
  WeirSession *session = (WeirSession *)host;
  g_autofree char *value = weir_session_get_state (session, key);

  return value != NULL ? weir_arena_strdup (&session->arena, value) : NULL;
}

static WeirExprScope
scope_of (WeirSession *session, const WeirFlowFile *flowfile)
{
  WeirExprScope scope = session->engine->scope;

  scope.environment = on_environment;
  scope.host = session;
  scope.state = on_state;
  scope.subject = flowfile;
  scope.lookup = on_lookup;
  scope.count = on_count;
  scope.nth = on_nth;
  scope.field = on_field;
  return scope;
}

/* The session that @flowfile is in. */
static WeirSession *
session_of (const WeirFlowFile *flowfile, GError **error)
{
  if (flowfile != NULL && flowfile->record != NULL && flowfile->record->session != NULL)
    return flowfile->record->session;
  g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_FAILED,
                       "the processor evaluated an expression over a FlowFile that is not in a "
                       "session");
  return NULL;
}

const char *
weir_expr_eval (const WeirExpr *expr, const WeirFlowFile *flowfile, GError **error)
{
  const char *literal = weir_expr_get_literal (expr);
  WeirSession *session;
  WeirExprScope scope;

  if (literal != NULL)
    return literal;
  session = session_of (flowfile, error);
  if (session == NULL)
    return NULL;
  scope = scope_of (session, flowfile);
  return weir_expr_run (expr, &scope, &session->arena, error);
}

typedef struct {
  const WeirFlowFile *flowfile;
  const WeirExprView *view;
} Subject;

static const char *
on_lookup_with (const void *data, const char *name)
{
  const Subject *subject = data;
  const WeirExprView *view = subject->view;
  const char *value = view->lookup != NULL ? view->lookup (view->data, name) : NULL;

  return value != NULL ? value : on_lookup (subject->flowfile, name);
}

static size_t
on_count_with (const void *data)
{
  const Subject *subject = data;

  return on_count (subject->flowfile);
}

static void
on_nth_with (const void *data, size_t index, const char **ret_name, const char **ret_value)
{
  const Subject *subject = data;

  on_nth (subject->flowfile, index, ret_name, ret_value);
}

static int64_t
on_field_with (const void *data, WeirExprField field)
{
  const Subject *subject = data;

  return on_field (subject->flowfile, field);
}

char *
weir_expr_eval_with (const WeirExpr *expr, const WeirFlowFile *flowfile, const WeirExprView *view,
                     GError **error)
{
  const Subject subject = { flowfile, view };
  WeirSession *session;
  WeirExprScope scope;
  WeirArena arena = { 0 };
  char *value;

  if (weir_expr_get_literal (expr) != NULL)
    return g_strdup (weir_expr_get_literal (expr));
  session = session_of (flowfile, error);
  if (session == NULL)
    return NULL;
  scope = scope_of (session, flowfile);
  scope.subject = &subject;
  scope.lookup = on_lookup_with;
  scope.count = on_count_with;
  scope.nth = on_nth_with;
  scope.field = on_field_with;
  scope.escape = view->escape;
  scope.escape_data = view->data;
  value = g_strdup (weir_expr_run (expr, &scope, &arena, error));
  weir_arena_clear (&arena);
  return value;
}

bool
weir_expr_eval_bool (const WeirExpr *expr, const WeirFlowFile *flowfile, bool *ret_value,
                     GError **error)
{
  WeirSession *session = session_of (flowfile, error);
  WeirExprScope scope;

  if (session == NULL)
    return false;
  scope = scope_of (session, flowfile);
  return weir_expr_run_bool (expr, &scope, &session->arena, ret_value, error);
}

bool
weir_expr_eval_integer (const WeirExpr *expr, const WeirFlowFile *flowfile, int64_t *ret_value,
                        GError **error)
{
  WeirSession *session = session_of (flowfile, error);
  WeirExprScope scope;

  if (session == NULL)
    return false;
  scope = scope_of (session, flowfile);
  return weir_expr_run_integer (expr, &scope, &session->arena, ret_value, error);
}

const char *
weir_context_eval (const WeirContext *context, const WeirExpr *expr, GError **error)
{
  const char *literal = weir_expr_get_literal (expr);
  WeirNode *node = context->node;
  WeirServed *service = context->service;
  WeirEngine *engine = node != NULL ? node->engine : service->engine;
  WeirSession *session;
  WeirExprScope scope;

  if (literal != NULL)
    return literal;
  scope = engine->scope;
  scope.environment = on_bare_environment;
  scope.host = engine;
  /* Not where it would stay until the processor stops: the next trigger may ask again. */
  session = weir_scheduler_find_session (engine->scheduler);
  if (session != NULL)
    return weir_expr_run (expr, &scope, &session->arena, error);
  WEIR_LOCKED (node != NULL ? &node->lock : &service->lock);
  return weir_expr_run (expr, &scope, node != NULL ? &node->evaluated : &service->evaluated, error);
}
