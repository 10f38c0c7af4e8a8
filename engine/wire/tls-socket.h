/* tls-socket.h: what both ends of TLS need of OpenSSL beside TLS itself. */
#pragma once

#include <openssl/bio.h>
#include <openssl/x509.h>

/* How OpenSSL reads and writes a socket; unlike its own way, one whose other end has gone is an
 * error and no signal. Returns: (transfer full): BIO_meth_free. Thread: any, as are all here. */
BIO_METHOD *weir_tls_socket_method (void);

/* Returns: (transfer full): @fd stays the caller's. */
BIO *weir_tls_socket_new (const BIO_METHOD *method, int fd);

/* SHA-256 of a certificate, 64 digits. Returns: (transfer full). */
char *weir_tls_fingerprint (const X509 *certificate);

/* What went wrong last on this thread, which is forgotten then. Returns: (transfer none). */
const char *weir_tls_get_reason (void);
