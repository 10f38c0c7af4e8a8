/* put-write.c: the first step of PutFile. */
#include "name.h"
#include "put.h"
#include "stamp.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A batch that has this much is large enough. */
#define BATCH_BYTES (64 * 1024 * 1024)

/* The disk is given so much of a large file at a time. */
#define PUSH_STEP (8 * 1024 * 1024)

/* Copying less costs no more than taking over. */
#define TAKE_OVER_MIN (1024 * 1024)

struct PutWork {
  const PutFile *self;
  WeirSession *session;
  uint64_t owner;
  GPtrArray *folders; /* FileFolder */
  PutBatch *batch;
  FileTarget targets[PUT_BATCH_MAX]; /* of its items; without a folder: written before */
  uint64_t bytes;
};

/* --- where to --- */

/* An attribute must not choose a directory outside of the one that a person wrote down. */
static bool
check_directory (const PutFile *self, const char *path, GError **error)
{
  g_auto (GStrv) parts = NULL;
  g_autofree char *quoted = file_name_quote (path);

  if (*path == '\0') {
    g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                         "Directory is empty for this FlowFile: set the attributes that it uses");
    return false;
  }
  if (weir_expr_is_constant (self->directory))
    return true;
  parts = g_strsplit (path, "/", -1);
  for (char **part = parts; *part != NULL; part++) {
    bool is_fine = strcmp (*part, "..") != 0;

    for (const char *c = *part; *c != '\0'; c++)
      is_fine = is_fine && (unsigned char)*c >= 0x20 && *c != 0x7f;
    if (is_fine)
      continue;
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_PERMISSION,
                 "the directory %s leads upwards or has control characters in it: correct the "
                 "attributes that it is made of",
                 quoted);
    return false;
  }
  return true;
}

/* Returns: (transfer none): the work's. */
static FileFolder *
find_folder (PutWork *work, const WeirFlowFile *flowfile, GError **error)
{
  const PutFile *self = work->self;
  const char *path = weir_expr_eval (self->directory, flowfile, error);
  FileFolder *folder;

  if (path == NULL || !check_directory (self, path, error))
    return NULL;
  for (guint i = work->folders->len; i-- > 0;) {
    folder = work->folders->pdata[i];
    if (strcmp (folder->path, path) == 0)
      return folder;
  }
  folder = file_folder_open (path, self->create, error);
  if (folder == NULL)
    return NULL;
  put_desk_sweep (self->desk, folder, work->owner, work->session);
  g_ptr_array_add (work->folders, folder);
  return folder;
}

bool
put_check_place (const PutFile *self, FileFolder *folder, const char *name, bool *ret_write,
                 GError **error)
{
  g_autofree char *path = file_name_join (folder->path, name);
  g_autofree char *quoted = NULL;
  int64_t count;
  struct stat status;

  *ret_write = true;
  if (fstatat (folder->fd, name, &status, AT_SYMLINK_NOFOLLOW) == 0) {
    if (S_ISDIR (status.st_mode))
      return file_name_set_errno (error, "write", path, EISDIR);
    if (self->conflict.index == PUT_FAIL)
      return file_name_set_errno (error, "write", path, EEXIST);
    *ret_write = self->conflict.index == PUT_REPLACE;
    return true;
  }
  if (errno != ENOENT)
    return file_name_set_errno (error, "write", path, errno);
  if (self->max_count == 0)
    return true;
  count = file_folder_count (folder, error);
  if (count < 0)
    return false;
  if (count < self->max_count) {
    folder->n_names++;
    return true;
  }
  quoted = file_name_quote (path);
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_FAILED,
               "cannot write %s: the directory has %" G_GINT64_FORMAT " files, and Maximum File "
               "Count is %" G_GINT64_FORMAT,
               quoted, count, self->max_count);
  return false;
}

/* --- writing --- */

