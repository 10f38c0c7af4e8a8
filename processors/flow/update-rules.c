/* update-rules.c: rules from the names of properties. */
#include "update-rules.h"

#include <string.h>

static void
rule_free (void *data)
{
  UpdateRule *rule = data;

  g_free (rule->name);
  g_ptr_array_unref (rule->conditions);
  g_array_unref (rule->actions);
  g_free (rule);
}

/* Returns: (transfer none): the rule of that name, which is made if there is none. */
static UpdateRule *
get_rule (UpdateRules *rules, const char *name, size_t length)
{
  UpdateRule *rule;

  for (guint i = 0; i < rules->rules->len; i++) {
    rule = rules->rules->pdata[i];
    if (strlen (rule->name) == length && strncmp (rule->name, name, length) == 0)
      return rule;
  }
  rule = g_new (UpdateRule, 1);
  *rule = (UpdateRule){ g_strndup (name, length), g_ptr_array_new (),
                        g_array_new (FALSE, FALSE, sizeof (UpdateAction)) };
  g_ptr_array_add (rules->rules, rule);
  return rule;
}

static bool
is_condition (const char *what)
{
  return strcmp (what, "if") == 0 || g_str_has_prefix (what, "if ");
}

static void
read_property (UpdateRules *rules, const WeirDynamicValue *property)
{
  const char *end = property->name[0] == '[' ? strstr (property->name, "] ") : NULL;
  UpdateAction action = { property->name, property->expr };
  UpdateRule *rule;

  if (end == NULL || end == property->name + 1 || end[2] == '\0') {
    g_array_append_val (rules->always, action);
    return;
  }
  rule = get_rule (rules, property->name + 1, (size_t)(end - property->name - 1));
  action.attribute = end + 2;
  if (is_condition (action.attribute))
    g_ptr_array_add (rule->conditions, (gpointer)property->expr);
  else
    g_array_append_val (rule->actions, action);
}

static bool
check_rule (const UpdateRule *rule, GError **error)
{
  if (rule->conditions->len == 0) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                 "rule '%s' has no condition: add a property '[%s] if'", rule->name, rule->name);
    return false;
  }
  if (rule->actions->len == 0) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                 "rule '%s' does nothing: add a property '[%s] ATTRIBUTE'", rule->name, rule->name);
    return false;
  }
  for (guint i = 0; i < rule->actions->len; i++) {
    if (strcmp (g_array_index (rule->actions, UpdateAction, i).attribute, "uuid") != 0)
      continue;
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                 "rule '%s' cannot set uuid, which is what makes a FlowFile itself: use another "
                 "name",
                 rule->name);
    return false;
  }
  return true;
}

UpdateRules *
update_rules_new (const WeirConfig *config, GError **error)
{
  g_autoptr (UpdateRules) rules = g_new0 (UpdateRules, 1);

  rules->always = g_array_new (FALSE, FALSE, sizeof (UpdateAction));
  rules->rules = g_ptr_array_new_with_free_func (rule_free);
  for (size_t i = 0; i < weir_config_get_n_dynamic (config); i++)
    read_property (rules, weir_config_get_dynamic (config, i));
  for (guint i = 0; i < rules->rules->len; i++)
    if (!check_rule (rules->rules->pdata[i], error))
      return NULL;
  return g_steal_pointer (&rules);
}

void
update_rules_free (UpdateRules *rules)
{
  if (rules == NULL)
    return;
  g_array_unref (rules->always);
  g_ptr_array_unref (rules->rules);
  g_free (rules);
}

static bool
holds (const UpdateRule *rule, const WeirFlowFile *flowfile, bool *ret_holds, GError **error)
{
  *ret_holds = true;
  for (guint i = 0; *ret_holds && i < rule->conditions->len; i++) {
    if (!weir_expr_eval_bool (rule->conditions->pdata[i], flowfile, ret_holds, error)) {
      g_prefix_error (error, "[%s] if: ", rule->name);
      return false;
    }
  }
  return true;
}

bool
update_rules_find (const UpdateRules *rules, const WeirFlowFile *flowfile, GPtrArray *matching,
                   GError **error)
{
  for (guint i = 0; i < rules->rules->len; i++) {
    bool does_hold;

    if (!holds (rules->rules->pdata[i], flowfile, &does_hold, error))
      return false;
    if (does_hold)
      g_ptr_array_add (matching, rules->rules->pdata[i]);
  }
  return true;
}

void
update_rule_add_actions (const UpdateRule *rule, GArray *actions)
{
  for (guint i = 0; i < rule->actions->len; i++) {
    UpdateAction action = g_array_index (rule->actions, UpdateAction, i);
    guint at = 0;

    while (at < actions->len &&
           strcmp (g_array_index (actions, UpdateAction, at).attribute, action.attribute) != 0)
      at++;
    if (at < actions->len)
      g_array_index (actions, UpdateAction, at) = action;
    else
      g_array_append_val (actions, action);
  }
}
