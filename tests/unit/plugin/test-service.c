#include "model/resolver.h"
#include "plugin/catalog.h"
#include "plugin/descriptor.h"
#include "plugin/lint.h"
#include "plugin/service-reference.h"

#include <string.h>

typedef struct {
  char *path;
  const WeirService *next;
} State;

static const int methods = 1;

static const WeirProperty properties[] = {
  { "Path", "Where it is.", WEIR_FIELD (State, path), .required = true, .example = "/x" },
  { "Next", "Another.", WEIR_FIELD (State, next), .interface = "test.shelf" },
};

static bool
on_trigger (void *state, WeirSession *session, GError **error)
{
  return true;
}

#define SHELF                                                                           \
  WEIR_SERVICE_ABI, .name = "Shelf", .summary = "Holds things.", .tags = "test",        \
                    WEIR_OFFERS ("test.shelf", &methods), WEIR_PROPERTIES (properties), \
                    .state_size = sizeof (State)

static const WeirServiceType shelf = { SHELF };
static const WeirServiceType drawer = { WEIR_SERVICE_ABI, .name = "Drawer",
                                        .summary = "Holds others.",
                                        WEIR_OFFERS ("test.drawer", &methods) };
static const WeirProcessor user = { WEIR_PROCESSOR_ABI,           .name = "User",
                                    .summary = "Uses a shelf.",   WEIR_PROPERTIES (properties),
                                    .state_size = sizeof (State), .on_trigger = on_trigger };

static void
refuse (const WeirServiceType *type, const char *what)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (weir_service_descriptor_new (type, &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_INVALID);
  if (strstr (error->message, what) == NULL)
    g_error ("no '%s' in \"%s\"", what, error->message);
}

