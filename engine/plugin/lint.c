/* lint.c: descriptions are there, defaults and examples are accepted, names can be told apart. */
#include "plugin/lint.h"
#include "plugin/property.h"
#include <stdarg.h>
#include <string.h>

typedef struct {
  const WeirProcessor *type;
  GPtrArray *findings;
} Lint;

static void find (const Lint *lint, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
find (const Lint *lint, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  g_ptr_array_add (lint->findings, g_strdup_printf ("%s: %s", lint->type->name, message));
}

/* Sentences, not headwords: they are read on pages and in tooltips. */
static void
check_sentence (const Lint *lint, const char *kind, const char *name, const char *text)
{
  if (*text == '\0')
    find (lint, "%s '%s' has no description", kind, name);
  else if (strchr (".!?:", text[strlen (text) - 1]) == NULL)
    find (lint, "the description of %s '%s' is not a sentence that ends with a full stop", kind,
          name);
}

static void
check_blanks (const Lint *lint, const char *kind, const char *name)
{
  if (g_ascii_isspace (name[0]) || g_ascii_isspace (name[strlen (name) - 1]))
    find (lint, "%s '%s' begins or ends with a blank", kind, name);
}

static void
check_value (const Lint *lint, const WeirProperty *property, const char *what, const char *text)
{
  g_autoptr (GError) error = NULL;
  WeirValue value;

  if (text == NULL)
    return;
  if (weir_property_parse (property, text, false, &value, &error))
    weir_value_clear (&value, property->type);
  else
    find (lint, "property '%s' refuses its own %s: %s", property->name, what, error->message);
}

static bool
is_text (WeirType type)
{
  return type == WEIR_TYPE_STRING || type == WEIR_TYPE_EXPRESSION;
}

static void
check_property (const Lint *lint, const WeirProperty *property)
{
  check_sentence (lint, "property", property->name, property->description);
  check_blanks (lint, "property", property->name);
  check_value (lint, property, "default", property->default_value);
  check_value (lint, property, "example", property->example);
  if (property->required && property->default_value == NULL && property->example == NULL &&
      property->allowed == NULL)
    find (lint, "property '%s' is required, but nothing shows what to write: add an example",
          property->name);
  if (property->type == WEIR_TYPE_BOOL && property->default_value == NULL)
    find (lint, "property '%s' is true or false, but nothing says which by default",
          property->name);
  if (property->type == WEIR_TYPE_CHOICE && property->default_value == NULL && !property->required)
    find (lint, "property '%s' is a choice, but nothing says which by default", property->name);
  if (property->sensitive && property->default_value != NULL)
    find (lint, "property '%s' is sensitive, but everybody knows its default", property->name);
  if (property->hint != WEIR_HINT_NONE && !is_text (property->type))
    find (lint, "property '%s' is no text, so its hint means nothing", property->name);
  for (size_t i = 0; property->allowed != NULL && property->allowed[i].value != NULL; i++)
    check_sentence (lint, "value", property->allowed[i].value, property->allowed[i].description);
}

static void
check_alike (const Lint *lint, const char *kind, const char *name, const char *other)
{
  if (g_ascii_strcasecmp (name, other) == 0)
    find (lint, "%s '%s' and '%s' differ only in case", kind, other, name);
}

static void
check_properties (const Lint *lint)
{
  const WeirProperty *properties = lint->type->properties;

  for (size_t i = 0; i < lint->type->n_properties; i++) {
    check_property (lint, &properties[i]);
    for (size_t j = 0; j < i; j++)
      check_alike (lint, "properties", properties[i].name, properties[j].name);
  }
}

static void
check_relationships (const Lint *lint)
{
  const WeirRelationship *relationships = lint->type->relationships;

  for (size_t i = 0; i < lint->type->n_relationships; i++) {
    check_sentence (lint, "relationship", relationships[i].name, relationships[i].description);
    check_blanks (lint, "relationship", relationships[i].name);
    for (size_t j = 0; j < i; j++)
      check_alike (lint, "relationships", relationships[i].name, relationships[j].name);
  }
}

static void
check_attributes (const Lint *lint, const WeirAttributeDoc *attributes, size_t n)
{
  for (size_t i = 0; i < n; i++)
    check_sentence (lint, "attribute", attributes[i].name, attributes[i].description);
}

static void
check_dynamic (const Lint *lint, const WeirDynamic *dynamic)
{
  if (dynamic == NULL)
    return;
  if (*dynamic->name == '\0' || *dynamic->value == '\0')
    find (lint, "nothing says what names and values of added properties stand for");
  check_sentence (lint, "added property", dynamic->name, dynamic->description);
}

void
weir_lint (const WeirProcessor *type, GPtrArray *findings)
{
  const Lint lint = { type, findings };

  if (*type->summary == '\0' || !g_str_has_suffix (type->summary, "."))
    find (&lint, "it has no summary, or one that is not a sentence that ends with a full stop");
  if (*type->tags == '\0')
    find (&lint, "it has no tags, so nobody finds it by another word");
  if (type->role == WEIR_SOURCE && type->input == WEIR_INPUT_REQUIRED)
    find (&lint, "a source brings data in, but this one requires input");
  check_properties (&lint);
  check_relationships (&lint);
  check_attributes (&lint, type->reads, type->n_reads);
  check_attributes (&lint, type->writes, type->n_writes);
  check_dynamic (&lint, type->dynamic);
}
