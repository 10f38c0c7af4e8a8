/* What a client can do to a server: all that is right is answered, and the rest ends soon. */
#include "serving.h"

#include "base/limits.h"
#include "base/wake.h"

#include <sched.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define LINE "GET %s HTTP/1.1\r\nHost: localhost\r\n"

/* What the paths below do. */
typedef struct {
  Serving serving;
  WeirHttpOptions options;
  atomic_uint n_requests;
  atomic_uint n_heads;
  atomic_uint n_gone; /* of them */
  atomic_uint n_closed;
  WeirWake closed;    /* rung with it */
  WeirExchange *open; /* of /open */
  GArray *threads;
} World;

static void
answer_text (WeirExchange *exchange, const char *text)
{
  g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));

  weir_exchange_answer (exchange, 200, "text/plain", "X-Own: yes\r\n", body);
}

static void *
answer_on_thread (void *data)
{
  WeirExchange *exchange = data;

  answer_text (exchange, "later");
  weir_exchange_unref (exchange);
  return NULL;
}

static void *
stream_on_thread (void *data)
{
  WeirExchange *exchange = data;
  char piece[1000];

  weir_exchange_begin (exchange, 200, "text/plain", NULL);
  for (unsigned i = 0; i < 2000; i++) {
    memset (piece, 'a' + i % 26, sizeof piece);
    if (!weir_exchange_write (exchange, piece, sizeof piece) ||
        !weir_exchange_wait (exchange, 10000))
      break;
  }
  weir_exchange_end (exchange);
  weir_exchange_unref (exchange);
  return NULL;
}

static void *
flood_on_thread (void *data)
{
  WeirExchange *exchange = data;
  static const char piece[100000] = "x";

  weir_exchange_begin (exchange, 200, "text/plain", NULL);
  while (weir_exchange_write (exchange, piece, sizeof piece))
    ;
  weir_exchange_unref (exchange);
  return NULL;
}

static void
run_thread (World *world, void *(*func) (void *data), WeirExchange *exchange)
{
  pthread_t thread;

  g_assert_cmpint (pthread_create (&thread, NULL, func, weir_exchange_ref (exchange)), ==, 0);
  g_array_append_val (world->threads, thread);
}

static void
on_closed (void *data)
{
  World *world = data;

  atomic_fetch_add (&world->n_closed, 1);
  weir_wake_ring (&world->closed);
}

static void
on_gone (void *data)
{
  atomic_fetch_add (&((World *)data)->n_gone, 1);
}

static void
on_head (void *data, WeirExchange *exchange)
{
  const char *path = weir_exchange_get_path (exchange);

  atomic_fetch_add (&((World *)data)->n_heads, 1);
  weir_exchange_set_data (exchange, data, on_gone);
  if (strcmp (path, "/refuse") == 0)
    weir_exchange_fail (exchange, 403, "permission", "you \"may\" not");
  else if (strcmp (path, "/nobody") != 0)
    weir_exchange_take_body (exchange, strcmp (path, "/large") == 0 ? 10000000 : 1000);
}

static void
on_request (void *data, WeirExchange *exchange)
{
  World *world = data;
  const char *path = weir_exchange_get_path (exchange);
  size_t size;

  atomic_fetch_add (&world->n_requests, 1);
  g_assert_true (weir_exchange_get_data (exchange) == world);
  if (strcmp (path, "/later") == 0) {
    run_thread (world, answer_on_thread, exchange);
  } else if (strcmp (path, "/stream") == 0) {
    run_thread (world, stream_on_thread, exchange);
  } else if (strcmp (path, "/flood") == 0) {
    weir_exchange_set_closed (exchange, on_closed, world);
    run_thread (world, flood_on_thread, exchange);
  } else if (strcmp (path, "/open") == 0) {
    weir_exchange_set_closed (exchange, on_closed, world);
    weir_exchange_begin (exchange, 200, "text/plain", NULL);
    weir_exchange_write (exchange, "first", 5);
    world->open = weir_exchange_ref (exchange);
  } else if (strcmp (path, "/empty") == 0) {
    weir_exchange_answer (exchange, 204, NULL, NULL, NULL);
  } else if (strcmp (path, "/forget") != 0) {
    const char *body = weir_exchange_get_body (exchange, &size);
    g_autofree char *text =
        g_strdup_printf ("%s %s?%s %zu %.*s", weir_exchange_get_verb (exchange), path,
                         weir_exchange_get_query (exchange), size, (int)MIN (size, 100), body);

    answer_text (exchange, text);
  }
}

