/* rosters.h: rosters and readings without an engine, for tests. */
#pragma once

#include "control/reading.h"

/* The flow, @n_nodes processors "p1"... and @n_connections connections "c1"..., with keys from
 * @first_key on. Returns: (transfer full). */
static inline WeirRoster *
make_roster (unsigned n_nodes, unsigned n_connections, uint32_t first_key)
{
  WeirRoster *roster = weir_roster_new_empty (1 + n_nodes + n_connections);

  for (uint32_t i = 0; i < roster->n; i++) {
    WeirSubject *subject = &roster->subjects[i];

    subject->key = first_key + i;
    subject->kind = i == 0         ? WEIR_SUBJECT_FLOW
                    : i <= n_nodes ? WEIR_SUBJECT_NODE
                                   : WEIR_SUBJECT_CONNECTION;
    subject->path = i == 0         ? g_strdup ("")
                    : i <= n_nodes ? g_strdup_printf ("p%u", i)
                                   : g_strdup_printf ("c%u", i - n_nodes);
    subject->name = g_strdup (subject->path);
    subject->part = i == 0 ? "flow" : i <= n_nodes ? "processor" : "connection";
    if (i > n_nodes) {
      subject->from = g_strdup ("p1:success");
      subject->to = g_strdup ("p2");
    }
  }
  return roster;
}
