/* disk-guard.c: a mark that sources look at, and a timer as long as it is set. */
#include "runtime/disk-guard.h"

#include "base/units.h"
#include "runtime/bulletin.h"

#define LOOK_USEC G_USEC_PER_SEC

static void
arm (WeirEngine *engine)
{
  weir_timers_arm (engine->timers, &engine->disk_timer,
                   weir_time_add (weir_clock_get_monotonic (engine->clock), LOOK_USEC));
}

/* Said once, by the first of those that wait. */
static void
tell (WeirEngine *engine, bool is_low)
{
  g_autofree char *size = weir_units_human_size (weir_data_get_free (engine->data));
  g_autofree char *enough = weir_units_human_size (weir_data_get_enough (engine->data));

  for (guint i = 0; i < engine->nodes->len; i++) {
    WeirNode *node = engine->nodes->pdata[i];

    if (!node->is_source)
      continue;
    if (is_low)
      weir_bulletin_raise (node, WEIR_LOG_WARNING,
                           "the disk of the data directory has only %s left; sources wait until %s "
                           "are free, and what is queued goes on; make room there",
                           size, enough);
    else
      weir_bulletin_raise (node, WEIR_LOG_INFO,
                           "the disk of the data directory has room again (%s); sources go on",
                           size);
    return;
  }
}

static void
on_timer (void *data)
{
  WeirEngine *engine = data;

  if (weir_data_is_low (engine->data)) {
    if (!atomic_exchange (&engine->is_disk_low, true))
      tell (engine, true);
    arm (engine);
    return;
  }
  if (!atomic_exchange (&engine->is_disk_low, false))
    return;
  tell (engine, false);
  for (guint i = 0; i < engine->nodes->len; i++) {
    WeirNode *node = engine->nodes->pdata[i];
    if (node->is_source)
      weir_node_wake (node, NULL);
  }
}

void
weir_disk_guard_init (WeirEngine *engine)
{
  engine->disk_timer.func = on_timer;
  engine->disk_timer.data = engine;
}

/* For the timer's thread, because this one may be the log's. */
void
weir_disk_guard_on_low (void *data)
{
  WeirEngine *engine = data;

  if (engine->timers != NULL)
    weir_timers_arm (engine->timers, &engine->disk_timer, 0);
}

void
weir_disk_guard_start (WeirEngine *engine)
{
  if (engine->data != NULL && weir_data_is_low (engine->data))
    on_timer (engine);
}
