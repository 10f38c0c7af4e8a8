/* router.c: see the header. A tree of segments; a node has names below it, or one parameter. */
#include "control/router.h"

#include <string.h>
#include <weir/error.h>

#include "base/suggest.h"
#include "control/percent.h"

typedef struct Node Node;

typedef struct {
  const WeirMethod *row;
  void *data;
} Leaf;

struct Node {
  char *name;       /* of a segment, or of the parameter that it is */
  GPtrArray *nodes; /* below it, by name */
  Node *any;        /* below it, whatever the name */
  GArray *leaves;   /* Leaf: one a verb */
};

struct WeirRouter {
  Node *root;
};

static void
free_node (Node *node)
{
  if (node == NULL)
    return;
  g_free (node->name);
  g_ptr_array_unref (node->nodes);
  free_node (node->any);
  g_array_unref (node->leaves);
  g_free (node);
}

static Node *
new_node (const char *name)
{
  Node *node = g_new (Node, 1);

  *node = (Node){
    .name = g_strdup (name),
    .nodes = g_ptr_array_new_with_free_func ((GDestroyNotify)free_node),
    .leaves = g_array_new (FALSE, FALSE, sizeof (Leaf)),
  };
  return node;
}

WeirRouter *
weir_router_new (void)
{
  WeirRouter *router = g_new (WeirRouter, 1);

  router->root = new_node ("");
  return router;
}

void
weir_router_free (WeirRouter *router)
{
  if (router == NULL)
    return;
  free_node (router->root);
  g_free (router);
}

static Node *
find_node (const Node *node, const char *name)
{
  for (guint i = 0; i < node->nodes->len; i++) {
    Node *below = node->nodes->pdata[i];

    if (strcmp (below->name, name) == 0)
      return below;
  }
  return NULL;
}

static bool
refuse_row (const WeirMethod *row, GError **error, const char *why)
{
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID, "%s: %s %s: %s", row->name, row->verb,
               row->path, why);
  return false;
}

/* Returns: (transfer none): the node for the @segment "flows" or "{flow}" below @node, made if it
 * is not there; NULL when the two kinds would be beside each other. */
static Node *
make_node (Node *node, const char *segment)
{
  const size_t length = strlen (segment);
  g_autofree char *name = NULL;
  Node *below;

  if (*segment != '{') {
    below = find_node (node, segment);
    if (node->any != NULL)
      return NULL;
    if (below == NULL)
      g_ptr_array_add (node->nodes, below = new_node (segment));
    return below;
  }
  name = g_strndup (segment + 1, length - 2);
  if (node->nodes->len > 0 || (node->any != NULL && strcmp (node->any->name, name) != 0))
    return NULL;
  if (node->any == NULL)
    node->any = new_node (name);
  return node->any;
}

static const Leaf *
find_leaf (const Node *node, const char *verb)
{
  for (guint i = 0; i < node->leaves->len; i++) {
    const Leaf *leaf = &g_array_index (node->leaves, Leaf, i);

    if (strcmp (leaf->row->verb, verb) == 0)
      return leaf;
  }
  return NULL;
}

bool
weir_router_add (WeirRouter *router, const WeirMethod *row, void *data, GError **error)
{
  const Leaf leaf = { row, data };
  g_auto (GStrv) segments = g_strsplit (row->path, "/", -1);
  Node *node = router->root;
  size_t n = 0;

  if (segments[0] == NULL || *segments[0] != '\0')
    return refuse_row (row, error, "must begin with /");
  for (size_t i = 1; segments[i] != NULL; i++) {
    n += *segments[i] == '{';
    node = n <= WEIR_ROUTER_SEGMENTS && *segments[i] != '\0' ? make_node (node, segments[i]) : NULL;
    if (node == NULL)
      return refuse_row (row, error, "a name beside a parameter, too many of them, or none");
  }
  if (find_leaf (node, row->verb) != NULL)
    return refuse_row (row, error, "is there already");
  g_array_append_val (node->leaves, leaf);
  return true;
}

