/* cmd-inspect.c: weir inspect tells what the processor types say about themselves.
 *
 * What it prints with --json and --markdown is read by programs (docs/inspect-json.md) and compared
 * with committed pages. */
#include "cli/command.h"
#include "plugin/describe.h"
#include "plugin/lint.h"
#include "plugin/module-dir.h"
#include <stdio.h>

typedef struct {
  gboolean json;
  gboolean markdown;
  gboolean lint;
  char *index;
} Options;

static void
tell (const char *message)
{
  g_autofree char *line = g_strdup_printf ("weir inspect: %s\n", message);

  (void)fputs (line, stderr);
}

static int
write_index (const char *path)
{
  g_autoptr (GPtrArray) problems = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;

  if (!weir_module_dir_write_index (path, problems, &error))
    g_ptr_array_add (problems, g_strdup (error->message));
  for (guint i = 0; i < problems->len; i++)
    tell (g_ptr_array_index (problems, i));
  return problems->len == 0 ? WEIR_EXIT_OK : WEIR_EXIT_FAILURE;
}

/* Returns: (transfer container) (nullable): WeirRegistryType *; NULL after what is wrong was
 * told. */
static GPtrArray *
find_types (WeirRegistry *registry, int n_names, char **names)
{
  g_autoptr (GPtrArray) types = g_ptr_array_new ();
  bool is_complete = true;

  if (n_names == 0)
    return weir_registry_list (registry);
  for (int i = 0; i < n_names; i++) {
    g_autoptr (GError) error = NULL;
    const WeirRegistryType *type = weir_registry_find_type (registry, names[i], &error);

    if (type == NULL)
      tell (error->message);
    is_complete = is_complete && type != NULL;
    g_ptr_array_add (types, (void *)type);
  }
  return is_complete ? g_steal_pointer (&types) : NULL;
}

/* Findings are results: they go to standard output. */
static int
lint (WeirRegistry *registry, const GPtrArray *types, bool is_all)
{
  g_autoptr (GPtrArray) findings = g_ptr_array_new_with_free_func (g_free);
  g_auto (GStrv) problems = weir_registry_get_problems (registry);
  g_auto (GStrv) warnings = is_all ? weir_registry_get_warnings (registry) : g_new0 (char *, 1);

  for (guint i = 0; i < types->len; i++) {
    const WeirRegistryType *type = g_ptr_array_index (types, i);

    weir_lint (type->processor, findings);
  }
  for (guint i = 0; i < findings->len; i++)
    puts (g_ptr_array_index (findings, i));
  for (size_t i = 0; problems[i] != NULL; i++)
    puts (problems[i]);
  for (size_t i = 0; warnings[i] != NULL; i++)
    puts (warnings[i]);
  return findings->len == 0 && *problems == NULL && *warnings == NULL ? WEIR_EXIT_OK
                                                                      : WEIR_EXIT_FAILURE;
}

static void
print_each (const GPtrArray *types, char *(*describe) (const WeirRegistryType *type))
{
  for (guint i = 0; i < types->len; i++) {
    g_autofree char *text = describe (g_ptr_array_index (types, i));

    (void)fputs (i > 0 ? "\n" : "", stdout);
    (void)fputs (text, stdout);
  }
}

static void
print (WeirRegistry *registry, const GPtrArray *types, const Options *options, bool is_all)
{
  g_auto (GStrv) problems = weir_registry_get_problems (registry);
  g_autofree char *text = NULL;

  if (options->json) {
    text = weir_describe_json (types, (const char *const *)problems);
    puts (text);
    return;
  }
  if (is_all) {
    text = options->markdown ? weir_describe_markdown_list (types) : weir_describe_list (types);
    (void)fputs (text, stdout);
  } else {
    print_each (types, options->markdown ? weir_describe_markdown : weir_describe_text);
  }
  for (size_t i = 0; problems[i] != NULL; i++)
    tell (problems[i]);
}

/* What could not be written must not look like a result. */
static int
finish (int code)
{
  if (fflush (stdout) == 0 && !ferror (stdout))
    return code;
  tell ("cannot write to standard output");
  return WEIR_EXIT_FAILURE;
}

static int
inspect (const Options *options, int n_names, char **names)
{
  g_autoptr (WeirRegistry) registry = weir_registry_new (NULL);
  g_autoptr (GPtrArray) types = find_types (registry, n_names, names);

  if (types == NULL)
    return WEIR_EXIT_FAILURE;
  if (options->lint)
    return finish (lint (registry, types, n_names == 0));
  print (registry, types, options, n_names == 0);
  return finish (WEIR_EXIT_OK);
}

static int
run (int argc, char **argv)
{
  Options options = { 0 };
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, "All about the types, for programs", NULL },
    { "markdown", 0, 0, G_OPTION_ARG_NONE, &options.markdown,
      "A page for each TYPE; without TYPE a table of all", NULL },
    { "lint", 0, 0, G_OPTION_ARG_NONE, &options.lint,
      "What is missing or contradicts itself; exit code 1 if anything", NULL },
    { "index", 0, 0, G_OPTION_ARG_FILENAME, &options.index,
      "Write the index of the modules in DIR, so that a start loads those it needs", "DIR" },
    { NULL },
  };
  g_autofree char *index = NULL;
  int code = weir_command_parse (&weir_command_inspect, entries,
                                 "Modules are looked for in the directories of WEIR_MODULE_PATH, "
                                 "or where they are installed.",
                                 &argc, &argv);

  index = options.index;
  if (code != WEIR_EXIT_OK)
    return code;
  if (options.json + options.markdown + options.lint + (index != NULL) > 1)
    return weir_command_misused (&weir_command_inspect,
                                 "--json, --markdown, --lint and --index exclude each other");
  if (index != NULL && argc > 1)
    return weir_command_misused (&weir_command_inspect, "--index takes no TYPE");
  return index != NULL ? write_index (index) : inspect (&options, argc - 1, argv + 1);
}

const WeirCommand weir_command_inspect = {
  .name = "inspect",
  .arguments = "[TYPE...]",
  .summary = "Tell what processor types there are and what they do",
  .run = run,
};
