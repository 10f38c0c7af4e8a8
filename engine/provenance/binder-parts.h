/* binder-parts.h: what binder.c and binder-open.c know of a binder. */
#pragma once

#include "provenance/binder.h"
#include "provenance/shelf.h"

/* A partition that is not written any more. */
typedef struct {
  uint64_t number;
  uint64_t bytes;
  int64_t latest; /* time; INT64_MAX: not known yet */
} WeirBinderFile;

struct WeirBinder {
  WeirBinderOptions options;
  GArray *files; /* WeirBinderFile, ascending */
  uint64_t last_number;

  uint64_t number;        /* of the one that is written; 0: none was begun */
  WeirPartition *current; /* NULL, too, after a failure: it will be opened again */
  uint64_t bytes;
  int64_t begun;
  uint64_t n_renames; /* of the dictionary, when the current one was begun */
  int64_t latest;     /* INT64_MIN: there is no event in it */
  GPtrArray *closing; /* WeirPartition: full, and not all on disk */

  WeirPosition base; /* behind the last block that is whole and committed */
  char *lost;        /* before base; NULL: nothing */
  GPtrArray *pending;
  GHashTable *words; /* in the current one: number * 4 + kind */
  GHashTable *types; /* uint64_t* to char*: all that is known */
  bool has_new_types;

  GArray *holes; /* WeirBinderHole; only those that can be filled */
  bool is_in_hole;
  bool has_told; /* that something cannot be removed */
};

/* What is in the current one is not known any more. */
void weir_binder_forget_current (WeirBinder *binder);

/* Puts file @number aside and says so. Returns: false with @error. */
bool weir_binder_put_aside (WeirBinder *binder, uint64_t number, const GError *reason,
                            GError **error);

/* Takes the types that a partition knows. */
bool weir_binder_take_types (WeirBinder *binder, WeirPartition *partition, GError **error);

/* Ends the current one. */
void weir_binder_close_current (WeirBinder *binder);
