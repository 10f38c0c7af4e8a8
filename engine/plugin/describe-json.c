/* describe-json.c: descriptors for programs. Names and meanings only ever get added here: the
 * designer and people's scripts read them. */
#include "plugin/describe.h"
#include "plugin/property.h"
#include <json-glib/json-glib.h>

static const char *const inputs[] = { "required", "allowed", "forbidden" };
static const char *const roles[] = { "transform", "source", "sink" };
static const char *const threadings[] = { "serial", "concurrent" };
static const char *const hints[] = { NULL, "file", "directory", "regex", "text", "charset" };
static const char *const type_names[] = { NULL,   "boolean",  "integer", "number",     "string",
                                          "size", "duration", "choice",  "expression", "service" };

G_STATIC_ASSERT (G_N_ELEMENTS (hints) == WEIR_HINT_CHARSET + 1);
G_STATIC_ASSERT (G_N_ELEMENTS (type_names) == WEIR_TYPE_SERVICE + 1);

/* What is NULL is left out. */
static void
add_string (JsonBuilder *builder, const char *name, const char *value)
{
  if (value == NULL)
    return;
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, value);
}

static void
add_bool (JsonBuilder *builder, const char *name, bool value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_boolean_value (builder, value);
}

static void
add_number (JsonBuilder *builder, const char *name, double value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_double_value (builder, value);
}

static void
begin_array (JsonBuilder *builder, const char *name)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
}

static void
add_described (JsonBuilder *builder, const char *key, const char *name, const char *description)
{
  json_builder_begin_object (builder);
  add_string (builder, key, name);
  add_string (builder, "description", description);
  json_builder_end_object (builder);
}

static void
add_property (JsonBuilder *builder, const WeirProperty *property)
{
  json_builder_begin_object (builder);
  add_string (builder, "name", property->name);
  add_string (builder, "description", property->description);
  add_string (builder, "type", type_names[property->type]);
  add_string (builder, "default", property->default_value);
  add_string (builder, "example", property->example);
  add_string (builder, "hint", hints[property->hint]);
  add_string (builder, "interface", property->interface);
  add_bool (builder, "required", property->required);
  add_bool (builder, "sensitive", property->sensitive);
  if (weir_property_has_minimum (property))
    add_number (builder, "minimum", property->minimum);
  if (weir_property_has_maximum (property))
    add_number (builder, "maximum", property->maximum);
  if (property->allowed != NULL) {
    begin_array (builder, "allowed");
    for (const WeirAllowed *allowed = property->allowed; allowed->value != NULL; allowed++)
      add_described (builder, "value", allowed->value, allowed->description);
    json_builder_end_array (builder);
  }
  json_builder_end_object (builder);
}

static void
add_attributes (JsonBuilder *builder, const char *name, const WeirAttributeDoc *attributes,
                size_t n)
{
  begin_array (builder, name);
  for (size_t i = 0; i < n; i++)
    add_described (builder, "name", attributes[i].name, attributes[i].description);
  json_builder_end_array (builder);
}

static void
add_tags (JsonBuilder *builder, const char *tags)
{
  g_auto (GStrv) words = g_strsplit (tags, ",", -1);

  begin_array (builder, "tags");
  for (size_t i = 0; words[i] != NULL; i++)
    if (*g_strstrip (words[i]) != '\0')
      json_builder_add_string_value (builder, words[i]);
  json_builder_end_array (builder);
}

static void
add_dynamic (JsonBuilder *builder, const WeirDynamic *dynamic)
{
  if (dynamic == NULL)
    return;
  json_builder_set_member_name (builder, "dynamic");
  json_builder_begin_object (builder);
  add_string (builder, "name", dynamic->name);
  add_string (builder, "value", dynamic->value);
  add_string (builder, "description", dynamic->description);
  add_bool (builder, "expressions", !dynamic->no_expressions);
  add_bool (builder, "may_be_secret", dynamic->may_be_secret);
  json_builder_end_object (builder);
}

static void
add_module (JsonBuilder *builder, const WeirRegistryType *type)
{
  json_builder_set_member_name (builder, "module");
  json_builder_begin_object (builder);
  add_string (builder, "name", type->module);
  add_string (builder, "version", type->version);
  add_string (builder, "file", type->file);
  json_builder_end_object (builder);
}

/* What both kinds have. */
static void
begin_type (JsonBuilder *builder, const WeirRegistryType *type)
{
  const WeirProcessor *processor = type->processor;

  json_builder_begin_object (builder);
  add_string (builder, "name", processor->name);
  add_string (builder, "summary", processor->summary);
  add_string (builder, "description", processor->description);
  add_tags (builder, processor->tags);
  add_module (builder, type);
  begin_array (builder, "properties");
  for (size_t i = 0; i < processor->n_properties; i++)
    add_property (builder, &processor->properties[i]);
  json_builder_end_array (builder);
  add_dynamic (builder, processor->dynamic);
}

static void
add_processor (JsonBuilder *builder, const WeirRegistryType *type)
{
  const WeirProcessor *processor = type->processor;

  begin_type (builder, type);
  add_string (builder, "input", inputs[processor->input]);
  add_string (builder, "role", roles[processor->role]);
  add_string (builder, "threading", threadings[processor->threading]);
  add_bool (builder, "side_effects", processor->side_effects);
  add_bool (builder, "any_destination", processor->any_destination);
  begin_array (builder, "relationships");
  for (size_t i = 0; i < processor->n_relationships; i++)
    add_described (builder, "name", processor->relationships[i].name,
                   processor->relationships[i].description);
  json_builder_end_array (builder);
  add_attributes (builder, "reads", processor->reads, processor->n_reads);
  add_attributes (builder, "writes", processor->writes, processor->n_writes);
  json_builder_end_object (builder);
}

static void
add_service (JsonBuilder *builder, const WeirRegistryType *type)
{
  begin_type (builder, type);
  add_string (builder, "interface", type->service->interface);
  add_bool (builder, "verify", type->service->on_verify != NULL);
  json_builder_end_object (builder);
}

static void
add_types (JsonBuilder *builder, const GPtrArray *types, bool are_services)
{
  begin_array (builder, are_services ? "services" : "types");
  for (guint i = 0; i < types->len; i++) {
    const WeirRegistryType *type = g_ptr_array_index (types, i);

    if (are_services && type->service != NULL)
      add_service (builder, type);
    else if (!are_services && type->service == NULL)
      add_processor (builder, type);
  }
  json_builder_end_array (builder);
}

char *
weir_describe_json (const GPtrArray *types, const char *const *problems)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "abi");
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "major");
  json_builder_add_int_value (builder, WEIR_ABI_MAJOR);
  json_builder_set_member_name (builder, "minor");
  json_builder_add_int_value (builder, WEIR_ABI_MINOR);
  json_builder_end_object (builder);
  add_types (builder, types, false);
  add_types (builder, types, true);
  begin_array (builder, "problems");
  for (size_t i = 0; problems[i] != NULL; i++)
    json_builder_add_string_value (builder, problems[i]);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  return json_to_string (root, TRUE);
}
