/* http-client.c: HttpClient, the way to servers that several processors share. */
#include "client.h"
#include "module.h"

#include <string.h>

static const WeirAllowed tls_versions[] = {
  { "1.2", "TLS 1.2 and newer." },
  { "1.3", "TLS 1.3 only." },
  { NULL, NULL },
};

static const WeirAllowed auths[] = {
  [HTTP_AUTH_NONE] = { "none", "Without credentials." },
  [HTTP_AUTH_BASIC] = { "basic", "Username and Password, as they are." },
  [HTTP_AUTH_DIGEST] = { "digest", "Username and Password, which are not sent themselves." },
  [HTTP_AUTH_BEARER] = { "bearer", "Bearer Token." },
  [HTTP_AUTH_OAUTH2] = { "oauth2", "A token that the server at OAuth2 Token URL gives for the "
                                   "client's own credentials; it is asked for again in time." },
  { NULL, NULL },
};

static bool
validate_proxy (const char *value, GError **error)
{
  static const char *const schemes[] = { "http", "https", "socks5", "socks5h", NULL };
  g_autofree char *scheme = g_uri_parse_scheme (value);

  if (scheme != NULL && g_strv_contains (schemes, scheme) && strchr (value, '@') == NULL)
    return true;
  g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                       "is no proxy; write http, https, socks5 or socks5h, its host and its port, "
                       "as in http://proxy.example.com:3128, and credentials in their properties");
  return false;
}

static const WeirProperty properties[] = {
  { "Connect Timeout", "How long connecting may take, with TLS.",
    WEIR_FIELD (HttpClient, connect_timeout), .default_value = "5 s", .minimum = 1e4,
    .maximum = 3600e6 },
  { "Idle Timeout", "A request on which nothing moves for so long is given up; 0 s: never.",
    WEIR_FIELD (HttpClient, idle_timeout), .default_value = "15 s", .minimum = 0,
    .maximum = 3600e6 },
  { "Total Timeout", "How long a request may take in all; 0 s: as long as it moves.",
    WEIR_FIELD (HttpClient, total_timeout), .default_value = "0 s", .minimum = 0,
    .maximum = 24 * 3600e6 },
  { "Proxy", "What requests go through; nothing when it is empty.", WEIR_FIELD (HttpClient, proxy),
    .example = "http://proxy.example.com:3128", .validate = validate_proxy },
  { "Proxy Username", "Who asks the proxy.", WEIR_FIELD (HttpClient, proxy_user),
    .example = "weir" },
  { "Proxy Password", "With which password.", WEIR_FIELD (HttpClient, proxy_password),
    .sensitive = true },
  { "No Proxy", "Hosts and domains that are asked without the proxy, with commas between them.",
    WEIR_FIELD (HttpClient, no_proxy), .example = "localhost,.example.com" },
  { "CA File",
    "Certificates (PEM) that may sign those of servers; those that the machine trusts when it is "
    "empty.",
    WEIR_FIELD (HttpClient, ca_file), .hint = WEIR_HINT_FILE, .example = "/etc/weir/ca.pem" },
  { "Client Certificate", "A certificate (PEM) to be known by to servers.",
    WEIR_FIELD (HttpClient, certificate), .hint = WEIR_HINT_FILE,
    .example = "/etc/weir/client.pem" },
  { "Client Key", "The key of it (PEM).", WEIR_FIELD (HttpClient, key), .hint = WEIR_HINT_FILE,
    .example = "/etc/weir/client.key" },
  { "Client Key Password", "What the key is encrypted with.", WEIR_FIELD (HttpClient, key_password),
    .sensitive = true },
  { "Minimum TLS Version", "Older ones are refused.", WEIR_FIELD (HttpClient, tls_version),
    .allowed = tls_versions, .default_value = "1.2" },
  { "Verify Server",
    "Whether the certificate of a server must be signed and be that of its host. Without it, "
    "whoever is in between can read and change everything.",
    WEIR_FIELD (HttpClient, verify_server), .default_value = "true" },
  { "Authentication",
    "How servers are told who asks. Another host that a redirect leads to is "
    "told nothing.",
    WEIR_FIELD (HttpClient, auth), .allowed = auths, .default_value = "none" },
  { "Username", "For basic and digest.", WEIR_FIELD (HttpClient, user), .example = "weir" },
  { "Password", "For basic and digest.", WEIR_FIELD (HttpClient, password), .sensitive = true },
  { "Bearer Token", "For bearer.", WEIR_FIELD (HttpClient, token), .sensitive = true },
  { "OAuth2 Token URL", "Where tokens are asked for.", WEIR_FIELD (HttpClient, token_url),
    .example = "https://login.example.com/token" },
  { "OAuth2 Client ID", "Who asks for one.", WEIR_FIELD (HttpClient, client_id),
    .example = "weir" },
  { "OAuth2 Client Secret", "With which secret.", WEIR_FIELD (HttpClient, client_secret),
    .sensitive = true },
  { "OAuth2 Scope", "What the token is for.", WEIR_FIELD (HttpClient, scope),
    .example = "orders.read" },
  { "Maximum Redirects", "How many are followed; 0: none, they are answers.",
    WEIR_FIELD (HttpClient, max_redirects), .default_value = "10", .minimum = 0, .maximum = 100 },
  { "Maximum Response Size", "A larger answer fails.", WEIR_FIELD (HttpClient, max_response),
    .default_value = "1 GB", .minimum = 1, .maximum = 1e15 },
  { "User Agent", "What it calls itself.", WEIR_FIELD (HttpClient, user_agent),
    .default_value = "weir" },
  { "HTTP/2", "Whether it is used where the server has it, over TLS.",
    WEIR_FIELD (HttpClient, use_http2), .default_value = "true" },
  { "Verification URL", "What `weir verify` asks for.", WEIR_FIELD (HttpClient, verify_url),
    .example = "https://api.example.com/health" },
};

