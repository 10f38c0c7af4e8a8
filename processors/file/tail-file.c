/* tail-file.c: TailFile passes on what is added to files.
 *
 * The position behind what was passed on is state of the same session, so that a line is neither
 * lost nor passed on twice, whenever the engine ends. */
#include "module.h"
#include "name.h"
#include "tail-set.h"

#include <string.h>

/* Nothing was new: look again after this. A look at a file that stayed as it was is one call. */
#define POLL_USEC (G_USEC_PER_SEC / 4)

/* What one trigger passes on at most, or a little more; the next goes on with the next file. */
#define ENOUGH_BYTES (16 * 1024 * 1024)

typedef enum { MODE_SINGLE, MODE_MULTIPLE } Mode;

typedef struct {
  WeirChoice mode;
  const WeirExpr *files;
  char *rolling;
  const WeirExpr *base;
  WeirChoice start; /* TailStart */
  bool recursive;
  WeirDuration lookup_interval;
  WeirDuration max_age;
  bool reread;
  WeirDuration period;
  char *line_start;
  WeirSize max_size;

  TailOptions options;
  FileNotices *notices;
  char *base_path;
  FilePattern *wanted;
  FilePattern *message_start;
  GPtrArray *tails;    /* in the order of their paths */
  guint next;          /* of them */
  int64_t next_lookup; /* monotonic; multiple mode */
} TailFile;

static const WeirAllowed modes[] = {
  { "Single file", "File(s) to Tail is the path of a file." },
  { "Multiple files",
    "File(s) to Tail is a regular expression for the files below the Base directory." },
  { NULL },
};

static const WeirAllowed starts[] = {
  [TAIL_START_OLDEST] = { "Beginning of Time",
                          "With the oldest file that matches the Rolling Filename Pattern." },
  [TAIL_START_FILE] = { "Beginning of File", "With the first line of the file." },
  [TAIL_START_NOW] = { "Current Time", "With what is written from now on." },
  { NULL },
};

static bool
is_rolling (const char *text, GError **error)
{
  if (strchr (text, '/') == NULL)
    return true;
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
               "a slash is in it: it is a pattern of names, in the directory of the file");
  return false;
}

static const WeirProperty properties[] = {
  { "Tailing mode", "Whether one file is tailed or those that match a pattern.",
    WEIR_FIELD (TailFile, mode), .default_value = "Single file", .allowed = modes,
    .required = true },
  { "File(s) to Tail",
    "Path of the file; or, with multiple files, regular expression that the whole path of a file "
    "must match, as seen from the Base directory. It should not match rotated files.",
    WEIR_FIELD (TailFile, files), .example = "/var/log/app.log", .required = true,
    .hint = WEIR_HINT_FILE },
  { "Rolling Filename Pattern",
    "Pattern of the names of rotated files, in the directory of the file: `*` stands for any text, "
    "`?` for one character, `${filename}` for the name of the file without its extension. With it, "
    "what was written before a rotation is found after it. Compressed files are passed over.",
    WEIR_FIELD (TailFile, rolling), .example = "${filename}.log.*", .validate = is_rolling },
  { "Base directory", "With multiple files, the directory in which they are looked for.",
    WEIR_FIELD (TailFile, base), .example = "/var/log", .hint = WEIR_HINT_DIRECTORY },
  { "Initial Start Position",
    "Where to begin with a file the first time; later it goes on where it was. With multiple "
    "files, one that comes later is read from its beginning.",
    WEIR_FIELD (TailFile, start), .default_value = "Beginning of File", .allowed = starts,
    .required = true },
  { "Recursive lookup", "With multiple files, whether to look in subdirectories as well.",
    WEIR_FIELD (TailFile, recursive), .default_value = "false" },
  { "Lookup frequency", "With multiple files, how long to wait before looking for new ones.",
    WEIR_FIELD (TailFile, lookup_interval), .default_value = "10 min", .required = true },
  { "Maximum age",
    "With multiple files, those that nobody wrote to for longer are left alone until somebody "
    "does.",
    WEIR_FIELD (TailFile, max_age), .default_value = "24 hours", .required = true },
  { "Reread when NUL encountered",
    "Whether to wait at a NUL byte until something else is there: some network file systems show "
    "NUL where data is still to come.",
    WEIR_FIELD (TailFile, reread), .default_value = "false" },
  { "Post-Rollover Tail Period",
    "How long nobody must have written to a rotated file before it is taken to be complete. Until "
    "then, the file that follows it waits.",
    WEIR_FIELD (TailFile, period), .default_value = "0 sec", .required = true },
  { "Line Start Pattern",
    "Regular expression for the beginning of lines with which a message begins. Such a line and "
    "those that follow it stay together: they are passed on when the next message begins, or when "
    "the file was rotated away. Without it each line is a message. Bytes that are no UTF-8 match "
    "nothing, and a line for which the pattern takes too long does not match; 64 KB of a line are "
    "looked at.",
    WEIR_FIELD (TailFile, line_start), .example = "\\d{4}-\\d\\d-\\d\\dT",
    .validate = file_pattern_is_valid, .hint = WEIR_HINT_REGEX },
  { "Max Buffer Size",
    "A message that is not ended after this many bytes is passed on in pieces that are not larger, "
    "of whole lines if these are not longer.",
    WEIR_FIELD (TailFile, max_size), .default_value = "128 MB", .minimum = 1024,
    .maximum = 1024.0 * 1024 * 1024 * 1024, .required = true },
};

