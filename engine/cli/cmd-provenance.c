/* cmd-provenance.c: weir provenance tells what has happened to FlowFiles, while an engine runs or
 * when none does.
 *
 * What is printed with --json and --csv is read by programs (docs/provenance.md). */
#include "cli/data-dir.h"
#include "cli/provenance.h"

#include "base/error.h"

/* What is wrong with the options together. Returns: NULL: nothing is. */
static const char *
find_mistake (const WeirProvenanceOptions *options, bool has_event)
{
  bool filters = options->flowfile != NULL || options->component != NULL ||
                 options->types != NULL || options->since != NULL || options->until != NULL ||
                 options->attributes != NULL || options->text != NULL || options->larger != NULL ||
                 options->smaller != NULL || options->after != NULL || options->before != NULL ||
                 options->limit != NULL || options->reverse;
  unsigned n_kinds =
      has_event + (options->sql != NULL) + (options->lineage != NULL) + (options->follow ? 1 : 0);

  if (n_kinds > 1)
    return "one of EVENT, --sql, --lineage and --follow at a time";
  if (filters && (has_event || options->sql != NULL || options->lineage != NULL))
    return "EVENT, --sql and --lineage go without what narrows a search";
  if (options->lineage == NULL && (options->up || options->down || options->dot))
    return "--up, --down and --dot go with --lineage";
  if (options->follow && (options->reverse || options->before != NULL))
    return "--follow shows what comes, and goes without --reverse and --before";
  if (options->columns != NULL && (options->sql != NULL || options->lineage != NULL))
    return "--columns goes with a search";
  if ((options->json ? 1 : 0) + (options->csv ? 1 : 0) + (options->dot ? 1 : 0) > 1)
    return "one of --json, --csv and --dot at a time";
  return NULL;
}

static int
fail (const char *message)
{
  g_autofree char *clean = weir_error_clean (message);

  fflush (stdout);
  fprintf (stderr, "weir provenance: %s\n", clean);
  return WEIR_EXIT_FAILURE;
}

/* What could not be read. Returns: the exit code that follows from it. */
static int
tell_problems (WeirHistory *history)
{
  const GPtrArray *problems = weir_history_get_problems (history);

  for (guint i = 0; i < problems->len; i++)
    fail (problems->pdata[i]);
  return problems->len > 0 ? WEIR_EXIT_FAILURE : WEIR_EXIT_OK;
}

static bool
show (WeirProvenance *self, uint64_t event, GError **error)
{
  if (!weir_provenance_find_flowfile (self, error))
    return false;
  if (event != 0)
    return weir_provenance_show_event (self, event, error);
  if (self->options.sql != NULL)
    return weir_provenance_run_sql (self, error);
  if (self->options.lineage != NULL)
    return weir_provenance_show_lineage (self, error);
  if (self->options.follow)
    return weir_provenance_follow (self, error);
  return weir_provenance_show_events (self, error);
}

static int
execute (WeirProvenance *self, uint64_t event)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *directory = weir_data_dir_find (self->options.data, &error);
  int status;
  bool ok;

  if (directory != NULL)
    self->history = weir_history_open (directory, &error);
  if (self->history == NULL)
    return fail (error->message);
  weir_provenance_start_progress (self);
  ok = show (self, event, &error);
  weir_provenance_end_progress (self);
  status = tell_problems (self->history);
  return ok ? status : fail (error->message);
}

static void
provenance_clear (WeirProvenance *self)
{
  WeirProvenanceOptions *options = &self->options;
  char **const texts[] = { &options->data,   &options->flowfile, &options->component,
                           &options->since,  &options->until,    &options->text,
                           &options->larger, &options->smaller,  &options->limit,
                           &options->after,  &options->before,   &options->columns,
                           &options->sql,    &options->lineage };

  for (size_t i = 0; i < G_N_ELEMENTS (texts); i++)
    g_free (*texts[i]);
  g_strfreev (options->types);
  g_strfreev (options->attributes);
  g_clear_pointer (&self->search.attributes, g_array_unref);
  weir_history_free (self->history);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WeirProvenance, provenance_clear)

