/* measure.c: the tables. */
#include "control/measure.h"

#include <glib.h>
#include <string.h>

#define COUNT   WEIR_MEASURE_COUNT
#define HIGHEST WEIR_MEASURE_HIGHEST
#define LOWEST  WEIR_MEASURE_LOWEST
#define STATE   WEIR_MEASURE_STATE
#define USEC    1e-6

static const WeirMeasure flow[] = {
  [WEIR_FLOW_TASKS] = { "tasks", COUNT, "weir_flow_tasks_total", 1,
                        "Times that a processor of the flow was called." },
  [WEIR_FLOW_TASK_USEC] = { "task_usec", COUNT, "weir_flow_task_seconds_total", USEC,
                            "Time that workers have spent in processors." },
  [WEIR_FLOW_QUEUED] = { "queued", HIGHEST, "weir_flow_queued_flowfiles", 1,
                         "FlowFiles in all connections." },
  [WEIR_FLOW_QUEUED_BYTES] = { "queued_bytes", HIGHEST, "weir_flow_queued_bytes", 1,
                               "Content of the FlowFiles in all connections." },
  [WEIR_FLOW_BULLETINS] = { "bulletins", COUNT, "weir_flow_bulletins_total", 1,
                            "Bulletins of all components." },
  [WEIR_FLOW_CPU_USEC] = { "cpu_usec", COUNT, "weir_flow_cpu_seconds_total", USEC,
                           "CPU time of the process that runs the flow.", true },
  [WEIR_FLOW_MEMORY] = { "memory", HIGHEST, "weir_flow_memory_bytes", 1,
                         "Memory of the process that runs the flow.", true },
  [WEIR_FLOW_LOG_BYTES] = { "log_bytes", COUNT, "weir_flow_log_bytes_total", 1,
                            "Entries that were written to the log." },
  [WEIR_FLOW_DISK_FREE] = { "disk_free", LOWEST, "weir_flow_disk_free_bytes", 1,
                            "Free space on the disk of the data directory.", true },
  [WEIR_FLOW_DISK_LOW] = { "disk_low", HIGHEST, "weir_flow_disk_low", 1,
                           "1 while sources wait because the disk is nearly full." },
  [WEIR_FLOW_PROVENANCE_LAG] = { "provenance_lag", HIGHEST, "weir_flow_provenance_lag_bytes", 1,
                                 "Log that provenance has not read yet." },
  [WEIR_FLOW_PROVENANCE_BYTES] = { "provenance_bytes", HIGHEST, "weir_flow_provenance_bytes", 1,
                                   "Space that provenance takes." },
  [WEIR_FLOW_PROVENANCE_EVENTS] = { "provenance_events", COUNT, "weir_flow_provenance_events_total",
                                    1, "Events of provenance, ever." },
};

static const WeirMeasure node[] = {
  [WEIR_NODE_IN] = { "in", COUNT, "weir_processor_in_flowfiles_total", 1,
                     "FlowFiles that it took from its connections." },
  [WEIR_NODE_IN_BYTES] = { "in_bytes", COUNT, "weir_processor_in_bytes_total", 1,
                           "Content of the FlowFiles that it took." },
  [WEIR_NODE_OUT] = { "out", COUNT, "weir_processor_out_flowfiles_total", 1,
                      "FlowFiles that it put into connections." },
  [WEIR_NODE_OUT_BYTES] = { "out_bytes", COUNT, "weir_processor_out_bytes_total", 1,
                            "Content of the FlowFiles that it put into connections." },
  [WEIR_NODE_READ_BYTES] = { "read_bytes", COUNT, "weir_processor_read_bytes_total", 1,
                             "Content that it has read." },
  [WEIR_NODE_WRITTEN_BYTES] = { "written_bytes", COUNT, "weir_processor_written_bytes_total", 1,
                                "Content that it has written." },
  [WEIR_NODE_TASKS] = { "tasks", COUNT, "weir_processor_tasks_total", 1,
                        "Times that it was called." },
  [WEIR_NODE_TASK_USEC] = { "task_usec", COUNT, "weir_processor_task_seconds_total", USEC,
                            "Time that workers have spent in it." },
  [WEIR_NODE_QUEUED] = { "queued", HIGHEST, "weir_processor_queued_flowfiles", 1,
                         "FlowFiles that wait in front of it." },
  [WEIR_NODE_QUEUED_BYTES] = { "queued_bytes", HIGHEST, "weir_processor_queued_bytes", 1,
                               "Content of the FlowFiles that wait in front of it." },
  [WEIR_NODE_BULLETINS] = { "bulletins", COUNT, "weir_processor_bulletins_total", 1,
                            "Bulletins that it gave out." },
  [WEIR_NODE_PHASE] = { "phase", STATE, "weir_processor_running", 1,
                        "1 while it is started, 0 while it is stopped." },
};

static const WeirMeasure connection[] = {
  [WEIR_CONNECTION_PASSED] = { "passed", COUNT, "weir_connection_passed_flowfiles_total", 1,
                               "FlowFiles that were put into it." },
  [WEIR_CONNECTION_PASSED_BYTES] = { "passed_bytes", COUNT, "weir_connection_passed_bytes_total", 1,
                                     "Content of the FlowFiles that were put into it." },
  [WEIR_CONNECTION_QUEUED] = { "queued", HIGHEST, "weir_connection_queued_flowfiles", 1,
                               "FlowFiles in it." },
  [WEIR_CONNECTION_QUEUED_BYTES] = { "queued_bytes", HIGHEST, "weir_connection_queued_bytes", 1,
                                     "Content of the FlowFiles in it." },
  [WEIR_CONNECTION_EXPIRED] = { "expired", COUNT, "weir_connection_expired_flowfiles_total", 1,
                                "FlowFiles that have expired in it." },
  [WEIR_CONNECTION_FULL] = { "full", HIGHEST, "weir_connection_full", 1,
                             "1 while it is full and holds its source back." },
};

G_STATIC_ASSERT (G_N_ELEMENTS (flow) == WEIR_FLOW_N && WEIR_FLOW_N <= WEIR_MEASURES_MAX);
G_STATIC_ASSERT (G_N_ELEMENTS (node) == WEIR_NODE_N && WEIR_NODE_N <= WEIR_MEASURES_MAX);
G_STATIC_ASSERT (G_N_ELEMENTS (connection) == WEIR_CONNECTION_N &&
                 WEIR_CONNECTION_N <= WEIR_MEASURES_MAX);

static const struct {
  const char *text;
  const WeirMeasure *measures;
  unsigned n;
} kinds[WEIR_N_SUBJECT_KINDS] = {
  [WEIR_SUBJECT_FLOW] = { "flow", flow, WEIR_FLOW_N },
  [WEIR_SUBJECT_NODE] = { "processor", node, WEIR_NODE_N },
  [WEIR_SUBJECT_CONNECTION] = { "connection", connection, WEIR_CONNECTION_N },
};

const WeirMeasure *
weir_measures_get (WeirSubjectKind kind, unsigned *ret_n)
{
  *ret_n = kinds[kind].n;
  return kinds[kind].measures;
}

bool
weir_measure_find (WeirSubjectKind kind, const char *name, unsigned *ret_measure)
{
  for (unsigned i = 0; i < kinds[kind].n; i++) {
    if (strcmp (kinds[kind].measures[i].name, name) == 0) {
      *ret_measure = i;
      return true;
    }
  }
  return false;
}

const char *
weir_subject_kind_get_text (WeirSubjectKind kind)
{
  return kinds[kind].text;
}
