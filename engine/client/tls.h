/* tls.h: the client's end of TLS 1.3, and whether the server is the one that is meant.
 *
 * It is when its certificate is the one whose fingerprint was given or is remembered, or, where
 * neither is so, when an authority that is trusted (WEIR_CA, or the system's) says that it has the
 * name. Thread: one at a time. */
#pragma once

#include "client/place.h"

#include <stddef.h>
#include <sys/types.h>

typedef struct WeirClientTls WeirClientTls;

/* On @fd, which is connected and blocks and stays the caller's. WEIR_CERTIFICATE may name a PEM
 * file with certificate and key of the client. Returns: (transfer full): NULL with @error. */
WeirClientTls *weir_client_tls_new (int fd, const WeirPlace *place, GError **error);
void weir_client_tls_free (WeirClientTls *tls);

/* As weir_link_read and weir_link_write. */
ssize_t weir_client_tls_read (WeirClientTls *tls, void *bytes, size_t size, GError **error);
bool weir_client_tls_write (WeirClientTls *tls, const void *bytes, size_t size, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirClientTls, weir_client_tls_free)
