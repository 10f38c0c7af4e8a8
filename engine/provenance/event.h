/* event.h: one event in the life of a FlowFile, as it is derived from the log. It points into what
 * it was made from and lives no longer. docs/internals/provenance.md says which there are. */
#pragma once

#include "store/entry.h"

#include <weir/event.h>

typedef struct {
  WeirEventType type;
  bool is_birth;         /* the first one of its FlowFile */
  uint64_t flowfile;     /* id */
  int64_t time;          /* wall, microseconds, as are all times */
  uint64_t usec;         /* how long it took */
  uint64_t component;    /* number, as are the next three; 0: the engine */
  uint64_t relationship; /* an attribute name's number; 0: none */
  uint64_t source;       /* the queue it was taken from; 0: none */
  uint64_t queue;        /* the queue it went to; 0: none */
  uint64_t size;         /* of its content, after the event */
  uint64_t old_size;     /* and before; for a birth 0 */
  int64_t entry_time;    /* of a birth */
  int64_t lineage_start; /* of a birth */

  /* What was set and removed; of a birth what it has. @is_based: it begins as the birth before it
   * in the same entry. */
  bool has_attributes;
  bool is_based;
  WeirOpNames set;
  WeirOpNames removed;

  bool has_content; /* a new one */
  WeirContentRef content;

  const uint64_t *parents; /* of a birth */
  size_t n_parents;
  const char *uri; /* of uri_size bytes, not terminated, as is the next; NULL: none */
  size_t uri_size;
  const char *details;
  size_t details_size;
} WeirEvent;

/* Returns: (transfer none) (nullable): "CREATE"; NULL when there is no such type. */
const char *weir_event_type_get_name (WeirEventType type);

/* The type called @name, in upper or lower case; 0 when there is none. */
WeirEventType weir_event_type_find (const char *name);
