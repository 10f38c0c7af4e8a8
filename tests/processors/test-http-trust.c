/* Tests the module http: credentials, proxies, and TLS with nginx. */
#include "http-kit.h"

#include <string.h>

static Nginx *the_nginx; /* of all tests; NULL: it is not installed */

/* --- credentials --- */

static void
test_basic (HttpKit *self, const void *data)
{
  g_autoptr (HttpServer) server = http_server_new (answer_fine, self);

  service_kit_set (&self->kit, "Authentication", "basic");
  service_kit_set (&self->kit, "Username", "weir");
  service_kit_set (&self->kit, "Password", "a secret");
  must_ask (self, "GET", server->url);
  assert_has (self->requests, "Authorization: Basic d2VpcjphIHNlY3JldA==\r\n");
}

static char *
answer_redirect (void *data, const char *request)
{
  g_autofree char *more = g_strdup_printf ("Location: %s/\r\n", ((HttpServer *)data)->url);

  return http_answer ("302 Found", more, "");
}

/* Another server is told nothing. */
static void
test_bearer (HttpKit *self, const void *data)
{
  g_autoptr (HttpServer) other = http_server_new (answer_fine, self);
  g_autoptr (HttpServer) server = http_server_new (answer_redirect, other);

  service_kit_set (&self->kit, "Authentication", "bearer");
  service_kit_set (&self->kit, "Bearer Token", "abcdef");
  must_ask (self, "GET", other->url);
  assert_has (self->requests, "Authorization: Bearer abcdef\r\n");
  g_string_truncate (self->requests, 0);
  g_assert_cmpint (must_ask (self, "GET", server->url), ==, 201);
  g_assert_null (strstr (self->requests->str, "abcdef"));
}

static char *
answer_digest (void *data, const char *request)
{
  note (data, request);
  if (strstr (request, "Authorization: Digest ") != NULL)
    return http_answer ("200 OK", "", "welcome");
  return http_answer ("401 Unauthorized",
                      "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth\"\r\n",
                      "who?");
}

/* The body is sent again, and what comes before the login is not told. */
static void
test_digest (HttpKit *self, const void *data)
{
  g_autoptr (HttpServer) server = http_server_new (answer_digest, self);

  service_kit_set (&self->kit, "Authentication", "digest");
  service_kit_set (&self->kit, "Username", "weir");
  service_kit_set (&self->kit, "Password", "a secret");
  self->body = "all of it";
  g_assert_cmpint (must_ask (self, "POST", server->url), ==, 200);
  g_assert_cmpstr (self->answer->str, ==, "welcome");
  g_assert_null (strstr (self->headers->str, "WWW-Authenticate"));
  assert_has (self->requests, "username=\"weir\"");
  assert_has (self->requests, "\r\n\r\nall of it");
  g_assert_null (strstr (self->requests->str, "a secret"));
}

/* A token server and what it protects: each token is good for three requests. */
static char *
answer_oauth (void *data, const char *request)
{
  HttpKit *self = data;
  g_autofree char *good = NULL;
  g_autofree char *body = NULL;

  note (self, request);
  if (g_str_has_prefix (request, "POST /token")) {
    body = g_strdup_printf ("{\"access_token\":\"t%u\",\"token_type\":\"Bearer\","
                            "\"expires_in\":3600}",
                            self->n_requests);
    return http_answer ("200 OK", "Content-Type: application/json\r\n", body);
  }
  good = g_strdup_printf ("Authorization: Bearer t%u\r\n", self->n_requests > 4 ? 5 : 1);
  return strstr (request, good) != NULL ? http_answer ("200 OK", "", "in")
                                        : http_answer ("401 Unauthorized", "", "out");
}

static void
test_oauth2 (HttpKit *self, const void *data)
{
  g_autoptr (HttpServer) server = http_server_new (answer_oauth, self);
  g_autofree char *token_url = g_strconcat (server->url, "/token", NULL);

  service_kit_set (&self->kit, "Authentication", "oauth2");
  service_kit_set (&self->kit, "OAuth2 Token URL", token_url);
  service_kit_set (&self->kit, "OAuth2 Client ID", "weir");
  service_kit_set (&self->kit, "OAuth2 Client Secret", "s:cret");
  service_kit_set (&self->kit, "OAuth2 Scope", "read all");
  self->body = "all of it";
  for (unsigned i = 0; i < 2; i++) {
    g_assert_cmpint (must_ask (self, "POST", server->url), ==, 200);
    g_assert_cmpstr (self->answer->str, ==, "in");
  }
  g_assert_cmpuint (self->n_requests, ==, 3);
  assert_has (self->requests, "grant_type=client_credentials&scope=read%20all");
  assert_has (self->requests, "Authorization: Basic d2VpcjpzJTNBY3JldA==\r\n");
  /* It is withdrawn: refused, another one, and again. */
  self->n_requests++;
  g_assert_cmpint (must_ask (self, "POST", server->url), ==, 401);
  g_assert_cmpstr (self->answer->str, ==, "out");
}

