/* diff.c: goes over both flows four times: what leads away, what is there, what leads there, and
 * the order.
 *
 * Invariant: each operation is applied to a copy of the one flow as soon as it is found, so the
 * batch can be applied, and the next is found from there. What operations cannot say, such as
 * comments of the file, is said by replacing the component, or all. */
#include "model/diff.h"
#include "base/limits.h"
#include "base/redact.h"
#include "model/clone.h"
#include "model/equal.h"
#include "model/locate.h"
#include "model/value.h"
#include <string.h>

typedef struct {
  WeirFlow *work; /* becomes `to` */
  const WeirFlow *to;
  WeirDiff *diff;
  bool failed;
} Differ;

/* --- what is found --- */

static void
free_line (gpointer data)
{
  WeirDifference *line = data;

  g_free (line->text);
  g_free (line);
}

G_GNUC_PRINTF (3, 4)
static void
tell (Differ *self, bool is_layout, const char *format, ...)
{
  WeirDifference *line = g_new0 (WeirDifference, 1);
  va_list args;

  va_start (args, format);
  line->text = g_strdup_vprintf (format, args);
  va_end (args);
  line->is_layout = is_layout;
  g_ptr_array_add (self->diff->lines, line);
}

/* Applies @edit (transfer full) and keeps it. */
static bool
emit (Differ *self, WeirEdit *edit)
{
  g_autoptr (WeirEditBatch) one = weir_edit_batch_new (NULL);
  g_auto (WeirEditResult) result = { 0 };
  bool ok = false;

  g_ptr_array_add (one->edits, edit);
  ok = weir_flow_edit (self->work, one, &result, NULL);
  if (ok)
    g_ptr_array_add (self->diff->batch->edits, g_ptr_array_steal_index (one->edits, 0));
  return ok;
}

static WeirEdit *
new_edit (WeirEditKind kind, const char *path)
{
  WeirEdit *edit = g_new0 (WeirEdit, 1);

  edit->kind = kind;
  edit->path = g_strdup (path);
  edit->index = -1;
  return edit;
}

/* What is there may only be changed with its leave to be wrong. */
static void
emit_or_restore (Differ *self, WeirEdit *edit)
{
  WeirEdit *again = weir_edit_clone (edit);

  again->restores = true;
  if (emit (self, edit))
    weir_edit_free (again);
  else if (!emit (self, again))
    self->failed = true;
}

/* --- words --- */

static char *
quote (const char *name, const char *value)
{
  if (value == NULL)
    return g_strdup ("not set");
  if (name != NULL && weir_redact_is_secret (name))
    return g_strdup ("'***'");
  if (strlen (value) > WEIR_LIMIT_QUOTE)
    return g_strdup_printf ("a text of %zu bytes", strlen (value));
  return g_strdup_printf ("'%s'", value);
}

static char *
describe (const WeirComponent *component)
{
  g_autofree char *path = weir_component_get_path (component);

  if (component->parent == NULL)
    return g_strdup ("the flow");
  if (component->kind == WEIR_KIND_PROCESSOR)
    return g_strdup_printf ("processor '%s' (%s)", path,
                            ((const WeirProcessorNode *)component)->type);
  return g_strdup_printf ("%s '%s'", weir_kind_get_text (component->kind), path);
}

/* --- pairs --- */

/* Returns: (transfer none) (nullable): what stands for @component, which is in another flow, in
 * @group. */
static WeirComponent *
find_like (const WeirGroup *group, const WeirComponent *component)
{
  const WeirConnection *connection = (const WeirConnection *)component;
  WeirComponent *found = NULL;
  WeirConnection *other = NULL;
  guint position = 0;
  g_autofree char *from = NULL;

  if (component->kind != WEIR_KIND_CONNECTION || component->id[0] != '\0') {
    found = weir_group_find (group, component->id);
    return found != NULL && found->kind == component->kind ? found : NULL;
  }
  from = weir_connection_get_from_text (connection);
  while ((other = weir_group_next (group, WEIR_KIND_CONNECTION, &position)) != NULL) {
    g_autofree char *other_from = NULL;

    if (other->base.id[0] != '\0' || strcmp (other->to, connection->to) != 0)
      continue;
    other_from = weir_connection_get_from_text (other);
    if (strcmp (other_from, from) == 0)
      return &other->base;
  }
  return NULL;
}

