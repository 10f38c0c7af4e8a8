#include "plugin/catalog.h"
#include <string.h>

typedef struct {
  int64_t count;
  char *password;
  char *text;
  const WeirExpr *header;
} State;

static const WeirProperty properties[] = {
  { "Count", "", WEIR_FIELD (State, count), .required = true },
  { "Password", "", WEIR_FIELD (State, password), .sensitive = true },
  { "Text", "", WEIR_FIELD (State, text) },
  { "Header", "", WEIR_FIELD (State, header), .sensitive = true },
};

static const WeirRelationship relationships[] = { { "success", "" }, { "failure", "" } };

static bool
on_trigger (void *state, WeirSession *session, GError **error)
{
  return true;
}

static bool
on_configure (const void *state, WeirConfig *config, GError **error)
{
  for (size_t i = 0; i < weir_config_get_n_dynamic (config); i++)
    weir_config_add_relationship (config, weir_config_get_dynamic (config, i)->name, "");
  return true;
}

static const WeirProcessor plain = {
  WEIR_PROCESSOR_ABI,           .name = "Plain",
  .summary = "For tests.",      .input = WEIR_INPUT_FORBIDDEN,
  .state_size = sizeof (State), .on_trigger = on_trigger,
  WEIR_PROPERTIES (properties), WEIR_RELATIONSHIPS (relationships),
};

static const WeirDynamic dynamic = { "relationship", "anything", "A relationship each." };

static const WeirProcessor router = {
  WEIR_PROCESSOR_ABI,           .name = "Router",
  .summary = "For tests.",      .dynamic = &dynamic,
  .on_configure = on_configure, .on_trigger = on_trigger,
};

static const WeirDynamic headers = {
  .name = "header", .value = "anything", .description = "A header each.", .may_be_secret = true
};

static const WeirProcessor caller = {
  WEIR_PROCESSOR_ABI,  .name = "Caller",         .summary = "For tests.",
  .dynamic = &headers, .on_trigger = on_trigger,
};

typedef struct {
  WeirRegistry *registry;
  WeirTypeCatalog catalog;
  GPtrArray *values;
  GPtrArray *problems;
  WeirTypeInfo info;
} Fixture;

static void
set_up (Fixture *self, const void *data)
{
  self->registry = weir_registry_new ("");
  weir_registry_add_builtin (self->registry, &plain);
  weir_registry_add_builtin (self->registry, &router);
  weir_registry_add_builtin (self->registry, &caller);
  self->catalog = weir_catalog_new (self->registry);
  self->values = g_ptr_array_new_with_free_func (g_free);
  self->problems = weir_problems_new ();
  self->info.relationships = g_ptr_array_new_with_free_func (g_free);
}

static void
tear_down (Fixture *self, const void *data)
{
  g_ptr_array_unref (self->info.relationships);
  g_ptr_array_unref (self->problems);
  g_ptr_array_unref (self->values);
  weir_registry_free (self->registry);
}

/* A property in line @line whose text becomes @value. */
static void
add_value (Fixture *self, WeirProcessorNode *node, const char *name, WeirResolved value,
           unsigned line)
{
  weir_properties_add (node->properties, name, "")->origin.line = line;
  g_ptr_array_add (self->values, g_memdup2 (&value, sizeof value));
}

/* Describes @node and frees it. */
static bool
describe (Fixture *self, WeirProcessorNode *node)
{
  bool is_sure;

  node->base.origin.line = 3;
  is_sure =
      self->catalog.describe (self->catalog.data, node, self->values, &self->info, self->problems);
  weir_component_free (&node->base);
  return is_sure;
}

static void
assert_problem (const Fixture *self, guint index, unsigned line, const char *message)
{
  const WeirProblem *problem;

  g_assert_cmpuint (index, <, self->problems->len);
  problem = g_ptr_array_index (self->problems, index);
  g_assert_cmpstr (problem->message, ==, message);
  g_assert_cmpuint (problem->origin.line, ==, line);
}

static void
assert_relationships (const Fixture *self, const char *expected)
{
  g_autofree char *joined = NULL;

  g_ptr_array_add (self->info.relationships, NULL);
  joined = g_strjoinv (" ", (char **)self->info.relationships->pdata);
  g_assert_cmpstr (joined, ==, expected);
}

