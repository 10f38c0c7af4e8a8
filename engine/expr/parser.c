/* parser.c: from text to tree, by recursive descent with a bounded depth. */
#include "expr/parser.h"
#include "base/error.h"
#include "base/limits.h"
#include "expr/check.h"

static WeirExprNode *parse_template (WeirExprParser *parser, const WeirExprSource *source,
                                     GError **error);
static WeirExprNode *parse_expression (WeirExprParser *parser, const WeirExprSource *source,
                                       uint32_t *at, GError **error);

char *
weir_expr_tree_place (const char *text, size_t offset)
{
  const char *line = text;
  unsigned line_number = 1;
  long column;

  for (const char *at = text; at < text + offset; at++) {
    if (*at == '\n') {
      line = at + 1;
      line_number++;
    }
  }
  column = g_utf8_strlen (line, text + offset - line) + 1;
  if (strchr (text, '\n') != NULL)
    return g_strdup_printf ("line %u, column %ld", line_number, column);
  return g_strdup_printf ("column %ld", column);
}

void *
weir_expr_parser_fail (WeirExprParser *parser, uint32_t offset, GError **error, const char *format,
                       ...)
{
  g_autofree char *place = weir_expr_tree_place (parser->tree->text, offset);
  g_autofree char *raw = NULL;
  g_autofree char *message = NULL;
  va_list args;

  va_start (args, format);
  raw = g_strdup_vprintf (format, args);
  va_end (args);
  message = weir_error_clean (raw);
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID, "%s: %s", place, message);
  parser->tree->failed = offset;
  return NULL;
}

static WeirExprNode *
new_node (WeirExprParser *parser, WeirExprNodeKind kind, WeirExprType type, uint32_t start,
          uint32_t end)
{
  WeirExprNode *node = weir_arena_alloc0 (parser->arena, sizeof *node);

  node->kind = kind;
  node->type = type;
  node->start = start;
  node->end = end;
  return node;
}

static void
add_child (WeirExprNode *parent, WeirExprNode *child)
{
  if (parent->last != NULL)
    parent->last->next = child;
  else
    parent->first = child;
  parent->last = child;
  parent->n_children++;
}

static WeirExprNode *
new_text (WeirExprParser *parser, const WeirExprSource *source, uint32_t start, uint32_t end)
{
  WeirExprNode *node =
      new_node (parser, WEIR_EXPR_NODE_VALUE, WEIR_EXPR_TEXT,
                weir_expr_source_offset (source, start), weir_expr_source_offset (source, end));

  node->value = weir_expr_view (source->text + start, end - start);
  return node;
}

/* Returns: (transfer full): what stands there, for a message. */
static char *
quote (const WeirExprSource *source, const WeirExprToken *token)
{
  g_autofree char *text = g_strndup (source->text + token->start, token->end - token->start);

  return weir_error_quote (text);
}

static void *
fail_at (WeirExprParser *parser, const WeirExprSource *source, const WeirExprToken *token,
         const char *expected, GError **error)
{
  const uint32_t offset = weir_expr_source_offset (source, token->start);
  g_autofree char *found = quote (source, token);

  if (token->kind == WEIR_EXPR_TOKEN_WRONG)
    return weir_expr_parser_fail (parser, offset, error, "%s", token->problem);
  if (token->kind == WEIR_EXPR_TOKEN_END)
    return weir_expr_parser_fail (parser, offset, error, "the text ends here; expected %s",
                                  expected);
  return weir_expr_parser_fail (parser, offset, error, "expected %s, not %s", expected, found);
}

static bool
is_word (const WeirExprSource *source, const WeirExprToken *token, const char *word)
{
  const size_t length = token->end - token->start;

  return strlen (word) == length && memcmp (source->text + token->start, word, length) == 0;
}

/* A word that is a value: true, false, null. */
static WeirExprNode *
parse_word (WeirExprParser *parser, const WeirExprSource *source, const WeirExprToken *token,
            GError **error)
{
  const uint32_t offset = weir_expr_source_offset (source, token->start);
  const uint32_t end = weir_expr_source_offset (source, token->end);
  g_autofree char *word = g_strndup (source->text + token->start, token->end - token->start);
  WeirExprNode *node;

  if (is_word (source, token, "null")) {
    /* As in NiFi a null is a text that is not there. */
    return new_node (parser, WEIR_EXPR_NODE_VALUE, WEIR_EXPR_TEXT, offset, end);
  }
  if (is_word (source, token, "true") || is_word (source, token, "false")) {
    node = new_node (parser, WEIR_EXPR_NODE_VALUE, WEIR_EXPR_BOOLEAN, offset, end);
    node->value = weir_expr_truth (*word == 't');
    return node;
  }
  if (weir_expr_function_find (word, strlen (word)) != NULL)
    return weir_expr_parser_fail (parser, offset, error,
                                  "a function cannot stand here alone; put it into an expression "
                                  "of its own, as in ${…:%s(…)}",
                                  word);
  return weir_expr_parser_fail (parser, offset, error,
                                "write ${%s} for the attribute or '%s' for the text", word, word);
}

