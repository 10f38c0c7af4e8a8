/* put-publish.c: the second step of PutFile.
 *
 * A file that is refused stays aside until the FlowFile cannot come back: a start that finds it
 * noted and not aside takes it to have its name. */
#include "name.h"
#include "put.h"
#include "report.h"

#include <string.h>

/* What is to be done when nothing comes back. */
struct PutRest {
  PutDesk *desk;
  PutBatch *batch;
  uint64_t owner;
  GPtrArray *folders;            /* FileFolder */
  FileFolder *of[PUT_BATCH_MAX]; /* by item; NULL: cannot be opened */
  GError *errors[PUT_BATCH_MAX]; /* by item; NULL: it has its name */
  bool is_over[PUT_BATCH_MAX];   /* by item: what is aside is to go */
  bool is_unsure[PUT_BATCH_MAX]; /* by item: it has its name, but perhaps not for good */
};

static FileTarget
target_of (const PutRest *rest, unsigned i)
{
  const PutItem *item = &rest->batch->items[i];

  return (FileTarget){
    .folder = rest->of[i], .name = item->name, .owner = rest->owner, .id = item->id, .fd = -1
  };
}

static void
report (WeirSession *session, const PutItem *item)
{
  g_autofree char *path = file_name_join (item->path, item->name);

  file_report (session, item->flowfile, WEIR_EVENT_SEND, path, NULL);
}

static void
on_published (void *data)
{
  const PutRest *rest = data;

  for (unsigned i = 0; i < rest->batch->n; i++) {
    FileTarget target = target_of (rest, i);

    if (rest->is_over[i])
      file_target_remove (&target);
  }
}

static void
rest_free (void *data)
{
  PutRest *rest = data;

  for (unsigned i = 0; i < rest->batch->n; i++)
    put_desk_drop (rest->desk, rest->batch->items[i].id);
  g_ptr_array_unref (rest->folders);
  put_batch_free (rest->batch);
  put_desk_unref (rest->desk);
  g_free (rest);
}

/* Returns: (transfer none): the rest's; NULL with @error. */
static FileFolder *
find_folder (PutRest *rest, const char *path, GError **error)
{
  FileFolder *folder;

  for (guint i = rest->folders->len; i-- > 0;) {
    folder = rest->folders->pdata[i];
    if (strcmp (folder->path, path) == 0)
      return folder;
  }
  folder = file_folder_open (path, false, error);
  if (folder != NULL)
    g_ptr_array_add (rest->folders, folder);
  return folder;
}

/* False with @error: it is refused. */
static bool
publish (const PutFile *self, PutRest *rest, unsigned i, GError **error)
{
  PutItem *item = &rest->batch->items[i];
  FileTarget target = target_of (rest, i);
  PutConflict conflict = self->conflict.index;
  bool write = true;
  GError *problem = NULL;

  if (item->is_left && !file_target_is_aside (&target)) {
    target.folder->is_touched = true; /* it has its name, but perhaps not for good */
    return true;
  }
  rest->is_over[i] = true; /* unless it gets its name */
  if (self->max_count > 0 && !put_check_place (self, target.folder, item->name, &write, error))
    return false;
  if (!write)
    return true;
  if (file_target_publish (&target, conflict == PUT_REPLACE, &problem)) {
    rest->is_over[i] = false;
    return true;
  }
  if (conflict == PUT_IGNORE && g_error_matches (problem, WEIR_ERROR, WEIR_ERROR_EXISTS)) {
    g_error_free (problem);
    return true;
  }
  g_propagate_error (error, problem);
  return false;
}

/* It is noted and comes again: then it has its name, or gets it. */
static void
come_again (WeirSession *session, const PutItem *item, const GError *error)
{
  weir_context_log (weir_session_get_context (session), WEIR_LOG_ERROR, "%s", error->message);
  weir_session_penalize (session, item->flowfile);
  weir_session_return (session, item->flowfile);
}

/* The directory cannot be looked into, and with it not what became of the file. One that is not
 * there at all has no file in it: then the FlowFile begins anew. */
static void
wait_for_folder (WeirSession *session, const PutItem *item, GError *error)
{
  if (g_error_matches (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND)) {
    put_note_clear (session, item->id);
    weir_session_return (session, item->flowfile);
  } else {
    come_again (session, item, error);
  }
  g_error_free (error);
}

PutRest *
put_publish_begin (const PutFile *self, WeirSession *session, PutBatch *batch, uint64_t owner)
{
  PutRest *rest = g_new0 (PutRest, 1);

  rest->desk = put_desk_ref (self->desk);
  rest->batch = batch;
  rest->owner = owner;
  rest->folders = g_ptr_array_new_with_free_func ((GDestroyNotify)file_folder_free);
  for (unsigned i = 0; i < batch->n; i++) {
    weir_session_take (session, batch->items[i].flowfile);
    rest->of[i] = find_folder (rest, batch->items[i].path, &rest->errors[i]);
    if (rest->of[i] != NULL)
      publish (self, rest, i, &rest->errors[i]);
  }
  return rest;
}

const GPtrArray *
put_publish_get_folders (const PutRest *rest)
{
  return rest->folders;
}

/* A name that cannot be made durable is no success; but the file is there for all to see, so it is
 * no failure either. */
void
put_publish_sync (PutRest *rest)
{
  for (guint k = 0; k < rest->folders->len; k++) {
    FileFolder *folder = rest->folders->pdata[k];
    g_autoptr (GError) error = NULL;

    if (file_folder_sync (folder, &error))
      continue;
    for (unsigned i = 0; i < rest->batch->n; i++)
      if (rest->of[i] == folder && rest->errors[i] == NULL) {
        rest->errors[i] = g_error_copy (error);
        rest->is_unsure[i] = true;
      }
  }
}

void
put_publish_end (PutRest *rest, WeirSession *session)
{
  for (unsigned i = 0; i < rest->batch->n; i++) {
    PutItem *item = &rest->batch->items[i];
    GError *error = g_steal_pointer (&rest->errors[i]);

    if (rest->of[i] == NULL && item->is_left) {
      wait_for_folder (session, item, error);
      continue;
    }
    if (rest->is_unsure[i]) {
      come_again (session, item, error);
      g_error_free (error);
      continue;
    }
    put_note_clear (session, item->id);
    if (error != NULL) {
      put_refuse (session, item->flowfile, error);
    } else {
      report (session, item);
      weir_session_transfer (session, item->flowfile, PUT_SUCCESS);
    }
  }
  weir_session_on_durable (session, on_published, rest, rest_free);
}
