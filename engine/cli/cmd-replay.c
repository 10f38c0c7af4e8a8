/* cmd-replay.c: weir replay puts a FlowFile as it was once back on the queue that it was taken
 * from, as a new one; the next run takes it from there. */
#include "cli/command.h"
#include "cli/data-dir.h"
#include "cli/data-sizes.h"
#include "cli/flow-file.h"
#include "cli/flow-options.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/uuid.h"
#include "provenance/block.h"
#include "provenance/history.h"
#include "runtime/replay.h"
#include "store/content-look.h"

typedef struct {
  const char *flow;
  char *data;
  gboolean json;
  uint64_t event;
  WeirFlowOptions parameters;
} Options;

/* What is to be made again. */
typedef struct {
  WeirPast past;
  char *queue;
  FILE *content; /* without a name; NULL: there is none */
} Moment;

static void
moment_clear (Moment *moment)
{
  weir_past_clear (&moment->past);
  g_free (moment->queue);
  if (moment->content != NULL)
    (void)fclose (moment->content);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Moment, moment_clear)

static bool
refuse (GError **error, uint64_t event, const char *reason)
{
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND, "event %" PRIu64 ": %s", event, reason);
  return false;
}

/* --- what it was --- */

static bool
on_bytes (void *user, const void *bytes, size_t size, GError **error)
{
  return fwrite (bytes, 1, size, user) == size ||
         weir_error_set_errno (error, "write", "a copy of the content", errno);
}

static bool
read_content (const Options *options, Moment *moment, GError **error)
{
  const WeirContentRef *content = &moment->past.content;

  if (content->where == WEIR_WHERE_NONE || content->length == 0)
    return true;
  moment->content = tmpfile ();
  if (moment->content == NULL)
    return weir_error_set_errno (error, "make a file in", g_get_tmp_dir (), errno);
  if (!weir_content_look (options->data, content, on_bytes, moment->content, error))
    return false;
  if (fflush (moment->content) != 0 || lseek (fileno (moment->content), 0, SEEK_SET) != 0)
    return weir_error_set_errno (error, "write", "a copy of the content", errno);
  return true;
}

/* Values that provenance does not keep cannot come again. */
static bool
check_attributes (const Options *options, const Moment *moment, GError **error)
{
  GHashTableIter iter;
  gpointer name, value;

  g_hash_table_iter_init (&iter, moment->past.attributes);
  while (g_hash_table_iter_next (&iter, &name, &value)) {
    g_autofree char *quoted = NULL;

    if (!g_str_equal (value, WEIR_REDACTED) && !g_str_equal (value, WEIR_TOO_LARGE))
      continue;
    quoted = weir_error_quote (name);
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND,
                 "event %" PRIu64
                 ": the value of attribute %s is %s, which is not kept; take the data from its "
                 "source again",
                 options->event, quoted,
                 g_str_equal (value, WEIR_REDACTED) ? "a secret" : "too large");
    return false;
  }
  return true;
}

/* A FlowFile is made again as it was when it was taken; one that was just made, as it then was. */
static bool
find_place (const Options *options, const WeirHistoryEvent *event, Moment *moment, GError **error)
{
  uint64_t number = event->event.is_birth ? event->event.queue : event->event.source;
  const char *queue = weir_partition_get_word (event->partition, WEIR_WORD_QUEUE, number);

  if (number == 0 || queue == NULL)
    return refuse (error, options->event,
                   event->event.is_birth
                       ? "the FlowFile ended where it was made, so no queue has ever had it"
                       : "the FlowFile was not taken from a queue, so there is none to put it on");
  moment->queue = g_strdup (queue);
  return true;
}

static bool
find_moment (const Options *options, Moment *moment, GError **error)
{
  WeirHistoryFilter filter = WEIR_HISTORY_FILTER_INIT;
  g_autoptr (WeirHistory) history = weir_history_open (options->data, error);
  g_autoptr (WeirHistoryCursor) cursor = NULL;
  g_autoptr (GError) reason = NULL;
  WeirHistoryEvent event;

  if (history == NULL)
    return false;
  filter.from = filter.to = options->event;
  filter.columns = WEIR_COLUMN_FLOWFILE | WEIR_COLUMN_BIRTH | WEIR_COLUMN_ROUTE;
  cursor = weir_history_find (history, &filter);
  if (!weir_history_cursor_next (cursor, &event, &reason)) {
    if (reason == NULL)
      return refuse (error, options->event, "it is not kept: 'weir provenance' tells which are");
    g_propagate_error (error, g_steal_pointer (&reason));
    return false;
  }
  if (!find_place (options, &event, moment, error) ||
      !weir_history_get_past (history, event.event.flowfile, options->event + event.event.is_birth,
                              &moment->past, error))
    return false;
  if (!moment->past.is_whole)
    return refuse (error, options->event,
                   "what the FlowFile was is not known any more: it is older than what is kept of "
                   "provenance");
  return check_attributes (options, moment, error) && read_content (options, moment, error);
}

