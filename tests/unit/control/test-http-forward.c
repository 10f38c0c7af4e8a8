/* A server that passes everything on to another one: what is seen through it is what is there. */
#include "serving.h"

#include "base/limits.h"
#include "base/wake.h"
#include "wire/unix-address.h"

#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define LARGE (3u * 1024 * 1024)

typedef struct {
  Serving front;
  Serving back;
  atomic_uint n_closed;
  WeirWake closed; /* rung with it */
  pthread_t streamer;
  WeirExchange *open;
} World;

/* --- the host --- */

static void *
stream (void *data)
{
  WeirExchange *exchange = data;
  char piece[1024];
  bool is_open = true;

  weir_exchange_begin (exchange, 200, "text/plain", NULL);
  for (unsigned i = 0; i < LARGE / sizeof piece && is_open; i++) {
    memset (piece, 'a' + i % 26, sizeof piece);
    is_open = weir_exchange_write (exchange, piece, sizeof piece) &&
              weir_exchange_wait (exchange, 100000);
  }
  weir_exchange_end (exchange);
  weir_exchange_unref (exchange);
  return NULL;
}

static void
on_closed (void *data)
{
  World *world = data;

  atomic_fetch_add (&world->n_closed, 1);
  weir_wake_ring (&world->closed);
}

static void
on_host_head (void *data, WeirExchange *exchange)
{
  if (strcmp (weir_exchange_get_path (exchange), "/refuse") == 0)
    weir_exchange_fail (exchange, 403, "permission", "no");
  else
    weir_exchange_take_body (exchange, 2 * LARGE);
}

static void
on_host_request (void *data, WeirExchange *exchange)
{
  World *world = data;
  const char *path = weir_exchange_get_path (exchange), *text;
  size_t size;

  if (strcmp (path, "/stream") == 0) {
    g_assert_cmpint (pthread_create (&world->streamer, NULL, stream, weir_exchange_ref (exchange)),
                     ==, 0);
  } else if (strcmp (path, "/open") == 0) {
    weir_exchange_set_closed (exchange, on_closed, world);
    weir_exchange_begin (exchange, 200, "text/event-stream", NULL);
    weir_exchange_write (exchange, "first", 5);
    world->open = weir_exchange_ref (exchange);
  } else if (strcmp (path, "/echo") == 0) {
    g_autoptr (GBytes) body = NULL;

    text = weir_exchange_get_body (exchange, &size);
    body = g_bytes_new (text, size);
    weir_exchange_answer (exchange, 200, "text/plain", "ETag: \"7\"\r\n", body);
  } else {
    const char *identity = weir_exchange_get_header (exchange, "Weir-Identity");
    const char *token = weir_exchange_get_header (exchange, "Authorization");
    g_autofree char *answer =
        g_strdup_printf ("%s %s?%s identity=%s token=%s x=%s", weir_exchange_get_verb (exchange),
                         path, weir_exchange_get_query (exchange), identity ? identity : "none",
                         token ? token : "none", weir_exchange_get_header (exchange, "X"));
    g_autoptr (GBytes) body = g_bytes_new (answer, strlen (answer));

    weir_exchange_answer (exchange, 200, "text/plain", NULL, body);
  }
}

/* --- the server --- */

static void
on_front_head (void *data, WeirExchange *exchange)
{
  World *world = data;

  weir_exchange_forward (exchange, world->back.path, "maria operator");
}

static void
on_front_request (void *data, WeirExchange *exchange)
{
  g_assert_not_reached ();
}

static void
start_host (World *world)
{
  WeirHttpHandler host = { on_host_head, on_host_request, world };

  serving_start (&world->back, &host, NULL);
}

static void
set_up (World *world, const void *data)
{
  WeirHttpHandler front = { on_front_head, on_front_request, world };

  if (data == NULL)
    start_host (world);
  serving_start (&world->front, &front, NULL);
}

