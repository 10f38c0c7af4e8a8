/* methods-expressions.c: the language of properties, for who writes it: what functions there are,
 * and what a text gives. The environment of the server is no business of who asks. */
#include "control/desk.h"

#include "base/error.h"
#include "base/host.h"
#include "control/call.h"
#include "expr/function.h"
#include "expr/trial.h"
#include "wire/json.h"

static void
put_parameters (GString *out, const WeirExprFunction *function)
{
  g_auto (GStrv) names =
      g_strsplit (function->parameters != NULL ? function->parameters : "", " ", -1);

  weir_json_begin (out, "parameters", '[');
  for (size_t i = 0; i < function->n_types && names[i] != NULL; i++) {
    weir_json_begin (out, NULL, '{');
    weir_json_put_text (out, "name", names[i]);
    weir_json_put_text (out, "type", weir_expr_type_name (function->types[i]));
    weir_json_put_bool (out, "required", i < function->n_required);
    weir_json_end (out, '}');
  }
  weir_json_end (out, ']');
  weir_json_put_bool (out, "more", (function->flags & WEIR_EXPR_VARIADIC) != 0);
}

static void
put_function (GString *out, const WeirExprFamily *family, const WeirExprFunction *function)
{
  weir_json_begin (out, NULL, '{');
  weir_json_put_text (out, "name", function->name);
  weir_json_put_text (out, "family", family->title);
  if ((function->flags & WEIR_EXPR_NO_SUBJECT) == 0)
    weir_json_put_text (out, "subject", weir_expr_type_name (function->subject));
  put_parameters (out, function);
  weir_json_put_text (out, "value", weir_expr_type_name (function->value));
  weir_json_put_text (out, "description", function->doc);
  weir_json_put_text (out, "example", function->example);
  if (function->attributes != NULL)
    weir_json_put_text (out, "attributes", function->attributes);
  if (function->result != NULL)
    weir_json_put_text (out, "result", function->result);
  weir_json_end (out, '}');
}

static bool
on_functions (WeirCall *call, void *target, GError **error)
{
  GString *out = weir_call_answer (call);

  weir_json_begin (out, NULL, '{');
  weir_json_begin (out, "functions", '[');
  for (size_t i = 0; weir_expr_families[i] != NULL; i++)
    for (size_t k = 0; k < weir_expr_families[i]->n_rows; k++)
      put_function (out, weir_expr_families[i], &weir_expr_families[i]->rows[k]);
  weir_json_end (out, ']');
  weir_json_end (out, '}');
  return true;
}

/* --- trying --- */

static const char *
on_lookup (const void *subject, const char *name)
{
  JsonObject *attributes = (JsonObject *)subject;

  return json_object_get_string_member_with_default (attributes, name, NULL);
}

static size_t
on_count (const void *subject)
{
  return json_object_get_size ((JsonObject *)subject);
}

/* Names come in their order; there are some dozens, and one text is tried. */
static void
on_nth (const void *subject, size_t index, const char **ret_name, const char **ret_value)
{
  JsonObjectIter iter;
  const char *name = NULL;
  JsonNode *value = NULL;

  json_object_iter_init_ordered (&iter, (JsonObject *)subject);
  for (size_t i = 0; i <= index; i++)
    json_object_iter_next_ordered (&iter, &name, &value);
  *ret_name = name;
  *ret_value = json_node_get_string (value);
}

static void
put_trial (GString *out, const char *text, const WeirExprTrial *trial, const GError *error)
{
  weir_json_begin (out, NULL, '{');
  if (error == NULL) {
    weir_json_put_text (out, "value", trial->value);
    weir_json_put_text (out, "type", trial->type);
  } else {
    g_autofree char *message = weir_error_clean (error->message);

    weir_json_put_text (out, "error", message);
  }
  if (trial->failed >= 0) {
    unsigned line, column;

    weir_expr_find_place (text, trial->failed, &line, &column);
    weir_json_put_int (out, "line", line);
    weir_json_put_int (out, "column", column);
  }
  if (trial->unclosed >= 0)
    weir_json_put_int (out, "unclosed", trial->unclosed);
  weir_json_end (out, '}');
}

