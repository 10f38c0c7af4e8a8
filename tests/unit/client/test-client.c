#include "client/client.h"

#include "client/events.h"
#include "serving.h"

#include <stdatomic.h>
#include <string.h>
#include <unistd.h>
#include <weir/error.h>

typedef struct {
  Serving serving;
  atomic_uint n_asked;
  bool is_split; /* the second stream goes on where the first was cut */
} World;

static void
answer (WeirExchange *exchange, int status, const char *type, const char *text)
{
  g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));

  weir_exchange_answer (exchange, status, type, "ETag: \"7\"\r\n", body);
}

static void
on_head (void *data, WeirExchange *exchange)
{
  if (strcmp (weir_exchange_get_path (exchange), "/small") == 0)
    weir_exchange_take_body (exchange, 3);
  else
    weir_exchange_take_body (exchange, 10000000);
}

/* Two events, of which the second is cut; who comes again with the first one's id gets that. */
static void
answer_events (World *world, WeirExchange *exchange)
{
  const char *last_id = weir_exchange_get_header (exchange, "Last-Event-ID");

  if (last_id != NULL && strcmp (last_id, "gone") == 0) {
    weir_exchange_fail (exchange, 404, "not-found", "no such stream");
    return;
  }
  weir_exchange_begin (exchange, 200, "text/event-stream", NULL);
  if (last_id == NULL) {
    static const char text[] = "id: 1\ndata: one\n\nid: 1\ndata: tw";

    weir_exchange_write (exchange, text, strlen (text));
  } else {
    static const char text[] = "id: 2\ndata: two\n\nid: 3\nevent: end\ndata: three\n\n";

    weir_exchange_write (exchange, text, strlen (text));
    weir_exchange_end (exchange);
  }
  /* The first is never ended: nobody keeps it, so the connection is cut. */
}

static void
on_request (void *data, WeirExchange *exchange)
{
  World *world = data;
  const char *path = weir_exchange_get_path (exchange), *body;
  size_t size;

  atomic_fetch_add (&world->n_asked, 1);
  body = weir_exchange_get_body (exchange, &size);
  if (strcmp (path, "/events") == 0) {
    answer_events (world, exchange);
  } else if (strcmp (path, "/conflict") == 0) {
    weir_exchange_fail (exchange, 409, "exists", "somebody was faster");
  } else if (strcmp (path, "/plain-error") == 0) {
    answer (exchange, 404, "text/html", "<html>");
  } else if (strcmp (path, "/json") == 0) {
    g_autofree char *copy = g_strndup (body, size);

    answer (exchange, 200, "application/json", size > 0 ? copy : "{\"a\": [1, 2]}");
  } else if (strcmp (path, "/chunked") == 0) {
    weir_exchange_begin (exchange, 200, "text/plain", NULL);
    for (unsigned i = 0; i < 1000; i++)
      weir_exchange_write (exchange, "0123456789", 10);
    weir_exchange_end (exchange);
  } else if (strcmp (path, "/nothing") == 0) {
    weir_exchange_answer (exchange, 204, NULL, NULL, NULL);
  } else {
    const char *token = weir_exchange_get_header (exchange, "Authorization");

    answer (exchange, 200, "text/plain", token != NULL ? token : "no token");
  }
}

static const WeirHttpHandler handler_of_all = { on_head, on_request };

static void
set_up (World *world, const void *data)
{
  WeirHttpHandler handler = handler_of_all;

  handler.data = world;
  serving_start (&world->serving, &handler, NULL);
}

static void
tear_down (World *world, const void *data)
{
  serving_stop (&world->serving);
}

static void
test_asks (World *world, const void *data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WeirClient) client = weir_client_new (world->serving.directory, NULL, &error);
  WeirReply reply;
  size_t size;

  g_assert_no_error (error);
  for (unsigned i = 0; i < 3; i++) {
    g_assert_true (weir_client_ask (client, "GET", "/x", NULL, NULL, &reply, &error));
    g_assert_cmpint (reply.status, ==, 200);
    g_assert_cmpstr (reply.type, ==, "text/plain");
    g_assert_cmpstr (reply.etag, ==, "\"7\"");
    g_assert_cmpmem (g_bytes_get_data (reply.body, &size), g_bytes_get_size (reply.body),
                     "no token", 8);
    weir_reply_clear (&reply);
  }
  g_assert_true (weir_client_ask (client, "GET", "/chunked", NULL, NULL, &reply, &error));
  g_assert_cmpuint (g_bytes_get_size (reply.body), ==, 10000);
  weir_reply_clear (&reply);
  g_assert_true (weir_client_ask (client, "GET", "/nothing", NULL, NULL, &reply, &error));
  g_assert_cmpuint (g_bytes_get_size (reply.body), ==, 0);
  weir_reply_clear (&reply);
}

