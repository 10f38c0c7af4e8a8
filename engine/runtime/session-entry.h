/* session-entry.h: what a session did, on its way into the log as one entry.
 *
 * commit.c says what has become of each FlowFile; here it becomes bytes (store/entry.h). Only
 * differences are written: a FlowFile that merely moves takes some ten bytes.
 *
 * Thread: that of the session. */
#pragma once

#include "runtime/session.h"
#include "store/data.h"

/* Returns: (transfer full). */
WeirSessionEntry *weir_session_entry_new (const WeirEngine *engine);

/* Takes NULL. */
void weir_session_entry_free (WeirSessionEntry *entry);

/* Begins the entry of @session, whose clocks tell its time. */
void weir_session_entry_begin (WeirSessionEntry *entry, const WeirSession *session);

/* @flowfile is new and goes into @queue: that of @record, or a copy of it. */
void weir_session_entry_add_create (WeirSessionEntry *entry, const WeirRecord *record,
                                    const WeirFlowFile *flowfile, const WeirQueue *queue);

/* The FlowFile of @record goes into @queue, or stays where it was when that is NULL. */
void weir_session_entry_add_update (WeirSessionEntry *entry, const WeirRecord *record,
                                    const WeirQueue *queue);

/* It ends, and may have been made in this session. */
void weir_session_entry_add_drop (WeirSessionEntry *entry, const WeirRecord *record);

/* Of the component with that number; 0: the session's. */
void weir_session_entry_add_state (WeirSessionEntry *entry, uint64_t component, const char *key,
                                   const char *value);

/* Returns: false with @error when it is larger than the log takes. */
bool weir_session_entry_check (const WeirSessionEntry *entry, GError **error);

/* Gives the entry, which was checked, to the log; one that says nothing is not written. Returns:
 * its ticket; that of the last entry of all when it says nothing. */
uint64_t weir_session_entry_append (WeirSessionEntry *entry);
