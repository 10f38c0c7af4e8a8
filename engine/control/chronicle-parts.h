/* chronicle-parts.h: the inside of a chronicle, for its own files. */
#pragma once

#include "base/lock.h"
#include "control/chronicle.h"
#include "provenance/sql.h"

#define WEIR_HOUR_USEC (WEIR_HOUR_MINUTES * WEIR_MINUTE_USEC)

/* Room for shards of an hour: keys are 32 bits. */
#define WEIR_SHARDS (INT64_C (1) << 28)

typedef enum {
  WEIR_CHRONICLE_ADD_SUBJECT,
  WEIR_CHRONICLE_RENAME,
  WEIR_CHRONICLE_FORGET,
  WEIR_CHRONICLE_ADD_COLUMN,
  WEIR_CHRONICLE_ADD_MINUTE,
  WEIR_CHRONICLE_GET_MINUTES,
  WEIR_CHRONICLE_FIRST_MINUTE,
  WEIR_CHRONICLE_DROP_MINUTES,
  WEIR_CHRONICLE_ADD_HOUR,
  WEIR_CHRONICLE_GET_HOURS,
  WEIR_CHRONICLE_ADD_SHARD,
  WEIR_CHRONICLE_GET_SHARD,
  WEIR_CHRONICLE_GET_SHARDS,
  WEIR_CHRONICLE_DROP_SHARDS,
  WEIR_CHRONICLE_DROP_HOURS,
  WEIR_CHRONICLE_GET_USED,
  WEIR_CHRONICLE_ADD_NOTICE,
  WEIR_CHRONICLE_DROP_NOTICES,
  WEIR_CHRONICLE_N_SQL,
} WeirChronicleSql;

struct WeirChronicle {
  char *path; /* for messages */
  WeirLock lock;
  sqlite3 *db; /* guarded by lock, as is what follows */
  sqlite3_stmt *statements[WEIR_CHRONICLE_N_SQL];
  WeirColumns columns;
  GHashTable *keys[WEIR_N_SUBJECT_KINDS]; /* path to key */
  uint32_t next_key;
  uint64_t next_notice;
};

/* Call with the lock held, as all here. Returns: (transfer none): NULL with @error. */
sqlite3_stmt *weir_chronicle_prepare (WeirChronicle *chronicle, WeirChronicleSql which,
                                      GError **error);

/* Binds @n numbers to a statement that gives nothing back, and steps it. */
bool weir_chronicle_run (WeirChronicle *chronicle, WeirChronicleSql which, const int64_t *numbers,
                         unsigned n, GError **error);

bool weir_chronicle_begin (WeirChronicle *chronicle, GError **error);

/* Commits, or rolls back when not @ok. Returns: whether all of it is kept. */
bool weir_chronicle_end (WeirChronicle *chronicle, bool ok, GError **error);

/* @ret_minute: (transfer full) (nullable): the minute that is not packed yet; NULL: there is none,
 * or it is damaged. */
bool weir_chronicle_get_row (WeirChronicle *chronicle, int64_t number, WeirMinute **ret_minute,
                             GError **error);
