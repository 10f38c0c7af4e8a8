/* cmd-history.c: weir history lists the changes of a flow, the newest first. */
#include "cli/remote.h"

static void
print (JsonNode *node)
{
  static const char *const names[] = { "REVISION", "TIME", "WHO", "KIND", "CHANGE" };
  g_autoptr (WeirRows) rows = weir_rows_new (WEIR_ROWS_TABLE, stdout, names, G_N_ELEMENTS (names));
  JsonArray *edits = weir_remote_get_array (node, "edits");

  for (guint i = 0; edits != NULL && i < json_array_get_length (edits); i++) {
    JsonObject *edit = json_array_get_object_element (edits, i);
    const WeirValue cells[] = {
      weir_remote_int_cell (weir_remote_get_int (edit, "revision")),
      weir_remote_text_cell (weir_remote_get_text (edit, "time")),
      weir_remote_text_cell (weir_remote_get_text (edit, "who")),
      weir_remote_text_cell (weir_remote_get_text (edit, "kind")),
      weir_remote_text_cell (weir_remote_get_text (edit, "name")),
    };

    weir_rows_put (rows, cells);
  }
}

static int
run (int argc, char **argv)
{
  g_auto (WeirRemote) remote = { .command = &weir_command_history };
  const GOptionEntry entries[] = { WEIR_REMOTE_ENTRIES (&remote), { NULL } };
  g_autofree char *flow = NULL;
  g_autoptr (JsonNode) node = NULL;
  int status = weir_command_parse (
      &weir_command_history, entries,
      "Without FLOW: that of the only flow of the server. 'weir edit --undo' takes the last back.\n"
      "Exit codes: 0 done, 1 there is no server or it refuses, 2 wrong usage.",
      &argc, &argv);

  if (status != WEIR_EXIT_OK)
    return status;
  if (argc > 2)
    return weir_command_misused (&weir_command_history, "one flow at most");
  if (!weir_remote_open (&remote))
    return WEIR_EXIT_FAILURE;
  flow = weir_remote_pick_flow (&remote, argc > 1 ? argv[1] : NULL);
  if (flow != NULL)
    node = weir_remote_ask (&remote, "GET", (const char *const[]){ "flows", flow, "edits", NULL },
                            NULL);
  if (node == NULL)
    return WEIR_EXIT_FAILURE;
  if (remote.as_json)
    weir_remote_print (node);
  else
    print (node);
  return WEIR_EXIT_OK;
}

const WeirCommand weir_command_history = {
  "history",
  "[FLOW]",
  "List the changes of a flow of a server",
  run,
};
