/* cmd-eval.c: weir eval shows what a text with expressions is worth.
 *
 * What it prints with --json and --markdown is read by programs. */
#include "base/error.h"
#include "base/host.h"
#include "cli/command.h"
#include "expr/describe.h"
#include "expr/trial.h"
#include <json-glib/json-glib.h>
#include <stdio.h>
#include <string.h>

#define EXCERPT 60 /* characters that are shown on each side of a mistake */

/* The attributes, NAME=VALUE in the order of the command line, each name once. */
typedef struct {
  GPtrArray *names;
  GPtrArray *values;
} Attributes;

static bool
find_attribute (const Attributes *attributes, const char *name, guint *ret_index)
{
  return g_ptr_array_find_with_equal_func (attributes->names, name, g_str_equal, ret_index);
}

static const char *
on_lookup (const void *subject, const char *name)
{
  const Attributes *attributes = subject;
  guint index;

  return find_attribute (attributes, name, &index) ? attributes->values->pdata[index] : NULL;
}

static size_t
on_count (const void *subject)
{
  return ((const Attributes *)subject)->names->len;
}

static void
on_nth (const void *subject, size_t index, const char **ret_name, const char **ret_value)
{
  const Attributes *attributes = subject;

  *ret_name = attributes->names->pdata[index];
  *ret_value = attributes->values->pdata[index];
}

static const char *
on_environment (const void *host, const char *name)
{
  return g_getenv (name);
}

/* Returns: false when @assignment is no NAME=VALUE. */
static bool
set_attribute (Attributes *attributes, const char *assignment)
{
  const char *equals = strchr (assignment, '=');
  g_autofree char *name = NULL;
  guint index;

  if (equals == NULL || equals == assignment)
    return false;
  name = g_strndup (assignment, (gsize)(equals - assignment));
  if (find_attribute (attributes, name, &index)) {
    g_free (attributes->values->pdata[index]);
    attributes->values->pdata[index] = g_strdup (equals + 1);
    return true;
  }
  g_ptr_array_add (attributes->names, g_steal_pointer (&name));
  g_ptr_array_add (attributes->values, g_strdup (equals + 1));
  return true;
}

static void
add_text (JsonBuilder *builder, const char *name, const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);

  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, valid);
}

static void
add_number (JsonBuilder *builder, const char *name, gint64 number)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, number);
}

static void
print_json (const char *text, const WeirExprTrial *trial, const GError *error)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *json = NULL;

  json_builder_begin_object (builder);
  if (error == NULL) {
    add_text (builder, "value", trial->value);
    add_text (builder, "type", trial->type);
  } else {
    add_text (builder, "error", error->message);
  }
  if (trial->failed >= 0) {
    unsigned line, column;

    weir_expr_find_place (text, trial->failed, &line, &column);
    add_number (builder, "line", line);
    add_number (builder, "column", column);
  }
  if (trial->unclosed >= 0)
    add_number (builder, "unclosed", trial->unclosed);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  json = json_to_string (root, TRUE);
  puts (json);
}

/* As wide as @c is in a terminal. */
static int
width_of (gunichar c)
{
  if (g_unichar_iszerowidth (c))
    return 0;
  return g_unichar_iswide (c) ? 2 : 1;
}

/* The line with the mistake, and a caret below it. */
static void
show_place (const char *text, ptrdiff_t offset)
{
  g_autoptr (GString) excerpt = g_string_new ("  ");
  const char *before = g_strrstr_len (text, offset, "\n");
  const char *at = before != NULL ? before + 1 : text;
  const char *mistake = text + offset;
  const char *end = mistake;
  int caret = 2;

  for (const char *from = at; g_utf8_strlen (from, mistake - from) > EXCERPT;)
    at = from = g_utf8_next_char (from);
  for (unsigned i = 0; i < EXCERPT && *end != '\0' && *end != '\n'; i++)
    end = g_utf8_next_char (end);
  for (; at < end; at = g_utf8_next_char (at)) {
    gunichar c = g_utf8_get_char (at);

    if (!g_unichar_isprint (c))
      c = c == '\t' ? ' ' : '?';
    caret += at < mistake ? width_of (c) : 0;
    g_string_append_unichar (excerpt, c);
  }
  g_printerr ("%s\n%*s^\n", excerpt->str, caret, "");
}

