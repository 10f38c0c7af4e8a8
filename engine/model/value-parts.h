/* value-parts.h: values that no row of a table of settings stands for. For value.c and
 * value-keyed.c only. */
#pragma once

#include "model/value.h"

#define WEIR_VALUE_KIND(kind) (1u << WEIR_KIND_##kind)
#define WEIR_VALUE_ALL_KINDS  ((1u << WEIR_N_KINDS) - 1)

typedef struct {
  const char *name;
  unsigned kinds; /* bits that have it */
  char *(*get) (const WeirComponent *component, const char *key);
  bool (*set) (WeirComponent *component, const char *key, const char *text, int index,
               GError **error);
} WeirSpecialValue;

/* Closed by a NULL name. */
extern const WeirSpecialValue weir_keyed_values[];

/* What has keys, each an array of structs that begin with their key and end with their ghosts.
 * Returns: (transfer none). */
GPtrArray *weir_keyed_get_items (const WeirComponent *component, const char *name);

/* Position of the first of @items that has @key, -1 for none. */
int weir_keyed_find (const GPtrArray *items, const char *key);

/* Ghosts of what has @key, or NULL. Returns: (transfer none). */
const WeirGhosts *weir_keyed_get_ghosts (const WeirComponent *component, WeirValueName name);

/* Takes the attribute @name out, which the reader kept because its value is wrong. */
void weir_ghosts_drop_attribute (WeirGhosts *ghosts, const char *name);

bool weir_value_refuse (GError **error, const char *name, const char *text, const char *advice);
