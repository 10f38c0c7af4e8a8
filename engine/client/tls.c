/* tls.c: nothing is sent before the certificate is the right one: the first request has a token. */
#include "client/tls.h"

#include "client/known.h"
#include "wire/tls-socket.h"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <weir/error.h>

struct WeirClientTls {
  SSL_CTX *context;
  BIO_METHOD *method;
  SSL *session;
};

static bool
set_up_trust (WeirClientTls *tls, GError **error)
{
  const char *authority = g_getenv ("WEIR_CA");
  const char *own = g_getenv ("WEIR_CERTIFICATE");

  if (authority == NULL || *authority == '\0') {
    SSL_CTX_set_default_verify_paths (tls->context);
  } else if (SSL_CTX_load_verify_file (tls->context, authority) != 1) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID, "WEIR_CA: %s: %s", authority,
                 weir_tls_get_reason ());
    return false;
  }
  if (own == NULL || *own == '\0')
    return true;
  if (SSL_CTX_use_certificate_chain_file (tls->context, own) == 1 &&
      SSL_CTX_use_PrivateKey_file (tls->context, own, SSL_FILETYPE_PEM) == 1)
    return true;
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID, "WEIR_CERTIFICATE: %s: %s", own,
               weir_tls_get_reason ());
  return false;
}

/* What the certificate must say, where it is that which decides. */
static void
expect_name (SSL *session, const char *host)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);

  if (address != NULL) {
    X509_VERIFY_PARAM_set1_ip_asc (SSL_get0_param (session), host);
    return;
  }
  SSL_set1_host (session, host);
  SSL_set_tlsext_host_name (session, host);
}

static bool
check_known (const char *server, const char *expected, const char *fingerprint, GError **error)
{
  g_autofree char *file = weir_known_get_path ();

  if (strcmp (expected, fingerprint) == 0)
    return true;
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_PERMISSION,
               "%s: this is not the server that is known: its certificate is sha256:%s. If it was "
               "given a new one, remove its line from %s",
               server, fingerprint, file);
  return false;
}

static bool
check_given (const char *server, const char *expected, const char *fingerprint, GError **error)
{
  if (strcmp (expected, fingerprint) == 0)
    return weir_known_remember (server, fingerprint, error);
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_PERMISSION,
               "%s: its certificate is not the one that was given, it is sha256:%s", server,
               fingerprint);
  return false;
}

static bool
check_authority (SSL *session, const char *server, const char *fingerprint, GError **error)
{
  long result = SSL_get_verify_result (session);

  if (result == X509_V_OK)
    return true;
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_PERMISSION,
               "%s: nobody says that this is the server that you mean (%s). If the server's own "
               "messages have this certificate, write %s#sha256:%s once, or name the file of its "
               "authority in WEIR_CA",
               server, X509_verify_cert_error_string (result), server, fingerprint);
  return false;
}

static bool
check_server (WeirClientTls *tls, const WeirPlace *place, GError **error)
{
  X509 *certificate = SSL_get0_peer_certificate (tls->session);
  g_autofree char *server = weir_place_describe (place);
  g_autofree char *fingerprint = weir_tls_fingerprint (certificate);
  g_autofree char *known = NULL;
  g_autoptr (GError) unreadable = NULL;

  if (place->fingerprint != NULL)
    return check_given (server, place->fingerprint, fingerprint, error);
  known = weir_known_find (server, &unreadable);
  if (unreadable != NULL) {
    g_propagate_error (error, g_steal_pointer (&unreadable));
    return false;
  }
  if (known != NULL)
    return check_known (server, known, fingerprint, error);
  return check_authority (tls->session, server, fingerprint, error);
}

WeirClientTls *
weir_client_tls_new (int fd, const WeirPlace *place, GError **error)
{
  g_autoptr (WeirClientTls) tls = g_new0 (WeirClientTls, 1);
  BIO *bio;

  tls->context = SSL_CTX_new (TLS_client_method ());
  tls->method = weir_tls_socket_method ();
  SSL_CTX_set_min_proto_version (tls->context, TLS1_3_VERSION);
  /* Verified, and judged afterwards: a fingerprint may be what counts. */
  SSL_CTX_set_verify (tls->context, SSL_VERIFY_NONE, NULL);
  if (!set_up_trust (tls, error))
    return NULL;
  tls->session = SSL_new (tls->context);
  bio = weir_tls_socket_new (tls->method, fd);
  SSL_set_bio (tls->session, bio, bio);
  expect_name (tls->session, place->host);
  if (SSL_connect (tls->session) != 1) {
    g_autofree char *server = weir_place_describe (place);

    g_set_error (error, WEIR_ERROR, WEIR_ERROR_IO, "%s: no connection by TLS 1.3: %s", server,
                 weir_tls_get_reason ());
    return NULL;
  }
  return check_server (tls, place, error) ? g_steal_pointer (&tls) : NULL;
}

void
weir_client_tls_free (WeirClientTls *tls)
{
  if (tls == NULL)
    return;
  if (tls->session != NULL && SSL_is_init_finished (tls->session))
    SSL_shutdown (tls->session);
  SSL_free (tls->session);
  SSL_CTX_free (tls->context);
  BIO_meth_free (tls->method);
  g_free (tls);
}

ssize_t
weir_client_tls_read (WeirClientTls *tls, void *bytes, size_t size, GError **error)
{
  size_t n = 0;

  if (SSL_read_ex (tls->session, bytes, size, &n) == 1)
    return n;
  switch (SSL_get_error (tls->session, 0)) {
  case SSL_ERROR_ZERO_RETURN:
    return 0;
  case SSL_ERROR_WANT_READ:
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_IO, "the server does not answer");
    return -1;
  default:
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_IO, "the server has ended the connection: %s",
                 weir_tls_get_reason ());
    return -1;
  }
}

bool
weir_client_tls_write (WeirClientTls *tls, const void *bytes, size_t size, GError **error)
{
  size_t n;

  if (size == 0 || SSL_write_ex (tls->session, bytes, size, &n) == 1)
    return true;
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_IO, "the server takes nothing any more: %s",
               weir_tls_get_reason ());
  return false;
}
