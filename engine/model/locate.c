/* locate.c: of components with one path, the one that weir_flow_find gives is the first, then come
 * the others in the order of the document. */
#include "model/locate.h"
#include "base/suggest.h"
#include <string.h>
#include <weir/error.h>

/* Called for each component whose path is the one looked for. Returns: false to end. */
typedef struct {
  const WeirComponent *first; /* has been told already, NULL: none */
  const WeirComponent *looked_for;
  unsigned number; /* of the one that is looked for, or of that found last */
  unsigned wanted; /* 0: all */
  const WeirComponent *found;
} Search;

static bool
has_own_text (const WeirComponent *component, const char *text)
{
  const WeirConnection *connection = (const WeirConnection *)component;
  size_t length = 0;
  g_autofree char *from = NULL;

  if (component->kind != WEIR_KIND_CONNECTION || component->id[0] != '\0')
    return strcmp (component->id, text) == 0;

  length = strlen (connection->from);
  if (strncmp (text, connection->from, length) != 0)
    return false;
  from = weir_connection_get_from_text (connection);
  length = strlen (from);
  return strncmp (text, from, length) == 0 && g_str_has_prefix (text + length, " -> ") &&
         strcmp (text + length + 4, connection->to) == 0;
}

static bool
tell (Search *search, const WeirComponent *component)
{
  if (component == search->first)
    return true;
  search->number++;
  if (component == search->looked_for || search->number == search->wanted) {
    search->found = component;
    return false;
  }
  return true;
}

/* Returns: false when the search has ended. */
static bool
search_group (Search *search, const WeirGroup *group, const char *path)
{
  for (guint i = 0; i < group->children->len; i++) {
    const WeirComponent *child = group->children->pdata[i];
    size_t length = strlen (child->id);

    if (has_own_text (child, path) && !tell (search, child))
      return false;
    if (child->kind == WEIR_KIND_GROUP && strncmp (path, child->id, length) == 0 &&
        path[length] == '/' && !search_group (search, (const WeirGroup *)child, path + length + 1))
      return false;
  }
  return true;
}

/* The length of @reference without "#2", and the 2; 1 when there is none. */
static size_t
split (const char *reference, unsigned *ret_number)
{
  const char *hash = strrchr (reference, '#');
  guint64 number = 0;

  *ret_number = 1;
  if (hash == NULL || !g_ascii_string_to_unsigned (hash + 1, 10, 1, G_MAXINT32, &number, NULL))
    return strlen (reference);
  *ret_number = (unsigned)number;
  return (size_t)(hash - reference);
}

WeirComponent *
weir_flow_locate (const WeirFlow *flow, const char *reference)
{
  Search search = { 0 };
  size_t length = split (reference, &search.wanted);
  g_autofree char *path = g_strndup (reference, length);

  search.first = weir_flow_find (flow, path);
  search.number = search.first != NULL ? 1 : 0;
  if (search.number == search.wanted)
    return (WeirComponent *)search.first;
  search_group (&search, flow->root, path);
  return (WeirComponent *)search.found;
}

char *
weir_flow_get_reference (const WeirFlow *flow, const WeirComponent *component)
{
  g_autofree char *path = weir_component_get_path (component);
  Search search = { .first = weir_flow_find (flow, path), .looked_for = component };
  unsigned number = 0;

  if (search.first == component) {
    search.number = 1;
  } else {
    search.number = search.first != NULL ? 1 : 0;
    search_group (&search, flow->root, path);
  }
  if (search.number == 1 && split (path, &number) == strlen (path))
    return g_steal_pointer (&path);
  return g_strdup_printf ("%s#%u", path, search.number);
}

/* The nearest of what is in the group that @path leads to. Returns: (transfer full) (nullable). */
static char *
suggest (const WeirFlow *flow, const char *path)
{
  const char *slash = strrchr (path, '/');
  g_autofree char *prefix = slash != NULL ? g_strndup (path, (gsize)(slash - path)) : g_strdup ("");
  const WeirComponent *group = weir_flow_find (flow, prefix);
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);

  if (group == NULL || group->kind != WEIR_KIND_GROUP)
    return NULL;
  for (guint i = 0; i < ((const WeirGroup *)group)->children->len; i++)
    g_ptr_array_add (paths,
                     weir_component_get_path (((const WeirGroup *)group)->children->pdata[i]));
  return g_strdup (weir_suggest (path, (const char *const *)paths->pdata, paths->len));
}

WeirComponent *
weir_flow_need (const WeirFlow *flow, const char *reference, GError **error)
{
  WeirComponent *component = weir_flow_locate (flow, reference);
  g_autofree char *nearest = NULL;

  if (component != NULL)
    return component;
  nearest = suggest (flow, reference);
  if (nearest != NULL)
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND,
                 "there is no '%s' in the flow, did you mean '%s'?", reference, nearest);
  else
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND,
                 "there is no '%s' in the flow: it may have been removed or renamed", reference);
  return NULL;
}

WeirGroup *
weir_flow_need_group (const WeirFlow *flow, const char *reference, GError **error)
{
  WeirComponent *component = weir_flow_need (flow, reference, error);

  if (component != NULL && component->kind != WEIR_KIND_GROUP) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID, "'%s' is a %s, not a group", reference,
                 weir_kind_get_text (component->kind));
    return NULL;
  }
  return (WeirGroup *)component;
}
