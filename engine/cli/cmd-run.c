/* cmd-run.c: one flow in the foreground, from its file to the summary.
 *
 * The first signal asks for an orderly end, which lets what is queued arrive; the second does not
 * wait for it. */
#include "cli/command.h"
#include "cli/data-dir.h"
#include "cli/data-sizes.h"
#include "cli/flow-file.h"
#include "cli/flow-options.h"
#include "cli/process.h"
#include "cli/run-signals.h"
#include "cli/run-status.h"
#include "cli/run-summary.h"

#include "base/limits.h"
#include "base/secret.h"
#include "base/units.h"
#include <string.h>
#include <unistd.h>

#define PICTURE_USEC (G_USEC_PER_SEC / 4)
#define DRAIN_USEC   (10 * (int64_t)G_USEC_PER_SEC) /* for what is queued to arrive */
#define RETURN_USEC  (5 * (int64_t)G_USEC_PER_SEC)  /* for triggers to return */

typedef struct {
  bool until_idle;
  int64_t for_usec; /* -1: without end */
  bool json;
  bool quiet;
  gint workers;
  char *data_dir; /* NULL: the default */
  WeirDurability durability;
  bool without_provenance;
  uint64_t archive_bytes;
  WeirFlowOptions parameters;
} Options;

typedef struct {
  const char *path;
  Options options;
  WeirFlow *flow;
  WeirRegistry *registry;
  WeirVault *vault; /* until the flow is loaded */
  WeirResolver *resolver;
  WeirEngine *engine;
  WeirRunStatus *status;
  WeirRunSignals *signals;
  int64_t start;
} Run;

static const char *
level_text (WeirLogLevel level)
{
  static const char *const texts[] = { "debug", "info", "warning", "error" };

  return texts[level];
}

static void
on_bulletin (void *data, const WeirBulletin *bulletin)
{
  Run *run = data;

  if (bulletin->level < WEIR_LOG_INFO)
    return;
  weir_run_status_say (run->status, "%s: %s: %s", bulletin->component, level_text (bulletin->level),
                       bulletin->message);
}

/* The log cannot go on, so neither can its engine: what it would do from now on could be lost. The
 * next start finds what is on the disk. */
static void
on_failure (void *data, const GError *error)
{
  Run *run = data;

  fprintf (
      stderr,
      "weir: %s\nweir: stopped at once: nothing that was acknowledged is lost; when the disk is "
      "well again, start the flow again and it goes on from %s\n",
      error->message, run->options.data_dir);
  _exit (WEIR_EXIT_DISK);
}

/* How long to look away: until the next picture, or until the end. */
static int64_t
next_look (const Run *run, bool live)
{
  int64_t left = INT64_MAX;

  if (run->options.for_usec >= 0)
    left = MAX (0, run->start + run->options.for_usec - g_get_monotonic_time ());
  if (live || run->options.until_idle)
    left = MIN (left, PICTURE_USEC);
  return left == INT64_MAX ? -1 : left;
}

/* Returns: when the flow is to end: idle, time over, or told to. */
static void
run_until_end (Run *run, bool live)
{
  for (;;) {
    int64_t look = next_look (run, live);

    weir_run_status_draw (run->status, run->engine, run->flow, "running");
    if (run->options.until_idle) {
      if (weir_engine_wait_idle (run->engine, look) || weir_run_signals_take (run->signals, 0))
        return;
    } else if (weir_run_signals_take (run->signals, look)) {
      return;
    }
    if (run->options.for_usec >= 0 && next_look (run, false) == 0)
      return;
  }
}

/* Sources end, and what is queued gets time to arrive: in memory, what is still queued at the end
 * is lost. In a data directory it is as well kept as anywhere.
 * Returns: false when a second signal came. */
static bool
drain (Run *run)
{
  int64_t end = g_get_monotonic_time () + DRAIN_USEC;

  if (run->options.durability != WEIR_DURABILITY_MEMORY)
    return true;
  weir_engine_stop_sources (run->engine);
  while (g_get_monotonic_time () < end) {
    weir_run_status_draw (run->status, run->engine, run->flow, "stopping (Ctrl-C again: at once)");
    if (weir_engine_wait_idle (run->engine, PICTURE_USEC))
      return true;
    if (weir_run_signals_take (run->signals, 0))
      return false;
  }
  weir_run_status_say (run->status, "weir: stopped waiting for what is queued after 10 s");
  return true;
}