static bool
has_verb (const Node *node, const char *verb)
{
  return find_leaf (node, strcmp (verb, "HEAD") == 0 ? "GET" : verb) != NULL;
}

static char *
list_verbs (const Node *node)
{
  static const char *const verbs[] = { "DELETE", "GET", "HEAD", "PATCH", "POST", "PUT" };
  GString *text = g_string_new (NULL);

  for (size_t i = 0; i < G_N_ELEMENTS (verbs); i++)
    if (has_verb (node, verbs[i]))
      g_string_append_printf (text, "%s, ", verbs[i]);
  g_string_append (text, "OPTIONS");
  return g_string_free (text, FALSE);
}

/* What stands below @node, whose path is the first @length bytes of @path, near @segment. */
static char *
make_hint (const Node *node, const char *path, size_t length, const char *segment)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  const char *nearest;

  for (guint i = 0; i < node->nodes->len; i++)
    g_ptr_array_add (names, ((Node *)node->nodes->pdata[i])->name);
  nearest = weir_suggest (segment, (const char *const *)names->pdata, names->len);
  if (nearest != NULL)
    return g_strdup_printf (", did you mean '%.*s/%s'?", (int)length, path, nearest);
  g_ptr_array_add (names, NULL);
  if (names->len > 1) {
    g_autofree char *list = g_strjoinv (", ", (GStrv)names->pdata);

    return g_strdup_printf ("; '%.*s/' goes on with %s", (int)length, path, list);
  }
  return node->any != NULL && *segment == '\0'
             ? g_strdup_printf ("; '%.*s/' goes on with a %s", (int)length, path, node->any->name)
             : g_strdup ("");
}

static void
match_node (const Node *node, const char *verb, WeirMatch *match)
{
  const Leaf *leaf = find_leaf (node, strcmp (verb, "HEAD") == 0 ? "GET" : verb);

  if (leaf != NULL) {
    match->kind = WEIR_MATCH_METHOD;
    match->row = leaf->row;
    match->data = leaf->data;
    return;
  }
  match->kind = strcmp (verb, "OPTIONS") == 0 ? WEIR_MATCH_OPTIONS : WEIR_MATCH_NO_VERB;
  match->allow = list_verbs (node);
}

void
weir_router_find (const WeirRouter *router, const char *verb, const char *path,
                  WeirMatch *ret_match)
{
  const Node *node = router->root;
  WeirMatch match = { .kind = WEIR_MATCH_NO_PATH, .buffer = g_strdup (path) };
  char *next = match.buffer;
  const char *segment = "";
  const Node *last = node;
  size_t length = 0; /* of what was found */

  g_assert (node != NULL);
  if (*next == '/')
    *next++ = '\0';
  while (node != NULL && next != NULL && next > match.buffer) {
    segment = next;
    next = strchr (next, '/');
    if (next != NULL)
      *next++ = '\0';
    last = node;
    length = (size_t)(segment - match.buffer) - 1;
    if (!weir_percent_decode ((char *)segment, false)) {
      match.kind = WEIR_MATCH_BAD_PATH;
      *ret_match = match;
      return;
    }
    if (node->any != NULL && *segment != '\0') {
      node = node->any;
      match.names[match.n] = node->name;
      match.values[match.n++] = segment;
    } else {
      node = find_node (node, segment);
    }
  }
  if (node != NULL && node->leaves->len > 0)
    match_node (node, verb, &match);
  else if (node != NULL)
    match.hint = make_hint (node, path, strlen (path), "");
  else
    match.hint = make_hint (last, path, length, segment);
  *ret_match = match;
}

void
weir_match_clear (WeirMatch *match)
{
  g_clear_pointer (&match->allow, g_free);
  g_clear_pointer (&match->hint, g_free);
  g_clear_pointer (&match->buffer, g_free);
}
