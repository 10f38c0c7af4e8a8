/* fetch-file.c: FetchFile replaces the content of a FlowFile by that of a file, which then stays,
 * goes elsewhere, or goes.
 *
 * A FlowFile that is not sent to success has the content that it came with. The file is only
 * touched once its content cannot be lost any more, and only if it still is what was read. */
#include "module.h"
#include "name.h"
#include "report.h"
#include "taken.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { KEEP, MOVE, DELETE };

typedef struct {
  const WeirExpr *path;
  WeirChoice completion;
  const WeirExpr *directory;
  WeirChoice conflict;
  WeirChoice not_found;
  WeirChoice denied;

  FileSources *sources;
  FileTaken *taken;
} FetchFile;

static const WeirAllowed completions[] = {
  [KEEP] = { "None", "It stays as it is." },
  [MOVE] = { "Move File", "It goes to the Move Destination Directory." },
  [DELETE] = { "Delete File", "It is deleted." },
  { 0 },
};

static const WeirAllowed conflicts[] = {
  [FILE_MOVE_RENAME] = { "Rename", "The moved file gets a number that no other has." },
  [FILE_MOVE_REPLACE] = { "Replace File", "The moved file takes the place of the other." },
  [FILE_MOVE_KEEP] = { "Keep Existing", "The file is deleted instead of moved." },
  [FILE_MOVE_FAIL] = { "Fail", "The FlowFile goes to `failure`, and the file stays." },
  { 0 },
};

enum { TRACE, DEBUG, INFO, WARN, ERROR, FATAL, NONE };

static const WeirAllowed levels[] = {
  [TRACE] = { "TRACE", "As `DEBUG`." },
  [DEBUG] = { "DEBUG", "In the log, when it is to tell all." },
  [INFO] = { "INFO", "In the log." },
  [WARN] = { "WARN", "In the log and as a bulletin." },
  [ERROR] = { "ERROR", "The same, as an error." },
  [FATAL] = { "FATAL", "As `ERROR`." },
  [NONE] = { "NONE", "Nothing is said." },
  { 0 },
};

static const WeirProperty properties[] = {
  { "File to Fetch",
    "Path of the file, from the root on. What is in it comes from attributes: whoever can set "
    "them chooses the file.",
    WEIR_FIELD (FetchFile, path), .default_value = "${absolute.path}/${filename}",
    .hint = WEIR_HINT_FILE, .required = true },
  { "Completion Strategy", "What becomes of the file once its content is safe.",
    WEIR_FIELD (FetchFile, completion), .default_value = "None", .allowed = completions,
    .required = true },
  { "Move Destination Directory",
    "Where `Move File` moves it to: a directory, which is made if it is missing. One on another "
    "file system costs a copy.",
    WEIR_FIELD (FetchFile, directory), .example = "/var/spool/done", .hint = WEIR_HINT_DIRECTORY },
  { "Move Conflict Strategy", "What happens when that directory has a file of the same name.",
    WEIR_FIELD (FetchFile, conflict), .default_value = "Rename", .allowed = conflicts,
    .required = true },
  { "Log level when file not found", "How loud it is said that the file is not there.",
    WEIR_FIELD (FetchFile, not_found), .default_value = "ERROR", .allowed = levels,
    .required = true },
  { "Log level when permission denied", "How loud it is said that the file may not be read.",
    WEIR_FIELD (FetchFile, denied), .default_value = "ERROR", .allowed = levels, .required = true },
};

enum { SUCCESS, NOT_FOUND, DENIED, FAILURE };
static const WeirRelationship relationships[] = {
  [SUCCESS] = { "success", "FlowFiles with the content of their file." },
  [NOT_FOUND] = { "not.found", "FlowFiles whose file does not exist, as they came." },
  [DENIED] = { "permission.denied",
               "FlowFiles whose file may not be read, or not be moved or deleted where that is "
               "asked for, as they came." },
  [FAILURE] = { "failure",
                "FlowFiles whose file could not be brought in for another reason, as they came." },
};

