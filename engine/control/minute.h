/* minute.h: the figures of one minute, of all that did something in it; and how minutes are kept.
 *
 * A minute becomes one row, sixty rows become blocks, in which the values of one measure stand
 * together: most follow from the one before and take a few bits once packed. Measures have numbers
 * of the file they are kept in (WeirColumns), so that one that comes, goes or moves in the tables
 * spoils nothing.
 *
 * What is read back may be anything: it is refused, or gives figures. Thread: one at a time. */
#pragma once

#include "control/reading.h"
#include "control/series.h"

#define WEIR_MINUTE_USEC  (60 * (int64_t)1000000)
#define WEIR_HOUR_MINUTES 60u
#define WEIR_COLUMNS_MAX  64u /* of one kind, ever, in one file */
#define WEIR_SHARD_KEYS   32u /* subjects in a block */

/* Where measures are in a file, and what is there. */
typedef struct {
  uint8_t numbers[WEIR_N_SUBJECT_KINDS][WEIR_MEASURES_MAX];
  int8_t measures[WEIR_N_SUBJECT_KINDS][WEIR_COLUMNS_MAX]; /* -1: none that is still known */
} WeirColumns;

typedef struct {
  uint32_t key;
  WeirSubjectKind kind;
  uint64_t values[WEIR_MEASURES_MAX];
} WeirMinuteSubject;

typedef struct {
  int64_t start;      /* wall, a multiple of a minute */
  int64_t covered;    /* microseconds of it that are known */
  GArray *subjects;   /* WeirMinuteSubject */
  GHashTable *places; /* key to its place among subjects, and one */
} WeirMinute;

/* Returns: (transfer full): the minute that @wall is in. */
WeirMinute *weir_minute_new (int64_t wall);
void weir_minute_free (WeirMinute *minute);

/* @since: of weir_reading_new_since, over the last @span microseconds. */
void weir_minute_add (WeirMinute *minute, const WeirReading *since, int64_t span);

/* Adds what was in another part of the same minute. */
void weir_minute_join (WeirMinute *minute, const WeirMinute *more);

/* Adds a subject that is not there yet. */
void weir_minute_put (WeirMinute *minute, uint32_t key, WeirSubjectKind kind,
                      const uint64_t *values);

/* Returns: (transfer none) (nullable): NULL when it did nothing. */
WeirMinuteSubject *weir_minute_find (const WeirMinute *minute, uint32_t key);

/* Returns: (transfer full). */
GBytes *weir_minute_encode (WeirMinute *minute, const WeirColumns *columns);

/* @start: where it was found. Returns: (transfer full): NULL with @error. */
WeirMinute *weir_minute_decode (const void *bytes, size_t size, int64_t start,
                                const WeirColumns *columns, GError **error);

/* Subjects whose keys divided by WEIR_SHARD_KEYS are @shard, of those @minutes of an hour that are
 * there (NULL: not).
 * Returns: (transfer full) (nullable): NULL when none of them did anything. */
GBytes *weir_shard_encode (WeirMinute *const minutes[WEIR_HOUR_MINUTES], uint32_t shard,
                           const WeirColumns *columns);

/* Called for each subject that did something in the hour; @values: of each minute, (transfer
 * none). */
typedef void (*WeirShardFunc) (void *data, uint32_t key, WeirSubjectKind kind,
                               const uint64_t (*values)[WEIR_MEASURES_MAX]);

bool weir_shard_decode (const void *bytes, size_t size, uint32_t shard, const WeirColumns *columns,
                        WeirShardFunc func, void *data, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirMinute, weir_minute_free)
