/* tally.h: how many events there are of each type, component, or both, in one pass that unpacks
 * nothing else: what GROUP BY over all events comes down to. */
#pragma once

#include "provenance/history.h"

typedef struct {
  WeirEventType type;   /* 0: not asked for */
  char *component;      /* NULL: the engine, or not asked for */
  char *component_type; /* NULL: not known */
  uint64_t n;
} WeirTallyRow;

/* @columns: WEIR_COLUMN_TYPE, WEIR_COLUMN_COMPONENT, both or none.
 * Returns: (transfer full): WeirTallyRow, each combination once; NULL with @error. */
GPtrArray *weir_tally_new (WeirHistory *history, unsigned columns, GError **error);
