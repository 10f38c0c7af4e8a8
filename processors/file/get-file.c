/* get-file.c: GetFile brings the files of a directory in and deletes them there.
 *
 * A file is deleted only when its content cannot be lost any more, and only if it still is what
 * was read. Until then it is not taken again, not even by a later run (taken.h). A file that
 * changes while it is read is left for later. */
#include "facts.h"
#include "input.h"
#include "module.h"
#include "name.h"
#include "report.h"
#include "taken.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* After this much a session is committed, so that what follows can begin with it. */
#define ENOUGH_BYTES (16 * 1024 * 1024)

/* After the directory could not be opened. */
#define LOOK_AGAIN_USEC G_USEC_PER_SEC

typedef struct {
  FileInput input;
  WeirDuration interval;
  int64_t batch;

  FileFacts facts;
  FileSources *sources;
  FileTaken *taken;
  int64_t next_look; /* monotonic */
} GetFile;

static const WeirProperty properties[] = {
  { "Input Directory", "Directory whose files are brought in.",
    WEIR_FIELD (GetFile, input.directory), .example = "/var/spool/orders",
    .hint = WEIR_HINT_DIRECTORY, .required = true },
  FILE_FILTER_PROPERTIES (GetFile, input.settings),
  { "Keep Source File",
    "Whether files stay where they are. Then each look at the directory brings them in once more; "
    "ListFile and FetchFile bring each in once. A file that is not kept needs a directory in which "
    "files may be deleted, or it is left alone.",
    WEIR_FIELD (GetFile, input.keep), .default_value = "false" },
  { "Polling Interval", "How long to wait from the end of one look at the directory to the next.",
    WEIR_FIELD (GetFile, interval), .default_value = "1 sec", .required = true },
  { "Batch Size", "How many files are brought in at a time, at most; large ones are fewer.",
    WEIR_FIELD (GetFile, batch), .default_value = "10", .minimum = 1, .maximum = 10000,
    .required = true },
};

enum { SUCCESS };
static const WeirRelationship relationships[] = {
  [SUCCESS] = { "success", "A FlowFile for each file." },
};

static const WeirAttributeDoc writes[] = { FILE_FACTS_DOCS };

static void
on_stopped (void *state)
{
  GetFile *self = state;

  g_clear_pointer (&self->taken, file_taken_close);
  g_clear_pointer (&self->sources, file_sources_close);
  file_input_close (&self->input);
}

static bool
on_scheduled (void *state, WeirContext *context, GError **error)
{
  GetFile *self = state;

  if (!file_input_open (&self->input, context, error))
    return false;
  self->sources = file_sources_new (context);
  self->taken = file_taken_new (self->sources);
  return true;
}

static void
tell (GetFile *self, const FileEntry *entry, const char *doing, int errnum)
{
  g_autofree char *directory = file_name_join (self->input.path, entry->path);
  g_autofree char *path = file_name_join (directory, entry->name);
  GError *error = NULL;

  file_name_set_errno (&error, doing, path, errnum);
  file_notices_tell (self->input.notices, error);
}

