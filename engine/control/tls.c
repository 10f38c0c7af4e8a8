/* tls.c: a context for each version of the certificate; connections keep the one that they began
 * with. */
#include "control/tls.h"

#include "control/certificate.h"
#include "wire/tls-socket.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <weir/error.h>

struct WeirTls {
  char *certificate;
  char *key;
  char *client_authority; /* NULL: clients are not asked */
  BIO_METHOD *method;
  SSL_CTX *context;
  char *fingerprint;
};

struct WeirTlsSession {
  SSL *ssl;
  bool wants_write;
  bool has_failed;
};

static bool
set_error (const char *path, GError **error)
{
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID, "%s: it cannot be used for TLS: %s", path,
               weir_tls_get_reason ());
  return false;
}

static bool
load (const WeirTls *tls, SSL_CTX *context, GError **error)
{
  STACK_OF (X509_NAME) * names;

  if (SSL_CTX_use_certificate_chain_file (context, tls->certificate) != 1)
    return set_error (tls->certificate, error);
  if (SSL_CTX_use_PrivateKey_file (context, tls->key, SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key (context) != 1)
    return set_error (tls->key, error);
  if (tls->client_authority == NULL)
    return true;
  names = SSL_load_client_CA_file (tls->client_authority);
  if (names == NULL || SSL_CTX_load_verify_file (context, tls->client_authority) != 1) {
    sk_X509_NAME_pop_free (names, X509_NAME_free);
    return set_error (tls->client_authority, error);
  }
  SSL_CTX_set_client_CA_list (context, names);
  SSL_CTX_set_verify (context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
  return true;
}

bool
weir_tls_reload (WeirTls *tls, GError **error)
{
  SSL_CTX *context = SSL_CTX_new (TLS_server_method ());

  SSL_CTX_set_min_proto_version (context, TLS1_3_VERSION);
  SSL_CTX_set_mode (context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                 SSL_MODE_RELEASE_BUFFERS);
  /* No tickets: connections are kept anyway, and each new one shows its certificate anew. */
  SSL_CTX_set_num_tickets (context, 0);
  SSL_CTX_set_session_cache_mode (context, SSL_SESS_CACHE_OFF);
  if (!load (tls, context, error)) {
    SSL_CTX_free (context);
    return false;
  }
  SSL_CTX_free (tls->context);
  tls->context = context;
  g_free (tls->fingerprint);
  tls->fingerprint = weir_tls_fingerprint (SSL_CTX_get0_certificate (context));
  return true;
}

WeirTls *
weir_tls_new (const WeirTlsOptions *options, GError **error)
{
  g_autoptr (WeirTls) tls = g_new0 (WeirTls, 1);

  tls->method = weir_tls_socket_method ();
  tls->client_authority = g_strdup (options->client_authority);
  if (options->certificate != NULL)
    tls->certificate = g_strdup (options->certificate);
  else
    tls->certificate = weir_certificate_keep (options->directory, options->names, error);
  if (tls->certificate == NULL)
    return NULL;
  tls->key = g_strdup (options->key != NULL ? options->key : tls->certificate);
  return weir_tls_reload (tls, error) ? g_steal_pointer (&tls) : NULL;
}

void
weir_tls_free (WeirTls *tls)
{
  if (tls == NULL)
    return;
  SSL_CTX_free (tls->context);
  BIO_meth_free (tls->method);
  g_free (tls->certificate);
  g_free (tls->key);
  g_free (tls->client_authority);
  g_free (tls->fingerprint);
  g_free (tls);
}

const char *
weir_tls_get_fingerprint (const WeirTls *tls)
{
  return tls->fingerprint;
}

WeirTlsSession *
weir_tls_session_new (WeirTls *tls, int fd)
{
  WeirTlsSession *session = g_new0 (WeirTlsSession, 1);
  BIO *bio = weir_tls_socket_new (tls->method, fd);

  session->ssl = SSL_new (tls->context);
  SSL_set_bio (session->ssl, bio, bio);
  SSL_set_accept_state (session->ssl);
  return session;
}

void
weir_tls_session_end (WeirTlsSession *session)
{
  if (!session->has_failed && SSL_is_init_finished (session->ssl))
    SSL_shutdown (session->ssl);
  ERR_clear_error ();
}

void
weir_tls_session_free (WeirTlsSession *session)
{
  if (session == NULL)
    return;
  weir_tls_session_end (session);
  SSL_free (session->ssl);
  g_free (session);
}

/* What a call that has not succeeded means. Returns: 0 at the end, -1 with errno. */
static ssize_t
judge (WeirTlsSession *session)
{
  int what = SSL_get_error (session->ssl, 0);

  ERR_clear_error ();
  session->wants_write = what == SSL_ERROR_WANT_WRITE;
  if (what == SSL_ERROR_ZERO_RETURN)
    return 0;
  if (what == SSL_ERROR_WANT_READ || what == SSL_ERROR_WANT_WRITE) {
    errno = EAGAIN;
    return -1;
  }
  session->has_failed = true;
  errno = ECONNRESET;
  return -1;
}

ssize_t
weir_tls_session_read (WeirTlsSession *session, void *bytes, size_t size)
{
  size_t n = 0;

  if (SSL_read_ex (session->ssl, bytes, size, &n) != 1)
    return judge (session);
  session->wants_write = false;
  return n;
}

ssize_t
weir_tls_session_write (WeirTlsSession *session, const void *bytes, size_t size)
{
  size_t n = 0;

  if (SSL_write_ex (session->ssl, bytes, size, &n) == 1) {
    session->wants_write = false;
    return n;
  }
  if (judge (session) == 0)
    errno = EPIPE;
  return -1;
}

bool
weir_tls_session_wants_write (const WeirTlsSession *session)
{
  return session->wants_write;
}

char *
weir_tls_session_get_subject (const WeirTlsSession *session)
{
  X509 *certificate = SSL_get0_peer_certificate (session->ssl);
  g_autofree char *copy = NULL;
  BIO *text;
  char *bytes;
  long size;

  if (certificate == NULL || SSL_get_verify_result (session->ssl) != X509_V_OK)
    return NULL;
  text = BIO_new (BIO_s_mem ());
  X509_NAME_print_ex (text, X509_get_subject_name (certificate), 0, XN_FLAG_RFC2253);
  size = BIO_get_mem_data (text, &bytes);
  copy = g_strndup (bytes, size);
  BIO_free (text);
  return g_steal_pointer (&copy);
}
