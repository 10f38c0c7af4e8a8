/* roster.h: what there is in a flow to have figures of: the flow itself, its nodes, its
 * connections, each at one place for as long as the flow is not edited.
 *
 * Plain data: it may outlive the engine. Immutable once keys are given, shared by references.
 * Thread: any. */
#pragma once

#include "control/measure.h"

#include <glib.h>
#include <stdatomic.h>
#include <stdint.h>

typedef struct {
  WeirSubjectKind kind;
  uint32_t key;       /* stays, whatever its path becomes (chronicle.h); 0: it has none yet */
  char *path;         /* "": the flow */
  char *name;         /* as people see it */
  const char *part;   /* "flow", "processor", "port", "funnel" or "connection" */
  char *type;         /* of a processor; NULL: it is none */
  char *from;         /* of a connection, with its relationship; NULL: it is none */
  char *to;           /* likewise */
  uint32_t target;    /* likewise: the place of the node behind it */
  uint64_t max_count; /* likewise; 0: no limit */
  uint64_t max_bytes;
} WeirSubject;

typedef struct {
  _Atomic int n_refs;
  uint32_t n;
  WeirSubject subjects[]; /* the flow, nodes, connections */
} WeirRoster;

/* Returns: (transfer full): @n subjects to be filled in. */
WeirRoster *weir_roster_new_empty (uint32_t n);

WeirRoster *weir_roster_ref (WeirRoster *roster); /* (transfer full) */

/* Takes NULL. */
void weir_roster_unref (WeirRoster *roster);

/* Returns: false when nothing of @kind has that path. */
bool weir_roster_find (const WeirRoster *roster, WeirSubjectKind kind, const char *path,
                       uint32_t *ret_place);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirRoster, weir_roster_unref)
