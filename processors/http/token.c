/* token.c: access tokens by client credentials (RFC 6749, 4.4). */
#include "client.h"

#include <json-glib/json-glib.h>
#include <string.h>

#define ANSWER_MAX   ((size_t)64 * 1024)
#define MARGIN_USEC  (30 * G_USEC_PER_SEC) /* it is not used so shortly before its end */
#define LIFETIME_MAX (INT64_C (365) * 24 * 3600)

typedef struct {
  const char *form;
  size_t sent;
  GString *answer;
} Exchange;

static ssize_t
on_read (void *data, void *buffer, size_t size, GError **error)
{
  Exchange *self = data;
  size_t n = MIN (size, strlen (self->form) - self->sent);

  memcpy (buffer, self->form + self->sent, n);
  self->sent += n;
  return (ssize_t)n;
}

static bool
on_rewind (void *data, GError **error)
{
  ((Exchange *)data)->sent = 0;
  return true;
}

static bool
on_write (void *data, const void *bytes, size_t size, GError **error)
{
  Exchange *self = data;

  if (self->answer->len + size > ANSWER_MAX) {
    g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_LIMIT,
                         "the answer of the token server is larger than a token can be");
    return false;
  }
  g_string_append_len (self->answer, bytes, (gssize)size);
  return true;
}

static char *
encode (const char *text)
{
  return g_uri_escape_string (text, NULL, FALSE);
}

/* "client:secret" as a header. */
static char *
make_login (const HttpClient *self)
{
  g_autofree char *id = encode (self->client_id);
  g_autofree char *secret = encode (self->client_secret);
  g_autofree char *both = g_strdup_printf ("%s:%s", id, secret);
  g_autofree char *encoded = g_base64_encode ((const guchar *)both, strlen (both));

  return g_strconcat ("Basic ", encoded, NULL);
}

/* Returns: (transfer full): NULL with @error. */
static char *
parse (const GString *answer, int64_t *ret_seconds, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonNode *root;
  JsonObject *object;
  const char *token;

  if (!g_utf8_validate_len (answer->str, answer->len, NULL) ||
      !json_parser_load_from_data (parser, answer->str, (gssize)answer->len, NULL) ||
      (root = json_parser_get_root (parser)) == NULL || !JSON_NODE_HOLDS_OBJECT (root)) {
    g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                         "the token server does not answer with JSON; correct OAuth2 Token URL");
    return NULL;
  }
  object = json_node_get_object (root);
  token = json_object_get_string_member_with_default (object, "access_token", NULL);
  if (token == NULL || *token == '\0') {
    g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                         "the token server answers without an access_token");
    return NULL;
  }
  *ret_seconds = json_object_get_int_member_with_default (object, "expires_in", 0);
  return g_strdup (token);
}

/* The caller holds the lock. */
static bool
ask (HttpClient *self, GError **error)
{
  g_autofree char *scope = self->scope != NULL ? encode (self->scope) : NULL;
  g_autofree char *form =
      g_strconcat ("grant_type=client_credentials", scope != NULL ? "&scope=" : NULL, scope, NULL);
  g_autofree char *login = make_login (self);
  const WeirHttpHeader headers[] = {
    { "Authorization", login },
    { "Content-Type", "application/x-www-form-urlencoded" },
    { "Accept", "application/json" },
  };
  g_autoptr (GString) answer = g_string_new (NULL);
  Exchange exchange = { form, 0, answer };
  WeirHttpRequest request = { sizeof (WeirHttpRequest),
                              "POST",
                              self->token_url,
                              headers,
                              G_N_ELEMENTS (headers),
                              on_read,
                              on_rewind,
                              (int64_t)strlen (form),
                              NULL,
                              on_write,
                              &exchange };
  g_auto (WeirHttpResponse) response = { 0 };
  int64_t seconds = 0;

  if (!http_client_perform (self, &request, true, &response, error))
    return false;
  if (response.status != 200) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_PERMISSION,
                 "%s answers %d to the request for a token; correct OAuth2 Client ID and OAuth2 "
                 "Client Secret",
                 self->token_url, response.status);
    return false;
  }
  self->access_token = parse (answer, &seconds, error);
  self->token_until = seconds > 0 ? g_get_monotonic_time () +
                                        MIN (seconds, LIFETIME_MAX) * G_USEC_PER_SEC - MARGIN_USEC
                                  : 0;
  return self->access_token != NULL;
}

char *
http_client_get_token (HttpClient *self, GError **error)
{
  char *token = NULL;

  pthread_mutex_lock (&self->token_lock);
  if (self->token_until != 0 && g_get_monotonic_time () >= self->token_until)
    g_clear_pointer (&self->access_token, g_free);
  if (self->access_token != NULL || ask (self, error))
    token = g_strdup (self->access_token);
  pthread_mutex_unlock (&self->token_lock);
  return token;
}

void
http_client_drop_token (HttpClient *self, const char *token)
{
  pthread_mutex_lock (&self->token_lock);
  if (g_strcmp0 (self->access_token, token) == 0)
    g_clear_pointer (&self->access_token, g_free);
  pthread_mutex_unlock (&self->token_lock);
}
