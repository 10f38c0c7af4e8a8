/* Every method of the API, as its row says it: whom it lets in, cell by cell, over a real socket,
 * held against access.txt, so that a role that changes is seen in a review; and whether the
 * examples of the docs are what the row takes and gives.
 *
 * test-control-methods --update FILE writes access.txt anew. */
#include <string.h>

#include "api-kit.h"
#include "control/call.h"
#include "control/schema.h"
#include "wire/json.h"

/* --- the rows, with functions that do nothing --- */

static bool
on_call (WeirCall *call, void *target, GError **error)
{
  weir_call_set_status (call, 200);
  return true;
}

static bool
on_find_flow (void *data, const char *name, WeirApiFlow *ret_flow, GError **error)
{
  *ret_flow = (WeirApiFlow){ .target = data };
  return true;
}

typedef struct {
  GArray *rows;    /* WeirMethod: of all tables, closed */
  GArray *schemas; /* WeirSchemaText: likewise */
  WeirMethodTable table;
} Mock;

/* Of the tables that the kit does not serve anyway. */
static void
mock_init (Mock *mock)
{
  mock->rows = g_array_new (TRUE, TRUE, sizeof (WeirMethod));
  mock->schemas = g_array_new (TRUE, TRUE, sizeof (WeirSchemaText));
  for (size_t i = 0; weir_methods[i] != NULL; i++) {
    const WeirSchemaText *schemas = weir_methods[i]->schemas;

    for (const WeirMethod *row = weir_methods[i]->rows; row->name != NULL; row++) {
      WeirMethod copy = *row;

      copy.handle = on_call;
      g_array_append_val (mock->rows, copy);
    }
    for (; schemas != NULL && schemas->name != NULL; schemas++)
      g_array_append_val (mock->schemas, *schemas);
  }
  mock->table = (WeirMethodTable){
    .rows = (const WeirMethod *)(void *)mock->rows->data,
    .schemas = (const WeirSchemaText *)(void *)mock->schemas->data,
  };
}

static void
mock_clear (Mock *mock)
{
  g_array_unref (mock->rows);
  g_array_unref (mock->schemas);
}

/* --- access --- */

typedef struct {
  const char *name; /* of the column */
  WeirUserRole role;
  bool is_bound; /* to the flow "own" */
  const char *flow;
} Cell;

static const Cell cells[] = {
  { "nobody", WEIR_ROLE_NONE, false, "own" },
  { "viewer", WEIR_ROLE_VIEWER, false, "own" },
  { "operator", WEIR_ROLE_OPERATOR, false, "own" },
  { "editor", WEIR_ROLE_EDITOR, false, "own" },
  { "admin", WEIR_ROLE_ADMIN, false, "own" },
  { "viewer-of-own", WEIR_ROLE_VIEWER, true, "own" },
  { "operator-of-own", WEIR_ROLE_OPERATOR, true, "own" },
  { "editor-of-own", WEIR_ROLE_EDITOR, true, "own" },
  { "admin-of-own", WEIR_ROLE_ADMIN, true, "own" },
  { "viewer-of-other", WEIR_ROLE_VIEWER, true, "other" },
  { "operator-of-other", WEIR_ROLE_OPERATOR, true, "other" },
  { "editor-of-other", WEIR_ROLE_EDITOR, true, "other" },
  { "admin-of-other", WEIR_ROLE_ADMIN, true, "other" },
};

static const char *
get_value (const WeirParam *param, const char *flow)
{
  if (param->choices != NULL)
    return param->choices[0];
  switch (param->kind) {
  case WEIR_PARAM_FLOW:
    return flow;
  case WEIR_PARAM_INT:
    return param->min > 1 ? "1000" : "1";
  case WEIR_PARAM_BOOL:
    return "true";
  case WEIR_PARAM_TIME:
    return "2026-01-01T00:00:00Z";
  case WEIR_PARAM_DURATION:
    return "1%20s";
  case WEIR_PARAM_TEXT:
    break;
  }
  return "x";
}

/* Names all flows that the row can name. Returns: (transfer full). */
static char *
make_path (const WeirMethod *row, const char *flow)
{
  GString *path = g_string_new (row->path);
  char joint = '?';

  for (const WeirParam *param = row->params; param != NULL && param->name != NULL; param++) {
    g_autofree char *name = g_strdup_printf ("{%s}", param->name);
    const char *value = get_value (param, flow);

    if (param->is_in_path) {
      g_string_replace (path, name, value, 0);
    } else if (param->is_required || param->kind == WEIR_PARAM_FLOW) {
      g_string_append_printf (path, "%c%s=%s", joint, param->name, value);
      joint = '&';
    }
  }
  return g_string_free (path, FALSE);
}

