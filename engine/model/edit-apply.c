/* edit-apply.c: a batch, one operation after the other; when one fails, those before it are undone
 * by what they noted, which is the same as what undoes a batch that succeeded.
 *
 * Invariant: after each operation, doing editor->undo from its end leads back to the flow as it
 * was. */
#include "base/limits.h"
#include "model/clone.h"
#include "model/edit-parts.h"
#include "model/equal.h"
#include "model/locate.h"
#include "model/resolver.h"
#include <string.h>
#include <weir/error.h>

/* --- the steps that are about whole components --- */

/* Whether @component may come into @group, where it is not yet. */
static bool
check_newcomer (const WeirGroup *group, const WeirComponent *component, GError **error)
{
  const WeirConnection *connection = (const WeirConnection *)component;
  char *from = NULL;
  bool ok = false;

  if (!weir_edit_check_id (group, component, component->id, error))
    return false;
  if (component->kind != WEIR_KIND_CONNECTION)
    return true;
  weir_value_get (component, (WeirValueName){ "from", NULL }, &from, NULL);
  ok = weir_edit_check_end (group, from, true, error) &&
       weir_edit_check_end (group, connection->to, false, error);
  g_free (from);
  return ok;
}

bool
weir_editor_add (WeirEditor *editor, WeirGroup *group, WeirComponent *component, int index,
                 bool restores, GError **error)
{
  WeirEdit *undo = NULL;

  if (!weir_edit_check_depth (group, component, error) ||
      (!restores && !check_newcomer (group, component, error))) {
    weir_component_free (component);
    return false;
  }
  weir_group_add (group, component, index < 0 ? -1 : (int)MIN ((guint)index, group->children->len));
  weir_editor_keep_added (editor, component);
  undo = weir_editor_note (editor, WEIR_EDIT_REMOVE, component);

  /* Connections that others have made since then are not to go with it. Those that were waiting for
   * it stay as they were. */
  undo->connections = restores || weir_edit_get_waiting (component, component->id) != NULL
                          ? WEIR_EDIT_CONNECTIONS_KEEP
                          : WEIR_EDIT_CONNECTIONS_REFUSE;
  return true;
}

static void
take_out (WeirEditor *editor, WeirComponent *component)
{
  WeirGroup *group = component->parent;
  WeirEdit *undo = weir_editor_note (editor, WEIR_EDIT_ADD, &group->base);

  undo->index = weir_edit_get_index (component);
  weir_editor_forget (editor, component);
  undo->component = weir_group_remove (group, component);
  undo->restores = !check_newcomer (group, component, NULL);
}

static bool
refuse_root (const WeirComponent *component, const char *verb, GError **error)
{
  if (component->parent != NULL)
    return true;
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID, "the flow itself cannot be %s", verb);
  return false;
}

bool
weir_editor_remove (WeirEditor *editor, WeirComponent *component, WeirEditConnections connections,
                    GError **error)
{
  g_autoptr (GPtrArray) touching = NULL;

  if (!refuse_root (component, "removed", error))
    return false;
  if (connections != WEIR_EDIT_CONNECTIONS_KEEP)
    touching = weir_edit_get_touching (component);
  if (touching != NULL && touching->len > 0 && connections == WEIR_EDIT_CONNECTIONS_REFUSE) {
    g_autofree char *path = weir_component_get_path (touching->pdata[0]);

    g_set_error (error, WEIR_ERROR, WEIR_ERROR_EXISTS,
                 "'%s' is connected by '%s': remove that connection first", component->id, path);
    return false;
  }
  for (guint i = touching != NULL ? touching->len : 0; i > 0; i--)
    take_out (editor, touching->pdata[i - 1]);
  take_out (editor, component);
  return true;
}

static bool
check_replacement (const WeirComponent *component, const WeirComponent *with,
                   const WeirComponent *was, GError **error)
{
  g_autofree char *path = weir_component_get_path (component);

  if (component->kind != with->kind) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID, "'%s' is a %s and cannot become a %s", path,
                 weir_kind_get_text (component->kind), weir_kind_get_text (with->kind));
    return false;
  }
  if (strcmp (component->id, with->id) != 0) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                 "'%s' cannot be replaced by '%s': rename it in an operation of its own", path,
                 with->id);
    return false;
  }
  if (was != NULL && !weir_component_equal (component, was)) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_EXISTS,
                 "'%s' has been changed by somebody else: look at it and try again", path);
    return false;
  }
  return component->parent == NULL || weir_edit_check_depth (component->parent, with, error);
}

bool
weir_editor_replace (WeirEditor *editor, WeirComponent *component, WeirComponent *with,
                     const WeirComponent *was, GError **error)
{
  WeirGroup *group = component->parent;
  WeirEdit *undo = NULL;
  int index = 0;

  if (!check_replacement (component, with, was, error)) {
    weir_component_free (with);
    return false;
  }
  if (component->kind == WEIR_KIND_CONNECTION)
    weir_editor_keep_path (editor, component);
  weir_editor_keep_replaced (editor, component, with);
  if (group != NULL) {
    index = weir_edit_get_index (component);
    weir_group_remove (group, component);
    weir_group_add (group, with, index);
  } else {
    editor->flow->root = (WeirGroup *)with;
  }
  undo = weir_editor_note (editor, WEIR_EDIT_REPLACE, with);
  undo->component = component;
  undo->was_component = weir_component_clone (with);
  return true;
}

/* --- operations --- */

