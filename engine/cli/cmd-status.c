/* cmd-status.c: weir status tells how flows are: all of a server in a line each, or one of them. */
#include "base/units.h"
#include "cli/remote.h"
#include <unistd.h>

#define WATCH_USEC (1 * G_USEC_PER_SEC)

static void
print_flows (JsonNode *node)
{
  static const char *const names[] = { "FLOW", "STATE", "RESTARTS", "TROUBLE" };
  g_autoptr (WeirRows) rows = weir_rows_new (WEIR_ROWS_TABLE, stdout, names, G_N_ELEMENTS (names));
  JsonArray *flows = weir_remote_get_array (node, "flows");

  for (guint i = 0; flows != NULL && i < json_array_get_length (flows); i++) {
    JsonObject *flow = json_array_get_object_element (flows, i);
    const WeirValue cells[] = {
      weir_remote_text_cell (weir_remote_get_text (flow, "flow")),
      weir_remote_text_cell (weir_remote_get_text (flow, "state")),
      weir_remote_int_cell (weir_remote_get_int (flow, "restarts")),
      weir_remote_text_cell (weir_remote_get_text (flow, "trouble")),
    };

    weir_rows_put (rows, cells);
  }
}

static void
print_parts (JsonArray *parts)
{
  static const char *const names[] = { "PROCESSOR", "TYPE",   "STATE", "IN",
                                       "OUT",       "QUEUED", "TASKS", "BULLETINS" };
  g_autoptr (WeirRows) rows = weir_rows_new (WEIR_ROWS_TABLE, stdout, names, G_N_ELEMENTS (names));

  for (guint i = 0; parts != NULL && i < json_array_get_length (parts); i++) {
    JsonObject *part = json_array_get_object_element (parts, i);
    const char *type = weir_remote_get_text (part, "type");
    const WeirValue cells[] = {
      weir_remote_text_cell (weir_remote_get_text (part, "path")),
      weir_remote_text_cell (type[0] != '\0' ? type : weir_remote_get_text (part, "kind")),
      weir_remote_text_cell (weir_remote_get_text (part, "state")),
      weir_remote_int_cell (weir_remote_get_amount (part, "in", "flowfiles")),
      weir_remote_int_cell (weir_remote_get_amount (part, "out", "flowfiles")),
      weir_remote_int_cell (weir_remote_get_amount (part, "queued", "flowfiles")),
      weir_remote_int_cell (weir_remote_get_int (part, "tasks")),
      weir_remote_int_cell (weir_remote_get_int (part, "bulletins")),
    };

    weir_rows_put (rows, cells);
  }
}

static void
print_flow (JsonObject *flow, JsonArray *parts)
{
  g_autofree char *bytes =
      weir_units_human_size ((uint64_t)weir_remote_get_amount (flow, "queued", "bytes"));
  g_autoptr (GString) name = g_string_new (NULL);
  const char *text = weir_remote_get_text (flow, "name");

  weir_rows_append_clean (name, text, strlen (text));
  printf ("%s (%s): revision %" G_GINT64_FORMAT ", %" G_GINT64_FORMAT " running, %" G_GINT64_FORMAT
          " queued (%s), %" G_GINT64_FORMAT " errors\n\n",
          weir_remote_get_text (flow, "flow"), name->str, weir_remote_get_int (flow, "revision"),
          weir_remote_get_amount (flow, "parts", "running"),
          weir_remote_get_amount (flow, "queued", "flowfiles"), bytes,
          weir_remote_get_int (flow, "errors"));
  print_parts (parts);
}

static bool
show_one (WeirRemote *remote, const char *flow)
{
  g_autoptr (JsonNode) node =
      weir_remote_ask (remote, "GET", (const char *const[]){ "flows", flow, NULL }, NULL);
  g_autoptr (JsonNode) parts = NULL;
  JsonArray *array = NULL;

  if (node != NULL)
    parts = weir_remote_ask (remote, "GET",
                             (const char *const[]){ "flows", flow, "processors", NULL }, NULL);
  if (parts == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return false;
  array = weir_remote_get_array (parts, "processors");
  if (!remote->as_json) {
    print_flow (json_node_get_object (node), array);
    return true;
  }
  if (array != NULL)
    json_object_set_array_member (json_node_get_object (node), "processors",
                                  json_array_ref (array));
  weir_remote_print (node);
  return true;
}

static bool
show (WeirRemote *remote, const char *flow)
{
  g_autoptr (JsonNode) node = NULL;

  if (flow != NULL)
    return show_one (remote, flow);
  node = weir_remote_ask (remote, "GET", (const char *const[]){ "flows", NULL }, NULL);
  if (node == NULL)
    return false;
  if (remote->as_json)
    weir_remote_print (node);
  else
    print_flows (node);
  return true;
}

static int
run (int argc, char **argv)
{
  g_auto (WeirRemote) remote = { .command = &weir_command_status };
  gboolean watch = FALSE;
  const GOptionEntry entries[] = {
    WEIR_REMOTE_ENTRIES (&remote),
    { "watch", 'w', 0, G_OPTION_ARG_NONE, &watch, "Again each second, until Ctrl-C", NULL },
    { NULL },
  };
  int status = weir_command_parse (
      &weir_command_status, entries,
      "Without FLOW: all flows of the server, a line each.\n"
      "The server is that of --server, of WEIR_SOCKET, of this user, or of the machine.\n"
      "Exit codes: 0 done, 1 there is no server or it refuses, 2 wrong usage.",
      &argc, &argv);

  if (status != WEIR_EXIT_OK)
    return status;
  if (argc > 2)
    return weir_command_misused (&weir_command_status, "one flow at most");
  if (!weir_remote_open (&remote))
    return WEIR_EXIT_FAILURE;
  for (;;) {
    if (watch && !remote.as_json && isatty (STDOUT_FILENO) == 1)
      fputs ("\033[H\033[J", stdout);
    if (!show (&remote, argc > 1 ? argv[1] : NULL))
      return WEIR_EXIT_FAILURE;
    if (!watch)
      return WEIR_EXIT_OK;
    if (fflush (stdout) != 0)
      return WEIR_EXIT_FAILURE;
    g_usleep (WATCH_USEC);
  }
}

const WeirCommand weir_command_status = {
  "status",
  "[FLOW]",
  "Tell how flows of a server are",
  run,
};
