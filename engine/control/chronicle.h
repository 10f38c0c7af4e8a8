/* chronicle.h: what is kept of a flow's past beside its FlowFiles: figures of each minute of a
 * month, and its bulletins. SQLite in the flow's data directory.
 *
 * What was written survives the end of the process, however that ends. What fails here is told and
 * never ends the flow. Thread: any, unless said otherwise. */
#pragma once

#include "control/minute.h"
#include "control/notices.h"

typedef struct WeirChronicle WeirChronicle;

/* @path: of the file, which is made if need be; NULL: in memory. One that is damaged is put aside,
 * which @ret_message then says, (transfer full); else that is NULL.
 * Returns: (transfer full): NULL with @error. */
WeirChronicle *weir_chronicle_open (const char *path, char **ret_message, GError **error);
void weir_chronicle_free (WeirChronicle *chronicle);

/* --- who is who --- */

/* Gives each of @roster that has none its key, before anybody else sees it. What has one, from an
 * earlier roster, may be at another path now: then its past is there, too. Keys are given in any
 * case; on failure they are those of this run only. */
bool weir_chronicle_give_keys (WeirChronicle *chronicle, WeirRoster *roster, GError **error);

/* Returns: false when nothing of @kind had that path, ever. */
bool weir_chronicle_find_key (WeirChronicle *chronicle, WeirSubjectKind kind, const char *path,
                              uint32_t *ret_key);

/* --- figures --- */

/* Keeps @minute, and lets go of what is too old or too much at @wall. */
bool weir_chronicle_add_minute (WeirChronicle *chronicle, WeirMinute *minute, GError **error);

/* Adds what is known of the subject with @key before @end. */
bool weir_chronicle_read (WeirChronicle *chronicle, uint32_t key, int64_t end, WeirSeries *series,
                          GError **error);

/* Returns: (transfer full) (nullable): the minute that @wall is in; NULL without @error: nothing is
 * known of it. */
WeirMinute *weir_chronicle_read_minute (WeirChronicle *chronicle, int64_t wall, GError **error);

/* --- bulletins --- */

/* What the next one has to have. */
uint64_t weir_chronicle_get_next_notice (WeirChronicle *chronicle);

/* Keeps @notices (WeirNotice), which are newer than all before. */
bool weir_chronicle_add_notices (WeirChronicle *chronicle, const GPtrArray *notices,
                                 GError **error);

typedef struct {
  uint64_t before; /* ids below it; 0: all */
  uint64_t after;  /* ids above it */
  unsigned max;
  WeirLogLevel level;    /* at least; WEIR_LOG_DEBUG: all */
  const char *component; /* its path, or that of a group around it; NULL: all */
  const char *text;      /* in the message, whatever case; NULL: any */
  const char *flowfile;  /* its uuid; NULL: any */
  int64_t since;         /* wall; 0: all */
} WeirNoticeQuery;

/* Returns: (transfer full): WeirNotice, the newest first; NULL with @error. */
GPtrArray *weir_chronicle_list_notices (WeirChronicle *chronicle, const WeirNoticeQuery *query,
                                        GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirChronicle, weir_chronicle_free)
