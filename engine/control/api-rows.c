/* api-rows.c: the rows that an API has, held against the rules of method.h when it starts, so that
 * a row that is wrong is found by the first test that starts one. */
#include "control/api-parts.h"

#include <string.h>
#include <weir/error.h>

static bool
refuse (const WeirMethod *row, GError **error, const char *why, const char *what)
{
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID, "%s: %s%s", row->name, why, what);
  return false;
}

static bool
check_params (const WeirMethod *row, GError **error)
{
  size_t n = 0;

  for (const WeirParam *param = row->params; param != NULL && param->name != NULL; param++, n++) {
    g_autofree char *segment = g_strdup_printf ("/{%s}", param->name);

    if ((strstr (row->path, segment) != NULL) != param->is_in_path)
      return refuse (row, error, "in the path or not in the path: ", param->name);
    if (param->is_in_path && !param->is_required)
      return refuse (row, error, "in the path, so required: ", param->name);
    if (strcmp (param->name, "flow") == 0 && param->kind != WEIR_PARAM_FLOW)
      return refuse (row, error, "of the kind WEIR_PARAM_FLOW is ", param->name);
    if (param->doc == NULL)
      return refuse (row, error, "without doc: ", param->name);
  }
  return n <= WEIR_ARGUMENTS || refuse (row, error, "has too many parameters", "");
}

static bool
has_param (const WeirMethod *row, const char *name)
{
  for (const WeirParam *param = row->params; param != NULL && param->name != NULL; param++)
    if (strcmp (param->name, name) == 0)
      return true;
  return false;
}

/* Each {name} of the path is a parameter. */
static bool
check_path (const WeirMethod *row, GError **error)
{
  g_auto (GStrv) segments = g_strsplit (row->path, "/", -1);

  for (size_t i = 0; segments[i] != NULL; i++) {
    const size_t length = strlen (segments[i]);

    if (*segments[i] != '{')
      continue;
    segments[i][length - 1] = '\0';
    if (!has_param (row, segments[i] + 1))
      return refuse (row, error, "no parameter, but in the path: ", segments[i] + 1);
  }
  return true;
}

static bool
check_row (const WeirMethod *row, GError **error)
{
  const bool changes = strcmp (row->verb, "GET") != 0;

  if (row->handle == NULL || row->doc == NULL)
    return refuse (row, error, "has no function or no doc", "");
  if ((row->flags & WEIR_METHOD_FLOW) != 0 && !has_param (row, "flow"))
    return refuse (row, error, "is of a flow, so must have {flow}", "");
  if ((row->flags & WEIR_METHOD_AUDIT) != 0 && (row->flags & WEIR_METHOD_QUICK) != 0)
    return refuse (row, error, "waits for the audit, so is not quick", "");
  if ((row->flags & WEIR_METHOD_AUDIT) != 0 && !changes)
    return refuse (row, error, "GET changes nothing", "");
  if (row->body != NULL && !changes)
    return refuse (row, error, "GET has no body", "");
  return check_params (row, error) && check_path (row, error);
}

static bool
add_row (WeirApi *api, const WeirMethod *row, void *target, GError **error)
{
  WeirRoute *route = g_new0 (WeirRoute, 1);

  g_ptr_array_add (api->routes, route);
  route->row = row;
  route->target = target;
  if (!check_row (row, error) || !weir_router_add (api->router, row, route, error))
    return false;
  if (row->body == NULL || *row->body != '{')
    return true;
  route->body = weir_schemas_add (api->schemas, NULL, row->body, error);
  if (route->body == NULL)
    g_prefix_error (error, "%s: ", row->name);
  return route->body != NULL;
}

bool
weir_api_add (WeirApi *api, const WeirMethodTable *table, void *target, GError **error)
{
  for (const WeirSchemaText *text = table->schemas; text != NULL && text->name != NULL; text++)
    if (weir_schemas_add (api->schemas, text->name, text->schema, error) == NULL)
      return false;
  for (const WeirMethod *row = table->rows; row->name != NULL; row++)
    if (!add_row (api, row, target, error))
      return false;
  return true;
}

bool
weir_api_link (WeirApi *api, GError **error)
{
  return weir_schemas_link (api->schemas, error);
}
