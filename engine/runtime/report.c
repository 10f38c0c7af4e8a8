#include "runtime/report.h"

#include "base/limits.h"
#include "base/redact.h"
#include "runtime/engine.h"

static bool
is_asked_for (const WeirSession *session)
{
  return session->entry != NULL && session->engine->has_provenance;
}

static WeirStory *
story_of (WeirSession *session, WeirRecord *record)
{
  if (record->story == NULL)
    record->story = weir_arena_alloc0 (&session->arena, sizeof (WeirStory));
  return record->story;
}

void
weir_record_tell_birth (WeirSession *session, WeirRecord *record, WeirEventType birth,
                        WeirFlowFile *const *parents, size_t n_parents)
{
  WeirStory *story;
  uint64_t *ids;

  if (!is_asked_for (session))
    return;
  story = story_of (session, record);
  ids = weir_arena_alloc (&session->arena, n_parents * sizeof (uint64_t));
  for (size_t i = 0; i < n_parents; i++) {
    ids[i] = parents[i]->id;
    if (parents[i]->record != NULL && parents[i]->record->source == NULL)
      story_of (session, parents[i]->record)->has_children = true;
  }
  story->birth = birth;
  story->parents = ids;
  story->n_parents = n_parents;
}

void
weir_record_forget_reports (WeirRecord *record)
{
  if (record->story != NULL)
    record->story->first = record->story->last = NULL;
}

/* What a person reads: as text, without secrets, and not without end. */
static const char *
keep_text (WeirSession *session, const char *original)
{
  g_autofree char *text =
      weir_mask_apply (weir_secrecy_get_mask (session->engine->secrecy), original);
  g_autofree char *valid = NULL;
  size_t size = strnlen (text, WEIR_LIMIT_REPORT);
  const char *end;

  if (g_utf8_validate_len (text, size, &end) || end + 4 > text + size)
    return weir_arena_strndup (&session->arena, text, (size_t)(end - text));
  valid = g_utf8_make_valid (text, (gssize)size);
  return weir_arena_strndup (&session->arena, valid, strlen (valid));
}

void
weir_session_report (WeirSession *session, WeirFlowFile *flowfile, WeirEventType type,
                     const char *uri, const char *details, int64_t usec)
{
  WeirRecord *record = weir_session_record (session, flowfile);
  WeirReport *report;
  WeirStory *story;

  if (type <= 0 || type >= WEIR_EVENT_N)
    weir_session_fail (session, "the processor reported an event of unknown type %d", (int)type);
  if (record == NULL || session->error != NULL || !is_asked_for (session))
    return;
  story = story_of (session, record);
  report = weir_arena_alloc0 (&session->arena, sizeof *report);
  report->type = type;
  report->usec = MAX (usec, -1);
  if (uri != NULL) {
    g_autofree char *redacted = weir_redact_uri (uri);

    report->uri = keep_text (session, redacted);
  }
  if (details != NULL)
    report->details = keep_text (session, details);
  if (story->last != NULL)
    story->last->next = report;
  else
    story->first = report;
  story->last = report;
}
