/* provenance-lineage.c: a lineage as a tree for people, as a graph for Graphviz, and as rows. */
#include "cli/lineage-graph.h"
#include "cli/provenance.h"

#include <inttypes.h>
#include <string.h>

#include <weir/error.h>

#include "base/error.h"

/* Branches that are drawn; deeper ones say how deep they are. */
#define MAX_DEPTH 40

#define COLUMNS                                                                         \
  (WEIR_COLUMN_TIME | WEIR_COLUMN_TYPE | WEIR_COLUMN_COMPONENT | WEIR_COLUMN_FLOWFILE | \
   WEIR_COLUMN_SIZE | WEIR_COLUMN_BIRTH | WEIR_COLUMN_ATTRIBUTES)

/* What is shown of a FlowFile: fields of its birth, and its name. */
enum { SHOWN_TYPE, SHOWN_COMPONENT, SHOWN_TIME, SHOWN_SIZE, SHOWN_FILENAME, N_SHOWN };

static const WeirField shown_fields[] = { WEIR_FIELD_TYPE, WEIR_FIELD_COMPONENT, WEIR_FIELD_TIME,
                                          WEIR_FIELD_SIZE };

typedef struct {
  WeirProvenance *provenance;
  WeirLineageGraph *graph;
  GString *texts[N_SHOWN]; /* of the node that was looked up last; empty: not known */
  GString *scratch;
  GString *line;
  GArray *lasts; /* bool: for each depth, whether its branch is the last one */
  GError *error;
} Show;

static const WeirGraphNode *
get_node (const Show *show, uint32_t index)
{
  return &g_array_index (show->graph->nodes, WeirGraphNode, index);
}

static void
set_filename (Show *show, const WeirHistoryEvent *event)
{
  WeirOpNames set = event->event.set;
  const uint8_t *value;
  WeirEntryName entry_name;
  size_t size;

  while (event->event.has_attributes && weir_op_next_set (&set, &entry_name, &value, &size)) {
    size_t name_size;
    const char *name = weir_history_get_name (event->partition, &entry_name, &name_size);

    if (name_size == strlen ("filename") && memcmp (name, "filename", name_size) == 0)
      g_string_append_len (show->texts[SHOWN_FILENAME], (const char *)value, (gssize)size);
  }
}

/* Looks up what is shown of a node. */
static bool
look_up (Show *show, const WeirGraphNode *node)
{
  WeirHistory *history = show->provenance->history;
  WeirHistoryFilter filter = WEIR_HISTORY_FILTER_INIT;
  g_autoptr (WeirHistoryCursor) cursor = NULL;
  const WeirHistoryEvent *event;

  for (unsigned i = 0; i < N_SHOWN; i++)
    g_string_truncate (show->texts[i], 0);
  if (node->event == 0)
    return true;
  filter.from = filter.to = node->event;
  filter.columns = COLUMNS;
  cursor = weir_history_find (history, &filter);
  if (!weir_history_cursor_step (cursor, &show->error))
    return show->error == NULL;
  event = weir_history_cursor_get_event (cursor);
  set_filename (show, event);
  for (unsigned i = 0; i < G_N_ELEMENTS (shown_fields); i++) {
    WeirValue value;

    weir_fields_get_plain (history, event, shown_fields[i], show->scratch, &value);
    if (value.kind == WEIR_VALUE_TEXT)
      g_string_append_len (show->texts[i], value.text, (gssize)value.size);
    else if (value.kind == WEIR_VALUE_INTEGER)
      g_string_append_printf (show->texts[i], "%" PRId64, value.integer);
  }
  return true;
}

/* --- a tree --- */

static void
append_branch (Show *show, const WeirGraphStep *step)
{
  unsigned depth = MIN (step->depth, MAX_DEPTH);
  bool is_last = step->is_last;

  g_array_set_size (show->lasts, MAX (show->lasts->len, step->depth + 1));
  g_array_index (show->lasts, bool, step->depth) = is_last;
  for (unsigned i = 1; i < depth; i++)
    g_string_append (show->line, g_array_index (show->lasts, bool, i) ? "   " : "│  ");
  if (depth > 0)
    g_string_append (show->line, is_last ? "└─ " : "├─ ");
  if (step->depth > MAX_DEPTH)
    g_string_append_printf (show->line, "(%u deep) ", step->depth);
}

static void
append_shown (Show *show)
{
  for (unsigned i = 0; i < N_SHOWN; i++) {
    if (show->texts[i]->len == 0)
      continue;
    g_string_append (show->line, "  ");
    weir_rows_append_clean (show->line, show->texts[i]->str, show->texts[i]->len);
    if (i == SHOWN_SIZE)
      g_string_append (show->line, " B");
  }
}

