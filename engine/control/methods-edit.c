/* methods-edit.c: edits of a flow, and the way back. */
#include "control/methods-flow.h"

#include "base/limits.h"
#include "wire/edit-json.h"
#include "wire/json.h"

#define PAGE     100
#define PAGE_MAX 1000

static void
put_paths (GString *out, const char *name, const GPtrArray *paths)
{
  weir_json_put_texts (out, name, (const char *const *)paths->pdata, paths->len);
}

static void
put_entry (GString *out, const WeirEditEntry *entry, const WeirMask *mask)
{
  static const char *const kinds[] = { "edit", "undo", "redo" };
  g_autofree char *forward = weir_mask_apply (mask, entry->forward);
  g_autofree char *inverse = weir_mask_apply (mask, entry->inverse);

  weir_json_put_uint (out, "revision", entry->revision);
  weir_json_put_time (out, "time", entry->wall);
  weir_json_put_text (out, "who", entry->who);
  weir_json_put_text (out, "name", entry->name);
  weir_json_put_text (out, "kind", kinds[entry->kind]);
  weir_json_put_uint (out, "of", entry->of);
  weir_json_put_raw (out, "batch", forward);
  weir_json_put_raw (out, "inverse", inverse);
}

char *
weir_host_edit_to_json (const WeirHostEdit *edit, const WeirMask *mask)
{
  g_autoptr (GString) out = g_string_new (NULL);

  weir_json_begin (out, NULL, '{');
  put_entry (out, edit->entry, mask);
  weir_json_begin (out, "renames", '[');
  for (guint i = 0; i < edit->renames->len; i++) {
    const WeirEditRename *rename = edit->renames->pdata[i];

    weir_json_begin (out, NULL, '{');
    weir_json_put_text (out, "from", rename->from);
    weir_json_put_text (out, "to", rename->to);
    weir_json_end (out, '}');
  }
  weir_json_end (out, ']');
  put_paths (out, "added", edit->report->added);
  put_paths (out, "removed", edit->report->removed);
  put_paths (out, "changed", edit->report->changed);
  put_paths (out, "restarted", edit->report->restarted);
  put_paths (out, "stranded", edit->report->stranded);
  weir_json_put_real (out, "stopped_ms", (double)edit->report->stopped_usec / 1000, 3);
  weir_json_end (out, '}');
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static bool
answer (WeirCall *call, WeirFlowHost *host, WeirHostEdit *edit)
{
  g_autoptr (WeirDocument) document = weir_flow_host_ref_document (host);
  g_autofree char *json = weir_host_edit_to_json (edit, weir_document_get_mask (document));

  g_string_append (weir_call_answer (call), json);
  weir_call_note (call, edit->entry->name, NULL, NULL);
  weir_host_edit_clear (edit);
  return true;
}

static bool
on_edit (WeirCall *call, void *target, GError **error)
{
  JsonObject *body = weir_call_get_body (call);
  WeirHostEditOptions options = { .who = weir_call_get_identity (call)->name };
  g_autoptr (WeirEditBatch) batch = NULL;
  JsonObject *object = NULL;
  WeirHostEdit edit = { 0 };

  if (!weir_json_get_object (body, "", "batch", true, &object, error) ||
      !weir_json_get_bool (body, "", "strand", false, &options.may_strand, error))
    return false;
  batch = weir_edit_batch_from_json (object, error);
  return batch != NULL && weir_flow_host_edit (target, batch, &options, &edit, error) &&
         answer (call, target, &edit);
}

static bool
on_undo (WeirCall *call, void *target, GError **error)
{
  WeirHostEditOptions options = { .who = weir_call_get_identity (call)->name };
  WeirHostEdit edit = { 0 };

  return weir_flow_host_undo (target, &options, &edit, error) && answer (call, target, &edit);
}

static bool
on_redo (WeirCall *call, void *target, GError **error)
{
  WeirHostEditOptions options = { .who = weir_call_get_identity (call)->name };
  WeirHostEdit edit = { 0 };

  return weir_flow_host_redo (target, &options, &edit, error) && answer (call, target, &edit);
}

static bool
on_list (WeirCall *call, void *target, GError **error)
{
  g_autoptr (WeirDocument) document = weir_flow_host_ref_document (target);
  GString *out = weir_call_answer (call);
  g_autoptr (GPtrArray) entries =
      weir_flow_host_list_edits (target, (uint64_t)weir_call_get_int (call, "before", INT64_MAX),
                                 (unsigned)weir_call_get_int (call, "limit", PAGE), error);

  if (entries == NULL)
    return false;
  weir_json_begin (out, NULL, '{');
  weir_json_put_uint (out, "revision", weir_document_get_revision (document));
  weir_json_begin (out, "edits", '[');
  for (guint i = 0; i < entries->len; i++) {
    weir_json_begin (out, NULL, '{');
    put_entry (out, entries->pdata[i], weir_document_get_mask (document));
    weir_json_end (out, '}');
  }
  weir_json_end (out, ']');
  weir_json_end (out, '}');
  return true;
}

/* --- rows --- */

static const WeirParam flow_params[] = { WEIR_FLOW_PARAM, { 0 } };

static const WeirParam list_params[] = {
  WEIR_FLOW_PARAM,
  { .name = "before",
    .doc = "Only edits with lower revisions.",
    .kind = WEIR_PARAM_INT,
    .min = 1,
    .max = INT64_MAX },
  { .name = "limit",
    .doc = "How many at most (100).",
    .kind = WEIR_PARAM_INT,
    .min = 1,
    .max = PAGE_MAX },
  { 0 },
};

static const WeirSchemaText schemas[] = {
  { "EditEntry",
    "{\"type\":\"object\",\"description\":\"One edit that was made. `batch` did it, `inverse` "
    "takes "
    "it back.\",\"additionalProperties\":true,\"required\":[\"revision\",\"name\"],"
    "\"properties\":{\"revision\":{\"type\":\"integer\"},\"time\":{\"type\":\"string\"},"
    "\"who\":{\"type\":\"string\"},\"name\":{\"type\":\"string\"},"
    "\"kind\":{\"type\":\"string\",\"enum\":[\"edit\",\"undo\",\"redo\"]},"
    "\"of\":{\"type\":\"integer\"}}}" },
  { 0 },
};

#define ANSWER                                                                 \
  "{\"revision\": 8, \"time\": \"2026-11-21T03:00:00Z\", \"who\": \"maria\", " \
  "\"name\": \"Set Batch Size of read\", \"kind\": \"edit\", \"of\": 0}"

static const WeirMethod rows[] = {
  { .name = "edit.apply",
    .verb = "POST",
    .path = "/v1/flows/{flow}/edits",
    .role = WEIR_ROLE_EDITOR,
    .flags = WEIR_METHOD_FLOW | WEIR_METHOD_AUDIT,
    .doc = "Applies a batch of operations, all of them or none. Stops only what it touches, keeps "
           "what is queued, saves the flow's file. What expects something that is not there any "
           "more is a conflict (409). A connection that still holds FlowFiles is removed only with "
           "`strand`: they are kept aside, and are back when the connection is.",
    .params = flow_params,
    .body = "{\"type\":\"object\",\"required\":[\"batch\"],\"properties\":{"
            "\"batch\":{\"type\":\"object\",\"additionalProperties\":true},"
            "\"strand\":{\"type\":\"boolean\"}}}",
    .result = "{\"$ref\":\"EditEntry\"}",
    .body_max = WEIR_LIMIT_FLOW_BYTES,
    .example = "{\"batch\": {\"operations\": [{\"op\": \"set\", \"path\": \"read\", "
               "\"property\": \"Batch Size\", \"value\": \"10\"}]}}",
    .answer = ANSWER,
    .handle = on_edit },
  { .name = "edit.undo",
    .verb = "POST",
    .path = "/v1/flows/{flow}/edits/undo",
    .role = WEIR_ROLE_EDITOR,
    .flags = WEIR_METHOD_FLOW | WEIR_METHOD_AUDIT,
    .doc = "Takes the last edit back that was not taken back yet.",
    .params = flow_params,
    .result = "{\"$ref\":\"EditEntry\"}",
    .answer = ANSWER,
    .handle = on_undo },
  { .name = "edit.redo",
    .verb = "POST",
    .path = "/v1/flows/{flow}/edits/redo",
    .role = WEIR_ROLE_EDITOR,
    .flags = WEIR_METHOD_FLOW | WEIR_METHOD_AUDIT,
    .doc = "Makes the edit again that was taken back last.",
    .params = flow_params,
    .result = "{\"$ref\":\"EditEntry\"}",
    .answer = ANSWER,
    .handle = on_redo },
  { .name = "edit.list",
    .verb = "GET",
    .path = "/v1/flows/{flow}/edits",
    .role = WEIR_ROLE_VIEWER,
    .flags = WEIR_METHOD_FLOW,
    .doc = "The edits of a flow, the newest first.",
    .params = list_params,
    .result = "{\"type\":\"object\",\"properties\":{\"revision\":{\"type\":\"integer\"},"
              "\"edits\":{\"type\":\"array\",\"items\":{\"$ref\":\"EditEntry\"}}}}",
    .answer = "{\"revision\": 8, \"edits\": []}",
    .handle = on_list },
  { 0 },
};

const WeirMethodTable weir_methods_edit = {
  .title = "Edits",
  .doc = "A flow is changed by batches of operations while it runs.",
  .rows = rows,
  .schemas = schemas,
};
