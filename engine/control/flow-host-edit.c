/* flow-host-edit.c: the order of an edit is: document, engine, file, log. What fails at one of them
 * is undone at those before it, so that the four always tell the same. */
#include "control/flow-host-edit.h"

#include "base/error.h"
#include "control/flow-host-parts.h"
#include "model/clone.h"
#include "runtime/running.h"
#include "wire/edit-json.h"

#include <string.h>

#define TOUCH_USEC (10 * (int64_t)G_USEC_PER_SEC) /* for triggers of what is touched to return */

typedef struct {
  WeirFlowHost *host;
  const WeirHostEditOptions *options;
  WeirStepKind kind;
  uint64_t of;
  char **runs; /* paths that the step brings back and that ran when they went; NULL: none */
} Step;

void
weir_host_edit_clear (WeirHostEdit *edit)
{
  g_clear_pointer (&edit->entry, weir_edit_entry_free);
  g_clear_pointer (&edit->report, weir_reshape_report_free);
  g_clear_pointer (&edit->renames, g_ptr_array_unref);
}

/* --- the engine --- */

static GHashTable *
renames_table (const GPtrArray *renames, bool is_back)
{
  GHashTable *table = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; renames != NULL && i < renames->len; i++) {
    const WeirEditRename *rename = renames->pdata[i];

    g_hash_table_insert (table, is_back ? rename->to : rename->from,
                         is_back ? rename->from : rename->to);
  }
  return table;
}

static bool
reshape (const Step *step, WeirDocument *document, const GPtrArray *renames, bool is_back,
         WeirReshapeReport **ret_report, GError **error)
{
  g_autoptr (GHashTable) table = renames_table (renames, is_back);
  g_autoptr (WeirResolver) resolver = NULL;
  g_autoptr (WeirFlow) flow = weir_document_get_runnable (document, &resolver);
  WeirReshapeOptions options = { .renames = table,
                                 .usec = TOUCH_USEC,
                                 .may_strand = is_back || step->options->may_strand,
                                 .starts_added = is_back };

  return weir_engine_reshape (step->host->engine, flow, resolver, &options, ret_report, error);
}

/* The engine goes back to what it was: that cannot fail but for want of what it just had. */
static void
reshape_back (const Step *step, const GPtrArray *renames)
{
  g_autoptr (GError) error = NULL;

  if (!reshape (step, step->host->document, renames, true, NULL, &error))
    weir_board_tell (step->host->engine->board, g_get_real_time (), WEIR_LOG_ERROR, "edit",
                     error->message);
}

/* --- what is stopped --- */

static bool
forget_stopped (WeirFlowHost *host, const char *path, GError **error)
{
  WeirEditLog *edits = weir_flow_host_open_edits (host, error);

  return g_hash_table_remove (host->stopped, path)
             ? edits != NULL && weir_edit_log_set_stopped (edits, path, false, error)
             : true;
}

/* Returns: (transfer full): those that go and are not stopped. */
static char *
list_running (const WeirFlowHost *host, const WeirReshapeReport *report)
{
  g_autoptr (GString) list = g_string_new (NULL);

  for (guint i = 0; i < report->removed->len; i++)
    if (!g_hash_table_contains (host->stopped, report->removed->pdata[i]))
      g_string_append_printf (list, "%s\n", (const char *)report->removed->pdata[i]);
  return g_string_free (g_steal_pointer (&list), FALSE);
}

static bool
is_wanted (const Step *step, const char *path)
{
  return step->runs != NULL && g_strv_contains ((const char *const *)step->runs, path);
}