static void
set_up (World *world, const void *data)
{
  const WeirHttpOptions *options = data;
  WeirHttpHandler handler = { on_head, on_request, world };

  world->threads = g_array_new (FALSE, FALSE, sizeof (pthread_t));
  serving_start (&world->serving, &handler, options);
}

static void
tear_down (World *world, const void *data)
{
  for (unsigned i = 0; i < world->threads->len; i++)
    pthread_join (g_array_index (world->threads, pthread_t, i), NULL);
  g_array_unref (world->threads);
  if (world->open != NULL) {
    weir_exchange_end (world->open);
    weir_exchange_unref (world->open);
  }
  serving_stop (&world->serving);
  g_assert_cmpuint (atomic_load (&world->n_gone), ==, atomic_load (&world->n_heads));
}

/* Returns: (transfer none): the body in @answer, which has the status @status. */
static const char *
get_body (const char *answer, int status)
{
  g_autofree char *line = g_strdup_printf ("HTTP/1.1 %d ", status);
  const char *body = strstr (answer, "\r\n\r\n");

  if (!g_str_has_prefix (answer, line) || body == NULL)
    g_error ("not %d: %s", status, answer);
  return body + 4;
}

static char *
ask (World *world, const char *path)
{
  g_autofree char *request = g_strdup_printf (LINE "\r\n", path);

  return serving_ask (&world->serving, request);
}

static void
test_answers (World *world, const void *data)
{
  g_autofree char *answer = ask (world, "/a%20b?c=d&e");

  g_assert_cmpstr (get_body (answer, 200), ==, "GET /a%20b?c=d&e 0 ");
  g_assert_nonnull (strstr (answer, "\r\nX-Own: yes\r\n"));
  g_assert_nonnull (strstr (answer, "\r\nContent-Type: text/plain\r\n"));
  g_assert_nonnull (strstr (answer, "\r\nContent-Length: 19\r\n"));
  g_assert_nonnull (strstr (answer, "\r\nX-Content-Type-Options: nosniff\r\n"));
  g_assert_nonnull (strstr (answer, "\r\nCache-Control: no-store\r\n"));
  g_assert_nonnull (strstr (answer, "\r\nDate: "));
}

static void
test_other_kinds (World *world, const void *data)
{
  g_autofree char *later = ask (world, "/later");
  g_autofree char *empty = ask (world, "/empty");
  g_autofree char *head =
      serving_ask (&world->serving, "HEAD /x HTTP/1.1\r\nHost: localhost\r\n\r\n");
  g_autofree char *refused = ask (world, "/refuse");

  g_assert_cmpstr (get_body (later, 200), ==, "later");
  g_assert_cmpstr (get_body (empty, 204), ==, "");
  g_assert_null (strstr (empty, "Content-Length"));
  g_assert_cmpstr (get_body (head, 200), ==, "");
  g_assert_nonnull (strstr (head, "Content-Length: 11\r\n"));
  g_assert_cmpstr (get_body (refused, 403), ==,
                   "{\"error\":{\"code\":\"permission\",\"message\":\"you \\\"may\\\" not\"}}\n");
}

