/* link.h: a connection to a server, by a Unix socket or by TLS; it waits, and not for ever.
 *
 * Thread: one at a time. */
#pragma once

#include "client/place.h"

#include <stddef.h>
#include <sys/types.h>

typedef struct WeirLink WeirLink;

/* Returns: (transfer full): NULL with @error. */
WeirLink *weir_link_open (const WeirPlace *place, GError **error);
void weir_link_free (WeirLink *link);

/* Returns: how many, 0 at the end, -1 with @error. */
ssize_t weir_link_read (WeirLink *link, void *bytes, size_t size, GError **error);
bool weir_link_write (WeirLink *link, const void *bytes, size_t size, GError **error);

/* True when the other end has ended it meanwhile, as servers do with those that are idle. */
bool weir_link_is_stale (WeirLink *link);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirLink, weir_link_free)
