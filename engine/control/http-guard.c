/* http-guard.c: whether a request was meant for this server, and by whoever sends it.
 *
 * A web page can have a browser send requests to any address. It cannot choose Host (a name that
 * was made to point here has its own there), nor leave out Origin where it matters. */
#include "control/http-parts.h"

#include <string.h>

/* Without the port. Returns: (transfer full). */
static char *
get_name (const char *host)
{
  const char *bracket = strrchr (host, ']');
  const char *colon = strrchr (host, ':');

  if (colon == NULL || (bracket != NULL && colon < bracket))
    return g_ascii_strdown (host, -1);
  return g_ascii_strdown (host, colon - host);
}

static bool
is_known (const WeirHttpServer *server, const char *host)
{
  static const char *const local[] = { "localhost", "127.0.0.1", "[::1]", NULL };
  g_autofree char *name = get_name (host);

  if (g_strv_contains (local, name))
    return true;
  for (unsigned i = 0; server->hosts != NULL && server->hosts[i] != NULL; i++) {
    if (g_ascii_strcasecmp (server->hosts[i], name) == 0)
      return true;
  }
  return false;
}

bool
weir_http_guard_check (const WeirHttpServer *server, const WeirPeer *peer, const WeirHttpHead *head,
                       WeirHttpFault *ret_fault)
{
  const char *origin = weir_http_head_get (head, "Origin");

  if (origin != NULL && (server->origins == NULL ||
                         !g_strv_contains ((const char *const *)server->origins, origin))) {
    *ret_fault = (WeirHttpFault){ 403, "web pages of this origin may not use this server" };
    return false;
  }
  if (!peer->is_unix && !is_known (server, weir_http_head_at (head, head->host))) {
    *ret_fault = (WeirHttpFault){ 421, "this server does not have the name that Host says" };
    return false;
  }
  return true;
}
