/* handle.c: what the properties mean for libcurl, and what libcurl says is wrong. Nothing of the
 * environment counts: neither proxies nor ~/.netrc. */
#include "client.h"

#include <string.h>

static const struct {
  CURLcode code;
  WeirError error;
  const char *remedy;
} reasons[] = {
  { CURLE_URL_MALFORMAT, WEIR_ERROR_INVALID, "correct the URL" },
  { CURLE_UNSUPPORTED_PROTOCOL, WEIR_ERROR_INVALID, "write a URL with http: or https:" },
  { CURLE_COULDNT_RESOLVE_HOST, WEIR_ERROR_IO, "correct the name of the host" },
  { CURLE_COULDNT_RESOLVE_PROXY, WEIR_ERROR_IO, "correct Proxy" },
  { CURLE_COULDNT_CONNECT, WEIR_ERROR_IO, "see that the server runs and can be reached" },
  { CURLE_OPERATION_TIMEDOUT, WEIR_ERROR_IO, "see whether the server hangs, or raise a timeout" },
  { CURLE_PEER_FAILED_VERIFICATION, WEIR_ERROR_PERMISSION,
    "set CA File to what has signed the certificate of the server" },
  { CURLE_SSL_CACERT_BADFILE, WEIR_ERROR_NOT_FOUND, "correct CA File" },
  { CURLE_SSL_CERTPROBLEM, WEIR_ERROR_INVALID, "correct Client Certificate and Client Key" },
  { CURLE_SSL_CONNECT_ERROR, WEIR_ERROR_IO, "see which versions of TLS the server speaks" },
  { CURLE_TOO_MANY_REDIRECTS, WEIR_ERROR_LIMIT, "correct the URL, or raise Maximum Redirects" },
  { CURLE_FILESIZE_EXCEEDED, WEIR_ERROR_LIMIT, "raise Maximum Response Size" },
  { CURLE_SEND_FAIL_REWIND, WEIR_ERROR_FAILED, "use the URL that it redirects to" },
  { CURLE_LOGIN_DENIED, WEIR_ERROR_PERMISSION, "correct Username and Password" },
  { CURLE_PROXY, WEIR_ERROR_IO, "correct Proxy" },
  { CURLE_OUT_OF_MEMORY, WEIR_ERROR_LIMIT, "give the machine more memory" },
};

void
http_client_fail (CURLcode code, const char *url, const char *detail, GError **error)
{
  WeirError kind = WEIR_ERROR_IO;
  const char *remedy = NULL;

  for (size_t i = 0; i < G_N_ELEMENTS (reasons); i++)
    if (reasons[i].code == code) {
      kind = reasons[i].error;
      remedy = reasons[i].remedy;
    }
  g_set_error (error, WEIR_ERROR, (int)kind, "%s: %s%s%s", url,
               *detail != '\0' ? detail : curl_easy_strerror (code), remedy != NULL ? "; " : "",
               remedy != NULL ? remedy : "");
}

