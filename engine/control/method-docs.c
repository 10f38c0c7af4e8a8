/* method-docs.c: see the header. */
#include "control/method-docs.h"

#include <json-glib/json-glib.h>
#include <string.h>

static const char head[] =
    "# The control API\n\n"
    "This page is printed from the table that requests are checked by (`./dev docs`); "
    "[openapi.json](openapi.json) says the same\nto programs. How it works inside: "
    "[internals/control.md](internals/control.md).\n\n"
    "    curl --unix-socket $XDG_RUNTIME_DIR/weir/control.sock http://localhost/v1/server\n"
    "    curl -H \"Authorization: Bearer $TOKEN\" https://host:8443/v1/server\n\n"
    "## What is the same everywhere\n\n"
    "- Bodies and answers are JSON unless a method says otherwise; a body comes with "
    "`Content-Type: application/json`. Unknown\n  parameters and members are refused, with the one "
    "that was probably meant.\n"
    "- Texts are UTF-8 without U+0000; nothing is deeper than 64.\n"
    "- Names in paths are percent-encoded: the processor `archive/read` is `archive%2Fread`.\n"
    "- Each answer has a header `Weir-Request` with the id by which the audit and the journal know "
    "the request.\n"
    "- A *time* is RFC 3339 (`2026-11-21T03:00:00Z`), or a duration ago (`15 min`).\n"
    "- What fails is answered with `{\"error\": {\"code\", \"message\"}}`. The message is for "
    "people; "
    "programs go by code and status:\n\n"
    "| status | code | means |\n|---|---|---|\n"
    "| 400 | `invalid` | a parameter or the body is not what the method takes |\n"
    "| 401 | `permission` | there is no token, or it is not valid |\n"
    "| 403 | `permission` | the role is not enough |\n"
    "| 404 | `not-found` | there is nothing of that name, or not for who asks |\n"
    "| 405, 415, 501 | `unsupported` | not this verb, not this type of body, not by this version "
    "|\n"
    "| 409 | `exists` | it is there already, or somebody was faster |\n"
    "| 413, 422 | `limit` | larger or more than allowed |\n"
    "| 429 | `permission` | too many wrong tokens: `Retry-After` says how long |\n"
    "| 500 | `failed`, `corrupt` | it did not work |\n"
    "| 503 | `io`, `limit` | not now: `Retry-After` |\n\n"
    "## Who may\n\n"
    "| role | may |\n|---|---|\n"
    "| viewer | see everything but contents and attributes |\n"
    "| operator | and start, stop, empty, replay; see contents and attributes |\n"
    "| editor | and change flows, which means: run what the server may run |\n"
    "| admin | and manage tokens, and flows as a whole |\n\n"
    "Over the Unix socket the system says who asks: the server's own user and root are admin, "
    "others "
    "what the configuration\nsays. Over the network a token does. A token may be bound to some "
    "flows: "
    "all others are answered as if they were not\nthere.\n";

/* --- schemas in words --- */

static void append_kind (GString *out, JsonObject *schema);

static void
append_list (GString *out, JsonArray *array, const char *quote)
{
  for (guint i = 0; i < json_array_get_length (array); i++)
    g_string_append_printf (out, "%s%s%s%s", i > 0 ? " or " : "", quote,
                            json_array_get_string_element (array, i), quote);
}

static void
append_type (GString *out, JsonObject *schema, const char *type)
{
  if (strcmp (type, "array") == 0) {
    g_string_append (out, "array of ");
    if (json_object_has_member (schema, "items"))
      append_kind (out, json_object_get_object_member (schema, "items"));
    else
      g_string_append (out, "anything");
    return;
  }
  if (strcmp (type, "object") == 0 && json_object_has_member (schema, "additionalProperties") &&
      JSON_NODE_HOLDS_OBJECT (json_object_get_member (schema, "additionalProperties"))) {
    g_string_append (out, "map of names to ");
    append_kind (out, json_object_get_object_member (schema, "additionalProperties"));
    return;
  }
  g_string_append (out, strcmp (type, "string") == 0 ? "text" : type);
}

