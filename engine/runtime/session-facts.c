#include "runtime/session-facts.h"

#include "runtime/node.h"
#include "runtime/report.h"

#include <string.h>

/* What the derivation has before the first fact of an entry is zeros. */
void
weir_session_facts_begin (WeirSessionFacts *facts, const WeirSession *session,
                          WeirEntryWriter *writer)
{
  facts->session = session;
  facts->writer = writer;
  facts->now = (WeirFact){ 0 };
  facts->has_usec = false;
}

/* Since the turn began or the session was committed last, for one of its triggers. */
static uint64_t
usec_of (const WeirSession *session)
{
  int64_t usec = session->monotonic - session->since;

  return usec > 0 ? (uint64_t)usec / MAX (session->n_triggers, 1) : 0;
}

static unsigned
say (WeirFactField field, uint64_t *said, uint64_t value)
{
  if (*said == value)
    return 0;
  *said = value;
  return field;
}

static unsigned
note_other (WeirSessionFacts *facts, const WeirRecord *record)
{
  const WeirNode *node = facts->session->node;
  WeirFact *now = &facts->now;
  WeirFactHow how = WEIR_FACT_PLAIN;
  uint64_t relationship = 0;
  unsigned fields = 0;

  if (record->fate == WEIR_TRANSFERRED)
    relationship = node->routes[record->relationship].word;
  if (record->expired)
    how = WEIR_FACT_EXPIRED;
  else if (node->n_routes > 1)
    how = WEIR_FACT_CHOICE;
  fields |=
      say (WEIR_FACT_SOURCE, &now->source, record->source != NULL ? record->source->number : 0);
  fields |= say (WEIR_FACT_RELATIONSHIP, &now->relationship, relationship);
  if (now->how != how) {
    now->how = how;
    fields |= WEIR_FACT_HOW;
  }
  if (!facts->has_usec) {
    facts->has_usec = true;
    fields |= say (WEIR_FACT_USEC, &now->usec, usec_of (facts->session));
  }
  facts->source = record->source;
  facts->fate = record->fate;
  facts->relationship = record->relationship;
  facts->expired = record->expired;
  return fields;
}

/* Notes what holds for @record. Returns: the fields of it that were not said yet: mostly none, and
 * then there is no fact to make. */
static inline unsigned
note (WeirSessionFacts *facts, const WeirRecord *record)
{
  if (facts->has_usec && facts->source == record->source && facts->fate == record->fate &&
      facts->relationship == record->relationship && facts->expired == record->expired)
    return 0;
  return note_other (facts, record);
}

/* Writes @fact, if it says anything, with what holds now. */
static void
end (WeirSessionFacts *facts, WeirFact *fact)
{
  const WeirFact *now = &facts->now;

  if (fact->fields == 0)
    return;
  fact->size = now->size;
  fact->source = now->source;
  fact->relationship = now->relationship;
  fact->how = now->how;
  fact->usec = now->usec;
  fact->old_size = now->old_size;
  weir_fact_write (fact, facts->writer);
  *fact = (WeirFact){ 0 };
}

static void
tell_report (WeirFact *fact, const WeirReport *report)
{
  fact->fields |= WEIR_FACT_EVENT;
  fact->event = report->type;
  if (report->uri != NULL) {
    fact->fields |= WEIR_FACT_URI;
    fact->uri = report->uri;
    fact->uri_size = strlen (report->uri);
  }
  if (report->details != NULL) {
    fact->fields |= WEIR_FACT_DETAILS;
    fact->details = report->details;
    fact->details_size = strlen (report->details);
  }
  if (report->usec >= 0) {
    fact->fields |= WEIR_FACT_TOOK;
    fact->took = (uint64_t)report->usec;
  }
}

static void
tell_birth (WeirFact *fact, WeirEventType birth, const uint64_t *parents, size_t n_parents)
{
  fact->fields |= WEIR_FACT_EVENT | WEIR_FACT_PARENTS;
  fact->event = birth;
  fact->parents = parents;
  fact->n_parents = n_parents;
}

/* All that was reported of @record; the first one goes with what @fact says already, unless that is
 * another event. @id: of a FlowFile without an operation; 0: one follows. */
