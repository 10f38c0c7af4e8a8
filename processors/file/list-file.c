/* list-file.c: ListFile tells of the files of a directory, of each once, and leaves them there.
 *
 * What was listed is remembered in the state of the session that lists it, so that both are
 * committed or neither. A session may be undone after its trigger: the number of the state says
 * whether what is in memory still is what is in the state. */
#include "backlog.h"
#include "facts.h"
#include "input.h"
#include "ledger.h"
#include "mark.h"
#include "module.h"
#include "name.h"

/* A session should not have more. */
#define FILES_MAX 1000

/* A file is stamped with the time of the last tick, 10 ms ago at most, and a directory that was
 * read already may get it meanwhile. Files this new wait for the next look. */
#define TICK_USEC 20000

/* Clocks differ a little; who is that far ahead is wrong. */
#define AHEAD_USEC (60 * G_USEC_PER_SEC)

enum { TIMESTAMPS, ENTITIES, NO_TRACKING };

typedef struct {
  FileInput input;
  WeirChoice strategy;
  bool all_facts;

  char *fingerprint; /* of what decides which files are listed */
  FileFacts facts;
  int64_t wall;         /* when the look began */
  FileBacklog *backlog; /* NULL, or what a walk that is over has met */

  bool is_loaded;
  int64_t number; /* of the state that these have: */
  FileMark mark;
  FileLedger *ledger;
} ListFile;

static const WeirAllowed strategies[] = {
  [TIMESTAMPS] = { "Tracking Timestamps", "A file is listed when its time of modification is later "
                                          "than that of all listed "
                                          "before." },
  [ENTITIES] = { "Tracking Entities",
                 "A file is listed when it is not known, or not with this time and size." },
  [NO_TRACKING] = { "No Tracking", "Each look lists all files." },
  { 0 },
};

static const WeirProperty properties[] = {
  { "Input Directory", "Directory whose files are listed.", WEIR_FIELD (ListFile, input.directory),
    .example = "/var/spool/orders", .hint = WEIR_HINT_DIRECTORY, .required = true },
  { "Listing Strategy", "How files are told from those that were listed before.",
    WEIR_FIELD (ListFile, strategy), .default_value = "Tracking Timestamps", .allowed = strategies,
    .required = true },
  FILE_FILTER_PROPERTIES (ListFile, input.settings),
  { "Include File Attributes", "Whether FlowFiles get the attributes that begin with `file.`.",
    WEIR_FIELD (ListFile, all_facts), .default_value = "true" },
};

enum { SUCCESS };
static const WeirRelationship relationships[] = {
  [SUCCESS] = { "success", "A FlowFile without content for each file." },
};

static const WeirAttributeDoc writes[] = { FILE_FACTS_DOCS };

static void
end_look (ListFile *self)
{
  file_input_end_look (&self->input);
  g_clear_pointer (&self->backlog, file_backlog_free);
}

static void
on_stopped (void *state)
{
  ListFile *self = state;

  end_look (self);
  g_clear_pointer (&self->fingerprint, g_free);
  g_clear_pointer (&self->ledger, file_ledger_free);
  file_mark_clear (&self->mark);
  file_input_close (&self->input);
}

/* Another directory or filter has files that were never listed, however old. The minimum age only
 * says when. Returns: (transfer full). */
static char *
make_fingerprint (const ListFile *self)
{
  const FileSettings *s = &self->input.settings;
  g_autofree char *text = g_strdup_printf (
      "%u %d %d %" G_GINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT "\n%s\n%s\n%s",
      self->strategy.index, s->recurse, s->ignore_hidden, s->max_age.usec, s->min_size.bytes,
      s->max_size.bytes, s->names, s->paths != NULL ? s->paths : "", self->input.path);

  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
}

static bool
on_scheduled (void *state, WeirContext *context, GError **error)
{
  ListFile *self = state;

  self->input.keep = true;
  self->wall = weir_context_get_wall_time (context);
  if (!file_input_open (&self->input, context, error))
    return false;
  self->fingerprint = make_fingerprint (self);
  self->is_loaded = false;
  return true;
}

/* --- what was listed --- */

static void
set_number (ListFile *self, WeirSession *session)
{
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, ++self->number);

  weir_session_set_state (session, "number", text);
}

static const char *
name_part (char *name, size_t size, unsigned part)
{
  g_snprintf (name, size, "entities.%u", part);
  return name;
}

static void
forget_listed (ListFile *self)
{
  file_mark_clear (&self->mark);
  file_mark_init (&self->mark);
  file_ledger_free (self->ledger);
  self->ledger = file_ledger_new ();
}

