/* update-attribute.c: UpdateAttribute sets attributes from dynamic properties and removes others.
 *
 * Every value is evaluated before anything changes, so that the order of the properties does not
 * matter. */
#include "attribute-names.h"
#include "module.h"
#include "pattern.h"
#include <string.h>

typedef struct {
  const WeirExpr *delete_expression;
  WeirChoice store;
  char *initial;
  const WeirConfig *config;
  const char **names;
  Pattern *pattern; /* NULL: nothing is removed, or the expression depends on the FlowFile */
} UpdateAttribute;

enum { STATELESS, STATEFUL };
static const WeirAllowed stores[] = {
  [STATELESS] = { "Do not store state", "Values are attributes and nothing else." },
  [STATEFUL] = { "Store state locally",
                 "Values are also kept for the next FlowFile, which sees them with "
                 "`${getStateValue('name')}`." },
  { NULL, NULL },
};

static const WeirProperty properties[] = {
  { "Delete Attributes Expression",
    "Regular expression: attributes whose whole name it matches are removed. `uuid`, `filename` "
    "and `path` stay.",
    WEIR_FIELD (UpdateAttribute, delete_expression), .example = "http\\.headers\\..*",
    .validate = pattern_is_valid, .hint = WEIR_HINT_REGEX },
  { "Store State", "Whether values are remembered from one FlowFile to the next.",
    WEIR_FIELD (UpdateAttribute, store), .default_value = "Do not store state", .required = true,
    .allowed = stores },
  { "Stateful Variables Initial Value",
    "With `Store state locally`: what a value was before the first FlowFile. It may be empty.",
    WEIR_FIELD (UpdateAttribute, initial), .example = "0" },
};

static const WeirDynamic dynamic = {
  .name = "attribute name",
  .value = "attribute value",
  .description = "Sets the attribute of that name; an attribute that the FlowFile has is replaced.",
};

enum { SUCCESS };
static const WeirRelationship relationships[] = {
  [SUCCESS] = { "success", "All FlowFiles, with their new attributes." },
};

static bool
on_configure (const void *state, WeirConfig *config, GError **error)
{
  const UpdateAttribute *self = state;

  if (!attribute_names_check (config, error))
    return false;
  if (self->store.index == STATELESS || self->initial != NULL)
    return true;
  g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                       "Stateful Variables Initial Value is needed to store state; it may be "
                       "empty");
  return false;
}

static void
on_stopped (void *state)
{
  UpdateAttribute *self = state;

  g_clear_pointer (&self->names, g_free);
  g_clear_pointer (&self->pattern, pattern_free);
}

static bool
on_scheduled (void *state, WeirContext *context, GError **error)
{
  UpdateAttribute *self = state;
  const char *expression;
  size_t n;

  self->config = weir_context_get_config (context);
  n = weir_config_get_n_dynamic (self->config);
  self->names = g_new (const char *, n);
  for (size_t i = 0; i < n; i++)
    self->names[i] = weir_config_get_dynamic (self->config, i)->name;

  if (self->delete_expression == NULL || !weir_expr_is_constant (self->delete_expression))
    return true;
  expression = weir_context_eval (context, self->delete_expression, error);
  if (expression != NULL)
    self->pattern = pattern_new (expression, error);
  if (self->pattern != NULL)
    return true;
  on_stopped (self);
  return false;
}

static bool
is_removable (const char *name)
{
  return strcmp (name, "uuid") != 0 && strcmp (name, "filename") != 0 && strcmp (name, "path") != 0;
}

static bool
add_matching (const Pattern *pattern, const WeirFlowFile *flowfile, GPtrArray *names,
              GError **error)
{
  for (size_t i = 0; i < weir_flowfile_get_n_attributes (flowfile); i++) {
    const char *name, *value;
    bool matches;

    weir_flowfile_get_nth_attribute (flowfile, i, &name, &value);
    if (!pattern_match (pattern, name, &matches, error))
      return false;
    if (matches && is_removable (name))
      g_ptr_array_add (names, (void *)name);
  }
  return true;
}

