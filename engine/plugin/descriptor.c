/* descriptor.c: copies and checks what a module says about its processors.
 *
 * The memory is the module's and is trusted to be there; what it says is not trusted to make
 * sense. */
#include "plugin/descriptor.h"
#include "base/limits.h"
#include "plugin/property.h"
#include <string.h>

#define FAIL(error, ...) (g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID, __VA_ARGS__), false)

bool
weir_type_name_is_valid (const char *name)
{
  size_t length = strlen (name);

  return g_ascii_isalpha (*name) && length <= WEIR_LIMIT_ID &&
         length ==
             strspn (name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.");
}

/* Sizes below @minimum lack what the engine cannot do without. */
static bool
check_size (const char *what, uint32_t size, size_t minimum, GError **error)
{
  if (size >= minimum && size <= WEIR_LIMIT_DESCRIPTOR_STRUCT && size % sizeof (void *) == 0)
    return true;
  return FAIL (error,
               "a %s of %u bytes is none that any version had; begin the descriptor with "
               "WEIR_PROCESSOR_ABI and build the module again",
               what, size);
}

static bool
check_sizes (const WeirProcessor *theirs, GError **error)
{
  return check_size ("WeirProcessor", theirs->struct_size, offsetof (WeirProcessor, on_stopped),
                     error) &&
         check_size ("WeirProperty", theirs->property_size, offsetof (WeirProperty, default_value),
                     error) &&
         check_size ("WeirRelationship", theirs->relationship_size,
                     offsetof (WeirRelationship, description), error) &&
         check_size ("WeirAllowed", theirs->allowed_size, offsetof (WeirAllowed, description),
                     error) &&
         check_size ("WeirAttributeDoc", theirs->attribute_size,
                     offsetof (WeirAttributeDoc, description), error) &&
         (theirs->dynamic == NULL || check_size ("WeirDynamic", theirs->dynamic_size,
                                                 offsetof (WeirDynamic, no_expressions), error));
}

/* Returns: (transfer full) (nullable): NULL for an empty table. */
static void *
copy_rows (const void *table, size_t n, size_t their_size, size_t our_size)
{
  char *copy = g_malloc0_n (n, our_size);

  for (size_t i = 0; i < n; i++)
    memcpy (copy + i * our_size, (const char *)table + i * their_size, MIN (their_size, our_size));
  return copy;
}

/* The closing row is copied too. */
static bool
copy_allowed (WeirProperty *property, size_t their_size, GError **error)
{
  const char *table = (const char *)property->allowed;
  size_t n = 0;

  property->allowed = NULL;
  while (((const WeirAllowed *)(table + n * their_size))->value != NULL)
    if (++n > WEIR_LIMIT_DESCRIPTOR_ROWS)
      return FAIL (error, "property '%s': its allowed values do not end with a NULL value",
                   property->name);
  property->allowed = copy_rows (table, n + 1, their_size, sizeof (WeirAllowed));
  return true;
}

static bool
copy_table (const char *what, const void *theirs, size_t n, size_t their_size, size_t our_size,
            const void **ret_table, GError **error)
{
  if (n > 0 && theirs == NULL)
    return FAIL (error, "it says that it has %zu %s, but there is no table", n, what);
  if (n > WEIR_LIMIT_DESCRIPTOR_ROWS)
    return FAIL (error, "%zu %s are more than the %u that a processor may have", n, what,
                 WEIR_LIMIT_DESCRIPTOR_ROWS);
  *ret_table = copy_rows (theirs, n, their_size, our_size);
  return true;
}

static bool
copy_attributes (const char *what, const WeirAttributeDoc *theirs, size_t n, size_t their_size,
                 const WeirAttributeDoc **ret_table, GError **error)
{
  return copy_table (what, theirs, n, their_size, sizeof (WeirAttributeDoc),
                     (const void **)ret_table, error);
}

/* What was not copied when one fails is NULL or counted as zero, so that it can be freed. */
static bool
copy_tables (WeirProcessor *copy, const WeirProcessor *theirs, GError **error)
{
  copy->n_properties = 0;
  if (!copy_table ("properties", theirs->properties, theirs->n_properties, theirs->property_size,
                   sizeof (WeirProperty), (const void **)&copy->properties, error) ||
      !copy_table ("relationships", theirs->relationships, theirs->n_relationships,
                   theirs->relationship_size, sizeof (WeirRelationship),
                   (const void **)&copy->relationships, error) ||
      !copy_attributes ("attributes that it reads", theirs->reads, theirs->n_reads,
                        theirs->attribute_size, &copy->reads, error) ||
      !copy_attributes ("attributes that it writes", theirs->writes, theirs->n_writes,
                        theirs->attribute_size, &copy->writes, error))
    return false;

  for (; copy->n_properties < theirs->n_properties; copy->n_properties++) {
    WeirProperty *property = (WeirProperty *)&copy->properties[copy->n_properties];

    if (property->name == NULL || *property->name == '\0')
      return FAIL (error, "property %zu has no name", copy->n_properties + 1);
    if (property->allowed != NULL && !copy_allowed (property, theirs->allowed_size, error))
      return false;
  }
  return true;
}

static bool
check_allowed (const WeirProperty *property, GError **error)
{
  const WeirAllowed *allowed = property->allowed;

  if (property->type == WEIR_TYPE_CHOICE && (allowed == NULL || allowed[0].value == NULL))
    return FAIL (error, "property '%s': a choice needs a table of allowed values", property->name);
  if (allowed == NULL)
    return true;
  if (property->type != WEIR_TYPE_CHOICE && property->type != WEIR_TYPE_STRING &&
      property->type != WEIR_TYPE_EXPRESSION)
    return FAIL (error, "property '%s': a %s cannot have allowed values, use a range",
                 property->name, weir_type_get_name (property->type));
  for (size_t i = 0; allowed[i].value != NULL; i++)
    for (size_t j = 0; j < i; j++)
      if (strcmp (allowed[i].value, allowed[j].value) == 0)
        return FAIL (error, "property '%s': '%s' is allowed twice", property->name,
                     allowed[i].value);
  return true;
}

static bool
check_property (const WeirProcessor *type, const WeirProperty *property, GError **error)
{
  size_t size = weir_type_get_size (property->type);

  if (size == 0)
    return FAIL (error, "property '%s' has no type; use WEIR_FIELD", property->name);
  if (type->state_size < size || property->offset > type->state_size - size ||
      property->offset % size != 0)
    return FAIL (error, "property '%s' lies at byte %zu of a state of %zu bytes; use WEIR_FIELD",
                 property->name, property->offset, type->state_size);
  if (property->type == WEIR_TYPE_SERVICE &&
      (property->interface == NULL || *property->interface == '\0'))
    return FAIL (error, "property '%s' does not say which interface the service must have",
                 property->name);
  if (property->type == WEIR_TYPE_SERVICE && property->default_value != NULL)
    return FAIL (error, "property '%s': no service is there by default", property->name);
  if (!(property->minimum <= property->maximum))
    return FAIL (error, "property '%s': minimum %g is above maximum %g; give both", property->name,
                 property->minimum, property->maximum);
  if ((unsigned)property->hint > WEIR_HINT_CHARSET)
    return FAIL (error, "property '%s' has an unknown hint", property->name);
  return check_allowed (property, error);
}

static bool
check_properties (const WeirProcessor *type, GError **error)
{
  for (size_t i = 0; i < type->n_properties; i++) {
    const WeirProperty *property = &type->properties[i];

    if (!check_property (type, property, error))
      return false;
    for (size_t j = 0; j < i; j++) {
      const WeirProperty *other = &type->properties[j];

      if (strcmp (property->name, other->name) == 0)
        return FAIL (error, "two properties are called '%s'", property->name);
      if (property->offset < other->offset + weir_type_get_size (other->type) &&
          other->offset < property->offset + weir_type_get_size (property->type))
        return FAIL (error, "properties '%s' and '%s' share a field", other->name, property->name);
    }
  }
  return true;
}

static bool
check_relationships (const WeirProcessor *type, GError **error)
{
  for (size_t i = 0; i < type->n_relationships; i++) {
    const char *name = type->relationships[i].name;

    if (name == NULL || *name == '\0')
      return FAIL (error, "relationship %zu has no name", i);
    for (size_t j = 0; j < i; j++)
      if (strcmp (name, type->relationships[j].name) == 0)
        return FAIL (error, "two relationships are called '%s'", name);
  }
  return true;
}

static bool
check_attributes (const WeirAttributeDoc *attributes, size_t n, GError **error)
{
  for (size_t i = 0; i < n; i++)
    if (attributes[i].name == NULL || *attributes[i].name == '\0')
      return FAIL (error, "attribute %zu that it documents has no name", i + 1);
  return true;
}

static bool
is_text (const char *text)
{
  return text == NULL || g_utf8_validate (text, -1, NULL);
}

/* What is not goes into JSON, XML and messages, and breaks them there. */
static bool
check_texts (const WeirProcessor *type, GError **error)
{
  bool are_texts = is_text (type->summary) && is_text (type->description) && is_text (type->tags);

  for (size_t i = 0; i < type->n_properties; i++) {
    const WeirProperty *property = &type->properties[i];
    const WeirAllowed *allowed = property->allowed;

    are_texts = are_texts && is_text (property->name) && is_text (property->description) &&
                is_text (property->default_value) && is_text (property->example) &&
                is_text (property->interface);
    for (; allowed != NULL && allowed->value != NULL; allowed++)
      are_texts = are_texts && is_text (allowed->value) && is_text (allowed->description);
  }
  for (size_t i = 0; i < type->n_relationships; i++)
    are_texts = are_texts && is_text (type->relationships[i].name) &&
                is_text (type->relationships[i].description);
  for (size_t i = 0; i < type->n_reads; i++)
    are_texts = are_texts && is_text (type->reads[i].name) && is_text (type->reads[i].description);
  for (size_t i = 0; i < type->n_writes; i++)
    are_texts =
        are_texts && is_text (type->writes[i].name) && is_text (type->writes[i].description);
  if (type->dynamic != NULL)
    are_texts = are_texts && is_text (type->dynamic->name) && is_text (type->dynamic->value) &&
                is_text (type->dynamic->description);
  return are_texts || FAIL (error, "one of its names or descriptions is not UTF-8 text");
}

static bool
check (const WeirProcessor *type, GError **error)
{
  if (type->state_size > WEIR_LIMIT_STATE_BYTES)
    return FAIL (error,
                 "a state of %zu bytes is more than the %u that a processor may have; "
                 "allocate in on_scheduled",
                 type->state_size, WEIR_LIMIT_STATE_BYTES);
  if ((unsigned)type->input > WEIR_INPUT_FORBIDDEN || (unsigned)type->role > WEIR_SINK ||
      (unsigned)type->threading > WEIR_CONCURRENT)
    return FAIL (error, "input, role or threading is a number that has no meaning");
  return check_properties (type, error) && check_relationships (type, error) &&
         check_attributes (type->reads, type->n_reads, error) &&
         check_attributes (type->writes, type->n_writes, error) && check_texts (type, error);
}

static const char *
or_empty (const char *text)
{
  return text != NULL ? text : "";
}

static void
fill_attributes (const WeirAttributeDoc *attributes, size_t n)
{
  for (size_t i = 0; i < n; i++)
    ((WeirAttributeDoc *)attributes)[i].description = or_empty (attributes[i].description);
}

static WeirDynamic *
copy_dynamic (const WeirProcessor *theirs)
{
  WeirDynamic *copy = copy_rows (theirs->dynamic, 1, theirs->dynamic_size, sizeof (WeirDynamic));

  copy->name = or_empty (copy->name);
  copy->value = or_empty (copy->value);
  copy->description = or_empty (copy->description);
  return copy;
}

static void
fill_texts (WeirProcessor *copy)
{
  copy->summary = or_empty (copy->summary);
  copy->tags = or_empty (copy->tags);
  for (size_t i = 0; i < copy->n_properties; i++) {
    WeirProperty *property = (WeirProperty *)&copy->properties[i];
    WeirAllowed *allowed = (WeirAllowed *)property->allowed;

    property->description = or_empty (property->description);
    for (; allowed != NULL && allowed->value != NULL; allowed++)
      allowed->description = or_empty (allowed->description);
  }
  fill_attributes (copy->reads, copy->n_reads);
  fill_attributes (copy->writes, copy->n_writes);
  for (size_t i = 0; i < copy->n_relationships; i++) {
    WeirRelationship *relationship = (WeirRelationship *)&copy->relationships[i];

    relationship->description = or_empty (relationship->description);
  }
}

WeirProcessor *
weir_descriptor_new_common (const WeirProcessor *theirs, GError **error)
{
  WeirProcessor *copy = NULL;

  if (!check_sizes (theirs, error))
    return NULL;
  if (theirs->name == NULL || !weir_type_name_is_valid (theirs->name)) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                 "a type has no name, or one that is not made of letters and digits");
    return NULL;
  }

  copy = copy_rows (theirs, 1, theirs->struct_size, sizeof (WeirProcessor));
  copy->properties = NULL;
  copy->relationships = NULL;
  copy->reads = NULL;
  copy->writes = NULL;
  copy->dynamic = theirs->dynamic != NULL ? copy_dynamic (theirs) : NULL;
  if (!copy_tables (copy, theirs, error) || !check (copy, error)) {
    g_prefix_error (error, "%s: ", theirs->name);
    weir_descriptor_free (copy);
    return NULL;
  }
  fill_texts (copy);
  return copy;
}

WeirProcessor *
weir_descriptor_new (const WeirProcessor *theirs, GError **error)
{
  WeirProcessor *copy = weir_descriptor_new_common (theirs, error);

  if (copy == NULL || copy->on_trigger != NULL)
    return copy;
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID, "%s: there is no on_trigger", copy->name);
  weir_descriptor_free (copy);
  return NULL;
}

void
weir_descriptor_free (WeirProcessor *descriptor)
{
  if (descriptor == NULL)
    return;
  for (size_t i = 0; i < descriptor->n_properties; i++)
    g_free ((void *)descriptor->properties[i].allowed);
  g_free ((void *)descriptor->properties);
  g_free ((void *)descriptor->relationships);
  g_free ((void *)descriptor->reads);
  g_free ((void *)descriptor->writes);
  g_free ((void *)descriptor->dynamic);
  g_free (descriptor);
}
