/* put-file.c: PutFile writes FlowFiles into a directory.
 *
 * A trigger writes a batch of files aside, makes their bytes durable together, gives them their
 * names, and makes these durable: one file at a time, a sync would cost a hundred times as much as
 * the writing (docs/decisions/0009-files-are-synced-in-batches.md). At any moment each name has
 * the old file, none, or the complete new one. */
#include "folder.h"
#include "module.h"
#include "name.h"
#include "stamp.h"
#include "target.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <weir/session.h>

/* Each file of a batch is open. */
#define BATCH_MAX 256

/* A batch that has this much is large enough. */
#define BATCH_BYTES (64 * 1024 * 1024)

/* So many files and more are synced together with all else that is written to their file system:
 * from there on that is faster than one by one. */
#define SYNC_TOGETHER 8

typedef enum {
  CONFLICT_FAIL,
  CONFLICT_REPLACE,
  CONFLICT_IGNORE,
} Conflict;

typedef struct {
  const WeirExpr *directory;
  WeirChoice conflict;
  bool create;
  int64_t max_count;
  const WeirExpr *modified;
  const WeirExpr *permissions;
  const WeirExpr *owner;
  const WeirExpr *group;
  bool sync;
} PutFile;

typedef struct {
  WeirFlowFile *flowfile;
  FileTarget target; /* without a folder: nothing is written */
  GError *error;
} Item;

typedef struct {
  const PutFile *self;
  WeirSession *session;
  GPtrArray *folders; /* FileFolder */
  Item items[BATCH_MAX];
  size_t n;
  uint64_t bytes;
} Batch;

static bool
is_permissions (const char *value, GError **error)
{
  return *value == '\0' || file_stamp_is_permissions (value, error);
}

static const WeirAllowed conflicts[] = {
  [CONFLICT_FAIL] = { "fail", "The FlowFile goes to failure; the file stays." },
  [CONFLICT_REPLACE] = { "replace", "The new file takes the place of the old one." },
  [CONFLICT_IGNORE] = { "ignore", "The FlowFile goes to success; the file stays." },
  { NULL, NULL },
};

static const WeirProperty properties[] = {
  { "Directory",
    "Directory to write to. Where it depends on attributes it must not lead upwards: a value with "
    "`..` in it goes to failure.",
    WEIR_FIELD (PutFile, directory), .example = "/data/out/${path}", .required = true,
    .hint = WEIR_HINT_DIRECTORY },
  { "Conflict Resolution Strategy", "What happens when there is a file of that name already.",
    WEIR_FIELD (PutFile, conflict), .default_value = "fail", .allowed = conflicts,
    .required = true },
  { "Create Missing Directories",
    "Whether the directory, and those above it, are made when they are missing; else the FlowFile "
    "goes to failure.",
    WEIR_FIELD (PutFile, create), .default_value = "true" },
  { "Maximum File Count",
    "The most files that the directory may have in it; what would be more goes to failure.",
    WEIR_FIELD (PutFile, max_count), .example = "1000", .minimum = 1, .maximum = G_MAXINT32 },
  { "Last Modified Time",
    "When the file shall have been written last, as 2024-05-01T13:00:00+0200; empty: now.",
    WEIR_FIELD (PutFile, modified), .example = "${file.lastModifiedTime}" },
  { "Permissions", "Permissions of the file, as `rw-r-----` or `640`; empty: as the system does.",
    WEIR_FIELD (PutFile, permissions), .example = "${file.permissions}",
    .validate = is_permissions },
  { "Owner",
    "Name or number of the user that the file shall belong to; only root may give files away.",
    WEIR_FIELD (PutFile, owner), .example = "${file.owner}" },
  { "Group", "Name or number of the group that the file shall belong to.",
    WEIR_FIELD (PutFile, group), .example = "${file.group}" },
  { "Sync to Disk",
    "Whether files have to be on the disk, safe from a power failure, before their FlowFiles "
    "leave. Without it the last half minute of them may be lost, though the flow has done its "
    "part.",
    WEIR_FIELD (PutFile, sync), .default_value = "true" },
};

