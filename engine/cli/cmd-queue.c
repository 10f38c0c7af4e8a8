/* cmd-queue.c: weir queue shows what is queued in a connection, while it is in use. */
#include "base/error.h"
#include "cli/remote.h"
#include "wire/json.h"

#include <errno.h>
#include <stdio.h>
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

static bool
on_bytes (void *data, const char *bytes, size_t size, GError **error)
{
  return fwrite (bytes, 1, size, data) == size ||
         weir_error_set_errno (error, "write", "standard output", errno);
}

/* The content is bytes: a terminal is not for them. */
static int
write_content (WeirRemote *remote, char **argv)
{
  g_autoptr (GError) error = NULL;
  bool ok = weir_remote_listen (remote,
                                (const char *const[]){ "flows", argv[2], "connections", argv[3],
                                                       "flowfiles", argv[4], "content", NULL },
                                on_bytes, stdout, &error);

  if (ok)
    return WEIR_EXIT_OK;
  weir_remote_tell (remote, error);
  return WEIR_EXIT_FAILURE;
}

static void
print_emptied (JsonNode *node)
{
  JsonObject *purged = json_node_get_object (node);

  printf ("%" G_GINT64_FORMAT " FlowFiles of %" G_GINT64_FORMAT " bytes dropped%s\n",
          weir_remote_get_int (purged, "flowfiles"), weir_remote_get_int (purged, "bytes"),
          json_object_get_boolean_member_with_default (purged, "partial", FALSE)
              ? "; some went on meanwhile, or could not be reached: ask again"
              : "");
}

/* Returns: (transfer full): {"ids": [...]}; NULL after what is wrong was told. */
static char *
format_ids (char **ids)
{
  g_autoptr (GString) body = g_string_new (NULL);

  weir_json_begin (body, NULL, '{');
  if (*ids != NULL) {
    weir_json_begin (body, "ids", '[');
    for (; *ids != NULL; ids++) {
      guint64 id;

      if (!g_ascii_string_to_unsigned (*ids, 10, 1, INT64_MAX, &id, NULL)) {
        weir_command_misused (&weir_command_queue, "'%s' is no number of a FlowFile", *ids);
        return NULL;
      }
      weir_json_put_uint (body, NULL, id);
    }
    weir_json_end (body, ']');
  }
  weir_json_end (body, '}');
  return g_string_free (g_steal_pointer (&body), FALSE);
}

static int
empty (WeirRemote *remote, char **argv)
{
  g_autofree char *body = format_ids (argv + 4);
  g_autoptr (JsonNode) node = NULL;

  if (body == NULL)
    return WEIR_EXIT_USAGE;
  node = weir_remote_ask (
      remote, "POST",
      (const char *const[]){ "flows", argv[2], "connections", argv[3], "empty", NULL }, body);
  if (node == NULL)
    return WEIR_EXIT_FAILURE;
  if (remote->as_json)
    weir_remote_print (node);
  else
    print_emptied (node);
  return WEIR_EXIT_OK;
}

static int
look (WeirRemote *remote, char **argv, bool is_list)
{
  g_autoptr (JsonNode) node =
      weir_remote_ask (remote, "GET",
                       (const char *const[]){ "flows", argv[2], "connections", argv[3], "flowfiles",
                                              is_list ? NULL : argv[4], NULL },
                       NULL);

  if (node == NULL)
    return WEIR_EXIT_FAILURE;
  if (remote->as_json || !JSON_NODE_HOLDS_OBJECT (node))
    weir_remote_print (node);
  else if (is_list)
    print_list (node);
  else
    print_one (node);
  return WEIR_EXIT_OK;
}

static const char description[] =
    "ls FLOW CONNECTION lists the next hundred, peek FLOW CONNECTION ID shows the attributes of\n"
    "one, content FLOW CONNECTION ID writes its content, empty FLOW CONNECTION [ID...] drops all\n"
    "that is queued, or these. A connection is named by its id or its ends, such as\n"
    "'read:success -> big'.\n\n"
    "Exit codes: 0 done, 1 there is no server or it refuses, 2 wrong usage.";

static int
run (int argc, char **argv)
{
  g_auto (WeirRemote) remote = { .command = &weir_command_queue };
  const GOptionEntry entries[] = { WEIR_REMOTE_ENTRIES (&remote), { NULL } };
  static const char *const verbs[] = { "ls", "peek", "content", "empty", NULL };
  static const int least[] = { 4, 5, 5, 4 };
  int verb = 0;
  int status = weir_command_parse (&weir_command_queue, entries, description, &argc, &argv);

  if (status != WEIR_EXIT_OK)
    return status;
  while (argc > 1 && verbs[verb] != NULL && strcmp (argv[1], verbs[verb]) != 0)
    verb++;
  if (argc < 2 || verbs[verb] == NULL)
    return weir_command_misused (&weir_command_queue, "ls, peek, content or empty?");
  if (argc < least[verb] || (argc > least[verb] && verb < 3))
    return weir_command_misused (&weir_command_queue, "which connection of which flow%s?",
                                 verb == 0 || verb == 3 ? "" : ", and which FlowFile");
  if (!weir_remote_open (&remote))
    return WEIR_EXIT_FAILURE;
  if (verb < 2)
    return look (&remote, argv, verb == 0);
  return verb == 2 ? write_content (&remote, argv) : empty (&remote, argv);
}

const WeirCommand weir_command_queue = {
  "queue",
  "ls|peek|content|empty FLOW CONNECTION [ID...]",
  "Show what is queued in a connection, or drop it",
  run,
};