static void
clear_state (ListFile *self, WeirSession *session)
{
  char name[24];

  forget_listed (self);
  weir_session_set_state (session, "timestamps", NULL);
  for (unsigned i = 0; i < FILE_LEDGER_PARTS; i++)
    weir_session_set_state (session, name_part (name, sizeof name, i), NULL);
  weir_session_set_state (session, "settings", self->fingerprint);
  set_number (self, session);
}

static bool
read_state (ListFile *self, WeirSession *session, GError **error)
{
  g_autofree char *mark = weir_session_get_state (session, "timestamps");
  char name[24];

  if (mark != NULL && !file_mark_from_text (&self->mark, mark, error))
    return false;
  for (unsigned i = 0; i < FILE_LEDGER_PARTS; i++) {
    g_autofree char *part = weir_session_get_state (session, name_part (name, sizeof name, i));

    if (part != NULL && !file_ledger_add_text (self->ledger, part, error))
      return false;
  }
  return true;
}

/* Makes memory agree with the state. */
static void
load (ListFile *self, WeirSession *session)
{
  g_autofree char *number = weir_session_get_state (session, "number");
  g_autofree char *settings = NULL;
  g_autoptr (GError) error = NULL;
  int64_t n = number != NULL ? g_ascii_strtoll (number, NULL, 10) : 0;

  if (self->is_loaded && n == self->number)
    return;
  if (self->is_loaded)
    end_look (self); /* it listed what was undone */
  self->is_loaded = true;
  self->number = CLAMP (n, 0, G_MAXINT64 / 2);
  forget_listed (self);
  settings = weir_session_get_state (session, "settings");
  if (g_strcmp0 (settings, self->fingerprint) != 0) {
    clear_state (self, session);
  } else if (!read_state (self, session, &error)) {
    weir_context_log (weir_session_get_context (session), WEIR_LOG_WARNING,
                      "%s: all files are listed once more", error->message);
    clear_state (self, session);
  }
}

static void
save_ledger (ListFile *self, WeirSession *session)
{
  bool is_changed = false;
  char name[24];

  for (unsigned i = 0; i < FILE_LEDGER_PARTS; i++) {
    g_autofree char *text = file_ledger_take_text (self->ledger, i);

    if (text == NULL)
      continue;
    weir_session_set_state (session, name_part (name, sizeof name, i), *text != '\0' ? text : NULL);
    is_changed = true;
  }
  if (is_changed)
    set_number (self, session);
}

static void
save_mark (ListFile *self, WeirSession *session)
{
  g_autofree char *text = file_mark_to_text (&self->mark);

  weir_session_set_state (session, "timestamps", text);
  set_number (self, session);
}

/* --- looking and listing --- */

static void
tell (ListFile *self, const char *path, const char *what)
{
  g_autofree char *whole = file_name_join (self->input.path, path);
  g_autofree char *quoted = file_name_quote (whole);

  file_notices_tell (self->input.notices,
                     g_error_new (WEIR_ERROR, WEIR_ERROR_LIMIT, "%s %s", quoted, what));
}

static void
list (ListFile *self, WeirSession *session, const FileEntry *entry)
{
  WeirFlowFile *flowfile = weir_session_create (session);

  file_facts_put (&self->facts, session, flowfile, self->input.path, entry, self->all_facts);
  weir_session_transfer (session, flowfile, SUCCESS);
}

/* Returns: false when a stop was asked for. */
static bool
gather (ListFile *self, WeirContext *context)
{
  const int64_t last = (self->wall - TICK_USEC) * 1000;
  FileEntry entry;

  self->backlog = file_backlog_new ();
  for (unsigned n = 1; file_walk_next (self->input.walk, self->wall, &entry); n++) {
    int64_t time = file_backlog_get_time (&entry.status);
    g_autofree char *path = g_strconcat (entry.path, entry.name, NULL);

    if (n % 1000 == 0 && weir_context_is_stopping (context))
      return false;
    if (time / 1000 > self->wall + AHEAD_USEC)
      tell (self, path,
            "was modified in the future by this machine's clock: it is listed when that time has "
            "come; correct the clock, touch the file, or use Tracking Entities");
    else if (time < last && !file_mark_has (&self->mark, time, path))
      file_backlog_add (self->backlog, time, &entry);
  }
  return true;
}

static void
list_item (ListFile *self, WeirSession *session, const FileBacklogItem *item)
{
  g_autofree char *directory = g_strndup (item->path, (size_t)(item->name - item->path));
  FileEntry entry = { -1, directory, item->name, item->status };

  list (self, session, &entry);
  if (file_mark_add (&self->mark, item->time, item->path))
    tell (self, item->path,
          "and more than 10,000 others were modified in the same instant: what comes later with "
          "that time may be missed; use Tracking Entities");
}

