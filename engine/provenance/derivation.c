/* derivation.c: operations and facts into events, one operation at a time: what was reported of it,
 * and what follows from it. docs/internals/provenance.md has the rules. */
#include "provenance/derivation.h"

#include "provenance/fact.h"

#include <string.h>

struct WeirDerivation {
  WeirEntryReader reader;
  WeirFact now;    /* what holds until it is said anew */
  GArray *reports; /* of WeirFact, of the operation to come; its parents are in the next */
  GArray *parents;
  WeirEvent *events; /* of one operation */
  size_t n_events, n_room;
  size_t at;           /* the next one of them */
  uint64_t round;      /* the last one that the reader has begun */
  unsigned n_of_round; /* events that were returned of it */
  bool has_alone;      /* one of them is of a FlowFile whose id does not change */
  GArray *descriptions;
  guint at_description;
  bool has_failed;
};

WeirDerivation *
weir_derivation_new (void)
{
  WeirDerivation *derivation = g_new0 (WeirDerivation, 1);

  derivation->reports = g_array_new (FALSE, FALSE, sizeof (WeirFact));
  derivation->parents = g_array_new (FALSE, FALSE, sizeof (uint64_t));
  derivation->n_room = 1;
  derivation->events = g_new (WeirEvent, derivation->n_room);
  derivation->descriptions = g_array_new (FALSE, FALSE, sizeof (WeirDescription));
  return derivation;
}

void
weir_derivation_free (WeirDerivation *derivation)
{
  if (derivation == NULL)
    return;
  g_array_unref (derivation->reports);
  g_array_unref (derivation->parents);
  g_free (derivation->events);
  g_array_unref (derivation->descriptions);
  g_free (derivation);
}

bool
weir_derivation_begin (WeirDerivation *derivation, const WeirLogEntry *entry)
{
  WeirFact *now = &derivation->now;

  now->size = now->source = now->relationship = now->usec = now->old_size = 0;
  now->how = WEIR_FACT_PLAIN;
  g_array_set_size (derivation->reports, 0);
  g_array_set_size (derivation->parents, 0);
  g_array_set_size (derivation->descriptions, 0);
  derivation->n_events = derivation->at = 0;
  derivation->round = 0;
  derivation->at_description = 0;
  derivation->has_failed = !weir_entry_reader_init (&derivation->reader, entry->body, entry->size,
                                                    entry->place, entry->wall);
  return !derivation->has_failed;
}

/* --- facts --- */

static void
hold (WeirFact *now, const WeirFact *fact)
{
  if (fact->fields & WEIR_FACT_SIZE)
    now->size = fact->size;
  if (fact->fields & WEIR_FACT_SOURCE)
    now->source = fact->source;
  if (fact->fields & WEIR_FACT_RELATIONSHIP)
    now->relationship = fact->relationship;
  if (fact->fields & WEIR_FACT_HOW)
    now->how = fact->how;
  if (fact->fields & WEIR_FACT_USEC)
    now->usec = fact->usec;
  if (fact->fields & WEIR_FACT_OLD_SIZE)
    now->old_size = fact->old_size;
}

/* An event of @type: what all events of the entry have in common. Field by field, and where it will
 * stay: compilers clear and copy a struct of this size by instructions that take longer than all
 * the rest. */
static WeirEvent *
add_event (WeirDerivation *derivation, WeirEventType type, uint64_t flowfile)
{
  const WeirFact *now = &derivation->now;
  WeirEvent *event;

  if (derivation->n_events == derivation->n_room) {
    derivation->n_room *= 2;
    derivation->events = g_renew (WeirEvent, derivation->events, derivation->n_room);
  }
  event = &derivation->events[derivation->n_events++];
  event->type = type;
  event->is_birth = event->has_attributes = event->is_based = event->has_content = false;
  event->flowfile = flowfile;
  event->time = derivation->reader.wall;
  event->usec = now->usec;
  event->component = derivation->reader.component;
  event->relationship = now->relationship;
  event->source = now->source;
  event->queue = 0;
  event->size = event->old_size = now->size;
  event->entry_time = event->lineage_start = 0;
  event->set = event->removed = (WeirOpNames){ 0 };
  event->content = (WeirContentRef){ 0 };
  event->parents = NULL;
  event->uri = event->details = NULL;
  event->n_parents = event->uri_size = event->details_size = 0;
  return event;
}