/* A connection of @group that has no pair in @others, and one end in common with @connection.
 * Returns: (transfer none) (nullable). */
static WeirComponent *
find_rerouted (const WeirGroup *group, const WeirConnection *connection, const WeirGroup *others)
{
  WeirConnection *other = NULL;
  guint position = 0;

  while (connection->base.id[0] == '\0' &&
         (other = weir_group_next (group, WEIR_KIND_CONNECTION, &position)) != NULL) {
    g_autofree char *from = weir_connection_get_from_text (connection);
    g_autofree char *other_from = weir_connection_get_from_text (other);

    if (other->base.id[0] == '\0' &&
        (strcmp (from, other_from) == 0 || strcmp (connection->to, other->to) == 0) &&
        find_like (others, &other->base) == NULL)
      return &other->base;
  }
  return NULL;
}

/* --- values --- */

static bool
is_layout (const char *setting)
{
  return strcmp (setting, "place") == 0 || strcmp (setting, "bends") == 0;
}

static void
diff_value (Differ *self, WeirComponent *component, const WeirComponent *to, WeirValueName name)
{
  g_autofree char *old = NULL;
  g_autofree char *value = NULL;
  g_autofree char *path = NULL;
  g_autofree char *reference = NULL;
  g_autofree char *quoted_old = NULL;
  g_autofree char *quoted = NULL;
  WeirEdit *edit = NULL;

  if (!weir_value_get (component, name, &old, NULL) || !weir_value_get (to, name, &value, NULL) ||
      g_strcmp0 (old, value) == 0)
    return;
  path = weir_component_get_path (component);
  quoted_old = quote (name.key, old);
  quoted = quote (name.key, value);
  tell (self, is_layout (name.setting), "%s: %s%s%s%s is %s, was %s",
        path[0] != '\0' ? path : "the flow", name.setting, name.key != NULL ? " '" : "",
        name.key != NULL ? name.key : "", name.key != NULL ? "'" : "", quoted, quoted_old);
  reference = weir_flow_get_reference (self->work, component);
  edit = new_edit (WEIR_EDIT_SET, reference);
  edit->setting = g_strdup (name.setting);
  edit->key = g_strdup (name.key);
  edit->value = g_steal_pointer (&value);
  edit->has_was = true;
  edit->was = g_steal_pointer (&old);
  edit->index = weir_value_get_index (to, name);
  emit_or_restore (self, edit);
}

/* Names are those of a component that may change while they are gone over. */
static GPtrArray *
copy_keys (const GArray *names)
{
  GPtrArray *keys = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < names->len; i++)
    g_ptr_array_add (keys, g_strdup (g_array_index (names, WeirValueName, i).key));
  return keys;
}

static void
diff_values (Differ *self, WeirComponent *component, const WeirComponent *to)
{
  g_autoptr (GArray) names = weir_value_list (component);
  g_autoptr (GPtrArray) keys = copy_keys (names);
  g_autoptr (GArray) names_to = weir_value_list (to);
  g_autofree char *reference = NULL;
  WeirEdit *edit = NULL;

  for (guint i = 0; i < names->len; i++)
    diff_value (self, component, to,
                (WeirValueName){ g_array_index (names, WeirValueName, i).setting, keys->pdata[i] });
  for (guint i = 0; i < names_to->len; i++)
    diff_value (self, component, to, g_array_index (names_to, WeirValueName, i));
  if (component->kind == WEIR_KIND_GROUP || weir_component_equal (component, to))
    return;
  reference = weir_flow_get_reference (self->work, component);
  tell (self, true, "%s: order or comments", reference);
  edit = new_edit (WEIR_EDIT_REPLACE, reference);
  edit->component = weir_component_clone (to);
  if (!emit (self, edit))
    self->failed = true;
}

/* --- parameters --- */

static const WeirParameter *
find_parameter (const WeirGroup *group, const char *name)
{
  for (guint i = 0; i < group->parameters->len; i++)
    if (strcmp (((const WeirParameter *)group->parameters->pdata[i])->name, name) == 0)
      return group->parameters->pdata[i];
  return NULL;
}

static char *
quote_parameter (const WeirParameter *parameter)
{
  if (parameter == NULL)
    return g_strdup ("not set");
  if (parameter->secret == NULL)
    return quote (parameter->name, parameter->value);
  if (g_str_has_prefix (parameter->secret, "encrypted:"))
    return g_strdup ("an encrypted secret");
  return g_strdup_printf ("the secret '%s'", parameter->secret);
}

