/* update-attribute.c: UpdateAttribute sets attributes from dynamic properties and removes others.
 *
 * Every value is evaluated before anything changes, so that the order of the properties does not
 * matter. */
#include "attribute-names.h"
#include "module.h"
#include "pattern.h"
#include "update-rules.h"
#include <string.h>

#define MATCHED "UpdateAttribute.matchedRule"

typedef struct {
  const WeirExpr *delete_expression;
  WeirChoice store;
  char *initial;
  WeirChoice policy;
  UpdateRules *rules;
  const char **names;    /* of what is set for all */
  GPtrArray *remembered; /* names of all that may be set, for the state */
  Pattern *pattern;      /* NULL: nothing is removed, or the expression depends on the FlowFile */
} UpdateAttribute;

enum { STATELESS, STATEFUL };
static const WeirAllowed stores[] = {
  [STATELESS] = { "Do not store state", "Values are attributes and nothing else." },
  [STATEFUL] = { "Store state locally",
                 "Values are also kept for the next FlowFile, which sees them with "
                 "`${getStateValue('name')}`." },
  { NULL, NULL },
};

enum { USE_CLONE, USE_ORIGINAL };
static const WeirAllowed policies[] = {
  [USE_CLONE] = { "use clone", "Each rule that holds gets a FlowFile of its own, a copy." },
  [USE_ORIGINAL] = { "use original",
                     "All rules that hold change the one FlowFile; for an attribute that several "
                     "set, the last one counts." },
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
  { "FlowFile Policy", "What happens when several rules hold.",
    WEIR_FIELD (UpdateAttribute, policy), .default_value = "use clone", .required = true,
    .allowed = policies },
};

static const WeirAttributeDoc writes[] = {
  { MATCHED, "The names of the rules that held, if any did." },
};

static const WeirDynamic dynamic = {
  .name = "attribute name",
  .value = "attribute value",
  .description =
      "Sets the attribute of that name; an attribute that the FlowFile has is replaced. "
      "`[RULE] if` and `[RULE] NAME` are a condition of a rule and an attribute that it sets.",
};

enum { SUCCESS };
static const WeirRelationship relationships[] = {
  [SUCCESS] = { "success", "All FlowFiles, with their new attributes." },
};

static bool
on_configure (const void *state, WeirConfig *config, GError **error)
{
  const UpdateAttribute *self = state;
  g_autoptr (UpdateRules) rules = NULL;

  if (!attribute_names_check (config, error))
    return false;
  rules = update_rules_new (config, error);
  if (rules == NULL)
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
  g_clear_pointer (&self->remembered, g_ptr_array_unref);
  g_clear_pointer (&self->rules, update_rules_free);
  g_clear_pointer (&self->pattern, pattern_free);
}

static void
add_attributes (GPtrArray *names, const GArray *actions)
{
  for (guint i = 0; i < actions->len; i++)
    g_ptr_array_add (names, (gpointer)g_array_index (actions, UpdateAction, i).attribute);
}

