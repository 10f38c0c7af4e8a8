/* place.c: what people write, and where a server is when they write nothing: that of WEIR_SOCKET,
 * of the user, of the machine, in this order. */
#include "client/place.h"

#include <string.h>
#include <unistd.h>
#include <weir/error.h>

#define SOCKET  "control.sock"
#define MACHINE "/run/weir/" SOCKET

static WeirPlace *
place_at (const char *path)
{
  WeirPlace *place = g_new0 (WeirPlace, 1);

  place->path = g_strdup (path);
  return place;
}

static WeirPlace *
find_default (GError **error)
{
  const char *given = g_getenv ("WEIR_SOCKET");
  const char *runtime = g_getenv ("XDG_RUNTIME_DIR");
  g_autofree char *own = NULL;

  if (given != NULL && *given != '\0')
    return weir_place_find (given, error);
  if (runtime != NULL && *runtime != '\0') {
    own = g_build_filename (runtime, "weir", SOCKET, NULL);
    if (access (own, F_OK) == 0)
      return place_at (own);
  }
  if (access (MACHINE, F_OK) == 0)
    return place_at (MACHINE);
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND,
               "no server: there is neither %s nor " MACHINE ". Start one with weir serve, or name "
               "the data directory of a flow that runs",
               own != NULL ? own : "$XDG_RUNTIME_DIR/weir/" SOCKET);
  return NULL;
}

static bool
is_fingerprint (const char *text)
{
  return strlen (text) == 64 && strspn (text, "0123456789abcdefABCDEF") == 64;
}

/* "https://host:port", "https://[::1]:port#sha256:..." */
static WeirPlace *
parse_address (const char *where, GError **error)
{
  g_autoptr (WeirPlace) place = g_new0 (WeirPlace, 1);
  g_autofree char *rest = g_strdup (where + strlen ("https://"));
  char *hash = strchr (rest, '#'), *colon, *end;

  if (hash != NULL) {
    *hash++ = '\0';
    if (!g_str_has_prefix (hash, "sha256:") || !is_fingerprint (hash + strlen ("sha256:"))) {
      g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                   "%s: behind # stands the fingerprint of a certificate, sha256: and 64 digits",
                   where);
      return NULL;
    }
    place->fingerprint = g_ascii_strdown (hash + strlen ("sha256:"), -1);
  }
  if (*rest != '\0' && rest[strlen (rest) - 1] == '/')
    rest[strlen (rest) - 1] = '\0';
  end = strchr (rest, ']');
  colon = strrchr (end != NULL ? end : rest, ':');
  place->port = g_strdup (colon != NULL ? colon + 1 : "8443");
  if (colon != NULL)
    *colon = '\0';
  if (*rest == '[' && end != NULL) {
    *end = '\0';
    memmove (rest, rest + 1, strlen (rest));
  }
  place->host = g_steal_pointer (&rest);
  if (*place->host == '\0' || strchr (place->host, '/') != NULL || *place->port == '\0' ||
      strspn (place->port, "0123456789") != strlen (place->port)) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID, "%s: write https://HOST:PORT", where);
    return NULL;
  }
  return g_steal_pointer (&place);
}

WeirPlace *
weir_place_find (const char *where, GError **error)
{
  g_autofree char *inside = NULL;

  if (where == NULL)
    return find_default (error);
  if (g_str_has_prefix (where, "https://"))
    return parse_address (where, error);
  if (g_str_has_prefix (where, "http://")) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                 "%s: a server is not reached without TLS: write https://", where);
    return NULL;
  }
  if (!g_file_test (where, G_FILE_TEST_IS_DIR))
    return place_at (where);
  inside = g_build_filename (where, SOCKET, NULL);
  return place_at (inside);
}

void
weir_place_free (WeirPlace *place)
{
  if (place == NULL)
    return;
  g_free (place->path);
  g_free (place->host);
  g_free (place->port);
  g_free (place->fingerprint);
  g_free (place);
}

char *
weir_place_describe (const WeirPlace *place)
{
  if (place->path != NULL)
    return g_strdup (place->path);
  return g_strdup_printf (strchr (place->host, ':') != NULL ? "https://[%s]:%s" : "https://%s:%s",
                          place->host, place->port);
}