static int
finish (Run *run, bool patient)
{
  g_autoptr (WeirFigures) figures = NULL;
  WeirRecorderFigures recorded;
  const WeirRecorderFigures *provenance = NULL;
  double seconds;
  bool stopped;

  /* From here on it may wait for the disk, and nobody may wait for that. */
  weir_run_signals_listen (run->signals, false);
  weir_run_status_draw (run->status, run->engine, run->flow, "stopping (a second Ctrl-C: at once)");
  stopped = weir_engine_stop (run->engine, patient ? RETURN_USEC : 0);
  figures = weir_figures_take (run->engine);
  if (weir_recording_get_figures (run->engine, &recorded))
    provenance = &recorded;
  seconds = (double)(g_get_monotonic_time () - run->start) / G_USEC_PER_SEC;

  g_clear_pointer (&run->status, weir_run_status_free);
  if (run->options.json)
    weir_run_summary_print_json (figures, provenance, run->flow, seconds);
  else if (!run->options.quiet)
    weir_run_summary_print (figures, provenance, run->flow, seconds);
  fflush (stdout);
  if (!stopped) {
    /* A thread is still in a processor: nothing of it may be freed. */
    fputs ("weir: a processor did not return and was left behind\n", stderr);
    _exit (WEIR_EXIT_HARD);
  }
  return patient ? WEIR_EXIT_OK : WEIR_EXIT_HARD;
}

/* What people should know of the directory before it is used. */
static void
tell_about_data (Run *run)
{
  WeirData *data = run->engine->data;

  if (data != NULL && weir_data_get_damage (data) != NULL)
    weir_run_status_say (run->status,
                         "weir: warning: %s; nothing is lost: the snapshot before it and the log "
                         "have it all; look at the disk, `weir data check %s` tells more",
                         weir_data_get_damage (data), run->options.data_dir);
  for (guint i = 0; i < run->engine->stranded->len; i++) {
    const WeirStranded *stranded = run->engine->stranded->pdata[i];
    g_autofree char *size = weir_units_human_size (stranded->queue->bytes);

    weir_run_status_say (
        run->status,
        "weir: warning: %" G_GUINT64_FORMAT
        " FlowFiles (%s) wait in the connection %s, which this flow does not have; "
        "they are kept in %s and go on when it has it again",
        atomic_load (&stranded->queue->count), size, stranded->name, run->options.data_dir);
  }
}

static bool
prepare (Run *run, GError **error)
{
  WeirDataSizes sizes = weir_data_sizes_get ();
  WeirEngineOptions options = { .registry = run->registry,
                                .n_workers = (unsigned)run->options.workers,
                                .data_dir = run->options.data_dir,
                                .owner = weir_component_get_label (&run->flow->root->base),
                                .durability = run->options.durability,
                                .without_provenance = run->options.without_provenance,
                                .archive_bytes = run->options.archive_bytes,
                                .segment_size = sizes.segment,
                                .checkpoint_bytes = sizes.checkpoint,
                                .partition_bytes = sizes.partition,
                                .provenance_usec = sizes.provenance_usec,
                                .on_failure = on_failure,
                                .on_bulletin = on_bulletin,
                                .data = run };

  run->engine = weir_engine_new (&options, error);
  return run->engine != NULL && weir_engine_load (run->engine, run->flow, run->resolver, error);
}

static int
execute (Run *run)
{
  bool live = !run->options.quiet && isatty (STDERR_FILENO);
  g_autoptr (GError) error = NULL;
  bool patient = true;

  /* Before there is any thread. */
  run->signals = weir_run_signals_new ();
  weir_process_ignore_signals ();
  weir_process_allow_many_files ();
  run->registry = weir_registry_new (NULL);
  run->vault = weir_vault_new (run->options.parameters.key_file);
  run->flow = weir_flow_file_load (run->path, run->options.parameters.values, run->registry,
                                   run->vault, &run->resolver);
  if (run->flow == NULL)
    return WEIR_EXIT_FAILURE;
  run->status = weir_run_status_new (stderr, live);
  if (run->options.data_dir == NULL && run->options.durability != WEIR_DURABILITY_MEMORY)
    run->options.data_dir = weir_data_dir_default (run->flow, run->path);
  if (!prepare (run, &error)) {
    fprintf (stderr, "weir: %s: %s\n", run->path, error->message);
    g_clear_pointer (&run->engine, weir_engine_free);
    return WEIR_EXIT_FAILURE;
  }
  g_clear_pointer (&run->vault, weir_vault_free);
  if (!weir_mask_is_empty (weir_secrecy_get_mask (run->engine->secrecy)))
    weir_secret_keep_from_disk ();
  tell_about_data (run);
  run->start = g_get_monotonic_time ();
  weir_engine_start (run->engine);
  weir_run_signals_listen (run->signals, true);
  run_until_end (run, live);
  if (!run->options.until_idle || !weir_engine_is_idle (run->engine))
    patient = drain (run);
  return finish (run, patient);
}

static void
run_clear (Run *run)
{
  weir_run_status_free (run->status);
  weir_engine_free (run->engine);
  weir_run_signals_free (run->signals);
  weir_resolver_free (run->resolver);
  weir_vault_free (run->vault);
  g_clear_pointer (&run->flow, weir_flow_free);
  weir_registry_free (run->registry);
  g_free (run->options.data_dir);
  weir_flow_options_clear (&run->options.parameters);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Run, run_clear)

