/* service.h: the services of a running flow: each is enabled when its first user starts, and all
 * are disabled when no user runs any more.
 *
 * Who refers to a service has the address of what modules see of it (WeirService) from the time
 * when the flow is built; it is filled in when the service is enabled.
 *
 * Thread: any, unless said otherwise. */
#pragma once

#include "base/lock.h"
#include "model/resolver.h"
#include "plugin/config.h"
#include "plugin/registry.h"
#include "runtime/attic.h"
#include "runtime/session.h"
#include "runtime/state.h"

typedef struct WeirServices WeirServices;

/* One of them. */
struct WeirServed {
  WeirService face; /* what users have; empty unless it is enabled */
  const WeirServiceDescriptor *type;
  const WeirServiceNode *node; /* while the flow is built */
  WeirEngine *engine;
  _Atomic (const char *) path;
  _Atomic (const char *) name;
  WeirAttic attic;              /* what these were */
  WeirPropertyText *properties; /* resolved */
  size_t n_properties;
  WeirConfig *config; /* NULL: it is not enabled */
  bool is_enabling;   /* to find out that services wait for each other */
  WeirContext *context;
  WeirLock lock;
  WeirArena evaluated; /* guarded by lock: results of weir_context_eval outside of triggers */
  uint64_t number;     /* in the log */
  WeirState *state;    /* what sessions of its users have committed */
};

/* Returns: (transfer full). */
WeirServices *weir_services_new (WeirEngine *engine);

/* None may be enabled. Takes NULL. */
void weir_services_free (WeirServices *services);

/* Thread: of who builds a flow, as is the next. */
bool weir_services_add (WeirServices *services, const WeirServiceNode *node, GError **error);

/* Resolves the properties of all that were added, which may refer to each other. */
bool weir_services_resolve (WeirServices *services, WeirResolver *resolver, GError **error);

/* The properties of @owner, of type @type.
 * Returns: (transfer full): texts with what they refer to, which weir_property_texts_free frees. */
WeirPropertyText *weir_services_resolve_properties (WeirServices *services, WeirResolver *resolver,
                                                    const WeirComponent *owner,
                                                    const WeirProcessor *type,
                                                    const GPtrArray *properties, GError **error);
void weir_property_texts_free (WeirPropertyText *properties, size_t n_properties);

/* Enables what @properties refer to, and what these services need themselves. */
bool weir_services_enable (WeirServices *services, const WeirPropertyText *properties,
                           size_t n_properties, GError **error);

bool weir_services_is_enabled (WeirServices *services, const WeirServed *served);

/* Disables all, users before what they use. No processor may run. Thread: main. */
void weir_services_disable (WeirServices *services);

/* The same for those in @some (set of WeirServed), whose users are all among them or at rest. */
void weir_services_disable_some (WeirServices *services, GHashTable *some);

/* From now on they are @now (WeirServed): of @services or, then not any more, of @draft. The others
 * go, which are not enabled. */
void weir_services_replace (WeirServices *services, WeirServices *draft, const GPtrArray *now);

/* Returns: (transfer none): WeirServed, in the order of the flow, until that is edited. */
const GPtrArray *weir_services_list (const WeirServices *services);
