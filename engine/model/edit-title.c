/* edit-title.c: what lists of steps call a batch. */
#include "model/edit.h"
#include <string.h>

/* "archive/read" is read, "a:success -> b" is itself. */
static const char *
get_short (const char *path)
{
  const char *slash = strrchr (path, '/');

  if (path[0] == '\0')
    return "the flow";
  return slash != NULL && strstr (path, " -> ") == NULL ? slash + 1 : path;
}

static const char *
get_label (const WeirComponent *component)
{
  return component->kind == WEIR_KIND_CONNECTION ? "connection"
         : component->id[0] != '\0'              ? weir_component_get_label (component)
                                                 : weir_kind_get_text (component->kind);
}

static char *
title_set (const WeirEdit *edit)
{
  const char *what = edit->key != NULL ? edit->key : edit->setting;
  const char *where = get_short (edit->path);

  if (strcmp (edit->setting, "place") == 0)
    return g_strdup_printf ("Move %s", where);
  if (strcmp (edit->setting, "disabled") == 0)
    return g_strdup_printf ("%s %s", g_strcmp0 (edit->value, "true") == 0 ? "Disable" : "Enable",
                            where);
  if (strcmp (edit->setting, "from") == 0 || strcmp (edit->setting, "to") == 0)
    return g_strdup_printf ("Re-route %s", where);
  if (strcmp (edit->setting, "auto-terminate") == 0)
    return g_strdup_printf ("%s %s of %s", edit->value != NULL ? "Terminate" : "Do not terminate",
                            what, where);
  return g_strdup_printf ("%s %s of %s", edit->value != NULL ? "Set" : "Reset", what, where);
}

static char *
title_one (const WeirEdit *edit)
{
  guint n = edit->paths != NULL ? edit->paths->len : 0;

  switch (edit->kind) {
  case WEIR_EDIT_ADD:
    return g_strdup_printf ("Add %s", get_label (edit->component));
  case WEIR_EDIT_REMOVE:
    return g_strdup_printf ("Remove %s", get_short (edit->path));
  case WEIR_EDIT_REPLACE:
    return g_strdup_printf ("Change %s", get_short (edit->path));
  case WEIR_EDIT_SET:
    return title_set (edit);
  case WEIR_EDIT_PARAMETER:
    return g_strdup_printf ("%s parameter %s", edit->parameter != NULL ? "Set" : "Remove",
                            edit->key);
  case WEIR_EDIT_RENAME:
    return g_strdup_printf ("Rename %s to %s", get_short (edit->path), edit->id);
  case WEIR_EDIT_MOVE:
    if (n == 1)
      return g_strdup_printf ("Move %s to %s", get_short (edit->paths->pdata[0]),
                              get_short (edit->path));
    return g_strdup_printf ("Move %u components to %s", n, get_short (edit->path));
  case WEIR_EDIT_GROUP:
    return g_strdup_printf ("Group %u component%s as %s", n, n == 1 ? "" : "s", edit->id);
  case WEIR_EDIT_UNGROUP:
    return g_strdup_printf ("Ungroup %s", get_short (edit->path));
  }
  g_assert_not_reached ();
}

/* Whether both are of the same sort: "Move 3 components". */
static bool
is_alike (const WeirEdit *a, const WeirEdit *b)
{
  return a->kind == b->kind && g_strcmp0 (a->setting, b->setting) == 0;
}

static bool
are_on_one (const WeirEditBatch *batch)
{
  const WeirEdit *first = batch->edits->pdata[0];

  for (guint i = 0; i < batch->edits->len; i++) {
    const WeirEdit *edit = batch->edits->pdata[i];

    if (edit->kind != WEIR_EDIT_SET || strcmp (edit->path, first->path) != 0)
      return false;
  }
  return true;
}

static char *
title_alike (const WeirEdit *first, guint n)
{
  static const char *const verbs[WEIR_N_EDIT_KINDS] = {
    [WEIR_EDIT_ADD] = "Add",         [WEIR_EDIT_REMOVE] = "Remove",
    [WEIR_EDIT_REPLACE] = "Change",  [WEIR_EDIT_SET] = "Change",
    [WEIR_EDIT_PARAMETER] = "Set",   [WEIR_EDIT_RENAME] = "Rename",
    [WEIR_EDIT_MOVE] = "Move",       [WEIR_EDIT_GROUP] = "Make groups of",
    [WEIR_EDIT_UNGROUP] = "Ungroup",
  };

  if (first->kind == WEIR_EDIT_PARAMETER)
    return g_strdup_printf ("Set %u parameters", n);
  if (first->kind != WEIR_EDIT_SET)
    return g_strdup_printf ("%s %u components", verbs[first->kind], n);
  if (strcmp (first->setting, "place") == 0)
    return g_strdup_printf ("Move %u components", n);
  return g_strdup_printf ("Set %s of %u components", first->setting, n);
}

char *
weir_edit_batch_get_title (const WeirEditBatch *batch)
{
  const WeirEdit *first = batch->edits->len > 0 ? batch->edits->pdata[0] : NULL;

  if (batch->name != NULL && batch->name[0] != '\0')
    return g_strdup (batch->name);
  if (first == NULL)
    return g_strdup ("Nothing");
  if (batch->edits->len == 1)
    return title_one (first);
  if (are_on_one (batch))
    return g_strdup_printf ("Change %s", get_short (first->path));
  for (guint i = 1; i < batch->edits->len; i++)
    if (!is_alike (first, batch->edits->pdata[i])) {
      g_autofree char *title = title_one (first);

      return g_strdup_printf ("%s and %u more", title, batch->edits->len - 1);
    }
  return title_alike (first, batch->edits->len);
}