static WeirExprNode *
parse_argument (WeirExprParser *parser, const WeirExprSource *source, uint32_t *at, GError **error)
{
  const WeirExprToken token = weir_expr_lex (source, *at, parser->arena);
  WeirExprNode *node;

  switch (token.kind) {
  case WEIR_EXPR_TOKEN_QUOTED:
    node = parse_template (parser, &token.inside, error);
    break;
  case WEIR_EXPR_TOKEN_NUMBER:
    node = new_node (parser, WEIR_EXPR_NODE_VALUE, token.value.type,
                     weir_expr_source_offset (source, token.start),
                     weir_expr_source_offset (source, token.end));
    node->value = token.value;
    break;
  case WEIR_EXPR_TOKEN_OPEN:
    *at = token.end;
    return parse_expression (parser, source, at, error);
  case WEIR_EXPR_TOKEN_NAME:
    node = parse_word (parser, source, &token, error);
    break;
  default:
    return fail_at (parser, source, &token, "a text in quotes, a number or ${…}", error);
  }
  *at = token.end;
  return node;
}

/* What stands between the parentheses; *at is behind the left one. */
static bool
parse_arguments (WeirExprParser *parser, const WeirExprSource *source, uint32_t *at,
                 WeirExprNode *call, GError **error)
{
  WeirExprToken token = weir_expr_lex (source, *at, parser->arena);

  while (token.kind != WEIR_EXPR_TOKEN_RIGHT) {
    WeirExprNode *argument = parse_argument (parser, source, at, error);

    if (argument == NULL)
      return false;
    add_child (call, argument);
    if (call->n_children > WEIR_LIMIT_EXPR_ARGUMENTS) {
      weir_expr_parser_fail (parser, argument->start, error, "more than %d arguments",
                             WEIR_LIMIT_EXPR_ARGUMENTS);
      return false;
    }
    token = weir_expr_lex (source, *at, parser->arena);
    if (token.kind == WEIR_EXPR_TOKEN_COMMA) {
      *at = token.end;
      continue;
    }
    if (token.kind != WEIR_EXPR_TOKEN_RIGHT) {
      fail_at (parser, source, &token, "',' or ')'", error);
      return false;
    }
  }
  *at = token.end;
  call->end = weir_expr_source_offset (source, token.end);
  return true;
}

/* A call whose name is @name; *at is behind it. @subject is NULL at the start of an expression. */
static WeirExprNode *
parse_call (WeirExprParser *parser, const WeirExprSource *source, const WeirExprToken *name,
            WeirExprNode *subject, uint32_t *at, GError **error)
{
  const WeirExprCallSite site = {
    .name = source->text + name->start,
    .length = name->end - name->start,
    .offset = weir_expr_source_offset (source, name->start),
    .chained = subject != NULL,
  };
  const WeirExprToken left = weir_expr_lex (source, *at, parser->arena);
  WeirExprNode *call;

  if (left.kind != WEIR_EXPR_TOKEN_LEFT)
    return fail_at (parser, source, &left, "'('", error);
  if (weir_expr_check_name (parser, &site, error) == NULL)
    return NULL;
  call = new_node (parser, WEIR_EXPR_NODE_CALL, WEIR_EXPR_ANY, site.offset, site.offset);
  if (subject != NULL)
    add_child (call, subject);
  *at = left.end;
  if (!parse_arguments (parser, source, at, call, error) ||
      !weir_expr_check_call (parser, &site, call, error))
    return NULL;
  return call;
}

static WeirExprNode *
new_attribute (WeirExprParser *parser, WeirExprNode *name)
{
  WeirExprNode *node =
      new_node (parser, WEIR_EXPR_NODE_ATTRIBUTE, WEIR_EXPR_TEXT, name->start, name->end);

  if (name->kind == WEIR_EXPR_NODE_VALUE)
    node->value = name->value;
  else
    add_child (node, name);
  return node;
}

