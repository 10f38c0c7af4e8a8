/* verify.c: tries one URL and tells how far it came. */
#include "client.h"

#include <string.h>

static size_t
ignore (char *bytes, size_t one, size_t size, void *data)
{
  return size;
}

/* Returns: (transfer none) (nullable): a field of the certificate of the server, after "Name:". */
static const char *
get_field (const struct curl_certinfo *info, const char *name)
{
  const struct curl_slist *item = info->num_of_certs > 0 ? info->certinfo[0] : NULL;

  for (; item != NULL; item = item->next)
    if (g_str_has_prefix (item->data, name) && item->data[strlen (name)] == ':')
      return item->data + strlen (name) + 1;
  return NULL;
}

static void
tell_tls (CURL *handle, WeirVerify *verify)
{
  struct curl_certinfo *info = NULL;
  const char *subject, *until;

  if (curl_easy_getinfo (handle, CURLINFO_CERTINFO, &info) != CURLE_OK || info == NULL)
    return;
  subject = get_field (info, "Subject");
  until = get_field (info, "Expire date");
  if (subject != NULL)
    weir_verify_tell (verify, "TLS", "the certificate is of %s, good until %s", subject,
                      until != NULL ? until : "?");
}

/* libcurl counts a connection that cannot be trusted as none. */
static bool
is_about_trust (CURLcode code)
{
  return code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CONNECT_ERROR ||
         code == CURLE_SSL_CERTPROBLEM || code == CURLE_SSL_ISSUER_ERROR;
}

/* What was reached, also when the rest was not. */
static void
tell_steps (const HttpClient *self, CURL *handle, CURLcode code, WeirVerify *verify)
{
  curl_off_t looked_up = 0, connected = 0, trusted = 0;
  char *address = NULL;
  long port = 0;
  const char *whom = self->proxy != NULL ? "the proxy" : "the server";

  curl_easy_getinfo (handle, CURLINFO_NAMELOOKUP_TIME_T, &looked_up);
  curl_easy_getinfo (handle, CURLINFO_CONNECT_TIME_T, &connected);
  curl_easy_getinfo (handle, CURLINFO_APPCONNECT_TIME_T, &trusted);
  curl_easy_getinfo (handle, CURLINFO_PRIMARY_IP, &address);
  curl_easy_getinfo (handle, CURLINFO_PRIMARY_PORT, &port);
  if (looked_up > 0 || connected > 0 || is_about_trust (code))
    weir_verify_tell (verify, "resolve", "the name of %s was found", whom);
  if (connected > 0 && address != NULL)
    weir_verify_tell (verify, "connect", "%s answers at %s, port %ld", whom, address, port);
  else if (is_about_trust (code))
    weir_verify_tell (verify, "connect", "%s answers", whom);
  if (trusted > 0)
    tell_tls (handle, verify);
}

static bool
try_url (HttpClient *self, const char *token, WeirVerify *verify, GError **error)
{
  CURL *handle = http_client_take (self);
  char detail[CURL_ERROR_SIZE] = "";
  long status = 0;
  long version = 0;
  CURLcode code;

  curl_easy_setopt (handle, CURLOPT_URL, self->verify_url);
  curl_easy_setopt (handle, CURLOPT_WRITEFUNCTION, ignore);
  curl_easy_setopt (handle, CURLOPT_CERTINFO, 1L);
  curl_easy_setopt (handle, CURLOPT_ERRORBUFFER, detail);
  if (token != NULL) {
    curl_easy_setopt (handle, CURLOPT_HTTPAUTH, CURLAUTH_BEARER);
    curl_easy_setopt (handle, CURLOPT_XOAUTH2_BEARER, token);
  }
  code = curl_easy_perform (handle);
  tell_steps (self, handle, code, verify);
  curl_easy_getinfo (handle, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo (handle, CURLINFO_HTTP_VERSION, &version);
  if (code != CURLE_OK)
    http_client_fail (code, self->verify_url, detail, error);
  http_client_give (self, handle);
  if (code != CURLE_OK)
    return false;
  if (status == 401 || status == 403 || status == 407) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_PERMISSION,
                 "%s answers %ld; correct Authentication and what belongs to it", self->verify_url,
                 status);
    return false;
  }
  weir_verify_tell (verify, "request", "it answers %ld over HTTP/%s", status,
                    version == CURL_HTTP_VERSION_2_0 ? "2" : "1");
  return true;
}

bool
http_client_verify (void *state, WeirVerify *verify, GError **error)
{
  HttpClient *self = state;
  g_autofree char *token = NULL;

  if (self->auth.index == HTTP_AUTH_OAUTH2) {
    token = http_client_get_token (self, error);
    if (token == NULL)
      return false;
    weir_verify_tell (verify, "token", "%s has given one", self->token_url);
  }
  if (self->verify_url != NULL)
    return try_url (self, token, verify, error);
  weir_verify_tell (verify, "request", "nothing was asked for: set Verification URL");
  return true;
}
