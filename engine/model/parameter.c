/* parameter.c: references are followed from properties to parameters, each parameter once. */
#include "model/parameter.h"
#include "base/limits.h"
#include "model/reference.h"

#include <string.h>

/* What is asked for, and what was found out on the way. */
typedef struct {
  const WeirGroup *group;
  const char *name;
  GHashTable *known; /* WeirParameter to whether it refers to that: GINT_TO_POINTER */
  GPtrArray *users;
} Search;

static bool refers (const Search *search, const WeirGroup *group, const char *text, unsigned depth);

/* The name of a flow may hold anything and so stands last. */
char *
weir_parameter_get_place (const WeirFlow *flow, const char *flow_name, const WeirGroup *group,
                          const char *name)
{
  g_autofree char *path = weir_component_get_path (&group->base);

  return g_strdup_printf ("%s\n%s\n%s", name, path,
                          flow_name != NULL ? flow_name : flow->root->base.name);
}

static const WeirParameter *
find_own (const WeirGroup *group, const char *name, size_t length)
{
  for (guint i = 0; i < group->parameters->len; i++) {
    const WeirParameter *parameter = group->parameters->pdata[i];

    if (strncmp (parameter->name, name, length) == 0 && parameter->name[length] == '\0')
      return parameter;
  }
  return NULL;
}

/* While it is being found out it does not: a parameter that is defined by itself has no value. */
static bool
parameter_refers (const Search *search, const WeirGroup *group, const WeirParameter *parameter,
                  unsigned depth)
{
  gpointer known = NULL;
  bool does;

  if (g_hash_table_lookup_extended (search->known, parameter, NULL, &known))
    return GPOINTER_TO_INT (known);
  g_hash_table_insert (search->known, (gpointer)parameter, GINT_TO_POINTER (false));
  does = refers (search, group, parameter->value, depth + 1);
  g_hash_table_insert (search->known, (gpointer)parameter, GINT_TO_POINTER (does));
  return does;
}

static bool
reference_hits (const Search *search, const WeirGroup *group, const WeirPiece *piece,
                unsigned depth)
{
  for (; group != NULL; group = group->base.parent) {
    const WeirParameter *parameter = NULL;

    if (group == search->group && strlen (search->name) == piece->length &&
        strncmp (search->name, piece->start, piece->length) == 0)
      return true;
    parameter = find_own (group, piece->start, piece->length);
    if (parameter != NULL)
      return depth < WEIR_LIMIT_PARAMETER_DEPTH &&
             parameter_refers (search, group, parameter, depth);
  }
  return false;
}

static bool
refers (const Search *search, const WeirGroup *group, const char *text, unsigned depth)
{
  WeirPieceScanner scanner;
  WeirPiece piece;

  weir_piece_scanner_init (&scanner, text);
  while (weir_piece_scanner_next (&scanner, &piece, NULL))
    if (piece.kind == WEIR_PIECE_PARAMETER && reference_hits (search, group, &piece, depth))
      return true;
  return false;
}

static void
search_component (const Search *search, const WeirComponent *component, const GPtrArray *properties)
{
  for (guint i = 0; i < properties->len; i++) {
    const WeirPropertyNode *property = properties->pdata[i];

    if (!refers (search, component->parent, property->text, 0))
      continue;
    g_ptr_array_add (search->users, (gpointer)component);
    return;
  }
}

static void
search_group (const Search *search, const WeirGroup *group)
{
  for (guint i = 0; i < group->children->len; i++) {
    const WeirComponent *child = group->children->pdata[i];

    if (child->kind == WEIR_KIND_PROCESSOR)
      search_component (search, child, ((const WeirProcessorNode *)child)->properties);
    else if (child->kind == WEIR_KIND_SERVICE)
      search_component (search, child, ((const WeirServiceNode *)child)->properties);
    else if (child->kind == WEIR_KIND_GROUP)
      search_group (search, (const WeirGroup *)child);
  }
}

GPtrArray *
weir_parameter_find_users (const WeirFlow *flow, const WeirGroup *group, const char *name)
{
  g_autoptr (GHashTable) known = g_hash_table_new (NULL, NULL);
  Search search = { group, name, known, g_ptr_array_new () };

  search_group (&search, flow->root);
  return search.users;
}
