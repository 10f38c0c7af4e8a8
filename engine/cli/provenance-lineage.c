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
  WeirRows *rows; /* NULL: none are printed */
  WeirLineageGraph *graph;
  GString *texts[N_SHOWN]; /* of the node that was looked up last; empty: not known */
  GArray *parents;         /* uint64_t: its own, those that belong to the lineage */
  GString *scratch;
  GString *line;
  GArray *lasts; /* bool: for each depth, whether its branch is the last one */
  GError *error;
} Show;

static uint64_t
get_birth (const Show *show, uint32_t node)
{
  return g_array_index (show->graph->births, uint64_t, node);
}

static void
format_node (const Show *show, uint32_t node, char *ret_uuid)
{
  weir_history_format_uuid (show->provenance->history,
                            weir_lineage_get_flowfile (show->graph->lineage, node), ret_uuid);
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
look_up (Show *show, uint32_t node)
{
  WeirHistory *history = show->provenance->history;
  WeirHistoryFilter filter = WEIR_HISTORY_FILTER_INIT;
  g_autoptr (WeirHistoryCursor) cursor = NULL;
  const WeirHistoryEvent *event;

  for (unsigned i = 0; i < N_SHOWN; i++)
    g_string_truncate (show->texts[i], 0);
  g_array_set_size (show->parents, 0);
  if (get_birth (show, node) == 0)
    return true;
  filter.from = filter.to = get_birth (show, node);
  filter.columns = COLUMNS;
  cursor = weir_history_find (history, &filter);
  if (!weir_history_cursor_step (cursor, &show->error))
    return show->error == NULL;
  event = weir_history_cursor_get_event (cursor);
  set_filename (show, event);
  for (size_t i = 0; i < event->event.n_parents; i++)
    if (weir_lineage_find (show->graph->lineage, event->event.parents[i], NULL))
      g_array_append_val (show->parents, event->event.parents[i]);
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
  char uuid[WEIR_UUID_LENGTH + 1];

  weir_provenance_end_progress (show->provenance);
  format_node (show, step->node, uuid);
  g_string_truncate (show->line, 0);
  append_branch (show, step);
  g_string_append (show->line, uuid);
  if (step->was_shown) {
    g_string_append (show->line, "  (shown above)");
  } else if (get_birth (show, step->node) == 0) {
    g_string_append (show->line, "  (its birth is not kept any more)");
  } else {
    if (!look_up (show, step->node))
      return false;
    append_shown (show);
  }
  puts (show->line->str);
  return true;
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
print_dot_node (Show *show, uint32_t node)
{
  char uuid[WEIR_UUID_LENGTH + 1], parent[WEIR_UUID_LENGTH + 1];

  if (!look_up (show, node))
    return false;
  format_node (show, node, uuid);
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
  printf ("%s\"%s];\n", show->line->str, node == 0 ? ", penwidth=3" : "");
  for (guint i = 0; i < show->parents->len; i++) {
    weir_history_format_uuid (show->provenance->history, g_array_index (show->parents, uint64_t, i),
                              parent);
    printf ("  \"%s\" -> \"%s\";\n", parent, uuid);
  }
  return true;
}

/* --- rows --- */

static WeirValue
make_text (const GString *text)
{
  return (WeirValue){ .kind = text->len > 0 ? WEIR_VALUE_TEXT : WEIR_VALUE_NULL,
                      .text = text->str,
                      .size = text->len };
}

static void
list_parents (Show *show)
{
  char uuid[WEIR_UUID_LENGTH + 1];

  g_string_assign (show->line, "[");
  for (guint i = 0; i < show->parents->len; i++) {
    weir_history_format_uuid (show->provenance->history, g_array_index (show->parents, uint64_t, i),
                              uuid);
    g_string_append_printf (show->line, "%s\"%s\"", i > 0 ? ", " : "", uuid);
  }
  g_string_append_c (show->line, ']');
}

static bool
print_row (Show *show, uint32_t node)
{
  uint64_t birth = get_birth (show, node);
  WeirValueKind known = birth != 0 ? WEIR_VALUE_INTEGER : WEIR_VALUE_NULL;
  char uuid[WEIR_UUID_LENGTH + 1];

  if (!look_up (show, node))
    return false;
  format_node (show, node, uuid);
  list_parents (show);
  const WeirValue values[] = {
    { .kind = WEIR_VALUE_TEXT, .text = uuid, .size = WEIR_UUID_LENGTH },
    { .kind = known, .integer = (int64_t)birth },
    make_text (show->texts[SHOWN_TYPE]),
    make_text (show->texts[SHOWN_COMPONENT]),
    make_text (show->texts[SHOWN_TIME]),
    { .kind = known, .integer = g_ascii_strtoll (show->texts[SHOWN_SIZE]->str, NULL, 10) },
    make_text (show->texts[SHOWN_FILENAME]),
    { .kind = WEIR_VALUE_JSON, .text = show->line->str, .size = show->line->len },
  };
  weir_rows_put (show->rows, values);
  return true;
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

/* @is_second: the other direction was shown, and with it whose lineage it is. */
static bool
show_direction (Show *show, uint64_t flowfile, WeirLineageDirection direction, bool is_second,
                GError **error)
{
  WeirProvenance *self = show->provenance;
  bool is_tree = !self->options.dot && show->rows == NULL;
  g_autoptr (WeirLineageGraph) graph =
      weir_lineage_graph_new (self->history, flowfile, direction, is_tree, error);

  weir_provenance_end_progress (self);
  if (graph == NULL)
    return false;
  show->graph = graph;
  if (is_tree)
    weir_lineage_graph_walk (graph, on_step, show);
  for (uint32_t i = is_second; i < graph->births->len && !is_tree; i++)
    if (!(self->options.dot ? print_dot_node (show, i) : print_row (show, i)))
      break;
  if (show->error == NULL)
    return true;
  g_propagate_error (error, g_steal_pointer (&show->error));
  return false;
}

/* One direction after the other, so that only one of them takes memory. */
static bool
show_directions (Show *show, uint64_t flowfile, unsigned directions, GError **error)
{
  bool is_both = directions == (WEIR_LINEAGE_UP | WEIR_LINEAGE_DOWN);
  bool is_tree = !show->provenance->options.dot && show->rows == NULL;

  if ((directions & WEIR_LINEAGE_UP) != 0) {
    if (is_both && is_tree)
      puts ("made of");
    if (!show_direction (show, flowfile, WEIR_LINEAGE_UP, false, error))
      return false;
  }
  if ((directions & WEIR_LINEAGE_DOWN) == 0)
    return true;
  if (is_both && is_tree)
    puts ("\nmade into");
  return show_direction (show, flowfile, WEIR_LINEAGE_DOWN, is_both, error);
}

bool
weir_provenance_show_lineage (WeirProvenance *self, GError **error)
{
  static const char *const names[] = { "flowfile", "event", "type",     "component",
                                       "time",     "size",  "filename", "parents" };
  unsigned directions =
      (self->options.up ? WEIR_LINEAGE_UP : 0u) | (self->options.down ? WEIR_LINEAGE_DOWN : 0u);
  uint64_t flowfile = find_flowfile (self, error);
  g_autoptr (GArray) lasts = g_array_new (FALSE, TRUE, sizeof (bool));
  g_autoptr (GArray) parents = g_array_new (FALSE, FALSE, sizeof (uint64_t));
  Show show = { .provenance = self, .lasts = lasts, .parents = parents };
  bool ok;

  if (flowfile == 0)
    return false;
  if (directions == 0)
    directions = WEIR_LINEAGE_UP | WEIR_LINEAGE_DOWN;
  if (self->format != WEIR_ROWS_TABLE)
    show.rows = weir_rows_new (self->format, stdout, names, G_N_ELEMENTS (names));
  show.scratch = g_string_new (NULL);
  show.line = g_string_new (NULL);
  for (unsigned i = 0; i < N_SHOWN; i++)
    show.texts[i] = g_string_new (NULL);
  if (self->options.dot)
    puts ("digraph lineage {\n  node [shape=box, fontname=\"sans-serif\"];");
  ok = show_directions (&show, flowfile, directions, error);
  if (self->options.dot)
    puts ("}");
  weir_rows_free (show.rows);
  g_string_free (show.scratch, TRUE);
  g_string_free (show.line, TRUE);
  for (unsigned i = 0; i < N_SHOWN; i++)
    g_string_free (show.texts[i], TRUE);
  return ok;
}
