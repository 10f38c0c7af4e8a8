/* tail.c: state, file and session of one tail brought together. */
#include "tail.h"

#include "name.h"
#include "report.h"
#include "tail-follow.h"
#include "tail-lines.h"

#include <fcntl.h>
#include <string.h>

/* The grain of a file system's clock, at the worst: two changes within it look like one. */
#define GRAIN_USEC (2 * G_USEC_PER_SEC)

struct Tail {
  char *path;
  char *key;     /* of the position in the state */
  char *passed;  /* that of tail-passed.h */
  char *pattern; /* NULL: rotated files are not looked for */
  bool is_missing;
  int64_t since; /* a file made after it is read from its beginning */
  int64_t size;  /* at the last look; INT64_MAX before the first */

  /* The last look that found nothing to pass on: the position then, the file, how far it was
   * looked for an end, and that as a position. */
  char *seen_position;
  struct statx seen;
  TailScan scan;
  TailPosition scanned;
  int64_t seen_at; /* the first such look */
  bool is_calm;    /* a change since then would show */
};

Tail *
tail_new (const char *path, const TailOptions *options)
{
  Tail *tail = g_new0 (Tail, 1);
  g_autofree char *escaped = g_uri_escape_string (path, "/", FALSE);

  tail->path = g_strdup (path);
  tail->key = g_strconcat ("file:", escaped, NULL);
  tail->passed = g_strconcat ("passed:", escaped, NULL);
  if (options->rolling != NULL)
    tail->pattern = tail_follow_make_pattern (options->rolling, path);
  tail->since = INT64_MAX;
  tail->size = INT64_MAX;
  return tail;
}

Tail *
tail_new_late (const char *path, const TailOptions *options, int64_t since)
{
  Tail *tail = tail_new (path, options);

  tail->since = since;
  return tail;
}

void
tail_free (void *data)
{
  Tail *tail = data;

  if (tail == NULL)
    return;
  g_free (tail->path);
  g_free (tail->key);
  g_free (tail->passed);
  g_free (tail->pattern);
  g_free (tail->seen_position);
  g_free (tail);
}

const char *
tail_get_path (const Tail *tail)
{
  return tail->path;
}

static void
set_position (Tail *tail, WeirSession *session, const TailPosition *position)
{
  g_autofree char *text = tail_position_format (position);

  weir_session_set_state (session, tail->key, text);
}

static void
tell (Tail *tail, const TailOptions *options, WeirError code, const char *what)
{
  g_autofree char *quoted = file_name_quote (tail->path);

  file_notices_tell (options->notices, g_error_new (WEIR_ERROR, (int)code, "%s %s", quoted, what));
}

static bool
is_made_since (const struct statx *status, int64_t since)
{
  return since != INT64_MAX && ((status->stx_mask & STATX_BTIME) == 0 ||
                                status->stx_btime.tv_sec >= since / G_USEC_PER_SEC);
}

/* Where a file begins of which nothing was read. */
static TailPosition
begin (Tail *tail, const TailOptions *options)
{
  TailPosition position = { .mark = TAIL_MARK_NONE, .changed = INT64_MAX };
  TailSource source;

  if (options->start == TAIL_START_OLDEST)
    position.changed = INT64_MIN;
  if (options->start != TAIL_START_NOW)
    return position;
  position.changed = weir_context_get_wall_time (options->context) * 1000;
  if (tail_source_open (&source, tail->path, NULL) > 0) {
    int64_t end = (int64_t)source.status.stx_size;

    tail_source_locate (&source, is_made_since (&source.status, tail->since) ? 0 : end, &position);
    tail_source_close (&source);
  }
  return position;
}

static TailPosition
get_position (Tail *tail, const TailOptions *options, const char *text)
{
  TailPosition position;

  if (text != NULL && tail_position_parse (text, &position))
    return position;
  if (text != NULL)
    tell (tail, options, WEIR_ERROR_CORRUPT,
          "is read from the Initial Start Position: the state that says how far it was read "
          "cannot be understood");
  return begin (tail, options);
}

