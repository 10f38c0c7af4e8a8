#include "runtime/secrecy.h"

#include <string.h>

struct WeirSecrecy {
  WeirMask *mask;
  GHashTable *variables; /* char * */
};

static void
add_variables (WeirSecrecy *secrecy, const WeirGroup *group)
{
  const WeirGroup *inner;

  for (guint i = 0; i < group->parameters->len; i++) {
    const WeirParameter *parameter = group->parameters->pdata[i];

    if (parameter->secret != NULL && g_str_has_prefix (parameter->secret, "env:"))
      g_hash_table_add (secrecy->variables, g_strdup (parameter->secret + strlen ("env:")));
  }
  for (guint at = 0; (inner = weir_group_next (group, WEIR_KIND_GROUP, &at)) != NULL;)
    add_variables (secrecy, inner);
}

WeirSecrecy *
weir_secrecy_new (const WeirFlow *flow, WeirResolver *resolver)
{
  WeirSecrecy *secrecy = g_new0 (WeirSecrecy, 1);

  secrecy->mask = weir_mask_new ();
  secrecy->variables = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  add_variables (secrecy, flow->root);
  weir_resolver_add_secrets (resolver, secrecy->mask);
  return secrecy;
}

void
weir_secrecy_free (WeirSecrecy *secrecy)
{
  if (secrecy == NULL)
    return;
  weir_mask_free (secrecy->mask);
  g_hash_table_unref (secrecy->variables);
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
  return secrecy != NULL && g_hash_table_contains (secrecy->variables, name);
}