/* New processors wait to be started, but for those that an undo brings back and that ran. */
static bool
follow_stopped (const Step *step, const WeirReshapeReport *report, const GPtrArray *renames,
                GError **error)
{
  WeirFlowHost *host = step->host;

  for (guint i = 0; i < report->removed->len; i++)
    if (!forget_stopped (host, report->removed->pdata[i], error))
      return false;
  for (guint i = 0; i < renames->len; i++) {
    const WeirEditRename *rename = renames->pdata[i];

    if (!g_hash_table_contains (host->stopped, rename->from))
      continue;
    if (!forget_stopped (host, rename->from, error) ||
        !weir_flow_host_note_stopped (host, rename->to, true, error))
      return false;
  }
  for (guint i = 0; i < report->added->len; i++) {
    const char *path = report->added->pdata[i];
    const char *paths[] = { path, NULL };
    bool ok = is_wanted (step, path) ? weir_engine_start_nodes (host->engine, paths, NULL, error)
                                     : weir_flow_host_note_stopped (host, path, true, error);

    if (!ok)
      return false;
  }
  return true;
}

/* --- the log --- */

/* Returns: (transfer full): NULL with @error. */
static char *
format (const WeirEditBatch *batch, GError **error)
{
  g_autoptr (GString) out = g_string_new (NULL);

  return weir_json_put_edit_batch (out, NULL, batch, error)
             ? g_string_free (g_steal_pointer (&out), FALSE)
             : NULL;
}

/* Returns: (transfer full): NULL with @error. */
static WeirEditEntry *
entry_new (const Step *step, const WeirEditBatch *batch, const WeirEditResult *result,
           const WeirReshapeReport *report, GError **error)
{
  g_autoptr (WeirEditEntry) entry = g_new0 (WeirEditEntry, 1);

  entry->revision = weir_document_get_revision (step->host->document) + 1;
  entry->wall = g_get_real_time ();
  entry->who = g_strdup (step->options->who);
  entry->name = weir_edit_batch_get_title (batch);
  entry->kind = step->kind;
  entry->of = step->of;
  entry->ran = list_running (step->host, report);
  entry->forward = format (batch, error);
  entry->inverse = entry->forward != NULL ? format (result->inverse, error) : NULL;
  return entry->inverse != NULL ? g_steal_pointer (&entry) : NULL;
}

static bool
keep (const Step *step, const WeirEditEntry *entry, GError **error)
{
  WeirEditLog *edits = weir_flow_host_open_edits (step->host, error);

  return edits != NULL && weir_edit_log_add (edits, entry, error);
}

/* --- an edit --- */

static void
publish (WeirFlowHost *host, WeirDocument *document)
{
  WeirDocument *old;

  {
    WEIR_LOCKED (&host->lock);
    old = host->document;
    host->document = document;
  }
  weir_document_unref (old);
}

/* The engine runs @next: the rest follows. */
static bool
settle (const Step *step, WeirDocument *next, const WeirEditBatch *batch, WeirEditResult *result,
        WeirHostEdit *edit, GError **error)
{
  WeirFlowHost *host = step->host;

  edit->entry = entry_new (step, batch, result, edit->report, error);
  if (edit->entry == NULL)
    return false;
  edit->renames = g_ptr_array_ref (result->renames);
  if (!weir_flow_host_write_file (host, next, error))
    return false;
  if (!keep (step, edit->entry, error)) {
    weir_flow_host_write_file (host, host->document, NULL);
    return false;
  }
  return true;
}

static bool
apply (const Step *step, const WeirEditBatch *batch, WeirHostEdit *edit, GError **error)
{
  WeirFlowHost *host = step->host;
  g_autoptr (WeirFlow) flow = weir_flow_clone (weir_document_get_flow (host->document));
  g_auto (WeirEditResult) result = { 0 };
  g_autoptr (WeirDocument) next = NULL;
  g_autoptr (GError) wrong = NULL;

  if (!weir_flow_host_check_file (host, error) || !weir_flow_edit (flow, batch, &result, error))
    return false;
  next = weir_document_new (g_steal_pointer (&flow),
                            weir_document_get_revision (host->document) + 1, host->context);
  if (!reshape (step, next, result.renames, false, &edit->report, error))
    return false;
  if (!settle (step, next, batch, &result, edit, error)) {
    reshape_back (step, result.renames);
    return false;
  }
  publish (host, g_steal_pointer (&next));
  /* It has happened: what cannot be kept of this is told, not undone. */
  if (!follow_stopped (step, edit->report, edit->renames, &wrong))
    weir_board_tell (host->engine->board, g_get_real_time (), WEIR_LOG_ERROR, "edit",
                     wrong->message);
  if (host->on_edit != NULL)
    host->on_edit (host->on_edit_data, edit);
  return true;
}