static void
add_reports (WeirSessionFacts *facts, const WeirRecord *record, uint64_t id, WeirFact *fact)
{
  const WeirReport *first = record->story != NULL ? record->story->first : NULL;

  for (const WeirReport *report = first; report != NULL; report = report->next) {
    bool is_other = report != first || report->type != fact->event;

    if (fact->fields & WEIR_FACT_EVENT && is_other)
      end (facts, fact);
    tell_report (fact, report);
    if (id != 0) {
      fact->fields |= WEIR_FACT_ID;
      fact->id = id;
    }
  }
  end (facts, fact);
}

/* What an operation on the FlowFile of @record needs: @fields, and what was reported. */
static void
add (WeirSessionFacts *facts, const WeirRecord *record, unsigned fields)
{
  WeirFact fact;

  if (fields == 0 && record->story == NULL)
    return;
  fact = (WeirFact){ .fields = fields };
  add_reports (facts, record, 0, &fact);
}

void
weir_session_facts_add_create (WeirSessionFacts *facts, const WeirRecord *record,
                               const WeirFlowFile *flowfile)
{
  const WeirStory *story = record->story;
  unsigned fields;

  if (!facts->is_on)
    return;
  fields = note (facts, record);
  facts->now.size = flowfile->content.size;
  if (flowfile != record->flowfile) {
    WeirFact fact = { .fields = fields };

    tell_birth (&fact, WEIR_EVENT_CLONE, &record->flowfile->id, 1);
    end (facts, &fact);
  } else if (story != NULL && story->birth != 0) {
    WeirFact fact = { .fields = fields };

    tell_birth (&fact, story->birth, story->parents, story->n_parents);
    add_reports (facts, record, 0, &fact);
  } else {
    add (facts, record, fields);
  }
}

void
weir_session_facts_add_update (WeirSessionFacts *facts, const WeirRecord *record)
{
  uint64_t size = record->flowfile->content.size;
  unsigned fields;

  if (!facts->is_on)
    return;
  fields = note (facts, record);
  if (record->content_changed)
    fields |= say (WEIR_FACT_OLD_SIZE, &facts->now.old_size, record->old_size);
  else
    fields |= say (WEIR_FACT_SIZE, &facts->now.size, size);
  add (facts, record, fields);
  facts->now.size = size;
}

bool
weir_session_facts_must_update (const WeirSessionFacts *facts, const WeirRecord *record)
{
  return facts->is_on && record->fate == WEIR_TRANSFERRED &&
         (record->attributes_changed || record->content_changed);
}

void
weir_session_facts_add_drop (WeirSessionFacts *facts, const WeirRecord *record)
{
  bool is_updated = weir_session_facts_must_update (facts, record);
  unsigned fields;

  if (!facts->is_on)
    return;
  fields = note (facts, record);
  fields |= say (WEIR_FACT_SIZE, &facts->now.size,
                 is_updated ? record->flowfile->content.size : record->old_size);
  if (is_updated) {
    WeirFact fact = { .fields = fields };

    end (facts, &fact);
  } else {
    add (facts, record, fields);
  }
}

/* Made and ended: its birth, what was reported, and its end. */
static void
add_ghost (WeirSessionFacts *facts, const WeirRecord *record, WeirFact *fact)
{
  const WeirStory *story = record->story;
  uint64_t id = record->flowfile->id;

  if (story != NULL && story->birth != 0) {
    tell_birth (fact, story->birth, story->parents, story->n_parents);
  } else {
    fact->fields |= WEIR_FACT_EVENT;
    fact->event = WEIR_EVENT_CREATE;
  }
  fact->fields |= WEIR_FACT_ID;
  fact->id = id;
  add_reports (facts, record, id, fact);
  *fact =
      (WeirFact){ .fields = WEIR_FACT_EVENT | WEIR_FACT_ID, .event = WEIR_EVENT_DROP, .id = id };
  end (facts, fact);
}

void
weir_session_facts_add_alone (WeirSessionFacts *facts, const WeirRecord *record)
{
  const WeirStory *story = record->story;
  bool is_reported = story != NULL && story->first != NULL;
  bool is_known = record->fate == WEIR_TRANSFERRED || (story != NULL && story->has_children);
  bool is_ghost = record->source == NULL && is_known;
  WeirFact fact;

  if (!facts->is_on || (!is_ghost && !is_reported))
    return;
  fact = (WeirFact){ .fields = note (facts, record) };
  fact.fields |= say (WEIR_FACT_SIZE, &facts->now.size, record->flowfile->content.size);
  if (is_ghost)
    add_ghost (facts, record, &fact);
  else
    add_reports (facts, record, record->flowfile->id, &fact);
}