static void
test_good_processor (Fixture *self, const void *data)
{
  WeirProcessorNode *node = weir_processor_node_new ("a", "Plain");

  add_value (self, node, "Count", (WeirResolved){ .text = (char *)"7" }, 4);
  g_assert_true (describe (self, node));
  g_assert_cmpuint (self->problems->len, ==, 0);
  g_assert_cmpint (self->info.input, ==, WEIR_INPUT_FORBIDDEN);
  assert_relationships (self, "success failure");
}

static void
test_added_relationships (Fixture *self, const void *data)
{
  WeirProcessorNode *node = weir_processor_node_new ("a", "Router");

  add_value (self, node, "big", (WeirResolved){ .text = (char *)"" }, 4);
  add_value (self, node, "small", (WeirResolved){ .text = (char *)"" }, 5);
  g_assert_true (describe (self, node));
  assert_relationships (self, "big small");
}

static void
test_unknown_type (Fixture *self, const void *data)
{
  g_assert_false (describe (self, weir_processor_node_new ("a", "router")));
  assert_problem (self, 0, 3, "there is no processor type 'router'; did you mean 'Router'?");
  g_assert_cmpuint (self->info.relationships->len, ==, 0);
}

/* One line for each processor, and one for what they have in common. */
static void
test_no_types_at_all (Fixture *self, const void *data)
{
  weir_registry_free (self->registry);
  self->registry = weir_registry_new ("/nonexistent/\nmodules");
  self->catalog = weir_catalog_new (self->registry);
  g_assert_false (describe (self, weir_processor_node_new ("a", "GetFile")));
  g_assert_false (describe (self, weir_processor_node_new ("b", "GetFile")));
  g_assert_false (describe (self, weir_processor_node_new ("c", "PutFile")));
  g_assert_cmpuint (self->problems->len, ==, 4);
  assert_problem (self, 0, 3, "there is no processor type 'GetFile'");
  assert_problem (self, 1, 0,
                  "there are no processor types at all in '/nonexistent/?modules'; install "
                  "modules there or set WEIR_MODULE_PATH to where they are; cannot open "
                  "'/nonexistent/\\x0amodules': No such file or directory");
  assert_problem (self, 2, 3, "there is no processor type 'GetFile'");
  assert_problem (self, 3, 3, "there is no processor type 'PutFile'");
}

static void
test_problems_have_a_place (Fixture *self, const void *data)
{
  WeirProcessorNode *node = weir_processor_node_new ("a", "Plain");

  add_value (self, node, "Texd", (WeirResolved){ .text = (char *)"x" }, 4);
  g_assert_true (describe (self, node)); /* the type always has the same relationships */
  g_assert_cmpuint (self->problems->len, ==, 2);
  assert_problem (self, 0, 3, "property 'Count': is required");
  assert_problem (self, 1, 4, "property 'Texd': Plain has no such property; did you mean 'Text'?");
  assert_relationships (self, "success failure");
}

/* What could not be resolved has been told already. */
static void
test_unresolved (Fixture *self, const void *data)
{
  WeirProcessorNode *node = weir_processor_node_new ("a", "Plain");

  add_value (self, node, "Count", (WeirResolved){ .text = NULL }, 4);
  g_assert_true (describe (self, node));
  g_assert_cmpuint (self->problems->len, ==, 0);

  g_ptr_array_set_size (self->values, 0);
  node = weir_processor_node_new ("a", "Router");
  add_value (self, node, "big", (WeirResolved){ .text = NULL }, 4);
  g_assert_false (describe (self, node));
  g_assert_cmpuint (self->problems->len, ==, 0);
}

static void
test_what_is_written_down (Fixture *self, const void *data)
{
  WeirProcessorNode *node = weir_processor_node_new ("a", "Plain");

  add_value (self, node, "Count", (WeirResolved){ .text = (char *)"1" }, 4);
  add_value (self, node, "Password", (WeirResolved){ .text = (char *)"" }, 5);
  add_value (self, node, "Header", (WeirResolved){ .text = (char *)"${hostname()}" }, 6);
  describe (self, node);
  g_assert_cmpuint (self->problems->len, ==, 0);

  g_ptr_array_set_size (self->values, 0);
  node = weir_processor_node_new ("a", "Plain");
  add_value (self, node, "Count", (WeirResolved){ .text = (char *)"1" }, 4);
  add_value (self, node, "Password", (WeirResolved){ .text = (char *)"${x}" }, 5);
  add_value (self, node, "Header", (WeirResolved){ .text = (char *)"hunter2" }, 6);
  describe (self, node);
  g_assert_cmpuint (self->problems->len, ==, 2);
}

