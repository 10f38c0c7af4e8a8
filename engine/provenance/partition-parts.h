/* partition-parts.h: what the files that make up a partition know of it. */
#pragma once

#include "provenance/partition.h"
#include "provenance/sql.h"

#define WEIR_PARTITION_PAGE 16384

/* What is prepared, once it is needed. */
typedef enum {
  WEIR_SQL_BEGIN,
  WEIR_SQL_COMMIT,
  WEIR_SQL_ROLL_BACK,
  WEIR_SQL_PUT_META,
  WEIR_SQL_GET_META,
  WEIR_SQL_PUT_BLOCK,
  WEIR_SQL_PUT_DATA,
  WEIR_SQL_PUT_BUCKET,
  WEIR_SQL_PUT_FILTER,
  WEIR_SQL_PUT_WORD,
  WEIR_SQL_PUT_TYPE,
  WEIR_SQL_PAGES,
  WEIR_SQL_GET_CUT,
  WEIR_SQL_GET_END,
  WEIR_SQL_RANGE,
  WEIR_SQL_FIND,
  WEIR_SQL_FIND_BACK,
  WEIR_SQL_FIND_FLOWFILE,
  WEIR_SQL_FIND_FLOWFILE_BACK,
  WEIR_SQL_GET_FILTER,
  WEIR_SQL_GET_DATA,
  WEIR_SQL_GET_WORD,
  WEIR_SQL_FIND_WORD,
  WEIR_SQL_GET_TYPE,
  WEIR_SQL_EACH_TYPE,
  WEIR_N_SQL
} WeirPartitionSql;

struct WeirPartition {
  sqlite3 *db;
  char *path;
  uint64_t number;
  uint64_t install;
  WeirPosition start;
  char *lost;
  uint64_t n_unsettled; /* pages in the write-ahead log */
  sqlite3_stmt *statements[WEIR_N_SQL];
  GHashTable *words; /* WeirPartitionWord, its own key */
  GHashTable *types; /* the same, with kind 0 and the component */
};

typedef struct {
  uint64_t number;
  unsigned kind;
  char text[];
} WeirPartitionWord;

/* Returns: (transfer none): ready to be bound and stepped; NULL with @error. */
sqlite3_stmt *weir_partition_prepare (WeirPartition *partition, WeirPartitionSql which,
                                      GError **error);

bool weir_partition_put_position (WeirPartition *partition, const WeirPosition *position,
                                  GError **error);