static void
tear_down (World *world, const void *data)
{
  if (world->open != NULL)
    weir_exchange_unref (world->open);
  serving_stop (&world->front);
  if (data == NULL)
    serving_stop (&world->back);
}

static const char *
get_body (const char *answer, int status)
{
  g_autofree char *line = g_strdup_printf ("HTTP/1.1 %d ", status);
  const char *body = strstr (answer, "\r\n\r\n");

  if (!g_str_has_prefix (answer, line) || body == NULL)
    g_error ("not %d: %s", status, answer);
  return body + 4;
}

static void
test_passes_on (World *world, const void *data)
{
  int fd = serving_connect (&world->front);

  for (unsigned i = 0; i < 3; i++) {
    g_autofree char *answer = NULL;

    serving_send (
        fd, "GET /a%20b?c HTTP/1.1\r\nHost: localhost\r\nX: y\r\nWeir-Identity: root admin\r\n"
            "Authorization: Bearer secret\r\n\r\n");
    answer = serving_read_until (fd, "x=y");
    g_assert_cmpstr (get_body (answer, 200), ==,
                     "GET /a%20b?c identity=maria operator token=none x=y");
    g_assert_nonnull (strstr (answer, "\r\nContent-Type: text/plain\r\n"));
    g_assert_null (strstr (answer, "\r\nConnection:"));
  }
  close (fd);
}

static void
test_bodies (World *world, const void *data)
{
  g_autofree char *counted = serving_ask (
      &world->front, "PUT /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello");
  g_autofree char *chunked =
      serving_ask (&world->front, "PUT /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: "
                                  "chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n");
  g_autofree char *head =
      serving_ask (&world->front, "HEAD /echo HTTP/1.1\r\nHost: localhost\r\n\r\n");
  g_autofree char *closing = serving_ask (
      &world->front, "GET /echo HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  g_autofree char *refused = serving_ask (
      &world->front, "PUT /refuse HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello");

  g_assert_cmpstr (get_body (counted, 200), ==, "hello");
  g_assert_nonnull (strstr (counted, "ETag: \"7\"\r\n"));
  g_assert_cmpstr (get_body (chunked, 200), ==, "hello");
  g_assert_cmpstr (get_body (head, 200), ==, "");
  g_assert_nonnull (strstr (head, "Content-Length: 0\r\n"));
  g_assert_nonnull (strstr (closing, "Connection: close\r\n"));
  get_body (refused, 403);
}

/* Larger than what is under way at once, in both directions. */
static void *
send_large (void *data)
{
  int fd = *(int *)data;
  g_autofree char *piece = g_strnfill (LARGE, 'x');

  serving_send (fd, "PUT /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3145728\r\n"
                    "Connection: close\r\n\r\n");
  serving_send (fd, piece);
  return NULL;
}

static void
test_large (World *world, const void *data)
{
  int fd = serving_connect (&world->front);
  g_autofree char *answer = NULL, *streamed = NULL;
  pthread_t thread;

  g_assert_cmpint (pthread_create (&thread, NULL, send_large, &fd), ==, 0);
  answer = serving_read_all (fd);
  pthread_join (thread, NULL);
  close (fd);
  g_assert_cmpuint (strspn (get_body (answer, 200), "x"), ==, LARGE);

  streamed = serving_ask (&world->front, "GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n");
  pthread_join (world->streamer, NULL);
  get_body (streamed, 200);
  g_assert_true (g_str_has_suffix (streamed, "\r\n0\r\n\r\n"));
  g_assert_cmpuint (strlen (streamed), >, LARGE);
}

static void
test_client_goes (World *world, const void *data)
{
  int fd = serving_connect (&world->front);
  g_autofree char *answer = NULL;
  uint32_t n_rings;

  serving_send (fd, "GET /open HTTP/1.1\r\nHost: localhost\r\n\r\n");
  answer = serving_read_until (fd, "first\r\n");
  n_rings = weir_wake_get (&world->closed);
  close (fd);
  while (atomic_load (&world->n_closed) == 0) {
    weir_wake_wait (&world->closed, n_rings);
    n_rings = weir_wake_get (&world->closed);
  }
}

