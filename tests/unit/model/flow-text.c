#include "flow-text.h"

#define ADD(...) g_string_append_printf (text, __VA_ARGS__)

static void
add_strings (GString *text, const char *what, const GPtrArray *strings)
{
  for (guint i = 0; strings != NULL && i < strings->len; i++)
    ADD (" %s[%s]", what, (const char *)strings->pdata[i]);
}

static void
add_ghosts (GString *text, const WeirGhosts *ghosts)
{
  add_strings (text, "before", ghosts->before);
  add_strings (text, "inside", ghosts->inside);
  add_strings (text, "after", ghosts->after);
  add_strings (text, "attribute", ghosts->attributes);
  ADD ("\n");
}

static void
add_properties (GString *text, const GPtrArray *properties)
{
  for (guint i = 0; i < properties->len; i++) {
    const WeirPropertyNode *property = properties->pdata[i];

    ADD ("property [%s] [%s]", property->name, property->text);
    add_ghosts (text, &property->ghosts);
  }
}

static void
add_processor (GString *text, const WeirProcessorNode *node)
{
  ADD ("type [%s] disabled %d penalty %ld yield %ld bulletins %d\n", node->type, node->disabled,
       (long)node->penalty_usec, (long)node->yield_usec, (int)node->bulletins);
  add_properties (text, node->properties);
  ADD ("schedule %d %ld [%s] %u", (int)node->schedule.mode, (long)node->schedule.every_usec,
       node->schedule.cron != NULL ? node->schedule.cron : "NULL", node->schedule.tasks);
  add_ghosts (text, &node->schedule.ghosts);
  for (guint i = 0; i < node->retries->len; i++) {
    const WeirRetry *retry = node->retries->pdata[i];

    ADD ("retry [%s] %u %d %ld", retry->relationship, retry->attempts, (int)retry->backoff,
         (long)retry->max_usec);
    add_ghosts (text, &retry->ghosts);
  }
  for (guint i = 0; i < node->auto_terminates->len; i++) {
    const WeirAutoTerminate *auto_terminate = node->auto_terminates->pdata[i];

    ADD ("auto-terminate [%s]", auto_terminate->relationship);
    add_ghosts (text, &auto_terminate->ghosts);
  }
}

static void
add_connection (GString *text, const WeirConnection *connection)
{
  ADD ("from [%s] to [%s] count %lu bytes %lu expire %ld order %d", connection->from,
       connection->to, (unsigned long)connection->max_count, (unsigned long)connection->max_bytes,
       (long)connection->expire_usec, (int)connection->order);
  add_strings (text, "relationship", connection->relationships);
  for (guint i = 0; i < connection->bends->len; i++) {
    WeirPoint point = g_array_index (connection->bends, WeirPoint, i);

    ADD (" bend %.17g,%.17g", point.x, point.y);
  }
  ADD ("\n");
}

static void add_component (GString *text, const WeirComponent *component);

static void
add_group (GString *text, const WeirGroup *group)
{
  for (guint i = 0; i < group->parameters->len; i++) {
    const WeirParameter *parameter = group->parameters->pdata[i];

    ADD ("parameter [%s] [%s] [%s] [%s]", parameter->name, parameter->value,
         parameter->secret != NULL ? parameter->secret : "NULL", parameter->description);
    add_ghosts (text, &parameter->ghosts);
  }
  add_ghosts (text, &group->parameters_ghosts);
  for (guint i = 0; i < group->children->len; i++)
    add_component (text, group->children->pdata[i]);
  ADD ("layout");
  add_ghosts (text, &group->layout_ghosts);
  ADD ("end\n");
}

static void
add_component (GString *text, const WeirComponent *component)
{
  const WeirPlace *place = &component->place;

  ADD ("%s [%s] [%s] [%s]", weir_kind_get_text (component->kind), component->id, component->name,
       component->comment);
  add_ghosts (text, &component->ghosts);
  ADD ("place %d %.17g %.17g %.17g %.17g", place->is_set, place->x, place->y, place->width,
       place->height);
  add_ghosts (text, &place->ghosts);
  switch (component->kind) {
  case WEIR_KIND_PROCESSOR:
    add_processor (text, (const WeirProcessorNode *)component);
    break;
  case WEIR_KIND_SERVICE:
    ADD ("type [%s] disabled %d\n", ((const WeirServiceNode *)component)->type,
         ((const WeirServiceNode *)component)->disabled);
    add_properties (text, ((const WeirServiceNode *)component)->properties);
    break;
  case WEIR_KIND_PORT:
    ADD ("output %d disabled %d\n", ((const WeirPort *)component)->is_output,
         ((const WeirPort *)component)->disabled);
    break;
  case WEIR_KIND_LABEL:
    ADD ("text [%s]\n", ((const WeirLabel *)component)->text);
    break;
  case WEIR_KIND_CONNECTION:
    add_connection (text, (const WeirConnection *)component);
    break;
  case WEIR_KIND_GROUP:
    add_group (text, (const WeirGroup *)component);
    break;
  case WEIR_KIND_FUNNEL:
    break;
  }
}

char *
flow_to_text (const WeirFlow *flow)
{
  GString *text = g_string_new (NULL);

  add_component (text, &flow->root->base);
  return g_string_free (text, FALSE);
}
