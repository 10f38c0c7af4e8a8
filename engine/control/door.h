/* door.h: who asks: the owner of a token, the user at the other end of a Unix socket, or whom the
 * server in front of a flow host says.
 *
 * A token counts before all else, so that somebody can ask with less than they may. Thread: one at
 * a time: the loop's. */
#pragma once

#include "base/clock.h"
#include "control/http-server.h"
#include "control/identity.h"
#include "control/server-config.h"
#include "control/token-store.h"

typedef struct WeirDoor WeirDoor;

/* @tokens: NULL: none are valid; @config: which users may do what, NULL: its own and root all,
 * others nothing; @clock: NULL: the system's. They stay the caller's, for as long as the door is
 * there. Returns: (transfer full). */
WeirDoor *weir_door_new (WeirTokenStore *tokens, const WeirServerConfig *config,
                         const WeirClock *clock);
void weir_door_free (WeirDoor *door);

/* A flow host believes what its own user says in Weir-Identity. */
void weir_door_believe_server (WeirDoor *door);

/* After a reload. */
void weir_door_set_config (WeirDoor *door, const WeirServerConfig *config);

/* @authorization, @forwarded: the headers Authorization and Weir-Identity, NULL: not there.
 * Returns: (transfer full): WEIR_ROLE_NONE for who says nothing; NULL with @error, and @ret_wait:
 * how many seconds it is not worth trying again, 0: that is not why. */
WeirIdentity *weir_door_identify (WeirDoor *door, const WeirPeer *peer, const char *authorization,
                                  const char *forwarded, int64_t *ret_wait, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirDoor, weir_door_free)
