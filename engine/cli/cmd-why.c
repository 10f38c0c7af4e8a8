/* cmd-why.c: weir why tells what keeps a processor from running. */
#include "cli/remote.h"

static void
print (JsonNode *node)
{
  JsonArray *reasons = weir_remote_get_array (node, "reasons");

  for (guint i = 0; reasons != NULL && i < json_array_get_length (reasons); i++) {
    JsonObject *reason = json_array_get_object_element (reasons, i);
    g_autoptr (GString) line = g_string_new (weir_remote_get_text (reason, "text"));
    const char *about = weir_remote_get_text (reason, "about");
    const char *advice = weir_remote_get_text (reason, "advice");

    if (about[0] != '\0')
      g_string_append_printf (line, " (%s)", about);
    if (advice[0] != '\0')
      g_string_append_printf (line, ": %s", advice);
    weir_remote_print_clean (line->str);
  }
}

static int
run (int argc, char **argv)
{
  g_auto (WeirRemote) remote = { .command = &weir_command_why };
  const GOptionEntry entries[] = { WEIR_REMOTE_ENTRIES (&remote), { NULL } };
  g_autoptr (JsonNode) node = NULL;
  int status =
      weir_command_parse (&weir_command_why, entries,
                          "A reason a line; the first is what keeps it from running now.\n"
                          "Exit codes: 0 done, 1 there is no server or it refuses, 2 wrong usage.",
                          &argc, &argv);

  if (status != WEIR_EXIT_OK)
    return status;
  if (argc != 3)
    return weir_command_misused (&weir_command_why, "which processor of which flow?");
  if (!weir_remote_open (&remote))
    return WEIR_EXIT_FAILURE;
  node = weir_remote_ask (
      &remote, "GET", (const char *const[]){ "flows", argv[1], "processors", argv[2], "why", NULL },
      NULL);
  if (node == NULL)
    return WEIR_EXIT_FAILURE;
  if (remote.as_json)
    weir_remote_print (node);
  else
    print (node);
  return WEIR_EXIT_OK;
}

const WeirCommand weir_command_why = {
  "why",
  "FLOW PROCESSOR",
  "Tell why a processor is not running",
  run,
};
