/* session-create.c: new FlowFiles: from nothing, from one parent, from many. A child shares what
 * its parent has. */
#include "runtime/report.h"
#include "runtime/session.h"

static WeirFlowFile *
create (WeirSession *session, WeirFlowFile *flowfile, WeirRecord *origin)
{
  WeirRecord *record;

  if (origin == NULL) {
    flowfile->lineage_start = session->wall;
    flowfile->entry_time = flowfile->lineage_start;
  } else {
    flowfile->entry_time = origin->flowfile->entry_time;
    flowfile->lineage_start = origin->flowfile->lineage_start;
  }
  flowfile->id = weir_session_new_id (session);
  flowfile->penalty_until = 0;
  record = weir_session_add (session, flowfile, NULL);
  record->origin = origin;
  return flowfile;
}

WeirFlowFile *
weir_session_create (WeirSession *session)
{
  return create (session, weir_flowfile_new (&session->magazine), NULL);
}

static WeirFlowFile *
create_child (WeirSession *session, const WeirFlowFile *parent, WeirEventType birth)
{
  WeirRecord *origin = weir_session_record (session, parent);
  WeirFlowFile *flowfile = weir_flowfile_new (&session->magazine);

  if (origin != NULL)
    flowfile->attributes = weir_attributes_ref (origin->flowfile->attributes);
  create (session, flowfile, origin);
  if (origin != NULL)
    weir_record_tell_birth (session, flowfile->record, birth, &origin->flowfile, 1);
  return flowfile;
}

WeirFlowFile *
weir_session_create_child (WeirSession *session, const WeirFlowFile *parent)
{
  return create_child (session, parent, WEIR_EVENT_FORK);
}

WeirFlowFile *
weir_session_create_joined (WeirSession *session, WeirFlowFile *const *parents, size_t n_parents)
{
  WeirFlowFile *flowfile;

  if (n_parents == 0)
    return weir_session_create (session);
  flowfile = create_child (session, parents[0], WEIR_EVENT_JOIN);
  for (size_t i = 1; i < n_parents; i++) {
    WeirAttributes *all = flowfile->attributes;

    if (weir_session_record (session, parents[i]) == NULL)
      break;
    flowfile->attributes = weir_attributes_intersect (all, parents[i]->attributes);
    weir_attributes_unref (all);
    flowfile->lineage_start = MIN (flowfile->lineage_start, parents[i]->lineage_start);
    /* A child of many cannot be retried with one of them. */
    flowfile->record->origin = NULL;
  }
  if (session->error == NULL)
    weir_record_tell_birth (session, flowfile->record, WEIR_EVENT_JOIN, parents, n_parents);
  return flowfile;
}

static WeirFlowFile *
slice (WeirSession *session, const WeirFlowFile *flowfile, uint64_t offset, uint64_t size,
       WeirEventType birth)
{
  WeirFlowFile *slice = create_child (session, flowfile, birth);

  if (slice->record->origin == NULL)
    return slice; /* the mistake was noted: the content is not this session's to look at */
  flowfile = slice->record->origin->flowfile;
  if (offset > flowfile->content.size || size > flowfile->content.size - offset) {
    weir_session_fail (session,
                       "the processor asked for bytes %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT
                       " of a content of %" G_GUINT64_FORMAT,
                       offset, offset + size, flowfile->content.size);
    return slice;
  }
  if (size > 0) {
    slice->content = weir_content_slice (&flowfile->content, offset, size);
  }
  return slice;
}

WeirFlowFile *
weir_session_clone (WeirSession *session, const WeirFlowFile *flowfile)
{
  return slice (session, flowfile, 0, flowfile != NULL ? flowfile->content.size : 0,
                WEIR_EVENT_CLONE);
}

WeirFlowFile *
weir_session_slice (WeirSession *session, const WeirFlowFile *flowfile, uint64_t offset,
                    uint64_t size)
{
  return slice (session, flowfile, offset, size, WEIR_EVENT_FORK);
}