static void
test_secrets_in_added_properties (Fixture *self, const void *data)
{
  WeirProcessorNode *node = weir_processor_node_new ("a", "Router");

  add_value (self, node, "added", (WeirResolved){ .text = (char *)"hunter2", .is_secret = true },
             4);
  describe (self, node);
  g_assert_cmpuint (self->problems->len, ==, 1);
  assert_problem (self, 0, 4, "property 'added' is shown to everybody and must not hold a secret");
}

/* Where they may be secret, those that are written down are no matter for a warning: they may be
 * anything. */
static void
test_secrets_where_they_may_be (Fixture *self, const void *data)
{
  WeirProcessorNode *node = weir_processor_node_new ("a", "Caller");

  add_value (self, node, "Authorization",
             (WeirResolved){ .text = (char *)"Bearer hunter2", .is_secret = true }, 4);
  add_value (self, node, "Accept", (WeirResolved){ .text = (char *)"text/plain" }, 5);
  g_assert_true (describe (self, node));
  g_assert_cmpuint (self->problems->len, ==, 0);
}

static void
test_secrets (Fixture *self, const void *data)
{
  WeirProcessorNode *node = weir_processor_node_new ("a", "Plain");
  const WeirProblem *problem;

  add_value (self, node, "Count", (WeirResolved){ .text = (char *)"1" }, 4);
  add_value (self, node, "Text", (WeirResolved){ .text = (char *)"hunter2", .is_secret = true }, 5);
  add_value (self, node, "Password", (WeirResolved){ .text = (char *)"hunter2" }, 6);
  describe (self, node);
  g_assert_cmpuint (self->problems->len, ==, 2);
  assert_problem (self, 0, 5, "property 'Text' is shown to everybody and must not hold a secret");
  assert_problem (self, 1, 6,
                  "property 'Password' is a secret that everybody who reads the flow file sees");
  problem = g_ptr_array_index (self->problems, 0);
  g_assert_cmpint (problem->severity, ==, WEIR_SEVERITY_ERROR);
  problem = g_ptr_array_index (self->problems, 1);
  g_assert_cmpint (problem->severity, ==, WEIR_SEVERITY_WARNING);

  g_ptr_array_set_size (self->problems, 0);
  g_ptr_array_set_size (self->values, 0);
  node = weir_processor_node_new ("a", "Plain");
  add_value (self, node, "Count", (WeirResolved){ .text = (char *)"1" }, 4);
  add_value (self, node, "Password", (WeirResolved){ .text = (char *)"hunter2", .is_secret = true },
             6);
  g_assert_true (describe (self, node));
  g_assert_cmpuint (self->problems->len, ==, 0);
}

static void
test_services (Fixture *self, const void *data)
{
  WeirServiceNode *node = weir_service_node_new ("db", "SqlConnection");

  node->base.origin.line = 8;
  self->catalog.describe_service (self->catalog.data, node, self->values, self->problems);
  assert_problem (self, 0, 8,
                  "there is no service type 'SqlConnection'; weir inspect lists those there are");
  weir_component_free (&node->base);
}

static void
add (const char *path, void (*test) (Fixture *self, const void *data))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/catalog/good", test_good_processor);
  add ("/catalog/added", test_added_relationships);
  add ("/catalog/unknown", test_unknown_type);
  add ("/catalog/no types", test_no_types_at_all);
  add ("/catalog/place", test_problems_have_a_place);
  add ("/catalog/unresolved", test_unresolved);
  add ("/catalog/secrets", test_secrets);
  add ("/catalog/written-down", test_what_is_written_down);
  add ("/catalog/secrets-added", test_secrets_in_added_properties);
  add ("/catalog/secrets-may-be", test_secrets_where_they_may_be);
  add ("/catalog/services", test_services);
  return g_test_run ();
}
