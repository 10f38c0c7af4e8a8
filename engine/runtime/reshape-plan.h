/* reshape-plan.h: what is different between what runs and what is to run. Nothing is changed here.
 *
 * Of each pair, @live runs and @draft was built of the new document; either may be missing. Where
 * both are there, @live goes on and takes over what differs.
 *
 * Thread: that of the edit, which has the engine's control. */
#pragma once

#include "runtime/build.h"
#include "runtime/reshape.h"

typedef struct {
  WeirNode *live;
  WeirNode *draft;
  bool is_changed; /* what it does, or its path */
  bool is_touched; /* it must be stopped meanwhile */
} WeirNodePair;

typedef struct {
  WeirQueue *live; /* or one that is stranded */
  WeirQueue *draft;
  WeirStranded *stranded; /* what it comes back from; NULL: it is in use */
  bool is_moved;          /* its ends, order or relationships differ */
  bool is_back;           /* it was stranded */
} WeirQueuePair;

typedef struct {
  WeirServed *live;
  WeirServed *draft;
  bool is_changed;
  bool is_touched; /* it, or what it uses, is changed */
} WeirServicePair;

typedef struct {
  WeirEngine *engine;
  GHashTable *renames; /* NULL: none */
  WeirParts draft;
  GPtrArray *nodes;    /* WeirNodePair; those with a draft in the order of the flow, first */
  GPtrArray *queues;   /* WeirQueuePair, likewise */
  GPtrArray *services; /* WeirServicePair, likewise */
  GHashTable *pairs;   /* live or draft, of any kind, to its pair */
} WeirPlan;

/* Returns: (transfer full): NULL with @error. */
WeirPlan *weir_plan_new (WeirEngine *engine, const WeirFlow *next, WeirResolver *resolver,
                         GHashTable *renames, GError **error);
void weir_plan_free (WeirPlan *plan);

/* What is in the place of a draft from now on. Each returns: (transfer none). */
WeirNode *weir_plan_get_node (const WeirPlan *plan, const WeirNode *draft);
WeirQueue *weir_plan_get_queue (const WeirPlan *plan, const WeirQueue *draft);
const WeirService *weir_plan_get_service (const WeirPlan *plan, const WeirService *draft);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirPlan, weir_plan_free)
