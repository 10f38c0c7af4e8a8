/* fact.h: what the log says of a FlowFile for its provenance only: the WEIR_OP_FACT of an entry.
 * Its number is a mask of the fields that follow; a reader takes those that it knows.
 *
 * Most of it holds for all operations that follow in the entry until it is said anew, so a session
 * that does the same to many FlowFiles says it once. Thread: one at a time for each writer and
 * reader. */
#pragma once

#include "provenance/event.h"

typedef enum {
  /* Until they are said anew; in this order. */
  WEIR_FACT_SIZE = 1 << 0,         /* of the content after the operation */
  WEIR_FACT_SOURCE = 1 << 1,       /* number of the queue that it was taken from; 0: none */
  WEIR_FACT_RELATIONSHIP = 1 << 2, /* number of the relationship's name; 0: none */
  WEIR_FACT_HOW = 1 << 3,          /* WeirFactHow */
  WEIR_FACT_USEC = 1 << 4,         /* how long the session took */
  WEIR_FACT_OLD_SIZE = 1 << 5,     /* of the content before an update that changes it */

  /* Of the create, update or drop that follows, if WEIR_FACT_ID is not there. */
  WEIR_FACT_EVENT = 1 << 6, /* that it reports: its type, one byte */
  WEIR_FACT_PARENTS =
      1 << 7, /* n, then ids, signed, minus the one before; n 0: as in the fact before */
  WEIR_FACT_URI = 1 << 8,     /* of the event: size, text */
  WEIR_FACT_DETAILS = 1 << 9, /* of the event: size, text */
  WEIR_FACT_TOOK = 1 << 10,   /* of the event: microseconds */
  WEIR_FACT_ID = 1 << 11,     /* of the FlowFile, which has no operation in this entry */

  /* Of a component, in an entry of the engine: number, size, text of its type. */
  WEIR_FACT_TYPE = 1 << 12,
  WEIR_FACT_ALL = (1 << 13) - 1,
} WeirFactField;

typedef enum {
  WEIR_FACT_PLAIN,
  WEIR_FACT_CHOICE, /* a move without anything else is a ROUTE */
  WEIR_FACT_EXPIRED /* a drop is EXPIRE */
} WeirFactHow;

typedef struct {
  unsigned fields; /* WeirFactField */
  uint64_t size;
  uint64_t source;
  uint64_t relationship;
  WeirFactHow how;
  uint64_t usec;
  uint64_t old_size;
  WeirEventType event;
  const uint64_t *parents;
  size_t n_parents;
  const char *uri; /* not terminated, as are the others */
  size_t uri_size;
  const char *details;
  size_t details_size;
  uint64_t took;
  uint64_t id;
  uint64_t component;
  const char *type;
  size_t type_size;
} WeirFact;

/* Adds @fact to an entry. */
void weir_fact_write (const WeirFact *fact, WeirEntryWriter *writer);

/* Reads one from a WEIR_OP_FACT; what it points to is in that and in @parents (guint64), which
 * keeps those of the fact before. Fields that are not known are passed over. Returns: false when it
 * is malformed. */
bool weir_fact_read (const WeirOp *op, GArray *parents, WeirFact *ret_fact);
