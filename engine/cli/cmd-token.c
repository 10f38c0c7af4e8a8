/* cmd-token.c: weir token add, list and revoke: what programs show to be let in.
 *
 * A server that runs is asked; without one the file of its tokens is changed, so that there can be
 * a token before its first start. */
#include "cli/command.h"
#include "client/client.h"
#include "control/server-config.h"
#include "control/token-file.h"
#include "control/token-store.h"

#include "base/error.h"
#include "base/secret.h"
#include "wire/json.h"
#include <stdio.h>
#include <string.h>
#include <weir/error.h>

/* One of the two is there. */
typedef struct {
  WeirClient *client;
  WeirTokenStore *store;
} Place;

typedef struct {
  char *server;
  char *config;
  char *data;
  char *role;
  char *expires;
  GStrv flows;
  gboolean json;
} Options;

typedef struct {
  const char *name;
  int n_arguments;
  bool (*run) (const Options *options, Place *place, const char *argument, GError **error);
} Action;

static void
place_clear (Place *place)
{
  g_clear_pointer (&place->client, weir_client_free);
  g_clear_pointer (&place->store, weir_token_store_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Place, place_clear)

static bool
open_store (Place *place, const Options *options, GError **error)
{
  g_autoptr (WeirServerConfig) config =
      weir_server_config_load (options->config, options->data, error);
  g_autofree char *directory = NULL;

  if (config == NULL)
    return false;
  directory = g_build_filename (config->data_dir, "server", NULL);
  place->store = weir_token_store_open (directory, NULL, error);
  return place->store != NULL;
}

static bool
open_place (Place *place, const Options *options, GError **error)
{
  const bool is_offline = options->data != NULL || options->config != NULL;

  if (!is_offline || options->server != NULL)
    place->client = weir_client_new (options->server, g_getenv ("WEIR_TOKEN"),
                                     options->server != NULL ? error : NULL);
  if (place->client != NULL || options->server != NULL)
    return place->client != NULL;
  return open_store (place, options, error);
}

/* --- add --- */

/* Returns: (transfer full): the text; NULL with @error. */
static char *
add_by_server (const Options *options, WeirClient *client, const char *name, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (JsonNode) body = NULL;
  g_autoptr (JsonNode) answer = NULL;

  weir_json_begin (text, NULL, '{');
  weir_json_put_text (text, "name", name);
  weir_json_put_text (text, "role", options->role);
  if (options->flows != NULL)
    weir_json_put_texts (text, "flows", (const char *const *)options->flows,
                         g_strv_length (options->flows));
  if (options->expires != NULL)
    weir_json_put_text (text, "expires", options->expires);
  weir_json_end (text, '}');
  body = weir_json_parse (text->str, text->len, error);
  answer = body != NULL ? weir_client_ask_json (client, "POST", "/v1/tokens", body, error) : NULL;
  if (answer == NULL)
    return NULL;
  return g_strdup (
      json_object_get_string_member_with_default (json_node_get_object (answer), "text", ""));
}

static char *
add_by_store (const Options *options, WeirTokenStore *store, const char *name, WeirUserRole role,
              GError **error)
{
  g_autofree char *creator = g_strdup_printf ("%s (weir token)", g_get_user_name ());
  WeirToken token = {
    .name = (char *)name,
    .role = role,
    .flows = options->flows,
    .created = weir_clock_get_wall (weir_clock_system ()),
    .creator = creator,
  };

  if (!weir_token_set_expiry (&token, options->expires, error))
    return NULL;
  return weir_token_store_add (store, &token, error);
}

static bool
add_token (const Options *options, Place *place, const char *name, GError **error)
{
  WeirUserRole role;
  char *text = NULL;

  if (options->role == NULL || !weir_role_parse (options->role, &role) || role == WEIR_ROLE_NONE) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                 "say what it may do with --role: viewer, operator, editor or admin");
    return false;
  }
  text = place->client != NULL ? add_by_server (options, place->client, name, error)
                               : add_by_store (options, place->store, name, role, error);
  if (text == NULL)
    return false;
  puts (text);
  weir_secret_free (text);
  fprintf (stderr, "weir token: this is shown once; send it as 'Authorization: Bearer ...'\n");
  return true;
}

/* --- list --- */

/* Returns: (transfer full): as the server answers. */
static JsonNode *
list_store (WeirTokenStore *store, GError **error)
{
  g_autoptr (GPtrArray) tokens = weir_token_store_list (store);
  g_autoptr (GString) out = g_string_new (NULL);

  weir_json_begin (out, NULL, '{');
  weir_json_begin (out, "tokens", '[');
  for (guint i = 0; i < tokens->len; i++)
    weir_token_put_json (out, NULL, tokens->pdata[i]);
  weir_json_end (out, ']');
  weir_json_end (out, '}');
  return weir_json_parse (out->str, out->len, error);
}

/* A moment to the minute; "never" when it is not there. */
static void
print_moment (JsonObject *token, const char *name)
{
  const char *text = json_object_get_string_member_with_default (token, name, NULL);

  if (text == NULL || strlen (text) < 16)
    printf ("  %-16s", "never");
  else
    printf ("  %.10s %.5s", text, text + 11);
}

