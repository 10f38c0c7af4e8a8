#include "plugin/describe.h"
#include "sample.h"
#include <json-glib/json-glib.h>
#include <string.h>

static const WeirProcessor sample = { SAMPLE };
static const WeirProcessor bare = {
  WEIR_PROCESSOR_ABI,
  .name = "Bare",
  .summary = "Nothing but a name.",
  .tags = "",
  .on_trigger = sample_on_trigger,
};
static const WeirRegistryType sample_type = { &sample, NULL, "test", "1.5", "/lib/weir-test.so" };
static const WeirRegistryType bare_type = { &bare, NULL, "weir", "0.1.0", NULL };

static void
test_text (void)
{
  g_autofree char *text = weir_describe_text (&sample_type);

  g_assert_cmpstr (
      text, ==,
      "Sample: Shows what there is.\n"
      "\n"
      "  module   test 1.5 (/lib/weir-test.so)\n"
      "  input    none\n"
      "  role     source\n"
      "  tasks    several at once\n"
      "  tags     tests, examples\n"
      "\n"
      "  First paragraph.\n"
      "\n"
      "  Second paragraph.\n"
      "\n"
      "Properties\n"
      "\n"
      "  Count\n"
      "      whole number from 1 to 9\n"
      "      default: 5\n"
      "      How many of them. This text is long enough to be broken into more than one\n"
      "      line.\n"
      "\n"
      "  Size\n"
      "      size from 1 KB, required\n"
      "      example: 10 KB\n"
      "      How large.\n"
      "\n"
      "  Secret\n"
      "      text, sensitive\n"
      "      Nobody sees it.\n"
      "\n"
      "  Mode\n"
      "      choice\n"
      "      default: fast\n"
      "      How it is done.\n"
      "        fast              As fast as it goes.\n"
      "        safe|sound        Without a risk.\n"
      "\n"
      "  Path\n"
      "      expression (directory)\n"
      "      default: a`b\n"
      "      Where.\n"
      "\n"
      "  <attribute name>\n"
      "      <attribute value>, any number of these\n"
      "      Sets the attribute.\n"
      "\n"
      "Relationships\n"
      "  success                 What went well.\n"
      "  a relationship with a long name\n"
      "                          What did not.\n"
      "\n"
      "Attributes that it reads\n"
      "  filename                Name of the file.\n"
      "\n"
      "Attributes that it writes\n"
      "  count                   How many.\n");
}

static void
test_text_of_little (void)
{
  g_autofree char *text = weir_describe_text (&bare_type);

  g_assert_cmpstr (text, ==,
                   "Bare: Nothing but a name.\n\n"
                   "  module   weir 0.1.0 (built in)\n"
                   "  input    required\n"
                   "  role     transforms\n"
                   "  tasks    one at a time\n");
}

static void
test_list (void)
{
  g_autoptr (GPtrArray) types = g_ptr_array_new ();
  g_autofree char *text = NULL;

  g_ptr_array_add (types, (void *)&bare_type);
  g_ptr_array_add (types, (void *)&sample_type);
  text = weir_describe_list (types);
  g_assert_cmpstr (text, ==,
                   "Bare                      Nothing but a name. (weir)\n"
                   "Sample                    Shows what there is. (test)\n");
}

