/* program.c: from tree to instructions.
 *
 * Conversions become instructions here, so that a function finds its arguments in the types that
 * its row asks for. */
#include "expr/program.h"
#include "expr/machine.h"

typedef struct {
  WeirExprTree *tree;
  WeirArena *arena;
  WeirExprCode *code;
  uint32_t n_code;
  uint32_t size;
  uint32_t depth;
  uint32_t max_depth;
  size_t n_bytes; /* of the texts */
  bool changing;  /* not the same for every FlowFile */
  GError *error;  /* of the first function that cannot prepare */
} Emitter;

static void emit (Emitter *emitter, const WeirExprNode *node, WeirExprType wanted);

static WeirExprCode *
add (Emitter *emitter, WeirExprOp op, uint32_t offset, int pushes)
{
  WeirExprCode *code;

  if (emitter->n_code == emitter->size) {
    WeirExprCode *old = emitter->code;

    emitter->size = MAX (16, emitter->size * 2);
    emitter->code = weir_arena_alloc (emitter->arena, emitter->size * sizeof *code);
    if (old != NULL)
      memcpy (emitter->code, old, emitter->n_code * sizeof *code);
  }
  code = &emitter->code[emitter->n_code++];
  *code = (WeirExprCode){ .op = op, .offset = offset };
  emitter->depth += (uint32_t)pushes;
  emitter->max_depth = MAX (emitter->max_depth, emitter->depth);
  return code;
}

static void
convert (Emitter *emitter, WeirExprType from, WeirExprType wanted, uint32_t offset)
{
  if (!weir_expr_type_is (from, wanted))
    add (emitter, WEIR_EXPR_OP_CONVERT, offset, 0)->detail = wanted;
}

static void
emit_value (Emitter *emitter, const WeirExprNode *node, WeirExprType wanted)
{
  WeirExprCode *code = add (emitter, WEIR_EXPR_OP_VALUE, node->start, 1);

  code->value = node->value;
  if (node->value.type == WEIR_EXPR_TEXT)
    emitter->n_bytes += node->value.length + 1;
  if (!weir_expr_is_nothing (&node->value))
    convert (emitter, node->type, wanted, node->start);
}

static int
field_of (const WeirExprValue *name)
{
  static const char *const fields[] = {
    [WEIR_EXPR_FLOWFILE_ID] = "flowFileId",        [WEIR_EXPR_FILE_SIZE] = "fileSize",
    [WEIR_EXPR_ENTRY_DATE] = "entryDate",          [WEIR_EXPR_LINEAGE_START] = "lineageStartDate",
    [WEIR_EXPR_LAST_QUEUE_DATE] = "lastQueueDate", [WEIR_EXPR_QUEUE_DATE_INDEX] = "queueDateIndex",
  };

  for (size_t i = 0; i < G_N_ELEMENTS (fields); i++)
    if (strlen (fields[i]) == name->length && memcmp (fields[i], name->text, name->length) == 0)
      return (int)i;
  return -1;
}

static void
emit_attribute (Emitter *emitter, const WeirExprNode *node, WeirExprType wanted)
{
  int field;

  emitter->changing = true;
  if (node->first != NULL) {
    emit (emitter, node->first, WEIR_EXPR_TEXT);
    add (emitter, WEIR_EXPR_OP_ATTRIBUTE_OF, node->start, 0);
  } else {
    WeirExprCode *code;

    field = field_of (&node->value);
    code = add (emitter, WEIR_EXPR_OP_ATTRIBUTE, node->start, 1);
    if (field >= 0 && (wanted == WEIR_EXPR_NUMBER || wanted == WEIR_EXPR_WHOLE))
      code->op = WEIR_EXPR_OP_COUNTED;
    code->detail = (uint8_t)(field + 1);
    code->value = node->value;
    emitter->n_bytes += node->value.length + 1;
  }
  convert (emitter, WEIR_EXPR_TEXT, wanted, node->start);
}

