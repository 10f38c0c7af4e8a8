/* flow-host-edit.h: edits of a flow that runs, one after the other, each with its way back.
 *
 * Thread: any but the loop: an edit waits for what it touches. */
#pragma once

#include "control/flow-host.h"
#include "model/edit.h"
#include "runtime/reshape.h"

typedef struct {
  const char *who;
  bool may_strand; /* FlowFiles of connections that go are put aside; else it is refused */
} WeirHostEditOptions;

/* What an edit did. */
typedef struct {
  WeirEditEntry *entry;
  WeirReshapeReport *report;
  GPtrArray *renames; /* WeirEditRename */
} WeirHostEdit;

void weir_host_edit_clear (WeirHostEdit *edit);

/* Applies @batch, has the engine follow, saves the flow's file and keeps the edit. @ret_edit may be
 * NULL. Returns: false with @error: then all is as it was. WEIR_ERROR_EXISTS is a conflict. */
bool weir_flow_host_edit (WeirFlowHost *host, const WeirEditBatch *batch,
                          const WeirHostEditOptions *options, WeirHostEdit *ret_edit,
                          GError **error);

/* Takes the last edit back, or makes again what was taken back. */
bool weir_flow_host_undo (WeirFlowHost *host, const WeirHostEditOptions *options,
                          WeirHostEdit *ret_edit, GError **error);
bool weir_flow_host_redo (WeirFlowHost *host, const WeirHostEditOptions *options,
                          WeirHostEdit *ret_edit, GError **error);

/* Returns: (transfer full): as weir_edit_log_list. */
GPtrArray *weir_flow_host_list_edits (WeirFlowHost *host, uint64_t before, unsigned max,
                                      GError **error);

/* Told of each edit, in order, while no other can happen. */
typedef void (*WeirHostEditFunc) (void *data, const WeirHostEdit *edit);
void weir_flow_host_set_on_edit (WeirFlowHost *host, WeirHostEditFunc func, void *data);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WeirHostEdit, weir_host_edit_clear)