static bool
finish (bool ok, WeirHostEdit *edit, WeirHostEdit *ret_edit)
{
  if (ok && ret_edit != NULL)
    *ret_edit = *edit;
  else
    weir_host_edit_clear (edit);
  return ok;
}

bool
weir_flow_host_edit (WeirFlowHost *host, const WeirEditBatch *batch,
                     const WeirHostEditOptions *options, WeirHostEdit *ret_edit, GError **error)
{
  Step step = { .host = host, .options = options, .kind = WEIR_STEP_DONE };
  WeirHostEdit edit = { 0 };
  WEIR_LOCKED (&host->editing);

  return finish (apply (&step, batch, &edit, error), &edit, ret_edit);
}

static bool
go (WeirFlowHost *host, bool is_undo, const WeirHostEditOptions *options, WeirHostEdit *edit,
    GError **error)
{
  WeirEditLog *edits = weir_flow_host_open_edits (host, error);
  g_autoptr (GError) reason = NULL;
  g_autoptr (WeirEditEntry) entry = NULL;
  g_autoptr (WeirEditBatch) batch = NULL;
  g_auto (GStrv) runs = NULL;
  const char *text;
  Step step = { .host = host, .options = options };

  if (edits == NULL)
    return false;
  entry =
      is_undo ? weir_edit_log_get_undo (edits, &reason) : weir_edit_log_get_redo (edits, &reason);
  if (entry == NULL) {
    if (reason == NULL)
      g_set_error (&reason, WEIR_ERROR, WEIR_ERROR_NOT_FOUND, "there is nothing to %s",
                   is_undo ? "undo" : "redo");
    g_propagate_error (error, g_steal_pointer (&reason));
    return false;
  }
  text = is_undo ? entry->inverse : entry->forward;
  batch = weir_edit_batch_parse (text, strlen (text), error);
  if (batch == NULL)
    return false;
  g_free (batch->name);
  batch->name = g_strdup (entry->name);
  runs = is_undo ? g_strsplit (entry->ran, "\n", -1) : NULL;
  step.kind = is_undo ? WEIR_STEP_UNDO : WEIR_STEP_REDO;
  step.of = entry->revision;
  step.runs = runs;
  return apply (&step, batch, edit, error);
}

bool
weir_flow_host_undo (WeirFlowHost *host, const WeirHostEditOptions *options, WeirHostEdit *ret_edit,
                     GError **error)
{
  WeirHostEdit edit = { 0 };
  WEIR_LOCKED (&host->editing);

  return finish (go (host, true, options, &edit, error), &edit, ret_edit);
}

bool
weir_flow_host_redo (WeirFlowHost *host, const WeirHostEditOptions *options, WeirHostEdit *ret_edit,
                     GError **error)
{
  WeirHostEdit edit = { 0 };
  WEIR_LOCKED (&host->editing);

  return finish (go (host, false, options, &edit, error), &edit, ret_edit);
}

GPtrArray *
weir_flow_host_list_edits (WeirFlowHost *host, uint64_t before, unsigned max, GError **error)
{
  WeirEditLog *edits;
  WEIR_LOCKED (&host->editing);

  edits = weir_flow_host_open_edits (host, error);
  return edits != NULL ? weir_edit_log_list (edits, before, max, error) : NULL;
}

void
weir_flow_host_set_on_edit (WeirFlowHost *host, WeirHostEditFunc func, void *data)
{
  WEIR_LOCKED (&host->editing);
  host->on_edit = func;
  host->on_edit_data = data;
}