static const WeirAttributeDoc reads[] = {
  { "absolute.path", "Directory of the file, as File to Fetch has it by default." },
  { "filename", "Name of the file, likewise." },
};

static bool
on_configure (const void *state, WeirConfig *config, GError **error)
{
  const FetchFile *self = state;

  if (self->completion.index != MOVE || self->directory != NULL)
    return true;
  g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                       "Completion Strategy is Move File: set Move Destination Directory");
  return false;
}

static bool
on_scheduled (void *state, WeirContext *context, GError **error)
{
  FetchFile *self = state;

  self->sources = file_sources_new (context);
  self->taken = file_taken_new (self->sources);
  /* There may be nothing to fetch, but something that is still to go. */
  weir_context_wake_after (context, 0);
  return true;
}

static void
on_stopped (void *state)
{
  FetchFile *self = state;

  g_clear_pointer (&self->taken, file_taken_close);
  g_clear_pointer (&self->sources, file_sources_close);
}

/* --- the file --- */

typedef struct {
  char *path; /* bytes */
  struct statx status;
  int fd;
  unsigned relationship; /* where the FlowFile goes */
} File;

static void
file_clear (File *file)
{
  if (file->fd >= 0)
    close (file->fd);
  g_free (file->path);
}

/* Returns: false. */
static bool
refuse (File *file, const char *doing, const char *path, int errnum, GError **error)
{
  if (errnum == ENOENT || errnum == ENOTDIR)
    file->relationship = NOT_FOUND;
  else if (errnum == EACCES || errnum == EPERM || errnum == EROFS)
    file->relationship = DENIED;
  return file_name_set_errno (error, doing, path, errnum);
}

static bool
check_path (const char *text, GError **error)
{
  g_autofree char *quoted = NULL;

  if (*text == '\0') {
    g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                         "File to Fetch is empty: set the attributes that it is made of");
    return false;
  }
  if (*text == '/')
    return true;
  quoted = file_name_quote (text);
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
               "File to Fetch is %s: make it a path from the root on", quoted);
  return false;
}

static bool
check_kind (const File *file, GError **error)
{
  g_autofree char *quoted = NULL;

  if (S_ISREG (file->status.stx_mode))
    return true;
  quoted = file_name_quote (file->path);
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID, "cannot fetch %s: it is %s", quoted,
               S_ISDIR (file->status.stx_mode)    ? "a directory"
               : S_ISFIFO (file->status.stx_mode) ? "a pipe"
               : S_ISLNK (file->status.stx_mode)
                   ? "a symbolic link, which is only followed when the file stays as it is"
                   : "no regular file");
  return false;
}

/* absolute.path ends in a slash, and another follows. Returns: (transfer full). */
static char *
squeeze_slashes (const char *path)
{
  GString *squeezed = g_string_new (NULL);

  for (; *path != '\0'; path++)
    if (path[0] != '/' || path[1] != '/')
      g_string_append_c (squeezed, *path);
  return g_string_free (squeezed, FALSE);
}

/* A link is followed unless something is to be done to the file. What the text names is sought by
 * the bytes that it may stand for as well. */
static bool
look (const FetchFile *self, File *file, const char *text, GError **error)
{
  int flags = self->completion.index != KEEP ? AT_SYMLINK_NOFOLLOW : 0;

  file->path = squeeze_slashes (text);
  if (statx (AT_FDCWD, file->path, flags, STATX_BASIC_STATS, &file->status) == 0)
    return true;
  if (errno == ENOENT) {
    char *bytes = file_name_from_text (file->path);

    if (bytes != NULL && statx (AT_FDCWD, bytes, flags, STATX_BASIC_STATS, &file->status) == 0) {
      g_free (file->path);
      file->path = bytes;
      return true;
    }
    g_free (bytes);
    errno = ENOENT;
  }
  return refuse (file, "fetch", file->path, errno, error);
}