enum { SUCCESS, FAILURE };
static const WeirRelationship relationships[] = {
  [SUCCESS] = { "success", "FlowFiles that were written." },
  [FAILURE] = { "failure", "FlowFiles that were not, penalized; a bulletin says why." },
};

static const WeirAttributeDoc reads[] = {
  { "filename", "Name of the file. One with a slash or a control character in it, `.` and `..` go "
                "to failure." },
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

/* Returns: (transfer none): the batch's. */
static FileFolder *
find_folder (Batch *batch, const WeirFlowFile *flowfile, GError **error)
{
  const PutFile *self = batch->self;
  const char *path = weir_expr_eval (self->directory, flowfile, error);
  FileFolder *folder;

  if (path == NULL || !check_directory (self, path, error))
    return NULL;
  for (guint i = batch->folders->len; i-- > 0;) {
    folder = batch->folders->pdata[i];
    if (strcmp (folder->path, path) == 0)
      return folder;
  }
  folder = file_folder_open (path, self->create, error);
  if (folder != NULL)
    g_ptr_array_add (batch->folders, folder);
  return folder;
}

/* Whether there is a place for @name, and whether it is to be written at all. */
static bool
check_place (const PutFile *self, FileFolder *folder, const char *name, bool *ret_write,
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
    if (self->conflict.index == CONFLICT_FAIL)
      return file_name_set_errno (error, "write", path, EEXIST);
    *ret_write = self->conflict.index == CONFLICT_REPLACE;
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

/* False with @error, and the target as far as it came: an item that failed. */
static bool
write_aside (Batch *batch, Item *item, GError **error)
{
  WeirContext *context = weir_session_get_context (batch->session);
  const char *name = weir_flowfile_get_attribute (item->flowfile, "filename");
  FileStamp stamp = { 0 };
  FileTarget target = { .name = name };
  bool write;

  if (!file_name_check (name, error) || !get_stamp (batch->self, item->flowfile, &stamp, error))
    return false;
  target.folder = find_folder (batch, item->flowfile, error);
  if (target.folder == NULL || !check_place (batch->self, target.folder, name, &write, error))
    return false;
  if (!write)
    return true;
  target.random = weir_context_get_random (context);
  if (!file_target_open (&target, file_stamp_get_mode (&stamp), error))
    return false;
  item->target = target;
  return weir_session_export (batch->session, item->flowfile, target.fd, error) &&
         file_stamp_apply (&stamp, target.fd, error);
}

static void
set_failed (Item *item, GError *error)
{
  item->error = error;
  file_target_clear (&item->target);
}

/* Writes what there is, until it is enough. */
static void
fill (Batch *batch)
{
  while (batch->n < BATCH_MAX && batch->bytes < BATCH_BYTES) {
    Item *item = &batch->items[batch->n];
    WeirFlowFile *flowfile = weir_session_get (batch->session);
    GError *error = NULL;

    if (flowfile == NULL)
      return;
    *item = (Item){ .flowfile = flowfile };
    if (!write_aside (batch, item, &error)) {
      /* No more files may be open, perhaps: then those that are must do for a batch. */
      bool is_too_much = g_error_matches (error, WEIR_ERROR, WEIR_ERROR_LIMIT) && batch->n > 0;

      set_failed (item, error);
      if (is_too_much) {
        g_clear_error (&item->error);
        weir_session_return (batch->session, flowfile);
        return;
      }
    }
    batch->bytes += weir_flowfile_get_size (flowfile);
    batch->n++;
  }
}

/* --- to the disk --- */

static bool
sync_file_systems (Batch *batch)
{
  for (guint i = 0; i < batch->folders->len; i++) {
    const FileFolder *folder = batch->folders->pdata[i];
    bool is_done = false;

    for (guint k = 0; k < i; k++)
      is_done |= ((FileFolder *)batch->folders->pdata[k])->device == folder->device;
    if (!is_done && syncfs (folder->fd) < 0)
      return false;
  }
  return true;
}

static void
sync_bytes (Batch *batch)
{
  /* Where that fails it may be somebody else's file: then each has to tell for itself. */
  if (batch->n >= SYNC_TOGETHER && sync_file_systems (batch))
    return;
  for (size_t i = 0; i < batch->n; i++) {
    Item *item = &batch->items[i];
    GError *error = NULL;

    if (item->target.folder != NULL && !file_target_sync (&item->target, &error))
      set_failed (item, error);
  }
}

static void
publish (Batch *batch)
{
  Conflict conflict = batch->self->conflict.index;

  for (size_t i = 0; i < batch->n; i++) {
    Item *item = &batch->items[i];
    GError *error = NULL;

    if (item->target.folder == NULL ||
        file_target_publish (&item->target, conflict == CONFLICT_REPLACE, &error))
      continue;
    if (conflict == CONFLICT_IGNORE && g_error_matches (error, WEIR_ERROR, WEIR_ERROR_EXISTS)) {
      g_error_free (error);
      file_target_clear (&item->target);
    } else {
      set_failed (item, error);
    }
  }
}

static void
sync_names (Batch *batch)
{
  for (guint i = 0; i < batch->folders->len; i++) {
    FileFolder *folder = batch->folders->pdata[i];
    g_autoptr (GError) error = NULL;

    if (file_folder_sync (folder, &error))
      continue;
    for (size_t k = 0; k < batch->n; k++)
      if (batch->items[k].target.folder == folder)
        set_failed (&batch->items[k], g_error_copy (error));
  }
}

static void
hand_on (Batch *batch)
{
  WeirContext *context = weir_session_get_context (batch->session);

  for (size_t i = 0; i < batch->n; i++) {
    Item *item = &batch->items[i];
    bool exists = g_error_matches (item->error, WEIR_ERROR, WEIR_ERROR_EXISTS);

    file_target_clear (&item->target);
    if (item->error == NULL) {
      weir_session_transfer (batch->session, item->flowfile, SUCCESS);
      continue;
    }
    weir_context_log (context, exists ? WEIR_LOG_WARNING : WEIR_LOG_ERROR, "%s",
                      item->error->message);
    g_clear_error (&item->error);
    weir_session_penalize (batch->session, item->flowfile);
    weir_session_transfer (batch->session, item->flowfile, FAILURE);
  }
}

static bool
on_trigger (void *state, WeirSession *session, GError **error)
{
  const PutFile *self = state;
  g_autofree Batch *batch = g_new (Batch, 1);

  batch->self = self;
  batch->session = session;
  batch->n = batch->bytes = 0;
  batch->folders = g_ptr_array_new_with_free_func ((GDestroyNotify)file_folder_free);
  fill (batch);
  if (self->sync)
    sync_bytes (batch);
  publish (batch);
  if (self->sync)
    sync_names (batch);
  hand_on (batch);
  g_ptr_array_unref (batch->folders);
  return true;
}

const WeirProcessor put_file = {
  WEIR_PROCESSOR_ABI,
  .name = "PutFile",
  .summary = "Writes FlowFiles into a directory.",
  .description =
      "Each FlowFile becomes the file that its attribute `filename` names. A file appears under "
      "its "
      "name when it is complete and on the disk, never before; until then it has no name, or, "
      "where the file system asks for one, `.weir-` and 16 digits and `.tmp`. Such a name that is "
      "still there after a crash may be deleted.\n"
      "\n"
      "Files never end up outside of Directory: names that would lead there go to failure, and "
      "symbolic links in the place of a file are replaced, not followed.",
  .tags = "files, file system, local, write, save, put, archive",
  .input = WEIR_INPUT_REQUIRED,
  .role = WEIR_SINK,
  .threading = WEIR_CONCURRENT,
  WEIR_PROPERTIES (properties),
  WEIR_RELATIONSHIPS (relationships),
  WEIR_READS (reads),
  .side_effects = true,
  .state_size = sizeof (PutFile),
  .on_trigger = on_trigger,
};
