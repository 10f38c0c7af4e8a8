/* put.h: what the two steps of PutFile share. The first, put-write.c, writes a batch of FlowFiles
 * aside, notes in the state where each belongs, and holds them. When that is durable, the second,
 * put-publish.c, gives the files their names and lets the FlowFiles go. So a start after a crash
 * finds, for each FlowFile that is noted, either the file aside, which still needs its name, or no
 * such file, because it has it (docs/decisions/0010-exactly-once-files.md).
 *
 * Thread: trigger, unless said otherwise; several at once. */
#pragma once

#include "target.h"

#include <weir/processor.h>
#include <weir/session.h>

/* Each file of a batch is open until it is synced. Less than that would be synced more often
 * (docs/decisions/0014-what-a-copy-of-files-takes.md). */
#define PUT_BATCH_MAX 1024

typedef enum {
  PUT_FAIL,
  PUT_REPLACE,
  PUT_IGNORE,
} PutConflict;

enum { PUT_SUCCESS, PUT_FAILURE };

typedef struct PutDesk PutDesk;

/* The state of the processor. */
typedef struct {
  const WeirExpr *directory;
  WeirChoice conflict; /* PutConflict */
  bool create;
  int64_t max_count;
  const WeirExpr *modified;
  const WeirExpr *permissions;
  const WeirExpr *owner;
  const WeirExpr *group;
  bool sync;

  PutDesk *desk;
  const char *path; /* of the directory, where it is the same for all; else NULL */
} PutFile;

/* One FlowFile that is held. */
typedef struct {
  WeirFlowFile *flowfile;
  uint64_t id;
  char *path; /* of the directory, absolute */
  char *name;
  bool is_left; /* written before the start, or the first try was undone */
} PutItem;

typedef struct {
  PutItem items[PUT_BATCH_MAX];
  unsigned n;
} PutBatch;

/* Returns: (transfer full). */
PutBatch *put_batch_new (void);

/* Takes NULL. */
void put_batch_free (PutBatch *batch);

/* --- put-desk.c: what waits --- */

/* Returns: (transfer full). */
PutDesk *put_desk_new (WeirContext *context);

/* The processor has stopped: what waits is forgotten, the state knows of it. Takes NULL. */
void put_desk_close (PutDesk *desk);

/* The number that names of files aside have. False until it cannot be lost: the processor is
 * triggered then. */
bool put_desk_get_owner (PutDesk *desk, WeirSession *session, uint64_t *ret_owner);

/* True when enough is waiting. */
bool put_desk_is_full (PutDesk *desk);

/* @id is being worked on. Until put_desk_drop nobody removes what is aside for it. Thread: any. */
void put_desk_add (PutDesk *desk, uint64_t id);
void put_desk_drop (PutDesk *desk, uint64_t id);

/* Has @batch (transfer full) be taken by put_desk_take once @session is durable. */
void put_desk_submit (PutDesk *desk, PutBatch *batch, WeirSession *session);

/* Returns: (transfer full) (nullable): the oldest batch that can be published. */
PutBatch *put_desk_take (PutDesk *desk);

/* Once in a run for each directory: removes what an earlier run has left in @folder and nobody
 * comes back to. */
void put_desk_sweep (PutDesk *desk, FileFolder *folder, uint64_t owner, WeirSession *session);

/* The same, once, in the directory @path if it is there. */
void put_desk_look_back (PutDesk *desk, const char *path, WeirSession *session);

/* For who outlives the processor. Returns: (transfer full): @desk. Thread: any, for both. */
PutDesk *put_desk_ref (PutDesk *desk);
void put_desk_unref (PutDesk *desk);

/* --- the note of one FlowFile --- */

void put_note_set (WeirSession *session, const PutItem *item);
void put_note_clear (WeirSession *session, uint64_t id);

/* Sets path and name of @item if its id is noted. */
bool put_note_get (WeirSession *session, PutItem *item);

/* --- the steps --- */

/* Whether there is a place for @name in @folder; @ret_write: whether it is to be written. */
bool put_check_place (const PutFile *self, FileFolder *folder, const char *name, bool *ret_write,
                      GError **error);

/* What could not be written: says why, and sends the FlowFile to failure. */
void put_refuse (WeirSession *session, WeirFlowFile *flowfile, GError *error /* (transfer full) */);

/* One trigger's part of the first step. */
typedef struct PutWork PutWork;

/* Writes what there is. Returns: (transfer full): for put_write_end. */
PutWork *put_write_begin (const PutFile *self, WeirSession *session, uint64_t owner);

unsigned put_write_get_count (const PutWork *work);

/* Syncs each file by itself, and refuses those that cannot be. */
void put_write_sync (PutWork *work);

/* Notes and holds what was written. */
void put_write_end (PutWork *work);

/* One trigger's part of the second step. */
typedef struct PutRest PutRest;

/* Gives the files of @batch (transfer full) their names. Returns: (transfer full): for
 * put_publish_end. */
PutRest *put_publish_begin (const PutFile *self, WeirSession *session, PutBatch *batch,
                            uint64_t owner);

/* Makes names durable that are not yet. */
void put_publish_sync (PutRest *rest);

/* Lets the FlowFiles go. */
void put_publish_end (PutRest *rest, WeirSession *session);

/* The directories that names of were changed. Returns: (transfer none): of FileFolder. */
const GPtrArray *put_write_get_folders (const PutWork *work);
const GPtrArray *put_publish_get_folders (const PutRest *rest);