/* Returns: (transfer container): WeirComponent. */
static GPtrArray *
locate_all (const WeirEditor *editor, const WeirEdit *edit, GError **error)
{
  g_autoptr (GPtrArray) components = g_ptr_array_new ();

  if (edit->paths == NULL || edit->paths->len == 0) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID, "there are no paths: name one at least");
    return NULL;
  }
  for (guint i = 0; i < edit->paths->len; i++) {
    WeirComponent *component = weir_flow_need (editor->flow, edit->paths->pdata[i], error);

    if (component == NULL || !refuse_root (component, "moved", error))
      return NULL;
    if (g_ptr_array_find (components, component, NULL)) {
      g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID, "'%s' is named twice",
                   (const char *)edit->paths->pdata[i]);
      return NULL;
    }
    g_ptr_array_add (components, component);
  }
  return g_steal_pointer (&components);
}

static bool
apply_to_many (WeirEditor *editor, const WeirEdit *edit, GError **error)
{
  g_autoptr (GPtrArray) components = locate_all (editor, edit, error);
  WeirGroup *to = NULL;

  if (components == NULL)
    return false;
  if (edit->kind == WEIR_EDIT_GROUP)
    return weir_editor_group (editor, components, edit->id, edit->name, error);
  to = weir_flow_need_group (editor->flow, edit->path, error);
  return to != NULL &&
         weir_editor_move (editor, components, edit->indexes, to, edit->restores, error);
}

static bool
apply_to_group (WeirEditor *editor, const WeirEdit *edit, GError **error)
{
  WeirGroup *group = weir_flow_need_group (editor->flow, edit->path, error);

  if (group == NULL)
    return false;
  if (edit->kind == WEIR_EDIT_ADD)
    return weir_editor_add (editor, group, weir_component_clone (edit->component), edit->index,
                            edit->restores, error);
  if (edit->kind == WEIR_EDIT_PARAMETER)
    return weir_editor_parameter (editor, group, edit, error);
  return refuse_root (&group->base, "taken apart", error) &&
         weir_editor_ungroup (editor, group, error);
}

static bool
apply_to_one (WeirEditor *editor, const WeirEdit *edit, GError **error)
{
  WeirComponent *component = weir_flow_need (editor->flow, edit->path, error);

  if (component == NULL)
    return false;
  if (edit->kind == WEIR_EDIT_REMOVE)
    return weir_editor_remove (editor, component, edit->connections, error);
  if (edit->kind == WEIR_EDIT_REPLACE)
    return weir_editor_replace (editor, component, weir_component_clone (edit->component),
                                edit->was_component, error);
  if (edit->kind == WEIR_EDIT_SET)
    return weir_editor_set (editor, component, edit, error);
  return refuse_root (component, "renamed", error) &&
         weir_editor_rename (editor, component, edit->id, edit->restores, error);
}

static bool
apply (WeirEditor *editor, const WeirEdit *edit, GError **error)
{
  switch (edit->kind) {
  case WEIR_EDIT_ADD:
  case WEIR_EDIT_PARAMETER:
  case WEIR_EDIT_UNGROUP:
    return apply_to_group (editor, edit, error);
  case WEIR_EDIT_REMOVE:
  case WEIR_EDIT_REPLACE:
  case WEIR_EDIT_SET:
  case WEIR_EDIT_RENAME:
    return apply_to_one (editor, edit, error);
  case WEIR_EDIT_MOVE:
  case WEIR_EDIT_GROUP:
    return apply_to_many (editor, edit, error);
  }
  g_assert_not_reached ();
}

static void
editor_init (WeirEditor *editor, WeirFlow *flow)
{
  editor->flow = flow;
  editor->undo = g_ptr_array_new_with_free_func ((GDestroyNotify)weir_edit_free);
  editor->origins = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  editor->added = g_hash_table_new (NULL, NULL);
}

static void
editor_clear (WeirEditor *editor)
{
  g_ptr_array_unref (editor->undo);
  g_hash_table_unref (editor->origins);
  g_hash_table_unref (editor->added);
}

static void
undo (WeirEditor *editor)
{
  WeirEditor back;

  editor_init (&back, editor->flow);
  for (guint i = editor->undo->len; i > 0; i--)
    if (!apply (&back, editor->undo->pdata[i - 1], NULL))
      g_assert_not_reached ();
  editor_clear (&back);
}

static WeirEditBatch *
make_inverse (WeirEditor *editor, const char *name)
{
  WeirEditBatch *inverse = weir_edit_batch_new (name);

  while (editor->undo->len > 0)
    g_ptr_array_add (inverse->edits, g_ptr_array_steal_index (editor->undo, editor->undo->len - 1));
  return inverse;
}

bool
weir_flow_edit (WeirFlow *flow, const WeirEditBatch *batch, WeirEditResult *ret_result,
                GError **error)
{
  WeirEditor editor;
  bool ok = true;

  if (batch->edits->len > WEIR_LIMIT_EDITS) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_LIMIT,
                 "%u operations in one batch are more than %u: make two of it", batch->edits->len,
                 WEIR_LIMIT_EDITS);
    return false;
  }
  editor_init (&editor, flow);
  for (guint i = 0; ok && i < batch->edits->len; i++) {
    ok = apply (&editor, batch->edits->pdata[i], error);
    if (!ok)
      g_prefix_error (error, "operations[%u]: ", i);
  }
  if (ok) {
    ret_result->renames = weir_editor_get_renames (&editor);
    ret_result->inverse = make_inverse (&editor, batch->name);
  } else {
    undo (&editor);
  }
  editor_clear (&editor);
  return ok;
}

void
weir_edit_result_clear (WeirEditResult *result)
{
  g_clear_pointer (&result->inverse, weir_edit_batch_free);
  g_clear_pointer (&result->renames, g_ptr_array_unref);
}
