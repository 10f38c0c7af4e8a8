/* service-reference.h: the service that a property names.
 *
 * Thread: any, for every function here. */
#pragma once

#include "model/flow.h"
#include "plugin/registry.h"

/* The service that @id means, as written in @property of @owner.
 *
 * Returns: (transfer none): NULL with @error set when there is none there that is enabled and has
 * the interface that @property asks for. */
const WeirServiceNode *weir_service_reference_find (WeirRegistry *registry,
                                                    const WeirComponent *owner,
                                                    const WeirProperty *property, const char *id,
                                                    GError **error);

/* True when @node, by the services that it uses, and those that these use, needs itself.
 * References with parameters in them are not followed. */
bool weir_service_reference_is_circular (WeirRegistry *registry, const WeirServiceNode *node);
