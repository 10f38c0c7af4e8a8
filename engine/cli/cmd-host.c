/* cmd-host.c: weir host runs one flow for `weir serve`: it is not for people.
 *
 * What its server has to know goes to file descriptor 3: "ready", or why not. */
#include "cli/command.h"
#include "cli/data-sizes.h"
#include "cli/process.h"
#include "cli/run-signals.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/secret.h"
#include "control/flow-gate.h"
#include "xml/file.h"

#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#define READY_FD    3
#define RETURN_USEC (10 * (int64_t)G_USEC_PER_SEC) /* for triggers to return */

typedef struct {
  char *name;
  char *data_dir;
  char *socket;
  char *key_file;
  gint workers;
  WeirRegistry *registry;
  WeirVault *vault;
  WeirDocumentContext context;
  WeirFlowHost *host;
  WeirFlowGate *gate;
} Host;

static void
host_clear (Host *self)
{
  weir_flow_gate_free (self->gate);
  weir_flow_host_free (self->host);
  weir_vault_free (self->vault);
  weir_registry_free (self->registry);
  g_free (self->name);
  g_free (self->data_dir);
  g_free (self->socket);
  g_free (self->key_file);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Host, host_clear)

/* Nobody may read it: then it is known anyway. */
static void
tell_server (const char *line)
{
  g_autofree char *text = g_strconcat (line, "\n", NULL);
  ssize_t ignored = write (READY_FD, text, strlen (text));

  (void)ignored;
  close (READY_FD);
}

static int
fail (const GError *error)
{
  weir_process_say (WEIR_LOG_ERROR, "weir: %s", error->message);
  tell_server (error->message);
  return WEIR_EXIT_FAILURE;
}

static void
on_bulletin (void *data, const WeirBulletin *bulletin)
{
  Host *self = data;

  if (bulletin->level >= WEIR_LOG_INFO)
    weir_process_say (bulletin->level, "%s: %s: %s", self->name, bulletin->component,
                      bulletin->message);
}

/* The log cannot go on, so neither can its engine; the server starts it again. */
static void
on_failure (void *data, const GError *error)
{
  Host *self = data;

  weir_process_say (WEIR_LOG_ERROR, "%s: %s; ended at once: nothing that was acknowledged is lost",
                    self->name, error->message);
  _exit (WEIR_EXIT_DISK);
}

/* A flow that cannot even be read is one without parts to its server: it has to be read to run. */
static WeirDocument *
read_document (Host *self, const char *path, GError **error)
{
  g_autoptr (GPtrArray) problems = weir_problems_new ();
  WeirFlow *flow = weir_flow_load (path, problems, error);
  g_autofree char *line = NULL;

  if (flow != NULL)
    return weir_document_new (flow, 1, &self->context);
  if (*error != NULL)
    return NULL;
  weir_problems_sort (problems);
  line = weir_problem_format (problems->pdata[0], path);
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID, "%s", line);
  return NULL;
}

static bool
prepare (Host *self, const char *path, GError **error)
{
  WeirDataSizes sizes = weir_data_sizes_get ();
  WeirFlowHostOptions options = {
    .name = self->name,
    .path = path,
    .context = &self->context,
    .keeps_stopped = true,
    .engine = { .n_workers = (unsigned)self->workers,
                .data_dir = self->data_dir,
                .owner = self->name,
                .archive_bytes = WEIR_LIMIT_ARCHIVE,
                .segment_size = sizes.segment,
                .checkpoint_bytes = sizes.checkpoint,
                .partition_bytes = sizes.partition,
                .provenance_usec = sizes.provenance_usec,
                .on_failure = on_failure,
                .on_bulletin = on_bulletin,
                .data = self },
  };
  g_autoptr (WeirDocument) document = NULL;

  self->registry = weir_registry_new (NULL);
  self->vault = weir_vault_new (self->key_file);
  self->context = (WeirDocumentContext){ .registry = self->registry, .vault = self->vault };
  document = read_document (self, path, error);
  if (document == NULL)
    return false;
  self->host = weir_flow_host_new (&options, document, error);
  return self->host != NULL;
}

static int
execute (Host *self, const char *path)
{
  g_autoptr (GError) error = NULL;
  sigset_t ends;
  int number;
  bool stopped;

  sigemptyset (&ends);
  sigaddset (&ends, SIGTERM);
  sigaddset (&ends, SIGINT);
  pthread_sigmask (SIG_BLOCK, &ends, NULL);
  weir_process_ignore_signals ();
  weir_process_allow_many_files ();
  if (!prepare (self, path, &error))
    return fail (error);
  weir_secret_keep_from_disk ();
  weir_flow_host_start (self->host);
  self->gate = weir_flow_gate_new (self->host, self->socket, &error);
  if (self->gate != NULL) {
    tell_server ("ready");
    sigwait (&ends, &number);
  }
  g_clear_pointer (&self->gate, weir_flow_gate_free);
  stopped = weir_flow_host_stop (self->host, RETURN_USEC);
  if (!stopped) {
    weir_process_say (WEIR_LOG_WARNING, "%s: a processor did not return and was left behind",
                      self->name);
    _exit (WEIR_EXIT_HARD);
  }
  return error == NULL ? WEIR_EXIT_OK : fail (error);
}

static int
run (int argc, char **argv)
{
  g_auto (Host) self = { 0 };
  const GOptionEntry entries[] = {
    { "name", 0, 0, G_OPTION_ARG_FILENAME, &self.name, "Name of the flow", "NAME" },
    { "data", 0, 0, G_OPTION_ARG_FILENAME, &self.data_dir, "Its data directory", "DIR" },
    { "socket", 0, 0, G_OPTION_ARG_FILENAME, &self.socket, "Where it is reached", "PATH" },
    { "key", 0, 0, G_OPTION_ARG_FILENAME, &self.key_file, "Keys of its secrets", "FILE" },
    { "workers", 0, 0, G_OPTION_ARG_INT, &self.workers, "Threads that do the work", "N" },
    { NULL },
  };
  int code = weir_command_parse (&weir_command_host, entries, NULL, &argc, &argv);

  if (code != WEIR_EXIT_OK)
    return code;
  if (argc != 2 || self.name == NULL || self.data_dir == NULL || self.socket == NULL)
    return weir_command_misused (&weir_command_host, "it is started by `weir serve`");
  /* Without its server nobody would look after it. */
  prctl (PR_SET_PDEATHSIG, SIGTERM);
  return execute (&self, argv[1]);
}

const WeirCommand weir_command_host = {
  .name = "host",
  .arguments = "--name NAME --data DIR --socket PATH FLOW",
  .summary = "Run one flow for `weir serve`",
  .run = run,
};
