/* weir.c: finds the command that was asked for. One file a command: cmd-NAME.c and a row here. */
#include "base/suggest.h"
#include "cli/command.h"
#include "cli/describe.h"
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <weir/version.h>

static const WeirCommand *const commands[] = {
  &weir_command_run,      &weir_command_check,  &weir_command_fmt,     &weir_command_inspect,
  &weir_command_diff,     &weir_command_eval,   &weir_command_data,    &weir_command_provenance,
  &weir_command_content,  &weir_command_replay, &weir_command_secret,  &weir_command_verify,
  &weir_command_serve,    &weir_command_status, &weir_command_start,   &weir_command_stop,
  &weir_command_run_once, &weir_command_edit,   &weir_command_history, &weir_command_queue,
  &weir_command_why,      &weir_command_token,  &weir_command_logs,
};

static void
print_help (FILE *stream)
{
  fputs ("Usage: weir COMMAND [ARGUMENT...]\n\n"
         "Weir moves data along flows: graphs of processors joined by queues.\n\n"
         "Commands:\n",
         stream);
  for (size_t i = 0; i < G_N_ELEMENTS (commands); i++)
    fprintf (stream, "  %-12s %s\n", commands[i]->name, commands[i]->summary);
  fputs ("\n'weir COMMAND --help' tells the arguments of a command.\n", stream);
}

/* For manual/manual.py. */
static void
print_names (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (commands); i++)
    puts (commands[i]->name);
}

static const WeirCommand *
find_command (const char *name)
{
  /* Not for people. */
  if (strcmp (name, weir_command_host.name) == 0)
    return &weir_command_host;
  for (size_t i = 0; i < G_N_ELEMENTS (commands); i++)
    if (strcmp (commands[i]->name, name) == 0)
      return commands[i];
  return NULL;
}

static int
tell_unknown (const char *name)
{
  const char *names[G_N_ELEMENTS (commands)];
  const char *nearest = NULL;

  for (size_t i = 0; i < G_N_ELEMENTS (commands); i++)
    names[i] = commands[i]->name;
  nearest = weir_suggest (name, names, G_N_ELEMENTS (names));
  fprintf (stderr, "weir: there is no command '%s'", name);
  if (nearest != NULL)
    fprintf (stderr, ", did you mean '%s'?", nearest);
  fputs ("\nSee 'weir --help'\n", stderr);
  return WEIR_EXIT_USAGE;
}

/* A result that was not written is none: the disk may be full. */
static int
close_output (int status)
{
  if (fflush (stdout) == 0 && ferror (stdout) == 0)
    return status;
  fputs ("weir: cannot write to standard output\n", stderr);
  return status == WEIR_EXIT_OK ? WEIR_EXIT_FAILURE : status;
}

int
main (int argc, char **argv)
{
  const WeirCommand *command = NULL;

  /* Characters only: numbers are written the same everywhere. There is no other thread yet.
   * NOLINTNEXTLINE(concurrency-mt-unsafe) */
  setlocale (LC_CTYPE, "");
  if (argc < 2) {
    print_help (stderr);
    return WEIR_EXIT_USAGE;
  }
  if (strcmp (argv[1], "--help") == 0 || strcmp (argv[1], "-h") == 0) {
    print_help (stdout);
    return WEIR_EXIT_OK;
  }
  if (strcmp (argv[1], "--version") == 0) {
    puts ("weir " WEIR_VERSION);
    return WEIR_EXIT_OK;
  }
  if (argc == 2 && strcmp (argv[1], WEIR_DESCRIBE) == 0) {
    print_names ();
    return WEIR_EXIT_OK;
  }
  command = find_command (argv[1]);
  if (command == NULL)
    return tell_unknown (argv[1]);
  return close_output (command->run (argc - 1, argv + 1));
}
