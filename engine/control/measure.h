/* measure.h: what is known in numbers of each thing in a flow: one table for the live stream, the
 * history, /metrics and their documentation.
 *
 * Thread: any; rows are const. */
#pragma once

#include <stdbool.h>

typedef enum {
  WEIR_SUBJECT_FLOW,
  WEIR_SUBJECT_NODE, /* a processor, port or funnel */
  WEIR_SUBJECT_CONNECTION,
} WeirSubjectKind;
#define WEIR_N_SUBJECT_KINDS (WEIR_SUBJECT_CONNECTION + 1)

/* What several values, one after the other, are together. */
typedef enum {
  WEIR_MEASURE_COUNT,   /* grows from the start on; over a time, what was added */
  WEIR_MEASURE_HIGHEST, /* of a moment; over a time, the highest */
  WEIR_MEASURE_LOWEST,
  WEIR_MEASURE_STATE, /* of a moment; no history is kept */
} WeirMeasureNature;

typedef struct {
  const char *name; /* "in_bytes": in the live stream and the history */
  WeirMeasureNature nature;
  const char *metric; /* of Prometheus; NULL: not there */
  double scale;       /* of the metric, so that it is in seconds or bytes */
  const char *doc;    /* one sentence */
  bool drifts;        /* changes while nothing happens: told once a second at most */
} WeirMeasure;

/* No kind has more. */
#define WEIR_MEASURES_MAX 16

/* Places in the tables of weir_measures_get. */
enum {
  WEIR_FLOW_TASKS,
  WEIR_FLOW_TASK_USEC,
  WEIR_FLOW_QUEUED,
  WEIR_FLOW_QUEUED_BYTES,
  WEIR_FLOW_BULLETINS,
  WEIR_FLOW_CPU_USEC,
  WEIR_FLOW_MEMORY,
  WEIR_FLOW_LOG_BYTES,
  WEIR_FLOW_DISK_FREE,
  WEIR_FLOW_DISK_LOW,
  WEIR_FLOW_PROVENANCE_LAG,
  WEIR_FLOW_PROVENANCE_BYTES,
  WEIR_FLOW_PROVENANCE_EVENTS,
  WEIR_FLOW_N,
};

enum {
  WEIR_NODE_IN,
  WEIR_NODE_IN_BYTES,
  WEIR_NODE_OUT,
  WEIR_NODE_OUT_BYTES,
  WEIR_NODE_READ_BYTES,
  WEIR_NODE_WRITTEN_BYTES,
  WEIR_NODE_TASKS,
  WEIR_NODE_TASK_USEC,
  WEIR_NODE_QUEUED,
  WEIR_NODE_QUEUED_BYTES,
  WEIR_NODE_BULLETINS,
  WEIR_NODE_PHASE, /* WeirPhase */
  WEIR_NODE_N,
};

enum {
  WEIR_CONNECTION_PASSED,
  WEIR_CONNECTION_PASSED_BYTES,
  WEIR_CONNECTION_QUEUED,
  WEIR_CONNECTION_QUEUED_BYTES,
  WEIR_CONNECTION_EXPIRED,
  WEIR_CONNECTION_FULL, /* 1: its source waits */
  WEIR_CONNECTION_N,
};

/* Returns: (transfer none): the measures of @kind. */
const WeirMeasure *weir_measures_get (WeirSubjectKind kind, unsigned *ret_n);

/* Returns: false when @kind has no measure of that name. */
bool weir_measure_find (WeirSubjectKind kind, const char *name, unsigned *ret_measure);

/* "flow", "processor", "connection". Returns: (transfer none). */
const char *weir_subject_kind_get_text (WeirSubjectKind kind);
