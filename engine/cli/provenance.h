/* provenance.h: what the files of weir provenance share: what was asked for, and where. Thread:
 * main. */
#pragma once

#include "cli/command.h"
#include "cli/rows.h"
#include "provenance/history.h"

/* What was asked for, as it stands in the options. */
typedef struct {
  char *data;
  char *flowfile;
  char *component;
  char **types;
  char *since;
  char *until;
  char **attributes;
  char *text;
  char *larger;
  char *smaller;
  char *limit;
  char *after;
  char *before;
  char *columns;
  char *sql;
  char *lineage;
  gboolean reverse;
  gboolean follow;
  gboolean up;
  gboolean down;
  gboolean dot;
  gboolean json;
  gboolean csv;
} WeirProvenanceOptions;

/* And what that means. */
typedef struct {
  WeirHistoryFilter filter;
  GArray *attributes;              /* WeirHistoryAttribute */
  uint64_t limit;                  /* UINT64_MAX: none */
  WeirField fields[WEIR_N_FIELDS]; /* to show; n_fields 0: those for people */
  unsigned n_fields;
} WeirProvenanceSearch;

/* How far a long search is, on a terminal. */
typedef struct {
  bool is_wanted;
  bool is_drawn;
  int64_t next; /* when to draw it, monotonic */
  uint64_t n;   /* blocks */
} WeirProvenanceProgress;

typedef struct {
  WeirProvenanceOptions options;
  WeirProvenanceSearch search;
  WeirRowsFormat format;
  WeirHistory *history;
  WeirProvenanceProgress progress;
} WeirProvenance;

/* Reads the options. Returns: false with @error. */
bool weir_provenance_parse (WeirProvenance *self, GError **error);

/* Each shows something, and returns false with @error when it could not. */
bool weir_provenance_show_events (WeirProvenance *self, GError **error);
bool weir_provenance_follow (WeirProvenance *self, GError **error);
bool weir_provenance_show_event (WeirProvenance *self, uint64_t number, GError **error);
bool weir_provenance_show_lineage (WeirProvenance *self, GError **error);
bool weir_provenance_run_sql (WeirProvenance *self, GError **error);

/* Finds the FlowFile that --flowfile names. */
bool weir_provenance_find_flowfile (WeirProvenance *self, GError **error);

/* From now on a terminal shows how far a long search is, until a result is about to be written. */
void weir_provenance_start_progress (WeirProvenance *self);
void weir_provenance_end_progress (WeirProvenance *self);
