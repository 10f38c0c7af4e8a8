/* update-rules.h: what UpdateAttribute does to FlowFiles, and on which conditions.
 *
 * It is read from the added properties: "[rule] if" is a condition of a rule, "[rule] name" an
 * attribute that it sets, and each other name an attribute of all FlowFiles. Thread: any. */
#pragma once

#include <weir/processor.h>

typedef struct {
  const char *attribute;
  const WeirExpr *value;
} UpdateAction;

typedef struct {
  char *name;
  GPtrArray *conditions; /* const WeirExpr: all must be true */
  GArray *actions;       /* UpdateAction */
} UpdateRule;

typedef struct {
  GArray *always;   /* UpdateAction */
  GPtrArray *rules; /* UpdateRule, in the order of the flow */
} UpdateRules;

/* @config must outlive it. Returns: (transfer full): NULL with @error. */
UpdateRules *update_rules_new (const WeirConfig *config, GError **error);

/* Takes NULL. */
void update_rules_free (UpdateRules *rules);

/* Adds the rules that hold for @flowfile to @matching, (transfer none). */
bool update_rules_find (const UpdateRules *rules, const WeirFlowFile *flowfile, GPtrArray *matching,
                        GError **error);

/* Adds the actions of @rule to @actions, in the place of those for the same attributes. */
void update_rule_add_actions (const UpdateRule *rule, GArray *actions);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (UpdateRules, update_rules_free)
