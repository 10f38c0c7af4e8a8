/* command.c: options and usage messages, the same for every command. */
#include "cli/command.h"
#include "cli/describe.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

int
weir_command_misused (const WeirCommand *command, const char *format, ...)
{
  va_list args;

  fprintf (stderr, "weir %s: ", command->name);
  va_start (args, format);
  vfprintf (stderr, format, args);
  va_end (args);
  fprintf (stderr, "\nSee 'weir %s --help'\n", command->name);
  return WEIR_EXIT_USAGE;
}

int
weir_command_parse (const WeirCommand *command, const GOptionEntry *entries,
                    const char *description, int *argc, char ***argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (command->arguments);
  g_autoptr (GError) error = NULL;
  g_autofree char *summary = g_strdup_printf ("%s.", command->summary);
  g_autofree char *prgname = g_strdup_printf ("weir %s", command->name);

  if (*argc == 2 && g_str_equal ((*argv)[1], WEIR_DESCRIBE)) {
    weir_describe (command, entries, description);
    /* As GLib does for --help; there is no other thread yet.
     * NOLINTNEXTLINE(concurrency-mt-unsafe) */
    exit (WEIR_EXIT_OK);
  }
  g_set_prgname (prgname);
  g_option_context_set_summary (context, summary);
  g_option_context_set_description (context, description);
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, argc, argv, &error))
    return weir_command_misused (command, "%s", error->message);
  if (*argc > 1 && g_str_equal ((*argv)[1], "--")) {
    (*argv)[1] = (*argv)[0];
    (*argv)++;
    (*argc)--;
  }
  return WEIR_EXIT_OK;
}
