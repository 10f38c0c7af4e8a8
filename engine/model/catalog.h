/* catalog.h: what the model must be told about types, so that it can check a flow without knowing
 * any module. The plugin layer fills the table in; a check without one looks at structure only. */
#pragma once

#include "model/flow.h"
#include "model/problem.h"
#include <weir/processor.h>

/* A property after `#{...}` was replaced. */
typedef struct {
  char *text;     /* NULL: it could not be resolved, which has been told already */
  bool is_secret; /* holds a secret: never to be shown, not even in a message */
  bool is_mixed;  /* the secret is not the whole of it */
} WeirResolved;

/* What weir_flow_check wants to know about one configured processor. */
typedef struct {
  GPtrArray *relationships; /* char *; added by the catalog, owned by the caller */
  WeirInput input;
} WeirTypeInfo;

typedef struct {
  void *data; /* handed to both */

  /* Checks the type and the properties of @node: adds to @problems (with the origin of the
   * property) what is wrong with them. @values: WeirResolved, one for each of node->properties, in
   * their order.
   *
   * Returns: true with @info filled in when the type is known and its relationships are sure; false
   * when not: then no message about relationships is made up. */
  bool (*describe) (void *data, const WeirProcessorNode *node, const GPtrArray *values,
                    WeirTypeInfo *info, GPtrArray *problems);

  /* The same for a service. */
  void (*describe_service) (void *data, const WeirServiceNode *node, const GPtrArray *values,
                            GPtrArray *problems);
} WeirTypeCatalog;