static void
print_token (JsonObject *token)
{
  JsonArray *flows = json_object_has_member (token, "flows")
                         ? json_object_get_array_member (token, "flows")
                         : NULL;

  printf ("%-8s  %-20s  %-8s", json_object_get_string_member_with_default (token, "id", ""),
          json_object_get_string_member_with_default (token, "name", ""),
          json_object_get_string_member_with_default (token, "role", ""));
  print_moment (token, "expires");
  print_moment (token, "used");
  (void)fputs (flows == NULL ? "  all" : "  ", stdout);
  for (guint i = 0; flows != NULL && i < json_array_get_length (flows); i++) {
    g_autofree char *flow = weir_error_clean (json_array_get_string_element (flows, i));

    printf ("%s%s", i > 0 ? ", " : "", flow);
  }
  (void)putchar ('\n');
}

static bool
list_tokens (const Options *options, Place *place, const char *argument, GError **error)
{
  g_autoptr (JsonNode) answer =
      place->client != NULL ? weir_client_ask_json (place->client, "GET", "/v1/tokens", NULL, error)
                            : list_store (place->store, error);
  JsonArray *tokens = NULL;

  if (answer == NULL)
    return false;
  if (options->json) {
    g_autofree char *text = json_to_string (answer, TRUE);

    puts (text);
    return true;
  }
  tokens = json_object_get_array_member (json_node_get_object (answer), "tokens");
  printf ("%-8s  %-20s  %-8s  %-16s  %-16s  %s\n", "ID", "NAME", "ROLE", "EXPIRES (UTC)",
          "LAST USED", "FLOWS");
  for (guint i = 0; i < json_array_get_length (tokens); i++)
    print_token (json_array_get_object_element (tokens, i));
  return true;
}

/* --- revoke --- */

static bool
end_token (const Options *options, Place *place, const char *argument, GError **error)
{
  g_autofree char *encoded = g_uri_escape_string (argument, NULL, FALSE);
  g_autofree char *path = g_strconcat ("/v1/tokens/", encoded, NULL);
  WeirReply reply = { 0 };

  if (place->client == NULL)
    return weir_token_store_revoke (place->store, argument, error);
  if (!weir_client_ask (place->client, "DELETE", path, NULL, NULL, &reply, error))
    return false;
  weir_reply_clear (&reply);
  return true;
}

/* --- the command --- */

static const Action actions[] = {
  { "add", 1, add_token },
  { "list", 0, list_tokens },
  { "revoke", 1, end_token },
};

static const Action *
find_action (const char *name)
{
  for (size_t i = 0; i < G_N_ELEMENTS (actions); i++)
    if (strcmp (actions[i].name, name) == 0)
      return &actions[i];
  return NULL;
}

static void
options_clear (Options *options)
{
  g_free (options->server);
  g_free (options->config);
  g_free (options->data);
  g_free (options->role);
  g_free (options->expires);
  g_strfreev (options->flows);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static int
perform (const Action *action, const Options *options, const char *argument)
{
  g_autoptr (GError) error = NULL;
  g_auto (Place) place = { NULL };
  g_autofree char *message = NULL;

  if (open_place (&place, options, &error) && action->run (options, &place, argument, &error))
    return WEIR_EXIT_OK;
  message = weir_error_clean (error->message);
  fprintf (stderr, "weir token: %s\n", message);
  return WEIR_EXIT_FAILURE;
}

static int
run (int argc, char **argv)
{
  g_auto (Options) options = { NULL };
  const Action *action;
  const GOptionEntry entries[] = {
    { "role", 0, 0, G_OPTION_ARG_FILENAME, &options.role,
      "What it may do: viewer, operator, editor or admin", "ROLE" },
    { "flow", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options.flows,
      "The only flow there is for it; may be given again", "NAME" },
    { "expires", 0, 0, G_OPTION_ARG_FILENAME, &options.expires, "When it ends, from now: '90 days'",
      "DURATION" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, "List for programs", NULL },
    { "server", 0, 0, G_OPTION_ARG_FILENAME, &options.server,
      "Ask this one: a socket, or https://HOST:PORT with the token in WEIR_TOKEN", "WHERE" },
    { "data", 0, 0, G_OPTION_ARG_FILENAME, &options.data,
      "Change the tokens of a server that does not run and has this data directory", "DIR" },
    { "config", 0, 0, G_OPTION_ARG_FILENAME, &options.config, "The same, with this configuration",
      "FILE" },
    { NULL },
  };
  const int code = weir_command_parse (&weir_command_token, entries,
                                       "add NAME makes a token and shows it once: what is kept of "
                                       "it is a hash. list tells when each\n"
                                       "was last used. revoke NAME ends one at once. A server that "
                                       "runs is asked; when none does, its\n"
                                       "file is changed.\n"
                                       "Exit codes: 0 done, 1 it could not be done, 2 wrong usage.",
                                       &argc, &argv);

  if (code != WEIR_EXIT_OK)
    return code;
  if (argc < 2)
    return weir_command_misused (&weir_command_token, "add, list or revoke?");
  action = find_action (argv[1]);
  if (action == NULL)
    return weir_command_misused (&weir_command_token, "add, list or revoke, not '%s'", argv[1]);
  if (argc - 2 != action->n_arguments)
    return weir_command_misused (&weir_command_token, "%s takes %s", action->name,
                                 action->n_arguments == 0 ? "nothing more" : "one name");
  return perform (action, &options, argv[2]);
}

const WeirCommand weir_command_token = {
  "token",
  "add|list|revoke [NAME]",
  "Manage the tokens that let programs in",
  run,
};
