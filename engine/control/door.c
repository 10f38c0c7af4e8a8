/* door.c: see the header. The system is asked once for each user who comes: a directory service may
 * take its time. */
#include "control/door.h"

#include <inttypes.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>
#include <weir/error.h>

#include "control/throttle.h"

#define BEARER "Bearer "

/* Users that are remembered; what is more begins anew. */
#define USERS 1000u

/* What getpwuid_r may need for one entry. */
#define ENTRY_BYTES 16384

struct WeirDoor {
  WeirTokenStore *tokens;
  const WeirServerConfig *config;
  const WeirClock *clock;
  WeirThrottle *throttle;
  GHashTable *users; /* uid and gid -> WeirIdentity */
  bool believes_server;
};

WeirDoor *
weir_door_new (WeirTokenStore *tokens, const WeirServerConfig *config, const WeirClock *clock)
{
  WeirDoor *door = g_new (WeirDoor, 1);

  *door = (WeirDoor){
    .tokens = tokens,
    .config = config,
    .clock = clock != NULL ? clock : weir_clock_system (),
    .throttle = weir_throttle_new (),
    .users = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free,
                                    (GDestroyNotify)weir_identity_free),
  };
  return door;
}

void
weir_door_free (WeirDoor *door)
{
  if (door == NULL)
    return;
  weir_throttle_free (door->throttle);
  g_hash_table_unref (door->users);
  g_free (door);
}

void
weir_door_believe_server (WeirDoor *door)
{
  door->believes_server = true;
}

void
weir_door_set_config (WeirDoor *door, const WeirServerConfig *config)
{
  door->config = config;
  g_hash_table_remove_all (door->users);
}

/* Without a file that says otherwise. Returns: (transfer full). */
static char *
name_user (uid_t uid)
{
  char buffer[ENTRY_BYTES];
  struct passwd entry, *found = NULL;

  if (getpwuid_r (uid, &entry, buffer, sizeof buffer, &found) == 0 && found != NULL)
    return g_strdup (found->pw_name);
  return g_strdup ("unknown");
}

/* Returns: (transfer none). */
static const WeirIdentity *
identify_user (WeirDoor *door, uid_t uid, gid_t gid)
{
  const gint64 key = (gint64)((guint64)uid << 32 | gid);
  WeirIdentity *identity = g_hash_table_lookup (door->users, &key);
  WeirUserRole role = uid == 0 || uid == geteuid () ? WEIR_ROLE_ADMIN : WEIR_ROLE_NONE;
  g_autofree char *name = NULL;
  g_autofree char *full_name = NULL;

  if (identity != NULL)
    return identity;
  if (door->config != NULL)
    role = weir_server_config_get_role (door->config, uid, gid, &name);
  else
    name = name_user (uid);
  full_name = g_strdup_printf ("%s (uid %u)", name, (unsigned)uid);
  if (g_hash_table_size (door->users) >= USERS)
    g_hash_table_remove_all (door->users);
  identity = weir_identity_new (full_name, role, NULL);
  g_hash_table_insert (door->users, g_memdup2 (&key, sizeof key), identity);
  return identity;
}

static WeirIdentity *
identify_peer (WeirDoor *door, const WeirPeer *peer)
{
  const WeirIdentity *known;

  if (!peer->is_unix)
    return weir_identity_new (peer->certificate != NULL ? peer->certificate : peer->address,
                              WEIR_ROLE_NONE, NULL);
  known = identify_user (door, peer->uid, peer->gid);
  return weir_identity_new (known->name, known->role, NULL);
}

/* One guesser an address: a user of a Unix socket, a machine; of IPv6 a network, of which one
 * machine has as many addresses as it likes. */
static char *
name_guesser (const WeirPeer *peer)
{
  g_autoptr (GInetAddress) address = NULL;

  if (peer->is_unix)
    return g_strdup_printf ("uid %u", (unsigned)peer->uid);
  address = g_inet_address_new_from_string (peer->address);
  if (address != NULL && g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6) {
    const guint8 *bytes = g_inet_address_to_bytes (address);
    GString *network = g_string_new (NULL);

    for (size_t i = 0; i < 8; i++)
      g_string_append_printf (network, "%02x", bytes[i]);
    return g_string_free (network, FALSE);
  }
  return g_strdup (peer->address);
}

static WeirIdentity *
identify_token (WeirDoor *door, const WeirPeer *peer, const char *authorization, int64_t *ret_wait,
                GError **error)
{
  const int64_t now = weir_clock_get_monotonic (door->clock);
  g_autofree char *guesser = name_guesser (peer);
  const int64_t wait = weir_throttle_get_wait (door->throttle, guesser, now);
  WeirIdentity *identity = NULL;

  if (wait > 0) {
    *ret_wait = wait / 1000000 + 1;
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_PERMISSION,
                 "too many wrong tokens came from %s; try again in %" PRId64 " s", guesser,
                 *ret_wait);
    return NULL;
  }
  if (g_ascii_strncasecmp (authorization, BEARER, strlen (BEARER)) != 0)
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_PERMISSION,
                 "'Authorization: Bearer weir_...' is expected");
  else if (door->tokens == NULL)
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_PERMISSION, "there are no tokens here");
  else
    identity = weir_token_store_identify (door->tokens, authorization + strlen (BEARER), error);
  if (identity == NULL)
    weir_throttle_count (door->throttle, guesser, now);
  return identity;
}

WeirIdentity *
weir_door_identify (WeirDoor *door, const WeirPeer *peer, const char *authorization,
                    const char *forwarded, int64_t *ret_wait, GError **error)
{
  *ret_wait = 0;
  if (forwarded != NULL && door->believes_server && peer->is_unix &&
      (peer->uid == geteuid () || peer->uid == 0))
    return weir_identity_parse (forwarded, error);
  if (forwarded != NULL) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_PERMISSION,
                 "the header Weir-Identity is for a server in front of a flow host");
    return NULL;
  }
  if (authorization != NULL)
    return identify_token (door, peer, authorization, ret_wait, error);
  return identify_peer (door, peer);
}
