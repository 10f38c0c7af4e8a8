/* gauge.c: counters of the engine into the order of the tables of measures. */
#include "control/gauge.h"

#include "runtime/figures.h"
#include "runtime/recording.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

static void
add_node (WeirSubject *subject, const WeirNode *node)
{
  const WeirComponent *component = node->component;

  subject->kind = WEIR_SUBJECT_NODE;
  subject->path = g_strdup (node->path);
  subject->name = g_strdup (node->name);
  subject->part = weir_kind_get_text (component->kind);
  if (component->kind == WEIR_KIND_PROCESSOR)
    subject->type = g_strdup (node->type->name);
}

static void
add_queue (WeirSubject *subject, const WeirQueue *queue, GHashTable *places)
{
  const WeirComponent *component = &queue->connection->base;

  subject->kind = WEIR_SUBJECT_CONNECTION;
  subject->path = g_strdup (queue->path);
  subject->name = g_strdup (component->name[0] != '\0' ? component->name : queue->path);
  subject->part = weir_kind_get_text (component->kind);
  subject->from = weir_queue_get_from_path (queue);
  subject->to = g_strdup (queue->target->path);
  subject->target = GPOINTER_TO_UINT (g_hash_table_lookup (places, queue->target));
  subject->max_count = queue->max_count;
  subject->max_bytes = queue->max_bytes;
}

WeirGauge *
weir_gauge_new (WeirEngine *engine, const char *name)
{
  WeirGauge *gauge = g_new0 (WeirGauge, 1);
  g_autoptr (GHashTable) places = g_hash_table_new (NULL, NULL);
  GPtrArray *nodes;
  GPtrArray *queues;
  WeirRoster *roster;
  WeirSubject *subject;

  /* So that the ends of queues are those of these nodes. */
  WEIR_LOCKED (&engine->shape);
  nodes = engine->nodes;
  queues = engine->queues;
  roster = weir_roster_new_empty (1 + nodes->len + queues->len);
  gauge->engine = engine;
  gauge->roster = roster;
  gauge->nodes = g_ptr_array_ref (nodes);
  gauge->queues = g_ptr_array_ref (queues);
  subject = roster->subjects;

  subject->kind = WEIR_SUBJECT_FLOW;
  subject->path = g_strdup ("");
  subject->name = g_strdup (name);
  subject->part = "flow";
  for (guint i = 0; i < nodes->len; i++) {
    add_node (++subject, nodes->pdata[i]);
    g_hash_table_insert (places, nodes->pdata[i], GUINT_TO_POINTER (1 + i));
  }
  for (guint i = 0; i < queues->len; i++)
    add_queue (++subject, queues->pdata[i], places);
  return gauge;
}

void
weir_gauge_free (WeirGauge *gauge)
{
  if (gauge == NULL)
    return;
  weir_roster_unref (gauge->roster);
  g_ptr_array_unref (gauge->nodes);
  g_ptr_array_unref (gauge->queues);
  g_free (gauge);
}

bool
weir_gauge_is_current (const WeirGauge *gauge)
{
  WEIR_LOCKED (&gauge->engine->shape);
  return gauge->nodes == gauge->engine->nodes && gauge->queues == gauge->engine->queues;
}

static void
carry (WeirSubject *subjects, const GPtrArray *things, const WeirSubject *before,
       const GPtrArray *things_before)
{
  g_autoptr (GHashTable) places = g_hash_table_new (NULL, NULL);
  void *place;

  for (guint i = 0; i < things_before->len; i++)
    g_hash_table_insert (places, things_before->pdata[i], GUINT_TO_POINTER (i));
  for (guint i = 0; i < things->len; i++)
    if (g_hash_table_lookup_extended (places, things->pdata[i], NULL, &place))
      subjects[i].key = before[GPOINTER_TO_UINT (place)].key;
}

void
weir_gauge_carry_keys (WeirGauge *gauge, const WeirGauge *before)
{
  WeirSubject *now = gauge->roster->subjects;
  const WeirSubject *old = before->roster->subjects;

  now[0].key = old[0].key;
  carry (now + 1, gauge->nodes, old + 1, before->nodes);
  carry (now + 1 + gauge->nodes->len, gauge->queues, old + 1 + before->nodes->len, before->queues);
}

static uint64_t
load (const _Atomic uint64_t *figure)
{
  return atomic_load_explicit (figure, memory_order_relaxed);
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
  (void)fclose (file);
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
weir_gauge_read (WeirGauge *gauge)
{
  WeirEngine *engine = gauge->engine;
  WeirRoster *roster = gauge->roster;
  WeirReading *reading = weir_reading_new_empty (roster, weir_clock_get_wall (engine->clock),
                                                 weir_clock_get_monotonic (engine->clock));
  WeirValues *next = &reading->subjects[1];
  uint64_t *flow = reading->subjects[0].values;

  read_flow (flow, engine);
  for (guint i = 0; i < gauge->nodes->len; i++) {
    uint64_t *values = (next++)->values;

    read_node (values, gauge->nodes->pdata[i]);
    flow[WEIR_FLOW_TASKS] += values[WEIR_NODE_TASKS];
    flow[WEIR_FLOW_TASK_USEC] += values[WEIR_NODE_TASK_USEC];
    flow[WEIR_FLOW_BULLETINS] += values[WEIR_NODE_BULLETINS];
  }
  for (guint i = 0; i < gauge->queues->len; i++) {
    const WeirSubject *subject = &roster->subjects[1 + gauge->nodes->len + i];
    uint64_t *target = reading->subjects[subject->target].values;
    uint64_t *values = (next++)->values;

    read_queue (values, gauge->queues->pdata[i], subject);
    target[WEIR_NODE_QUEUED] += values[WEIR_CONNECTION_QUEUED];
    target[WEIR_NODE_QUEUED_BYTES] += values[WEIR_CONNECTION_QUEUED_BYTES];
    flow[WEIR_FLOW_QUEUED] += values[WEIR_CONNECTION_QUEUED];
    flow[WEIR_FLOW_QUEUED_BYTES] += values[WEIR_CONNECTION_QUEUED_BYTES];
  }
  return reading;
}
