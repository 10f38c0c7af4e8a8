/* cmd-start.c: weir start, stop and run-once, which are one request each. */
#include "cli/remote.h"
#include "wire/json.h"

static const char description[] =
    "PATH... are processors, ports, funnels and groups, such as archive/read.\n"
    "The server is that of --server, of WEIR_SOCKET, of this user, or of the machine.\n"
    "Exit codes: 0 done, 1 there is no server or it refuses, 2 wrong usage.";

static int
parse (WeirRemote *remote, int *argc, char ***argv)
{
  const GOptionEntry entries[] = { WEIR_REMOTE_ENTRIES (remote), { NULL } };

  return weir_command_parse (remote->command, entries, description, argc, argv);
}

static int
tell (const WeirRemote *remote, JsonNode *node, const char *member)
{
  if (node == NULL)
    return WEIR_EXIT_FAILURE;
  if (remote->as_json)
    weir_remote_print (node);
  else if (JSON_NODE_HOLDS_OBJECT (node))
    printf ("%s %" G_GINT64_FORMAT "\n", member,
            weir_remote_get_int (json_node_get_object (node), member));
  return WEIR_EXIT_OK;
}

/* @verb: "start", whose answer says how many have "started". */
static int
change (const WeirCommand *command, const char *verb, const char *member, int argc, char **argv)
{
  g_auto (WeirRemote) remote = { .command = command };
  g_autoptr (GString) body = g_string_new (NULL);
  g_autoptr (JsonNode) node = NULL;
  int status = parse (&remote, &argc, &argv);

  if (status != WEIR_EXIT_OK)
    return status;
  if (argc < 2)
    return weir_command_misused (command, "which flow?");
  if (!weir_remote_open (&remote))
    return WEIR_EXIT_FAILURE;
  weir_json_begin (body, NULL, '{');
  if (argc > 2)
    weir_json_put_texts (body, "paths", (const char *const *)argv + 2, (size_t)argc - 2);
  weir_json_end (body, '}');
  node = weir_remote_ask (&remote, "POST", (const char *const[]){ "flows", argv[1], verb, NULL },
                          body->str);
  return tell (&remote, node, member);
}

static int
run_start (int argc, char **argv)
{
  return change (&weir_command_start, "start", "started", argc, argv);
}

static int
run_stop (int argc, char **argv)
{
  return change (&weir_command_stop, "stop", "stopped", argc, argv);
}

static int
run_once (int argc, char **argv)
{
  g_auto (WeirRemote) remote = { .command = &weir_command_run_once };
  g_autoptr (JsonNode) node = NULL;
  int status = parse (&remote, &argc, &argv);

  if (status != WEIR_EXIT_OK)
    return status;
  if (argc != 3)
    return weir_command_misused (&weir_command_run_once, "which processor of which flow?");
  if (!weir_remote_open (&remote))
    return WEIR_EXIT_FAILURE;
  node = weir_remote_ask (
      &remote, "POST",
      (const char *const[]){ "flows", argv[1], "processors", argv[2], "run-once", NULL }, NULL);
  return tell (&remote, node, "started");
}

const WeirCommand weir_command_start = {
  "start",
  "FLOW [PATH...]",
  "Start a flow of a server, or parts of it",
  run_start,
};

const WeirCommand weir_command_stop = {
  "stop",
  "FLOW [PATH...]",
  "Stop a flow of a server, or parts of it",
  run_stop,
};

const WeirCommand weir_command_run_once = {
  "run-once",
  "FLOW PROCESSOR",
  "Trigger a stopped processor once",
  run_once,
};
