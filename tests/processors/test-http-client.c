/* Tests the module http: what goes out and what comes back, and servers that misbehave. */
#include "http-kit.h"

#include <string.h>

/* --- answers --- */

static void
test_request (HttpKit *self, const void *data)
{
  g_autoptr (HttpServer) server = http_server_new (answer_fine, self);

  self->body = "all of the body";
  g_assert_cmpint (must_ask (self, "POST", server->url), ==, 201);
  assert_has (self->requests, "POST / HTTP/1.1\r\n");
  assert_has (self->requests, "User-Agent: weir\r\n");
  assert_has (self->requests, "X-Kind: order\r\n");
  assert_has (self->requests, "X-Empty:\r\n");
  assert_has (self->requests, "Content-Length: 15\r\n");
  assert_has (self->requests, "\r\n\r\nall of the body");
  assert_has (self->headers, "X-Id=7 ");
  g_assert_cmpstr (self->answer->str, ==, "it is there");

  g_string_truncate (self->requests, 0);
  g_assert_cmpint (must_ask (self, "PUT", server->url), ==, 201);
  assert_has (self->requests, "PUT / HTTP/1.1\r\n");
  assert_has (self->requests, "\r\n\r\nall of the body");
  g_assert_cmpint (must_ask (self, "PATCH", server->url), ==, 201);
  assert_has (self->requests, "PATCH / HTTP/1.1\r\n");
  self->body = NULL;
  g_assert_cmpint (must_ask (self, "DELETE", server->url), ==, 201);
  assert_has (self->requests, "DELETE / HTTP/1.1\r\n");
  g_assert_cmpint (must_ask (self, "GET", server->url), ==, 201);
  assert_has (self->requests, "GET / HTTP/1.1\r\n");
}