static void
tell (WeirEvent *event, const WeirFact *report)
{
  if (report->fields & WEIR_FACT_TOOK)
    event->usec = report->took;
  event->uri = report->uri;
  event->uri_size = report->uri_size;
  event->details = report->details;
  event->details_size = report->details_size;
}

static void
make_birth (const WeirDerivation *derivation, WeirEvent *event)
{
  event->is_birth = true;
  event->old_size = 0;
  event->entry_time = event->time;
  event->lineage_start = event->time;
  event->parents = (const uint64_t *)(void *)derivation->parents->data;
  event->n_parents = derivation->parents->len;
}

static bool
is_birth (WeirEventType type)
{
  return type == WEIR_EVENT_CREATE || type == WEIR_EVENT_RECEIVE || type == WEIR_EVENT_FORK ||
         type == WEIR_EVENT_JOIN || type == WEIR_EVENT_CLONE || type == WEIR_EVENT_REPLAY;
}

/* Of a FlowFile that is not in the entry but for this. */
static void
add_alone (WeirDerivation *derivation, const WeirFact *fact)
{
  WeirEvent *event = add_event (derivation, fact->event, fact->id);

  derivation->has_alone = true;
  tell (event, fact);
  if (fact->fields & WEIR_FACT_PARENTS || fact->event == WEIR_EVENT_CREATE)
    make_birth (derivation, event);
  if (!(fact->fields & WEIR_FACT_PARENTS))
    event->n_parents = 0;
}

static bool
take_fact (WeirDerivation *derivation, const WeirOp *op)
{
  WeirFact fact;

  if (!weir_fact_read (op, derivation->parents, &fact))
    return false;
  hold (&derivation->now, &fact);
  if (fact.fields & WEIR_FACT_TYPE && !derivation->reader.is_again) {
    WeirDescription description = { fact.component, fact.type, fact.type_size };
    g_array_append_val (derivation->descriptions, description);
  }
  if (!(fact.fields & WEIR_FACT_EVENT))
    return true;
  if (fact.fields & WEIR_FACT_ID)
    add_alone (derivation, &fact);
  else
    g_array_append_val (derivation->reports, fact);
  return true;
}

/* --- operations --- */

static void
change (WeirEvent *event, const WeirOp *op)
{
  event->has_attributes = op->has_attributes;
  event->is_based = op->is_based;
  if (op->has_attributes) {
    event->set = op->set;
    event->removed = op->removed;
  }
  event->has_content = op->has_content;
  if (op->has_content)
    event->content = op->content;
}

static const WeirFact *
report_at (const WeirDerivation *derivation, guint i)
{
  return &g_array_index (derivation->reports, WeirFact, i);
}

static void
add_reports (WeirDerivation *derivation, guint first, const WeirOp *op)
{
  for (guint i = first; i < derivation->reports->len; i++) {
    const WeirFact *report = report_at (derivation, i);
    WeirEvent *event = add_event (derivation, report->event, op->id);

    tell (event, report);
    event->queue = op->has_queue ? op->queue : 0;
  }
}

static void
take_create (WeirDerivation *derivation, const WeirOp *op)
{
  bool is_reported = derivation->reports->len > 0 && is_birth (report_at (derivation, 0)->event);
  const WeirFact *report = is_reported ? report_at (derivation, 0) : NULL;
  WeirEvent *event;

  derivation->now.size = op->has_content ? op->content.length : 0;
  event = add_event (derivation, is_reported ? report->event : WEIR_EVENT_CREATE, op->id);
  if (is_reported)
    tell (event, report);
  make_birth (derivation, event);
  if (!is_reported || !(report->fields & WEIR_FACT_PARENTS))
    event->n_parents = 0;
  event->entry_time = op->entry_time;
  event->lineage_start = op->lineage_start;
  event->queue = op->queue;
  change (event, op);
  add_reports (derivation, is_reported ? 1 : 0, op);
}