/* and, or, ifElse: what is not needed is jumped over. */
static void
emit_lazy (Emitter *emitter, const WeirExprNode *call)
{
  static const WeirExprOp ops[] = { [WEIR_EXPR_LAZY_AND] = WEIR_EXPR_OP_AND,
                                    [WEIR_EXPR_LAZY_OR] = WEIR_EXPR_OP_OR,
                                    [WEIR_EXPR_LAZY_IF] = WEIR_EXPR_OP_IF };
  const WeirExprFunction *function = call->function;
  const WeirExprNode *argument = call->first->next;
  uint32_t branch = emitter->n_code;

  emit (emitter, call->first, WEIR_EXPR_BOOLEAN);
  branch = emitter->n_code;
  add (emitter, ops[function->lazy], call->start, -1);
  emit (emitter, argument, function->types[0]);
  if (function->lazy == WEIR_EXPR_LAZY_IF) {
    uint32_t jump = emitter->n_code;

    add (emitter, WEIR_EXPR_OP_JUMP, call->start, -1);
    emitter->code[branch].target = emitter->n_code;
    emit (emitter, argument->next, function->types[1]);
    emitter->code[jump].target = emitter->n_code;
  } else {
    emitter->code[branch].target = emitter->n_code;
  }
}

/* Lets the function of @code prepare what its literal arguments allow. */
static void
prepare (Emitter *emitter, WeirExprCode *code, const WeirExprNode *child)
{
  const WeirExprValue **literals;

  if (code->function->prepare == NULL || emitter->error != NULL)
    return;
  literals = weir_arena_alloc (emitter->arena, (code->n + 1u) * sizeof *literals);
  for (uint16_t i = 0; i < code->n; i++, child = child->next)
    literals[i] = child->kind == WEIR_EXPR_NODE_VALUE ? &child->value : NULL;
  if (!code->function->prepare (literals, code->n, &code->prepared, &emitter->error)) {
    g_autofree char *place = weir_expr_tree_place (emitter->tree->text, code->offset);

    g_prefix_error (&emitter->error, "%s: %s: ", place, code->function->name);
    emitter->tree->failed = code->offset;
  }
}

/* The children of @node up to @end as arguments of a call of its function. */
static void
emit_call (Emitter *emitter, const WeirExprNode *node, const WeirExprNode *end)
{
  const WeirExprFunction *function = node->function;
  const WeirExprNode *child = node->first;
  WeirExprCode *code;
  uint16_t n = 0;
  size_t index = 0;

  if ((function->flags & WEIR_EXPR_NO_SUBJECT) == 0) {
    emit (emitter, child, function->subject);
    child = child->next;
    n++;
  }
  for (; child != end; child = child->next, n++) {
    emit (emitter, child, function->types[index]);
    index = MIN (index + 1, (size_t)function->n_types - 1);
  }
  code = add (emitter, WEIR_EXPR_OP_CALL, node->start, 1 - n);
  code->function = function;
  code->n = n;
  prepare (emitter, code, node->first);
  emitter->changing |= (function->flags & (WEIR_EXPR_CHANGING | WEIR_EXPR_OF_ATTRIBUTES)) != 0;
}

static void
emit_each (Emitter *emitter, const WeirExprNode *each)
{
  const WeirExprNode *body = each->last;
  WeirExprCode *code;
  uint32_t target;

  emit_call (emitter, each, body);
  add (emitter, WEIR_EXPR_OP_EACH, each->start, 1);
  target = emitter->n_code;
  if (each->each == WEIR_EXPR_EACH_JOIN) {
    emit (emitter, body->first, WEIR_EXPR_TEXT);
    emit (emitter, body->first->next, WEIR_EXPR_TEXT);
    code = add (emitter, WEIR_EXPR_OP_NEXT, each->start, -2);
  } else {
    emit (emitter, each->each == WEIR_EXPR_EACH_COUNT ? body->first : body, WEIR_EXPR_ANY);
    code = add (emitter, WEIR_EXPR_OP_NEXT, each->start, -1);
  }
  code->detail = each->each;
  code->target = target;
}

/* @escape: its expressions, not what stands between them. */
static void
emit_template (Emitter *emitter, const WeirExprNode *node, bool escape)
{
  for (const WeirExprNode *child = node->first; child != NULL; child = child->next) {
    emit (emitter, child, WEIR_EXPR_TEXT);
    if (escape && child->kind != WEIR_EXPR_NODE_VALUE)
      add (emitter, WEIR_EXPR_OP_ESCAPE, child->start, 0);
  }
  add (emitter, WEIR_EXPR_OP_CONCAT, node->start, 1 - (int)node->n_children)->target =
      node->n_children;
}