/* Returns: (transfer full): the status of each cell. */
static char *
ask_row (ApiKit *kit, const WeirMethod *row, char *const *tokens)
{
  GString *line = g_string_new (NULL);

  g_string_append_printf (line, "%-24s", row->name);
  for (size_t i = 0; i < G_N_ELEMENTS (cells); i++) {
    g_autofree char *path = make_path (row, cells[i].flow);
    const char *type = row->body == NULL   ? NULL
                       : *row->body == '{' ? "application/json"
                                           : row->body;
    g_autofree char *answer = api_kit_send (kit, row->verb, path, tokens[i], type,
                                            row->example != NULL ? row->example : "");

    g_string_append_printf (line, " %.3s", answer);
  }
  g_string_append_c (line, '\n');
  return g_string_free (line, FALSE);
}

static char *
ask_all (void)
{
  GString *text = g_string_new (
      "# What each method answers whom: 200 it is called, 401 who are you, "
      "403 not you, 404 there is\n# no such flow, for who is bound to some. "
      "`ninja -C build update-access` writes it; a change here is a change of rights.\n#\n#");
  char *tokens[G_N_ELEMENTS (cells)];
  static const char *const own[] = { "own", NULL };
  const WeirApiOptions options = { .find_flow = on_find_flow };
  ApiKit kit = { .is_bare = true };
  Mock mock;

  mock_init (&mock);
  api_kit_start (&kit, &mock.table, NULL, &options);
  for (size_t i = 0; i < G_N_ELEMENTS (cells); i++) {
    g_string_append_printf (text, " %s", cells[i].name);
    tokens[i] =
        api_kit_add_token (&kit, cells[i].name, cells[i].role, cells[i].is_bound ? own : NULL);
  }
  g_string_append_c (text, '\n');
  for (const WeirMethod *row = mock.table.rows; row->name != NULL; row++) {
    g_autofree char *line = ask_row (&kit, row, tokens);

    g_string_append (text, line);
  }
  for (size_t i = 0; i < G_N_ELEMENTS (cells); i++)
    g_free (tokens[i]);
  api_kit_stop (&kit);
  mock_clear (&mock);
  return g_string_free (text, FALSE);
}

static void
test_access (void)
{
  g_autofree char *actual = ask_all ();
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "access.txt", NULL);
  g_autofree char *expected = NULL;
  g_auto (GStrv) is = g_strsplit (actual, "\n", -1);
  g_auto (GStrv) was = NULL;

  g_assert_true (g_file_get_contents (path, &expected, NULL, NULL));
  was = g_strsplit (expected, "\n", -1);
  for (size_t i = 0; is[i] != NULL; i++)
    if (!g_strv_contains ((const char *const *)was, is[i]))
      g_test_message ("is now: %s", is[i]);
  for (size_t i = 0; was[i] != NULL; i++)
    if (!g_strv_contains ((const char *const *)is, was[i]))
      g_test_message ("was:    %s", was[i]);
  if (strcmp (actual, expected) != 0)
    g_test_fail_printf (
        "%s is not what the rows say; if they are right: ninja -C build update-access", path);
}

/* --- examples --- */

static void
check_example (const WeirSchema *schema, const char *row, const char *example)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = NULL;

  if (example == NULL)
    g_error ("%s has no example", row);
  node = weir_json_parse (example, strlen (example), &error);
  if (node == NULL)
    g_error ("%s: an example is no JSON: %s: %s", row, error->message, example);
  if (!weir_schema_check (schema, node, &error))
    g_error ("%s: an example does not fit its schema: %s", row, error->message);
}

static const WeirSchema *
add (WeirSchemas *schemas, const char *name, const char *text)
{
  g_autoptr (GError) error = NULL;
  const WeirSchema *schema = weir_schemas_add (schemas, name, text, &error);

  g_assert_no_error (error);
  return schema;
}

static void
test_examples (void)
{
  g_autoptr (WeirSchemas) schemas = weir_schemas_new ();
  g_autoptr (GError) error = NULL;
  const WeirSchema *bodies[500] = { NULL };
  const WeirSchema *results[500] = { NULL };
  Mock mock;

  mock_init (&mock);
  g_assert_cmpuint (mock.rows->len, <, G_N_ELEMENTS (bodies));
  for (const WeirSchemaText *text = mock.table.schemas; text->name != NULL; text++)
    add (schemas, text->name, text->schema);
  for (guint i = 0; i < mock.rows->len; i++) {
    const WeirMethod *row = &mock.table.rows[i];

    if (row->body != NULL && *row->body == '{')
      bodies[i] = add (schemas, NULL, row->body);
    if (row->result != NULL && *row->result == '{')
      results[i] = add (schemas, NULL, row->result);
  }
  weir_schemas_link (schemas, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < mock.rows->len; i++) {
    if (bodies[i] != NULL)
      check_example (bodies[i], mock.table.rows[i].name, mock.table.rows[i].example);
    if (results[i] != NULL)
      check_example (results[i], mock.table.rows[i].name, mock.table.rows[i].answer);
  }
  mock_clear (&mock);
}

int
main (int argc, char **argv)
{
  if (argc == 3 && strcmp (argv[1], "--update") == 0) {
    g_autofree char *text = ask_all ();

    return g_file_set_contents (argv[2], text, -1, NULL) ? 0 : 1;
  }
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/control/methods/access", test_access);
  g_test_add_func ("/control/methods/examples", test_examples);
  return g_test_run ();
}