/* What follows from an update by itself; 0: nothing. */
static WeirEventType
type_of_update (const WeirDerivation *derivation, const WeirOp *op)
{
  for (guint i = 0; op->has_content && i < derivation->reports->len; i++) {
    WeirEventType type = report_at (derivation, i)->event;

    if (type == WEIR_EVENT_FETCH || type == WEIR_EVENT_RECEIVE || type == WEIR_EVENT_REPLAY ||
        type == WEIR_EVENT_CONTENT_MODIFIED)
      return 0;
  }
  if (op->has_content)
    return WEIR_EVENT_CONTENT_MODIFIED;
  if (derivation->reports->len > 0)
    return 0;
  if (op->has_attributes)
    return WEIR_EVENT_ATTRIBUTES_MODIFIED;
  return op->has_queue && derivation->now.how == WEIR_FACT_CHOICE ? WEIR_EVENT_ROUTE : 0;
}

static void
take_update (WeirDerivation *derivation, const WeirOp *op)
{
  WeirEventType type = type_of_update (derivation, op);
  uint64_t old_size = op->has_content ? derivation->now.old_size : derivation->now.size;
  WeirEvent *events, *last;

  if (op->has_content)
    derivation->now.size = op->content.length;
  add_reports (derivation, 0, op);
  if (type != 0)
    add_event (derivation, type, op->id)->queue = op->has_queue ? op->queue : 0;
  if (derivation->n_events == 0)
    return;
  events = derivation->events;
  last = &events[derivation->n_events - 1];
  for (WeirEvent *event = events; event < last; event++)
    event->size = event->old_size = old_size;
  last->old_size = old_size;
  change (last, op);
}

static void
take_drop (WeirDerivation *derivation, const WeirOp *op)
{
  add_reports (derivation, 0, op);
  add_event (derivation,
             derivation->now.how == WEIR_FACT_EXPIRED ? WEIR_EVENT_EXPIRE : WEIR_EVENT_DROP,
             op->id);
}

/* Returns: false when it is malformed. */
static bool
take (WeirDerivation *derivation, const WeirOp *op)
{
  switch (op->kind) {
  case WEIR_OP_FACT:
    return take_fact (derivation, op);
  case WEIR_OP_CREATE:
    take_create (derivation, op);
    break;
  case WEIR_OP_UPDATE:
    take_update (derivation, op);
    break;
  case WEIR_OP_DROP:
    take_drop (derivation, op);
    break;
  default:
    return true;
  }
  if (derivation->reports->len > 0)
    g_array_set_size (derivation->reports, 0);
  return true;
}

/* Reads an operation. */
static bool
step (WeirDerivation *derivation)
{
  WeirEntryReader *reader = &derivation->reader;
  WeirOp op;

  if (!weir_entry_reader_next (reader, &op)) {
    derivation->has_failed = reader->cursor.failed;
    return false;
  }
  if (reader->n_rounds != derivation->round) {
    derivation->round = reader->n_rounds;
    derivation->n_of_round = 0;
    derivation->has_alone = false;
  }
  derivation->has_failed = !take (derivation, &op);
  return !derivation->has_failed;
}

const WeirEvent *
weir_derivation_next (WeirDerivation *derivation)
{
  if (derivation->at == derivation->n_events)
    derivation->at = derivation->n_events = 0;
  while (derivation->n_events == 0)
    if (derivation->has_failed || !step (derivation))
      return NULL;
  derivation->n_of_round++;
  return &derivation->events[derivation->at++];
}

bool
weir_derivation_is_first_of_round (const WeirDerivation *derivation)
{
  return derivation->reader.is_again && derivation->n_of_round == 1;
}

/* What holds before a round is what held before the one before it: each says the same. */
unsigned
weir_derivation_get_rounds (const WeirDerivation *derivation, unsigned *ret_n, int64_t *ret_step)
{
  if (derivation->has_alone || derivation->at < derivation->n_events)
    return 0;
  *ret_n = derivation->n_of_round;
  return weir_entry_reader_get_rounds (&derivation->reader, ret_step);
}

void
weir_derivation_pass_rounds (WeirDerivation *derivation, unsigned n)
{
  weir_entry_reader_pass_rounds (&derivation->reader, n);
  derivation->round = derivation->reader.n_rounds;
}

bool
weir_derivation_has_failed (const WeirDerivation *derivation)
{
  return derivation->has_failed;
}

bool
weir_derivation_next_description (WeirDerivation *derivation, WeirDescription *ret_description)
{
  if (derivation->at_description == derivation->descriptions->len)
    return false;
  *ret_description =
      g_array_index (derivation->descriptions, WeirDescription, derivation->at_description++);
  return true;
}