static bool
is_same_status (const struct statx *a, const struct statx *b)
{
  return a->stx_ino == b->stx_ino && a->stx_dev_major == b->stx_dev_major &&
         a->stx_dev_minor == b->stx_dev_minor && a->stx_size == b->stx_size &&
         tail_status_get_changed (a) == tail_status_get_changed (b) &&
         tail_stamp_to_nsec (&a->stx_ctime) == tail_stamp_to_nsec (&b->stx_ctime);
}

static bool
is_as_seen (const Tail *tail, const char *text)
{
  struct statx status;

  return tail->is_calm && text != NULL && g_strcmp0 (text, tail->seen_position) == 0 &&
         statx (AT_FDCWD, tail->path, 0, STATX_BASIC_STATS, &status) == 0 &&
         S_ISREG (status.stx_mode) && is_same_status (&status, &tail->seen);
}

/* How much of what has not ended is known already: only as long as it is the same bytes. */
static TailScan
get_scan (const Tail *tail, const char *position, const TailSource *source)
{
  bool is_known = g_strcmp0 (position, tail->seen_position) == 0 &&
                  tail_status_is_same_file (&source->status, &tail->scanned) &&
                  tail_source_check_mark (source, &tail->scanned) > 0;

  return is_known ? tail->scan : (TailScan){ 0 };
}

static void
remember (Tail *tail, const char *position, const TailSource *source, const TailScan *scan,
          int64_t now)
{
  if (g_strcmp0 (position, tail->seen_position) != 0 ||
      !is_same_status (&source->status, &tail->seen))
    tail->seen_at = now;
  tail->is_calm = now - tail->seen_at >= GRAIN_USEC;
  g_free (tail->seen_position);
  tail->seen_position = g_strdup (position);
  tail->seen = source->status;
  tail->scan = *scan;
  if (!tail_source_locate (source, scan->at, &tail->scanned))
    tail->scanned = (TailPosition){ .mark = TAIL_MARK_NONE };
}

static void
put_attributes (const Tail *tail, WeirSession *session, WeirFlowFile *flowfile, int64_t start,
                int64_t end)
{
  static const char *const names[] = { "filename", "tailfile.original.path", "mime.type" };
  g_autofree char *path = file_name_to_text (tail->path);
  g_autofree char *name = g_path_get_basename (path);
  const char *dot = strrchr (name, '.');
  int stem = (int)(dot != NULL ? (size_t)(dot - name) : strlen (name));
  g_autofree char *filename = g_strdup_printf ("%.*s.%" G_GINT64_FORMAT "-%" G_GINT64_FORMAT "%s",
                                               stem, name, start, end, dot != NULL ? dot : "");
  const char *values[] = { filename, path, "text/plain" };

  weir_session_put_attributes (session, flowfile, names, values, G_N_ELEMENTS (names));
}

static void
report (const Tail *tail, WeirSession *session, WeirFlowFile *flowfile, int64_t start, int64_t end)
{
  g_autofree char *details =
      g_strdup_printf ("bytes %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, start, end);

  file_report (session, flowfile, WEIR_EVENT_RECEIVE, tail->path, details);
}

static bool
deliver (Tail *tail, WeirSession *session, const TailOptions *options, const TailSource *source,
         int64_t start, int64_t end, GError **error)
{
  WeirFlowFile *flowfile = weir_session_create (session);
  TailPosition position;

  if (!tail_source_copy (source, session, flowfile, start, end, error))
    return false;
  if (!tail_source_locate (source, end, &position)) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_IO, "it became shorter while it was read");
    return false;
  }
  put_attributes (tail, session, flowfile, start, end);
  report (tail, session, flowfile, start, end);
  weir_session_transfer (session, flowfile, options->relationship);
  set_position (tail, session, &position);
  return true;
}

