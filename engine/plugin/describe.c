/* describe.c: descriptors as text and as Markdown. */
#include "plugin/describe.h"
#include "base/units.h"
#include "plugin/property.h"
#include <string.h>

#define WIDTH       80
#define NAME_COLUMN 26

static const char *const hints[] = {
  [WEIR_HINT_NONE] = NULL,
  [WEIR_HINT_FILE] = "file",
  [WEIR_HINT_DIRECTORY] = "directory",
  [WEIR_HINT_REGEX] = "regular expression",
  [WEIR_HINT_TEXT] = "several lines",
  [WEIR_HINT_CHARSET] = "character set",
};

const char *
weir_describe_input (const WeirProcessor *processor)
{
  static const char *const words[] = { "required", "allowed", "none" };

  return words[processor->input];
}

const char *
weir_describe_role (const WeirProcessor *processor)
{
  static const char *const words[] = { "transforms", "source", "sink" };

  return words[processor->role];
}

const char *
weir_describe_threading (const WeirProcessor *processor)
{
  static const char *const words[] = { "one at a time", "several at once" };

  return words[processor->threading];
}

static void
append_limit (GString *kind, const char *word, WeirType type, double limit)
{
  g_autofree char *text = weir_property_format_number (type, limit);

  g_string_append_printf (kind, " %s %s", word, text);
}

char *
weir_describe_kind (const WeirProperty *property)
{
  GString *kind = g_string_new (weir_type_get_name (property->type));

  if (weir_property_has_minimum (property))
    append_limit (kind, "from", property->type, property->minimum);
  if (weir_property_has_maximum (property))
    append_limit (kind, "to", property->type, property->maximum);
  if (hints[property->hint] != NULL)
    g_string_append_printf (kind, " (%s)", hints[property->hint]);
  if (property->interface != NULL)
    g_string_append_printf (kind, " (one that offers %s)", property->interface);
  return g_string_free (kind, FALSE);
}

/* Appends the words of @text, broken so that no line is longer than the terminal is wide; the
 * cursor stands behind @indent blanks. A line that is empty in @text stays so. */
static void
append_wrapped (GString *out, const char *text, size_t indent)
{
  g_auto (GStrv) paragraphs = g_strsplit (text, "\n\n", -1);

  if (*text == '\0')
    g_string_append_c (out, '\n');
  for (size_t i = 0; paragraphs[i] != NULL; i++) {
    g_auto (GStrv) words = g_strsplit_set (paragraphs[i], " \n", -1);
    size_t column = indent;

    if (i > 0)
      g_string_append_printf (out, "\n%*s", (int)indent, "");
    for (size_t j = 0; words[j] != NULL; j++) {
      size_t length = (size_t)g_utf8_strlen (words[j], -1);

      if (length == 0)
        continue;
      if (column > indent && column + 1 + length > WIDTH) {
        g_string_append_printf (out, "\n%*s", (int)indent, "");
        column = indent;
      }
      g_string_append_printf (out, "%s%s", column > indent ? " " : "", words[j]);
      column += length + (column > indent ? 1 : 0);
    }
    g_string_append_c (out, '\n');
  }
}

/* A name, and what is to say about it in a column of its own, below when the name is long. */
static void
append_entry (GString *out, const char *name, const char *text, size_t indent, size_t column)
{
  size_t length = indent + (size_t)g_utf8_strlen (name, -1);

  g_string_append_printf (out, "%*s%s", (int)indent, "", name);
  if (length + 2 > column) {
    g_string_append_c (out, '\n');
    length = 0;
  }
  g_string_append_printf (out, "%*s", (int)(column - length), "");
  append_wrapped (out, text, column);
}

char *
weir_describe_list (const GPtrArray *types)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < types->len; i++) {
    const WeirRegistryType *type = g_ptr_array_index (types, i);
    g_autofree char *text = g_strdup_printf ("%s (%s)", type->processor->summary, type->module);

    append_entry (out, type->processor->name, text, 0, NAME_COLUMN);
  }
  return g_string_free (out, FALSE);
}

static void
append_property_text (GString *out, const WeirProperty *property)
{
  g_autofree char *kind = weir_describe_kind (property);

  g_string_append_printf (out, "\n  %s\n      %s%s%s\n", property->name, kind,
                          property->required ? ", required" : "",
                          property->sensitive ? ", sensitive" : "");
  if (property->default_value != NULL)
    g_string_append_printf (out, "      default: %s\n", property->default_value);
  if (property->example != NULL)
    g_string_append_printf (out, "      example: %s\n", property->example);
  g_string_append (out, "      ");
  append_wrapped (out, property->description, 6);
  for (size_t i = 0; property->allowed != NULL && property->allowed[i].value != NULL; i++)
    append_entry (out, property->allowed[i].value, property->allowed[i].description, 8,
                  NAME_COLUMN);
}

static void
append_attributes_text (GString *out, const char *title, const WeirAttributeDoc *attributes,
                        size_t n)
{
  if (n > 0)
    g_string_append_printf (out, "\n%s\n", title);
  for (size_t i = 0; i < n; i++)
    append_entry (out, attributes[i].name, attributes[i].description, 2, NAME_COLUMN);
}

char *
weir_describe_text (const WeirRegistryType *type)
{
  const WeirProcessor *processor = type->processor;
  GString *out = g_string_new (NULL);

  g_string_append_printf (out, "%s: ", processor->name);
  append_wrapped (out, processor->summary, strlen (processor->name) + 2);
  g_string_append_printf (out, "\n  module   %s %s (%s)\n", type->module, type->version,
                          type->file != NULL ? type->file : "built in");
  if (type->service != NULL)
    g_string_append_printf (out, "  offers   %s\n", type->service->interface);
  else
    g_string_append_printf (out, "  input    %s\n  role     %s\n  tasks    %s\n",
                            weir_describe_input (processor), weir_describe_role (processor),
                            weir_describe_threading (processor));
  if (*processor->tags != '\0')
    append_entry (out, "tags", processor->tags, 2, 11);
  if (processor->description != NULL) {
    g_string_append (out, "\n  ");
    append_wrapped (out, processor->description, 2);
  }

  if (processor->n_properties > 0 || processor->dynamic != NULL)
    g_string_append (out, "\nProperties\n");
  for (size_t i = 0; i < processor->n_properties; i++)
    append_property_text (out, &processor->properties[i]);
  if (processor->dynamic != NULL) {
    g_string_append_printf (out, "\n  <%s>\n      <%s>, any number of these%s\n      ",
                            processor->dynamic->name, processor->dynamic->value,
                            processor->dynamic->may_be_secret ? ", which may be secret" : "");
    append_wrapped (out, processor->dynamic->description, 6);
  }

  if (processor->n_relationships > 0)
    g_string_append (out, "\nRelationships\n");
  for (size_t i = 0; i < processor->n_relationships; i++)
    append_entry (out, processor->relationships[i].name, processor->relationships[i].description, 2,
                  NAME_COLUMN);
  append_attributes_text (out, "Attributes that it reads", processor->reads, processor->n_reads);
  append_attributes_text (out, "Attributes that it writes", processor->writes, processor->n_writes);
  return g_string_free (out, FALSE);
}
