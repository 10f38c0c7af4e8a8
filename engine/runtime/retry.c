/* retry.c: "try again" as NiFi has it. A FlowFile that would leave by a relationship that is
 * retried goes back to its queue as it was when it came, one higher in `retryCount.<id>`;
 * everything made from it in this session is gone, as if the attempt had not been. */
#include "runtime/commit.h"
#include "runtime/engine.h"
#include "runtime/node.h"

static WeirRecord *
root_of (WeirRecord *record)
{
  while (record->origin != NULL)
    record = record->origin;
  return record;
}

static unsigned
count_of (const WeirNode *node, WeirAttributes *attributes)
{
  const char *text = weir_attributes_get (attributes, node->retry_attribute);

  return text != NULL ? (unsigned)g_ascii_strtoull (text, NULL, 10) : 0;
}

static int64_t
delay_of (const WeirNode *node, const WeirRetry *rule, unsigned count)
{
  int64_t base = rule->backoff == WEIR_BACKOFF_PENALIZE ? node->penalty_usec : node->yield_usec;

  for (; count > 0 && base < rule->max_usec; count--)
    base = weir_time_add (base, base);
  return MIN (base, rule->max_usec);
}

static void
retry (WeirSession *session, WeirRecord *root, const WeirRetry *rule)
{
  WeirNode *node = session->node;
  int64_t now = session->monotonic;
  unsigned count;
  int64_t delay;

  weir_session_restore (session, root);
  count = count_of (node, root->flowfile->attributes);
  delay = delay_of (node, rule, count);

  root->fate = WEIR_PENDING;
  weir_session_put_attribute_printf (session, root->flowfile, node->retry_attribute, "%u",
                                     count + 1);
  root->fate = WEIR_RETURNED;
  root->penalized = false;
  root->undone = true;
  if (rule->backoff == WEIR_BACKOFF_PENALIZE)
    root->flowfile->penalty_until = weir_time_add (now, delay);
  else
    atomic_store (&node->yield_until, weir_time_add (now, delay));
}

/* How @record is retried, or NULL when it is not: it goes elsewhere, comes from no queue, comes
 * from one that is held, to which the module has a pointer, or has used up its attempts. */
static const WeirRetry *
retry_of (const WeirNode *node, const WeirRecord *record, const WeirRecord *root)
{
  WeirAttributes *before;

  if (record->fate != WEIR_TRANSFERRED || root->source == NULL || root->undone ||
      root->fate == WEIR_HELD)
    return NULL;
  before = root->attributes_changed ? root->old_attributes : root->flowfile->attributes;
  if (count_of (node, before) >= node->routes[record->relationship].attempts)
    return NULL;
  return node->retries[record->relationship];
}

void
weir_session_apply_retries (WeirSession *session)
{
  WeirNode *node = session->node;

  for (WeirRecord *record = session->now.newest; record != NULL; record = record->previous) {
    WeirRecord *root = root_of (record);
    const WeirRetry *rule = retry_of (node, record, root);

    if (rule != NULL)
      retry (session, root, rule);
  }
  for (WeirRecord *record = session->now.newest; record != NULL; record = record->previous) {
    if (root_of (record)->undone) {
      if (record->origin != NULL)
        record->fate = WEIR_REMOVED;
    } else if (record->fate == WEIR_TRANSFERRED) {
      record->fate = WEIR_PENDING;
      weir_session_remove_attribute (session, record->flowfile, node->retry_attribute);
      record->fate = WEIR_TRANSFERRED;
    }
  }
}
