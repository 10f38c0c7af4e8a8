/* catalog.h: answers what a check of a flow asks about types, properties and relationships.
 *
 * A module's on_configure is run for it, and nothing else of a module. Thread: any. */
#pragma once

#include "model/catalog.h"
#include "plugin/registry.h"

/* Returns: the catalog; valid as long as @registry. */
WeirTypeCatalog weir_catalog_new (WeirRegistry *registry);
