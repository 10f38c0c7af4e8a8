/* describe.c: what --help tells, as JSON. */
#include "cli/describe.h"
#include <json-glib/json-glib.h>
#include <stdbool.h>
#include <stdio.h>

static void
add_text (JsonBuilder *builder, const char *name, const char *text)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, text != NULL ? text : "");
}

static void
add_option (JsonBuilder *builder, const GOptionEntry *entry)
{
  const char short_name[] = { entry->short_name, '\0' };
  const bool repeated =
      entry->arg == G_OPTION_ARG_STRING_ARRAY || entry->arg == G_OPTION_ARG_FILENAME_ARRAY;

  json_builder_begin_object (builder);
  add_text (builder, "name", entry->long_name);
  add_text (builder, "letter", short_name);
  add_text (builder, "value", entry->arg == G_OPTION_ARG_NONE ? "" : entry->arg_description);
  add_text (builder, "text", entry->description);
  json_builder_set_member_name (builder, "takes_value");
  json_builder_add_boolean_value (builder, entry->arg != G_OPTION_ARG_NONE);
  json_builder_set_member_name (builder, "repeated");
  json_builder_add_boolean_value (builder, repeated);
  json_builder_end_object (builder);
}

void
weir_describe (const WeirCommand *command, const GOptionEntry *entries, const char *description)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *json = NULL;

  json_builder_begin_object (builder);
  add_text (builder, "name", command->name);
  add_text (builder, "arguments", command->arguments);
  add_text (builder, "summary", command->summary);
  add_text (builder, "description", description);
  json_builder_set_member_name (builder, "options");
  json_builder_begin_array (builder);
  for (; entries->long_name != NULL; entries++)
    if ((entries->flags & G_OPTION_FLAG_HIDDEN) == 0)
      add_option (builder, entries);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  json = json_to_string (root, TRUE);
  puts (json);
}
