/* edit-json.h: batches of edits as JSON: what clients send, what is told to all who listen, and
 * what is kept for undo.
 *
 * Components travel as fragments of a flow file (xml/fragment.h). What is written is read as the
 * same. No I/O. A fuzz target: tests/fuzz/fuzz-edit-json.c.
 *
 * Thread: any. */
#pragma once

#include "model/edit.h"
#include "wire/json.h"

/* {"name": "...", "operations": [{"op": "set", "path": "read", ...}]}
 * Returns: (transfer full): NULL with @error, which names the member ("operations[3].value"). */
WeirEditBatch *weir_edit_batch_parse (const char *text, size_t size, GError **error);
WeirEditBatch *weir_edit_batch_from_json (JsonObject *object, GError **error);

/* Adds it as one value, as the functions of json.h do. Returns: false with @error when a component
 * holds what XML cannot: then @out is as it was. */
bool weir_json_put_edit_batch (GString *out, const char *name, const WeirEditBatch *batch,
                               GError **error);
