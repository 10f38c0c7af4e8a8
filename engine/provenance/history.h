/* history.h: all events of a data directory, for those who ask: partition by partition, block by
 * block, while an engine writes or when none does, from any process. Memory does not depend on how
 * much there is.
 *
 * Thread: one at a time. */
#pragma once

#include "provenance/partition.h"

typedef struct WeirHistory WeirHistory;

/* @directory: a data directory, or provenance/ of one. Returns: (transfer full): NULL with
 * @error. */
WeirHistory *weir_history_open (const char *directory, GError **error);
void weir_history_free (WeirHistory *history);

uint64_t weir_history_get_install (const WeirHistory *history);

/* Returns: (transfer none): where the partitions are. */
const char *weir_history_get_directory (const WeirHistory *history);

/* What could not be read: partitions and blocks that are damaged, gaps; each once. Returns:
 * (transfer none): strings. */
const GPtrArray *weir_history_get_problems (const WeirHistory *history);

/* The first and the last event that are kept. Returns: false when there are none. */
bool weir_history_get_range (WeirHistory *history, uint64_t *ret_first, uint64_t *ret_last);

/* Called before each block that is read: @event is in it. Returns: false to have all that asks end
 * with an error. */
typedef bool (*WeirHistoryProgressFunc) (void *user, uint64_t event);
void weir_history_set_progress (WeirHistory *history, WeirHistoryProgressFunc func, void *user);

/* Looks again which partitions there are: for those who follow. */
bool weir_history_refresh (WeirHistory *history, GError **error);

/* That an event sets, as a birth does with all that its FlowFile has. */
typedef struct {
  const char *name;
  const char *value; /* NULL: any */
} WeirHistoryAttribute;

/* Which events: each narrows it. Zeroed with WEIR_HISTORY_FILTER_INIT: all. */
typedef struct {
  uint64_t from, to;     /* numbers of events, both included */
  int64_t since, until;  /* both included */
  uint64_t flowfile;     /* its own events, and those that made something of it; 0: any */
  bool is_own;           /* with @flowfile: only its own */
  const char *component; /* its path, "group/read"; NULL: any */
  uint32_t types;        /* bit 1 << type; 0: any */
  const WeirHistoryAttribute *attributes; /* all of them */
  size_t n_attributes;
  uint64_t larger, smaller; /* bounds of size, both included; 0 and UINT64_MAX: any */
  const char *text; /* in the URI, details, names or values of attributes; any case; NULL: any */
  bool is_by_time;  /* in the order of time, then of numbers; else of numbers */
  bool is_descending;
  unsigned columns; /* WeirColumn that the caller looks at */
} WeirHistoryFilter;

#define WEIR_HISTORY_FILTER_INIT                                                    \
  {                                                                                 \
    .to = UINT64_MAX, .since = INT64_MIN, .until = INT64_MAX, .smaller = UINT64_MAX \
  }

/* The text of an attribute's name. Returns: (transfer none) (nullable): of @ret_size bytes, until
 * the event or the partition goes; NULL: it is not known. */
const char *weir_history_get_name (WeirPartition *partition, const WeirEntryName *name,
                                   size_t *ret_size);

typedef struct WeirHistoryCursor WeirHistoryCursor;

/* @filter and its strings must stay. Returns: (transfer full). */
WeirHistoryCursor *weir_history_find (WeirHistory *history, const WeirHistoryFilter *filter);
void weir_history_cursor_free (WeirHistoryCursor *cursor);

/* One event with its number and where its words are. Valid until the next call. */
typedef struct {
  uint64_t number;
  WeirEvent event;
  WeirPartition *partition;
} WeirHistoryEvent;

/* Returns: false at the end, or with @error. A damaged block is a problem of the history, and is
 * passed over. What is written while a cursor goes on is not seen by it. */
bool weir_history_cursor_next (WeirHistoryCursor *cursor, WeirHistoryEvent *ret_event,
                               GError **error);

/* The same in two steps, for those who look at few of what they pass: the event that was stepped
 * to, unpacked when it is asked for. Returns: (transfer none): until the next step, or until
 * anything else is asked of the history: then get it again. */
bool weir_history_cursor_step (WeirHistoryCursor *cursor, GError **error);
uint64_t weir_history_cursor_get_number (const WeirHistoryCursor *cursor);
const WeirHistoryEvent *weir_history_cursor_get_event (WeirHistoryCursor *cursor);

/* The FlowFile as it was before event @number, from its birth on. */
typedef struct {
  uint64_t flowfile;
  GHashTable *attributes; /* char* to char* */
  WeirContentRef content;
  uint64_t size;
  int64_t entry_time, lineage_start;
  bool is_whole; /* false: its birth is not kept any more, so more may have been there */
} WeirPast;
bool weir_history_get_past (WeirHistory *history, uint64_t flowfile, uint64_t number,
                            WeirPast *ret_past, GError **error);
void weir_past_clear (WeirPast *past);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirHistory, weir_history_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirHistoryCursor, weir_history_cursor_free)
