/* methods-types.c: the catalogue of what flows are made of: as `weir inspect --json` prints it. */
#include "control/desk.h"

#include "control/call.h"
#include "plugin/describe.h"

static bool
on_list (WeirCall *call, void *target, GError **error)
{
  const WeirDesk *desk = target;
  g_autoptr (GPtrArray) types = weir_registry_list (desk->registry);
  g_auto (GStrv) problems = weir_registry_get_problems (desk->registry);
  g_autofree char *text = weir_describe_json (types, (const char *const *)problems);

  g_string_append (weir_call_answer (call), text);
  return true;
}

static bool
on_get (WeirCall *call, void *target, GError **error)
{
  static const char *const no_problems[] = { NULL };
  const WeirDesk *desk = target;
  const WeirRegistryType *type =
      weir_registry_find_type (desk->registry, weir_call_get_text (call, "type"), error);
  g_autoptr (GPtrArray) types = NULL;
  g_autofree char *text = NULL;

  if (type == NULL)
    return false;
  types = g_ptr_array_new ();
  g_ptr_array_add (types, (gpointer)type);
  text = weir_describe_json (types, no_problems);
  g_string_append (weir_call_answer (call), text);
  return true;
}

static const WeirParam params[] = {
  { .name = "type",
    .doc = "Name of a processor or service type, such as ReplaceText.",
    .is_in_path = true,
    .is_required = true },
  { NULL },
};

#define TYPE                                                                                       \
  "{\"abi\":{\"major\":1,\"minor\":0},\"types\":[{\"name\":\"CountText\",\"summary\":\"Count "     \
  "lines "                                                                                         \
  "and "                                                                                           \
  "words\",\"description\":\"...\",\"tags\":[\"text\"],\"module\":{\"name\":\"text\",\"version\":" \
  "\"0.1.0\"},\"properties\":[{\"name\":\"Split "                                                  \
  "Lines\",\"type\":\"boolean\",\"default\":\"true\","                                             \
  "\"required\":true,\"sensitive\":false,\"description\":\"...\"}],\"input\":\"required\","        \
  "\"role\":"                                                                                      \
  "\"transform\",\"threading\":\"concurrent\",\"side_effects\":false,\"any_destination\":false,"   \
  "\"relationships\":[{\"name\":\"success\",\"description\":\"...\"}],\"reads\":[],\"writes\":[]}" \
  "],"                                                                                             \
  "\"services\":[],\"problems\":[]}"

static const WeirMethod rows[] = {
  {
      .name = "type.list",
      .verb = "GET",
      .path = "/v1/types",
      .role = WEIR_ROLE_VIEWER,
      .doc = "Every type of processor and service that flows here may use, with its properties and "
             "relationships. docs/inspect-json.md says what the members mean.",
      .result = "{\"$ref\":\"Types\"}",
      .answer = TYPE,
      .handle = on_list,
  },
  {
      .name = "type.get",
      .verb = "GET",
      .path = "/v1/types/{type}",
      .role = WEIR_ROLE_VIEWER,
      .doc = "One of them, in the same form.",
      .params = params,
      .result = "{\"$ref\":\"Types\"}",
      .answer = TYPE,
      .handle = on_get,
  },
  { NULL },
};

#define NAMED                                                                                   \
  "{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"name\",\"description\"]," \
  "\"properties\":{\"name\":{\"type\":\"string\"},\"description\":{\"type\":\"string\"}}}}"

/* What both kinds have, without the braces. */
#define COMMON                                                                                     \
  "\"name\":{\"type\":\"string\"},\"summary\":{\"type\":\"string\"},\"description\":{\"type\":"    \
  "\"string\"},\"tags\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}},\"module\":{"         \
  "\"type\":"                                                                                      \
  "\"object\",\"required\":[\"name\",\"version\"],\"properties\":{\"name\":{\"type\":\"string\"}," \
  "\"version\":{\"type\":\"string\"},\"file\":{\"type\":\"string\"}}},\"properties\":{\"type\":"   \
  "\"array\",\"items\":{\"$ref\":\"Property\"}},\"dynamic\":{\"$ref\":\"DynamicProperties\"}"

static const WeirSchemaText schemas[] = {
  { "Types",
    "{\"type\":\"object\",\"description\":\"A catalogue of types\",\"required\":[\"abi\",\"types\","
    "\"services\",\"problems\"],\"properties\":{\"abi\":{\"type\":\"object\",\"required\":["
    "\"major\","
    "\"minor\"],\"properties\":{\"major\":{\"type\":\"integer\"},\"minor\":{\"type\":\"integer\"}}}"
    ","
    "\"types\":{\"type\":\"array\",\"items\":{\"$ref\":\"ProcessorType\"}},"
    "\"services\":{\"type\":\"array\",\"items\":{\"$ref\":\"ServiceType\"}},"
    "\"problems\":{\"type\":\"array\",\"items\":{\"type\":\"string\"},\"description\":\"Modules "
    "that "
    "were refused, and why\"}}}" },
  { "ProcessorType",
    "{\"type\":\"object\",\"description\":\"A type of processor\",\"properties\":{" COMMON ","
    "\"input\":{\"type\":\"string\",\"enum\":[\"required\",\"allowed\",\"forbidden\"]},"
    "\"role\":{\"type\":\"string\",\"enum\":[\"transform\",\"source\",\"sink\"]},"
    "\"threading\":{\"type\":\"string\",\"enum\":[\"serial\",\"concurrent\"]},"
    "\"side_effects\":{\"type\":\"boolean\"},\"any_destination\":{\"type\":\"boolean\"},"
    "\"relationships\":" NAMED ",\"reads\":" NAMED ",\"writes\":" NAMED "}}" },
  { "ServiceType",
    "{\"type\":\"object\",\"description\":\"A type of service\",\"properties\":{" COMMON ","
    "\"interface\":{\"type\":\"string\"},\"verify\":{\"type\":\"boolean\"}}}" },
  { "Property",
    "{\"type\":\"object\",\"description\":\"A property that a type has\",\"required\":[\"name\","
    "\"type\",\"required\",\"sensitive\"],\"properties\":{\"name\":{\"type\":\"string\"},"
    "\"description\":{\"type\":\"string\"},\"type\":{\"type\":\"string\"},"
    "\"default\":{\"type\":\"string\"},\"example\":{\"type\":\"string\"},"
    "\"hint\":{\"type\":\"string\"},\"interface\":{\"type\":\"string\"},"
    "\"required\":{\"type\":\"boolean\"},\"sensitive\":{\"type\":\"boolean\"},"
    "\"minimum\":{\"type\":\"number\"},\"maximum\":{\"type\":\"number\"},"
    "\"allowed\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{"
    "\"value\":{\"type\":\"string\"},\"description\":{\"type\":\"string\"}}}}}}" },
  { "DynamicProperties",
    "{\"type\":\"object\",\"description\":\"What properties of names that people choose mean\","
    "\"properties\":{\"name\":{\"type\":\"string\"},\"value\":{\"type\":\"string\"},"
    "\"description\":{\"type\":\"string\"},\"expressions\":{\"type\":\"boolean\"},"
    "\"may_be_secret\":{\"type\":\"boolean\"}}}" },
  { NULL },
};

const WeirMethodTable weir_methods_types = {
  .title = "Types",
  .doc =
      "What flows are made of: types of processors and services, as the modules that are installed "
      "describe themselves.",
  .rows = rows,
  .schemas = schemas,
};