/* Each comes from elsewhere, and a struct for one call would only rename them. */
/* NOLINTBEGIN(readability-function-size) */
static int64_t
read_source (Tail *tail, WeirSession *session, const TailOptions *options,
             const TailPosition *position, const char *text, const TailSource *source,
             bool is_final, GError **error)
{
  const TailLimits limits = {
    .start = options->line_start,
    .stop_at_nul = options->stop_at_nul,
    .is_final = is_final,
    .max_size = options->max_size,
  };
  TailScan scan = get_scan (tail, text, source);
  int64_t end = tail_lines_find_end (source, position->offset, &limits, &scan, error);

  if (end < 0)
    return -1;
  if (end == position->offset) {
    remember (tail, text, source, &scan, weir_context_get_monotonic_time (options->context));
    return 0;
  }
  if (!deliver (tail, session, options, source, position->offset, end, error))
    return -1;
  return end - position->offset;
}
/* NOLINTEND(readability-function-size) */

/* No bulletin: it may well come later. */
static void
note_missing (Tail *tail, const TailOptions *options)
{
  struct statx status;
  bool was_missing = tail->is_missing;

  tail->is_missing = statx (AT_FDCWD, tail->path, AT_SYMLINK_NOFOLLOW, 0, &status) < 0;
  if (tail->is_missing && !was_missing) {
    g_autofree char *quoted = file_name_quote (tail->path);

    weir_context_log (options->context, WEIR_LOG_INFO, "%s does not exist: it is waited for",
                      quoted);
  }
}

/* tail_follow, with what was passed in the state. */
static bool
follow_file (const Tail *tail, WeirSession *session, const TailFollow *follow,
             TailPosition *position, TailSource *ret_source, bool *ret_is_final)
{
  g_autofree char *before = weir_session_get_state (session, tail->passed);
  g_autofree char *after = NULL;
  bool found;

  *follow->passed = tail_passed_parse (before);
  found = tail_follow (follow, position, ret_source, ret_is_final);
  after = tail_passed_format (follow->passed);
  if (g_strcmp0 (before, after) != 0)
    weir_session_set_state (session, tail->passed, after);
  return found;
}

int64_t
tail_read (Tail *tail, WeirSession *session, const TailOptions *options, GError **error)
{
  TailPassed passed = { 0 };
  const TailFollow follow = {
    .path = tail->path,
    .pattern = tail->pattern,
    .notices = options->notices,
    .passed = &passed,
    .wall = weir_context_get_wall_time (options->context),
    .period = options->period,
    .size = tail->size,
  };
  g_autofree char *text = weir_session_get_state (session, tail->key);
  g_autofree char *moved = NULL;
  TailPosition position;
  TailSource source;
  bool is_final, found;
  int64_t n = 0;

  if (is_as_seen (tail, text))
    return 0;
  position = get_position (tail, options, text);
  found = follow_file (tail, session, &follow, &position, &source, &is_final);
  if (!found && position.changed == INT64_MAX) /* what comes from now on is new */
    position.changed = follow.wall * 1000;
  moved = tail_position_format (&position);
  if (g_strcmp0 (text, moved) != 0)
    weir_session_set_state (session, tail->key, moved);
  if (!found) {
    note_missing (tail, options);
  } else {
    tail->is_missing = false;
    tail->size = (int64_t)source.status.stx_size;
    n = read_source (tail, session, options, &position, moved, &source, is_final, error);
    tail_source_close (&source);
  }
  if (n < 0) {
    g_autofree char *quoted = file_name_quote (tail->path);

    g_prefix_error (error, "tailing %s: ", quoted);
  }
  return n;
}

bool
tail_forget (const Tail *tail, WeirSession *session, int64_t since)
{
  g_autofree char *text = weir_session_get_state (session, tail->key);
  TailPosition position;

  if (text != NULL && tail_position_parse (text, &position) && position.changed / 1000 >= since)
    return false;
  weir_session_set_state (session, tail->key, NULL);
  weir_session_set_state (session, tail->passed, NULL);
  return true;
}