/* Opens the file, whatever took its place since the walk met it. */
static int
open_file (GetFile *self, FileEntry *entry)
{
  const unsigned mask = STATX_BASIC_STATS | STATX_BTIME;
  int fd = openat (entry->directory, entry->name,
                   O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

  if (fd < 0) {
    /* Gone meanwhile: that may have been its deletion, for which it waited. */
    if (errno != ENOENT)
      tell (self, entry, "open", errno);
    return -1;
  }
  if (statx (fd, "", AT_EMPTY_PATH, mask, &entry->status) == 0 && S_ISREG (entry->status.stx_mode))
    return fd;
  tell (self, entry, "read", ENXIO);
  close (fd);
  return -1;
}

static bool
read_file (GetFile *self, WeirSession *session, WeirFlowFile *flowfile, const FileEntry *entry,
           int fd)
{
  FileIdentity before = file_identity (&entry->status);
  FileIdentity after = before;
  g_autofree char *quoted = NULL;
  GError *error = NULL;
  struct statx status;

  if (weir_session_import (session, flowfile, fd, &error)) {
    if (statx (fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &status) == 0)
      after = file_identity (&status);
    if (file_identity_equal (&before, &after))
      return true;
    quoted = file_name_quote (entry->name);
    g_set_error (&error, WEIR_ERROR, WEIR_ERROR_FAILED,
                 "%s in '%s%s' changes while it is read: it is tried again; set Minimum File Age "
                 "to the time that its writers need",
                 quoted, self->input.path, entry->path);
  }
  file_notices_tell (self->input.notices, error);
  return false;
}

static void
report (const GetFile *self, WeirSession *session, WeirFlowFile *flowfile, const char *path)
{
  g_autofree char *whole = file_name_join (self->input.path, path);

  file_report (session, flowfile, WEIR_EVENT_RECEIVE, whole, NULL);
}

/* @taking: NULL when files are kept. Returns: the size of the file, -1 when it was not taken. */
static int64_t
take (GetFile *self, WeirSession *session, FileEntry *entry, FileTaking *taking)
{
  FileIdentity identity = file_identity (&entry->status);
  g_autofree char *path = g_strconcat (entry->path, entry->name, NULL);
  WeirFlowFile *flowfile;
  bool is_read;
  int fd;

  if (file_sources_has (self->sources, path, &identity))
    return -1;
  fd = open_file (self, entry);
  if (fd < 0)
    return -1;
  flowfile = weir_session_create (session);
  is_read = read_file (self, session, flowfile, entry, fd);
  close (fd);
  if (!is_read) {
    weir_session_remove (session, flowfile);
    return -1;
  }
  file_facts_put (&self->facts, session, flowfile, self->input.path, entry, true);
  report (self, session, flowfile, path);
  weir_session_transfer (session, flowfile, SUCCESS);
  if (taking != NULL) {
    identity = file_identity (&entry->status);
    file_taking_add (taking, file_source_new (self->sources, self->input.root, path, &identity),
                     NULL);
  }
  return (int64_t)entry->status.stx_size;
}

/* Takes files until it is enough, or there are no more. Returns: how many. */
static int64_t
take_batch (GetFile *self, WeirSession *session, FileTaking *taking)
{
  WeirContext *context = weir_session_get_context (session);
  int64_t wall = weir_context_get_wall_time (context);
  int64_t n = 0, bytes = 0;
  FileEntry entry;

  while (n < self->batch && bytes < ENOUGH_BYTES &&
         (taking == NULL || !file_taking_is_full (taking))) {
    int64_t size;

    if (!file_walk_next (self->input.walk, wall, &entry)) {
      file_input_end_look (&self->input);
      self->next_look = weir_context_get_monotonic_time (context) + self->interval.usec;
      return n;
    }
    size = take (self, session, &entry, taking);
    n += size >= 0;
    bytes += MAX (size, 0);
  }
  if (bytes >= ENOUGH_BYTES)
    weir_context_yield_for (context, 0); /* ends the turn, and with it the session */
  return n;
}

static bool
on_trigger (void *state, WeirSession *session, GError **error)
{
  GetFile *self = state;
  WeirContext *context = weir_session_get_context (session);
  int64_t wait = self->next_look - weir_context_get_monotonic_time (context);
  FileTaking *taking = NULL;
  GError *problem = NULL;
  int64_t n;

  file_taken_load (self->taken, session, !self->input.keep);
  if (self->input.walk == NULL) {
    if (wait > 0) {
      file_taken_tidy (self->taken, session);
      weir_context_yield_for (context, wait);
      return true;
    }
    file_notices_next (self->input.notices);
    if (!file_input_begin_look (&self->input, &problem)) {
      file_notices_tell (self->input.notices, g_steal_pointer (&problem));
      self->next_look = weir_context_get_monotonic_time (context) + LOOK_AGAIN_USEC;
      return true;
    }
  }
  if (!self->input.keep) {
    taking = file_taking_new (self->taken);
    if (taking == NULL)
      return true; /* it is woken when enough has gone */
  }
  n = take_batch (self, session, taking);
  file_taking_submit (taking, session);
  if (n == 0)
    file_taken_tidy (self->taken, session);
  return true;
}

const WeirProcessor get_file = {
  WEIR_PROCESSOR_ABI,
  .name = "GetFile",
  .summary = "Brings the files of a directory in and deletes them there.",
  .description =
      "A file is deleted once its content is safe, and only if nobody wrote to it meanwhile: then "
      "it stays and is brought in again. A file that was brought in is not brought in once more, "
      "even if the machine stops before it is deleted. A file that changes while it is read is "
      "left for the next "
      "look. Files are taken in the order of their names, as far as a directory has not more than "
      "10,000.\n"
      "\n"
      "Symbolic links, pipes, sockets and devices are passed over, with a bulletin. What writes "
      "files into the directory should write them under a name with a dot in front and rename them "
      "when they are complete; where it does not, Minimum File Age helps.",
  .tags = "files, file system, ingest, input, local, get, source",
  .input = WEIR_INPUT_FORBIDDEN,
  .role = WEIR_SOURCE,
  .threading = WEIR_SERIAL,
  WEIR_PROPERTIES (properties),
  WEIR_RELATIONSHIPS (relationships),
  WEIR_WRITES (writes),
  .state_size = sizeof (GetFile),
  .on_scheduled = on_scheduled,
  .on_trigger = on_trigger,
  .on_stopped = on_stopped,
};
