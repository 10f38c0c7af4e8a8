/* flow-host-parts.h: the struct, for the files of the flow host only. */
#pragma once

#include "control/flow-host-edit.h"

#include "base/lock.h"

struct WeirFlowHost {
  char *name;
  char *path;
  char *data_dir; /* NULL: all is in memory */
  const WeirDocumentContext *context;
  WeirEngine *engine;
  _Atomic (WeirObserver *) observer; /* set while the engine is made */
  WeirBulletinFunc on_bulletin;      /* of the options, as the next two */
  void (*on_failure) (void *data, const GError *error);
  void *data;
  int64_t start; /* monotonic */

  WeirLock editing;         /* held by who changes the flow or what runs of it, all the time */
  WeirEditLog *edits;       /* guarded by editing: opened when it is asked for */
  GHashTable *stopped;      /* guarded by editing: set of paths, as people named them */
  char *digest;             /* guarded by editing: of the file as it was read or written last */
  WeirHostEditFunc on_edit; /* guarded by editing */
  void *on_edit_data;

  WeirLock lock;
  WeirDocument *document; /* guarded by lock */
};

/* Opens the log of edits if that was not done. Call with `editing` held.
 * Returns: (transfer none): NULL with @error. */
WeirEditLog *weir_flow_host_open_edits (WeirFlowHost *host, GError **error);

/* Notes what the file at `path` is now. Call with `editing` held, or before there are threads. */
bool weir_flow_host_look_at_file (WeirFlowHost *host, GError **error);

/* Whether it is still what it was. Likewise. */
bool weir_flow_host_check_file (WeirFlowHost *host, GError **error);
bool weir_flow_host_write_file (WeirFlowHost *host, const WeirDocument *document, GError **error);

/* Keeps that people have stopped what is at @path, or have started it. Call with `editing` held. */
bool weir_flow_host_note_stopped (WeirFlowHost *host, const char *path, bool is_stopped,
                                  GError **error);
