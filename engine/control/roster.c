/* roster.c: holds the nodes and queues that it names, so that who has a roster may read them, also
 * when an edit has taken them out. */
#include "control/roster.h"

#include "runtime/figures.h"

#include <string.h>

WeirRoster *
weir_roster_new_empty (uint32_t n)
{
  WeirRoster *roster = g_malloc0 (sizeof *roster + n * sizeof roster->subjects[0]);

  roster->n_refs = 1;
  roster->n = n;
  return roster;
}

static void
add_node (WeirSubject *subject, const WeirNode *node)
{
  const WeirComponent *component = node->component;

  subject->kind = WEIR_SUBJECT_NODE;
  subject->path = g_strdup (node->path);
  subject->name = g_strdup (weir_component_get_label (component));
  subject->part = weir_kind_get_text (component->kind);
  if (component->kind == WEIR_KIND_PROCESSOR)
    subject->type = g_strdup (node->type->name);
}

static void
add_queue (WeirSubject *subject, const WeirQueue *queue, GHashTable *places)
{
  const WeirComponent *component = &queue->connection->base;

  subject->kind = WEIR_SUBJECT_CONNECTION;
  subject->path = weir_component_get_path (component);
  subject->name = g_strdup (weir_component_get_label (component));
  subject->part = weir_kind_get_text (component->kind);
  subject->from = weir_queue_get_from_path (queue);
  subject->to = g_strdup (queue->target->path);
  subject->target = GPOINTER_TO_UINT (g_hash_table_lookup (places, queue->target));
  subject->max_count = queue->max_count;
  subject->max_bytes = queue->max_bytes;
}

WeirRoster *
weir_roster_new (WeirEngine *engine, const char *name)
{
  g_autoptr (GPtrArray) nodes = g_ptr_array_ref (engine->nodes);
  g_autoptr (GPtrArray) queues = g_ptr_array_ref (engine->queues);
  WeirRoster *roster = weir_roster_new_empty (1 + nodes->len + queues->len);
  g_autoptr (GHashTable) places = g_hash_table_new (NULL, NULL);
  WeirSubject *subject = roster->subjects;

  subject->kind = WEIR_SUBJECT_FLOW;
  subject->path = g_strdup ("");
  subject->name = g_strdup (name);
  subject->part = "flow";
  for (guint i = 0; i < nodes->len; i++) {
    add_node (++subject, nodes->pdata[i]);
    g_hash_table_insert (places, nodes->pdata[i], GUINT_TO_POINTER (1 + i));
  }
  for (guint i = 0; i < queues->len; i++)
    add_queue (++subject, queues->pdata[i], places);
  roster->nodes = g_steal_pointer (&nodes);
  roster->queues = g_steal_pointer (&queues);
  return roster;
}

WeirRoster *
weir_roster_ref (WeirRoster *roster)
{
  atomic_fetch_add_explicit (&roster->n_refs, 1, memory_order_relaxed);
  return roster;
}

void
weir_roster_unref (WeirRoster *roster)
{
  if (roster == NULL || atomic_fetch_sub (&roster->n_refs, 1) > 1)
    return;
  for (uint32_t i = 0; i < roster->n; i++) {
    WeirSubject *subject = &roster->subjects[i];
    g_free (subject->path);
    g_free (subject->name);
    g_free (subject->type);
    g_free (subject->from);
    g_free (subject->to);
  }
  g_clear_pointer (&roster->nodes, g_ptr_array_unref);
  g_clear_pointer (&roster->queues, g_ptr_array_unref);
  g_free (roster);
}

bool
weir_roster_is_current (const WeirRoster *roster, WeirEngine *engine)
{
  return roster->nodes == engine->nodes && roster->queues == engine->queues;
}

bool
weir_roster_find (const WeirRoster *roster, WeirSubjectKind kind, const char *path,
                  uint32_t *ret_place)
{
  for (uint32_t i = 0; i < roster->n; i++) {
    if (roster->subjects[i].kind == kind && strcmp (roster->subjects[i].path, path) == 0) {
      *ret_place = i;
      return true;
    }
  }
  return false;
}
