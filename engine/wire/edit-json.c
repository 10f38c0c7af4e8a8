/* edit-json.c: one row a kind: its name and its members, which both directions go by. */
#include "wire/edit-json.h"
#include "base/limits.h"
#include "base/suggest.h"
#include "xml/fragment.h"
#include <string.h>
#include <weir/error.h>

typedef struct {
  const char *op;
  const char *members[12]; /* beside "op", closed by NULL */
} Row;

static const Row rows[WEIR_N_EDIT_KINDS] = {
  [WEIR_EDIT_ADD] = { "add", { "group", "index", "component", "restores", NULL } },
  [WEIR_EDIT_REMOVE] = { "remove", { "path", "connections", NULL } },
  [WEIR_EDIT_REPLACE] = { "replace", { "path", "component", "was", NULL } },
  [WEIR_EDIT_SET] = { "set",
                      { "path", "setting", "property", "retry", "auto-terminate", "value", "was",
                        "index", "restores", NULL } },
  [WEIR_EDIT_PARAMETER] = { "parameter",
                            { "group", "parameter", "value", "secret", "description", "xml", "was",
                              "index", "restores", NULL } },
  [WEIR_EDIT_RENAME] = { "rename", { "path", "id", "restores", NULL } },
  [WEIR_EDIT_MOVE] = { "move", { "paths", "group", "indexes", "restores", NULL } },
  [WEIR_EDIT_GROUP] = { "group", { "paths", "id", "name", NULL } },
  [WEIR_EDIT_UNGROUP] = { "ungroup", { "path", NULL } },
};

static const char *const keyed[] = { "property", "retry", "auto-terminate" };
static const char *const connections[] = { "remove", "refuse", "keep" };

/* --- reading --- */

typedef struct {
  JsonObject *object;
  const char *where;
  WeirEdit *edit;
} Reading;

static bool
has (const Reading *self, const char *name)
{
  return json_object_has_member (self->object, name);
}

static bool
copy_text (const Reading *self, const char *name, bool needed, char **ret_copy, GError **error)
{
  const char *text = NULL;

  if (!weir_json_get_text (self->object, self->where, name, needed, &text, error))
    return false;
  if (text != NULL) {
    g_free (*ret_copy);
    *ret_copy = g_strdup (text);
  }
  return true;
}

static bool
read_index (const Reading *self, GError **error)
{
  int64_t index = -1;

  if (!weir_json_get_int (self->object, self->where, "index", false,
                          (WeirJsonRange){ -1, G_MAXINT32 }, &index, error))
    return false;
  self->edit->index = (int)index;
  return true;
}

static bool
read_component (const Reading *self, const char *name, bool needed, WeirComponent **ret_component,
                GError **error)
{
  const char *text = NULL;

  if (!weir_json_get_text (self->object, self->where, name, needed, &text, error))
    return false;
  if (text == NULL)
    return true;
  *ret_component = weir_component_read (text, strlen (text), error);
  if (*ret_component == NULL)
    g_prefix_error (error, "%s.%s: ", self->where, name);
  return *ret_component != NULL;
}

static bool
read_was (const Reading *self, GError **error)
{
  self->edit->has_was = has (self, "was");
  return copy_text (self, "was", false, &self->edit->was, error);
}

/* "setting", or a keyed one by its own name. */
static bool
read_setting (const Reading *self, GError **error)
{
  unsigned n = has (self, "setting") ? 1 : 0;

  for (unsigned i = 0; i < G_N_ELEMENTS (keyed); i++) {
    if (!has (self, keyed[i]))
      continue;
    n++;
    g_free (self->edit->setting);
    self->edit->setting = g_strdup (keyed[i]);
    if (!copy_text (self, keyed[i], true, &self->edit->key, error))
      return false;
  }
  if (n != 1) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                 "%s needs one of setting, property, retry and auto-terminate, and has %u",
                 self->where, n);
    return false;
  }
  return self->edit->setting != NULL ||
         copy_text (self, "setting", true, &self->edit->setting, error);
}

