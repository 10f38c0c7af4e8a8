/* reshape.h: an edit of a flow that runs. It becomes what another document says; what that says as
 * before goes on undisturbed.
 *
 * All that can fail is tried before anything is stopped: the whole document is built beside what
 * runs and compared with it. Then only what is touched stops: processors that are new in anything
 * but their name, place and comment, or that are gone; both ends of connections that come, go, lead
 * elsewhere or have other relationships; users of a service that changes. Limits and expiry of a
 * connection change while it is in use. Then it is changed, and what ran before runs again.
 *
 * Queues keep what is in them, and components what they remember, also under a new name, and after
 * a restart.
 *
 * Thread: any but in a trigger; one edit at a time, others wait. */
#pragma once

#include "runtime/engine.h"

typedef struct {
  /* char * to char *: what a component, a group with all in it, or a connection was called, to what
   * it is called now: paths, of a connection without an id "read:success -> write". Connections
   * with other ends are found by this alone; those whose ends have other names are found without.
   * NULL: none. */
  GHashTable *renames;
  int64_t usec;      /* that what is touched has to come back from its work */
  bool may_strand;   /* FlowFiles of connections that go are put aside, and are back when one of
                        that name comes again; else such an edit is refused */
  bool starts_added; /* new processors, too; ports and funnels always start */
} WeirReshapeOptions;

typedef struct {
  GPtrArray *added;     /* char *: paths of nodes, as in the next three; of what is there now */
  GPtrArray *removed;   /* as it was called */
  GPtrArray *changed;   /* in what it does, or in its name */
  GPtrArray *restarted; /* what ran and was stopped meanwhile, for whatever reason */
  GPtrArray *stranded;  /* char *: names of queues that were put aside */
  unsigned n_queues_added;
  unsigned n_queues_removed;
  unsigned n_queues_changed;
  unsigned n_services_changed;
  int64_t stopped_usec; /* for how long what was touched did not run */
} WeirReshapeReport;

void weir_reshape_report_free (WeirReshapeReport *report);

/* @next has passed weir_flow_check; it and @resolver are used here only. @ret_report (or NULL):
 * (transfer full). Returns: false with @error: then all goes on as it was. */
bool weir_engine_reshape (WeirEngine *engine, const WeirFlow *next, WeirResolver *resolver,
                          const WeirReshapeOptions *options, WeirReshapeReport **ret_report,
                          GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirReshapeReport, weir_reshape_report_free)
