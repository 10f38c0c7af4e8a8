/* cmd-verify.c: weir verify lets the services of a flow try themselves, and tells what was tried
 * and what answered.
 *
 * What it prints with --json is read by programs (docs/services.md). */
#include "cli/command.h"
#include "cli/flow-file.h"
#include "cli/flow-options.h"
#include "runtime/engine.h"
#include "runtime/verify.h"

#include <json-glib/json-glib.h>
#include <stdio.h>

static void
add_step (JsonBuilder *builder, const WeirVerifyStep *step)
{
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "step");
  json_builder_add_string_value (builder, step->step);
  json_builder_set_member_name (builder, "worked");
  json_builder_add_boolean_value (builder, step->worked);
  json_builder_set_member_name (builder, "message");
  json_builder_add_string_value (builder, step->message);
  json_builder_end_object (builder);
}

/* Both return whether all steps worked. */
static bool
print_json (JsonBuilder *builder, const WeirServed *served, const GPtrArray *steps)
{
  bool worked = true;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "id");
  json_builder_add_string_value (builder, served->path);
  json_builder_set_member_name (builder, "type");
  json_builder_add_string_value (builder, served->type->common->name);
  json_builder_set_member_name (builder, "steps");
  json_builder_begin_array (builder);
  for (guint i = 0; i < steps->len; i++) {
    const WeirVerifyStep *step = steps->pdata[i];

    add_step (builder, step);
    worked = worked && step->worked;
  }
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "worked");
  json_builder_add_boolean_value (builder, worked);
  json_builder_end_object (builder);
  return worked;
}

static bool
print_text (const WeirServed *served, const GPtrArray *steps)
{
  bool worked = true;

  printf ("%s (%s)\n", served->path, served->type->common->name);
  for (guint i = 0; i < steps->len; i++) {
    const WeirVerifyStep *step = steps->pdata[i];

    printf ("  %-6s  %s: %s\n", step->worked ? "ok" : "FAILED", step->step, step->message);
    worked = worked && step->worked;
  }
  return worked;
}

static bool
is_wanted (const WeirServed *served, char **paths)
{
  return *paths == NULL || g_strv_contains ((const char *const *)paths, served->path);
}

/* @builder: NULL to print lines. */
static bool
verify_all (WeirEngine *engine, char **paths, JsonBuilder *builder)
{
  const GPtrArray *all = weir_services_list (engine->services);
  bool worked = true;

  for (guint i = 0; i < all->len; i++) {
    const WeirServed *served = all->pdata[i];
    g_autoptr (GPtrArray) steps = NULL;

    if (!is_wanted (served, paths))
      continue;
    steps = weir_verify (engine->services, served);
    worked &= builder != NULL ? print_json (builder, served, steps) : print_text (served, steps);
  }
  return worked;
}

static bool
verify_as_json (WeirEngine *engine, char **paths)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *text = NULL;
  bool worked;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "services");
  json_builder_begin_array (builder);
  worked = verify_all (engine, paths, builder);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  text = json_to_string (root, false);
  puts (text);
  return worked;
}

static bool
tell_missing (WeirEngine *engine, char **paths)
{
  const GPtrArray *all = weir_services_list (engine->services);
  bool is_missing = false;

  for (size_t i = 0; paths[i] != NULL; i++) {
    bool found = false;

    for (guint j = 0; j < all->len && !found; j++)
      found = g_str_equal (((const WeirServed *)all->pdata[j])->path, paths[i]);
    if (!found)
      (void)fprintf (stderr, "weir verify: the flow has no service '%s' that is enabled\n",
                     paths[i]);
    is_missing = is_missing || !found;
  }
  return is_missing;
}

static void
on_bulletin (void *data, const WeirBulletin *bulletin)
{
  (void)fprintf (stderr, "weir verify: %s: %s\n", bulletin->name, bulletin->message);
}

static int
verify (const char *path, char **services, GHashTable *values, WeirVault *vault, bool as_json)
{
  g_autoptr (WeirRegistry) registry = weir_registry_new (NULL);
  g_autoptr (WeirResolver) resolver = NULL;
  g_autoptr (WeirFlow) flow = weir_flow_file_load (path, values, registry, vault, &resolver);
  WeirEngineOptions options = { .registry = registry, .by_hand = true, .on_bulletin = on_bulletin };
  g_autoptr (WeirEngine) engine = NULL;
  g_autoptr (GError) error = NULL;

  if (flow == NULL)
    return WEIR_EXIT_FAILURE;
  engine = weir_engine_new (&options, &error);
  if (engine == NULL || !weir_engine_load (engine, flow, resolver, &error)) {
    (void)fprintf (stderr, "weir verify: %s\n", error->message);
    return WEIR_EXIT_FAILURE;
  }
  if (tell_missing (engine, services))
    return WEIR_EXIT_FAILURE;
  return (as_json ? verify_as_json (engine, services) : verify_all (engine, services, NULL))
             ? WEIR_EXIT_OK
             : WEIR_EXIT_FAILURE;
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
  int status = weir_command_parse (
      &weir_command_verify, entries,
      "FLOW is a file, or - for standard input; SERVICE is the id of a service in it,\n"
      "in a group \"group/id\"; without, all are tried. Each is enabled as it would be in\n"
      "a run, and tries what its users will need. Nothing of the flow runs.\n"
      "Exit codes: 0 all work, 1 something does not, 2 wrong usage.",
      &argc, &argv);

  if (status != WEIR_EXIT_OK)
    return status;
  if (argc < 2)
    return weir_command_misused (&weir_command_verify, "which flow?");
  status = weir_flow_options_read (&options, &weir_command_verify);
  if (status != WEIR_EXIT_OK)
    return status;
  vault = weir_vault_new (options.key_file);
  return verify (argv[1], argv + 2, options.values, vault, as_json);
}

const WeirCommand weir_command_verify = {
  "verify",
  "FLOW [SERVICE...]",
  "Try the services of a flow and tell what answered",
  run,
};
