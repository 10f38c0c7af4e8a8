/* report.h: what a session knows of a FlowFile for its provenance alone: what it was made from, and
 * what the module reported of it. It is in the session's arena and goes with its record.
 *
 * Thread: the session's. */
#pragma once

#include "runtime/session.h"

#include <weir/event.h>

typedef struct WeirReport {
  struct WeirReport *next; /* the one after it */
  WeirEventType type;
  const char *uri; /* NULL: none, as is the next */
  const char *details;
  int64_t usec; /* -1: not known */
} WeirReport;

struct WeirStory {
  WeirEventType birth; /* FORK, CLONE, JOIN; 0: without parents */
  const uint64_t *parents;
  size_t n_parents;
  bool has_children; /* in this session */
  WeirReport *first;
  WeirReport *last;
};

/* @record was made from @parents by @birth. */
void weir_record_tell_birth (WeirSession *session, WeirRecord *record, WeirEventType birth,
                             WeirFlowFile *const *parents, size_t n_parents);

/* Forgets what was reported: it did not happen. */
void weir_record_forget_reports (WeirRecord *record);