/* Adds the names of the attributes to remove to @names. */
static bool
find_doomed (const UpdateAttribute *self, const WeirFlowFile *flowfile, GPtrArray *names,
             GError **error)
{
  const char *expression;
  g_autoptr (Pattern) own = NULL;

  if (self->pattern != NULL)
    return add_matching (self->pattern, flowfile, names, error);
  expression = weir_expr_eval (self->delete_expression, flowfile, error);
  if (expression == NULL)
    return false;
  own = pattern_new (expression, error);
  return own != NULL && add_matching (own, flowfile, names, error);
}

/* Before the first FlowFile each value is the initial one, for expressions to see. */
static void
begin_state (const UpdateAttribute *self, WeirSession *session, size_t n)
{
  for (size_t i = 0; i < n; i++) {
    g_autofree char *value = weir_session_get_state (session, self->names[i]);

    if (value == NULL)
      weir_session_set_state (session, self->names[i], self->initial);
  }
}

static bool
evaluate (const UpdateAttribute *self, const WeirFlowFile *flowfile, const char **ret_values,
          size_t n, GError **error)
{
  for (size_t i = 0; i < n; i++) {
    ret_values[i] =
        weir_expr_eval (weir_config_get_dynamic (self->config, i)->expr, flowfile, error);
    if (ret_values[i] == NULL) {
      g_prefix_error (error, "%s: ", self->names[i]);
      return false;
    }
  }
  return true;
}

static bool
on_trigger (void *state, WeirSession *session, GError **error)
{
  UpdateAttribute *self = state;
  WeirFlowFile *flowfile = weir_session_get (session);
  g_autofree const char **many = NULL;
  g_autoptr (GPtrArray) doomed = NULL;
  const char *few[16];
  const char **values = few;
  size_t n = weir_config_get_n_dynamic (self->config);

  if (flowfile == NULL)
    return true;
  if (n > G_N_ELEMENTS (few))
    values = many = g_new (const char *, n);
  if (self->store.index == STATEFUL)
    begin_state (self, session, n);
  if (!evaluate (self, flowfile, values, n, error))
    return false;
  if (self->delete_expression != NULL) {
    doomed = g_ptr_array_new ();
    if (!find_doomed (self, flowfile, doomed, error)) {
      g_prefix_error (error, "Delete Attributes Expression ");
      return false;
    }
  }

  for (guint i = 0; doomed != NULL && i < doomed->len; i++)
    weir_session_remove_attribute (session, flowfile, g_ptr_array_index (doomed, i));
  weir_session_put_attributes (session, flowfile, self->names, values, n);
  for (size_t i = 0; self->store.index == STATEFUL && i < n; i++)
    weir_session_set_state (session, self->names[i], values[i]);
  weir_session_transfer (session, flowfile, SUCCESS);
  return true;
}

const WeirProcessor update_attribute = {
  WEIR_PROCESSOR_ABI,
  .name = "UpdateAttribute",
  .summary = "Sets and removes attributes.",
  .description =
      "Each property that is added names an attribute; its value, with the Expression Language, is "
      "what the attribute becomes. All values see the attributes as they came in: a property does "
      "not see what another one sets.\n"
      "\n"
      "With `Store state locally` a value can count: `${getStateValue('n'):plus(1)}` as property "
      "`n`. State is committed together with the FlowFile, so there is no relationship for the "
      "case that it fails; with several tasks, though, FlowFiles that are worked on at once see "
      "the same state: give such a processor one task.",
  .tags = "attributes, set, remove, delete, modify, rename, state",
  .input = WEIR_INPUT_REQUIRED,
  .threading = WEIR_CONCURRENT,
  WEIR_PROPERTIES (properties),
  WEIR_RELATIONSHIPS (relationships),
  .dynamic = &dynamic,
  .state_size = sizeof (UpdateAttribute),
  .on_configure = on_configure,
  .on_scheduled = on_scheduled,
  .on_trigger = on_trigger,
  .on_stopped = on_stopped,
};
