/* session-facts.h: what the entry of a session says for provenance only (provenance/fact.h), each
 * before the operation that it is about. What is as it was for the operation before is not said
 * again.
 *
 * Thread: that of the session. */
#pragma once

#include "provenance/fact.h"
#include "runtime/session.h"

typedef struct {
  bool is_on;
  const WeirSession *session;
  WeirEntryWriter *writer;
  WeirFact now; /* what was said last */

  /* Of the record that it was said of. */
  const WeirQueue *source;
  WeirFate fate;
  unsigned relationship;
  bool expired;
  bool has_usec;
} WeirSessionFacts;

/* The entry of @session begins in @writer. */
void weir_session_facts_begin (WeirSessionFacts *facts, const WeirSession *session,
                               WeirEntryWriter *writer);

/* A create of @flowfile follows: that of @record, or a copy of it for another queue. */
void weir_session_facts_add_create (WeirSessionFacts *facts, const WeirRecord *record,
                                    const WeirFlowFile *flowfile);

/* An update of @record's FlowFile follows. */
void weir_session_facts_add_update (WeirSessionFacts *facts, const WeirRecord *record);

/* Whether the end of @record's FlowFile needs an update before its drop, so that what the session
 * has made of it is known, and was reported with that. */
bool weir_session_facts_must_update (const WeirSessionFacts *facts, const WeirRecord *record);

/* A drop of it follows. */
void weir_session_facts_add_drop (WeirSessionFacts *facts, const WeirRecord *record);

/* No operation follows: the FlowFile stays as it is, or was made and has ended in this session; of
 * one that was only a draft, nothing is said. */
void weir_session_facts_add_alone (WeirSessionFacts *facts, const WeirRecord *record);
