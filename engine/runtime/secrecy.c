#include "runtime/secrecy.h"

#include <stdatomic.h>
#include <string.h>

struct WeirSecrecy {
  WeirMask *mask;
  _Atomic (GHashTable *) variables; /* char *; what is published does not change any more */
  GPtrArray *replaced;              /* GHashTable, at which somebody may look */
};

static void
add_variables (GHashTable *variables, const WeirGroup *group)
{
  const WeirGroup *inner;

  for (guint i = 0; i < group->parameters->len; i++) {
    const WeirParameter *parameter = group->parameters->pdata[i];

    if (parameter->secret != NULL && g_str_has_prefix (parameter->secret, "env:"))
      g_hash_table_add (variables, g_strdup (parameter->secret + strlen ("env:")));
  }
  for (guint at = 0; (inner = weir_group_next (group, WEIR_KIND_GROUP, &at)) != NULL;)
    add_variables (variables, inner);
}

static GHashTable *
list_variables (const WeirFlow *flow)
{
  GHashTable *variables = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  add_variables (variables, flow->root);
  return variables;
}

WeirSecrecy *
weir_secrecy_new (const WeirFlow *flow, WeirResolver *resolver)
{
  WeirSecrecy *secrecy = g_new0 (WeirSecrecy, 1);

  secrecy->mask = weir_mask_new ();
  secrecy->variables = list_variables (flow);
  secrecy->replaced = g_ptr_array_new_with_free_func ((GDestroyNotify)g_hash_table_unref);
  weir_resolver_add_secrets (resolver, secrecy->mask);
  return secrecy;
}

/* Returns: whether @more has one that @variables has not. */
static bool
has_more (GHashTable *variables, GHashTable *more)
{
  GHashTableIter iter;
  gpointer name;

  g_hash_table_iter_init (&iter, more);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    if (!g_hash_table_contains (variables, name))
      return true;
  return false;
}

void
weir_secrecy_add_flow (WeirSecrecy *secrecy, const WeirFlow *flow, WeirResolver *resolver)
{
  GHashTable *variables = list_variables (flow);
  GHashTable *before = secrecy->variables;
  GHashTableIter iter;
  gpointer name;

  weir_mask_share (secrecy->mask);
  weir_resolver_add_secrets (resolver, secrecy->mask);
  if (!has_more (before, variables)) {
    g_hash_table_unref (variables);
    return;
  }
  g_hash_table_iter_init (&iter, before);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    g_hash_table_add (variables, g_strdup (name));
  g_ptr_array_add (secrecy->replaced, before);
  atomic_store_explicit (&secrecy->variables, variables, memory_order_release);
}

void
weir_secrecy_free (WeirSecrecy *secrecy)
{
  if (secrecy == NULL)
    return;
  weir_mask_free (secrecy->mask);
  g_hash_table_unref (secrecy->variables);
  g_ptr_array_unref (secrecy->replaced);
  g_free (secrecy);
}

void
weir_secrecy_add_property (WeirSecrecy *secrecy, const WeirProcessor *type, const char *name,
                           const char *text)
{
  for (size_t i = 0; i < type->n_properties; i++)
    if (type->properties[i].sensitive && strcmp (type->properties[i].name, name) == 0)
      weir_mask_add (secrecy->mask, text);
}

const WeirMask *
weir_secrecy_get_mask (const WeirSecrecy *secrecy)
{
  return secrecy != NULL ? secrecy->mask : NULL;
}

bool
weir_secrecy_has_variable (const WeirSecrecy *secrecy, const char *name)
{
  return secrecy != NULL &&
         g_hash_table_contains (atomic_load_explicit (&secrecy->variables, memory_order_acquire),
                                name);
}