static void
emit (Emitter *emitter, const WeirExprNode *node, WeirExprType wanted)
{
  switch ((WeirExprNodeKind)node->kind) {
  case WEIR_EXPR_NODE_VALUE:
    emit_value (emitter, node, wanted);
    return;
  case WEIR_EXPR_NODE_ATTRIBUTE:
    emit_attribute (emitter, node, wanted);
    return;
  case WEIR_EXPR_NODE_CALL:
    if (node->function->lazy != WEIR_EXPR_EAGER)
      emit_lazy (emitter, node);
    else
      emit_call (emitter, node, NULL);
    break;
  case WEIR_EXPR_NODE_TEMPLATE:
    emit_template (emitter, node, false);
    break;
  case WEIR_EXPR_NODE_EACH:
    emit_each (emitter, node);
    break;
  case WEIR_EXPR_NODE_CURRENT:
    break;
  }
  convert (emitter, node->type, wanted, node->start);
}

/* The whole text. */
static void
emit_root (Emitter *emitter, const WeirExprNode *root)
{
  if (root->kind == WEIR_EXPR_NODE_TEMPLATE) {
    emit_template (emitter, root, true);
  } else {
    emit (emitter, root, WEIR_EXPR_ANY);
    add (emitter, WEIR_EXPR_OP_ESCAPE, root->start, 0);
  }
}

/* Copies the texts of the instructions behind them. */
static void
copy_texts (WeirExpr *expr, char *at)
{
  for (uint32_t i = 0; i < expr->n_code; i++) {
    WeirExprCode *code = &expr->code[i];

    if (code->op == WEIR_EXPR_OP_CALL || code->value.type != WEIR_EXPR_TEXT)
      continue;
    if (code->op > WEIR_EXPR_OP_COUNTED)
      continue;
    memcpy (at, code->value.text, code->value.length);
    at[code->value.length] = '\0';
    code->value = weir_expr_closed (at, code->value.length);
    at += code->value.length + 1;
  }
}

/* A program that gives the same for all needs to run only once. */
static void
fold (WeirExpr *expr, WeirArena *arena)
{
  const WeirExprScope nothing = { 0 };
  WeirExprValue value;
  WeirExprRun run;
  const char *literal;

  weir_expr_run_init (&run, &nothing, arena);
  if (!weir_expr_machine_run (expr, &run, &value, NULL) ||
      !weir_expr_run_to_text (&run, &value, NULL))
    return;
  literal = weir_expr_is_nothing (&value) ? "" : weir_expr_run_close (&run, &value, NULL);
  expr->literal = g_strdup (literal);
}

WeirExpr *
weir_expr_program_new (WeirExprTree *tree, WeirArena *arena, GError **error)
{
  Emitter emitter = { .tree = tree, .arena = arena };
  const size_t length = strlen (tree->text) + 1;
  g_autoptr (WeirExpr) expr = NULL;
  size_t code_size;
  char *at;

  emit_root (&emitter, tree->root);
  code_size = emitter.n_code * sizeof *emitter.code;
  expr = g_malloc (sizeof *expr + code_size + emitter.n_bytes + length);
  *expr = (WeirExpr){
    .code = (WeirExprCode *)(expr + 1),
    .n_code = emitter.n_code,
    .stack = emitter.max_depth,
    .unclosed = tree->unclosed,
  };
  if (code_size > 0)
    memcpy (expr->code, emitter.code, code_size);
  at = (char *)(expr + 1) + code_size;
  copy_texts (expr, at);
  expr->text = memcpy (at + emitter.n_bytes, tree->text, length);
  if (emitter.error != NULL) {
    g_propagate_error (error, emitter.error);
    return NULL;
  }
  if (!emitter.changing)
    fold (expr, arena);
  return g_steal_pointer (&expr);
}

WeirExpr *
weir_expr_program_new_literal (const char *text)
{
  const size_t length = strlen (text) + 1;
  WeirExpr *expr = g_malloc (sizeof *expr + length);

  *expr = (WeirExpr){ .unclosed = -1 };
  expr->text = expr->literal = memcpy (expr + 1, text, length);
  return expr;
}