/* Looks before it opens: that alone does something to some devices. */
static bool
open_file (const FetchFile *self, File *file, GError **error)
{
  int flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;

  if (!check_kind (file, error))
    return false;
  if (self->completion.index != KEEP)
    flags |= O_NOFOLLOW;
  file->fd = open (file->path, flags);
  if (file->fd < 0 || statx (file->fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &file->status) < 0)
    return refuse (file, "fetch", file->path, errno, error);
  return check_kind (file, error);
}

/* Who cannot take the file away should not find that out when it is too late. */
static bool
check_parent (File *file, GError **error)
{
  g_autofree char *parent = g_path_get_dirname (file->path);

  return faccessat (AT_FDCWD, parent, W_OK | X_OK, AT_EACCESS) == 0 ||
         refuse (file, "take files away from", parent, errno, error);
}

static bool
is_unchanged (const File *file, GError **error)
{
  FileIdentity before = file_identity (&file->status), after;
  g_autofree char *quoted = NULL;
  struct statx status;

  if (statx (file->fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &status) < 0)
    return file_name_set_errno (error, "look once more at", file->path, errno);
  after = file_identity (&status);
  if (file_identity_equal (&before, &after))
    return true;
  quoted = file_name_quote (file->path);
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_FAILED,
               "%s changes while it is read: fetch it when it is complete", quoted);
  return false;
}

/* --- the FlowFile --- */

static bool
put_back (WeirSession *session, WeirFlowFile *flowfile, const WeirFlowFile *before, GError **error)
{
  WeirWriter *writer = weir_session_write (session, flowfile, error);

  if (writer == NULL)
    return false;
  if (before == NULL ||
      weir_writer_write_content (writer, before, 0, weir_flowfile_get_size (before), error))
    return weir_writer_close (writer, error);
  weir_writer_free (writer);
  return false;
}

/* Returns: false with @error: the trigger fails; else @ret_problem says why the file was not read,
 * and the FlowFile is as it was. */
static bool
import (WeirSession *session, WeirFlowFile *flowfile, const File *file, GError **ret_problem,
        GError **error)
{
  WeirFlowFile *before =
      weir_flowfile_get_size (flowfile) > 0 ? weir_session_clone (session, flowfile) : NULL;
  bool is_right = true;

  if (weir_session_import (session, flowfile, file->fd, ret_problem) &&
      !is_unchanged (file, ret_problem))
    is_right = put_back (session, flowfile, before, error);
  if (before != NULL)
    weir_session_remove (session, before);
  return is_right;
}

static uint64_t
hash (const char *text)
{
  uint64_t number = UINT64_C (0xcbf29ce484222325);

  for (; *text != '\0'; text++)
    number = (number ^ (unsigned char)*text) * UINT64_C (0x100000001b3); /* FNV-1a */
  return number;
}

/* Where the file is to go to; a copy, if one is needed, is made at once. */
static bool
plan_move (const FetchFile *self, WeirSession *session, const WeirFlowFile *flowfile,
           const File *file, FileMovePlan *plan, GError **error)
{
  const WeirContext *context = weir_session_get_context (session);

  *plan = (FileMovePlan){
    .directory = weir_expr_eval (self->directory, flowfile, error),
    .conflict = (FileMoveConflict)self->conflict.index,
    .random = weir_context_get_random (context),
    .owner = hash (weir_context_get_id (context)),
    .id = hash (weir_flowfile_get_attribute (flowfile, "uuid")),
  };
  return plan->directory != NULL && file_move_prepare (file->path, &file->status, plan, error) &&
         (!plan->copies || file_move_copy (plan, file->path, file->fd, &file->status, error));
}