/* --- making it --- */

static void
tell (const Options *options, const Moment *moment, const char *uuid)
{
  if (options->json)
    printf ("{\"event\": %" PRIu64 ", \"flowfile\": \"%s\"}\n", options->event, uuid);
  else
    printf ("%s waits in '%s' for the next run\n", uuid, moment->queue);
}

static bool
replay (const Options *options, const WeirFlow *flow, WeirResolver *resolver,
        WeirRegistry *registry, const Moment *moment, GError **error)
{
  WeirDataSizes sizes = weir_data_sizes_get ();
  WeirEngineOptions engine_options = { .registry = registry,
                                       .n_workers = 1,
                                       .data_dir = options->data,
                                       .owner = weir_component_get_label (&flow->root->base),
                                       .segment_size = sizes.segment,
                                       .checkpoint_bytes = sizes.checkpoint,
                                       .archive_bytes = WEIR_LIMIT_ARCHIVE };
  g_autoptr (WeirEngine) engine = weir_engine_new (&engine_options, error);
  g_autofree char *details = g_strdup_printf ("of event %" PRIu64, options->event);
  WeirReplay what = { .parent = moment->past.flowfile,
                      .queue = moment->queue,
                      .attributes = moment->past.attributes,
                      .lineage_start = moment->past.lineage_start,
                      .fd = moment->content != NULL ? fileno (moment->content) : -1,
                      .details = details };
  char uuid[WEIR_UUID_SIZE];
  uint64_t id;

  if (engine == NULL || !weir_engine_load (engine, flow, resolver, error) ||
      !weir_engine_replay (engine, &what, &id, error))
    return false;
  weir_uuid_format (engine->install_id, id, uuid);
  g_clear_pointer (&engine, weir_engine_free);
  tell (options, moment, uuid);
  return true;
}

static int
execute (Options *options)
{
  g_autoptr (WeirRegistry) registry = weir_registry_new (NULL);
  g_autoptr (WeirVault) vault = weir_vault_new (options->parameters.key_file);
  g_autoptr (WeirResolver) resolver = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *message = NULL;
  g_autoptr (WeirFlow) flow =
      weir_flow_file_load (options->flow, options->parameters.values, registry, vault, &resolver);
  g_auto (Moment) moment = { 0 };

  if (flow == NULL)
    return WEIR_EXIT_FAILURE;
  if (options->data == NULL)
    options->data = weir_data_dir_default (flow, options->flow);
  if (find_moment (options, &moment, &error) &&
      replay (options, flow, resolver, registry, &moment, &error))
    return WEIR_EXIT_OK;
  message = weir_error_clean (error->message);
  fprintf (stderr, "weir replay: %s\n", message);
  return WEIR_EXIT_FAILURE;
}

static void
options_clear (Options *options)
{
  g_free (options->data);
  weir_flow_options_clear (&options->parameters);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static const char description[] =
    "EVENT is the number of an event: 'weir provenance' tells them. The FlowFile of it is made\n"
    "again as it was when it was taken, with another UUID, its attributes and its content, and is\n"
    "on the queue that it was taken from; one that was just made, on the queue where it went. The\n"
    "flow must not run meanwhile; it goes on with it at its next start.\n\n"
    "Exit status: 0 done, 1 refused, with the reason, 2 wrong usage.";

static int
run (int argc, char **argv)
{
  const WeirCommand *command = &weir_command_replay;
  g_auto (Options) options = { 0 };
  const GOptionEntry entries[] = {
    { "data", 0, 0, G_OPTION_ARG_FILENAME, &options.data,
      "The data directory (~/.local/state/weir/<name of the flow>)", "DIR" },
    WEIR_FLOW_OPTIONS (&options.parameters),
    { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, "Print the new FlowFile as JSON", NULL },
    { NULL },
  };
  int status = weir_command_parse (command, entries, description, &argc, &argv);

  if (status != WEIR_EXIT_OK)
    return status;
  if (argc != 3 || !g_ascii_string_to_unsigned (argv[1], 10, 1, INT64_MAX, &options.event, NULL))
    return weir_command_misused (command, "name the number of one event, and the flow file");
  status = weir_flow_options_read (&options.parameters, command);
  if (status != WEIR_EXIT_OK)
    return status;
  options.flow = argv[2];
  return execute (&options);
}

const WeirCommand weir_command_replay = {
  .name = "replay",
  .arguments = "EVENT FLOW",
  .summary = "Put a FlowFile back on a queue as it was",
  .run = run,
};
