/* cmd-queue.c: weir queue shows what is queued in a connection, while it is in use. */
#include "cli/remote.h"
#include <string.h>

static void
print_list (JsonNode *node)
{
  static const char *const names[] = { "POSITION", "ID", "SIZE", "UUID" };
  g_autoptr (WeirRows) rows = weir_rows_new (WEIR_ROWS_TABLE, stdout, names, G_N_ELEMENTS (names));
  JsonArray *flowfiles = weir_remote_get_array (node, "flowfiles");

  for (guint i = 0; flowfiles != NULL && i < json_array_get_length (flowfiles); i++) {
    JsonObject *flowfile = json_array_get_object_element (flowfiles, i);
    const WeirValue cells[] = {
      weir_remote_int_cell (weir_remote_get_int (flowfile, "position")),
      weir_remote_int_cell (weir_remote_get_int (flowfile, "id")),
      weir_remote_int_cell (weir_remote_get_int (flowfile, "size")),
      weir_remote_text_cell (weir_remote_get_text (flowfile, "uuid")),
    };

    weir_rows_put (rows, cells);
  }
}

static void
on_attribute (JsonObject *attributes, const char *name, JsonNode *value, void *data)
{
  g_autofree char *line = g_strdup_printf ("%s = %s", name, json_node_get_string (value));

  weir_remote_print_clean (line);
}

static void
print_one (JsonNode *node)
{
  JsonObject *flowfile = json_node_get_object (node);
  JsonNode *attributes = json_object_get_member (flowfile, "attributes");

  printf ("%" G_GINT64_FORMAT " bytes, uuid %s\n", weir_remote_get_int (flowfile, "size"),
          weir_remote_get_text (flowfile, "uuid"));
  if (attributes != NULL && JSON_NODE_HOLDS_OBJECT (attributes))
    json_object_foreach_member (json_node_get_object (attributes), on_attribute, NULL);
}

static int
run (int argc, char **argv)
{
  g_auto (WeirRemote) remote = { .command = &weir_command_queue };
  const GOptionEntry entries[] = { WEIR_REMOTE_ENTRIES (&remote), { NULL } };
  g_autoptr (JsonNode) node = NULL;
  bool is_list = false;
  int status = weir_command_parse (
      &weir_command_queue, entries,
      "ls FLOW CONNECTION lists the next hundred, peek FLOW CONNECTION ID shows the attributes of "
      "one.\nA connection is named by its id or its ends, such as 'read:success -> big'.\n"
      "Exit codes: 0 done, 1 there is no server or it refuses, 2 wrong usage.",
      &argc, &argv);

  if (status != WEIR_EXIT_OK)
    return status;
  is_list = argc > 1 && strcmp (argv[1], "ls") == 0;
  if (argc < 2 || (!is_list && strcmp (argv[1], "peek") != 0))
    return weir_command_misused (&weir_command_queue, "ls or peek?");
  if (argc != (is_list ? 4 : 5))
    return weir_command_misused (&weir_command_queue, "which connection of which flow%s?",
                                 is_list ? "" : ", and which FlowFile");
  if (!weir_remote_open (&remote))
    return WEIR_EXIT_FAILURE;
  node = weir_remote_ask (&remote, "GET",
                          (const char *const[]){ "flows", argv[2], "connections", argv[3],
                                                 "flowfiles", is_list ? NULL : argv[4], NULL },
                          NULL);
  if (node == NULL)
    return WEIR_EXIT_FAILURE;
  if (remote.as_json || !JSON_NODE_HOLDS_OBJECT (node))
    weir_remote_print (node);
  else if (is_list)
    print_list (node);
  else
    print_one (node);
  return WEIR_EXIT_OK;
}

const WeirCommand weir_command_queue = {
  "queue",
  "ls|peek FLOW CONNECTION [ID]",
  "Show what is queued in a connection",
  run,
};