enum { SUCCESS };
static const WeirRelationship relationships[] = {
  [SUCCESS] = { "success", "A FlowFile of whole lines for what was added to a file." },
};

static const WeirAttributeDoc writes[] = {
  { "filename", "Name of the file, with the place in it: lines of app.log are app.0-1200.log." },
  { "tailfile.original.path", "Path of the file, also when the lines were found after a rotation "
                              "in a file of another name." },
  { "mime.type", "`text/plain`." },
};

static bool
on_configure (const void *state, WeirConfig *config, GError **error)
{
  const TailFile *self = state;

  if (self->mode.index == MODE_SINGLE || self->base != NULL)
    return true;
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
               "Multiple files are looked for in a directory: set Base directory");
  return false;
}

static void
on_stopped (void *state)
{
  TailFile *self = state;

  g_clear_pointer (&self->tails, g_ptr_array_unref);
  g_clear_pointer (&self->notices, file_notices_free);
  g_clear_pointer (&self->wanted, file_pattern_free);
  g_clear_pointer (&self->message_start, file_pattern_free);
  g_clear_pointer (&self->base_path, g_free);
}

static bool
prepare_multiple (TailFile *self, WeirContext *context, const char *files, GError **error)
{
  const char *base = weir_context_eval (context, self->base, error);

  if (base == NULL)
    return false;
  self->base_path = file_name_make_absolute (base);
  self->wanted = file_pattern_new (files, error);
  self->next_lookup = weir_context_get_monotonic_time (context);
  return self->wanted != NULL;
}

static bool
prepare (TailFile *self, WeirContext *context, const char *files, GError **error)
{
  if (self->line_start != NULL) {
    self->message_start = file_pattern_new_start (self->line_start, error);
    if (self->message_start == NULL)
      return false;
  }
  return self->mode.index == MODE_SINGLE || prepare_multiple (self, context, files, error);
}

