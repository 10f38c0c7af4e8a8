/* reading.c: counters of the engine into the order of the tables of measures. */
#include "control/reading.h"

#include "runtime/recording.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

static uint64_t
load (const _Atomic uint64_t *figure)
{
  return atomic_load_explicit (figure, memory_order_relaxed);
}

WeirReading *
weir_reading_new_empty (WeirRoster *roster, int64_t wall, int64_t monotonic)
{
  WeirReading *reading = g_malloc0 (sizeof *reading + roster->n * sizeof reading->subjects[0]);

  reading->n_refs = 1;
  reading->roster = weir_roster_ref (roster);
  reading->wall = wall;
  reading->monotonic = monotonic;
  return reading;
}

static void
read_node (uint64_t *values, const WeirNode *node)
{
  const WeirNodeStats *stats = &node->stats;

  values[WEIR_NODE_IN] = load (&stats->in_count);
  values[WEIR_NODE_IN_BYTES] = load (&stats->in_bytes);
  values[WEIR_NODE_OUT] = load (&stats->out_count);
  values[WEIR_NODE_OUT_BYTES] = load (&stats->out_bytes);
  values[WEIR_NODE_READ_BYTES] = load (&stats->read_bytes);
  values[WEIR_NODE_WRITTEN_BYTES] = load (&stats->written_bytes);
  values[WEIR_NODE_TASKS] = load (&stats->tasks);
  values[WEIR_NODE_TASK_USEC] = load (&stats->task_nsec) / 1000;
  values[WEIR_NODE_BULLETINS] = load (&stats->bulletins);
  values[WEIR_NODE_PHASE] = atomic_load_explicit (&node->phase, memory_order_relaxed);
}

static void
read_queue (uint64_t *values, const WeirQueue *queue, const WeirSubject *subject)
{
  uint64_t count = load (&queue->count);
  uint64_t bytes = load (&queue->bytes);

  values[WEIR_CONNECTION_PASSED] = load (&queue->passed);
  values[WEIR_CONNECTION_PASSED_BYTES] = load (&queue->passed_bytes);
  values[WEIR_CONNECTION_QUEUED] = count;
  values[WEIR_CONNECTION_QUEUED_BYTES] = bytes;
  values[WEIR_CONNECTION_EXPIRED] = load (&queue->expired);
  values[WEIR_CONNECTION_FULL] = (subject->max_count > 0 && count >= subject->max_count) ||
                                 (subject->max_bytes > 0 && bytes >= subject->max_bytes);
}

/* Of this process. 0 where /proc does not tell. */
static uint64_t
get_memory (void)
{
  FILE *file = fopen ("/proc/self/statm", "re");
  unsigned long pages = 0;

  if (file == NULL)
    return 0;
  if (fscanf (file, "%*u %lu", &pages) != 1)
    pages = 0;
  fclose (file);
  return (uint64_t)pages * (uint64_t)sysconf (_SC_PAGESIZE);
}

static uint64_t
get_cpu_usec (void)
{
  struct timespec time;

  if (clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &time) != 0)
    return 0;
  return (uint64_t)time.tv_sec * G_USEC_PER_SEC + (uint64_t)time.tv_nsec / 1000;
}

static void
read_flow (uint64_t *values, WeirEngine *engine)
{
  WeirRecorderFigures recorded;

  values[WEIR_FLOW_CPU_USEC] = get_cpu_usec ();
  values[WEIR_FLOW_MEMORY] = get_memory ();
  values[WEIR_FLOW_DISK_LOW] =
      atomic_load_explicit (&engine->is_disk_low, memory_order_relaxed) ? 1 : 0;
  if (engine->data != NULL) {
    weir_data_is_low (engine->data); /* so that what is free is not of long ago */
    values[WEIR_FLOW_LOG_BYTES] = weir_data_get_logged (engine->data);
    values[WEIR_FLOW_DISK_FREE] = weir_data_get_free (engine->data);
  }
  if (weir_recording_get_figures (engine, &recorded)) {
    values[WEIR_FLOW_PROVENANCE_LAG] = recorded.lag_bytes;
    values[WEIR_FLOW_PROVENANCE_BYTES] = recorded.bytes;
    values[WEIR_FLOW_PROVENANCE_EVENTS] = recorded.n_events;
  }
}

WeirReading *
weir_reading_new (WeirRoster *roster, WeirEngine *engine)
{
  WeirReading *reading = weir_reading_new_empty (roster, weir_clock_get_wall (engine->clock),
                                                 weir_clock_get_monotonic (engine->clock));
  WeirValues *next = &reading->subjects[1];
  uint64_t *flow = reading->subjects[0].values;

  read_flow (flow, engine);
  for (guint i = 0; i < roster->nodes->len; i++) {
    uint64_t *values = (next++)->values;

    read_node (values, roster->nodes->pdata[i]);
    flow[WEIR_FLOW_TASKS] += values[WEIR_NODE_TASKS];
    flow[WEIR_FLOW_TASK_USEC] += values[WEIR_NODE_TASK_USEC];
    flow[WEIR_FLOW_BULLETINS] += values[WEIR_NODE_BULLETINS];
  }
  for (guint i = 0; i < roster->queues->len; i++) {
    const WeirSubject *subject = &roster->subjects[1 + roster->nodes->len + i];
    uint64_t *target = reading->subjects[subject->target].values;
    uint64_t *values = (next++)->values;

    read_queue (values, roster->queues->pdata[i], subject);
    target[WEIR_NODE_QUEUED] += values[WEIR_CONNECTION_QUEUED];
    target[WEIR_NODE_QUEUED_BYTES] += values[WEIR_CONNECTION_QUEUED_BYTES];
    flow[WEIR_FLOW_QUEUED] += values[WEIR_CONNECTION_QUEUED];
    flow[WEIR_FLOW_QUEUED_BYTES] += values[WEIR_CONNECTION_QUEUED_BYTES];
  }
  return reading;
}

WeirReading *
weir_reading_ref (WeirReading *reading)
{
  atomic_fetch_add_explicit (&reading->n_refs, 1, memory_order_relaxed);
  return reading;
}

void
weir_reading_unref (WeirReading *reading)
{
  if (reading == NULL || atomic_fetch_sub (&reading->n_refs, 1) > 1)
    return;
  weir_roster_unref (reading->roster);
  g_free (reading);
}