static bool
on_step (void *user, const WeirGraphStep *step)
{
  Show *show = user;
  const WeirGraphNode *node = get_node (show, step->node);
  char uuid[WEIR_UUID_LENGTH + 1];

  weir_provenance_end_progress (show->provenance);
  weir_history_format_uuid (show->provenance->history, node->flowfile, uuid);
  g_string_truncate (show->line, 0);
  append_branch (show, step);
  g_string_append (show->line, uuid);
  if (step->was_shown) {
    g_string_append (show->line, "  (shown above)");
  } else if (node->event == 0) {
    g_string_append (show->line, "  (its birth is not kept any more)");
  } else {
    if (!look_up (show, node))
      return false;
    append_shown (show);
  }
  puts (show->line->str);
  return true;
}

static void
print_trees (Show *show, unsigned directions)
{
  bool is_both = directions == (WEIR_LINEAGE_UP | WEIR_LINEAGE_DOWN);

  if (is_both)
    puts ("made of");
  if ((directions & WEIR_LINEAGE_UP) != 0)
    weir_lineage_graph_walk (show->graph, WEIR_LINEAGE_UP, on_step, show);
  if (is_both && show->error == NULL)
    puts ("\nmade into");
  if ((directions & WEIR_LINEAGE_DOWN) != 0 && show->error == NULL)
    weir_lineage_graph_walk (show->graph, WEIR_LINEAGE_DOWN, on_step, show);
}

/* --- a graph --- */

/* A label is a string in which a backslash does what it does in C. */
static void
append_label (GString *line, const GString *text)
{
  g_autoptr (GString) clean = g_string_new (NULL);

  weir_rows_append_clean (clean, text->str, text->len);
  for (const char *at = clean->str; *at != '\0'; at++) {
    if (*at == '"' || *at == '\\')
      g_string_append_c (line, '\\');
    g_string_append_c (line, *at);
  }
}

static bool
print_dot_node (Show *show, uint32_t index)
{
  const WeirGraphNode *node = get_node (show, index);
  char uuid[WEIR_UUID_LENGTH + 1];

  if (!look_up (show, node))
    return false;
  weir_history_format_uuid (show->provenance->history, node->flowfile, uuid);
  g_string_printf (show->line, "  \"%s\" [label=\"", uuid);
  append_label (show->line, show->texts[SHOWN_TYPE]);
  g_string_append_c (show->line, ' ');
  append_label (show->line, show->texts[SHOWN_COMPONENT]);
  g_string_append (show->line, "\\n");
  if (show->texts[SHOWN_FILENAME]->len > 0)
    append_label (show->line, show->texts[SHOWN_FILENAME]);
  else
    g_string_append (show->line, uuid);
  g_string_append (show->line, "\\n");
  append_label (show->line, show->texts[SHOWN_TIME]);
  printf ("%s\"%s];\n", show->line->str, index == 0 ? ", penwidth=3" : "");
  return true;
}

static void
print_dot (Show *show)
{
  const WeirLineageGraph *graph = show->graph;
  char parent[WEIR_UUID_LENGTH + 1], child[WEIR_UUID_LENGTH + 1];

  puts ("digraph lineage {\n  node [shape=box, fontname=\"sans-serif\"];");
  for (uint32_t i = 0; i < graph->nodes->len; i++)
    if (!print_dot_node (show, i))
      return;
  for (guint i = 0; i < graph->edges->len; i++) {
    const WeirGraphEdge *edge = &g_array_index (graph->edges, WeirGraphEdge, i);
    WeirHistory *history = show->provenance->history;

    weir_history_format_uuid (history, get_node (show, edge->parent)->flowfile, parent);
    weir_history_format_uuid (history, get_node (show, edge->child)->flowfile, child);
    printf ("  \"%s\" -> \"%s\";\n", parent, child);
  }
  puts ("}");
}

/* --- rows --- */

/* The parents of each node, one list behind the other. Returns: (transfer full): where each begins.
 */
static uint32_t *
sort_parents (const WeirLineageGraph *graph, uint32_t *parents)
{
  uint32_t *starts = g_new0 (uint32_t, graph->nodes->len + 2);

  for (guint i = 0; i < graph->edges->len; i++)
    starts[g_array_index (graph->edges, WeirGraphEdge, i).child + 2]++;
  for (guint i = 2; i < graph->nodes->len + 2; i++)
    starts[i] += starts[i - 1];
  for (guint i = 0; i < graph->edges->len; i++) {
    const WeirGraphEdge *edge = &g_array_index (graph->edges, WeirGraphEdge, i);

    parents[starts[edge->child + 1]++] = edge->parent;
  }
  return starts;
}

static WeirValue
make_text (const GString *text)
{
  return (WeirValue){ .kind = text->len > 0 ? WEIR_VALUE_TEXT : WEIR_VALUE_NULL,
                      .text = text->str,
                      .size = text->len };
}

