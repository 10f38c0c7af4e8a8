/* schema-link.c: finds what schemas refer to, and by which value of its discriminator each
 * alternative of a oneOf goes. */
#include "control/schema-parts.h"

#include <weir/error.h>

static bool link_schema (WeirSchemas *schemas, WeirSchema *schema, GError **error);

static bool
link_alternative (WeirSchema *schema, const WeirSchema *alternative, GError **error)
{
  const WeirSchema *object = alternative->target != NULL ? alternative->target : alternative;
  const WeirSchema *tag = g_hash_table_lookup (object->properties, schema->discriminator);

  if (tag == NULL || tag->choices == NULL) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                 "schema: '%s' is no enum in each alternative of oneOf", schema->discriminator);
    return false;
  }
  for (guint i = 0; tag->choices->pdata[i] != NULL; i++) {
    g_hash_table_insert (schema->by_tag, tag->choices->pdata[i], (gpointer)object);
    g_ptr_array_add (schema->tags, tag->choices->pdata[i]);
  }
  return true;
}

static bool
link_alternatives (WeirSchemas *schemas, WeirSchema *schema, GError **error)
{
  schema->by_tag = g_hash_table_new (g_str_hash, g_str_equal);
  schema->tags = g_ptr_array_new ();
  for (guint i = 0; i < schema->alternatives->len; i++)
    if (!link_schema (schemas, schema->alternatives->pdata[i], error) ||
        !link_alternative (schema, schema->alternatives->pdata[i], error))
      return false;
  return true;
}

static bool
link_schema (WeirSchemas *schemas, WeirSchema *schema, GError **error)
{
  if (schema == NULL)
    return true;
  if (schema->reference != NULL) {
    schema->target = weir_schemas_find (schemas, schema->reference);
    if (schema->target == NULL) {
      g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID, "schema: there is no schema '%s'",
                   schema->reference);
      return false;
    }
  }
  for (guint i = 0; i < schema->names->len; i++)
    if (!link_schema (schemas, g_hash_table_lookup (schema->properties, schema->names->pdata[i]),
                      error))
      return false;
  return link_schema (schemas, schema->others, error) &&
         link_schema (schemas, schema->items, error) &&
         (schema->alternatives == NULL || link_alternatives (schemas, schema, error));
}

bool
weir_schemas_link (WeirSchemas *schemas, GError **error)
{
  for (guint i = 0; i < schemas->all->len; i++)
    if (!link_schema (schemas, schemas->all->pdata[i], error))
      return false;
  return true;
}
