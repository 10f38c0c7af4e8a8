/* Tests engine/runtime/reshape*.c with threads: a flow is edited at random while data goes through
 * it, undone, refused, stopped and started, and restarted from its data directory. Whatever
 * happens, each FlowFile arrives once or is where it can be counted. Guards invariants 1, 5, 6 and
 * 9 (ARCHITECTURE.md). */
#include "kit.h"

#include "model/clone.h"
#include "runtime/figures.h"
#include "runtime/look.h"
#include "runtime/purge.h"
#include "runtime/reshape.h"
#include "runtime/running.h"
#include "runtime/why.h"

#include <stdlib.h>

#define N_MADE  3000u
#define N_EDITS 60u
#define LONGEST 12u

static _Atomic unsigned n_made;
static _Atomic unsigned seen[N_MADE];

typedef struct {
  char *label;
} Pass;

static const WeirProperty pass_properties[] = {
  { .name = "Label", WEIR_FIELD (Pass, label) },
};

static bool
make (void *state, WeirSession *session, GError **error)
{
  WeirFlowFile *flowfile;

  if (n_made == N_MADE)
    return true;
  flowfile = weir_session_create (session);
  weir_session_put_attribute_printf (session, flowfile, "number", "%u", n_made++);
  weir_session_transfer (session, flowfile, 0);
  return true;
}

/* Now and then it gives one back. */
static bool
pass (void *state, WeirSession *session, GError **error)
{
  WeirFlowFile *flowfile = weir_session_get (session);

  if (flowfile == NULL)
    return true;
  if (weir_context_get_random (weir_session_get_context (session)) % 500 == 0) {
    weir_session_return (session, flowfile);
    return true;
  }
  weir_session_put_attribute (session, flowfile, "label", ((Pass *)state)->label);
  weir_session_transfer (session, flowfile, 0);
  return true;
}

static bool
end (void *state, WeirSession *session, GError **error)
{
  WeirFlowFile *flowfile = weir_session_get (session);

  if (flowfile == NULL)
    return true;
  atomic_fetch_add (&seen[atoi (weir_flowfile_get_attribute (flowfile, "number"))], 1);
  weir_session_remove (session, flowfile);
  return true;
}

static const WeirProcessor maker = KIT_PROCESSOR ("Make", make, .input = WEIR_INPUT_FORBIDDEN);
static const WeirProcessor passer =
    KIT_PROCESSOR ("Pass", pass, .input = WEIR_INPUT_REQUIRED, .threading = WEIR_CONCURRENT,
                   .state_size = sizeof (Pass), WEIR_PROPERTIES (pass_properties));
static const WeirProcessor ender = KIT_PROCESSOR ("End", end, .input = WEIR_INPUT_REQUIRED);

/* --- the document: a line from the maker to the ender --- */

typedef struct {
  Kit *kit;
  GHashTable *renames;
  unsigned n_names;
  uint64_t n_purged;
} Editor;

static unsigned
draw (unsigned n)
{
  return (unsigned)g_test_rand_int_range (0, (int)n);
}

static WeirConnection *
behind (Editor *editor, const char *id)
{
  WeirConnection *connection;

  for (guint at = 0;
       (connection = weir_group_next (editor->kit->flow->root, WEIR_KIND_CONNECTION, &at)) != NULL;)
    if (g_str_equal (connection->from, id))
      return connection;
  g_assert_not_reached ();
}

static unsigned
list_line (Editor *editor, const char *ret_ids[])
{
  unsigned n = 0;

  ret_ids[n++] = "make";
  while (!g_str_equal (ret_ids[n - 1], "end")) {
    ret_ids[n] = behind (editor, ret_ids[n - 1])->to;
    n++;
  }
  return n;
}

static void
note (Editor *editor, char *from, char *to)
{
  g_hash_table_replace (editor->renames, from, to);
}

/* It leads elsewhere, and is told of where its name is made of its ends. */
static void
lead (Editor *editor, WeirConnection *connection, const char *from, const char *to)
{
  char *before = weir_component_get_path (&connection->base);
  char *old_from = g_steal_pointer (&connection->from);
  char *old_to = g_steal_pointer (&connection->to);
  char *after;

  connection->from = g_strdup (from);
  connection->to = g_strdup (to);
  g_free (old_from);
  g_free (old_to);
  after = weir_component_get_path (&connection->base);
  note (editor, before, after);
}

static void
set_label (Editor *editor, WeirProcessorNode *processor)
{
  g_autofree char *label = g_strdup_printf ("%u", draw (1000));

  g_ptr_array_set_size (processor->properties, 0);
  weir_properties_add (processor->properties, "Label", label);
}

