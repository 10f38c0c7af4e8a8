/* service-type.c: copies and checks what a module says about its services. */
#include "plugin/service-type.h"

#include "base/limits.h"
#include "plugin/descriptor.h"

#include <string.h>

static bool
check_size (const WeirServiceType *theirs, GError **error)
{
  uint32_t size = theirs->struct_size;

  if (size >= offsetof (WeirServiceType, on_verify) && size <= WEIR_LIMIT_DESCRIPTOR_STRUCT &&
      size % sizeof (void *) == 0)
    return true;
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
               "a WeirServiceType of %u bytes is none that any version had; begin the descriptor "
               "with WEIR_SERVICE_ABI and build the module again",
               size);
  return false;
}

static bool
check (const WeirServiceType *type, GError **error)
{
  if (type->interface != NULL && *type->interface != '\0' &&
      g_utf8_validate (type->interface, -1, NULL) && type->methods != NULL)
    return true;
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
               "%s: nothing says which interface it offers; use WEIR_OFFERS", type->name);
  return false;
}

static WeirProcessor
get_common (const WeirServiceType *type)
{
  return (WeirProcessor){
    WEIR_PROCESSOR_ABI,
    .name = type->name,
    .summary = type->summary,
    .description = type->description,
    .tags = type->tags,
    .input = WEIR_INPUT_FORBIDDEN,
    .threading = WEIR_CONCURRENT,
    .properties = type->properties,
    .n_properties = type->n_properties,
    .dynamic = type->dynamic,
    .state_size = type->state_size,
    .on_configure = type->on_configure,
    .on_scheduled = type->on_enabled,
    .on_stopped = type->on_disabled,
  };
}

WeirServiceDescriptor *
weir_service_descriptor_new (const WeirServiceType *theirs, GError **error)
{
  WeirServiceType type = { 0 };
  WeirServiceDescriptor *descriptor;
  WeirProcessor common;

  if (!check_size (theirs, error))
    return NULL;
  memcpy (&type, theirs, MIN (theirs->struct_size, sizeof type));
  common = get_common (&type);
  common.property_size = type.property_size;
  common.allowed_size = type.allowed_size;
  common.dynamic_size = type.dynamic_size;

  descriptor = g_new0 (WeirServiceDescriptor, 1);
  descriptor->interface = type.interface;
  descriptor->methods = type.methods;
  descriptor->on_verify = type.on_verify;
  descriptor->common = weir_descriptor_new_common (&common, error);
  if (descriptor->common != NULL && check (&type, error))
    return descriptor;
  weir_service_descriptor_free (descriptor);
  return NULL;
}

void
weir_service_descriptor_free (WeirServiceDescriptor *descriptor)
{
  if (descriptor == NULL)
    return;
  weir_descriptor_free (descriptor->common);
  g_free (descriptor);
}
