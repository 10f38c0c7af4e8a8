/* run-summary.c: ports and funnels are left out of the processors: they do no work of their own. */
#include "cli/run-summary.h"

#include "base/units.h"
#include <json-glib/json-glib.h>
#include <stdio.h>

static bool
is_processor (const WeirNode *node)
{
  return node->component->kind == WEIR_KIND_PROCESSOR;
}

static void
add_amount (JsonBuilder *builder, const char *name, const WeirAmount *amount)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "flowfiles");
  json_builder_add_int_value (builder, (gint64)amount->flowfiles);
  json_builder_set_member_name (builder, "bytes");
  json_builder_add_int_value (builder, (gint64)amount->bytes);
  json_builder_end_object (builder);
}

static void
add_text (JsonBuilder *builder, const char *name, const char *text)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, text);
}

static void
add_count (JsonBuilder *builder, const char *name, uint64_t count)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, (gint64)count);
}

static void
add_processor (JsonBuilder *builder, const WeirNodeFigures *figures)
{
  json_builder_begin_object (builder);
  add_text (builder, "id", figures->node->path);
  add_text (builder, "type", figures->node->type->name);
  add_text (builder, "name", figures->node->name);
  add_amount (builder, "in", &figures->in);
  add_amount (builder, "out", &figures->out);
  add_count (builder, "tasks", figures->tasks);
  json_builder_set_member_name (builder, "task_seconds");
  json_builder_add_double_value (builder, figures->task_seconds);
  add_count (builder, "bulletins", figures->bulletins);
  json_builder_end_object (builder);
}

static void
add_connection (JsonBuilder *builder, const WeirQueueFigures *figures)
{
  g_autofree char *from = weir_queue_get_from_path (figures->queue);

  json_builder_begin_object (builder);
  add_text (builder, "from", from);
  add_text (builder, "to", figures->queue->target->path);
  add_amount (builder, "queued", &figures->queued);
  add_amount (builder, "passed", &figures->passed);
  add_count (builder, "expired", figures->expired);
  json_builder_end_object (builder);
}

static void
add_provenance (JsonBuilder *builder, const WeirRecorderFigures *recorded)
{
  json_builder_set_member_name (builder, "provenance");
  json_builder_begin_object (builder);
  add_count (builder, "events", recorded->n_events);
  add_count (builder, "bytes", recorded->bytes);
  add_count (builder, "lag_bytes", recorded->lag_bytes);
  add_count (builder, "lost", recorded->n_lost);
  json_builder_end_object (builder);
}

void
weir_run_summary_print_json (const WeirFigures *figures, const WeirRecorderFigures *recorded,
                             const WeirFlow *flow, double seconds)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *text = NULL;

  json_builder_begin_object (builder);
  add_text (builder, "flow", weir_component_get_label (&flow->root->base));
  json_builder_set_member_name (builder, "seconds");
  json_builder_add_double_value (builder, seconds);
  json_builder_set_member_name (builder, "processors");
  json_builder_begin_array (builder);
  for (size_t i = 0; i < figures->n_nodes; i++)
    if (is_processor (figures->nodes[i].node))
      add_processor (builder, &figures->nodes[i]);
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "connections");
  json_builder_begin_array (builder);
  for (size_t i = 0; i < figures->n_queues; i++)
    add_connection (builder, &figures->queues[i]);
  json_builder_end_array (builder);
  if (recorded != NULL)
    add_provenance (builder, recorded);
  json_builder_end_object (builder);

  root = json_builder_get_root (builder);
  text = json_to_string (root, FALSE);
  puts (text);
}

static void
print_lag (const WeirRecorderFigures *recorded)
{
  g_autofree char *lag = weir_units_human_size (recorded->lag_bytes);

  if (recorded->lag_bytes > 0)
    printf ("\n  %s of log are not in the provenance yet; the next start goes on with them\n", lag);
}

void
weir_run_summary_print (const WeirFigures *figures, const WeirRecorderFigures *recorded,
                        const WeirFlow *flow, double seconds)
{
  g_autofree char *bytes = weir_units_human_size (figures->queued.bytes);

  printf ("%s: %.2f s\n\n  %-28s %12s %12s %10s %9s %10s\n",
          weir_component_get_label (&flow->root->base), seconds, "PROCESSOR", "IN", "OUT", "QUEUED",
          "BUSY", "BULLETINS");
  for (size_t i = 0; i < figures->n_nodes; i++) {
    const WeirNodeFigures *node = &figures->nodes[i];
    if (is_processor (node->node))
      printf ("  %-28s %12" G_GUINT64_FORMAT " %12" G_GUINT64_FORMAT " %10" G_GUINT64_FORMAT
              " %7.2f s %10" G_GUINT64_FORMAT "\n",
              node->node->path, node->in.flowfiles, node->out.flowfiles, node->queued.flowfiles,
              node->task_seconds, node->bulletins);
  }
  if (figures->queued.flowfiles > 0)
    printf ("\n  %" G_GUINT64_FORMAT " FlowFiles (%s) are still queued\n",
            figures->queued.flowfiles, bytes);
  if (recorded != NULL)
    print_lag (recorded);
}