static bool
get_text (const WeirExpr *expr, const WeirFlowFile *flowfile, const char **ret_text, GError **error)
{
  if (expr == NULL)
    return true;
  *ret_text = weir_expr_eval (expr, flowfile, error);
  return *ret_text != NULL;
}

static bool
get_stamp (const PutFile *self, const WeirFlowFile *flowfile, FileStamp *ret_stamp, GError **error)
{
  return get_text (self->permissions, flowfile, &ret_stamp->permissions, error) &&
         get_text (self->owner, flowfile, &ret_stamp->owner, error) &&
         get_text (self->group, flowfile, &ret_stamp->group, error) &&
         get_text (self->modified, flowfile, &ret_stamp->modified, error);
}

void
put_refuse (WeirSession *session, WeirFlowFile *flowfile, GError *error)
{
  bool exists = g_error_matches (error, WEIR_ERROR, WEIR_ERROR_EXISTS);

  weir_context_log (weir_session_get_context (session), exists ? WEIR_LOG_WARNING : WEIR_LOG_ERROR,
                    "%s", error->message);
  g_error_free (error);
  weir_session_penalize (session, flowfile);
  weir_session_transfer (session, flowfile, PUT_FAILURE);
}

/* What is going to be synced goes to the disk while the rest is still written: the sync has little
 * left to wait for, and contents are needed no longer than that
 * (docs/decisions/0014-what-a-copy-of-files-takes.md). */
static bool
write_content (const PutWork *work, const WeirFlowFile *flowfile, int fd, GError **error)
{
  uint64_t size = weir_flowfile_get_size (flowfile);
  uint64_t step = work->self->sync ? PUSH_STEP : size;

  for (uint64_t at = 0; at < size; at += step) {
    step = MIN (step, size - at);
    if (!weir_session_export_part (work->session, flowfile, at, step, fd, error))
      return false;
    /* Only a beginning: what fails here fails in the sync. */
    if (step == PUSH_STEP)
      (void)!sync_file_range (fd, (off_t)at, (off_t)step, SYNC_FILE_RANGE_WRITE);
  }
  return true;
}

/* Nobody reads the content of a FlowFile that ends here: then it becomes the file. */
static bool
fill_target (const PutWork *work, const WeirFlowFile *flowfile, const FileTarget *begun,
             FileTarget *target, GError **error)
{
  uint64_t size = weir_flowfile_get_size (flowfile);
  bool is_last = !weir_context_is_connected (weir_session_get_context (work->session), PUT_SUCCESS);
  bool is_taken = false;

  *target = *begun;
  if (size >= TAKE_OVER_MIN && is_last &&
      !file_target_take_over (target, work->session, flowfile, &is_taken, error))
    return false;
  if (is_taken)
    return true;
  file_target_reserve (target, size);
  return write_content (work, flowfile, target->fd, error);
}

/* False with @error, and the target as far as it came. @target stays without a folder when the file
 * is not to be written. */
static bool
write_aside (PutWork *work, WeirFlowFile *flowfile, FileTarget *target, GError **error)
{
  const char *name = weir_flowfile_get_attribute (flowfile, "filename");
  FileTarget begun = { .name = name, .owner = work->owner };
  FileStamp stamp = { 0 };
  bool write;

  if (!file_name_check (name, error) || !get_stamp (work->self, flowfile, &stamp, error))
    return false;
  begun.folder = find_folder (work, flowfile, error);
  if (begun.folder == NULL || !put_check_place (work->self, begun.folder, name, &write, error))
    return false;
  if (!write)
    return true;
  begun.id = weir_flowfile_get_id (flowfile);
  if (!file_target_open (&begun, file_stamp_get_mode (&stamp), error))
    return false;
  return fill_target (work, flowfile, &begun, target, error) &&
         file_stamp_apply (&stamp, target->fd, error);
}

