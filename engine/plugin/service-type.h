/* service-type.h: a service type, in our own layout.
 *
 * What is configured, described and checked is the same as for a processor, so that part is kept as
 * one, without input and relationships.
 *
 * Thread: any. */
#pragma once

#include <weir/processor.h>

typedef struct {
  WeirProcessor *common; /* its on_scheduled and on_stopped are those of the service */
  const char *interface;
  const void *methods;
  bool (*on_verify) (void *state, WeirVerify *verify, GError **error);
} WeirServiceDescriptor;

/* As weir_descriptor_new. Returns: (transfer full). */
WeirServiceDescriptor *weir_service_descriptor_new (const WeirServiceType *theirs, GError **error);

/* Takes NULL. */
void weir_service_descriptor_free (WeirServiceDescriptor *descriptor);