static void
print_rows (Show *show)
{
  static const char *const names[] = { "flowfile", "event", "type",     "component",
                                       "time",     "size",  "filename", "parents" };
  const WeirLineageGraph *graph = show->graph;
  g_autoptr (WeirRows) rows =
      weir_rows_new (show->provenance->format, stdout, names, G_N_ELEMENTS (names));
  g_autofree uint32_t *parents = g_new (uint32_t, graph->edges->len + 1);
  g_autofree uint32_t *starts = sort_parents (graph, parents);
  g_autoptr (GString) list = g_string_new (NULL);

  for (uint32_t i = 0; i < graph->nodes->len; i++) {
    const WeirGraphNode *node = get_node (show, i);
    char uuid[WEIR_UUID_LENGTH + 1], parent[WEIR_UUID_LENGTH + 1];

    if (!look_up (show, node))
      return;
    g_string_assign (list, "[");
    for (uint32_t k = starts[i]; k < starts[i + 1]; k++) {
      weir_history_format_uuid (show->provenance->history, get_node (show, parents[k])->flowfile,
                                parent);
      g_string_append_printf (list, "%s\"%s\"", k > starts[i] ? ", " : "", parent);
    }
    g_string_append_c (list, ']');
    weir_history_format_uuid (show->provenance->history, node->flowfile, uuid);
    const WeirValue values[] = {
      { .kind = WEIR_VALUE_TEXT, .text = uuid, .size = WEIR_UUID_LENGTH },
      { .kind = node->event != 0 ? WEIR_VALUE_INTEGER : WEIR_VALUE_NULL,
        .integer = (int64_t)node->event },
      make_text (show->texts[SHOWN_TYPE]),
      make_text (show->texts[SHOWN_COMPONENT]),
      make_text (show->texts[SHOWN_TIME]),
      { .kind = node->event != 0 ? WEIR_VALUE_INTEGER : WEIR_VALUE_NULL,
        .integer = g_ascii_strtoll (show->texts[SHOWN_SIZE]->str, NULL, 10) },
      make_text (show->texts[SHOWN_FILENAME]),
      { .kind = WEIR_VALUE_JSON, .text = list->str, .size = list->len },
    };
    weir_rows_put (rows, values);
  }
}

/* --- what was asked for --- */

/* A UUID, or the number of an event of the FlowFile. Returns: 0 with @error. */
static uint64_t
find_flowfile (WeirProvenance *self, GError **error)
{
  const char *text = self->options.lineage;
  uint64_t flowfile = weir_history_parse_uuid (self->history, text), number;
  WeirHistoryFilter filter = WEIR_HISTORY_FILTER_INIT;
  g_autoptr (WeirHistoryCursor) cursor = NULL;
  g_autoptr (GError) reason = NULL;
  g_autofree char *quoted = NULL;

  if (flowfile != 0)
    return flowfile;
  if (g_ascii_string_to_unsigned (text, 10, 1, INT64_MAX, &number, NULL)) {
    filter.from = filter.to = number;
    filter.columns = WEIR_COLUMN_FLOWFILE;
    cursor = weir_history_find (self->history, &filter);
    if (weir_history_cursor_step (cursor, &reason))
      return weir_history_cursor_get_event (cursor)->event.flowfile;
  }
  quoted = weir_error_quote (text);
  if (reason != NULL)
    g_propagate_error (error, g_steal_pointer (&reason));
  else
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND,
                 "--lineage %s: this is neither the UUID of a FlowFile of this data directory nor "
                 "the number of an event that is kept",
                 quoted);
  return 0;
}

bool
weir_provenance_show_lineage (WeirProvenance *self, GError **error)
{
  unsigned directions =
      (self->options.up ? WEIR_LINEAGE_UP : 0u) | (self->options.down ? WEIR_LINEAGE_DOWN : 0u);
  uint64_t flowfile = find_flowfile (self, error);
  g_autoptr (WeirLineageGraph) graph = NULL;
  g_autoptr (GArray) lasts = g_array_new (FALSE, TRUE, sizeof (bool));
  Show show = { .provenance = self, .lasts = lasts };

  if (flowfile == 0)
    return false;
  if (directions == 0)
    directions = WEIR_LINEAGE_UP | WEIR_LINEAGE_DOWN;
  graph = weir_lineage_graph_new (self->history, flowfile, directions, error);
  weir_provenance_end_progress (self);
  if (graph == NULL)
    return false;
  show.graph = graph;
  show.scratch = g_string_new (NULL);
  show.line = g_string_new (NULL);
  for (unsigned i = 0; i < N_SHOWN; i++)
    show.texts[i] = g_string_new (NULL);
  if (self->options.dot)
    print_dot (&show);
  else if (self->format == WEIR_ROWS_TABLE)
    print_trees (&show, directions);
  else
    print_rows (&show);
  g_string_free (show.scratch, TRUE);
  g_string_free (show.line, TRUE);
  for (unsigned i = 0; i < N_SHOWN; i++)
    g_string_free (show.texts[i], TRUE);
  if (show.error == NULL)
    return true;
  g_propagate_error (error, show.error);
  return false;
}
