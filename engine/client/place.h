/* place.h: where a server is: a Unix socket, or https.
 *
 * Thread: any, for every function here. */
#pragma once

#include <gio/gio.h>
#include <stdbool.h>

typedef struct {
  char *path; /* of a Unix socket; NULL: https */
  char *host;
  char *port;
  char *fingerprint; /* of its certificate, SHA-256 in hexadecimal; NULL: none is given */
} WeirPlace;

/* @where: as for weir_client_new. Returns: (transfer full): NULL with @error. */
WeirPlace *weir_place_find (const char *where, GError **error);
void weir_place_free (WeirPlace *place);

/* "orders/control.sock", "https://box:8443": for messages. Returns: (transfer full). */
char *weir_place_describe (const WeirPlace *place);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirPlace, weir_place_free)
