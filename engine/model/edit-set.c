/* edit-set.c: the fine-grained operations: one value, one parameter. */
#include "base/limits.h"
#include "model/clone.h"
#include "model/edit-parts.h"
#include "model/resolver.h"
#include <string.h>
#include <weir/error.h>

/* "property 'Input Directory' of 'read'". Returns: (transfer full). */
static char *
describe (const WeirComponent *component, WeirValueName name)
{
  g_autofree char *path = weir_component_get_path (component);

  if (name.key != NULL)
    return g_strdup_printf ("%s '%s' of '%s'", name.setting, name.key, path);
  return g_strdup_printf ("%s of '%s'", name.setting, path);
}

/* Returns: (transfer full): a value as a message quotes it. */
static char *
quote (const char *value)
{
  if (value == NULL)
    return g_strdup ("not set");
  if (strlen (value) > WEIR_LIMIT_QUOTE)
    return g_strdup ("a long text");
  return g_strdup_printf ("'%s'", value);
}

static bool
tell_conflict (const char *what, const char *now, const char *was, GError **error)
{
  g_autofree char *quoted_now = quote (now);
  g_autofree char *quoted_was = quote (was);

  g_set_error (error, WEIR_ERROR, WEIR_ERROR_EXISTS,
               "%s is now %s, expected was %s: somebody else has changed it, look at it and try "
               "again",
               what, quoted_now, quoted_was);
  return false;
}

/* An end that is set must be there; *@ret_was_there: the one of before was. */
static bool
check_ends (const WeirComponent *component, const WeirEdit *edit, const char *old,
            bool *ret_was_there, GError **error)
{
  bool is_source = strcmp (edit->setting, "from") == 0;

  *ret_was_there = true;
  if (component->kind != WEIR_KIND_CONNECTION || (!is_source && strcmp (edit->setting, "to") != 0))
    return true;
  *ret_was_there = weir_edit_check_end (component->parent, old != NULL ? old : "", is_source, NULL);
  return edit->restores ||
         weir_edit_check_end (component->parent, edit->value != NULL ? edit->value : "", is_source,
                              error);
}

static bool
change (WeirEditor *editor, WeirComponent *component, const WeirEdit *edit, const char *old,
        bool was_there, GError **error)
{
  WeirValueName name = { edit->setting, edit->key };
  WeirComponent *before =
      weir_value_is_whole (component, name, edit->value) ? NULL : weir_component_clone (component);
  int index = weir_value_get_index (component, name);
  WeirEdit *undo = NULL;

  if (component->kind == WEIR_KIND_CONNECTION)
    weir_editor_keep_path (editor, component);
  if (!weir_value_set (component, name, edit->value, edit->index, error)) {
    weir_component_free (before);
    return false;
  }
  if (before != NULL) {
    undo = weir_editor_note (editor, WEIR_EDIT_REPLACE, component);
    undo->component = before;
    undo->was_component = weir_component_clone (component);
    return true;
  }
  undo = weir_editor_note (editor, WEIR_EDIT_SET, component);
  undo->setting = g_strdup (edit->setting);
  undo->key = g_strdup (edit->key);
  undo->value = g_strdup (old);
  undo->has_was = true;
  undo->index = edit->value == NULL ? index : -1;
  undo->restores = !was_there;
  if (!weir_value_get (component, name, &undo->was, NULL))
    g_assert_not_reached ();
  return true;
}

bool
weir_editor_set (WeirEditor *editor, WeirComponent *component, const WeirEdit *edit, GError **error)
{
  WeirValueName name = { edit->setting, edit->key };
  g_autofree char *old = NULL;
  bool was_there = false;

  if (!weir_value_get (component, name, &old, error))
    return false;
  if (edit->has_was && g_strcmp0 (old, edit->was) != 0) {
    g_autofree char *what = describe (component, name);

    return tell_conflict (what, old, edit->was, error);
  }
  if (g_strcmp0 (old, edit->value) == 0 && weir_value_is_whole (component, name, edit->value))
    return true;
  if (check_ends (component, edit, old, &was_there, error) &&
      change (editor, component, edit, old, was_there, error))
    return true;
  if (error != NULL && *error != NULL) {
    g_autofree char *path = weir_component_get_path (component);

    g_prefix_error (error, "'%s': ", path);
  }
  return false;
}

