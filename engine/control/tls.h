/* tls.h: the server's end of TLS 1.3, of which there is no older one here.
 *
 * Thread: the loop's. */
#pragma once

#include <gio/gio.h>
#include <stdbool.h>
#include <sys/types.h>

typedef struct WeirTls WeirTls;
typedef struct WeirTlsSession WeirTlsSession; /* of one connection */

typedef struct {
  const char *certificate; /* PEM, with those above it; NULL: one is made and kept in @directory */
  const char *key;         /* NULL: in the same file */
  const char *directory;
  const char *const *names; /* that one that is made has beside localhost and the host's; or NULL */
  const char *client_authority; /* PEM: who signs certificates of clients, and then nobody gets in
                                 * without one; NULL: they need none */
} WeirTlsOptions;

/* Returns: (transfer full): NULL with @error. Thread: any, before the loop runs. */
WeirTls *weir_tls_new (const WeirTlsOptions *options, GError **error);
void weir_tls_free (WeirTls *tls);

/* Reads the files again, for connections to come. With @error all stays as it was. */
bool weir_tls_reload (WeirTls *tls, GError **error);

/* SHA-256 of the certificate, 64 digits. Returns: (transfer none). */
const char *weir_tls_get_fingerprint (const WeirTls *tls);

/* On @fd, which does not block and stays the caller's. Returns: (transfer full). */
WeirTlsSession *weir_tls_session_new (WeirTls *tls, int fd);
void weir_tls_session_free (WeirTlsSession *session);

/* As recv and send, with their errno. */
ssize_t weir_tls_session_read (WeirTlsSession *session, void *bytes, size_t size);
ssize_t weir_tls_session_write (WeirTlsSession *session, const void *bytes, size_t size);

/* True when what it does next needs the socket to take bytes, whoever asked for it. */
bool weir_tls_session_wants_write (const WeirTlsSession *session);

/* Says that no more will be sent. */
void weir_tls_session_end (WeirTlsSession *session);

/* The subject of the client's certificate, which has been verified ("CN=maria,O=Mill").
 * Returns: (transfer full) (nullable): NULL: it has none, or has not come yet. */
char *weir_tls_session_get_subject (const WeirTlsSession *session);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirTls, weir_tls_free)