static void
test_json (World *world, const void *data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WeirClient) client = weir_client_new (world->serving.path, "secret", &error);
  g_autoptr (JsonNode) first = weir_client_ask_json (client, "GET", "/json", NULL, &error);
  g_autoptr (JsonNode) second = NULL, none = NULL;
  g_autofree char *text = NULL;

  g_assert_no_error (error);
  second = weir_client_ask_json (client, "POST", "/json", first, &error);
  g_assert_no_error (error);
  text = json_to_string (second, FALSE);
  g_assert_cmpstr (text, ==, "{\"a\":[1,2]}");
  none = weir_client_ask_json (client, "POST", "/nothing", NULL, &error);
  g_assert_no_error (error);
  g_assert_true (JSON_NODE_HOLDS_NULL (none));
}

/* The server's words and its code; and the connection goes on. */
static void
test_errors (World *world, const void *data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WeirClient) client = weir_client_new (world->serving.path, NULL, &error);
  g_autoptr (GBytes) body = g_bytes_new_static ("hello", 5);
  WeirReply reply;

  g_assert_false (weir_client_ask (client, "GET", "/conflict", NULL, NULL, &reply, &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_EXISTS);
  g_assert_cmpstr (error->message, ==, "somebody was faster");
  g_clear_error (&error);
  g_assert_false (weir_client_ask (client, "GET", "/plain-error", NULL, NULL, &reply, &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND);
  g_assert_cmpstr (error->message, ==, "Not Found");
  g_clear_error (&error);
  g_assert_false (weir_client_ask (client, "PUT", "/small", "text/plain", body, &reply, &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_LIMIT);
  g_clear_error (&error);
  g_assert_true (weir_client_ask (client, "GET", "/x", NULL, NULL, &reply, &error));
  weir_reply_clear (&reply);
}

/* The server has ended what was idle; who asks does not notice. */
static void
test_server_starts_anew (World *world, const void *data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WeirClient) client = weir_client_new (world->serving.path, NULL, &error);
  WeirHttpHandler handler = handler_of_all;
  WeirReply reply;

  handler.data = world;
  g_assert_true (weir_client_ask (client, "POST", "/x", NULL, NULL, &reply, &error));
  weir_reply_clear (&reply);
  serving_pause (&world->serving);
  serving_resume (&world->serving, &handler, NULL);
  g_assert_true (weir_client_ask (client, "POST", "/x", NULL, NULL, &reply, &error));
  weir_reply_clear (&reply);
  serving_pause (&world->serving);
  g_assert_false (weir_client_ask (client, "POST", "/x", NULL, NULL, &reply, &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, "weir serve"));
  serving_resume (&world->serving, &handler, NULL);
}

static bool
count_until (void *data, const char *bytes, size_t size, GError **error)
{
  size_t *n = data;

  *n += size;
  return *n < 5000;
}

static bool
fail_at_once (void *data, const char *bytes, size_t size, GError **error)
{
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_FAILED, "mine");
  return false;
}

static void
test_listens (World *world, const void *data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WeirClient) client = weir_client_new (world->serving.path, NULL, &error);
  size_t n = 0;

  g_assert_true (weir_client_listen (client, "/chunked", count_until, &n, &error));
  g_assert_cmpuint (n, >=, 5000);
  g_assert_false (weir_client_listen (client, "/chunked", fail_at_once, NULL, &error));
  g_assert_cmpstr (error->message, ==, "mine");
  g_clear_error (&error);
  g_assert_false (weir_client_listen (client, "/conflict", count_until, &n, &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_EXISTS);
}

static bool
write_event (void *data, const WeirHeard *event, GError **error)
{
  g_string_append_printf (data, "[%s|%s|%s]", event->id, event->name, event->data);
  return strcmp (event->name, "end") != 0;
}

static void
test_follows (World *world, const void *data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WeirClient) client = weir_client_new (world->serving.path, NULL, &error);
  g_autoptr (GString) heard = g_string_new (NULL);

  g_assert_true (weir_client_follow (client, "/events", INT64_MAX, write_event, heard, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (heard->str, ==, "[1|message|one][2|message|two][3|end|three]");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/client/asks", World, NULL, set_up, test_asks, tear_down);
  g_test_add ("/client/json", World, NULL, set_up, test_json, tear_down);
  g_test_add ("/client/errors", World, NULL, set_up, test_errors, tear_down);
  g_test_add ("/client/server-starts-anew", World, NULL, set_up, test_server_starts_anew,
              tear_down);
  g_test_add ("/client/listens", World, NULL, set_up, test_listens, tear_down);
  g_test_add ("/client/follows", World, NULL, set_up, test_follows, tear_down);
  return g_test_run ();
}