static bool
read_set (const Reading *self, GError **error)
{
  if (!has (self, "value")) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                 "%s.value is missing: write null for the default", self->where);
    return false;
  }
  return read_setting (self, error) &&
         copy_text (self, "value", false, &self->edit->value, error) && read_was (self, error) &&
         read_index (self, error);
}

/* One with neither value nor secret is taken out. */
static bool
read_parameter (const Reading *self, GError **error)
{
  char *xml = NULL;
  WeirParameter *parameter = NULL;
  bool ok = copy_text (self, "parameter", true, &self->edit->key, error) &&
            copy_text (self, "xml", false, &xml, error) && read_was (self, error) &&
            read_index (self, error);

  if (ok && xml != NULL) {
    parameter = weir_parameter_read (xml, strlen (xml), error);
    if (parameter == NULL)
      g_prefix_error (error, "%s.xml: ", self->where);
    ok = parameter != NULL;
  } else if (ok && (has (self, "value") || has (self, "secret"))) {
    parameter = g_new0 (WeirParameter, 1);
    parameter->name = g_strdup (self->edit->key);
    parameter->value = g_strdup ("");
    parameter->description = g_strdup ("");
    ok = copy_text (self, "value", false, &parameter->value, error) &&
         copy_text (self, "secret", false, &parameter->secret, error) &&
         copy_text (self, "description", false, &parameter->description, error);
  }
  g_free (xml);
  self->edit->parameter = parameter;
  return ok;
}

static bool
read_indexes (const Reading *self, GError **error)
{
  JsonArray *array = NULL;
  guint n = 0;

  if (!weir_json_get_array (self->object, self->where, "indexes", false, &array, error))
    return false;
  n = array != NULL ? json_array_get_length (array) : 0;
  if (array == NULL)
    return true;
  if (n != self->edit->paths->len) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                 "%s.indexes has %u elements, and paths has %u: write one for each", self->where, n,
                 self->edit->paths->len);
    return false;
  }
  self->edit->indexes = g_array_new (false, false, sizeof (int));
  for (guint i = 0; i < n; i++) {
    JsonNode *node = json_array_get_element (array, i);
    int64_t index = JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_INT64
                        ? json_node_get_int (node)
                        : -2;
    int value = (int)index;

    if (index < -1 || index > G_MAXINT32) {
      g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                   "%s.indexes has an element, number %u, that is no index", self->where, i + 1);
      return false;
    }
    g_array_append_val (self->edit->indexes, value);
  }
  return true;
}

static bool
read_connections (const Reading *self, GError **error)
{
  const char *text = "remove";

  if (!weir_json_get_text (self->object, self->where, "connections", false, &text, error))
    return false;
  for (unsigned i = 0; i < G_N_ELEMENTS (connections); i++)
    if (strcmp (connections[i], text) == 0) {
      self->edit->connections = i;
      return true;
    }
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
               "%s.connections is '%s': write remove, refuse or keep", self->where, text);
  return false;
}

static bool
read_kind (const Reading *self, GError **error)
{
  WeirEdit *edit = self->edit;

  switch (edit->kind) {
  case WEIR_EDIT_ADD:
    return copy_text (self, "group", true, &edit->path, error) && read_index (self, error) &&
           read_component (self, "component", true, &edit->component, error);
  case WEIR_EDIT_REMOVE:
    return copy_text (self, "path", true, &edit->path, error) && read_connections (self, error);
  case WEIR_EDIT_REPLACE:
    return copy_text (self, "path", true, &edit->path, error) &&
           read_component (self, "component", true, &edit->component, error) &&
           read_component (self, "was", false, &edit->was_component, error);
  case WEIR_EDIT_SET:
    return copy_text (self, "path", true, &edit->path, error) && read_set (self, error);
  case WEIR_EDIT_PARAMETER:
    return copy_text (self, "group", true, &edit->path, error) && read_parameter (self, error);
  case WEIR_EDIT_RENAME:
    return copy_text (self, "path", true, &edit->path, error) &&
           copy_text (self, "id", true, &edit->id, error);
  case WEIR_EDIT_MOVE:
    return copy_text (self, "group", true, &edit->path, error) &&
           weir_json_get_texts (self->object, self->where, "paths", true, &edit->paths, error) &&
           read_indexes (self, error);
  case WEIR_EDIT_GROUP:
    return copy_text (self, "id", true, &edit->id, error) &&
           copy_text (self, "name", false, &edit->name, error) &&
           weir_json_get_texts (self->object, self->where, "paths", true, &edit->paths, error);
  case WEIR_EDIT_UNGROUP:
    return copy_text (self, "path", true, &edit->path, error);
  }
  g_assert_not_reached ();
}