static WeirExprNode *
parse_name (WeirExprParser *parser, const WeirExprSource *source, const WeirExprToken *token,
            uint32_t *at, GError **error)
{
  g_autofree char *name = g_strndup (source->text + token->start, token->end - token->start);
  const bool is_value = is_word (source, token, "true") || is_word (source, token, "false") ||
                        is_word (source, token, "null");

  *at = token->end;
  if (weir_expr_lex (source, *at, parser->arena).kind == WEIR_EXPR_TOKEN_LEFT)
    return parse_call (parser, source, token, NULL, at, error);
  if (is_value || weir_expr_function_find (name, strlen (name)) != NULL)
    return weir_expr_parser_fail (parser, weir_expr_source_offset (source, token->start), error,
                                  "'%s' is %s; for the attribute of that name write ${'%s'}", name,
                                  is_value ? "a value" : "a function, which needs (…)", name);
  return new_attribute (parser, new_text (parser, source, token->start, token->end));
}

/* The beginning of an expression: what the first function works on. */
static WeirExprNode *
parse_subject (WeirExprParser *parser, const WeirExprSource *source, uint32_t *at, GError **error)
{
  const WeirExprToken token = weir_expr_lex (source, *at, parser->arena);
  const int length = (int)(token.end - token.start);
  WeirExprNode *name;

  switch (token.kind) {
  case WEIR_EXPR_TOKEN_NAME:
    return parse_name (parser, source, &token, at, error);
  case WEIR_EXPR_TOKEN_QUOTED:
    *at = token.end;
    name = parse_template (parser, &token.inside, error);
    break;
  case WEIR_EXPR_TOKEN_OPEN:
    *at = token.end;
    name = parse_expression (parser, source, at, error);
    break;
  case WEIR_EXPR_TOKEN_NUMBER:
    return weir_expr_parser_fail (parser, weir_expr_source_offset (source, token.start), error,
                                  "write ${literal(%.*s)} for the number or ${'%.*s'} for the "
                                  "attribute of that name",
                                  length, source->text + token.start, length,
                                  source->text + token.start);
  default:
    return fail_at (parser, source, &token, "the name of an attribute or a function", error);
  }
  return name == NULL ? NULL : new_attribute (parser, name);
}

/* An iteration takes the place of its selecting function; all that follows is its body. */
static WeirExprNode *
begin_each (WeirExprParser *parser, WeirExprNode *selector)
{
  selector->kind = WEIR_EXPR_NODE_EACH;
  return new_node (parser, WEIR_EXPR_NODE_CURRENT, WEIR_EXPR_TEXT, selector->start, selector->end);
}

/* The rest of an expression: calls with `:` between, and the `}`. */
static WeirExprNode *
parse_chain (WeirExprParser *parser, const WeirExprSource *source, WeirExprNode *node, uint32_t *at,
             GError **error)
{
  for (;;) {
    WeirExprToken token = weir_expr_lex (source, *at, parser->arena);

    *at = token.end;
    if (token.kind == WEIR_EXPR_TOKEN_CLOSE)
      return node;
    if (token.kind != WEIR_EXPR_TOKEN_COLON)
      return fail_at (parser, source, &token, "':' or '}'", error);
    token = weir_expr_lex (source, *at, parser->arena);
    *at = token.end;
    if (token.kind != WEIR_EXPR_TOKEN_NAME)
      return fail_at (parser, source, &token, "the name of a function", error);
    node = parse_call (parser, source, &token, node, at, error);
    if (node == NULL)
      return NULL;
  }
}

/* *at is behind the `${`. */
static WeirExprNode *
parse_expression (WeirExprParser *parser, const WeirExprSource *source, uint32_t *at,
                  GError **error)
{
  const uint32_t start = weir_expr_source_offset (source, *at - 2);
  WeirExprNode *each = NULL;
  WeirExprNode *node;

  if (++parser->depth > WEIR_LIMIT_EXPR_DEPTH)
    return weir_expr_parser_fail (parser, start, error, "more than %d expressions in each other",
                                  WEIR_LIMIT_EXPR_DEPTH);
  node = parse_subject (parser, source, at, error);
  if (node != NULL && node->kind == WEIR_EXPR_NODE_CALL &&
      (node->function->flags & WEIR_EXPR_SELECTING) != 0) {
    each = node;
    node = begin_each (parser, each);
  }
  if (node != NULL)
    node = parse_chain (parser, source, node, at, error);
  parser->depth--;
  if (node == NULL || each == NULL)
    return node;
  add_child (each, node);
  each->end = weir_expr_source_offset (source, *at);
  return weir_expr_check_each (parser, each, error) ? each : NULL;
}