static void
test_markdown (void)
{
  g_autofree char *text = weir_describe_markdown (&sample_type);

  g_assert_cmpstr (text, ==,
                   "# Sample\n\nShows what there is.\n\nFirst paragraph.\n\nSecond paragraph.\n"
                   "\n| module | input | role | tasks |\n|---|---|---|---|\n"
                   "| test | none | source | several at once |\n"
                   "\n## Properties\n"
                   "\n### Count\n\n*whole number from 1 to 9*; default `5`\n\n"
                   "How many of them. This text is long enough to be broken into more than one "
                   "line.\n"
                   "\n### Size\n\n*size from 1 KB, required*; example `10 KB`\n\nHow large.\n"
                   "\n### Secret\n\n*text, sensitive*\n\nNobody sees it.\n"
                   "\n### Mode\n\n*choice*; default `fast`\n\nHow it is done.\n"
                   "\n| value | meaning |\n|---|---|\n"
                   "| `fast` | As fast as it goes. |\n"
                   "| `safe\\|sound` | Without a risk. |\n"
                   "\n### Path\n\n*expression (directory)*; default ``a`b``\n\nWhere.\n"
                   "\n### Added properties\n\n*attribute name: attribute value, expression*\n\n"
                   "Sets the attribute.\n"
                   "\n## Relationships\n\n| name | what leaves there |\n|---|---|\n"
                   "| `success` | What went well. |\n"
                   "| `a relationship with a long name` | What did not. |\n"
                   "\n## Attributes read\n\n| attribute | meaning |\n|---|---|\n"
                   "| `filename` | Name of the file. |\n"
                   "\n## Attributes written\n\n| attribute | meaning |\n|---|---|\n"
                   "| `count` | How many. |\n"
                   "\nTags: tests, examples\n");
}

static void
test_markdown_list (void)
{
  g_autoptr (GPtrArray) types = g_ptr_array_new ();
  g_autofree char *text = NULL;

  g_ptr_array_add (types, (void *)&sample_type);
  text = weir_describe_markdown_list (types);
  g_assert_true (g_str_has_prefix (text, "# Processors and services\n"));
  g_assert_true (g_str_has_suffix (text, "\n| [Sample](Sample.md) | Shows what there is. | `test` "
                                         "|\n"));
}

static const int methods = 1;
typedef struct {
  const WeirService *next;
} ShelfState;
static const WeirProperty shelf_properties[] = {
  { "Next", "Another one.", WEIR_FIELD (ShelfState, next), .interface = "test.shelf" },
};
static const WeirProcessor shelf = { WEIR_PROCESSOR_ABI, .name = "Shelf",
                                     .summary = "Holds things.", .tags = "",
                                     WEIR_PROPERTIES (shelf_properties) };
static const WeirServiceDescriptor shelf_service = { (WeirProcessor *)&shelf, "test.shelf",
                                                     &methods, NULL };
static const WeirRegistryType shelf_type = { &shelf, &shelf_service, "weir", "0.1.0", NULL };

/* It has no input, role or tasks, but something that it offers. */
static void
test_service (void)
{
  g_autoptr (GPtrArray) types = g_ptr_array_new ();
  const char *const problems[] = { NULL };
  g_autofree char *text = weir_describe_text (&shelf_type);
  g_autofree char *page = weir_describe_markdown (&shelf_type);
  g_autofree char *list = NULL;
  g_autofree char *json = NULL;

  g_assert_cmpstr (text, ==,
                   "Shelf: Holds things.\n"
                   "\n"
                   "  module   weir 0.1.0 (built in)\n"
                   "  offers   test.shelf\n"
                   "\n"
                   "Properties\n"
                   "\n"
                   "  Next\n"
                   "      service (one that offers test.shelf)\n"
                   "      Another one.\n");
  g_assert_nonnull (strstr (page, "\n| module | service that offers |\n|---|---|\n"
                                  "| weir | test.shelf |\n"));
  g_ptr_array_add (types, (void *)&sample_type);
  g_ptr_array_add (types, (void *)&shelf_type);
  list = weir_describe_markdown_list (types);
  g_assert_true (g_str_has_suffix (list, "\n\n| service | what it is | module |\n|---|---|---|\n"
                                         "| [Shelf](Shelf.md) | Holds things. | `weir` |\n"));
  json = weir_describe_json (types, problems);
  g_assert_nonnull (strstr (json, "\"interface\" : \"test.shelf\",\n      \"verify\" : false"));
}