static void
diff_parameter (Differ *self, const WeirGroup *group, const WeirParameter *old,
                const WeirParameter *parameter)
{
  g_autofree char *path = weir_component_get_path (&group->base);
  g_autofree char *quoted_old = quote_parameter (old);
  g_autofree char *quoted = quote_parameter (parameter);
  WeirEdit *edit = NULL;

  if (old != NULL && parameter != NULL && weir_parameter_equal (old, parameter))
    return;
  tell (self, false, "%s: parameter '%s' is %s, was %s", path[0] != '\0' ? path : "the flow",
        old != NULL ? old->name : parameter->name, quoted, quoted_old);
  edit = new_edit (WEIR_EDIT_PARAMETER, path);
  edit->key = g_strdup (old != NULL ? old->name : parameter->name);
  edit->parameter = parameter != NULL ? weir_parameter_clone (parameter) : NULL;
  if (!emit (self, edit))
    self->failed = true;
}

static void
diff_parameters (Differ *self, WeirGroup *group, const WeirGroup *to)
{
  for (guint i = group->parameters->len; i > 0; i--) {
    const WeirParameter *old = group->parameters->pdata[i - 1];

    if (find_parameter (to, old->name) == NULL)
      diff_parameter (self, group, old, NULL);
  }
  for (guint i = 0; i < to->parameters->len; i++) {
    const WeirParameter *parameter = to->parameters->pdata[i];

    diff_parameter (self, group, find_parameter (group, parameter->name), parameter);
  }
}

/* --- components --- */

static void
take_out (Differ *self, const WeirComponent *component)
{
  g_autofree char *text = describe (component);
  g_autofree char *reference = weir_flow_get_reference (self->work, component);
  WeirEdit *edit = new_edit (WEIR_EDIT_REMOVE, reference);

  edit->connections = WEIR_EDIT_CONNECTIONS_KEEP;
  tell (self, false, "%s removed", text);
  if (!emit (self, edit))
    self->failed = true;
}

/* Where @component of `to` belongs among what is in @group by now. */
static int
get_index (const WeirGroup *group, const WeirComponent *component)
{
  GPtrArray *children = component->parent->children;
  guint i = 0;

  (void)g_ptr_array_find (children, component, &i);
  for (; i > 0; i--) {
    const WeirComponent *before = find_like (group, children->pdata[i - 1]);
    guint index = 0;

    if (before != NULL && g_ptr_array_find (group->children, before, &index))
      return (int)index + 1;
  }
  return 0;
}

static void
put_in (Differ *self, const WeirGroup *group, const WeirComponent *component)
{
  g_autofree char *text = describe (component);
  g_autofree char *path = weir_flow_get_reference (self->work, &group->base);
  WeirEdit *edit = new_edit (WEIR_EDIT_ADD, path);

  edit->component = weir_component_clone (component);
  edit->index = get_index (group, component);
  tell (self, false, "%s added", text);
  emit_or_restore (self, edit);
}

typedef void (*PassFunc) (Differ *self, WeirGroup *group, const WeirGroup *to);

/* Calls @pass for @group and for each group in it that both flows have. */
static void
walk (Differ *self, WeirGroup *group, const WeirGroup *to, PassFunc pass)
{
  WeirGroup *inner_to = NULL;
  guint position = 0;

  pass (self, group, to);
  while (!self->failed && (inner_to = weir_group_next (to, WEIR_KIND_GROUP, &position)) != NULL) {
    WeirComponent *inner = find_like (group, &inner_to->base);

    if (inner != NULL)
      walk (self, (WeirGroup *)inner, inner_to, pass);
  }
}

static GPtrArray *
list (const WeirGroup *group, bool are_connections)
{
  GPtrArray *children = g_ptr_array_new ();

  for (guint i = 0; i < group->children->len; i++) {
    const WeirComponent *child = group->children->pdata[i];

    if ((child->kind == WEIR_KIND_CONNECTION) == are_connections)
      g_ptr_array_add (children, group->children->pdata[i]);
  }
  return children;
}

static void
drop_connections (Differ *self, WeirGroup *group, const WeirGroup *to)
{
  g_autoptr (GPtrArray) children = list (group, true);

  for (guint i = 0; i < children->len; i++)
    if (find_like (to, children->pdata[i]) == NULL &&
        find_rerouted (to, children->pdata[i], group) == NULL)
      take_out (self, children->pdata[i]);
}

