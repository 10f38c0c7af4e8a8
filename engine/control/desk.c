/* desk.c: see the header. */
#include "control/desk.h"

void
weir_desk_start (WeirDesk *desk)
{
  if (desk->clock == NULL)
    desk->clock = weir_clock_system ();
  desk->started = weir_clock_get_wall (desk->clock);
  desk->started_monotonic = weir_clock_get_monotonic (desk->clock);
}

bool
weir_desk_add_methods (WeirDesk *desk, WeirApi *api, GError **error)
{
  return weir_api_add (api, &weir_methods_server, desk, error) &&
         weir_api_add (api, &weir_methods_expressions, desk, error) &&
         weir_api_add (api, &weir_methods_audit, desk, error) &&
         (desk->registry == NULL || weir_api_add (api, &weir_methods_types, desk, error)) &&
         (desk->tokens == NULL || weir_api_add (api, &weir_methods_tokens, desk, error));
}
