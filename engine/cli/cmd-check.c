/* cmd-check.c: weir check tells everything that is wrong with flows.
 *
 * What it prints with --json is read by programs (docs/flow-xml.md). */
#include "cli/command.h"
#include "cli/flow-file.h"
#include "cli/flow-options.h"
#include <json-glib/json-glib.h>

static void
add_problem (JsonBuilder *builder, const WeirProblem *problem)
{
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "line");
  json_builder_add_int_value (builder, problem->origin.line);
  json_builder_set_member_name (builder, "column");
  json_builder_add_int_value (builder, problem->origin.column);
  json_builder_set_member_name (builder, "severity");
  json_builder_add_string_value (builder,
                                 problem->severity == WEIR_SEVERITY_ERROR ? "error" : "warning");
  json_builder_set_member_name (builder, "path");
  json_builder_add_string_value (builder, problem->path);
  json_builder_set_member_name (builder, "message");
  json_builder_add_string_value (builder, problem->message);
  json_builder_set_member_name (builder, "advice");
  json_builder_add_string_value (builder, problem->advice);
  json_builder_end_object (builder);
}

static void
add_flow (JsonBuilder *builder, const char *path, const GPtrArray *problems)
{
  g_autofree char *label = g_filename_display_name (weir_flow_file_get_label (path));

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "file");
  json_builder_add_string_value (builder, label);
  json_builder_set_member_name (builder, "errors");
  json_builder_add_int_value (builder, weir_problems_count (problems, WEIR_SEVERITY_ERROR));
  json_builder_set_member_name (builder, "warnings");
  json_builder_add_int_value (builder, weir_problems_count (problems, WEIR_SEVERITY_WARNING));
  json_builder_set_member_name (builder, "problems");
  json_builder_begin_array (builder);
  for (guint i = 0; i < problems->len; i++)
    add_problem (builder, problems->pdata[i]);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

/* Returns: (transfer full): what is wrong with the flow at @path, or with the file. */
static GPtrArray *
check (const char *path, GHashTable *values, WeirRegistry *registry, WeirVault *vault)
{
  GPtrArray *problems = weir_problems_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (WeirFlow) flow = weir_flow_file_read (path, problems, &error);

  if (error != NULL)
    weir_problems_add (problems, NULL, (WeirOrigin){ 0 }, "", "%s", error->message);
  if (flow != NULL)
    weir_resolver_free (weir_flow_file_check (flow, values, registry, vault, true, problems));
  return problems;
}

/* @builder: NULL to print lines. Returns: how many errors there are in @paths. */
static unsigned
check_all (char **paths, GHashTable *values, WeirVault *vault, JsonBuilder *builder)
{
  g_autoptr (WeirRegistry) registry = weir_registry_new (NULL);
  unsigned n_errors = 0;

  for (guint i = 0; paths[i] != NULL; i++) {
    g_autoptr (GPtrArray) problems = check (paths[i], values, registry, vault);

    if (builder != NULL)
      add_flow (builder, paths[i], problems);
    else
      weir_flow_file_tell (paths[i], problems, stdout);
    n_errors += weir_problems_count (problems, WEIR_SEVERITY_ERROR);
  }
  return n_errors;
}

static unsigned
check_as_json (char **paths, GHashTable *values, WeirVault *vault)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *text = NULL;
  unsigned n_errors = 0;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "flows");
  json_builder_begin_array (builder);
  n_errors = check_all (paths, values, vault, builder);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  text = json_to_string (root, false);
  puts (text);
  return n_errors;
}

static int
run (int argc, char **argv)
{
  gboolean as_json = FALSE;
  g_auto (WeirFlowOptions) options = { 0 };
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, "Print one JSON object", NULL },
    WEIR_FLOW_OPTIONS (&options),
    { NULL },
  };
  g_autoptr (WeirVault) vault = NULL;
  unsigned n_errors = 0;
  int status = weir_command_parse (
      &weir_command_check, entries,
      "FLOW is a file, or - for standard input. Each problem is a line\n"
      "FILE:LINE:COLUMN: what is wrong, and what to do. A secret that this machine does\n"
      "not have is a warning. Exit codes: 0 no errors, 1 errors, 2 wrong usage.",
      &argc, &argv);

  if (status != WEIR_EXIT_OK)
    return status;
  if (argc < 2)
    return weir_command_misused (&weir_command_check, "which flow?");
  status = weir_flow_options_read (&options, &weir_command_check);
  if (status != WEIR_EXIT_OK)
    return status;
  vault = weir_vault_new (options.key_file);
  n_errors = as_json ? check_as_json (argv + 1, options.values, vault)
                     : check_all (argv + 1, options.values, vault, NULL);
  return n_errors == 0 ? WEIR_EXIT_OK : WEIR_EXIT_FAILURE;
}

const WeirCommand weir_command_check = {
  "check",
  "FLOW...",
  "Tell everything that is wrong with flows",
  run,
};