/* "text", "array of [Edit](#edit)", "`on` or `off`". */
static void
append_kind (GString *out, JsonObject *schema)
{
  const char *reference = json_object_get_string_member_with_default (schema, "$ref", NULL);
  JsonNode *type = json_object_get_member (schema, "type");

  if (reference != NULL) {
    g_autofree char *anchor = g_ascii_strdown (reference, -1);

    g_string_append_printf (out, "[%s](#%s)", reference, anchor);
  } else if (json_object_has_member (schema, "enum")) {
    append_list (out, json_object_get_array_member (schema, "enum"), "`");
  } else if (type == NULL) {
    g_string_append (out, "anything");
  } else if (JSON_NODE_HOLDS_ARRAY (type)) {
    append_list (out, json_node_get_array (type), "");
  } else {
    append_type (out, schema, json_node_get_string (type));
  }
}

static bool
is_required (JsonObject *schema, const char *name)
{
  JsonArray *required = json_object_has_member (schema, "required")
                            ? json_object_get_array_member (schema, "required")
                            : NULL;

  for (guint i = 0; required != NULL && i < json_array_get_length (required); i++)
    if (strcmp (json_array_get_string_element (required, i), name) == 0)
      return true;
  return false;
}

/* Members that are objects themselves, or arrays of them, are told below their name. */
static void
append_members (GString *out, JsonObject *schema, const char *indent)
{
  JsonObject *properties = json_object_has_member (schema, "properties")
                               ? json_object_get_object_member (schema, "properties")
                               : NULL;
  g_autofree char *deeper = g_strconcat (indent, "  ", NULL);
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  if (properties == NULL)
    return;
  json_object_iter_init_ordered (&iter, properties);
  while (json_object_iter_next_ordered (&iter, &name, &node)) {
    JsonObject *member = json_node_get_object (node);
    const char *doc = json_object_get_string_member_with_default (member, "description", NULL);

    g_string_append_printf (out, "%s- `%s`%s: ", indent, name,
                            is_required (schema, name) ? "" : " (optional)");
    append_kind (out, member);
    g_string_append_printf (out, "%s%s\n", doc != NULL ? ". " : "", doc != NULL ? doc : "");
    append_members (out, member, deeper);
    if (json_object_has_member (member, "items"))
      append_members (out, json_object_get_object_member (member, "items"), deeper);
  }
}

static void
append_schema (GString *out, const char *text)
{
  g_autoptr (JsonNode) node = json_from_string (text, NULL);
  JsonObject *schema = json_node_get_object (node);
  JsonArray *alternatives = json_object_has_member (schema, "oneOf")
                                ? json_object_get_array_member (schema, "oneOf")
                                : NULL;

  for (guint i = 0; alternatives != NULL && i < json_array_get_length (alternatives); i++) {
    g_string_append (out, i > 0 ? " or " : "One of ");
    append_kind (out, json_array_get_object_element (alternatives, i));
  }
  if (alternatives != NULL) {
    g_string_append (out, ".\n");
    return;
  }
  if (!json_object_has_member (schema, "properties")) {
    g_string_append (out, "- ");
    append_kind (out, schema);
    g_string_append (out, "\n");
  }
  append_members (out, schema, "");
}

/* --- methods --- */

static void
append_param (GString *out, const WeirParam *param)
{
  static const char *const kinds[] = {
    [WEIR_PARAM_TEXT] = "text", [WEIR_PARAM_INT] = "whole number",  [WEIR_PARAM_BOOL] = "boolean",
    [WEIR_PARAM_TIME] = "time", [WEIR_PARAM_DURATION] = "duration", [WEIR_PARAM_FLOW] = "flow",
  };

  g_string_append_printf (out, "| `%s` | %s%s | ", param->name,
                          param->is_in_path ? "path" : "query",
                          param->is_required && !param->is_in_path ? ", required" : "");
  if (param->choices != NULL) {
    g_autofree char *list = g_strjoinv ("`, `", (GStrv)param->choices);

    g_string_append_printf (out, "`%s`", list);
  } else {
    g_string_append (out, kinds[param->kind]);
  }
  if (param->kind == WEIR_PARAM_INT && param->max != 0 && param->max < INT64_MAX)
    g_string_append_printf (out, " from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, param->min,
                            param->max);
  g_string_append_printf (out, " | %s |\n", param->doc);
}