static void
diff_components (Differ *self, WeirGroup *group, const WeirGroup *to)
{
  g_autoptr (GPtrArray) children = list (group, false);
  g_autoptr (GPtrArray) children_to = list (to, false);

  diff_parameters (self, group, to);
  diff_values (self, &group->base, &to->base);
  for (guint i = 0; i < children->len; i++)
    if (find_like (to, children->pdata[i]) == NULL)
      take_out (self, children->pdata[i]);
  for (guint i = 0; i < children_to->len && !self->failed; i++) {
    const WeirComponent *child = children_to->pdata[i];
    WeirComponent *old = find_like (group, child);

    if (old == NULL)
      put_in (self, group, child);
    else if (old->kind != WEIR_KIND_GROUP)
      diff_values (self, old, child);
  }
}

/* Of those that were candidates to be re-routed, what was not. */
static void
drop_left (Differ *self, const WeirGroup *group, const WeirGroup *to)
{
  g_autoptr (GPtrArray) children = list (group, true);

  for (guint i = 0; i < children->len; i++)
    if (find_like (to, children->pdata[i]) == NULL)
      take_out (self, children->pdata[i]);
}

static void
diff_connections (Differ *self, WeirGroup *group, const WeirGroup *to)
{
  g_autoptr (GPtrArray) children_to = list (to, true);

  for (guint i = 0; i < children_to->len && !self->failed; i++) {
    const WeirComponent *child = children_to->pdata[i];
    WeirComponent *old = find_like (group, child);

    if (old == NULL)
      old = find_rerouted (group, (const WeirConnection *)child, to);
    if (old == NULL)
      put_in (self, group, child);
    else
      diff_values (self, old, child);
  }
  drop_left (self, group, to);
}

static void
diff_order (Differ *self, WeirGroup *group, const WeirGroup *to)
{
  g_autofree char *path = weir_flow_get_reference (self->work, &group->base);
  WeirEdit *edit = NULL;
  bool differs = false;

  if (group->children->len != to->children->len) {
    self->failed = true;
    return;
  }
  edit = new_edit (WEIR_EDIT_MOVE, path);
  for (guint i = 0; i < to->children->len; i++) {
    const WeirComponent *child = find_like (group, to->children->pdata[i]);
    g_autofree char *reference = NULL;

    if (child == NULL) {
      self->failed = true;
      break;
    }
    reference = weir_flow_get_reference (self->work, child);
    weir_edit_add_path (edit, reference, (int)i);
    differs = differs || child != group->children->pdata[i];
  }
  if (self->failed || !differs) {
    weir_edit_free (edit);
    return;
  }
  tell (self, true, "%s: order", path[0] != '\0' ? path : "the flow");
  if (!emit (self, edit))
    self->failed = true;
}

/* What no other operation says. */
static void
replace_all (Differ *self)
{
  WeirEdit *edit = new_edit (WEIR_EDIT_REPLACE, "");

  if (self->diff->lines->len == 0 || !self->failed)
    tell (self, true, "the flow: order or comments");
  edit->component = weir_component_clone (&self->to->root->base);
  g_ptr_array_set_size (self->diff->batch->edits, 0);
  g_ptr_array_add (self->diff->batch->edits, edit);
}

WeirDiff *
weir_flow_diff (const WeirFlow *from, const WeirFlow *to)
{
  static const PassFunc passes[] = { drop_connections, diff_components, diff_connections,
                                     diff_order };
  g_autoptr (WeirFlow) work = weir_flow_clone (from);
  Differ self = { .work = work, .to = to, .diff = g_new0 (WeirDiff, 1) };

  self.diff->batch = weir_edit_batch_new (NULL);
  self.diff->lines = g_ptr_array_new_with_free_func (free_line);
  for (size_t i = 0; i < G_N_ELEMENTS (passes) && !self.failed; i++)
    walk (&self, work->root, to->root, passes[i]);
  if (self.failed || !weir_component_equal (&work->root->base, &to->root->base))
    replace_all (&self);
  return self.diff;
}

void
weir_diff_free (WeirDiff *diff)
{
  if (diff == NULL)
    return;
  weir_edit_batch_free (diff->batch);
  g_ptr_array_unref (diff->lines);
  g_free (diff);
}
