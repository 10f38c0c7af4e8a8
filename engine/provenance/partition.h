/* partition.h: one SQLite file of provenance: blocks of consecutive events, what finds them, the
 * words they use, and the place in the log up to which they go, all in one transaction.
 *
 * Thread: one at a time. */
#pragma once

#include "provenance/block.h"

typedef struct WeirPartition WeirPartition;

/* Where in the log the events go on. */
typedef struct {
  uint64_t place;    /* behind the last frame all of whose events are there */
  uint64_t sequence; /* of the frame that follows */
  uint64_t skip;     /* events of that frame that are there already */
  uint64_t event;    /* the next one's number; the first of all is 1 */
} WeirPosition;

/* Returns: (transfer full): the file of partition @number in @directory (provenance/). */
char *weir_partition_get_path (const char *directory, uint64_t number);

/* Makes file @number in @directory. Returns: (transfer full): NULL with @error. */
WeirPartition *weir_partition_create (const char *directory, uint64_t number, uint64_t install,
                                      const WeirPosition *start, GError **error);

/* Opens one to go on writing. Returns: (transfer full): NULL with @error: WEIR_ERROR_CORRUPT when
 * it is damaged, WEIR_ERROR_NOT_FOUND when it is not there or a crash came before anything was in
 * it. */
WeirPartition *weir_partition_open (const char *directory, uint64_t number, GError **error);

/* Opens one to read, which never makes its writer wait. Returns: (transfer full): NULL with @error.
 */
WeirPartition *weir_partition_open_to_read (const char *directory, uint64_t number, GError **error);
void weir_partition_free (WeirPartition *partition);

uint64_t weir_partition_get_number (const WeirPartition *partition);
uint64_t weir_partition_get_install (const WeirPartition *partition);
void weir_partition_get_start (const WeirPartition *partition, WeirPosition *ret_start);
bool weir_partition_get_position (WeirPartition *partition, WeirPosition *ret_position,
                                  GError **error);

/* A sentence about what is lost before its start, as it was told then. Returns: (transfer none)
 * (nullable): NULL: nothing is. */
const char *weir_partition_get_lost (const WeirPartition *partition);

/* --- writing --- */

/* Everything from here to the commit is there together or not at all. */
bool weir_partition_begin (WeirPartition *partition, GError **error);
/* A block, in the place of what was there of it. @end: where the events behind it go on. */
bool weir_partition_put_block (WeirPartition *partition, const WeirBlock *block,
                               const WeirPosition *end, GError **error);
bool weir_partition_put_word (WeirPartition *partition, unsigned kind, uint64_t number,
                              const char *text, GError **error);
bool weir_partition_put_type (WeirPartition *partition, uint64_t component, const char *type,
                              GError **error);
bool weir_partition_put_lost (WeirPartition *partition, const char *lost, GError **error);
bool weir_partition_commit (WeirPartition *partition, const WeirPosition *position, GError **error);

/* Takes back all since the beginning. */
void weir_partition_roll_back (WeirPartition *partition);

/* Takes away what is of frame @sequence of the log or later, which it does not have: after a power
 * cut it may have less than this file, or after a repair. Its start must not be behind that. */
bool weir_partition_cut (WeirPartition *partition, uint64_t sequence, bool *ret_is_cut,
                         GError **error);

/* Types of components as they were put, for the next partition. */
typedef void (*WeirPartitionTypeFunc) (void *data, uint64_t component, const char *type);
bool weir_partition_each_type (WeirPartition *partition, WeirPartitionTypeFunc func, void *data,
                               GError **error);

/* Brings all that was committed to disk, as far as readers let it. @ret_is_all: it is. */
bool weir_partition_checkpoint (WeirPartition *partition, bool *ret_is_all, GError **error);

/* Bytes that were committed since the last time when all was there. */
uint64_t weir_partition_get_unsettled (const WeirPartition *partition);

/* Whether somebody has taken the file away, or put another into its place. */
bool weir_partition_is_moved (WeirPartition *partition);

/* Bytes of the file, with those that are not in it yet. */
uint64_t weir_partition_get_size (WeirPartition *partition);

/* --- reading --- */

typedef struct {
  uint64_t first; /* event of the block */
  uint64_t n;
  int64_t earliest, latest;
  uint64_t lowest, highest;
  uint32_t types;
} WeirBlockRow;

/* Which blocks: each of them narrows it. */
typedef struct {
  uint64_t from, to;    /* events; to UINT64_MAX: all */
  int64_t since, until; /* time, both included; INT64_MIN and INT64_MAX: all */
  uint64_t flowfile;    /* or parent; 0: any */
  uint64_t component;   /* 0: any */
  uint32_t types;       /* 0: any */
  const char *name;     /* of an attribute that is set to @value; NULL: any */
  const char *value;
  bool is_descending;
} WeirBlockWish;

/* From the first event to the last, and of their times; n 0: there is none. */
bool weir_partition_get_range (WeirPartition *partition, WeirBlockRow *ret_range, GError **error);

/* The first block that fits and has event @at or one behind it; descending, the last that fits and
 * begins before event @at (UINT64_MAX: the last of all). So the next one is asked for with first +
 * n of this one, or with its first. Nothing stays locked after it. Returns: false at the end, or
 * with
 * @error. */
bool weir_partition_find_block (WeirPartition *partition, const WeirBlockWish *wish, uint64_t at,
                                WeirBlockRow *ret_row, GError **error);

/* Returns: (transfer full): the bytes of the block; NULL with @error. */
GBytes *weir_partition_read_block (WeirPartition *partition, uint64_t first, GError **error);

/* Returns: (transfer none) (nullable): the text of a number, kept until the partition is freed. */
const char *weir_partition_get_word (WeirPartition *partition, unsigned kind, uint64_t number);
/* Returns: 0 when it does not occur here. */
uint64_t weir_partition_find_word (WeirPartition *partition, unsigned kind, const char *text);
const char *weir_partition_get_type (WeirPartition *partition, uint64_t component);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirPartition, weir_partition_free)
