/* cmd-content.c: weir content writes what a FlowFile contained before or after an event, from a
 * data directory in which an engine runs or none does. */
#include "cli/command.h"
#include "cli/data-dir.h"
#include "cli/rows.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fs.h"
#include "provenance/history.h"
#include "store/content-look.h"

typedef struct {
  char *data;
  char *output;
  gboolean before;
  gboolean after;
  uint64_t event;
} Options;

typedef struct {
  FILE *stream;
  const char *path;
  bool is_terminal;
} Output;

/* --- which content --- */

static bool
refuse (GError **error, uint64_t event, const char *reason)
{
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND, "event %" PRIu64 ": %s", event, reason);
  return false;
}

static bool
find_old (WeirHistory *history, const WeirHistoryEvent *event, WeirContentRef *ret_content,
          GError **error)
{
  WeirPast past;

  if (!weir_history_get_past (history, event->event.flowfile, event->number, &past, error))
    return false;
  *ret_content = past.content;
  weir_past_clear (&past);
  if (past.is_whole || past.content.where != WEIR_WHERE_NONE)
    return true;
  return refuse (error, event->number,
                 "where the content was is not known any more: the FlowFile is older than what is "
                 "kept of provenance");
}

static bool
find_content (WeirHistory *history, const Options *options, WeirContentRef *ret_content,
              GError **error)
{
  WeirHistoryFilter filter = WEIR_HISTORY_FILTER_INIT;
  g_autoptr (WeirHistoryCursor) cursor = NULL;
  g_autoptr (GError) reason = NULL;
  WeirHistoryEvent event;

  filter.from = filter.to = options->event;
  filter.columns = WEIR_COLUMN_FLOWFILE | WEIR_COLUMN_BIRTH | WEIR_COLUMN_CONTENT;
  cursor = weir_history_find (history, &filter);
  if (!weir_history_cursor_next (cursor, &event, &reason)) {
    if (reason == NULL)
      return refuse (error, options->event, "it is not kept: 'weir provenance' tells which are");
    g_propagate_error (error, g_steal_pointer (&reason));
    return false;
  }
  if (options->before && event.event.is_birth)
    return refuse (error, options->event,
                   "it is the first of its FlowFile, which was not there before; 'weir provenance "
                   "--lineage EVENT --up' tells what it was made of");
  if (!options->before && (event.event.has_content || event.event.is_birth)) {
    *ret_content = event.event.content;
    return true;
  }
  return find_old (history, &event, ret_content, error);
}

/* --- where it goes --- */

static bool
on_bytes (void *user, const void *bytes, size_t size, GError **error)
{
  Output *output = user;
  g_autoptr (GString) clean = NULL;

  if (output->is_terminal) {
    clean = g_string_new (NULL);
    for (const char *at = bytes, *end = at + size; at < end;) {
      const char *line = memchr (at, '\n', (size_t)(end - at));
      const char *stop = line != NULL ? line : end;

      weir_rows_append_clean (clean, at, (size_t)(stop - at));
      if (line != NULL)
        g_string_append_c (clean, '\n');
      at = stop + (line != NULL);
    }
    bytes = clean->str;
    size = clean->len;
  }
  return fwrite (bytes, 1, size, output->stream) == size ||
         weir_error_set_errno (error, "write", output->path, errno);
}

static bool
open_output (Output *output, const Options *options, GError **error)
{
  int fd;

  *output = (Output){ .stream = stdout, .path = "standard output" };
  if (options->output == NULL) {
    output->is_terminal = isatty (STDOUT_FILENO) == 1;
    return true;
  }
  fd = weir_fs_open (NULL, AT_FDCWD, options->output, O_WRONLY | O_CREAT | O_TRUNC, 0666, error);
  output->stream = fd >= 0 ? fdopen (fd, "w") : NULL;
  output->path = options->output;
  return fd >= 0;
}

/* What is not all of it must not look so. */
static bool
close_output (Output *output, bool ok, GError **error)
{
  if (output->stream == stdout)
    return ok;
  if (fclose (output->stream) != 0 && ok)
    ok = weir_error_set_errno (error, "write", output->path, errno);
  if (!ok)
    unlink (output->path);
  return ok;
}

static bool
execute (const Options *options, GError **error)
{
  g_autofree char *directory = weir_data_dir_find (options->data, error);
  g_autoptr (WeirHistory) history = NULL;
  WeirContentRef content;
  Output output;

  if (directory == NULL)
    return false;
  history = weir_history_open (directory, error);
  if (history == NULL || !find_content (history, options, &content, error) ||
      !open_output (&output, options, error))
    return false;
  return close_output (&output, weir_content_look (directory, &content, on_bytes, &output, error),
                       error);
}

static void
options_clear (Options *options)
{
  g_free (options->data);
  g_free (options->output);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static const char description[] =
    "EVENT is the number of an event: 'weir provenance' tells them. Each byte is compared with "
    "its\n"
    "checksum before it is written. On a terminal, what it would obey is escaped.\n\n"
    "What a flow does not need any more is kept for a while: 'weir run --archive SIZE'.\n\n"
    "Exit status: 0 done, 1 the content is not kept any more or could not be read, 2 wrong usage.";

static int
run (int argc, char **argv)
{
  const WeirCommand *command = &weir_command_content;
  g_auto (Options) options = { 0 };
  const GOptionEntry entries[] = {
    { "before", 0, 0, G_OPTION_ARG_NONE, &options.before, "What it was before the event", NULL },
    { "after", 0, 0, G_OPTION_ARG_NONE, &options.after, "What it was after it (the default)",
      NULL },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &options.output,
      "Write it there, not to standard output", "FILE" },
    { "data", 0, 0, G_OPTION_ARG_FILENAME, &options.data,
      "The data directory, or the name of the flow that has it", "DIR" },
    { NULL },
  };
  int status = weir_command_parse (command, entries, description, &argc, &argv);
  g_autoptr (GError) error = NULL;
  g_autofree char *message = NULL;

  if (status != WEIR_EXIT_OK)
    return status;
  if (argc != 2 || !g_ascii_string_to_unsigned (argv[1], 10, 1, INT64_MAX, &options.event, NULL))
    return weir_command_misused (command, "name the number of one event");
  if (options.before && options.after)
    return weir_command_misused (command, "--before or --after");
  if (execute (&options, &error))
    return WEIR_EXIT_OK;
  message = weir_error_clean (error->message);
  fprintf (stderr, "weir content: %s\n", message);
  return WEIR_EXIT_FAILURE;
}

const WeirCommand weir_command_content = {
  .name = "content",
  .arguments = "EVENT",
  .summary = "Write what a FlowFile contained",
  .run = run,
};