/* As import. */
static bool
fetch (FetchFile *self, WeirSession *session, WeirFlowFile *flowfile, File *file,
       FileTaking *taking, GError **ret_problem, GError **error)
{
  const char *text = weir_expr_eval (self->path, flowfile, ret_problem);
  FileMovePlan plan = { 0 };
  FileIdentity identity;
  FileSource *source;

  if (text == NULL || !check_path (text, ret_problem) || !look (self, file, text, ret_problem) ||
      !open_file (self, file, ret_problem))
    return true;
  if (self->completion.index != KEEP && !check_parent (file, ret_problem))
    return true;
  if (self->completion.index == MOVE &&
      !plan_move (self, session, flowfile, file, &plan, ret_problem))
    return true;
  if (!import (session, flowfile, file, ret_problem, error))
    return false;
  if (*ret_problem != NULL) {
    if (plan.copies)
      file_move_discard (&plan, file->path);
    return true;
  }
  file->relationship = SUCCESS;
  file_report (session, flowfile, WEIR_EVENT_FETCH, file->path, NULL);
  if (taking == NULL)
    return true;
  identity = file_identity (&file->status);
  source = file_source_new (self->sources, NULL, file->path, &identity);
  file_taking_add (taking, source,
                   self->completion.index == MOVE ? file_move_new (source, &plan) : NULL);
  return true;
}

static void
say (const FetchFile *self, WeirContext *context, unsigned relationship, const GError *problem)
{
  static const WeirLogLevel of[] = {
    [TRACE] = WEIR_LOG_DEBUG,  [DEBUG] = WEIR_LOG_DEBUG, [INFO] = WEIR_LOG_INFO,
    [WARN] = WEIR_LOG_WARNING, [ERROR] = WEIR_LOG_ERROR, [FATAL] = WEIR_LOG_ERROR,
  };
  unsigned level = relationship == NOT_FOUND ? self->not_found.index
                   : relationship == DENIED  ? self->denied.index
                                             : ERROR;

  if (level != NONE)
    weir_context_log (context, of[level], "%s", problem->message);
}

static bool
fetch_one (FetchFile *self, WeirSession *session, WeirFlowFile *flowfile, FileTaking *taking,
           GError **error)
{
  File file = { .fd = -1, .relationship = FAILURE };
  g_autoptr (GError) problem = NULL;
  bool is_right = fetch (self, session, flowfile, &file, taking, &problem, error);

  file_clear (&file);
  if (!is_right)
    return false;
  if (problem != NULL)
    say (self, weir_session_get_context (session), file.relationship, problem);
  weir_session_transfer (session, flowfile, file.relationship);
  return true;
}

static bool
on_trigger (void *state, WeirSession *session, GError **error)
{
  FetchFile *self = state;
  bool goes = self->completion.index != KEEP;
  FileTaking *taking = NULL;
  WeirFlowFile *flowfile;
  bool is_right = true;

  file_taken_load (self->taken, session, goes);
  if (goes) {
    taking = file_taking_new (self->taken);
    if (taking == NULL)
      return true; /* it is woken when enough has gone */
  }
  flowfile = weir_session_get (session);
  if (flowfile != NULL)
    is_right = fetch_one (self, session, flowfile, taking, error);
  file_taking_submit (taking, session);
  if (flowfile == NULL)
    file_taken_tidy (self->taken, session);
  return is_right;
}

const WeirProcessor fetch_file = {
  WEIR_PROCESSOR_ABI,
  .name = "FetchFile",
  .summary = "Replaces the content of a FlowFile by that of a file.",
  .description =
      "ListFile before it says which files there are; attributes stay as they are. A file is moved "
      "or deleted once its content is safe, even if the machine stops in between, and only if "
      "nobody "
      "wrote to it meanwhile: then it stays, with a bulletin. So does one that cannot be moved any "
      "more.\n"
      "\n"
      "Only regular files are fetched. A symbolic link is followed when the file stays as it is, "
      "and else goes to `failure`, as does a file that changes while it is read. What went wrong "
      "is told by a bulletin.",
  .tags = "files, file system, ingest, input, local, fetch, get, source",
  .input = WEIR_INPUT_REQUIRED,
  .role = WEIR_TRANSFORM,
  .threading = WEIR_CONCURRENT,
  WEIR_PROPERTIES (properties),
  WEIR_RELATIONSHIPS (relationships),
  WEIR_READS (reads),
  .state_size = sizeof (FetchFile),
  .on_configure = on_configure,
  .on_scheduled = on_scheduled,
  .on_trigger = on_trigger,
  .on_stopped = on_stopped,
};
