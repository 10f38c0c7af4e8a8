/* trail.h: the audit: who did what, and who was refused. SQLite in the directory of a server or of
 * a flow, written by a thread of its own.
 *
 * Invariant: what weir_trail_wait has returned for is in the file, and stays there when the process
 * is killed. Entries stay a year, and the newest WEIR_LIMIT_TRAIL bytes of them.
 *
 * Thread: any, except open and free. */
#pragma once

#include "base/clock.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct WeirTrail WeirTrail;

/* Texts may be NULL but for @who, @method and @outcome. */
typedef struct {
  uint64_t id;  /* of the file; they grow */
  int64_t at;   /* microseconds since 1970; weir_trail_add sets it */
  char *who;    /* "maria (uid 1000)" */
  char *role;   /* that they had */
  char *flow;   /* NULL: of none */
  char *method; /* "edits.apply" */
  char *object; /* "processor/archive%2Fread" */
  char *before; /* what was there, and what is now; cut after WEIR_LIMIT_TRAIL_TEXT */
  char *after;
  char *outcome; /* "done", "failed: ...", "refused: ..." */
  char *request; /* its id */
} WeirTrailEntry;

void weir_trail_entry_free (WeirTrailEntry *entry);

/* @path: of the file, which is made if need be. @clock: NULL: the system's.
 * Returns: (transfer full): NULL with @error. */
WeirTrail *weir_trail_open (const char *path, const WeirClock *clock, GError **error);

/* Writes what is to be written, if it can. */
void weir_trail_free (WeirTrail *trail);

/* Copies @entry and returns at once. Returns: its ticket, for weir_trail_wait. */
uint64_t weir_trail_add (WeirTrail *trail, const WeirTrailEntry *entry);

/* The same for who was refused: of too many in a minute only their number is kept, so that nobody
 * can push what matters out of the audit. */
void weir_trail_refuse (WeirTrail *trail, const WeirTrailEntry *entry);

/* Waits until the entry is in the file. Returns: false with @error when it cannot be written now;
 * it is tried again. */
bool weir_trail_wait (WeirTrail *trail, uint64_t ticket, GError **error);

/* Returns: false with @error while it cannot be written: then nothing may change. */
bool weir_trail_check (WeirTrail *trail, GError **error);

/* All that is not NULL or 0 must fit. */
typedef struct {
  const char *who;
  const char *method;
  const char *flow;
  const char *const *flows; /* one of these, or of none */
  int64_t since;
  int64_t until;
  uint64_t before; /* ids below it */
} WeirTrailFilter;

/* Returns: (transfer full): up to @max entries (WeirTrailEntry), the newest first; NULL with
 * @error. */
GPtrArray *weir_trail_list (WeirTrail *trail, const WeirTrailFilter *filter, unsigned max,
                            GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirTrail, weir_trail_free)