static char *
answer_no_token (void *data, const char *request)
{
  return http_answer ("400 Bad Request", "", "{\"error\":\"invalid_client\"}");
}

static void
test_no_token (HttpKit *self, const void *data)
{
  g_autoptr (HttpServer) server = http_server_new (answer_no_token, self);

  service_kit_set (&self->kit, "Authentication", "oauth2");
  service_kit_set (&self->kit, "OAuth2 Token URL", server->url);
  service_kit_set (&self->kit, "OAuth2 Client ID", "weir");
  service_kit_set (&self->kit, "OAuth2 Client Secret", "wrong");
  must_fail (self, server->url, WEIR_ERROR_PERMISSION, "answers 400 to the request for a token");
}

/* --- proxies --- */

static void
test_proxy (HttpKit *self, const void *data)
{
  g_autoptr (HttpServer) server = http_server_new (answer_fine, self);

  service_kit_set (&self->kit, "Proxy", server->url);
  service_kit_set (&self->kit, "No Proxy", "127.0.0.1");
  g_assert_cmpint (must_ask (self, "GET", "http://host.invalid/path"), ==, 201);
  assert_has (self->requests, "GET http://host.invalid/path HTTP/1.1\r\nHost: host.invalid\r\n");
  g_string_truncate (self->requests, 0);
  g_assert_cmpint (must_ask (self, "GET", server->url), ==, 201);
  assert_has (self->requests, "GET / HTTP/1.1\r\n");
}

static char *
answer_proxy (void *data, const char *request)
{
  note (data, request);
  return strstr (request, "Proxy-Authorization: Basic d2VpcjphIHNlY3JldA==\r\n") != NULL
             ? http_answer ("200 OK", "", "passed on")
             : http_answer ("407 Proxy Authentication Required",
                            "Proxy-Authenticate: Basic realm=\"r\"\r\n", "who?");
}

static void
test_proxy_credentials (HttpKit *self, const void *data)
{
  g_autoptr (HttpServer) server = http_server_new (answer_proxy, self);

  service_kit_set (&self->kit, "Proxy", server->url);
  service_kit_set (&self->kit, "Proxy Username", "weir");
  service_kit_set (&self->kit, "Proxy Password", "a secret");
  g_assert_cmpint (must_ask (self, "GET", "http://host.invalid/path"), ==, 200);
  g_assert_cmpstr (self->answer->str, ==, "passed on");
}

/* --- nginx --- */

static GPtrArray *
verify (HttpKit *self, const char *host, unsigned port)
{
  g_autofree char *url = g_strdup_printf ("https://%s:%u/page.txt", host, port);

  service_kit_set (&self->kit, "Verification URL", url);
  return service_kit_verify (&self->kit);
}

static void
test_tls (HttpKit *self, const void *data)
{
  g_autoptr (GPtrArray) steps = NULL;
  g_autofree char *url = g_strdup_printf ("https://localhost:%u/page.txt", the_nginx->good);

  service_kit_set (&self->kit, "CA File", the_nginx->ca);
  steps = verify (self, "localhost", the_nginx->good);
  service_kit_assert_step (steps, 0, "resolve", true, "the name of the server was found");
  service_kit_assert_step (steps, 1, "connect", true, "the server answers at 127.0.0.1, port");
  service_kit_assert_step (steps, 2, "TLS", true, "is of CN = localhost, good until ");
  service_kit_assert_step (steps, 3, "request", true, "it answers 200 over HTTP/2");
  for (unsigned i = 0; i < 3; i++) {
    g_assert_cmpint (must_ask (self, "GET", url), ==, 200);
    g_assert_cmpstr (self->answer->str, ==, "a page\n");
  }
}

typedef struct {
  const char *path;
  const char *host;
  size_t port; /* of Nginx */
  bool knows_ca;
  const char *part;
} Distrust;