/* A template that is parsed: what is before @from is in @node. */
typedef struct {
  const WeirExprSource *source;
  WeirExprNode *node;
  const char *last_close; /* the last `}` of the source, or NULL */
  uint32_t from;
  uint32_t at;
} Template;

static void
add_text (WeirExprParser *parser, Template *template, uint32_t end)
{
  if (end > template->from)
    add_child (template->node, new_text (parser, template->source, template->from, end));
  template->from = end;
}

/* One run of dollars before the `{` at template->at. Two escape one; an odd one begins an
 * expression. Without a `}` none of this holds. */
static bool
parse_dollars (WeirExprParser *parser, Template *template, uint32_t n_dollars, GError **error)
{
  const WeirExprSource *source = template->source;
  const uint32_t brace = template->at;
  const bool begins = n_dollars % 2 == 1;
  WeirExprNode *node;

  template->at = brace + 1;
  if (begins && weir_expr_lex_find_close (source, brace + 1) < 0) {
    parser->tree->unclosed = weir_expr_source_offset (source, brace - 1);
    template->at = source->length;
    return true;
  }
  if (template->last_close == NULL || template->last_close < source->text + brace)
    return true;
  add_text (parser, template, brace - n_dollars + n_dollars / 2);
  template->from = brace;
  if (!begins)
    return true;
  node = parse_expression (parser, source, &template->at, error);
  if (node == NULL)
    return false;
  add_child (template->node, node);
  template->from = template->at;
  return true;
}

/* One run of hashes before the `{` at template->at, in a text that must not see parameters: two
 * stand for one, and what an odd one begins is nothing. */
static void
drop_reference (WeirExprParser *parser, Template *template, uint32_t n_hashes)
{
  const WeirExprSource *source = template->source;
  const uint32_t brace = template->at;
  const char *close = memchr (source->text + brace, '}', source->length - brace);

  template->at = brace + 1;
  if (close == NULL)
    return;
  add_text (parser, template, brace - n_hashes + n_hashes / 2);
  template->from = brace;
  if (n_hashes % 2 == 1)
    template->from = template->at = (uint32_t)(close - source->text) + 1;
}

/* Text with expressions in it. */
static WeirExprNode *
parse_template (WeirExprParser *parser, const WeirExprSource *source, GError **error)
{
  Template template = {
    .source = source,
    .node = new_node (parser, WEIR_EXPR_NODE_TEMPLATE, WEIR_EXPR_TEXT,
                      weir_expr_source_offset (source, 0),
                      weir_expr_source_offset (source, source->length)),
    .last_close = memrchr (source->text, '}', source->length),
  };
  const bool foreign = (parser->flags & WEIR_EXPR_FOREIGN) != 0 && parser->depth == 0;
  uint32_t n_dollars = 0;
  uint32_t n_hashes = 0;

  while (template.at < source->length) {
    const char c = source->text[template.at];

    if (c == '{' && n_dollars > 0) {
      if (!parse_dollars (parser, &template, n_dollars, error))
        return NULL;
      n_dollars = 0;
      continue;
    }
    if (c == '{' && n_hashes > 0) {
      drop_reference (parser, &template, n_hashes);
      n_hashes = 0;
      continue;
    }
    n_dollars = c == '$' ? n_dollars + 1 : 0;
    n_hashes = c == '#' && foreign ? n_hashes + 1 : 0;
    template.at++;
  }
  add_text (parser, &template, source->length);
  if (template.node->n_children == 0)
    return new_text (parser, source, 0, 0);
  return template.node->n_children == 1 ? template.node->first : template.node;
}

bool
weir_expr_tree_parse (WeirExprTree *tree, const char *text, WeirExprFlags flags, WeirArena *arena,
                      GError **error)
{
  WeirExprParser parser = { .tree = tree, .arena = arena, .flags = flags };
  const size_t length = strlen (text);
  const WeirExprSource source = { .text = text, .length = (uint32_t)length };

  *tree = (WeirExprTree){ .text = text, .unclosed = -1, .failed = -1 };
  if (length > WEIR_LIMIT_EXPR_BYTES) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_LIMIT,
                 "a text with expressions has %zu bytes, at most %d are allowed", length,
                 WEIR_LIMIT_EXPR_BYTES);
    return false;
  }
  tree->root = parse_template (&parser, &source, error);
  return tree->root != NULL;
}
