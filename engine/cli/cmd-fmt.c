/* cmd-fmt.c: weir fmt writes flows in the one form that makes small diffs. */
#include "cli/command.h"
#include "cli/flow-file.h"
#include "xml/file.h"
#include "xml/writer.h"
#include <string.h>

/* Returns: (transfer full) (nullable): the canonical text; NULL after what is wrong was told. */
static char *
format (const char *path, size_t *ret_size)
{
  g_autoptr (GPtrArray) problems = weir_problems_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (WeirFlow) flow = weir_flow_file_read (path, problems, &error);
  char *text = flow != NULL ? weir_flow_write (flow, ret_size, &error) : NULL;

  if (error != NULL)
    fprintf (stderr, "weir fmt: %s\n", error->message);
  else if (flow == NULL)
    weir_flow_file_tell (path, problems, stderr);
  return text;
}

static bool
put (const char *path, const char *text, size_t size, bool in_place)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *old = NULL;
  gsize old_size = 0;

  if (!in_place)
    return fwrite (text, 1, size, stdout) == size;

  /* What does not change keeps its time, for those who build by it. */
  if (g_file_get_contents (path, &old, &old_size, NULL) && old_size == size &&
      memcmp (old, text, size) == 0)
    return true;
  if (weir_flow_save (path, text, size, &error))
    return true;
  fprintf (stderr, "weir fmt: %s\n", error->message);
  return false;
}

static int
run (int argc, char **argv)
{
  gboolean in_place = FALSE;
  const GOptionEntry entries[] = {
    { "write", 'w', 0, G_OPTION_ARG_NONE, &in_place, "Rewrite the files", NULL },
    { NULL },
  };
  int status = weir_command_parse (
      &weir_command_fmt, entries,
      "FLOW is a file, or - for standard input. Without -w the result is printed.\n"
      "Comments and everything that Weir does not know are kept.\n"
      "Exit codes: 0 done, 1 a file could not be read or written, 2 wrong usage.",
      &argc, &argv);

  if (status != WEIR_EXIT_OK)
    return status;
  if (argc < 2)
    return weir_command_misused (&weir_command_fmt, "which flow?");
  for (int i = 1; i < argc; i++)
    if (in_place && strcmp (argv[i], "-") == 0)
      return weir_command_misused (&weir_command_fmt, "-w cannot rewrite standard input");
  for (int i = 1; i < argc; i++) {
    size_t size = 0;
    g_autofree char *text = format (argv[i], &size);

    if (text == NULL || !put (argv[i], text, size, in_place))
      status = WEIR_EXIT_FAILURE;
  }
  return status;
}

const WeirCommand weir_command_fmt = {
  "fmt",
  "FLOW...",
  "Write flows in their canonical form",
  run,
};