static void
tell (const char *text, const WeirExprTrial *trial, const GError *error)
{
  const bool shown = g_utf8_validate (text, -1, NULL);

  if (error != NULL) {
    g_autofree char *message = weir_error_clean (error->message);

    g_printerr ("weir eval: %s\n", message);
    if (trial->failed >= 0 && shown)
      show_place (text, trial->failed);
  }
  if (trial->unclosed >= 0) {
    g_printerr ("weir eval: no } closes this ${, so that all from here on is text\n");
    if (shown)
      show_place (text, trial->unclosed);
  }
}

static int
eval (const char *text, const Attributes *attributes, bool json)
{
  g_autofree char *address = weir_host_get_address ();
  g_autoptr (GError) error = NULL;
  WeirExprTrial trial;
  WeirArena arena = { 0 };
  WeirRandom random;
  _Atomic int64_t next_int = 0;
  const WeirExprScope scope = {
    .subject = attributes,
    .lookup = on_lookup,
    .count = on_count,
    .nth = on_nth,
    .environment = on_environment,
    .clock = weir_clock_system (),
    .random = &random,
    .next_int = &next_int,
    .hostname = g_get_host_name (),
    .full_hostname = g_get_host_name (),
    .address = address,
  };

  weir_random_init (&random, weir_random_system_seed ());
  weir_expr_try (text, &scope, &arena, &trial, &error);
  if (json) {
    print_json (text, &trial, error);
  } else {
    if (error == NULL)
      puts (trial.value);
    tell (text, &trial, error);
  }
  weir_arena_clear (&arena);
  return error == NULL ? WEIR_EXIT_OK : WEIR_EXIT_FAILURE;
}

static int
print_markdown (void)
{
  g_autofree char *text = weir_expr_describe_markdown ();

  (void)fputs (text, stdout);
  return WEIR_EXIT_OK;
}

static int
run (int argc, char **argv)
{
  g_auto (GStrv) assignments = NULL;
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) values = g_ptr_array_new_with_free_func (g_free);
  Attributes attributes = { names, values };
  gboolean json = FALSE;
  gboolean markdown = FALSE;
  const GOptionEntry entries[] = {
    { "attribute", 'a', 0, G_OPTION_ARG_FILENAME_ARRAY, &assignments,
      "An attribute of the FlowFile; may be given again", "NAME=VALUE" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, "The result or the mistake, for programs", NULL },
    { "markdown", 0, 0, G_OPTION_ARG_NONE, &markdown, "What functions there are", NULL },
    { NULL },
  };
  int status = weir_command_parse (
      &weir_command_eval, entries,
      "TEXT is the value of a property, such as '${filename:toUpper()}.txt'. Names that are no\n"
      "attributes are looked up in the environment. docs/expression-language.md tells it all.\n"
      "Exit codes: 0 done, 1 there is a mistake in TEXT, 2 wrong usage.",
      &argc, &argv);

  if (status != WEIR_EXIT_OK)
    return status;
  if (markdown)
    return argc == 1 && !json
               ? print_markdown ()
               : weir_command_misused (&weir_command_eval, "--markdown goes with nothing else");
  if (argc != 2)
    return weir_command_misused (&weir_command_eval, argc < 2 ? "which text?" : "one text, not %d",
                                 argc - 1);
  for (size_t i = 0; assignments != NULL && assignments[i] != NULL; i++)
    if (!set_attribute (&attributes, assignments[i]))
      return weir_command_misused (&weir_command_eval, "'%s' is not NAME=VALUE", assignments[i]);
  return eval (argv[1], &attributes, json);
}

const WeirCommand weir_command_eval = {
  "eval",
  "TEXT",
  "Show what a text with expressions gives",
  run,
};