static const char description[] =
    "Without EVENT, --sql and --lineage it lists events, the newest first, 100 at a time; what "
    "narrows\n"
    "the search can be combined. EVENT is the number of one, of which all is shown.\n\n"
    "TIME is UTC: 2026-11-20, '2026-11-20 21:03:11', 2026-11-20T21:03+02:00, 21:03, today, "
    "yesterday,\n"
    "'2 hours ago' or -2h. SIZE is 1500, 10 KB, 1.5 MB.\n\n"
    "--sql reads the tables events, attributes and lineage; docs/provenance.md has their "
    "columns.\n\n"
    "Exit status: 0 done, also when nothing was found; 1 it could not be done, or a part of it is\n"
    "damaged and was left out; 2 wrong usage.";

static int
run_with (WeirProvenance *self, int argc, char **argv)
{
  WeirProvenanceOptions *o = &self->options;
  const GOptionArg text = G_OPTION_ARG_FILENAME, texts = G_OPTION_ARG_FILENAME_ARRAY;
  const GOptionEntry entries[] = {
    { "data", 0, 0, text, &o->data, "The data directory, or the name of the flow that has it",
      "DIR" },
    { "flowfile", 0, 0, text, &o->flowfile, "Events of it, and those that made something of it",
      "UUID" },
    { "component", 0, 0, text, &o->component, "Events of the processor with this path", "PATH" },
    { "type", 0, 0, texts, &o->types, "Events of these types: SEND, DROP...", "TYPE[,TYPE]" },
    { "since", 0, 0, text, &o->since, "Events from this time on", "TIME" },
    { "until", 0, 0, text, &o->until, "Events up to this time", "TIME" },
    { "attribute", 'a', 0, texts, &o->attributes,
      "Events that set this attribute; may be given again", "NAME[=VALUE]" },
    { "text", 0, 0, text, &o->text,
      "Events with this text, in any case, in URI, details or attributes", "TEXT" },
    { "larger", 0, 0, text, &o->larger, "Events of content of at least this size", "SIZE" },
    { "smaller", 0, 0, text, &o->smaller, "Events of content of at most this size", "SIZE" },
    { "limit", 'n', 0, text, &o->limit, "How many to show (100); 0: all", "N" },
    { "after", 0, 0, text, &o->after, "Events with a higher number", "EVENT" },
    { "before", 0, 0, text, &o->before, "Events with a lower number", "EVENT" },
    { "reverse", 0, 0, G_OPTION_ARG_NONE, &o->reverse, "The oldest first", NULL },
    { "columns", 0, 0, text, &o->columns, "What to show of each event", "NAME[,NAME]" },
    { "follow", 'f', 0, G_OPTION_ARG_NONE, &o->follow,
      "Show the last ones, then what comes, until Ctrl-C", NULL },
    { "sql", 0, 0, text, &o->sql, "Answer a query", "QUERY" },
    { "lineage", 0, 0, text, &o->lineage, "What a FlowFile was made of, and what was made of it",
      "UUID|EVENT" },
    { "up", 0, 0, G_OPTION_ARG_NONE, &o->up, "With --lineage: only what it was made of", NULL },
    { "down", 0, 0, G_OPTION_ARG_NONE, &o->down, "With --lineage: only what was made of it", NULL },
    { "dot", 0, 0, G_OPTION_ARG_NONE, &o->dot, "With --lineage: a graph for Graphviz", NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &o->json, "Print a JSON object a line", NULL },
    { "csv", 0, 0, G_OPTION_ARG_NONE, &o->csv, "Print CSV", NULL },
    { NULL },
  };
  const WeirCommand *command = &weir_command_provenance;
  int status = weir_command_parse (command, entries, description, &argc, &argv);
  g_autoptr (GError) error = NULL;
  uint64_t event = 0;
  const char *mistake;

  if (status != WEIR_EXIT_OK)
    return status;
  if (argc > 2)
    return weir_command_misused (command, "one event, not %d", argc - 1);
  if (argc == 2 && !g_ascii_string_to_unsigned (argv[1], 10, 1, INT64_MAX, &event, NULL))
    return weir_command_misused (command, "'%s' is not the number of an event", argv[1]);
  mistake = find_mistake (o, argc == 2);
  if (mistake != NULL)
    return weir_command_misused (command, "%s", mistake);
  if (!weir_provenance_parse (self, &error))
    return weir_command_misused (command, "%s", error->message);
  return execute (self, event);
}

static int
run (int argc, char **argv)
{
  g_auto (WeirProvenance) self = { 0 };

  return run_with (&self, argc, argv);
}

const WeirCommand weir_command_provenance = {
  .name = "provenance",
  .arguments = "[EVENT]",
  .summary = "Tell what has happened to FlowFiles",
  .run = run,
};