static void
test_descriptor (void)
{
  g_autoptr (GError) error = NULL;
  WeirServiceDescriptor *good = weir_service_descriptor_new (&shelf, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (good->interface, ==, "test.shelf");
  g_assert_true (good->methods == &methods);
  g_assert_cmpuint (good->common->n_properties, ==, 2);
  g_assert_cmpint (good->common->properties[1].type, ==, WEIR_TYPE_SERVICE);
  g_assert_cmpstr (good->common->properties[1].interface, ==, "test.shelf");
  weir_service_descriptor_free (good);
  weir_service_descriptor_free (NULL);
}

/* A module of an older minor has no on_verify, and no interface in its properties. */
static void
test_shorter_descriptor (void)
{
  struct {
    WeirServiceType type;
    uint64_t beyond;
  } padded = { { SHELF }, 1 };
  g_autoptr (GError) error = NULL;
  WeirServiceDescriptor *descriptor;

  padded.type.on_verify = (void *)(uintptr_t)1; /* not theirs: behind their size */
  padded.type.struct_size = offsetof (WeirServiceType, on_verify);
  descriptor = weir_service_descriptor_new (&padded.type, &error);
  g_assert_no_error (error);
  g_assert_null (descriptor->on_verify);
  weir_service_descriptor_free (descriptor);

  padded.type.struct_size = sizeof padded; /* of a later version */
  descriptor = weir_service_descriptor_new (&padded.type, &error);
  g_assert_no_error (error);
  weir_service_descriptor_free (descriptor);
}

static void
test_bad_descriptors (void)
{
  WeirServiceType bad = shelf;
  WeirProperty property = properties[1];

  bad.struct_size = 40;
  refuse (&bad, "a WeirServiceType of 40 bytes");
  bad = (WeirServiceType){ SHELF };
  bad.property_size = 4;
  refuse (&bad, "a WeirProperty of 4 bytes");
  bad = (WeirServiceType){ SHELF };
  bad.name = "a b";
  refuse (&bad, "a type has no name");
  bad = (WeirServiceType){ SHELF };
  bad.interface = NULL;
  refuse (&bad, "Shelf: nothing says which interface it offers");
  bad = (WeirServiceType){ SHELF };
  bad.methods = NULL;
  refuse (&bad, "Shelf: nothing says which interface it offers");

  bad = (WeirServiceType){ SHELF };
  bad.properties = &property;
  bad.n_properties = 1;
  property.interface = NULL;
  refuse (&bad, "property 'Next' does not say which interface");
  property.interface = "test.shelf";
  property.default_value = "any";
  refuse (&bad, "property 'Next': no service is there by default");
}

typedef struct {
  WeirRegistry *registry;
  WeirFlow *flow;
  WeirGroup *inner;
} Fixture;

static void
set_up (Fixture *self, const void *data)
{
  self->registry = weir_registry_new ("");
  weir_registry_add_builtin (self->registry, &user);
  weir_registry_add_builtin_service (self->registry, &shelf);
  weir_registry_add_builtin_service (self->registry, &drawer);
  self->flow = weir_flow_new ("test");
  self->inner = weir_group_new ("inner");
  weir_group_add (self->flow->root, &self->inner->base, -1);
}

static void
tear_down (Fixture *self, const void *data)
{
  weir_flow_free (self->flow);
  weir_registry_free (self->registry);
}

static WeirServiceNode *
add_service (WeirGroup *group, const char *id, const char *type, const char *next)
{
  WeirServiceNode *node = weir_service_node_new (id, type);

  if (next != NULL)
    weir_properties_add (node->properties, "Next", next);
  weir_group_add (group, &node->base, -1);
  return node;
}

static void
test_registry (Fixture *self, const void *data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) types = weir_registry_list (self->registry);
  g_autoptr (GPtrArray) findings = g_ptr_array_new_with_free_func (g_free);
  const WeirServiceDescriptor *found = weir_registry_find_service (self->registry, "Shelf", &error);
  const WeirRegistryType *type;

  g_assert_no_error (error);
  g_assert_cmpstr (found->common->name, ==, "Shelf");
  g_assert_cmpuint (types->len, ==, 3);
  type = types->pdata[1];
  g_assert_true (type->service == found && type->processor == found->common);
  weir_lint (type->processor, findings);
  g_assert_cmpuint (findings->len, ==, 0);

  g_assert_null (weir_registry_find (self->registry, "Shelf", &error));
  g_assert_cmpstr (error->message, ==, "'Shelf' is a service, not a processor: write <service>");
  g_clear_error (&error);
  g_assert_null (weir_registry_find_service (self->registry, "User", &error));
  g_assert_cmpstr (error->message, ==, "'User' is a processor, not a service: write <processor>");
  g_clear_error (&error);
  g_assert_null (weir_registry_find_service (self->registry, "Shelv", &error));
  g_assert_cmpstr (error->message, ==, "there is no service type 'Shelv'; did you mean 'Shelf'?");
}

static const WeirServiceNode *
find (Fixture *self, const WeirComponent *owner, const char *id, const char *what)
{
  g_autoptr (GError) error = NULL;
  const WeirServiceNode *node =
      weir_service_reference_find (self->registry, owner, &properties[1], id, &error);

  if (what == NULL)
    g_assert_no_error (error);
  else if (node != NULL || strstr (error->message, what) == NULL)
    g_error ("no '%s' in \"%s\"", what, node != NULL ? "(found)" : error->message);
  return node;
}

/* The nearest one, seen from where it is named. */
static void
test_references (Fixture *self, const void *data)
{
  const WeirServiceNode *outer = add_service (self->flow->root, "books", "Shelf", NULL);
  WeirProcessorNode *above = weir_processor_node_new ("above", "User");
  WeirProcessorNode *within = weir_processor_node_new ("within", "User");
  const WeirServiceNode *inner;

  weir_group_add (self->flow->root, &above->base, -1);
  weir_group_add (self->inner, &within->base, -1);
  g_assert_true (find (self, &above->base, "books", NULL) == outer);
  g_assert_true (find (self, &within->base, "books", NULL) == outer);
  inner = add_service (self->inner, "books", "Shelf", NULL);
  g_assert_true (find (self, &above->base, "books", NULL) == outer);
  g_assert_true (find (self, &within->base, "books", NULL) == inner);

  find (self, &above->base, "boks",
        "there is no service 'boks' in this group or in those around "
        "it; did you mean 'books'?");
  find (self, &above->base, "zzz\n", "there is no service 'zzz\\x0a'");
  add_service (self->inner, "hidden", "Shelf", NULL);
  find (self, &above->base, "hidden", "there is no service 'hidden'");
  add_service (self->flow->root, "socks", "Drawer", NULL);
  find (self, &above->base, "socks",
        "is a Drawer, which offers test.drawer; here a service that "
        "offers test.shelf is needed");
  add_service (self->flow->root, "off", "Shelf", NULL)->disabled = true;
  find (self, &above->base, "off", "the service 'off' is disabled");
}

