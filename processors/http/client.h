/* client.h: what an HttpClient is configured for, and its handles of libcurl.
 *
 * A handle keeps the connections that it has made, and is one request's at a time. */
#pragma once

#include <curl/curl.h>
#include <pthread.h>
#include <weir/http.h>
#include <weir/service.h>

typedef enum {
  HTTP_AUTH_NONE,
  HTTP_AUTH_BASIC,
  HTTP_AUTH_DIGEST,
  HTTP_AUTH_BEARER,
  HTTP_AUTH_OAUTH2,
} HttpAuth;

typedef struct {
  WeirDuration connect_timeout;
  WeirDuration idle_timeout;
  WeirDuration total_timeout;
  char *proxy;
  char *proxy_user;
  char *proxy_password;
  char *no_proxy;
  char *ca_file;
  char *certificate;
  char *key;
  char *key_password;
  WeirChoice tls_version;
  bool verify_server;
  WeirChoice auth;
  char *user;
  char *password;
  char *token;
  char *token_url;
  char *client_id;
  char *client_secret;
  char *scope;
  int64_t max_redirects;
  WeirSize max_response;
  char *user_agent;
  bool use_http2;
  char *verify_url;

  WeirContext *context;
  pthread_mutex_t lock;
  GPtrArray *idle;            /* guarded by lock: CURL: the one used last at the end */
  pthread_mutex_t token_lock; /* held while a token is asked for: one does for all */
  char *access_token;         /* guarded by token_lock: NULL: there is none */
  int64_t token_until;        /* guarded by token_lock: monotonic; 0: for ever */
} HttpClient;

/* --- request.c --- */

/* @is_plain: without the credentials of the client, for those who get them. */
bool http_client_perform (HttpClient *self, const WeirHttpRequest *request, bool is_plain,
                          WeirHttpResponse *ret_response, GError **error);

/* As the interface has it. */
bool http_client_request (void *state, const WeirHttpRequest *request,
                          WeirHttpResponse *ret_response, GError **error);

/* A handle with all that the properties say. Returns: (transfer full): for http_client_give. */
CURL *http_client_take (HttpClient *self);
void http_client_give (HttpClient *self, CURL *handle);

/* What @code means, and what to do about it. @detail: what libcurl has to add, or "". */
void http_client_fail (CURLcode code, const char *url, const char *detail, GError **error);

/* --- token.c --- */

/* Returns: (transfer full): an access token (OAuth 2.0, client credentials) that is still good;
 * NULL with @error. */
char *http_client_get_token (HttpClient *self, GError **error);

/* The server does not take @token: the next one is asked for anew. */
void http_client_drop_token (HttpClient *self, const char *token);

/* --- verify.c --- */

bool http_client_verify (void *state, WeirVerify *verify, GError **error);
