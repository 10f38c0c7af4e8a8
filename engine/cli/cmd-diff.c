/* cmd-diff.c: weir diff says what differs between two flows as people say it, or as the edit that
 * makes one into the other. */
#include "cli/command.h"
#include "cli/flow-file.h"
#include "cli/rows.h"
#include "model/diff.h"
#include "wire/edit-json.h"
#include <string.h>

/* As diff(1): differences are no failure. */
#define EXIT_SAME    0
#define EXIT_DIFFERS 1
#define EXIT_TROUBLE 2

static WeirFlow *
read_flow (const char *path)
{
  g_autoptr (GPtrArray) problems = weir_problems_new ();
  g_autoptr (GError) error = NULL;
  WeirFlow *flow = weir_flow_file_read (path, problems, &error);

  if (error != NULL)
    fprintf (stderr, "weir diff: %s\n", error->message);
  else if (flow == NULL)
    weir_flow_file_tell (path, problems, stderr);
  return flow;
}

static int
print_json (const WeirDiff *diff)
{
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  if (!weir_json_put_edit_batch (out, NULL, diff->batch, &error)) {
    fprintf (stderr, "weir diff: %s\n", error->message);
    return EXIT_TROUBLE;
  }
  puts (out->str);
  return diff->batch->edits->len > 0 ? EXIT_DIFFERS : EXIT_SAME;
}

static int
print_lines (const WeirDiff *diff, bool with_layout)
{
  guint n_shown = 0;

  for (guint i = 0; i < diff->lines->len; i++) {
    const WeirDifference *line = diff->lines->pdata[i];
    g_autoptr (GString) clean = g_string_new (NULL);

    if (line->is_layout && !with_layout)
      continue;
    weir_rows_append_clean (clean, line->text, strlen (line->text));
    puts (clean->str);
    n_shown++;
  }
  if (n_shown == 0 && diff->lines->len > 0)
    fprintf (stderr, "Only layout, order or comments differ: --layout shows them\n");
  return n_shown > 0 ? EXIT_DIFFERS : EXIT_SAME;
}

static int
run (int argc, char **argv)
{
  gboolean as_json = FALSE;
  gboolean with_layout = FALSE;
  g_autoptr (WeirFlow) from = NULL;
  g_autoptr (WeirFlow) to = NULL;
  g_autoptr (WeirDiff) diff = NULL;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, "Print the edit that makes A into B", NULL },
    { "layout", 0, 0, G_OPTION_ARG_NONE, &with_layout, "Show layout, order and comments, too",
      NULL },
    { NULL },
  };
  int status = weir_command_parse (
      &weir_command_diff, entries,
      "A and B are flow files; one may be - for standard input.\n"
      "Values of properties and parameters that are secret by their names are not shown, except\n"
      "in the edit of --json.\n"
      "Exit codes: 0 they say the same, 1 they differ, 2 wrong usage or a file cannot be read.",
      &argc, &argv);

  if (status != WEIR_EXIT_OK)
    return status;
  if (argc != 3)
    return weir_command_misused (&weir_command_diff, "which two flows?");
  from = read_flow (argv[1]);
  to = from != NULL ? read_flow (argv[2]) : NULL;
  if (to == NULL)
    return EXIT_TROUBLE;
  diff = weir_flow_diff (from, to);
  return as_json ? print_json (diff) : print_lines (diff, with_layout);
}

const WeirCommand weir_command_diff = {
  "diff",
  "A B",
  "Tell what differs between two flows",
  run,
};