static const Distrust distrusts[] = {
  { "other CA", "localhost", offsetof (Nginx, good), false, "unable to get local issuer" },
  { "other host", "127.0.0.1", offsetof (Nginx, good), true, "127.0.0.1" },
  { "expired", "localhost", offsetof (Nginx, old), true, "certificate has expired" },
  { "no TLS", "localhost", offsetof (Nginx, plain), true, "see which versions of TLS" },
};

static void
test_distrust (const void *data)
{
  const Distrust *distrust = data;
  HttpKit self = { 0 };
  g_autoptr (GPtrArray) steps = NULL;

  set_up (&self, NULL);
  if (distrust->knows_ca)
    service_kit_set (&self.kit, "CA File", the_nginx->ca);
  steps = verify (&self, distrust->host, G_STRUCT_MEMBER (unsigned, the_nginx, distrust->port));
  service_kit_assert_step (steps, steps->len - 1, "verify", false, distrust->part);
  service_kit_assert_step (steps, steps->len - 2, "connect", true, "answers");
  tear_down (&self, NULL);
}

static void
test_client_certificate (HttpKit *self, const void *data)
{
  g_autofree char *url = g_strdup_printf ("https://localhost:%u/page.txt", the_nginx->shut);
  g_autofree char *certificate = g_build_filename (the_nginx->folder, "good.pem", NULL);
  g_autofree char *key = g_build_filename (the_nginx->folder, "key.pem", NULL);

  service_kit_set (&self->kit, "CA File", the_nginx->ca);
  if (data != NULL) {
    service_kit_set (&self->kit, "Client Certificate", certificate);
    service_kit_set (&self->kit, "Client Key", key);
  }
  g_assert_cmpint (must_ask (self, "GET", url), ==, data != NULL ? 200 : 400);
}

static void *
ask_many (void *data)
{
  const WeirService *service = data;
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u/page.txt", the_nginx->plain);

  for (unsigned i = 0; i < 50; i++) {
    WeirHttpRequest request = { .struct_size = sizeof request, .method = "GET", .url = url };
    g_auto (WeirHttpResponse) response = { 0 };
    g_autoptr (GError) error = NULL;

    weir_http_request (service, &request, &response, &error);
    g_assert_no_error (error);
    g_assert_cmpint (response.status, ==, 200);
    g_assert_cmpuint (response.received, ==, 7);
  }
  return NULL;
}

static void
test_threads (HttpKit *self, const void *data)
{
  const WeirService *service = service_kit_enable (&self->kit);
  GThread *threads[4];

  for (unsigned i = 0; i < 4; i++)
    threads[i] = g_thread_new ("ask", ask_many, (void *)service);
  for (unsigned i = 0; i < 4; i++)
    g_thread_join (threads[i]);
}

static void
add (const char *path, void (*test) (HttpKit *self, const void *data), const void *data)
{
  g_test_add (path, HttpKit, data, set_up, test, tear_down);
}

static void
add_nginx (void)
{
  add ("/http/TLS", test_tls, NULL);
  add ("/http/client certificate", test_client_certificate, "yes");
  add ("/http/no client certificate", test_client_certificate, NULL);
  add ("/http/threads", test_threads, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS (distrusts); i++) {
    g_autofree char *path = g_strconcat ("/http/", distrusts[i].path, NULL);

    g_test_add_data_func (path, &distrusts[i], test_distrust);
  }
}

int
main (int argc, char **argv)
{
  int status;

  g_setenv ("http_proxy", "http://127.0.0.1:1", TRUE);
  g_setenv ("https_proxy", "http://127.0.0.1:1", TRUE);
  g_test_init (&argc, &argv, NULL);
  add ("/http/basic", test_basic, NULL);
  add ("/http/bearer", test_bearer, NULL);
  add ("/http/digest", test_digest, NULL);
  add ("/http/oauth2", test_oauth2, NULL);
  add ("/http/no token", test_no_token, NULL);
  add ("/http/proxy", test_proxy, NULL);
  add ("/http/proxy credentials", test_proxy_credentials, NULL);
  the_nginx = nginx_new ();
  if (the_nginx != NULL)
    add_nginx ();
  status = g_test_run ();
  if (the_nginx != NULL)
    kit_remove_all (the_nginx->folder);
  nginx_free (the_nginx);
  return status;
}