static bool
needs (const char *value, const char *name, GError **error)
{
  if (value != NULL)
    return true;
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID, "this Authentication needs %s; set it", name);
  return false;
}

static bool
on_configure (const void *state, WeirConfig *config, GError **error)
{
  const HttpClient *self = state;

  if ((self->certificate == NULL) != (self->key == NULL)) {
    g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                         "Client Certificate and Client Key belong together; set both or none");
    return false;
  }
  if (self->auth.index == HTTP_AUTH_BASIC || self->auth.index == HTTP_AUTH_DIGEST)
    return needs (self->user, "Username", error);
  if (self->auth.index == HTTP_AUTH_BEARER)
    return needs (self->token, "Bearer Token", error);
  if (self->auth.index == HTTP_AUTH_OAUTH2)
    return needs (self->token_url, "OAuth2 Token URL", error) &&
           needs (self->client_id, "OAuth2 Client ID", error) &&
           needs (self->client_secret, "OAuth2 Client Secret", error);
  return true;
}

static bool
on_enabled (void *state, WeirContext *context, GError **error)
{
  HttpClient *self = state;

  if (curl_global_init (CURL_GLOBAL_DEFAULT) != CURLE_OK) {
    g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_FAILED, "libcurl cannot be used");
    return false;
  }
  self->context = context;
  self->idle = g_ptr_array_new_with_free_func (curl_easy_cleanup);
  pthread_mutex_init (&self->lock, NULL);
  pthread_mutex_init (&self->token_lock, NULL);
  return true;
}

static void
on_disabled (void *state)
{
  HttpClient *self = state;

  g_ptr_array_unref (self->idle);
  g_free (self->access_token);
  pthread_mutex_destroy (&self->lock);
  pthread_mutex_destroy (&self->token_lock);
  curl_global_cleanup ();
}

static const WeirHttpMethods methods = {
  .struct_size = sizeof (WeirHttpMethods),
  .request = http_client_request,
};

const WeirServiceType http_client = {
  WEIR_SERVICE_ABI,
  .name = "HttpClient",
  .summary = "The way to HTTP servers: proxy, TLS, timeouts, credentials and connections.",
  .description =
      "Processors that ask servers name it. Connections are kept and used again, by any task.\n\n"
      "Nothing of the environment counts (`http_proxy`, `~/.netrc`). Headers of an answer may be "
      "256 KiB together.",
  .tags = "http, https, rest, proxy, tls, ssl, oauth2, SSLContextService, "
          "StandardOauth2AccessTokenProvider, StandardProxyConfigurationService",
  WEIR_OFFERS (WEIR_HTTP_INTERFACE, &methods),
  WEIR_PROPERTIES (properties),
  .state_size = sizeof (HttpClient),
  .on_configure = on_configure,
  .on_enabled = on_enabled,
  .on_disabled = on_disabled,
  .on_verify = http_client_verify,
};