bool
weir_editor_set_value (WeirEditor *editor, WeirComponent *component, const char *setting,
                       const char *text, GError **error)
{
  WeirEdit edit = {
    .kind = WEIR_EDIT_SET, .setting = (char *)setting, .value = (char *)text, .index = -1
  };

  return weir_editor_set (editor, component, &edit, error);
}

/* --- parameters --- */

static int
find_parameter (const WeirGroup *group, const char *name, guint from)
{
  for (guint i = from; i < group->parameters->len; i++)
    if (strcmp (((const WeirParameter *)group->parameters->pdata[i])->name, name) == 0)
      return (int)i;
  return -1;
}

/* What `was` is compared with. */
static const char *
get_value (const WeirParameter *parameter)
{
  if (parameter == NULL)
    return NULL;
  return parameter->secret != NULL ? parameter->secret : parameter->value;
}

static bool
check_parameter (const WeirGroup *group, const WeirEdit *edit, const WeirParameter *old,
                 GError **error)
{
  if (edit->has_was && g_strcmp0 (get_value (old), edit->was) != 0) {
    g_autofree char *what = describe (&group->base, (WeirValueName){ "parameter", edit->key });

    return tell_conflict (what, get_value (old), edit->was, error);
  }
  if (old == NULL && edit->parameter == NULL) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND, "the group '%s' has no parameter '%s'",
                 group->base.id, edit->key);
    return false;
  }
  if (edit->parameter != NULL && !edit->restores && old == NULL &&
      !weir_parameter_name_is_valid (edit->key)) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                 "'%s' cannot be the name of a parameter: use letters, digits, '_', '-', '.' and "
                 "blanks within",
                 edit->key);
    return false;
  }
  return true;
}

static void
insert_parameter (WeirGroup *group, const WeirEdit *edit)
{
  WeirParameter *copy = weir_parameter_clone (edit->parameter);

  g_free (copy->name);
  copy->name = g_strdup (edit->key);
  g_ptr_array_insert (group->parameters,
                      edit->index < 0 ? -1 : (int)MIN ((guint)edit->index, group->parameters->len),
                      copy);
}

/* Ghosts of the parameter stay. */
static void
overwrite_parameter (WeirParameter *parameter, const WeirParameter *with)
{
  g_free (parameter->value);
  g_free (parameter->secret);
  g_free (parameter->description);
  parameter->value = g_strdup (with->value);
  parameter->secret = g_strdup (with->secret);
  parameter->description = g_strdup (with->description);
}

bool
weir_editor_parameter (WeirEditor *editor, WeirGroup *group, const WeirEdit *edit, GError **error)
{
  bool inserts = edit->restores && edit->parameter != NULL;
  int index = inserts ? -1 : find_parameter (group, edit->key, 0);
  WeirParameter *old = index >= 0 ? group->parameters->pdata[index] : NULL;
  WeirEdit *undo = NULL;

  if (!check_parameter (group, edit, old, error))
    return false;
  undo = weir_editor_note (editor, WEIR_EDIT_PARAMETER, &group->base);
  undo->key = g_strdup (edit->key);
  undo->has_was = true;
  undo->was = g_strdup (get_value (edit->parameter));
  undo->parameter = old != NULL ? weir_parameter_clone (old) : NULL;
  if (edit->parameter == NULL) {
    g_ptr_array_remove_index (group->parameters, (guint)index);
    undo->index = index;
    undo->restores =
        find_parameter (group, edit->key, 0) >= 0 || !weir_parameter_name_is_valid (edit->key);
    undo->has_was = !undo->restores;
  } else if (old == NULL) {
    insert_parameter (group, edit);
    undo->has_was = !inserts;
  } else {
    overwrite_parameter (old, edit->parameter);
  }
  return true;
}