/* The host has ended and another one is at its place: who asks sees nothing of that. */
static void
test_host_starts_anew (World *world, const void *data)
{
  int fd = serving_connect (&world->front);
  WeirHttpHandler host = { on_host_head, on_host_request, world };
  g_autofree char *first = NULL, *gone = NULL, *second = NULL;

  serving_send (fd, "GET /1 HTTP/1.1\r\nHost: localhost\r\nX: y\r\n\r\n");
  first = serving_read_until (fd, "x=y");
  get_body (first, 200);
  serving_pause (&world->back);
  serving_send (fd, "GET /2 HTTP/1.1\r\nHost: localhost\r\n\r\n");
  gone = serving_read_until (fd, "}}\n");
  get_body (gone, 503);
  g_assert_nonnull (strstr (gone, "Retry-After: 1\r\n"));
  serving_resume (&world->back, &host, NULL);
  serving_send (fd, "GET /3 HTTP/1.1\r\nHost: localhost\r\nX: y\r\n\r\n");
  second = serving_read_until (fd, "x=y");
  get_body (second, 200);
  close (fd);
}

/* --- a host that fails --- */

typedef struct {
  World *world;
  int listener;
  const char *const *answers; /* each closes its connection */
} Failing;

static void *
fail_often (void *data)
{
  Failing *failing = data;

  for (unsigned i = 0; failing->answers[i] != NULL; i++) {
    int fd = accept (failing->listener, NULL, NULL);

    g_free (serving_read_until (fd, "\r\n\r\n"));
    serving_send (fd, failing->answers[i]);
    close (fd);
  }
  return NULL;
}

static void
test_host_fails (World *world, const void *data)
{
  static const char *const answers[] = {
    "",
    "HTTP/1.1 200 OK\r\nContent-Le",
    "HELLO\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalfway\r\n",
    NULL,
  };
  g_autofree char *directory = g_dir_make_tmp ("weir-http-XXXXXX", NULL);
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  Failing failing = { world, socket (AF_UNIX, SOCK_STREAM, 0), answers };
  pthread_t thread;

  world->back.path = g_build_filename (directory, "control.sock", NULL);
  g_strlcpy (address.sun_path, world->back.path, sizeof address.sun_path);
  g_assert_cmpint (bind (failing.listener, (struct sockaddr *)&address, sizeof address), ==, 0);
  g_assert_cmpint (listen (failing.listener, 10), ==, 0);
  g_assert_cmpint (pthread_create (&thread, NULL, fail_often, &failing), ==, 0);
  for (unsigned i = 0; answers[i] != NULL; i++) {
    g_autofree char *answer =
        serving_ask (&world->front, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");

    g_test_message ("%u: %s", i, answer);
    if (i < 3)
      get_body (answer, 502);
    else /* what was there has been sent, and its end is missing */
      g_assert_true (g_str_has_suffix (answer, i < 5 ? (i == 3 ? "half" : "half\r\n") : "half"));
  }
  pthread_join (thread, NULL);
  close (failing.listener);
  g_assert_cmpint (unlink (world->back.path), ==, 0);
  g_assert_cmpint (rmdir (directory), ==, 0);
  g_free (world->back.path);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/http-forward/passes-on", World, NULL, set_up, test_passes_on, tear_down);
  g_test_add ("/http-forward/bodies", World, NULL, set_up, test_bodies, tear_down);
  g_test_add ("/http-forward/large", World, NULL, set_up, test_large, tear_down);
  g_test_add ("/http-forward/client-goes", World, NULL, set_up, test_client_goes, tear_down);
  g_test_add ("/http-forward/host-starts-anew", World, NULL, set_up, test_host_starts_anew,
              tear_down);
  g_test_add ("/http-forward/host-fails", World, "no host", set_up, test_host_fails, tear_down);
  return g_test_run ();
}
