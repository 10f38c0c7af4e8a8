/* flow-host-service.c: services of a flow that runs, for who looks at them and tries them. */
#include "control/flow-host-parts.h"

#include "base/error.h"
#include "runtime/verify.h"

static void
service_free (WeirHostService *service)
{
  g_free (service->path);
  g_free (service->type);
  g_free (service);
}

GPtrArray *
weir_flow_host_list_services (WeirFlowHost *host)
{
  GPtrArray *services = g_ptr_array_new_with_free_func ((GDestroyNotify)service_free);
  const GPtrArray *all;
  WEIR_LOCKED (&host->editing);

  all = weir_services_list (host->engine->services);
  for (guint i = 0; i < all->len; i++) {
    const WeirServed *served = all->pdata[i];
    WeirHostService *service = g_new (WeirHostService, 1);

    service->path = g_strdup (served->path);
    service->type = g_strdup (served->type->common->name);
    service->is_enabled = weir_services_is_enabled (host->engine->services, served);
    g_ptr_array_add (services, service);
  }
  return services;
}

GPtrArray *
weir_flow_host_verify (WeirFlowHost *host, const char *path, GError **error)
{
  const GPtrArray *all;
  g_autofree char *quoted = NULL;
  WEIR_LOCKED (&host->editing);

  all = weir_services_list (host->engine->services);
  for (guint i = 0; i < all->len; i++) {
    const WeirServed *served = all->pdata[i];

    if (g_str_equal (served->path, path))
      return weir_verify (host->engine->services, served);
  }
  quoted = weir_error_quote (path);
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND,
               "the flow has no service %s that is enabled", quoted);
  return NULL;
}
