/* schema-parts.h: a compiled schema, for schema-compile.c that makes it and schema.c that uses it.
 */
#pragma once

#include "control/schema.h"

#include <stdint.h>

typedef enum {
  WEIR_SCHEMA_NULL = 1 << 0,
  WEIR_SCHEMA_BOOLEAN = 1 << 1,
  WEIR_SCHEMA_INTEGER = 1 << 2,
  WEIR_SCHEMA_NUMBER = 1 << 3,
  WEIR_SCHEMA_STRING = 1 << 4,
  WEIR_SCHEMA_ARRAY = 1 << 5,
  WEIR_SCHEMA_OBJECT = 1 << 6,
} WeirSchemaType;

struct WeirSchema {
  unsigned types; /* 0: any */
  char *reference;
  const WeirSchema *target; /* of @reference */

  GPtrArray *names;       /* of the properties, in their order */
  GHashTable *properties; /* name -> WeirSchema */
  GPtrArray *required;
  bool is_open;       /* others than @properties may be there */
  WeirSchema *others; /* what those are; NULL: anything */

  WeirSchema *items;
  int64_t min_items, max_items;
  int64_t min_length, max_length;
  double minimum, maximum;
  GPtrArray *choices; /* NULL-terminated; NULL: any text */
  GRegex *pattern;

  GPtrArray *alternatives; /* WeirSchema */
  char *discriminator;
  GHashTable *by_tag; /* its value -> const WeirSchema, of @alternatives */
  GPtrArray *tags;    /* their keys, in order */
};

struct WeirSchemas {
  GPtrArray *all;      /* WeirSchema */
  GHashTable *by_name; /* -> WeirSchema of @all */
};