/* Returns: false when this is the next batch's, because no more files may be open. */
static bool
write_one (PutWork *work, WeirFlowFile *flowfile)
{
  PutBatch *batch = work->batch;
  PutItem item = { .flowfile = flowfile, .id = weir_flowfile_get_id (flowfile) };
  FileTarget target = { 0 };
  GError *error = NULL;

  item.is_left = put_note_get (work->session, &item);
  put_desk_add (work->self->desk, item.id);
  if (item.is_left || (write_aside (work, flowfile, &target, &error) && target.folder != NULL)) {
    if (!item.is_left) {
      item.path = file_name_make_absolute (target.folder->path);
      item.name = g_strdup (target.name);
    }
    work->targets[batch->n] = target;
    batch->items[batch->n++] = item;
    return true;
  }
  file_target_clear (&target);
  put_desk_drop (work->self->desk, item.id);
  if (error == NULL) {
    weir_session_transfer (work->session, flowfile, PUT_SUCCESS);
  } else if (g_error_matches (error, WEIR_ERROR, WEIR_ERROR_LIMIT) && batch->n > 0) {
    g_error_free (error);
    weir_session_return (work->session, flowfile);
    return false;
  } else {
    put_refuse (work->session, flowfile, error);
  }
  return true;
}

static void
fill (PutWork *work)
{
  bool goes_on = true;

  /* What is refused takes no place in the batch, but the trigger has to end, too. */
  for (unsigned i = 0; goes_on && i < PUT_BATCH_MAX && work->bytes < BATCH_BYTES; i++) {
    WeirFlowFile *flowfile = weir_session_get (work->session);

    if (flowfile == NULL)
      return;
    work->bytes += weir_flowfile_get_size (flowfile);
    goes_on = write_one (work, flowfile);
  }
}

/* --- to the disk --- */

static bool
sync_one (FileTarget *target, GError **error)
{
  return file_target_sync (target, error) && file_folder_sync (target->folder, error);
}

/* Takes the item @i out: it was refused. */
static void
drop_item (PutWork *work, unsigned i)
{
  PutBatch *batch = work->batch;

  file_target_clear (&work->targets[i]);
  put_desk_drop (work->self->desk, batch->items[i].id);
  g_free (batch->items[i].path);
  g_free (batch->items[i].name);
  batch->n--;
  memmove (&batch->items[i], &batch->items[i + 1], (batch->n - i) * sizeof (PutItem));
  memmove (&work->targets[i], &work->targets[i + 1], (batch->n - i) * sizeof (FileTarget));
}

void
put_write_sync (PutWork *work)
{
  for (unsigned i = work->batch->n; i-- > 0;) {
    GError *error = NULL;

    if (work->targets[i].folder == NULL || sync_one (&work->targets[i], &error))
      continue;
    put_refuse (work->session, work->batch->items[i].flowfile, error);
    drop_item (work, i);
  }
}

const GPtrArray *
put_write_get_folders (const PutWork *work)
{
  return work->folders;
}

unsigned
put_write_get_count (const PutWork *work)
{
  return work->batch->n;
}

PutWork *
put_write_begin (const PutFile *self, WeirSession *session, uint64_t owner)
{
  PutWork *work = g_new (PutWork, 1);

  work->self = self;
  work->session = session;
  work->owner = owner;
  work->folders = g_ptr_array_new_with_free_func ((GDestroyNotify)file_folder_free);
  work->batch = put_batch_new ();
  work->bytes = 0;
  fill (work);
  return work;
}

void
put_write_end (PutWork *work)
{
  PutBatch *batch = work->batch;

  for (unsigned i = 0; i < batch->n; i++) {
    file_target_close (&work->targets[i]);
    /* Also again: what was noted before may not be durable yet. */
    put_note_set (work->session, &batch->items[i]);
    weir_session_hold (work->session, batch->items[i].flowfile);
  }
  if (batch->n > 0)
    put_desk_submit (work->self->desk, batch, work->session);
  else
    put_batch_free (batch);
  g_ptr_array_unref (work->folders);
  g_free (work);
}
