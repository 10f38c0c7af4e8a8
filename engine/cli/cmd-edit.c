/* cmd-edit.c: weir edit changes a flow while it runs, and takes changes back; weir history lists
 * them. */
#include "cli/remote.h"
#include "wire/edit-json.h"
#include <string.h>

typedef struct {
  WeirRemote remote;
  char *file;
  char **sets;
  gboolean strand;
  gboolean undo;
  gboolean redo;
} Options;

/* "archive/read.Input Directory=/in": what is before the first dot behind the last slash is the
 * path; behind it a setting or a property. Returns: (transfer full): the first, with *@ret_name in
 * it behind its end; NULL when it is written in another way. */
static char *
split_set (const char *text, const char **ret_name)
{
  const char *equals = strchr (text, '=');
  g_autofree char *target = equals != NULL ? g_strndup (text, (gsize)(equals - text)) : NULL;
  char *slash = target != NULL ? strrchr (target, '/') : NULL;
  char *dot = target != NULL ? strchr (slash != NULL ? slash : target, '.') : NULL;

  if (dot == NULL || dot == target || dot[1] == '\0')
    return NULL;
  *dot = '\0';
  *ret_name = dot + 1;
  return g_steal_pointer (&target);
}

static void
add_set (WeirEditBatch *batch, const char *text)
{
  static const char *const settings[] = { "name",      "comment",  "disabled", "penalty",
                                          "yield",     "schedule", "tasks",    "bulletins",
                                          "max-count", "max-size", "expire",   "order",
                                          "type",      "place",    NULL };
  const char *name = NULL;
  g_autofree char *path = split_set (text, &name);
  const char *value = strchr (text, '=') + 1;

  if (g_strv_contains (settings, name))
    weir_edit_batch_set (batch, path, name, NULL, value);
  else
    weir_edit_batch_set (batch, path, "property", name, value);
}

/* Returns: (transfer full): NULL after what is wrong was told. */
static WeirEditBatch *
read_batch (const Options *self, const char *argument)
{
  g_autoptr (WeirEditBatch) batch = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  gsize size = 0;

  if (self->file != NULL)
    (void)g_file_get_contents (strcmp (self->file, "-") == 0 ? "/dev/stdin" : self->file, &text,
                               &size, &error);
  else if (argument != NULL)
    text = g_strdup (argument);
  if (error == NULL)
    batch = text != NULL ? weir_edit_batch_parse (text, strlen (text), &error)
                         : weir_edit_batch_new (NULL);
  if (error != NULL) {
    fprintf (stderr, "weir edit: %s\n", error->message);
    return NULL;
  }
  for (char **set = self->sets; set != NULL && *set != NULL; set++)
    add_set (batch, *set);
  return g_steal_pointer (&batch);
}

static char *
make_body (const Options *self, const char *argument)
{
  g_autoptr (WeirEditBatch) batch = read_batch (self, argument);
  g_autoptr (GString) body = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  if (batch == NULL)
    return NULL;
  weir_json_begin (body, NULL, '{');
  if (!weir_json_put_edit_batch (body, "batch", batch, &error)) {
    fprintf (stderr, "weir edit: %s\n", error->message);
    return NULL;
  }
  if (self->strand)
    weir_json_put_bool (body, "strand", true);
  weir_json_end (body, '}');
  return g_string_free (g_steal_pointer (&body), FALSE);
}

static void
tell (JsonNode *node)
{
  JsonObject *edit = json_node_get_object (node);
  JsonArray *restarted = weir_remote_get_array (node, "restarted");
  g_autoptr (GString) name = g_string_new (NULL);
  const char *text = weir_remote_get_text (edit, "name");

  weir_rows_append_clean (name, text, strlen (text));
  printf ("%" G_GINT64_FORMAT " %s", weir_remote_get_int (edit, "revision"), name->str);
  if (restarted != NULL && json_array_get_length (restarted) > 0)
    printf (" (%u restarted)", json_array_get_length (restarted));
  putchar ('\n');
}

static int
apply (Options *self, const char *flow, const char *argument)
{
  const char *way = self->undo ? "undo" : self->redo ? "redo" : NULL;
  g_autofree char *body = way == NULL ? make_body (self, argument) : NULL;
  g_autoptr (JsonNode) node = NULL;

  if ((way == NULL && body == NULL) || !weir_remote_open (&self->remote))
    return WEIR_EXIT_FAILURE;
  node = weir_remote_ask (&self->remote, "POST",
                          (const char *const[]){ "flows", flow, "edits", way, NULL }, body);
  if (node == NULL)
    return WEIR_EXIT_FAILURE;
  if (self->remote.as_json || !JSON_NODE_HOLDS_OBJECT (node))
    weir_remote_print (node);
  else
    tell (node);
  return WEIR_EXIT_OK;
}

static int
check (const Options *self, int argc)
{
  unsigned n = (self->file != NULL) + (argc > 2) + (self->undo ? 1 : 0) + (self->redo ? 1 : 0);

  if (argc < 2)
    return weir_command_misused (&weir_command_edit, "which flow?");
  if (argc > 3 || n > 1 || (n == 0 && self->sets == NULL))
    return weir_command_misused (&weir_command_edit,
                                 "say one change: a batch, --file, --set, --undo or --redo");
  for (char **set = self->sets; set != NULL && *set != NULL; set++) {
    const char *name = NULL;
    g_autofree char *path = split_set (*set, &name);

    if (path == NULL)
      return weir_command_misused (&weir_command_edit, "--set %s: write PATH.NAME=VALUE", *set);
  }
  return WEIR_EXIT_OK;
}

static int
run (int argc, char **argv)
{
  Options self = { .remote.command = &weir_command_edit };
  const GOptionEntry entries[] = {
    WEIR_REMOTE_ENTRIES (&self.remote),
    { "file", 'f', 0, G_OPTION_ARG_FILENAME, &self.file, "Where the batch is; - standard input",
      "FILE" },
    { "set", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &self.sets,
      "Set one property or setting; may be given again", "PATH.NAME=VALUE" },
    { "strand", 0, 0, G_OPTION_ARG_NONE, &self.strand,
      "Put aside what is queued in connections that go", NULL },
    { "undo", 0, 0, G_OPTION_ARG_NONE, &self.undo, "Take the last change back", NULL },
    { "redo", 0, 0, G_OPTION_ARG_NONE, &self.redo, "Make it again", NULL },
    { NULL },
  };
  int status = weir_command_parse (
      &weir_command_edit, entries,
      "BATCH is JSON, as 'weir diff --json' prints it: docs/edits.md.\n"
      "Only what is touched stops meanwhile, and queues keep what is in them.\n"
      "Exit codes: 0 done, 1 nothing was changed: no server, a conflict, or it cannot be done,\n"
      "2 wrong usage.",
      &argc, &argv);

  if (status == WEIR_EXIT_OK)
    status = check (&self, argc);
  if (status == WEIR_EXIT_OK)
    status = apply (&self, argv[1], argc > 2 ? argv[2] : NULL);
  weir_remote_clear (&self.remote);
  g_free (self.file);
  g_strfreev (self.sets);
  return status;
}

const WeirCommand weir_command_edit = {
  "edit",
  "FLOW [BATCH]",
  "Change a flow of a server while it runs",
  run,
};
