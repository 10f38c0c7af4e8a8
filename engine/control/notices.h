/* notices.h: bulletins on their way from the flow to who keeps and shows them. What comes too often
 * is counted, so that a flood costs the flow next to nothing and is one line to who reads it.
 *
 * Thread: any. */
#pragma once

#include "base/clock.h"
#include "runtime/bulletin.h"

typedef struct {
  uint64_t id; /* growing, over restarts too */
  int64_t wall;
  WeirLogLevel level;
  char *component; /* the path of its id */
  char *name;
  char *message;
  char *flowfile; /* uuid; NULL: it is about none, or about several */
  uint64_t more;  /* so many more of the component and level came and are not kept */
} WeirNotice;

void weir_notice_free (WeirNotice *notice);

/* As people get it: an element of a list, or the whole. */
void weir_notice_put_json (GString *out, const WeirNotice *notice);

typedef struct WeirNotices WeirNotices;

/* @next_id: of the first. @clock: NULL for the machine's. Returns: (transfer full). */
WeirNotices *weir_notices_new (uint64_t next_id, WeirClock *clock);
void weir_notices_free (WeirNotices *notices);

/* Quick, and waits for nobody. */
void weir_notices_add (WeirNotices *notices, const WeirBulletin *bulletin);

/* Waits until there is one, or weir_notices_wake was called, or @usec are over (-1: for ever).
 * Returns: (transfer full): WeirNotice, oldest first; may be empty. Thread: one. */
GPtrArray *weir_notices_take (WeirNotices *notices, int64_t usec);

/* Whether some were counted that will be told of: take again within a second. */
bool weir_notices_has_counted (WeirNotices *notices);

/* Nothing more is to be counted: what was, can be taken. */
void weir_notices_close (WeirNotices *notices);

/* Has weir_notices_take return. */
void weir_notices_wake (WeirNotices *notices);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirNotice, weir_notice_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirNotices, weir_notices_free)
