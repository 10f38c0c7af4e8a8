#include "service-kit.h"

#include <string.h>

static void
init (ServiceKit *self, const char *type, Kit *kit)
{
  self->folder = g_dir_make_tmp ("weir-service-XXXXXX", NULL);
  self->modules = weir_registry_new (NULL);
  self->kit = kit;
  self->kit->options.registry = self->modules;
  self->node = weir_service_node_new ("service", type);
  weir_group_add (self->kit->flow->root, &self->node->base, -1);
}

void
service_kit_init (ServiceKit *self, const char *type)
{
  init (self, type, kit_new_by_hand ());
}

void
service_kit_init_threads (ServiceKit *self, const char *type, unsigned n_workers)
{
  init (self, type, kit_new_with_threads (n_workers));
}

void
service_kit_clear (ServiceKit *self)
{
  kit_free (self->kit);
  weir_registry_free (self->modules);
  kit_remove_all (self->folder);
  g_free (self->folder);
}

void
service_kit_set (ServiceKit *self, const char *property, const char *value)
{
  weir_properties_add (self->node->properties, property, value);
}

static WeirServed *
load (ServiceKit *self)
{
  if (self->kit->engine == NULL)
    kit_load (self->kit);
  return weir_services_list (self->kit->engine->services)->pdata[0];
}

const WeirService *
service_kit_enable (ServiceKit *self)
{
  WeirServed *served = load (self);
  WeirPropertyText reference = { "Service", "service", false, &served->face };
  g_autoptr (GError) error = NULL;

  weir_services_enable (self->kit->engine->services, &reference, 1, &error);
  g_assert_no_error (error);
  return &served->face;
}

GPtrArray *
service_kit_verify (ServiceKit *self)
{
  WeirServed *served = load (self);

  return weir_verify (self->kit->engine->services, served);
}

void
service_kit_assert_step (const GPtrArray *steps, guint index, const char *name, bool worked,
                         const char *part)
{
  const WeirVerifyStep *step;

  g_assert_cmpuint (index, <, steps->len);
  step = steps->pdata[index];
  if (!g_str_equal (step->step, name) || step->worked != worked ||
      strstr (step->message, part) == NULL)
    g_error ("step %u is %s %s: \"%s\", not %s %s: \"%s\"", index, step->step,
             step->worked ? "ok" : "failed", step->message, name, worked ? "ok" : "failed", part);
}

void
service_kit_assert_error (GError **error, WeirError code, const char *part)
{
  g_assert_error (*error, WEIR_ERROR, (int)code);
  if (strstr ((*error)->message, part) == NULL)
    g_error ("no '%s' in \"%s\"", part, (*error)->message);
  g_clear_error (error);
}
