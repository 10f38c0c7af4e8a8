/* world.c: a made-up FlowFile and host for tests of expressions. */
#include "world.h"
#include <pthread.h>
#include <string.h>

static const char *
lookup (const void *subject, const char *name)
{
  const World *world = subject;

  for (guint i = 0; i < world->names->len; i++)
    if (strcmp (world->names->pdata[i], name) == 0)
      return world->values->pdata[i];
  return NULL;
}

static size_t
count (const void *subject)
{
  return ((const World *)subject)->names->len;
}

static void
nth (const void *subject, size_t index, const char **ret_name, const char **ret_value)
{
  const World *world = subject;

  *ret_name = world->names->pdata[index];
  *ret_value = world->values->pdata[index];
}

static int64_t
field (const void *subject, WeirExprField which)
{
  static const int64_t fields[] = {
    [WEIR_EXPR_FLOWFILE_ID] = 77,
    [WEIR_EXPR_FILE_SIZE] = 1234,
    [WEIR_EXPR_ENTRY_DATE] = G_GINT64_CONSTANT (1700000000001),
    [WEIR_EXPR_LINEAGE_START] = G_GINT64_CONSTANT (1700000000002),
    [WEIR_EXPR_LAST_QUEUE_DATE] = G_GINT64_CONSTANT (1700000000003),
    [WEIR_EXPR_QUEUE_DATE_INDEX] = 5,
  };

  return fields[which];
}

static const char *
environment (const void *host, const char *name)
{
  if (strcmp (name, "WORLD") == 0)
    return "flat";
  return strcmp (name, "hidden") == 0 ? "by the environment" : NULL;
}

static const char *
state (const void *host, const char *key)
{
  return strcmp (key, "counter") == 0 ? "41" : NULL;
}

World *
world_new (void)
{
  World *world = g_new0 (World, 1);

  world->names = g_ptr_array_new_with_free_func (g_free);
  world->values = g_ptr_array_new_with_free_func (g_free);
  world->clock = weir_clock_new_fake (WORLD_NOW_MILLIS * 1000);
  weir_random_init (&world->random, 1);
  weir_arena_init (&world->arena);
  pthread_setname_np (pthread_self (), "worker-1");
  world->scope = (WeirExprScope){
    .subject = world,
    .lookup = lookup,
    .count = count,
    .nth = nth,
    .field = field,
    .environment = environment,
    .state = state,
    .clock = world->clock,
    .random = &world->random,
    .next_int = &world->next_int,
    .hostname = "node",
    .full_hostname = "node.example.org",
    .address = "192.0.2.7",
  };
  return world;
}

void
world_free (World *world)
{
  g_ptr_array_unref (world->names);
  g_ptr_array_unref (world->values);
  weir_clock_free_fake (world->clock);
  weir_arena_clear (&world->arena);
  g_free (world);
}

void
world_set (World *world, const char *attributes, const char *separator)
{
  g_auto (GStrv) pairs = NULL;

  g_ptr_array_set_size (world->names, 0);
  g_ptr_array_set_size (world->values, 0);
  if (attributes == NULL || *attributes == '\0')
    return;
  pairs = g_strsplit (attributes, separator, -1);
  for (char **pair = pairs; *pair != NULL; pair++) {
    const char *equals = strchr (*pair, '=');

    g_assert_nonnull (equals);
    g_ptr_array_add (world->names, g_strndup (*pair, (gsize)(equals - *pair)));
    g_ptr_array_add (world->values, g_strdup (equals + 1));
  }
}

char *
world_evaluate (World *world, const char *text, GError **error)
{
  g_autoptr (WeirExpr) expr = weir_expr_compile (text, WEIR_EXPR_NONE, error);
  char *result;

  if (expr == NULL)
    return NULL;
  result = g_strdup (weir_expr_run (expr, &world->scope, &world->arena, error));
  weir_arena_reset (&world->arena);
  return result;
}