/* The oldest first, so that what was listed is a time and not a set.
 * Returns: true when the look is over. */
static bool
list_by_time (ListFile *self, WeirSession *session)
{
  bool is_over;
  unsigned n = 0;

  if (self->backlog == NULL && !gather (self, weir_session_get_context (session))) {
    end_look (self);
    return true;
  }
  while (n < FILES_MAX) {
    const FileBacklogItem *item = file_backlog_next (self->backlog);

    if (item == NULL)
      break;
    list_item (self, session, item);
    n++;
  }
  if (n > 0)
    save_mark (self, session);
  is_over = file_backlog_is_empty (self->backlog);
  if (is_over && file_backlog_is_cut (self->backlog)) {
    end_look (self); /* and look at once for the others */
    return false;
  }
  return is_over;
}

static bool
is_wanted (ListFile *self, const FileEntry *entry)
{
  g_autofree char *path = g_strconcat (entry->path, entry->name, NULL);
  int64_t time = file_backlog_get_time (&entry->status);

  if (self->strategy.index == NO_TRACKING)
    return true;
  switch (file_ledger_note (self->ledger, path, time, entry->status.stx_size)) {
  case FILE_LEDGER_NEW:
    return true;
  case FILE_LEDGER_FULL:
    tell (self, "",
          "has more than 100,000 files, which is as many as can be tracked: others are listed when "
          "some of these are gone; use Tracking Timestamps, or list subdirectories each by itself");
    return false;
  case FILE_LEDGER_KNOWN:
  default:
    return false;
  }
}

/* Returns: true when the look is over. */
static bool
list_by_name (ListFile *self, WeirSession *session)
{
  bool is_over = false;
  unsigned n = 0;
  FileEntry entry;

  while (n < FILES_MAX && !is_over) {
    is_over = !file_walk_next (self->input.walk, self->wall, &entry);
    if (!is_over && is_wanted (self, &entry)) {
      list (self, session, &entry);
      n++;
    }
  }
  if (is_over)
    file_ledger_next_look (self->ledger, file_walk_is_complete (self->input.walk));
  save_ledger (self, session);
  return is_over;
}

static bool
on_trigger (void *state, WeirSession *session, GError **error)
{
  ListFile *self = state;
  WeirContext *context = weir_session_get_context (session);
  GError *problem = NULL;

  load (self, session);
  if (self->input.walk == NULL) {
    file_notices_next (self->input.notices);
    self->wall = weir_context_get_wall_time (context);
    if (!file_input_begin_look (&self->input, &problem)) {
      file_notices_tell (self->input.notices, problem);
      weir_context_yield (context);
      return true;
    }
  }
  if (self->strategy.index == TIMESTAMPS ? list_by_time (self, session)
                                         : list_by_name (self, session)) {
    end_look (self);
    weir_context_yield (context);
  }
  return true;
}

const WeirProcessor list_file = {
  WEIR_PROCESSOR_ABI,
  .name = "ListFile",
  .summary = "Lists the files of a directory, each once, and leaves them where they are.",
  .description =
      "FetchFile brings the content of a listed file in. A file that is written to after it was "
      "listed is listed again. At most 1,000 files are listed at a time; looks at the directory "
      "are the yield duration apart, or as far as the schedule says.\n"
      "\n"
      "What was listed is remembered over a restart. It is forgotten when the directory, the "
      "strategy or a filter changes: then all files are listed once more.\n"
      "\n"
      "Tracking Timestamps remembers a time, however many files there are, and lists the oldest "
      "first. It does not see a file that comes with an older time than that of one listed "
      "before: moved there, or copied with its time (`cp -p`, `rsync -t`, `tar`). Nor does it see "
      "one written through another machine whose clock is behind, unless Minimum File Age is "
      "more than the clocks differ. Whatever precision the file system has for times is enough: "
      "there is no property for it. Tracking Entities sees all these, and remembers each file "
      "that is there, up to 100,000.\n"
      "\n"
      "Symbolic links, pipes, sockets and devices are passed over, with a bulletin. Whether a file "
      "may be read is only seen by FetchFile.",
  .tags = "files, file system, ingest, input, local, list, source",
  .input = WEIR_INPUT_FORBIDDEN,
  .role = WEIR_SOURCE,
  .threading = WEIR_SERIAL,
  WEIR_PROPERTIES (properties),
  WEIR_RELATIONSHIPS (relationships),
  WEIR_WRITES (writes),
  .state_size = sizeof (ListFile),
  .on_scheduled = on_scheduled,
  .on_trigger = on_trigger,
  .on_stopped = on_stopped,
};
