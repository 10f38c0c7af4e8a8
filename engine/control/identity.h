/* identity.h: who asks, and what they may do.
 *
 * Roles include those before them. An identity may be bound to some flows: then nothing else is
 * there for it. Thread: any; immutable once made. */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef enum {
  WEIR_ROLE_NONE,     /* may ask whether the server is well */
  WEIR_ROLE_VIEWER,   /* sees everything but contents and attributes */
  WEIR_ROLE_OPERATOR, /* starts, stops, empties, replays; sees contents and attributes */
  WEIR_ROLE_EDITOR,   /* changes flows: may run what the server may run */
  WEIR_ROLE_ADMIN,    /* tokens, and flows as a whole */
} WeirUserRole;

typedef struct {
  char *name; /* "maria (uid 1000)", "token grafana": as the audit has it */
  WeirUserRole role;
  GStrv flows; /* NULL: all */
} WeirIdentity;

/* Returns: (transfer full). @flows: NULL for all. */
WeirIdentity *weir_identity_new (const char *name, WeirUserRole role, const char *const *flows);
void weir_identity_free (WeirIdentity *identity);

/* True when its role is at least @role and @flow (NULL: nothing of a flow) is one of its own. */
bool weir_identity_may (const WeirIdentity *identity, WeirUserRole role, const char *flow);

/* "viewer"... Returns: (transfer none). */
const char *weir_role_get_text (WeirUserRole role);
bool weir_role_parse (const char *text, WeirUserRole *ret_role);

/* One line for the header between server and flow host, and back.
 * Returns: (transfer full); the second NULL with @error. */
char *weir_identity_format (const WeirIdentity *identity);
WeirIdentity *weir_identity_parse (const char *text, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirIdentity, weir_identity_free)