static bool
on_eval (WeirCall *call, void *target, GError **error)
{
  const WeirDesk *desk = target;
  JsonObject *body = weir_call_get_body (call);
  const char *text = json_object_get_string_member (body, "text");
  g_autoptr (JsonObject) none = json_object_new ();
  g_autofree char *address = weir_host_get_address ();
  g_autoptr (GError) mistake = NULL;
  WeirArena arena = { 0 };
  WeirRandom random;
  WeirExprTrial trial;
  _Atomic int64_t next_int = 0;
  const WeirExprScope scope = {
    .subject = json_object_has_member (body, "attributes")
                   ? json_object_get_object_member (body, "attributes")
                   : none,
    .lookup = on_lookup,
    .count = on_count,
    .nth = on_nth,
    .clock = desk->clock,
    .random = &random,
    .next_int = &next_int,
    .hostname = g_get_host_name (),
    .full_hostname = g_get_host_name (),
    .address = address,
  };

  weir_random_init (&random, weir_random_system_seed ());
  weir_expr_try (text, &scope, &arena, &trial, &mistake);
  put_trial (weir_call_answer (call), text, &trial, mistake);
  weir_arena_clear (&arena);
  return true;
}

static const WeirMethod rows[] = {
  {
      .name = "expression.functions",
      .verb = "GET",
      .path = "/v1/functions",
      .role = WEIR_ROLE_VIEWER,
      .doc = "The functions of the expression language. One name may be there several times, for "
             "several types.",
      .result = "{\"type\":\"object\",\"required\":[\"functions\"],\"properties\":{\"functions\":{"
                "\"type\":\"array\",\"items\":{\"$ref\":\"Function\"}}}}",
      .answer = "{\"functions\":[{\"name\":\"toUpper\",\"family\":\"Texts\",\"subject\":\"text\","
                "\"parameters\":[],\"more\":false,\"value\":\"text\",\"description\":\"In capital "
                "letters.\",\"example\":\"${name:toUpper()}\",\"attributes\":\"name=orders\","
                "\"result\":\"ORDERS\"}]}",
      .handle = on_functions,
  },
  {
      .name = "expression.eval",
      .verb = "POST",
      .path = "/v1/eval",
      .role = WEIR_ROLE_VIEWER,
      .doc =
          "What a text with expressions gives, or where its mistake is. Nothing changes, and the "
          "environment of the server cannot be seen.",
      .body = "{\"type\":\"object\",\"required\":[\"text\"],\"properties\":{\"text\":{\"type\":"
              "\"string\",\"maxLength\":65536,\"description\":\"As it stands in a property\"},"
              "\"attributes\":{\"type\":\"object\",\"description\":\"Of the FlowFile\","
              "\"additionalProperties\":{\"type\":\"string\"}}}}",
      .result = "{\"$ref\":\"Trial\"}",
      .example =
          "{\"text\":\"${filename:toUpper()}.txt\",\"attributes\":{\"filename\":\"orders\"}}",
      .answer = "{\"value\":\"ORDERS.txt\",\"type\":\"text\"}",
      .handle = on_eval,
  },
  { NULL },
};

static const WeirSchemaText schemas[] = {
  { "Function",
    "{\"type\":\"object\",\"description\":\"A function of the expression language\",\"required\":["
    "\"name\",\"family\",\"parameters\",\"more\",\"value\",\"description\",\"example\"],"
    "\"properties\":{\"name\":{\"type\":\"string\"},\"family\":{\"type\":\"string\"},"
    "\"subject\":{\"type\":\"string\",\"description\":\"What stands before the colon; not there: "
    "it "
    "begins an expression\"},\"parameters\":{\"type\":\"array\",\"items\":{\"type\":\"object\","
    "\"required\":[\"name\",\"type\",\"required\"],\"properties\":{\"name\":{\"type\":\"string\"},"
    "\"type\":{\"type\":\"string\"},\"required\":{\"type\":\"boolean\"}}}},"
    "\"more\":{\"type\":\"boolean\",\"description\":\"The last one may be repeated\"},"
    "\"value\":{\"type\":\"string\",\"description\":\"Type of what it gives\"},"
    "\"description\":{\"type\":\"string\"},\"example\":{\"type\":\"string\"},"
    "\"attributes\":{\"type\":\"string\",\"description\":\"Of the example, a line each\"},"
    "\"result\":{\"type\":\"string\",\"description\":\"Of the example; not there: it "
    "differs\"}}}" },
  { "Trial", "{\"type\":\"object\",\"description\":\"A value, or a mistake\",\"properties\":{"
             "\"value\":{\"type\":\"string\"},\"type\":{\"type\":\"string\"},"
             "\"error\":{\"type\":\"string\",\"description\":\"The mistake\"},"
             "\"line\":{\"type\":\"integer\"},\"column\":{\"type\":\"integer\"},"
             "\"unclosed\":{\"type\":\"integer\",\"description\":\"Where a ${ stands that no } "
             "closes\"}}}" },
  { NULL },
};

const WeirMethodTable weir_methods_expressions = {
  .title = "Expressions",
  .doc = "The language of properties: docs/expression-language.md.",
  .rows = rows,
  .schemas = schemas,
};
