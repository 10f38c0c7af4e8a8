/* cmd-logs.c: weir logs shows the bulletins of a flow, the oldest first, and goes on with those
 * that come when it is asked to.
 *
 * Each has a number, and they grow: what was missed while nobody was connected is asked for by the
 * last number, when the stream begins anew. */
#include "cli/remote.h"

#include <stdio.h>
#include <string.h>

#define PAGE 100

typedef struct {
  WeirRemote remote; /* asks */
  WeirRemote other;  /* listens */
  char *level;
  char *component;
  char *flow;
  gboolean follow;
  int64_t last; /* the number of the last that was shown */
} Logs;

static void
logs_clear (Logs *self)
{
  weir_remote_clear (&self->remote);
  g_clear_pointer (&self->other.client, weir_client_free);
  g_free (self->level);
  g_free (self->component);
  g_free (self->flow);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Logs, logs_clear)

static void
show (Logs *self, JsonNode *node)
{
  JsonObject *bulletin = json_node_get_object (node);
  int64_t more = weir_remote_get_int (bulletin, "more");
  g_autofree char *line = NULL;
  g_autofree char *rest = NULL;

  self->last = weir_remote_get_int (bulletin, "id");
  if (self->remote.as_json) {
    weir_remote_print (node);
    return;
  }
  rest =
      more > 0 ? g_strdup_printf (" (and %" G_GINT64_FORMAT " more like it)", more) : g_strdup ("");
  line = g_strdup_printf ("%s %-7s %s: %s%s", weir_remote_get_text (bulletin, "time"),
                          weir_remote_get_text (bulletin, "level"),
                          weir_remote_get_text (bulletin, "component"),
                          weir_remote_get_text (bulletin, "message"), rest);
  weir_remote_print_clean (line);
}

static void
append_query (GString *path, const char *name, const char *value)
{
  g_autofree char *escaped = value != NULL ? g_uri_escape_string (value, NULL, FALSE) : NULL;

  if (escaped != NULL)
    g_string_append_printf (path, "&%s=%s", name, escaped);
}

/* Shows those behind the last one, or the newest of them when there are many. */
static bool
catch_up (Logs *self, GError **error)
{
  g_autofree char *flow = g_uri_escape_string (self->flow, NULL, FALSE);
  g_autoptr (GString) path = g_string_new (NULL);
  g_autoptr (JsonNode) node = NULL;
  JsonArray *bulletins;

  g_string_printf (path, "/v1/flows/%s/bulletins?limit=%d", flow, PAGE);
  if (self->last > 0)
    g_string_append_printf (path, "&after=%" G_GINT64_FORMAT, self->last);
  append_query (path, "level", self->level);
  append_query (path, "component", self->component);
  node = weir_client_ask_json (self->remote.client, "GET", path->str, NULL, error);
  if (node == NULL)
    return false;
  bulletins = weir_remote_get_array (node, "bulletins");
  for (guint i = bulletins != NULL ? json_array_get_length (bulletins) : 0; i-- > 0;)
    show (self, json_array_get_element (bulletins, i));
  fflush (stdout);
  return true;
}

/* One that comes may be of a level or of a component that nobody asked for: the server knows. */
static bool
on_event (void *data, const WeirHeard *event, GError **error)
{
  Logs *self = data;

  if (strcmp (event->name, "bulletin") != 0 && strcmp (event->name, "place") != 0)
    return true;
  return catch_up (self, error) && !ferror (stdout);
}

static bool
follow (Logs *self, GError **error)
{
  self->other = (WeirRemote){ .command = self->remote.command,
                              .server = self->remote.server,
                              .token_file = self->remote.token_file };
  return weir_remote_open (&self->other) &&
         weir_remote_follow (&self->other,
                             (const char *const[]){ "flows", self->flow, "live", NULL }, on_event,
                             self, error);
}

static int
run (int argc, char **argv)
{
  g_auto (Logs) self = { .remote.command = &weir_command_logs };
  const GOptionEntry entries[] = {
    WEIR_REMOTE_ENTRIES (&self.remote),
    { "follow", 'f', 0, G_OPTION_ARG_NONE, &self.follow, "Go on with those that come", NULL },
    { "level", 0, 0, G_OPTION_ARG_FILENAME, &self.level, "Only those of this level and above",
      "debug|info|warning|error" },
    { "component", 0, 0, G_OPTION_ARG_FILENAME, &self.component, "Only those of this one", "PATH" },
    { NULL },
  };
  int status = weir_command_parse (
      &weir_command_logs, entries,
      "Shows the last hundred, the oldest first. FLOW may be left out when there is only one.\n"
      "Exit codes: 0 done, 1 there is no server or it refuses, 2 wrong usage.",
      &argc, &argv);
  g_autoptr (GError) error = NULL;

  if (status != WEIR_EXIT_OK)
    return status;
  if (argc > 2)
    return weir_command_misused (&weir_command_logs, "one flow at a time");
  if (!weir_remote_open (&self.remote))
    return WEIR_EXIT_FAILURE;
  self.flow = weir_remote_pick_flow (&self.remote, argc > 1 ? argv[1] : NULL);
  if (self.flow == NULL)
    return WEIR_EXIT_FAILURE;
  if (catch_up (&self, &error) && (!self.follow || follow (&self, &error)))
    return WEIR_EXIT_OK;
  if (error != NULL)
    weir_remote_tell (&self.remote, error);
  return WEIR_EXIT_FAILURE;
}

const WeirCommand weir_command_logs = {
  "logs",
  "[-f] [FLOW]",
  "Show what processors have to tell",
  run,
};
