/* edit-log.h: every edit of a flow, in order, with the way back: what undo and redo go by, also
 * after a restart. SQLite in the flow's data directory.
 *
 * An undo is an edit like any other, which says what it takes back, and so is a redo; a new edit
 * after an undo leaves what was undone in the log and out of reach of redo.
 *
 * Thread: one at a time. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct WeirEditLog WeirEditLog;

typedef enum {
  WEIR_STEP_DONE,
  WEIR_STEP_UNDO, /* of `of` */
  WEIR_STEP_REDO, /* of `of` */
} WeirStepKind;

typedef struct {
  uint64_t revision; /* that it made */
  int64_t wall;
  char *who;
  char *name; /* "Move 3 processors" */
  WeirStepKind kind;
  uint64_t of;   /* the revision that an undo took back or a redo made again; 0: none */
  char *forward; /* batches, as JSON */
  char *inverse;
  char *ran; /* paths of what it took away while it ran, a line each: undo starts them again */
} WeirEditEntry;

void weir_edit_entry_free (WeirEditEntry *entry);

/* @path: of the file, which is made if need be; NULL: in memory. Returns: (transfer full): NULL
 * with @error. */
WeirEditLog *weir_edit_log_open (const char *path, GError **error);
void weir_edit_log_free (WeirEditLog *log);

/* Of the newest entry; 0: there is none. */
uint64_t weir_edit_log_get_revision (const WeirEditLog *log);

/* Keeps @entry, whose revision is the newest. It is durable when this returns. */
bool weir_edit_log_add (WeirEditLog *log, const WeirEditEntry *entry, GError **error);

/* Returns: (transfer full) (nullable): the edit that undo would take back now, or redo make again;
 * NULL without @error when there is none. */
WeirEditEntry *weir_edit_log_get_undo (WeirEditLog *log, GError **error);
WeirEditEntry *weir_edit_log_get_redo (WeirEditLog *log, GError **error);

/* Returns: (transfer full): up to @max entries (WeirEditEntry) with revisions below @before, the
 * newest first; NULL with @error. */
GPtrArray *weir_edit_log_list (WeirEditLog *log, uint64_t before, unsigned max, GError **error);

/* What people stopped, and stays so over a restart: set of paths.
 * Returns: (transfer full): NULL with @error. */
GHashTable *weir_edit_log_get_stopped (WeirEditLog *log, GError **error);
bool weir_edit_log_set_stopped (WeirEditLog *log, const char *path, bool is_stopped,
                                GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirEditEntry, weir_edit_entry_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirEditLog, weir_edit_log_free)
