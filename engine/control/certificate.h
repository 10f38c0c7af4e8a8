/* certificate.h: a server's own certificate, for who was not given one: clients know it by its
 * fingerprint.
 *
 * Thread: any. */
#pragma once

#include <gio/gio.h>

/* The file of certificate and key in @directory (tls.pem, mode 0600), which is made if it is not
 * there: ECDSA P-256, for localhost, the name of the host and @names (nullable).
 * Returns: (transfer full): its path; NULL with @error. */
char *weir_certificate_keep (const char *directory, const char *const *names, GError **error);
