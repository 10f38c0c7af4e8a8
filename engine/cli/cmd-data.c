/* cmd-data.c: weir data check, stat and compact look after a data directory; stat also while an
 * engine runs there.
 *
 * What is printed with --json is read by programs (docs/data-directory-care.md). */
#include "cli/command.h"
#include "cli/data-report.h"

#include "base/error.h"
#include <stdio.h>
#include <string.h>

typedef struct {
  gboolean as_json;
  gboolean repair;
} Options;

typedef struct {
  const char *name;
  int (*run) (WeirAudit *audit, const Options *options, const char *directory, GError **error);
} Action;

static int
report (WeirAudit *audit, const Options *options, const char *directory, const char *action)
{
  if (options->as_json)
    weir_data_report_print_json (audit, directory, action);
  else
    weir_data_report_print (audit, directory, action);
  return weir_audit_is_damaged (audit) ? WEIR_EXIT_FAILURE : WEIR_EXIT_OK;
}

static int
check (WeirAudit *audit, const Options *options, const char *directory, GError **error)
{
  bool repair;
  int status;

  if (!weir_audit_read (audit, error) || !weir_audit_verify (audit, error))
    return WEIR_EXIT_FAILURE;
  repair = options->repair && weir_audit_is_damaged (audit);
  if (repair && !weir_audit_repair (audit, error))
    return WEIR_EXIT_FAILURE;
  status = report (audit, options, directory, repair ? "repair" : "check");
  return repair ? WEIR_EXIT_OK : status;
}

static int
stat_all (WeirAudit *audit, const Options *options, const char *directory, GError **error)
{
  if (!weir_audit_read (audit, error))
    return WEIR_EXIT_FAILURE;
  return report (audit, options, directory, "stat");
}

static int
compact (WeirAudit *audit, const Options *options, const char *directory, GError **error)
{
  if (!weir_audit_read (audit, error) || !weir_audit_compact (audit, error))
    return WEIR_EXIT_FAILURE;
  return report (audit, options, directory, "compact");
}

static const Action actions[] = { { "check", check },
                                  { "stat", stat_all },
                                  { "compact", compact } };

static const Action *
find_action (const char *name)
{
  for (size_t i = 0; i < G_N_ELEMENTS (actions); i++)
    if (strcmp (actions[i].name, name) == 0)
      return &actions[i];
  return NULL;
}

static int
run_action (const Action *action, const Options *options, const char *directory)
{
  WeirAuditOptions audit_options = { .directory = directory,
                                     .passes_over = action->run == check,
                                     .only_counts = action->run == stat_all };
  g_autoptr (GError) error = NULL;
  g_autoptr (WeirAudit) audit = NULL;
  int status = WEIR_EXIT_FAILURE;

  audit = weir_audit_open (&audit_options, &error);
  if (audit != NULL)
    status = action->run (audit, options, directory, &error);
  if (error != NULL) {
    g_autofree char *message = weir_error_clean (error->message);

    fprintf (stderr, "weir data %s: %s\n", action->name, message);
  }
  return status;
}

static const char description[] =
    "check reads every byte and compares it with its checksum, and tells what is damaged, where,\n"
    "and which FlowFiles that hits. With --repair it copies what is damaged to DIR/quarantine,\n"
    "keeps all that can be read, and tells what is lost. stat tells what is queued where, and "
    "what\n"
    "takes how much space; it may look at a directory in use, and tells how it was a moment ago.\n"
    "compact makes one snapshot of all and deletes what nobody needs any more.\n\n"
    "Exit status: 0 all is well, 1 something is damaged or could not be done, 2 wrong usage.";

static int
run (int argc, char **argv)
{
  Options options = { 0 };
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &options.as_json, "Print one JSON object", NULL },
    { "repair", 0, 0, G_OPTION_ARG_NONE, &options.repair,
      "With check: set what is damaged aside, and keep the rest", NULL },
    { NULL },
  };
  int status = weir_command_parse (&weir_command_data, entries, description, &argc, &argv);
  const Action *action;

  if (status != WEIR_EXIT_OK)
    return status;
  if (argc != 3)
    return weir_command_misused (&weir_command_data,
                                 "name check, stat or compact, and a directory");
  action = find_action (argv[1]);
  if (action == NULL)
    return weir_command_misused (&weir_command_data, "check, stat or compact, not '%s'", argv[1]);
  if (options.repair && action->run != check)
    return weir_command_misused (&weir_command_data, "--repair goes with check");
  return run_action (action, &options, argv[2]);
}

const WeirCommand weir_command_data = {
  .name = "data",
  .arguments = "check|stat|compact DIR",
  .summary = "Look after a data directory",
  .run = run,
};