static bool
on_scheduled (void *state, WeirContext *context, GError **error)
{
  TailFile *self = state;
  const char *files = weir_context_eval (context, self->files, error);

  if (files == NULL)
    return false;
  if (*files == '\0') {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                 "File(s) to Tail evaluates to nothing: write the path of a file");
    return false;
  }
  if (!prepare (self, context, files, error)) {
    on_stopped (self);
    return false;
  }
  self->notices = file_notices_new (context);
  self->tails = g_ptr_array_new_with_free_func (tail_free);
  self->next = 0;
  self->options = (TailOptions){
    .context = context,
    .notices = self->notices,
    .start = (TailStart)self->start.index,
    .rolling = self->rolling,
    .stop_at_nul = self->reread,
    .period = self->period.usec,
    .line_start = self->message_start,
    .max_size = (int64_t)self->max_size.bytes,
    .relationship = SUCCESS,
  };
  if (self->mode.index == MODE_SINGLE) {
    g_autofree char *path = file_name_make_absolute (files);

    g_ptr_array_add (self->tails, tail_new (path, &self->options));
  }
  return true;
}

/* Passes on what is new in the files from @next on. Returns: how many bytes; -1 with @error. */
static int64_t
read_files (TailFile *self, WeirSession *session, GError **error)
{
  int64_t bytes = 0;

  while (self->next < self->tails->len && bytes < ENOUGH_BYTES) {
    int64_t n = tail_read (self->tails->pdata[self->next], session, &self->options, error);

    self->next++;
    if (n < 0)
      return -1;
    bytes += n;
  }
  return bytes;
}

static void
look_up (TailFile *self, WeirSession *session)
{
  WeirContext *context = self->options.context;
  int64_t now = weir_context_get_monotonic_time (context);
  const TailLookup lookup = {
    .base = self->base_path,
    .wanted = self->wanted,
    .recursive = self->recursive,
    .oldest = weir_context_get_wall_time (context) - self->max_age.usec,
    .notices = self->notices,
  };

  if (now < self->next_lookup)
    return;
  tail_set_refresh (self->tails, &lookup, session, &self->options);
  self->next_lookup = now + self->lookup_interval.usec;
}

static bool
on_trigger (void *state, WeirSession *session, GError **error)
{
  TailFile *self = state;
  WeirContext *context = weir_session_get_context (session);
  int64_t bytes;

  if (self->next >= self->tails->len) {
    self->next = 0;
    file_notices_next (self->notices);
  }
  if (self->next == 0 && self->mode.index == MODE_MULTIPLE)
    look_up (self, session);
  bytes = read_files (self, session, error);
  if (bytes < 0)
    return false;
  if (bytes >= ENOUGH_BYTES)
    weir_context_yield_for (context, 0); /* ends the turn, and with it the session */
  else if (bytes == 0)
    weir_context_yield_for (context, POLL_USEC);
  return true;
}

const WeirProcessor tail_file = {
  WEIR_PROCESSOR_ABI,
  .name = "TailFile",
  .summary = "Passes on the lines that are added to files, as they are written.",
  .description =
      "Four times a second it looks for what is new, and passes on whole lines, up to 1 MB in a "
      "FlowFile; a longer line is a FlowFile of its own. A last line without end waits for its "
      "end, unless the file was rotated away. Line Start Pattern does the same for messages of "
      "several lines. Bytes are passed on as they are.\n"
      "\n"
      "How far a file was read is remembered across restarts, by what is in it and not by its name "
      "alone. A file that is renamed is read to its end, if Rolling Filename Pattern matches its "
      "new name, then those that were rotated after it, then the new one. So is one that is copied "
      "and truncated. What is rotated several times within one tick of the file system's clock is "
      "read, too, but the order may be another. A file that is truncated or replaced is read from "
      "its beginning.\n"
      "\n"
      "A file that does not exist is waited for. Symbolic links to files are followed.",
  .tags = "files, file system, follow, ingest, input, lines, log, rotate, source, tail",
  .input = WEIR_INPUT_FORBIDDEN,
  .role = WEIR_SOURCE,
  .threading = WEIR_SERIAL,
  WEIR_PROPERTIES (properties),
  WEIR_RELATIONSHIPS (relationships),
  WEIR_WRITES (writes),
  .state_size = sizeof (TailFile),
  .on_configure = on_configure,
  .on_scheduled = on_scheduled,
  .on_trigger = on_trigger,
  .on_stopped = on_stopped,
};