static void
test_unknown_size (HttpKit *self, const void *data)
{
  g_autoptr (HttpServer) server = http_server_new (answer_fine, self);
  WeirHttpRequest request = { .struct_size = sizeof request,
                              .method = "POST",
                              .url = server->url,
                              .on_read = on_read,
                              .size = -1,
                              .data = self };
  g_auto (WeirHttpResponse) response = { 0 };
  g_autoptr (GError) error = NULL;

  self->body = "abcde";
  ask_with (self, &request, &response, &error);
  g_assert_no_error (error);
  g_assert_cmpint (response.status, ==, 201);
  g_assert_cmpuint (response.received, ==, 11);
  assert_has (self->requests, "Transfer-Encoding: chunked\r\n");
  assert_has (self->requests, "\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
}

static void
refuse (HttpKit *self, const char *method, const char *url, const char *name, const char *value)
{
  const WeirHttpHeader header = { name, value };
  WeirHttpRequest request = {
    .struct_size = sizeof request, .method = method, .url = url, .headers = &header, .n_headers = 1
  };
  g_auto (WeirHttpResponse) response = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_false (ask_with (self, &request, &response, &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_INVALID);
}

/* Nothing of it goes out. */
static void
test_bad_requests (HttpKit *self, const void *data)
{
  refuse (self, "GET", "file:///etc/passwd", "A", "b");
  refuse (self, "GET", "ftp://127.0.0.1/", "A", "b");
  refuse (self, "GET", "no url", "A", "b");
  refuse (self, "GET x", "http://127.0.0.1:1/", "A", "b");
  refuse (self, "", "http://127.0.0.1:1/", "A", "b");
  refuse (self, "GET", "http://127.0.0.1:1/", "A: b", "c");
  refuse (self, "GET", "http://127.0.0.1:1/", "A", "b\r\nC: d");
  refuse (self, "GET", "http://127.0.0.1:1/", "", "b");
}

static bool
on_full (void *data, const void *bytes, size_t size, GError **error)
{
  g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_IO, "there is no room");
  return false;
}

/* What a function of the caller says is what is told. */
static void
test_caller_fails (HttpKit *self, const void *data)
{
  g_autoptr (HttpServer) server = http_server_new (answer_fine, self);
  WeirHttpRequest request = {
    .struct_size = sizeof request, .method = "GET", .url = server->url, .on_write = on_full
  };
  g_auto (WeirHttpResponse) response = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_false (ask_with (self, &request, &response, &error));
  g_assert_cmpstr (error->message, ==, "there is no room");
}

/* --- servers that misbehave --- */

static char *
answer_reset (void *data, const char *request)
{
  return NULL;
}

static char *
answer_half (void *data, const char *request)
{
  return g_strdup ("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
}

static char *
answer_nonsense (void *data, const char *request)
{
  return g_strdup ("this is no HTTP\r\n\r\n");
}

static char *
answer_many_headers (void *data, const char *request)
{
  g_autofree char *value = g_strnfill (3000, 'x');
  GString *answer = g_string_new ("HTTP/1.1 200 OK\r\n");

  for (unsigned i = 0; i < 100; i++)
    g_string_append_printf (answer, "X-%u: %s\r\n", i, value);
  g_string_append (answer, "\r\n");
  return g_string_free (answer, FALSE);
}

static char *
answer_loop (void *data, const char *request)
{
  HttpKit *self = data;
  g_autofree char *more = NULL;

  note (self, request);
  more = g_strdup_printf ("Location: /%u\r\n", self->n_requests);
  return http_answer ("302 Found", more, "elsewhere");
}

static char *
answer_large (void *data, const char *request)
{
  g_autofree char *body = g_strnfill (5000, 'x');

  return http_answer ("200 OK", "", body);
}

typedef struct {
  const char *path;
  HttpAnswer answer;
  WeirError code;
  const char *part;
} Misbehaviour;

static const Misbehaviour misbehaviours[] = {
  { "reset", answer_reset, WEIR_ERROR_IO, "Connection reset by peer" },
  { "half", answer_half, WEIR_ERROR_IO, "transfer closed with 96 bytes remaining" },
  { "nonsense", answer_nonsense, WEIR_ERROR_INVALID, "" },
  { "many headers", answer_many_headers, WEIR_ERROR_LIMIT, "more headers than 256 KiB" },
  { "redirect loop", answer_loop, WEIR_ERROR_LIMIT, "Maximum (3) redirects followed" },
  { "large", answer_large, WEIR_ERROR_LIMIT, "Maximum Response Size" },
};

static void
test_misbehaviour (const void *data)
{
  const Misbehaviour *case_ = data;
  HttpKit self = { 0 };
  HttpServer *server;

  set_up (&self, NULL);
  service_kit_set (&self.kit, "Maximum Redirects", "3");
  service_kit_set (&self.kit, "Maximum Response Size", "4999 B");
  server = http_server_new (case_->answer, &self);
  must_fail (&self, server->url, case_->code, case_->part);
  http_server_free (server);
  tear_down (&self, NULL);
}

static void
test_silence (HttpKit *self, const void *data)
{
  g_autoptr (HttpServer) server = http_server_new (NULL, self);

  service_kit_set (&self->kit, "Total Timeout", "100 ms");
  must_fail (self, server->url, WEIR_ERROR_IO, "timed out");
}

static void
test_idle (HttpKit *self, const void *data)
{
  g_autoptr (HttpServer) server = http_server_new (NULL, self);

  service_kit_set (&self->kit, "Idle Timeout", "1 s");
  must_fail (self, server->url, WEIR_ERROR_IO, "too slow");
}

static void
test_nobody (HttpKit *self, const void *data)
{
  HttpServer *server = http_server_new (NULL, self);
  g_autofree char *url = g_strdup (server->url);

  http_server_free (server);
  must_fail (self, url, WEIR_ERROR_IO, "see that the server runs");
}

static void
add (const char *path, void (*test) (HttpKit *self, const void *data), const void *data)
{
  g_test_add (path, HttpKit, data, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  g_setenv ("http_proxy", "http://127.0.0.1:1", TRUE);
  g_setenv ("https_proxy", "http://127.0.0.1:1", TRUE);
  g_test_init (&argc, &argv, NULL);
  add ("/http/request", test_request, NULL);
  add ("/http/unknown size", test_unknown_size, NULL);
  add ("/http/bad requests", test_bad_requests, NULL);
  add ("/http/caller fails", test_caller_fails, NULL);
  add ("/http/silence", test_silence, NULL);
  add ("/http/idle", test_idle, NULL);
  add ("/http/nobody", test_nobody, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS (misbehaviours); i++) {
    g_autofree char *path = g_strconcat ("/http/", misbehaviours[i].path, NULL);

    g_test_add_data_func (path, &misbehaviours[i], test_misbehaviour);
  }
  return g_test_run ();
}