static bool
on_scheduled (void *state, WeirContext *context, GError **error)
{
  UpdateAttribute *self = state;
  const char *expression;

  self->rules = update_rules_new (weir_context_get_config (context), error);
  if (self->rules == NULL)
    return false;
  self->names = g_new (const char *, self->rules->always->len);
  for (guint i = 0; i < self->rules->always->len; i++)
    self->names[i] = g_array_index (self->rules->always, UpdateAction, i).attribute;
  self->remembered = g_ptr_array_new ();
  add_attributes (self->remembered, self->rules->always);
  for (guint i = 0; i < self->rules->rules->len; i++)
    add_attributes (self->remembered, ((const UpdateRule *)self->rules->rules->pdata[i])->actions);

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
begin_state (const UpdateAttribute *self, WeirSession *session)
{
  for (guint i = 0; i < self->remembered->len; i++) {
    const char *name = self->remembered->pdata[i];
    g_autofree char *value = weir_session_get_state (session, name);

    if (value == NULL)
      weir_session_set_state (session, name, self->initial);
  }
}

static bool
evaluate (const GArray *actions, const WeirFlowFile *flowfile, const char **ret_values,
          GError **error)
{
  for (guint i = 0; i < actions->len; i++) {
    const UpdateAction *action = &g_array_index (actions, UpdateAction, i);

    ret_values[i] = weir_expr_eval (action->value, flowfile, error);
    if (ret_values[i] == NULL) {
      g_prefix_error (error, "%s: ", action->attribute);
      return false;
    }
  }
  return true;
}

/* What becomes of one FlowFile: all is known before anything changes. */
typedef struct {
  const char **names;
  const char **values;
  size_t n;
} Change;

/* @doomed: names of attributes to remove; NULL for none. */
static void
carry_out (const UpdateAttribute *self, WeirSession *session, WeirFlowFile *flowfile,
           const Change *change, const GPtrArray *doomed)
{
  for (guint i = 0; doomed != NULL && i < doomed->len; i++)
    weir_session_remove_attribute (session, flowfile, doomed->pdata[i]);
  weir_session_put_attributes (session, flowfile, change->names, change->values, change->n);
  for (size_t i = 0; self->store.index == STATEFUL && i < change->n; i++)
    weir_session_set_state (session, change->names[i], change->values[i]);
  weir_session_transfer (session, flowfile, SUCCESS);
}

/* The changes by rules, with what their arrays need. */
typedef struct {
  GArray *changes;  /* Change */
  GPtrArray *owned; /* to be freed */
} Plan;

static void
plan_clear (Plan *plan)
{
  g_clear_pointer (&plan->changes, g_array_unref);
  g_clear_pointer (&plan->owned, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Plan, plan_clear)

/* Adds the change that @rules make together. */
static bool
plan_change (const UpdateAttribute *self, const WeirFlowFile *flowfile, UpdateRule *const *rules,
             size_t n_rules, Plan *plan, GError **error)
{
  g_autoptr (GArray) actions = g_array_copy (self->rules->always);
  GString *matched = g_string_new (NULL);
  Change change;

  for (size_t i = 0; i < n_rules; i++) {
    update_rule_add_actions (rules[i], actions);
    g_string_append_printf (matched, "%s%s", i > 0 ? ", " : "", rules[i]->name);
  }
  change.names = g_new (const char *, actions->len + 1);
  change.values = g_new (const char *, actions->len + 1);
  change.n = actions->len;
  g_ptr_array_add (plan->owned, change.names);
  g_ptr_array_add (plan->owned, change.values);
  g_ptr_array_add (plan->owned, g_string_free (matched, FALSE));
  for (guint i = 0; i < actions->len; i++)
    change.names[i] = g_array_index (actions, UpdateAction, i).attribute;
  if (!evaluate (actions, flowfile, change.values, error))
    return false;
  if (n_rules > 0) {
    change.names[change.n] = MATCHED;
    change.values[change.n++] = plan->owned->pdata[plan->owned->len - 1];
  }
  g_array_append_val (plan->changes, change);
  return true;
}

static bool
make_plan (const UpdateAttribute *self, const WeirFlowFile *flowfile, Plan *ret_plan,
           GError **error)
{
  g_autoptr (GPtrArray) matching = g_ptr_array_new ();
  UpdateRule **rules;

  ret_plan->changes = g_array_new (FALSE, FALSE, sizeof (Change));
  ret_plan->owned = g_ptr_array_new_with_free_func (g_free);
  if (!update_rules_find (self->rules, flowfile, matching, error))
    return false;
  rules = (UpdateRule **)matching->pdata;
  if (matching->len < 2 || self->policy.index == USE_ORIGINAL)
    return plan_change (self, flowfile, rules, matching->len, ret_plan, error);
  for (guint i = 0; i < matching->len; i++)
    if (!plan_change (self, flowfile, rules + i, 1, ret_plan, error))
      return false;
  return true;
}

static bool
find_doomed_if_any (const UpdateAttribute *self, const WeirFlowFile *flowfile,
                    GPtrArray **ret_doomed, GError **error)
{
  g_autoptr (GPtrArray) doomed = NULL;

  if (self->delete_expression != NULL) {
    doomed = g_ptr_array_new ();
    if (!find_doomed (self, flowfile, doomed, error)) {
      g_prefix_error (error, "Delete Attributes Expression ");
      return false;
    }
  }
  *ret_doomed = g_steal_pointer (&doomed);
  return true;
}

static bool
change_by_rules (const UpdateAttribute *self, WeirSession *session, WeirFlowFile *flowfile,
                 GError **error)
{
  g_autoptr (GPtrArray) doomed = NULL;
  g_autoptr (GPtrArray) copies = g_ptr_array_new ();
  g_auto (Plan) plan = { 0 };

  if (!make_plan (self, flowfile, &plan, error) ||
      !find_doomed_if_any (self, flowfile, &doomed, error))
    return false;
  for (guint i = 0; i < plan.changes->len; i++)
    g_ptr_array_add (copies, i == 0 ? flowfile : weir_session_clone (session, flowfile));
  for (guint i = 0; i < copies->len; i++)
    carry_out (self, session, copies->pdata[i], &g_array_index (plan.changes, Change, i), doomed);
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
  Change change = { self->names, few, self->rules->always->len };

  if (flowfile == NULL)
    return true;
  if (self->store.index == STATEFUL)
    begin_state (self, session);
  if (self->rules->rules->len > 0)
    return change_by_rules (self, session, flowfile, error);
  if (change.n > G_N_ELEMENTS (few))
    change.values = many = g_new (const char *, change.n);
  if (!evaluate (self->rules->always, flowfile, change.values, error) ||
      !find_doomed_if_any (self, flowfile, &doomed, error))
    return false;
  carry_out (self, session, flowfile, &change, doomed);
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
      "Rules change only what their conditions are true for: `[large] if` with "
      "`${fileSize:gt(1048576)}` is a condition of the rule `large` (another one is `[large] if "
      "2`; all must be true), and `[large] priority` an attribute that it sets, instead of what "
      "the property `priority` says for all. When several rules hold, `FlowFile Policy` says what "
      "happens.\n"
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
  WEIR_WRITES (writes),
  .dynamic = &dynamic,
  .state_size = sizeof (UpdateAttribute),
  .on_configure = on_configure,
  .on_scheduled = on_scheduled,
  .on_trigger = on_trigger,
  .on_stopped = on_stopped,
};