static void
test_circles (Fixture *self, const void *data)
{
  const WeirServiceNode *a = add_service (self->flow->root, "a", "Shelf", "b");
  const WeirServiceNode *b = add_service (self->flow->root, "b", "Shelf", "c");
  const WeirServiceNode *c = add_service (self->flow->root, "c", "Shelf", "b");
  const WeirServiceNode *self_same = add_service (self->flow->root, "d", "Shelf", "d");

  /* Leads into a circle and is in none. */
  g_assert_false (weir_service_reference_is_circular (self->registry, a));
  g_assert_true (weir_service_reference_is_circular (self->registry, b));
  g_assert_true (weir_service_reference_is_circular (self->registry, c));
  g_assert_true (weir_service_reference_is_circular (self->registry, self_same));
}

static guint
describe (Fixture *self, const WeirServiceNode *node, const char *what)
{
  WeirTypeCatalog catalog = weir_catalog_new (self->registry);
  g_autoptr (GPtrArray) problems = weir_problems_new ();
  g_autoptr (WeirResolver) resolver = weir_resolver_new (self->flow, NULL, NULL, NULL);
  g_autoptr (GPtrArray) values =
      weir_resolver_resolve_all (resolver, &node->base, node->properties, problems);
  bool found = what == NULL;

  catalog.describe_service (catalog.data, node, values, problems);
  for (guint i = 0; i < problems->len; i++) {
    const WeirProblem *problem = problems->pdata[i];

    found = found || strstr (problem->message, what) != NULL;
    g_test_message ("%s", problem->message);
  }
  g_assert_true (found);
  return problems->len;
}

static void
test_check (Fixture *self, const void *data)
{
  WeirServiceNode *node = add_service (self->flow->root, "a", "Shelf", NULL);

  g_assert_cmpuint (describe (self, node, "property 'Path': is required; for example '/x'"), ==, 1);
  weir_properties_add (node->properties, "Path", "/tmp");
  g_assert_cmpuint (describe (self, node, NULL), ==, 0);
  weir_properties_add (node->properties, "Pat", "/tmp");
  g_assert_cmpuint (
      describe (self, node, "property 'Pat': Shelf has no such property; did you mean 'Path'?"), ==,
      1);
  g_ptr_array_set_size (node->properties, 1);
  weir_properties_add (node->properties, "Next", "nobody");
  g_assert_cmpuint (describe (self, node, "property 'Next': there is no service 'nobody'"), ==, 1);
  g_ptr_array_set_size (node->properties, 1);
  weir_properties_add (node->properties, "Next", "a");
  g_assert_cmpuint (describe (self, node, "the service 'a' needs services that need it"), ==, 1);
  node = add_service (self->flow->root, "u", "User", NULL);
  g_assert_cmpuint (describe (self, node, "'User' is a processor, not a service"), ==, 1);
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
  g_test_add_func ("/service/descriptor", test_descriptor);
  g_test_add_func ("/service/other sizes", test_shorter_descriptor);
  g_test_add_func ("/service/bad descriptors", test_bad_descriptors);
  add ("/service/registry", test_registry);
  add ("/service/references", test_references);
  add ("/service/circles", test_circles);
  add ("/service/check", test_check);
  return g_test_run ();
}
