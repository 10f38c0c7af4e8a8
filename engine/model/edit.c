/* edit.c: making, copying and freeing batches. */
#include "model/edit.h"
#include "model/clone.h"

WeirEditBatch *
weir_edit_batch_new (const char *name)
{
  WeirEditBatch *batch = g_new0 (WeirEditBatch, 1);

  batch->name = g_strdup (name);
  batch->edits = g_ptr_array_new_with_free_func ((GDestroyNotify)weir_edit_free);
  return batch;
}

WeirEditBatch *
weir_edit_batch_clone (const WeirEditBatch *batch)
{
  WeirEditBatch *clone = weir_edit_batch_new (batch->name);

  for (guint i = 0; i < batch->edits->len; i++)
    g_ptr_array_add (clone->edits, weir_edit_clone (batch->edits->pdata[i]));
  return clone;
}

void
weir_edit_batch_free (WeirEditBatch *batch)
{
  if (batch == NULL)
    return;
  g_free (batch->name);
  g_ptr_array_unref (batch->edits);
  g_free (batch);
}

void
weir_edit_free (WeirEdit *edit)
{
  if (edit == NULL)
    return;
  g_free (edit->path);
  g_clear_pointer (&edit->paths, g_ptr_array_unref);
  g_clear_pointer (&edit->indexes, g_array_unref);
  weir_component_free (edit->component);
  weir_component_free (edit->was_component);
  g_free (edit->setting);
  g_free (edit->key);
  g_free (edit->value);
  g_free (edit->was);
  weir_parameter_free (edit->parameter);
  g_free (edit->id);
  g_free (edit->name);
  g_free (edit);
}

static gpointer
copy_text (gconstpointer text, gpointer data)
{
  return g_strdup (text);
}

static WeirComponent *
clone_component (const WeirComponent *component)
{
  return component != NULL ? weir_component_clone (component) : NULL;
}

WeirEdit *
weir_edit_clone (const WeirEdit *edit)
{
  WeirEdit *clone = g_memdup2 (edit, sizeof *edit);

  clone->path = g_strdup (edit->path);
  if (edit->paths != NULL) {
    clone->paths = g_ptr_array_copy (edit->paths, (GCopyFunc)copy_text, NULL);
    g_ptr_array_set_free_func (clone->paths, g_free);
  }
  clone->indexes = edit->indexes != NULL ? g_array_copy (edit->indexes) : NULL;
  clone->component = clone_component (edit->component);
  clone->was_component = clone_component (edit->was_component);
  clone->setting = g_strdup (edit->setting);
  clone->key = g_strdup (edit->key);
  clone->value = g_strdup (edit->value);
  clone->was = g_strdup (edit->was);
  clone->parameter = edit->parameter != NULL ? weir_parameter_clone (edit->parameter) : NULL;
  clone->id = g_strdup (edit->id);
  clone->name = g_strdup (edit->name);
  return clone;
}

WeirEdit *
weir_edit_batch_add (WeirEditBatch *batch, WeirEditKind kind, const char *path)
{
  WeirEdit *edit = g_new0 (WeirEdit, 1);

  edit->kind = kind;
  edit->path = g_strdup (path);
  edit->index = -1;
  g_ptr_array_add (batch->edits, edit);
  return edit;
}

WeirEdit *
weir_edit_batch_add_component (WeirEditBatch *batch, const char *group, WeirComponent *component,
                               int index)
{
  WeirEdit *edit = weir_edit_batch_add (batch, WEIR_EDIT_ADD, group);

  edit->component = component;
  edit->index = index;
  return edit;
}

WeirEdit *
weir_edit_batch_remove (WeirEditBatch *batch, const char *path)
{
  return weir_edit_batch_add (batch, WEIR_EDIT_REMOVE, path);
}

WeirEdit *
weir_edit_batch_set (WeirEditBatch *batch, const char *path, const char *setting, const char *key,
                     const char *value)
{
  WeirEdit *edit = weir_edit_batch_add (batch, WEIR_EDIT_SET, path);

  edit->setting = g_strdup (setting);
  edit->key = g_strdup (key);
  edit->value = g_strdup (value);
  return edit;
}

void
weir_edit_add_path (WeirEdit *edit, const char *path, int index)
{
  if (edit->paths == NULL)
    edit->paths = g_ptr_array_new_with_free_func (g_free);
  if (edit->indexes == NULL)
    edit->indexes = g_array_new (false, false, sizeof (int));
  g_ptr_array_add (edit->paths, g_strdup (path));
  g_array_append_val (edit->indexes, index);
}
