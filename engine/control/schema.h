/* schema.h: what a body may be: the part of JSON Schema that rows use.
 *
 * type (one or several), properties, required, additionalProperties (false when not given), items,
 * enum (of texts), minimum, maximum, minLength, maxLength, minItems, maxItems, pattern; $ref with
 * the plain name of another schema; oneOf with discriminator, whose property is an enum in each of
 * its schemas; description, format, default, examples, which mean nothing here. Anything else is an
 * error of the row.
 *
 * Thread: any, once weir_schemas_link has returned. */
#pragma once

#include <json-glib/json-glib.h>
#include <stdbool.h>

typedef struct WeirSchema WeirSchema;
typedef struct WeirSchemas WeirSchemas;

/* Schemas that name each other. Returns: (transfer full). */
WeirSchemas *weir_schemas_new (void);
void weir_schemas_free (WeirSchemas *schemas);

/* @name: NULL when nobody refers to it. Returns: (transfer none): as long as @schemas; NULL with
 * @error, that says which keyword is wrong. */
const WeirSchema *weir_schemas_add (WeirSchemas *schemas, const char *name, const char *text,
                                    GError **error);

/* After the last one: finds what is referred to. */
bool weir_schemas_link (WeirSchemas *schemas, GError **error);

/* Returns: (transfer none) (nullable). */
const WeirSchema *weir_schemas_find (const WeirSchemas *schemas, const char *name);

/* @error names the place: "operations[3].property: text is expected". */
bool weir_schema_check (const WeirSchema *schema, JsonNode *node, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirSchemas, weir_schemas_free)
