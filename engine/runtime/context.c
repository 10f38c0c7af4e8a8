/* context.c: what <weir/context.h> promises to modules. */
#include "runtime/bulletin.h"
#include "runtime/engine.h"
#include "runtime/node.h"
#include "runtime/scheduler.h"

#include <stdarg.h>

static WeirEngine *
get_engine (const WeirContext *context)
{
  return context->node != NULL ? context->node->engine : context->service->engine;
}

const WeirConfig *
weir_context_get_config (const WeirContext *context)
{
  return context->node != NULL ? context->node->config : context->service->config;
}

const char *
weir_context_get_id (const WeirContext *context)
{
  return context->node != NULL ? context->node->path : context->service->path;
}

const char *
weir_context_get_name (const WeirContext *context)
{
  return context->node != NULL ? context->node->name : context->service->name;
}

int64_t
weir_context_get_wall_time (const WeirContext *context)
{
  return weir_clock_get_wall (get_engine (context)->clock);
}

int64_t
weir_context_get_monotonic_time (const WeirContext *context)
{
  return weir_clock_get_monotonic (get_engine (context)->clock);
}

uint64_t
weir_context_get_random (const WeirContext *context)
{
  return weir_random_next (&get_engine (context)->random);
}

void
weir_context_log (const WeirContext *context, WeirLogLevel level, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  if (context->node != NULL)
    weir_bulletin_raise (context->node, level, "%s", message);
  else
    weir_board_tell (get_engine (context)->board, weir_context_get_wall_time (context), level,
                     context->service->path, message);
}

void
weir_context_each_state (const WeirContext *context, WeirStateFunc func, void *data)
{
  g_return_if_fail (context->service != NULL);
  weir_state_each (context->service->state, func, data);
}

/* --- of a processor only --- */

bool
weir_context_is_stopping (const WeirContext *context)
{
  return context->node != NULL && atomic_load (&context->node->phase) == WEIR_PHASE_STOPPING;
}

void
weir_context_yield (WeirContext *context)
{
  g_return_if_fail (context->node != NULL);
  weir_context_yield_for (context, context->node->yield_usec);
}

void
weir_context_yield_for (WeirContext *context, int64_t usec)
{
  g_return_if_fail (context->node != NULL);
  atomic_store (&context->node->yield_until,
                weir_time_add (weir_context_get_monotonic_time (context), usec));
}

void
weir_context_wake_after (WeirContext *context, int64_t usec)
{
  WeirNode *node = context->node;
  int64_t when = weir_time_add (weir_context_get_monotonic_time (context), MAX (0, usec));
  int64_t current;

  g_return_if_fail (node != NULL);
  current = atomic_load (&node->wake_at);
  while (when < current && !atomic_compare_exchange_weak (&node->wake_at, &current, when))
    continue;
  weir_node_arm (node, when);
}

void
weir_context_wake (WeirContext *context)
{
  WeirNode *node = context->node;

  g_return_if_fail (node != NULL);
  atomic_store (&node->wake_at, weir_context_get_monotonic_time (context));
  /* A source that had nothing rests; now it has something. */
  atomic_store (&node->yield_until, 0);
  weir_node_wake (node, NULL);
}

bool
weir_context_has_room (const WeirContext *context, unsigned relationship)
{
  WeirNode *node = context->node;
  WeirSession *session;
  uint32_t n_rooms;

  g_return_val_if_fail (node != NULL && relationship < node->n_routes, false);
  if (weir_node_has_room (node, relationship))
    return true;
  /* Room that comes after this look is counted after this count. */
  n_rooms = weir_node_count_rooms (node);
  if (weir_node_has_room (node, relationship))
    return true;
  session = weir_scheduler_find_session (node->engine->scheduler);
  if (session != NULL && session->n_rooms == 0)
    session->n_rooms = n_rooms;
  return false;
}

bool
weir_context_is_connected (const WeirContext *context, unsigned relationship)
{
  g_return_val_if_fail (context->node != NULL && relationship < context->node->n_routes, false);
  return context->node->routes[relationship].n > 0;
}