static void
append_example (GString *out, const char *text)
{
  g_autoptr (JsonNode) node = *text == '{' || *text == '[' ? json_from_string (text, NULL) : NULL;
  g_autofree char *pretty = node != NULL ? json_to_string (node, TRUE) : g_strdup (text);

  g_string_append_printf (out, "```%s\n%s\n```\n\n", node != NULL ? "json" : "", pretty);
}

/* @schema: JSON Schema or a content type. */
static void
append_body (GString *out, const char *what, const char *schema, const char *example)
{
  if (schema == NULL)
    return;
  g_string_append_printf (out, "%s:", what);
  if (*schema != '{') {
    g_string_append_printf (out, " `%s`.\n\n", schema);
  } else if (strstr (schema, "\"$ref\"") == schema + 1) {
    g_autoptr (JsonNode) node = json_from_string (schema, NULL);

    g_string_append_c (out, ' ');
    append_kind (out, json_node_get_object (node));
    g_string_append (out, ".\n\n");
  } else {
    g_string_append (out, "\n\n");
    append_schema (out, schema);
    g_string_append_c (out, '\n');
  }
  if (example != NULL)
    append_example (out, example);
}

static void
append_row (GString *out, const WeirMethod *row)
{
  g_string_append_printf (out, "\n### `%s`\n\n`%s %s`", row->name, row->verb, row->path);
  if (row->role == WEIR_ROLE_NONE)
    g_string_append (out, " · for everybody");
  else
    g_string_append_printf (out, " · role %s", weir_role_get_text (row->role));
  g_string_append_printf (out, "%s%s\n\n%s\n\n",
                          (row->flags & WEIR_METHOD_WHOLE) != 0 ? ", of all flows" : "",
                          (row->flags & WEIR_METHOD_AUDIT) != 0 ? " · audited" : "", row->doc);
  if (row->params != NULL) {
    g_string_append (out, "| parameter | in | is | |\n|---|---|---|---|\n");
    for (const WeirParam *param = row->params; param->name != NULL; param++)
      append_param (out, param);
    g_string_append_c (out, '\n');
  }
  append_body (out, "Body", row->body, row->example);
  if (row->result == NULL)
    g_string_append_printf (out, "Answer: %d, without a body.\n",
                            row->status != 0 ? row->status : 200);
  append_body (out, row->status == 201 ? "Answer (201)" : "Answer", row->result, row->answer);
  if (g_str_has_suffix (out->str, "\n\n"))
    g_string_truncate (out, out->len - 1);
}

static void
append_named (GString *out, const WeirSchemaText *text)
{
  g_autoptr (JsonNode) node = json_from_string (text->schema, NULL);
  const char *doc =
      json_object_get_string_member_with_default (json_node_get_object (node), "description", NULL);

  g_string_append_printf (out, "\n### %s\n\n", text->name);
  if (doc != NULL)
    g_string_append_printf (out, "%s.\n\n", doc);
  append_schema (out, text->schema);
}

char *
weir_method_docs_print (const WeirMethodTable *const *tables)
{
  GString *out = g_string_new (head);

  for (size_t i = 0; tables[i] != NULL; i++) {
    g_string_append_printf (out, "\n## %s\n\n%s\n", tables[i]->title, tables[i]->doc);
    for (const WeirMethod *row = tables[i]->rows; row->name != NULL; row++)
      append_row (out, row);
  }
  g_string_append (out, "\n## What bodies and answers are made of\n");
  for (size_t i = 0; tables[i] != NULL; i++)
    for (const WeirSchemaText *text = tables[i]->schemas; text != NULL && text->name != NULL;
         text++)
      append_named (out, text);
  return g_string_free (out, FALSE);
}