static bool
find_kind (const char *where, const char *op, WeirEditKind *ret_kind, GError **error)
{
  const char *names[WEIR_N_EDIT_KINDS];
  const char *nearest = NULL;

  for (unsigned i = 0; i < WEIR_N_EDIT_KINDS; i++) {
    names[i] = rows[i].op;
    if (strcmp (names[i], op) == 0) {
      *ret_kind = i;
      return true;
    }
  }
  nearest = weir_suggest (op, names, WEIR_N_EDIT_KINDS);
  if (nearest != NULL)
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                 "%s.op '%s' is no operation, did you mean '%s'?", where, op, nearest);
  else
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                 "%s.op '%s' is no operation: there are add, remove, replace, set, parameter, "
                 "rename, move, group and ungroup",
                 where, op);
  return false;
}

static bool
check_members (const Reading *self, GError **error)
{
  const char *const *members = rows[self->edit->kind].members;
  const char *names[G_N_ELEMENTS (rows[0].members) + 1] = { "op" };
  unsigned n = 1;

  while (*members != NULL)
    names[n++] = *members++;
  names[n] = NULL;
  return weir_json_check_names (self->object, self->where, names, error);
}

static bool
read_edit (JsonObject *object, const char *where, WeirEditBatch *batch, GError **error)
{
  const char *op = NULL;
  WeirEditKind kind = 0;
  Reading self = { object, where, NULL };

  if (!weir_json_get_text (object, where, "op", true, &op, error) ||
      !find_kind (where, op, &kind, error))
    return false;
  self.edit = weir_edit_batch_add (batch, kind, NULL);
  return check_members (&self, error) && read_kind (&self, error) &&
         weir_json_get_bool (object, where, "restores", false, &self.edit->restores, error);
}

WeirEditBatch *
weir_edit_batch_from_json (JsonObject *object, GError **error)
{
  static const char *const names[] = { "name", "operations", NULL };
  g_autoptr (WeirEditBatch) batch = NULL;
  const char *name = NULL;
  JsonArray *operations = NULL;

  if (!weir_json_check_names (object, "", names, error) ||
      !weir_json_get_text (object, "", "name", false, &name, error) ||
      !weir_json_get_array (object, "", "operations", true, &operations, error))
    return NULL;
  if (json_array_get_length (operations) > WEIR_LIMIT_EDITS) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_LIMIT,
                 "%u operations in one batch are more than %u: make two of it",
                 json_array_get_length (operations), WEIR_LIMIT_EDITS);
    return NULL;
  }
  batch = weir_edit_batch_new (name);
  for (guint i = 0; i < json_array_get_length (operations); i++) {
    JsonNode *node = json_array_get_element (operations, i);
    g_autofree char *where = g_strdup_printf ("operations[%u]", i);

    if (!JSON_NODE_HOLDS_OBJECT (node)) {
      g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID, "%s is no object: write {...}", where);
      return NULL;
    }
    if (!read_edit (json_node_get_object (node), where, batch, error))
      return NULL;
  }
  return g_steal_pointer (&batch);
}

WeirEditBatch *
weir_edit_batch_parse (const char *text, size_t size, GError **error)
{
  g_autoptr (JsonObject) object = weir_json_parse_object (text, size, error);

  return object != NULL ? weir_edit_batch_from_json (object, error) : NULL;
}