/* Who takes a request and never answers it is found out. */
static void
test_forgotten (World *world, const void *data)
{
  g_autofree char *nobody = ask (world, "/nobody");
  g_autofree char *forgotten = ask (world, "/forget");

  get_body (nobody, 500);
  get_body (forgotten, 500);
}

static void
test_bodies (World *world, const void *data)
{
  g_autofree char *counted = serving_ask (
      &world->serving, "PUT /p HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello");
  g_autofree char *chunked =
      serving_ask (&world->serving, "PUT /p HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: "
                                    "chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n");
  g_autofree char *bad =
      serving_ask (&world->serving, "PUT /p HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: "
                                    "chunked\r\n\r\n3\r\nhello\r\n0\r\n\r\n");
  g_autofree char *half = serving_ask (
      &world->serving, "PUT /p HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nhello");

  g_assert_cmpstr (get_body (counted, 200), ==, "PUT /p? 5 hello");
  g_assert_cmpstr (get_body (chunked, 200), ==, "PUT /p? 5 hello");
  get_body (bad, 400);
  g_assert_cmpstr (half, ==, "");
  g_assert_cmpuint (atomic_load (&world->n_requests), ==, 2);
}

/* A request a byte at a time, and two at once, whose answers come in their order. */
static void
test_keeps_alive (World *world, const void *data)
{
  static const char slow[] =
      "PUT /slow HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc";
  int fd = serving_connect (&world->serving);
  g_autofree char *first = NULL, *rest = NULL;
  const char *a, *b;

  for (const char *at = slow; *at != '\0'; at++) {
    char one[2] = { *at, '\0' };

    serving_send (fd, one);
  }
  first = serving_read_until (fd, "PUT /slow? 3 abc");
  get_body (first, 200);
  serving_send (fd, "GET /later HTTP/1.1\r\nHost: localhost\r\n\r\n"
                    "PUT /two HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\nx"
                    "GET /three HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                    "GET /four HTTP/1.1\r\nHost: localhost\r\n\r\n");
  rest = serving_read_all (fd);
  a = strstr (rest, "\r\n\r\nlater");
  b = strstr (rest, "PUT /two? 1 x");
  g_assert_true (a != NULL && b != NULL && a < b && strstr (b, "GET /three? 0 ") != NULL);
  g_assert_nonnull (strstr (b, "Connection: close\r\n"));
  g_assert_null (strstr (rest, "/four"));
  close (fd);
}

static void
test_streams (World *world, const void *data)
{
  g_autofree char *answer = ask (world, "/stream");

  get_body (answer, 200);
  g_assert_nonnull (strstr (answer, "Transfer-Encoding: chunked\r\n"));
  g_assert_true (g_str_has_suffix (answer, "\r\n0\r\n\r\n"));
  g_assert_cmpuint (strlen (strstr (answer, "\r\n\r\n")), ==, 2000 * (1000 + 7) + 4 + 5);
}

static void
wait_for_closed (World *world)
{
  uint32_t n_rings = weir_wake_get (&world->closed);

  while (atomic_load (&world->n_closed) == 0) {
    weir_wake_wait (&world->closed, n_rings);
    n_rings = weir_wake_get (&world->closed);
  }
}

/* One who asks and does not read: the stream ends when too much waits for it. */
static void
test_slow_reader (World *world, const void *data)
{
  int fd = serving_connect (&world->serving);

  serving_send (fd, "GET /flood HTTP/1.1\r\nHost: localhost\r\n\r\n");
  wait_for_closed (world);
  close (fd);
}

static void
test_client_goes (World *world, const void *data)
{
  int fd = serving_connect (&world->serving);
  g_autofree char *answer = NULL;

  serving_send (fd, "GET /open HTTP/1.1\r\nHost: localhost\r\n\r\n");
  answer = serving_read_until (fd, "first\r\n");
  close (fd);
  wait_for_closed (world);
}

static void
test_expectation (World *world, const void *data)
{
  int fd = serving_connect (&world->serving);
  g_autofree char *interim = NULL, *answer = NULL, *refused = NULL;

  serving_send (fd, "PUT /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n"
                    "Expect: 100-continue\r\n\r\n");
  interim = serving_read_until (fd, "\r\n\r\n");
  g_assert_cmpstr (interim, ==, "HTTP/1.1 100 Continue\r\n\r\n");
  serving_send (fd, "ok");
  answer = serving_read_until (fd, "PUT /x? 2 ok");
  get_body (answer, 200);
  /* Without waiting for the body that will not come. */
  serving_send (fd, "PUT /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1073741824\r\n"
                    "Expect: 100-continue\r\n\r\n");
  refused = serving_read_all (fd);
  get_body (refused, 413);
  g_assert_nonnull (strstr (refused, "Connection: close\r\n"));
  close (fd);
}

/* A client that sends what nobody wants sees the refusal before its connection ends. */
static void
test_refuses_while_it_comes (World *world, const void *data)
{
  g_autofree char *piece = g_strnfill (500000, 'x');
  g_autofree char *small = NULL, *large = NULL, *chunked = NULL;
  int fd = serving_connect (&world->serving);

  serving_send (fd, "PUT /refuse HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello");
  small = serving_read_until (fd, "}}\n");
  get_body (small, 403); /* and the connection goes on */
  serving_send (fd, "PUT /large HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1073741824\r\n\r\n");
  serving_send (fd, piece);
  large = serving_read_all (fd);
  get_body (large, 413);
  close (fd);

  fd = serving_connect (&world->serving);
  serving_send (fd, "PUT /p HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
  serving_send (fd, "7a120\r\n");
  serving_send (fd, piece);
  chunked = serving_read_all (fd);
  get_body (chunked, 413);
  close (fd);
  g_assert_cmpuint (atomic_load (&world->n_requests), ==, 0);
}

static void
test_bad_heads (World *world, const void *data)
{
  g_autofree char *tls = serving_ask (&world->serving, "\026\003\001\002");
  g_autofree char *origin = serving_ask (
      &world->serving, "GET / HTTP/1.1\r\nHost: localhost\r\nOrigin: https://evil.example\r\n\r\n");
  g_autofree char *half = serving_ask (&world->serving, "GET / HTTP/1.1\r\nHo");
  g_autofree char *many = g_strnfill (WEIR_LIMIT_HTTP_HEAD, 'a');
  g_autofree char *head = g_strdup_printf (LINE "X: %s\r\n\r\n", "/", many);
  g_autofree char *huge = serving_ask (&world->serving, head);

  get_body (tls, 400);
  get_body (origin, 403);
  g_assert_cmpstr (half, ==, "");
  get_body (huge, 431);
  g_assert_cmpuint (atomic_load (&world->n_requests), ==, 0);
}

static void
test_listed_origin (World *world, const void *data)
{
  g_autofree char *origin = serving_ask (
      &world->serving, "GET / HTTP/1.1\r\nHost: localhost\r\nOrigin: https://good.example\r\n\r\n");

  get_body (origin, 200);
}

/* Returns: (transfer full): what it gets who sends the beginning of a head and no end. */
static char *
dawdle (World *world)
{
  int fd = serving_connect (&world->serving);
  char *answer;

  serving_send (fd, "GET / HTTP/1.1\r\nX: ");
  for (unsigned i = 0; i < 1000; i++)
    serving_send (fd, "a");
  answer = serving_read_all (fd);
  close (fd);
  return answer;
}

/* A byte now and then does not keep a connection. */
static void
test_slow_loris (World *world, const void *data)
{
  g_autofree char *answer = dawdle (world);
  int fd;

  /* On a slow machine not even the beginning was there in time. */
  while (*answer == '\0') {
    g_free (answer);
    answer = dawdle (world);
  }
  get_body (answer, 408);

  /* Nor does nothing at all; there is nobody to answer. */
  fd = serving_connect (&world->serving);
  g_clear_pointer (&answer, g_free);
  answer = serving_read_all (fd);
  g_assert_cmpstr (answer, ==, "");
  close (fd);
}

/* The one beyond the limit is told so; when others go there is room again. */
static void
test_too_many (World *world, const void *data)
{
  int fds[3];
  g_autofree char *answer = NULL;
  bool is_in = false;

  for (unsigned i = 0; i < G_N_ELEMENTS (fds); i++) {
    g_autofree char *first = NULL;

    fds[i] = serving_connect (&world->serving);
    serving_send (fds[i], "GET /in HTTP/1.1\r\nHost: localhost\r\n\r\n");
    first = serving_read_until (fds[i], "/in? 0 ");
    get_body (first, 200);
  }
  answer = ask (world, "/");
  get_body (answer, 503);
  g_assert_nonnull (strstr (answer, "Retry-After: 1\r\n"));
  for (unsigned i = 0; i < G_N_ELEMENTS (fds); i++)
    close (fds[i]);
  while (!is_in) {
    g_free (answer);
    answer = ask (world, "/");
    is_in = g_str_has_prefix (answer, "HTTP/1.1 200 ");
  }
}

static void
test_one_after_the_other (World *world, const void *data)
{
  for (unsigned i = 0; i < 10000; i++) {
    int fd = serving_connect (&world->serving);

    if (i % 10 == 0) {
      g_autofree char *answer = NULL;

      serving_send (fd, "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
      answer = serving_read_all (fd);
      get_body (answer, 200);
    }
    close (fd);
  }
}

/* As many at once as there may be, all of them answered; and one that is idle is no harm to others.
 */
static void
test_many_at_once (World *world, const void *data)
{
  int fds[WEIR_LIMIT_HTTP_CONNECTIONS];

  for (unsigned i = 0; i < G_N_ELEMENTS (fds); i++)
    fds[i] = serving_connect (&world->serving);
  for (unsigned round = 0; round < 20; round++) {
    for (unsigned i = 1; i < G_N_ELEMENTS (fds); i++)
      serving_send (fds[i], "GET /many HTTP/1.1\r\nHost: localhost\r\n\r\n");
    for (unsigned i = 1; i < G_N_ELEMENTS (fds); i++) {
      g_autofree char *answer = serving_read_until (fds[i], "/many? 0 ");

      get_body (answer, 200);
    }
  }
  for (unsigned i = 0; i < G_N_ELEMENTS (fds); i++)
    close (fds[i]);
}

static const WeirHttpOptions quick = { .head_usec = 20000 };
static const WeirHttpOptions three = { .max_connections = 3 };
static const WeirHttpOptions good = {
  .origins = (const char *const[]){ "https://good.example", NULL },
};

#define ADD(name, options, test) \
  g_test_add ("/http-server/" name, World, options, set_up, test, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("answers", NULL, test_answers);
  ADD ("other-kinds", NULL, test_other_kinds);
  ADD ("forgotten", NULL, test_forgotten);
  ADD ("bodies", NULL, test_bodies);
  ADD ("keeps-alive", NULL, test_keeps_alive);
  ADD ("streams", NULL, test_streams);
  ADD ("slow-reader", NULL, test_slow_reader);
  ADD ("client-goes", NULL, test_client_goes);
  ADD ("expectation", NULL, test_expectation);
  ADD ("refuses-while-it-comes", NULL, test_refuses_while_it_comes);
  ADD ("bad-heads", NULL, test_bad_heads);
  ADD ("listed-origin", &good, test_listed_origin);
  ADD ("slow-loris", &quick, test_slow_loris);
  ADD ("too-many", &three, test_too_many);
  ADD ("many-at-once", NULL, test_many_at_once);
  ADD ("one-after-the-other", NULL, test_one_after_the_other);
  return g_test_run ();
}
