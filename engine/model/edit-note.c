/* edit-note.c: what undoes a batch, and who was called what before it.
 *
 * Invariant: a component is in `origins` before its path changes for the first time, or it is in
 * `added`, or in something that is, so its path before the batch is always known. */
#include "model/edit-parts.h"
#include "model/locate.h"
#include <string.h>

WeirEdit *
weir_editor_note (WeirEditor *editor, WeirEditKind kind, const WeirComponent *target)
{
  WeirEdit *edit = g_new0 (WeirEdit, 1);

  edit->kind = kind;
  edit->index = -1;
  if (target != NULL)
    edit->path = weir_flow_get_reference (editor->flow, target);
  g_ptr_array_add (editor->undo, edit);
  return edit;
}

static bool
is_added (const WeirEditor *editor, const WeirComponent *component)
{
  for (; component != NULL; component = component->parent != NULL ? &component->parent->base : NULL)
    if (g_hash_table_contains (editor->added, component))
      return true;
  return false;
}

static void
keep_path (WeirEditor *editor, const WeirComponent *component, const char *path)
{
  const WeirGroup *group = (const WeirGroup *)component;

  if (!g_hash_table_contains (editor->origins, component) && !is_added (editor, component))
    g_hash_table_insert (editor->origins, (gpointer)component, g_strdup (path));
  if (component->kind != WEIR_KIND_GROUP)
    return;
  for (guint i = 0; i < group->children->len; i++) {
    const WeirComponent *child = group->children->pdata[i];
    g_autofree char *child_path = weir_component_get_path (child);

    keep_path (editor, child, child_path);
  }
}

void
weir_editor_keep_path (WeirEditor *editor, const WeirComponent *component)
{
  g_autofree char *path = weir_component_get_path (component);

  keep_path (editor, component, path);
}

void
weir_editor_keep_added (WeirEditor *editor, const WeirComponent *component)
{
  g_hash_table_add (editor->added, (gpointer)component);
}

void
weir_editor_forget (WeirEditor *editor, const WeirComponent *component)
{
  const WeirGroup *group = (const WeirGroup *)component;

  g_hash_table_remove (editor->origins, component);
  g_hash_table_remove (editor->added, component);
  for (guint i = 0; component->kind == WEIR_KIND_GROUP && i < group->children->len; i++)
    weir_editor_forget (editor, group->children->pdata[i]);
}

/* What is in a group under the same id is the same. */
void
weir_editor_keep_replaced (WeirEditor *editor, const WeirComponent *component,
                           const WeirComponent *with)
{
  const WeirGroup *group = (const WeirGroup *)component;
  const char *path = g_hash_table_lookup (editor->origins, component);

  if (path != NULL)
    g_hash_table_insert (editor->origins, (gpointer)with, g_strdup (path));
  if (g_hash_table_contains (editor->added, component))
    g_hash_table_add (editor->added, (gpointer)with);
  for (guint i = 0; component->kind == WEIR_KIND_GROUP && i < group->children->len; i++) {
    const WeirComponent *child = group->children->pdata[i];
    const WeirComponent *other = weir_group_find ((const WeirGroup *)with, child->id);

    if (other != NULL && other->kind == child->kind)
      weir_editor_keep_replaced (editor, child, other);
    else
      weir_editor_forget (editor, child);
  }
  g_hash_table_remove (editor->origins, component);
  g_hash_table_remove (editor->added, component);
}

static void
free_rename (gpointer data)
{
  WeirEditRename *rename = data;

  g_free (rename->from);
  g_free (rename->to);
  g_free (rename);
}

static int
compare_renames (gconstpointer a, gconstpointer b)
{
  const WeirEditRename *const *first = a;
  const WeirEditRename *const *second = b;

  return strcmp ((*first)->from, (*second)->from);
}

GPtrArray *
weir_editor_get_renames (WeirEditor *editor)
{
  GPtrArray *renames = g_ptr_array_new_with_free_func (free_rename);
  GHashTableIter iter;
  gpointer component = NULL;
  gpointer from = NULL;

  g_hash_table_iter_init (&iter, editor->origins);
  while (g_hash_table_iter_next (&iter, &component, &from)) {
    g_autofree char *to = weir_component_get_path (component);
    WeirEditRename *rename = NULL;

    if (strcmp (from, to) == 0)
      continue;
    rename = g_new (WeirEditRename, 1);
    rename->from = g_strdup (from);
    rename->to = g_steal_pointer (&to);
    g_ptr_array_add (renames, rename);
  }
  g_ptr_array_sort (renames, compare_renames);
  return renames;
}
