/* flow-json.c: see the header. */
#include "control/flow-json.h"

#include "wire/json.h"

const char *
weir_flow_json_get_state (const WeirDocument *document, const WeirNode *node)
{
  static const char *const phases[] = {
    [WEIR_PHASE_STOPPED] = "stopped",   [WEIR_PHASE_STARTING] = "starting",
    [WEIR_PHASE_RUNNING] = "running",   [WEIR_PHASE_ONCE] = "running",
    [WEIR_PHASE_STOPPING] = "stopping",
  };

  if (weir_document_is_broken (document, node->path))
    return "invalid";
  return node->is_disabled ? "disabled" : phases[atomic_load (&node->phase)];
}

void
weir_flow_json_put_amount (GString *out, const char *name, WeirAmount amount)
{
  weir_json_begin (out, name, '{');
  weir_json_put_uint (out, "flowfiles", amount.flowfiles);
  weir_json_put_uint (out, "bytes", amount.bytes);
  weir_json_end (out, '}');
}

void
weir_flow_json_put_node (GString *out, const WeirDocument *document, const WeirNodeFigures *figures)
{
  const WeirNode *node = figures->node;
  const WeirComponent *component = node->component;
  const char *name = node->name;

  weir_json_begin (out, NULL, '{');
  weir_json_put_text (out, "path", node->path);
  weir_json_put_text (out, "name", name);
  weir_json_put_text (out, "kind", weir_kind_get_text (component->kind));
  weir_json_put_text (
      out, "type",
      component->kind == WEIR_KIND_PROCESSOR ? ((const WeirProcessorNode *)component)->type : NULL);
  weir_json_put_text (out, "state", weir_flow_json_get_state (document, node));
  weir_json_put_uint (out, "active",
                      atomic_load (&node->run) & ~(WEIR_RUN_AGAIN | WEIR_RUN_BARRED));
  weir_flow_json_put_amount (out, "in", figures->in);
  weir_flow_json_put_amount (out, "out", figures->out);
  weir_flow_json_put_amount (out, "queued", figures->queued);
  weir_json_put_uint (out, "tasks", figures->tasks);
  weir_json_put_real (out, "task_seconds", figures->task_seconds, 6);
  weir_json_put_uint (out, "bulletins", figures->bulletins);
  weir_json_end (out, '}');
}

void
weir_flow_json_put_queue (GString *out, const WeirQueueFigures *figures)
{
  const WeirQueue *queue = figures->queue;
  const WeirConnection *connection = queue->connection;

  weir_json_begin (out, NULL, '{');
  weir_json_put_text (out, "path", queue->path);
  weir_json_put_text (out, "from", figures->source->path);
  weir_json_put_text (out, "to", figures->target->path);
  weir_json_put_texts (out, "relationships", (const char *const *)connection->relationships->pdata,
                       connection->relationships->len);
  weir_flow_json_put_amount (out, "queued", figures->queued);
  weir_flow_json_put_amount (out, "passed", figures->passed);
  weir_json_put_uint (out, "expired", figures->expired);
  weir_json_put_uint (out, "max_flowfiles", queue->max_count);
  weir_json_put_uint (out, "max_bytes", queue->max_bytes);
  weir_json_put_bool (out, "full", atomic_load (&queue->was_full));
  weir_json_end (out, '}');
}

void
weir_flow_json_put_problem (GString *out, const WeirProblem *problem)
{
  weir_json_begin (out, NULL, '{');
  weir_json_put_text (out, "path", problem->path);
  weir_json_put_text (out, "severity",
                      problem->severity == WEIR_SEVERITY_ERROR ? "error" : "warning");
  weir_json_put_text (out, "message", problem->message);
  weir_json_put_text (out, "advice", problem->advice);
  weir_json_put_uint (out, "line", problem->origin.line);
  weir_json_put_uint (out, "column", problem->origin.column);
  weir_json_end (out, '}');
}