static JsonObject *
get_object (JsonObject *object, const char *array, guint index)
{
  return json_array_get_object_element (json_object_get_array_member (object, array), index);
}

static void
test_json (void)
{
  const char *const problems[] = { "weir-x.so: is \"odd\"", NULL };
  g_autoptr (GPtrArray) types = g_ptr_array_new ();
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autofree char *text = NULL;
  JsonObject *root, *type, *property;

  g_ptr_array_add (types, (void *)&sample_type);
  g_ptr_array_add (types, (void *)&bare_type);
  text = weir_describe_json (types, problems);
  g_assert_true (json_parser_load_from_data (parser, text, -1, NULL));
  root = json_node_get_object (json_parser_get_root (parser));
  g_assert_cmpint (
      json_object_get_int_member (json_object_get_object_member (root, "abi"), "major"), ==, 1);
  g_assert_cmpstr (
      json_array_get_string_element (json_object_get_array_member (root, "problems"), 0), ==,
      problems[0]);

  type = get_object (root, "types", 0);
  g_assert_cmpstr (json_object_get_string_member (type, "name"), ==, "Sample");
  g_assert_cmpstr (json_object_get_string_member (type, "input"), ==, "forbidden");
  g_assert_cmpstr (json_object_get_string_member (type, "role"), ==, "source");
  g_assert_cmpstr (json_object_get_string_member (type, "threading"), ==, "concurrent");
  g_assert_true (json_object_get_boolean_member (type, "side_effects"));
  g_assert_false (json_object_get_boolean_member (type, "any_destination"));
  g_assert_cmpstr (json_array_get_string_element (json_object_get_array_member (type, "tags"), 1),
                   ==, "examples");
  g_assert_cmpstr (
      json_object_get_string_member (json_object_get_object_member (type, "module"), "file"), ==,
      "/lib/weir-test.so");
  g_assert_true (json_object_get_boolean_member (json_object_get_object_member (type, "dynamic"),
                                                 "expressions"));
  g_assert_cmpstr (json_object_get_string_member (get_object (type, "relationships", 1), "name"),
                   ==, "a relationship with a long name");
  g_assert_cmpstr (json_object_get_string_member (get_object (type, "reads", 0), "name"), ==,
                   "filename");
  g_assert_cmpstr (json_object_get_string_member (get_object (type, "writes", 0), "description"),
                   ==, "How many.");

  property = get_object (type, "properties", 0);
  g_assert_cmpstr (json_object_get_string_member (property, "type"), ==, "integer");
  g_assert_cmpfloat (json_object_get_double_member (property, "maximum"), ==, 9);
  g_assert_false (json_object_has_member (property, "allowed"));
  property = get_object (type, "properties", 1);
  g_assert_true (json_object_get_boolean_member (property, "required"));
  g_assert_cmpfloat (json_object_get_double_member (property, "minimum"), ==, 1024);
  g_assert_false (json_object_has_member (property, "maximum"));
  g_assert_false (json_object_has_member (property, "default"));
  property = get_object (type, "properties", 3);
  g_assert_cmpstr (json_object_get_string_member (get_object (property, "allowed", 1), "value"), ==,
                   "safe|sound");
  property = get_object (type, "properties", 4);
  g_assert_cmpstr (json_object_get_string_member (property, "hint"), ==, "directory");

  type = get_object (root, "types", 1);
  g_assert_false (json_object_has_member (type, "dynamic"));
  g_assert_false (json_object_has_member (type, "description"));
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (type, "properties")), ==,
                    0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/describe/text", test_text);
  g_test_add_func ("/describe/little", test_text_of_little);
  g_test_add_func ("/describe/list", test_list);
  g_test_add_func ("/describe/markdown", test_markdown);
  g_test_add_func ("/describe/markdown-list", test_markdown_list);
  g_test_add_func ("/describe/service", test_service);
  g_test_add_func ("/describe/json", test_json);
  return g_test_run ();
}
