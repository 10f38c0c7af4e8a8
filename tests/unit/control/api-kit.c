/* api-kit.c: see the header. */
#include "api-kit.h"

#include <string.h>
#include <unistd.h>

#include "support/directory.h"

static void
on_refused (void *data, const char *line)
{
  g_string_append_printf (data, "%s\n", line);
}

void
api_kit_start (ApiKit *kit, const WeirMethodTable *table, void *target,
               const WeirApiOptions *options)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  WeirApiOptions all = options != NULL ? *options : (WeirApiOptions){ 0 };
  WeirHttpHandler handler;

  kit->directory = directory_in_memory ("weir-api-XXXXXX");
  path = g_build_filename (kit->directory, "audit.db", NULL);
  kit->tokens = weir_token_store_open (kit->directory, NULL, &error);
  g_assert_no_error (error);
  kit->trail = weir_trail_open (path, NULL, &error);
  g_assert_no_error (error);
  kit->door = weir_door_new (kit->tokens, NULL, NULL);
  kit->journal = g_string_new (NULL);
  kit->desk = (WeirDesk){ .name = "test", .tokens = kit->tokens };
  weir_desk_start (&kit->desk);
  all.door = kit->door;
  all.trail = kit->trail;
  all.on_refused = on_refused;
  all.data = kit->journal;
  kit->api = weir_api_new (&all);
  if (!kit->is_bare)
    weir_desk_add_methods (&kit->desk, kit->api, &error);
  g_assert_no_error (error);
  if (table != NULL)
    weir_api_add (kit->api, table, target, &error);
  g_assert_no_error (error);
  weir_api_link (kit->api, &error);
  g_assert_no_error (error);
  handler = weir_api_get_handler (kit->api);
  serving_start (&kit->serving, &handler, NULL);
}

void
api_kit_stop (ApiKit *kit)
{
  static const char *const names[] = { "audit.db", "audit.db-wal", "audit.db-shm", "tokens.json",
                                       "tokens.lock" };

  /* Its calls end before the loop goes, to which they give back what they had. */
  weir_loop_quit (kit->serving.loop);
  pthread_join (kit->serving.thread, NULL);
  weir_http_server_free (kit->serving.server);
  weir_api_free (kit->api);
  weir_loop_free (kit->serving.loop);
  g_rmdir (kit->serving.directory);
  g_free (kit->serving.directory);
  g_free (kit->serving.path);
  weir_door_free (kit->door);
  weir_trail_free (kit->trail);
  weir_token_store_free (kit->tokens);
  g_string_free (kit->journal, TRUE);
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = g_build_filename (kit->directory, names[i], NULL);

    g_unlink (path);
  }
  g_rmdir (kit->directory);
  g_free (kit->directory);
}

char *
api_kit_ask (ApiKit *kit, const char *verb, const char *path, const char *token, const char *body)
{
  return api_kit_send (kit, verb, path, token, body != NULL ? "application/json" : NULL, body);
}

char *
api_kit_send (ApiKit *kit, const char *verb, const char *path, const char *token, const char *type,
              const char *body)
{
  g_autoptr (GString) request = g_string_new (NULL);
  g_autofree char *answer = NULL;
  const char *end;

  g_string_append_printf (request, "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n",
                          verb, path);
  if (token != NULL)
    g_string_append_printf (request, "Authorization: Bearer %s\r\n", token);
  if (type != NULL)
    g_string_append_printf (request, "Content-Type: %s\r\nContent-Length: %zu\r\n", type,
                            strlen (body));
  g_string_append_printf (request, "\r\n%s", type != NULL ? body : "");
  {
    const int fd = serving_connect (&kit->serving);

    serving_send (fd, request->str);
    answer = serving_read_all (fd);
    close (fd);
  }
  end = strstr (answer, "\r\n\r\n");
  g_assert_nonnull (end);
  g_assert_true (g_str_has_prefix (answer, "HTTP/1.1 "));
  if (g_str_has_suffix (answer, "}\n"))
    g_strchomp (answer);
  return g_strdup_printf ("%.3s %s", answer + strlen ("HTTP/1.1 "), end + 4);
}

void
api_kit_check (ApiKit *kit, const char *request, const char *token, const char *body,
               const char *expected)
{
  g_auto (GStrv) parts = g_strsplit (request, " ", 2);
  g_autofree char *answer = api_kit_ask (kit, parts[0], parts[1], token, body);

  g_assert_cmpstr (answer, ==, expected);
}

char *
api_kit_add_token (ApiKit *kit, const char *name, WeirUserRole role, const char *const *flows)
{
  g_autoptr (GError) error = NULL;
  WeirToken token = {
    .name = (char *)name, .role = role, .flows = (GStrv)flows, .creator = (char *)"test"
  };
  char *text = weir_token_store_add (kit->tokens, &token, &error);

  g_assert_no_error (error);
  return text;
}
