/* serve-api.c: the methods that are of no flow, served at a Unix socket: serve-api DIRECTORY. It
 * says "ready" when it listens, and ends with its standard input. */
#include <stdio.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "control/access.h"
#include "control/desk.h"

static void
on_input (void *data, uint32_t events)
{
  char byte;

  if (read (STDIN_FILENO, &byte, 1) <= 0)
    weir_loop_quit (data);
}

static bool
on_find_flow (void *data, const char *name, WeirApiFlow *ret_flow, GError **error)
{
  return weir_access_set_no_flow (name, error);
}

static void
serve (WeirApi *api, const char *path, GError **error)
{
  const WeirHttpHandler handler = weir_api_get_handler (api);
  WeirLoop *loop = weir_loop_new ();
  WeirHttpServer *server = weir_http_server_new (loop, &handler, NULL);
  WeirWatch *watch = weir_loop_watch (loop, STDIN_FILENO, EPOLLIN, on_input, loop);

  if (weir_http_server_listen_unix (server, path, 0600, error)) {
    puts ("ready");
    (void)fflush (stdout);
    weir_loop_run (loop);
  }
  weir_watch_free (watch);
  weir_http_server_free (server);
  weir_api_free (api);
  weir_loop_free (loop);
}

static void
run (const char *directory, GError **error)
{
  g_autofree char *audit = g_build_filename (directory, "audit.db", NULL);
  g_autofree char *path = g_build_filename (directory, "control.sock", NULL);
  WeirTokenStore *tokens = weir_token_store_open (directory, NULL, error);
  WeirTrail *trail = tokens != NULL ? weir_trail_open (audit, NULL, error) : NULL;
  WeirDoor *door = weir_door_new (tokens, NULL, NULL);
  WeirRegistry *registry = weir_registry_new (NULL);
  WeirDesk desk = { .name = "serve-api", .registry = registry, .tokens = tokens };
  const WeirApiOptions options = { .door = door, .trail = trail, .find_flow = on_find_flow };
  WeirApi *api = weir_api_new (&options);

  weir_desk_start (&desk);
  if (trail != NULL && weir_desk_add_methods (&desk, api, error) &&
      weir_api_add (api, &weir_methods_flow_audit, NULL, error) && weir_api_link (api, error))
    serve (api, path, error);
  else
    weir_api_free (api);
  weir_door_free (door);
  weir_trail_free (trail);
  weir_token_store_free (tokens);
  weir_registry_free (registry);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;

  if (argc != 2)
    return 2;
  run (argv[1], &error);
  if (error == NULL)
    return 0;
  (void)fprintf (stderr, "serve-api: %s\n", error->message);
  return 1;
}