static void
insert_pass (Editor *editor, const char *after)
{
  g_autofree char *id = g_strdup_printf ("pass%u", editor->n_names++);
  WeirConnection *connection = behind (editor, after);
  g_autofree char *to = g_strdup (connection->to);
  g_autofree char *from = g_strdup (after);
  WeirProcessorNode *processor;
  WeirConnection *added;

  processor = kit_processor (editor->kit, id, &passer);
  processor->yield_usec = 0; /* or it rests for a second when it gives something back */
  set_label (editor, processor);
  lead (editor, connection, from, id);
  added = kit_connect (editor->kit, id, "success", to);
  added->max_count = 1 + draw (300);
  if (draw (2) == 0) {
    WeirComponent *component = weir_group_remove (editor->kit->flow->root, &added->base);
    g_free (component->id);
    component->id = g_strdup_printf ("c%u", editor->n_names++);
    weir_group_add (editor->kit->flow->root, component, -1);
  }
}

static void
remove_pass (Editor *editor, const char *before, const char *id)
{
  WeirGroup *root = editor->kit->flow->root;
  WeirConnection *gone = behind (editor, id);
  g_autofree char *to = g_strdup (gone->to);
  g_autofree char *from = g_strdup (before);
  g_autofree char *old = g_strdup (id);

  weir_component_free (weir_group_remove (root, &gone->base));
  lead (editor, behind (editor, from), from, to);
  weir_component_free (weir_group_remove (root, weir_group_find (root, old)));
}

static void
rename_pass (Editor *editor, const char *before, const char *id)
{
  WeirGroup *root = editor->kit->flow->root;
  WeirComponent *component = weir_group_remove (root, weir_group_find (root, id));
  WeirConnection *in = behind (editor, before);
  WeirConnection *out = behind (editor, id);
  char *renamed = g_strdup_printf ("pass%u", editor->n_names++);

  note (editor, g_strdup (id), g_strdup (renamed));
  g_free (in->to);
  in->to = g_strdup (renamed);
  g_free (out->from);
  out->from = g_strdup (renamed);
  g_free (component->id);
  component->id = renamed;
  weir_group_add (root, component, -1);
}

/* The two behind @first come in the other order. */
static void
exchange (Editor *editor, const char *first)
{
  WeirConnection *c[3];
  g_autofree char *a = g_strdup (first);
  g_autofree char *x = NULL;
  g_autofree char *y = NULL;
  g_autofree char *b = NULL;

  c[0] = behind (editor, a);
  x = g_strdup (c[0]->to);
  c[1] = behind (editor, x);
  y = g_strdup (c[1]->to);
  c[2] = behind (editor, y);
  b = g_strdup (c[2]->to);
  lead (editor, c[0], a, y);
  lead (editor, c[1], y, x);
  lead (editor, c[2], x, b);
}

static void
edit (Editor *editor)
{
  const char *ids[LONGEST + 4];
  unsigned n = list_line (editor, ids);
  unsigned at = draw (n - 1);
  WeirConnection *connection = behind (editor, ids[at]);

  switch (draw (7)) {
  case 0:
  case 1:
    if (n < LONGEST)
      insert_pass (editor, ids[at]);
    break;
  case 2:
    if (at > 0)
      remove_pass (editor, ids[at - 1], ids[at]);
    break;
  case 3:
    if (at > 0)
      rename_pass (editor, ids[at - 1], ids[at]);
    break;
  case 4:
    if (at + 3 < n)
      exchange (editor, ids[at]);
    break;
  case 5:
    if (at > 0)
      set_label (editor, (WeirProcessorNode *)weir_flow_find (editor->kit->flow, ids[at]));
    break;
  default:
    connection->max_count = 1 + draw (300);
    connection->order = (WeirOrder)draw (4);
  }
}

/* --- with the engine --- */

static bool
apply (Editor *editor, const WeirFlow *flow, bool may_strand)
{
  g_autoptr (WeirResolver) resolver = weir_resolver_new (flow, NULL, NULL, NULL);
  WeirReshapeOptions options = {
    .renames = editor->renames, .usec = KIT_LONG, .may_strand = may_strand, .starts_added = true
  };
  g_autoptr (WeirReshapeReport) report = NULL;
  g_autoptr (GError) error = NULL;
  bool ok = weir_engine_reshape (editor->kit->engine, flow, resolver, &options, &report, &error);

  g_assert_true (ok || g_error_matches (error, WEIR_ERROR, WEIR_ERROR_INVALID));
  return ok;
}

/* The other way around. */
static void
invert_renames (Editor *editor)
{
  GHashTable *inverse = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  GHashTableIter iter;
  gpointer from, to;

  g_hash_table_iter_init (&iter, editor->renames);
  while (g_hash_table_iter_next (&iter, &from, &to))
    g_hash_table_replace (inverse, g_strdup (to), g_strdup (from));
  g_hash_table_unref (editor->renames);
  editor->renames = inverse;
}

