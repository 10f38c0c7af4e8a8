/* put-file.c: PutFile writes FlowFiles into a directory, in two steps (put.h). At any moment each
 * name has the old file, none, or the complete new one. */
#include "module.h"
#include "put.h"
#include "stamp.h"

#include <string.h>

/* So many files and more are synced together with all else that is written to their file system:
 * from there on that is faster than one by one. */
#define SYNC_TOGETHER 8

static bool
is_permissions (const char *value, GError **error)
{
  return *value == '\0' || file_stamp_is_permissions (value, error);
}

static const WeirAllowed conflicts[] = {
  [PUT_FAIL] = { "fail", "The FlowFile goes to failure; the file stays." },
  [PUT_REPLACE] = { "replace", "The new file takes the place of the old one." },
  [PUT_IGNORE] = { "ignore", "The FlowFile goes to success; the file stays." },
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
    "leave. Without it a power failure may lose the last half minute of them, though the flow has "
    "done its part; the end of the process loses nothing.",
    WEIR_FIELD (PutFile, sync), .default_value = "true" },
};

static const WeirRelationship relationships[] = {
  [PUT_SUCCESS] = { "success", "FlowFiles that were written." },
  [PUT_FAILURE] = { "failure", "FlowFiles that were not, penalized; a bulletin says why." },
};

static const WeirAttributeDoc reads[] = {
  { "filename", "Name of the file. One with a slash or a control character in it, `.` and `..` go "
                "to failure." },
};

static bool
on_scheduled (void *state, WeirContext *context, GError **error)
{
  PutFile *self = state;

  if (weir_expr_is_constant (self->directory)) {
    self->path = weir_context_eval (context, self->directory, error);
    if (self->path == NULL)
      return false;
    /* There may be no FlowFile, but files that an earlier run has left. */
    weir_context_wake_after (context, 0);
  }
  self->desk = put_desk_new (context);
  return true;
}

static void
on_stopped (void *state)
{
  PutFile *self = state;

  g_clear_pointer (&self->desk, put_desk_close);
}

static void
add_folders (GPtrArray *folders, const GPtrArray *more)
{
  for (guint i = 0; i < more->len; i++)
    g_ptr_array_add (folders, more->pdata[i]);
}

/* Bytes and names of both steps. One at a time, a sync would cost a hundred times as much as the
 * writing (docs/decisions/0009-files-are-synced-in-batches.md). */
static void
sync_both (PutRest *rest, PutWork *work)
{
  g_autoptr (GPtrArray) folders = g_ptr_array_new ();

  if (rest != NULL)
    add_folders (folders, put_publish_get_folders (rest));
  if (work != NULL)
    add_folders (folders, put_write_get_folders (work));
  /* Where it fails it may be somebody else's file: then each has to tell for itself. */
  if (work != NULL && (put_write_get_count (work) < SYNC_TOGETHER || !file_folders_sync (folders)))
    put_write_sync (work);
  if (rest != NULL)
    put_publish_sync (rest);
}

static bool
on_trigger (void *state, WeirSession *session, GError **error)
{
  const PutFile *self = state;
  PutBatch *batch = put_desk_take (self->desk);
  PutRest *rest = NULL;
  PutWork *work = NULL;
  uint64_t owner;

  if (self->path != NULL)
    put_desk_look_back (self->desk, self->path, session);
  if ((batch == NULL && weir_session_get_queued (session, NULL) == 0) ||
      !put_desk_get_owner (self->desk, session, &owner))
    return true;
  if (batch != NULL)
    rest = put_publish_begin (self, session, batch, owner);
  if (!put_desk_is_full (self->desk))
    work = put_write_begin (self, session, owner);
  if (self->sync)
    sync_both (rest, work);
  if (rest != NULL)
    put_publish_end (rest, session);
  if (work != NULL)
    put_write_end (work);
  return true;
}

const WeirProcessor put_file = {
  WEIR_PROCESSOR_ABI,
  .name = "PutFile",
  .summary = "Writes FlowFiles into a directory.",
  .description =
      "Each FlowFile becomes the file that its attribute `filename` names. A file appears under "
      "its name when it is complete and on the disk, and no earlier than its FlowFile is safe in "
      "the data directory; then the FlowFile leaves. Whenever the machine stops, a FlowFile that "
      "had not left is not written twice: what was begun is finished at the next start.\n"
      "\n"
      "Until then the file is `.weir-`, two times 16 digits and `.tmp` in the same directory. "
      "PutFile removes such files itself. One that is there while no flow runs may belong to a "
      "FlowFile that waits for the next start: do not delete it.\n"
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
  .on_scheduled = on_scheduled,
  .on_trigger = on_trigger,
  .on_stopped = on_stopped,
};
