/* parameter.c: the name of a flow may hold anything and so stands last. */
#include "model/parameter.h"

char *
weir_parameter_get_place (const WeirFlow *flow, const char *flow_name, const WeirGroup *group,
                          const char *name)
{
  g_autofree char *path = weir_component_get_path (&group->base);

  return g_strdup_printf ("%s\n%s\n%s", name, path,
                          flow_name != NULL ? flow_name : flow->root->base.name);
}