static void
edit_and_maybe_undo (Editor *editor)
{
  WeirFlow *before = weir_flow_clone (editor->kit->flow);

  g_hash_table_remove_all (editor->renames);
  edit (editor);
  if (apply (editor, editor->kit->flow, draw (2) == 0) && draw (4) > 0) {
    weir_flow_free (before);
    return;
  }
  /* Refused, or undone. What was added may hold something by now. */
  invert_renames (editor);
  if (apply (editor, before, true))
    weir_flow_free (g_steal_pointer (&editor->kit->flow));
  editor->kit->flow = before;
}

/* Some stop and start, and somebody looks. */
static void
disturb (Editor *editor)
{
  const char *ids[LONGEST + 4];
  WeirEngine *engine = editor->kit->engine;
  unsigned n = list_line (editor, ids);
  const char *paths[2] = { ids[draw (n)], NULL };
  g_autoptr (GPtrArray) page = NULL;
  g_autofree char *path = weir_component_get_path (&behind (editor, ids[draw (n - 1)])->base);
  char *next = NULL;

  g_assert_true (draw (2) == 0 ? weir_engine_stop_nodes (engine, paths, NULL, NULL)
                               : weir_engine_start_nodes (engine, paths, NULL, NULL));
  weir_figures_free (weir_figures_take (engine));
  g_ptr_array_unref (weir_engine_why (engine, paths[0], NULL));
  page = weir_engine_look (engine, path, NULL, 50, true, &next, NULL);
  g_assert_nonnull (page);
  g_free (next);
  if (draw (10) == 0) {
    WeirPurged purged;

    g_assert_true (weir_engine_purge (engine, path, NULL, 0, "a test", &purged, NULL));
    editor->n_purged += purged.n;
  }
}

static uint64_t
count_stranded (const WeirEngine *engine)
{
  uint64_t n = 0;

  for (guint i = 0; i < engine->stranded->len; i++)
    n += atomic_load (&((WeirStranded *)engine->stranded->pdata[i])->queue->count);
  return n;
}

static void
assert_all (Editor *editor)
{
  uint64_t n_seen = 0;

  for (unsigned i = 0; i < N_MADE; i++) {
    g_assert_cmpuint (seen[i], <=, 1);
    n_seen += seen[i];
  }
  g_assert_cmpuint (n_seen + editor->n_purged + count_stranded (editor->kit->engine), ==, n_made);
}

static void
restart (Editor *editor)
{
  kit_stop (editor->kit);
  kit_start (editor->kit);
}

static void
test_random (const void *data)
{
  static const char *const all[] = { "", NULL };
  bool on_disk = GPOINTER_TO_INT (data);
  g_autofree char *directory = on_disk ? g_dir_make_tmp ("weir-reshape-XXXXXX", NULL) : NULL;
  g_autoptr (Kit) kit = kit_new_with_threads (1 + draw (3));
  Editor editor = { .kit = kit };

  n_made = 0;
  for (unsigned i = 0; i < N_MADE; i++)
    seen[i] = 0;
  editor.renames = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  kit->options.data_dir = directory;
  kit->options.durability = on_disk ? WEIR_DURABILITY_PROCESS : WEIR_DURABILITY_MEMORY;
  kit->options.queue_front = 10 + draw (20);
  kit->options.session_max = 4;
  kit_processor (kit, "make", &maker)->yield_usec = 0;
  kit_processor (kit, "end", &ender);
  kit_connect (kit, "make", "success", "end");
  kit_start (kit);
  for (unsigned i = 0; i < N_EDITS; i++) {
    edit_and_maybe_undo (&editor);
    disturb (&editor);
    if (on_disk && draw (15) == 0)
      restart (&editor);
  }
  g_assert_true (weir_engine_start_nodes (kit->engine, all, NULL, NULL));
  g_assert_true (weir_engine_wait_idle (kit->engine, KIT_LONG));
  assert_all (&editor);
  g_hash_table_unref (editor.renames);
  kit_stop (kit);
  if (directory != NULL)
    kit_remove_all (directory);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (unsigned i = 0; i < 3; i++) {
    g_autofree char *memory = g_strdup_printf ("/reshape-random/memory %u", i);
    g_autofree char *disk = g_strdup_printf ("/reshape-random/disk %u", i);

    g_test_add_data_func (memory, GINT_TO_POINTER (0), test_random);
    g_test_add_data_func (disk, GINT_TO_POINTER (1), test_random);
  }
  return g_test_run ();
}