static void
set_limits (const HttpClient *self, CURL *handle)
{
  curl_easy_setopt (handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt (handle, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
  curl_easy_setopt (handle, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt (handle, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
  curl_easy_setopt (handle, CURLOPT_FOLLOWLOCATION, self->max_redirects > 0 ? 1L : 0L);
  curl_easy_setopt (handle, CURLOPT_MAXREDIRS, (long)self->max_redirects);
  curl_easy_setopt (handle, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)self->max_response.bytes);
  curl_easy_setopt (handle, CURLOPT_CONNECTTIMEOUT_MS,
                    (long)MAX (1, self->connect_timeout.usec / 1000));
  curl_easy_setopt (handle, CURLOPT_TIMEOUT_MS, (long)(self->total_timeout.usec / 1000));
  if (self->idle_timeout.usec > 0) {
    curl_easy_setopt (handle, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt (handle, CURLOPT_LOW_SPEED_TIME,
                      (long)MAX (1, self->idle_timeout.usec / G_USEC_PER_SEC));
  }
  curl_easy_setopt (handle, CURLOPT_USERAGENT, self->user_agent);
  curl_easy_setopt (handle, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  curl_easy_setopt (handle, CURLOPT_HTTP_VERSION,
                    (long)(self->use_http2 ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1));
}

static void
set_proxy (const HttpClient *self, CURL *handle)
{
  curl_easy_setopt (handle, CURLOPT_PROXY, self->proxy != NULL ? self->proxy : "");
  curl_easy_setopt (handle, CURLOPT_NOPROXY, self->no_proxy != NULL ? self->no_proxy : "");
  if (self->proxy_user == NULL)
    return;
  curl_easy_setopt (handle, CURLOPT_PROXYAUTH, (long)CURLAUTH_ANY);
  curl_easy_setopt (handle, CURLOPT_PROXYUSERNAME, self->proxy_user);
  curl_easy_setopt (handle, CURLOPT_PROXYPASSWORD,
                    self->proxy_password != NULL ? self->proxy_password : "");
}

static void
set_tls (const HttpClient *self, CURL *handle)
{
  static const long versions[] = { CURL_SSLVERSION_TLSv1_2, CURL_SSLVERSION_TLSv1_3 };

  curl_easy_setopt (handle, CURLOPT_SSLVERSION, versions[self->tls_version.index]);
  curl_easy_setopt (handle, CURLOPT_SSL_VERIFYPEER, self->verify_server ? 1L : 0L);
  curl_easy_setopt (handle, CURLOPT_SSL_VERIFYHOST, self->verify_server ? 2L : 0L);
  if (self->ca_file != NULL) {
    curl_easy_setopt (handle, CURLOPT_CAINFO, self->ca_file);
    curl_easy_setopt (handle, CURLOPT_CAPATH, NULL);
  }
  curl_easy_setopt (handle, CURLOPT_SSLCERT, self->certificate);
  curl_easy_setopt (handle, CURLOPT_SSLKEY, self->key);
  curl_easy_setopt (handle, CURLOPT_KEYPASSWD, self->key_password);
}

static void
set_credentials (const HttpClient *self, CURL *handle)
{
  static const unsigned long methods[] = {
    [HTTP_AUTH_NONE] = CURLAUTH_NONE,     [HTTP_AUTH_BASIC] = CURLAUTH_BASIC,
    [HTTP_AUTH_DIGEST] = CURLAUTH_DIGEST, [HTTP_AUTH_BEARER] = CURLAUTH_BEARER,
    [HTTP_AUTH_OAUTH2] = CURLAUTH_NONE,
  };

  curl_easy_setopt (handle, CURLOPT_HTTPAUTH, (long)methods[self->auth.index]);
  if (self->auth.index == HTTP_AUTH_BEARER)
    curl_easy_setopt (handle, CURLOPT_XOAUTH2_BEARER, self->token);
  if (self->auth.index != HTTP_AUTH_BASIC && self->auth.index != HTTP_AUTH_DIGEST)
    return;
  curl_easy_setopt (handle, CURLOPT_USERNAME, self->user);
  curl_easy_setopt (handle, CURLOPT_PASSWORD, self->password != NULL ? self->password : "");
}

CURL *
http_client_take (HttpClient *self)
{
  CURL *handle = NULL;

  pthread_mutex_lock (&self->lock);
  if (self->idle->len > 0)
    handle = g_ptr_array_steal_index_fast (self->idle, self->idle->len - 1);
  pthread_mutex_unlock (&self->lock);
  if (handle == NULL)
    handle = curl_easy_init ();
  if (handle == NULL)
    g_error ("there is not enough memory for a request");
  set_limits (self, handle);
  set_proxy (self, handle);
  set_tls (self, handle);
  set_credentials (self, handle);
  return handle;
}

/* It keeps its connections, and forgets all that is set. */
void
http_client_give (HttpClient *self, CURL *handle)
{
  curl_easy_reset (handle);
  pthread_mutex_lock (&self->lock);
  g_ptr_array_add (self->idle, handle);
  pthread_mutex_unlock (&self->lock);
}
