/* edit-json-write.c: what is the default is left out, as in a flow file. */
#include "wire/edit-json.h"
#include "xml/fragment.h"
#include <string.h>

static bool
put_component (GString *out, const char *name, const WeirComponent *component, GError **error)
{
  g_autofree char *xml = NULL;

  if (component == NULL)
    return true;
  xml = weir_component_write (component, error);
  if (xml != NULL)
    weir_json_put_text (out, name, xml);
  return xml != NULL;
}

static void
put_unless_null (GString *out, const char *name, const char *text)
{
  if (text != NULL)
    weir_json_put_text (out, name, text);
}

static void
put_index (GString *out, const WeirEdit *edit)
{
  if (edit->index >= 0)
    weir_json_put_int (out, "index", edit->index);
}

static void
put_set (GString *out, const WeirEdit *edit)
{
  static const char *const keyed[] = { "property", "retry", "auto-terminate", NULL };

  if (edit->key != NULL && g_strv_contains (keyed, edit->setting))
    weir_json_put_text (out, edit->setting, edit->key);
  else
    weir_json_put_text (out, "setting", edit->setting);
  weir_json_put_text (out, "value", edit->value);
  if (edit->has_was)
    weir_json_put_text (out, "was", edit->was);
  put_index (out, edit);
}

/* Plain members, unless there are comments or the like with it. */
static bool
put_parameter (GString *out, const WeirEdit *edit, GError **error)
{
  const WeirParameter *parameter = edit->parameter;

  weir_json_put_text (out, "parameter", edit->key);
  if (parameter != NULL && !weir_ghosts_is_empty (&parameter->ghosts)) {
    g_autofree char *xml = weir_parameter_write (parameter, error);

    if (xml == NULL)
      return false;
    weir_json_put_text (out, "xml", xml);
  } else if (parameter != NULL) {
    if (parameter->secret == NULL || parameter->value[0] != '\0')
      weir_json_put_text (out, "value", parameter->value);
    put_unless_null (out, "secret", parameter->secret);
    if (parameter->description[0] != '\0')
      weir_json_put_text (out, "description", parameter->description);
  }
  if (edit->has_was)
    weir_json_put_text (out, "was", edit->was);
  put_index (out, edit);
  return true;
}

static void
put_paths (GString *out, const WeirEdit *edit)
{
  bool has_index = false;

  if (edit->paths == NULL)
    return;
  weir_json_put_texts (out, "paths", (const char *const *)edit->paths->pdata, edit->paths->len);
  for (guint i = 0; edit->indexes != NULL && i < edit->indexes->len; i++)
    has_index = has_index || g_array_index (edit->indexes, int, i) >= 0;
  if (!has_index || edit->kind != WEIR_EDIT_MOVE)
    return;
  weir_json_begin (out, "indexes", '[');
  for (guint i = 0; i < edit->indexes->len; i++)
    weir_json_put_int (out, NULL, g_array_index (edit->indexes, int, i));
  weir_json_end (out, ']');
}

static bool
put_kind (GString *out, const WeirEdit *edit, GError **error)
{
  static const char *const connections[] = { "remove", "refuse", "keep" };

  switch (edit->kind) {
  case WEIR_EDIT_ADD:
    weir_json_put_text (out, "group", edit->path);
    put_index (out, edit);
    return put_component (out, "component", edit->component, error);
  case WEIR_EDIT_REMOVE:
    weir_json_put_text (out, "path", edit->path);
    if (edit->connections != WEIR_EDIT_CONNECTIONS_REMOVE)
      weir_json_put_text (out, "connections", connections[edit->connections]);
    return true;
  case WEIR_EDIT_REPLACE:
    weir_json_put_text (out, "path", edit->path);
    return put_component (out, "component", edit->component, error) &&
           put_component (out, "was", edit->was_component, error);
  case WEIR_EDIT_SET:
    weir_json_put_text (out, "path", edit->path);
    put_set (out, edit);
    return true;
  case WEIR_EDIT_PARAMETER:
    weir_json_put_text (out, "group", edit->path);
    return put_parameter (out, edit, error);
  case WEIR_EDIT_RENAME:
    weir_json_put_text (out, "path", edit->path);
    weir_json_put_text (out, "id", edit->id);
    return true;
  case WEIR_EDIT_MOVE:
    weir_json_put_text (out, "group", edit->path);
    put_paths (out, edit);
    return true;
  case WEIR_EDIT_GROUP:
    put_paths (out, edit);
    weir_json_put_text (out, "id", edit->id);
    put_unless_null (out, "name", edit->name);
    return true;
  case WEIR_EDIT_UNGROUP:
    weir_json_put_text (out, "path", edit->path);
    return true;
  }
  g_assert_not_reached ();
}

bool
weir_json_put_edit_batch (GString *out, const char *name, const WeirEditBatch *batch,
                          GError **error)
{
  static const char *const ops[WEIR_N_EDIT_KINDS] = {
    "add", "remove", "replace", "set", "parameter", "rename", "move", "group", "ungroup",
  };
  size_t length = out->len;

  weir_json_begin (out, name, '{');
  put_unless_null (out, "name", batch->name);
  weir_json_begin (out, "operations", '[');
  for (guint i = 0; i < batch->edits->len; i++) {
    const WeirEdit *edit = batch->edits->pdata[i];

    weir_json_begin (out, NULL, '{');
    weir_json_put_text (out, "op", ops[edit->kind]);
    if (!put_kind (out, edit, error)) {
      g_prefix_error (error, "operations[%u]: ", i);
      g_string_truncate (out, length);
      return false;
    }
    if (edit->restores)
      weir_json_put_bool (out, "restores", true);
    weir_json_end (out, '}');
  }
  weir_json_end (out, ']');
  weir_json_end (out, '}');
  return true;
}
