/* route-on-attribute.c: RouteOnAttribute sends FlowFiles where conditions on their attributes say.
 * A FlowFile that matches several properties goes to each of their relationships, as a copy to all
 * but the first. */
#include "module.h"
#include <string.h>

typedef struct {
  WeirChoice strategy;
  const WeirConfig *config;
} RouteOnAttribute;

enum { BY_PROPERTY, ALL_MATCH, ANY_MATCHES };
static const WeirAllowed strategies[] = {
  [BY_PROPERTY] = { "Route to Property name",
                    "Each property is a relationship; a FlowFile goes to all whose condition is "
                    "true." },
  [ALL_MATCH] = { "Route to 'match' if all match",
                  "A FlowFile goes to `matched` when every condition is true." },
  [ANY_MATCHES] = { "Route to 'match' if any matches",
                    "A FlowFile goes to `matched` when at least one condition is true." },
  { NULL, NULL },
};

static const WeirProperty properties[] = {
  { "Routing Strategy", "What becomes of a FlowFile for which a condition is true.",
    WEIR_FIELD (RouteOnAttribute, strategy), .default_value = "Route to Property name",
    .required = true, .allowed = strategies },
};

static const WeirDynamic dynamic = {
  .name = "relationship",
  .value = "condition",
  .description = "An expression that gives true or false, such as `${fileSize:gt(1048576)}`. All "
                 "that is not `true` counts as false.",
};

#define ROUTE_ATTRIBUTE "RouteOnAttribute.Route"

static const WeirAttributeDoc writes[] = {
  { ROUTE_ATTRIBUTE, "The relationship that the FlowFile was sent to." },
};

/* Then `matched`, or one for each property. */
enum { UNMATCHED, ADDED };
static const WeirRelationship relationships[] = {
  [UNMATCHED] = { "unmatched", "FlowFiles whose attributes do not match." },
};

/* A text that is never true is a condition without its `${}`. */
static bool
check_condition (const WeirDynamicValue *condition, GError **error)
{
  if (strstr (condition->text, "${") != NULL || g_ascii_strcasecmp (condition->text, "true") == 0 ||
      g_ascii_strcasecmp (condition->text, "false") == 0)
    return true;
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
               "property '%s' is no condition; write an expression such as "
               "${fileSize:gt(1048576)}",
               condition->name);
  return false;
}

static bool
on_configure (const void *state, WeirConfig *config, GError **error)
{
  const RouteOnAttribute *self = state;

  for (size_t i = 0; i < weir_config_get_n_dynamic (config); i++) {
    const WeirDynamicValue *condition = weir_config_get_dynamic (config, i);

    if (!check_condition (condition, error))
      return false;
    if (self->strategy.index == BY_PROPERTY)
      weir_config_add_relationship (config, condition->name,
                                    "FlowFiles for which the condition of that name is true.");
  }
  if (self->strategy.index != BY_PROPERTY)
    weir_config_add_relationship (config, "matched", "FlowFiles whose attributes match.");
  return true;
}

static bool
on_scheduled (void *state, WeirContext *context, GError **error)
{
  RouteOnAttribute *self = state;

  self->config = weir_context_get_config (context);
  return true;
}

static void
send (WeirSession *session, WeirFlowFile *flowfile, unsigned relationship, const char *name)
{
  weir_session_put_attribute (session, flowfile, ROUTE_ATTRIBUTE, name);
  weir_session_transfer (session, flowfile, relationship);
}

/* Sets @ret_matches for each condition. Returns: false with @error set. */
static bool
evaluate (const RouteOnAttribute *self, const WeirFlowFile *flowfile, bool *ret_matches, size_t n,
          GError **error)
{
  for (size_t i = 0; i < n; i++) {
    const WeirDynamicValue *condition = weir_config_get_dynamic (self->config, i);

    if (!weir_expr_eval_bool (condition->expr, flowfile, &ret_matches[i], error)) {
      g_prefix_error (error, "%s: ", condition->name);
      return false;
    }
  }
  return true;
}

/* The copies are made before the FlowFile itself is changed and gone. */
static void
route_by_property (const RouteOnAttribute *self, WeirSession *session, WeirFlowFile *flowfile,
                   const bool *matches, size_t n)
{
  size_t first = 0;

  while (first < n && !matches[first])
    first++;
  for (size_t i = first + 1; i < n; i++)
    if (matches[i])
      send (session, weir_session_clone (session, flowfile), ADDED + (unsigned)i,
            weir_config_get_dynamic (self->config, i)->name);
  if (first < n)
    send (session, flowfile, ADDED + (unsigned)first,
          weir_config_get_dynamic (self->config, first)->name);
  else
    send (session, flowfile, UNMATCHED, "unmatched");
}

static void
route_by_count (const RouteOnAttribute *self, WeirSession *session, WeirFlowFile *flowfile,
                const bool *matches, size_t n)
{
  size_t n_matches = 0;

  for (size_t i = 0; i < n; i++)
    n_matches += matches[i];
  if (self->strategy.index == ALL_MATCH ? n_matches == n : n_matches > 0)
    send (session, flowfile, ADDED, "matched");
  else
    send (session, flowfile, UNMATCHED, "unmatched");
}

static bool
on_trigger (void *state, WeirSession *session, GError **error)
{
  const RouteOnAttribute *self = state;
  WeirFlowFile *flowfile = weir_session_get (session);
  size_t n = weir_config_get_n_dynamic (self->config);
  g_autofree bool *many = NULL;
  bool few[32];
  bool *matches = few;

  if (flowfile == NULL)
    return true;
  if (n > G_N_ELEMENTS (few))
    matches = many = g_new (bool, n);
  if (!evaluate (self, flowfile, matches, n, error))
    return false;
  if (self->strategy.index == BY_PROPERTY)
    route_by_property (self, session, flowfile, matches, n);
  else
    route_by_count (self, session, flowfile, matches, n);
  return true;
}

const WeirProcessor route_on_attribute = {
  WEIR_PROCESSOR_ABI,
  .name = "RouteOnAttribute",
  .summary = "Sends FlowFiles where conditions on their attributes say.",
  .description =
      "Each property that is added is a condition. With `Route to Property name` it is also a "
      "relationship, and a FlowFile for which several are true goes to each of them.",
  .tags = "attributes, routing, filter, condition, expression language, detect",
  .input = WEIR_INPUT_REQUIRED,
  .threading = WEIR_CONCURRENT,
  WEIR_PROPERTIES (properties),
  WEIR_RELATIONSHIPS (relationships),
  WEIR_WRITES (writes),
  .dynamic = &dynamic,
  .state_size = sizeof (RouteOnAttribute),
  .on_configure = on_configure,
  .on_scheduled = on_scheduled,
  .on_trigger = on_trigger,
};