static bool
set_durability (Options *options, const char *durability, GError **error)
{
  if (durability != NULL && !weir_durability_parse (durability, &options->durability)) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                 "--durability %s: power (the default), process or memory", durability);
    return false;
  }
  if (options->durability != WEIR_DURABILITY_MEMORY || options->data_dir == NULL)
    return true;
  g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                       "--durability memory keeps nothing, so --data has no use; leave one out");
  return false;
}

static bool
set_archive (Options *options, const char *archive, GError **error)
{
  options->archive_bytes = WEIR_LIMIT_ARCHIVE;
  if (archive == NULL || weir_units_parse_size (archive, &options->archive_bytes, error))
    return true;
  g_prefix_error (error, "--archive %s: ", archive);
  return false;
}

static bool
set_provenance (Options *options, const char *provenance, GError **error)
{
  if (provenance == NULL || g_str_equal (provenance, "on"))
    return true;
  options->without_provenance = g_str_equal (provenance, "off");
  if (!options->without_provenance)
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID, "--provenance %s: on (the default) or off",
                 provenance);
  return options->without_provenance;
}

static bool
set_options (Options *options, const char *duration, GError **error)
{
  if (duration != NULL && !weir_units_parse_duration (duration, &options->for_usec, error)) {
    g_prefix_error (error, "--for %s: ", duration);
    return false;
  }
  if (options->workers < 0 || options->workers > WEIR_LIMIT_WORKERS) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                 "--workers %d: from 1 to %d, or 0 for one a core", options->workers,
                 WEIR_LIMIT_WORKERS);
    return false;
  }
  return true;
}

static const char description[] =
    "Without --until-idle and --for the flow runs until it is told to end by Ctrl-C or SIGTERM.\n"
    "What is queued then is in the data directory and goes on at the next start. With\n"
    "--durability=memory sources bring no more, and what is queued has 10 s to arrive. A second\n"
    "Ctrl-C waits for nothing, not for the disk either.\n\n"
    "Durability: power, what was committed survives a power cut; process, it survives the end of\n"
    "the process, however that ends; memory, nothing is kept.\n\n"
    "Exit status: 0 the flow ended in good order, 1 it could not be started (what is wrong is "
    "told,\n"
    "all of it), 2 wrong usage, 3 it was ended by force, 4 the disk of the data directory failed.";

static int
run (int argc, char **argv)
{
  g_auto (Run) self = { .options = { .for_usec = -1 } };
  g_autofree char *duration = NULL;
  g_autofree char *durability = NULL;
  g_autofree char *provenance = NULL;
  g_autofree char *archive = NULL;
  const GOptionEntry entries[] = {
    { "until-idle", 0, 0, G_OPTION_ARG_NONE, &self.options.until_idle,
      "End when all is processed and the sources have nothing more", NULL },
    { "for", 0, 0, G_OPTION_ARG_FILENAME, &duration, "End after that time", "DURATION" },
    { "data", 0, 0, G_OPTION_ARG_FILENAME, &self.options.data_dir,
      "Keep what is queued there (~/.local/state/weir/<name of the flow>)", "DIR" },
    { "durability", 0, 0, G_OPTION_ARG_FILENAME, &durability,
      "What data survives: power (the default), process or memory", "power|process|memory" },
    { "provenance", 0, 0, G_OPTION_ARG_FILENAME, &provenance,
      "Record what happens to each FlowFile: on (the default) or off", "on|off" },
    { "archive", 0, 0, G_OPTION_ARG_FILENAME, &archive,
      "Keep so much of what is no longer needed, to look at and to replay (1 GB)", "SIZE" },
    WEIR_FLOW_OPTIONS (&self.options.parameters),
    { "workers", 0, 0, G_OPTION_ARG_INT, &self.options.workers,
      "Threads that do the work (one a core)", "N" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &self.options.json, "Print the summary as JSON", NULL },
    { "quiet", 'q', 0, G_OPTION_ARG_NONE, &self.options.quiet,
      "Show no figures while it runs and no summary", NULL },
    { NULL },
  };
  int code = weir_command_parse (&weir_command_run, entries, description, &argc, &argv);
  g_autoptr (GError) error = NULL;

  if (code != WEIR_EXIT_OK)
    return code;
  if (argc != 2)
    return weir_command_misused (&weir_command_run, "name one flow file");
  if (!set_durability (&self.options, durability, &error) ||
      !set_provenance (&self.options, provenance, &error) ||
      !set_archive (&self.options, archive, &error) ||
      !set_options (&self.options, duration, &error))
    return weir_command_misused (&weir_command_run, "%s", error->message);
  code = weir_flow_options_read (&self.options.parameters, &weir_command_run);
  if (code != WEIR_EXIT_OK)
    return code;
  self.path = argv[1];
  return execute (&self);
}

const WeirCommand weir_command_run = {
  .name = "run",
  .arguments = "FLOW",
  .summary = "Run a flow in the foreground",
  .run = run,
};
