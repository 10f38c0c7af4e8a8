/* session-state.c: what a session changes beside FlowFiles: state, effects, counters. All of it
 * waits for the commit. */
#include "runtime/node.h"

#include <string.h>

static bool
has_name (WeirSession *session, const char *name)
{
  if (name == NULL)
    weir_session_fail (session, "the processor used NULL as the key of a state or as the name of "
                                "a counter");
  return name != NULL;
}

static char *
get_state (WeirSession *session, WeirServed *service, const char *key)
{
  if (!has_name (session, key))
    return NULL;
  for (WeirChange *change = session->now.changes; change != NULL; change = change->next)
    if (change->service == service && g_str_equal (change->key, key))
      return g_strdup (change->value);
  return weir_state_get (service != NULL ? service->state : session->node->state, key);
}

static void
set_state (WeirSession *session, WeirServed *service, const char *key, const char *value)
{
  WeirChange *change;

  if (!has_name (session, key))
    return;
  change = weir_arena_alloc (&session->arena, sizeof *change);
  change->service = service;
  change->key = weir_arena_strdup (&session->arena, key);
  change->value = value != NULL ? weir_arena_strdup (&session->arena, value) : NULL;
  change->next = session->now.changes;
  session->now.changes = change;
  session->weight += strlen (key) + (value != NULL ? strlen (value) : 0);
}

char *
weir_session_get_state (WeirSession *session, const char *key)
{
  return get_state (session, NULL, key);
}

void
weir_session_set_state (WeirSession *session, const char *key, const char *value)
{
  set_state (session, NULL, key, value);
}

char *
weir_session_get_shared_state (WeirSession *session, const WeirContext *service, const char *key)
{
  g_return_val_if_fail (service->service != NULL, NULL);
  return get_state (session, service->service, key);
}

void
weir_session_set_shared_state (WeirSession *session, const WeirContext *service, const char *key,
                               const char *value)
{
  g_return_if_fail (service->service != NULL);
  set_state (session, service->service, key, value);
}

void
weir_session_on_end (WeirSession *session, WeirEndFunc func, void *data)
{
  WeirEnding *ending = weir_arena_alloc (&session->arena, sizeof *ending);

  *ending = (WeirEnding){ session->now.endings, func, data };
  session->now.endings = ending;
}

void
weir_session_on_durable (WeirSession *session, WeirDurableFunc func, void *data,
                         GDestroyNotify destroy)
{
  WeirEffect *effect = weir_arena_alloc (&session->arena, sizeof *effect);

  *effect = (WeirEffect){ session->now.effects, func, data, destroy };
  session->now.effects = effect;
}

void
weir_session_adjust_counter (WeirSession *session, const char *name, int64_t delta)
{
  WeirCount *count;

  if (!has_name (session, name))
    return;
  count = weir_arena_alloc (&session->arena, sizeof *count);
  *count = (WeirCount){ session->now.counts, weir_arena_strdup (&session->arena, name), delta };
  session->now.counts = count;
}
