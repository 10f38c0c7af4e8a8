/* describe-markdown.c: the page of a processor in docs/processors/. */
#include "plugin/describe.h"
#include <string.h>

/* Text in a cell of a table: a bar or the end of a line would end the cell. */
static void
append_cell (GString *out, const char *text)
{
  g_string_append_c (out, ' ');
  for (; *text != '\0'; text++) {
    if (*text == '|')
      g_string_append (out, "\\|");
    else
      g_string_append_c (out, *text == '\n' ? ' ' : *text);
  }
  g_string_append (out, " |");
}

/* Code may have backticks in it when its fence has more of them. */
static void
append_code (GString *out, const char *text)
{
  g_autoptr (GString) fence = g_string_new ("`");

  if (*text == '\0') {
    g_string_append (out, "the empty text");
    return;
  }
  while (strstr (text, fence->str) != NULL)
    g_string_append_c (fence, '`');
  if (strchr (text, '\n') != NULL) {
    g_autofree char *escaped = g_strescape (text, "\\\"");

    g_string_append_printf (out, "%s%s%s", fence->str, escaped, fence->str);
  } else {
    bool needs_blank = *text == '`' || text[strlen (text) - 1] == '`';

    g_string_append_printf (out, needs_blank ? "%s %s %s" : "%s%s%s", fence->str, text, fence->str);
  }
}

static void
append_row (GString *out, const char *name, const char *text)
{
  g_autoptr (GString) code = g_string_new (NULL);

  append_code (code, name);
  g_string_append_c (out, '|');
  append_cell (out, code->str);
  append_cell (out, text);
  g_string_append_c (out, '\n');
}

static void
append_property (GString *out, const WeirProperty *property)
{
  g_autofree char *kind = weir_describe_kind (property);

  g_string_append_printf (out, "\n### %s\n\n*%s%s%s*", property->name, kind,
                          property->required ? ", required" : "",
                          property->sensitive ? ", sensitive" : "");
  if (property->default_value != NULL) {
    g_string_append (out, "; default ");
    append_code (out, property->default_value);
  }
  if (property->example != NULL) {
    g_string_append (out, "; example ");
    append_code (out, property->example);
  }
  g_string_append_printf (out, "\n\n%s\n", property->description);
  if (property->allowed != NULL)
    g_string_append (out, "\n| value | meaning |\n|---|---|\n");
  for (size_t i = 0; property->allowed != NULL && property->allowed[i].value != NULL; i++)
    append_row (out, property->allowed[i].value, property->allowed[i].description);
}

static void
append_properties (GString *out, const WeirProcessor *processor)
{
  const WeirDynamic *dynamic = processor->dynamic;

  if (processor->n_properties > 0 || dynamic != NULL)
    g_string_append (out, "\n## Properties\n");
  for (size_t i = 0; i < processor->n_properties; i++)
    append_property (out, &processor->properties[i]);
  if (dynamic != NULL)
    g_string_append_printf (out, "\n### Added properties\n\n*%s: %s%s%s*\n\n%s\n", dynamic->name,
                            dynamic->value, dynamic->no_expressions ? "" : ", expression",
                            dynamic->may_be_secret ? ", may be secret" : "", dynamic->description);
}

static void
append_attributes (GString *out, const char *title, const WeirAttributeDoc *attributes, size_t n)
{
  if (n > 0)
    g_string_append_printf (out, "\n## %s\n\n| attribute | meaning |\n|---|---|\n", title);
  for (size_t i = 0; i < n; i++)
    append_row (out, attributes[i].name, attributes[i].description);
}

char *
weir_describe_markdown (const WeirRegistryType *type)
{
  const WeirProcessor *processor = type->processor;
  GString *out = g_string_new (NULL);

  g_string_append_printf (out, "# %s\n\n%s\n", processor->name, processor->summary);
  if (processor->description != NULL)
    g_string_append_printf (out, "\n%s\n", processor->description);
  if (type->service != NULL)
    g_string_append_printf (out, "\n| module | service that offers |\n|---|---|\n| %s | %s |\n",
                            type->module, type->service->interface);
  else
    g_string_append_printf (out,
                            "\n| module | input | role | tasks |\n|---|---|---|---|\n"
                            "| %s | %s | %s | %s |\n",
                            type->module, weir_describe_input (processor),
                            weir_describe_role (processor), weir_describe_threading (processor));
  append_properties (out, processor);

  if (processor->n_relationships > 0)
    g_string_append (out, "\n## Relationships\n\n| name | what leaves there |\n|---|---|\n");
  for (size_t i = 0; i < processor->n_relationships; i++)
    append_row (out, processor->relationships[i].name, processor->relationships[i].description);
  append_attributes (out, "Attributes read", processor->reads, processor->n_reads);
  append_attributes (out, "Attributes written", processor->writes, processor->n_writes);
  if (*processor->tags != '\0')
    g_string_append_printf (out, "\nTags: %s\n", processor->tags);
  return g_string_free (out, FALSE);
}

static void
append_rows (GString *out, const GPtrArray *types, bool are_services)
{
  bool is_first = true;

  for (guint i = 0; i < types->len; i++) {
    const WeirRegistryType *type = g_ptr_array_index (types, i);
    const char *name = type->processor->name;

    if ((type->service != NULL) != are_services)
      continue;
    if (is_first)
      g_string_append_printf (out, "\n| %s | what it %s | module |\n|---|---|---|\n",
                              are_services ? "service" : "processor", are_services ? "is" : "does");
    is_first = false;
    g_string_append_printf (out, "| [%s](%s.md) |", name, name);
    append_cell (out, type->processor->summary);
    g_string_append_printf (out, " `%s` |\n", type->module);
  }
}

char *
weir_describe_markdown_list (const GPtrArray *types)
{
  GString *out = g_string_new ("# Processors and services\n\n"
                               "Written by `ninja -C build update-docs` from what they say about "
                               "themselves.\n");

  append_rows (out, types, false);
  append_rows (out, types, true);
  return g_string_free (out, FALSE);
}
