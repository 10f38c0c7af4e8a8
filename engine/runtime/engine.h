/* engine.h: one running flow and everything it needs. Nothing in the runtime lives outside of it,
 * so several engines in one process do not know of each other.
 *
 * Thread: main, unless said otherwise. */
#pragma once

#include "base/clock.h"
#include "base/random.h"
#include "expr/expr.h"
#include "model/resolver.h"
#include "plugin/registry.h"
#include "provenance/recorder.h"
#include "runtime/bulletin.h"
#include "runtime/effects.h"
#include "runtime/node.h"
#include "runtime/scheduler.h"
#include "runtime/secrecy.h"
#include "runtime/slab.h"
#include "store/data.h"

typedef struct {
  WeirRegistry *registry;
  WeirClock *clock;        /* NULL: the machine's */
  unsigned n_workers;      /* 0: one a core */
  bool by_hand;            /* no threads: weir_engine_step does the work */
  uint64_t seed;           /* 0: from the system */
  size_t session_max;      /* FlowFiles in a session; 0: as many as a turn handles */
  const char *content_dir; /* without a data_dir: for content that is too large for memory; NULL:
                              the default */
  const char *data_dir;    /* where nothing is lost; NULL: all is in memory */
  const char *owner;       /* of data_dir: the flow's name */
  WeirDurability durability;
  bool without_provenance; /* of what happens in data_dir */
  uint64_t archive_bytes;  /* kept of contents after their end, and of the log; 0: none */
  uint64_t segment_size;   /* of the log, and how much of it may be between two snapshots; 0: as */
  uint64_t checkpoint_bytes; /* in limits.h; tests make both small */
  uint64_t partition_bytes;  /* of provenance, likewise, and the time until an event is there */
  int64_t provenance_usec;
  unsigned patience_usec; /* of a frame that nobody waits for; 0: as in limits.h; likewise */
  size_t entry_max;       /* bytes of a session in the log; 0: as in limits.h; likewise */
  size_t queue_front;     /* of a long queue, what stays in memory; 0: as in backlog.h; likewise */
  const char *const *stopped; /* paths of what does not start, also of groups ("": the flow), ended
                                 by NULL; NULL: all starts that is not disabled */
  WeirFs *fs;                 /* NULL outside of tests */
  /* The disk has failed: what was committed last may not be there, and nothing more can be. The
   * process should end at once. Thread: any. */
  void (*on_failure) (void *data, const GError *error);
  WeirBulletinFunc on_bulletin;
  void *data;
} WeirEngineOptions;

/* FlowFiles of a connection that the flow does not have any more. */
typedef struct {
  char *name;       /* of the queue, as the log has it */
  WeirQueue *queue; /* without ends */
} WeirStranded;

struct WeirEngine {
  WeirData *data;       /* NULL: all is in memory */
  WeirEffects *effects; /* NULL likewise */
  bool has_provenance;
  char *provenance_dir;
  uint64_t partition_bytes;
  int64_t provenance_usec;
  WeirRecorder *recorder;       /* NULL: nothing is recorded */
  WeirRecorderFigures recorded; /* how far it had come when it was stopped */
  WeirFs *fs;
  GPtrArray *stranded; /* WeirStranded; guarded by control */
  void (*on_failure) (void *data, const GError *error);
  void *failure_data;
  WeirRegistry *registry;
  WeirClock *clock;
  WeirRandom random;
  WeirDepot *depot;
  WeirContentStore *store; /* of data, or own_store */
  WeirContentStore *own_store;
  WeirTimers *timers;
  WeirScheduler *scheduler;
  WeirBoard *board;
  WeirSecrecy *secrecy; /* NULL: nothing is loaded */
  WeirServices *services;
  WeirExprScope scope; /* what every evaluation sees */
  char *hostname;
  char *address;
  _Atomic int64_t next_int;
  WeirSlab node_slab;
  WeirSlab queue_slab;
  WeirLock control;   /* held by who changes the flow that runs, all the time */
  WeirLock shape;     /* guards the next two and the ends of what is in them, while no timer runs */
  GPtrArray *nodes;   /* WeirNode, in the order of the flow; another one after each edit */
  GPtrArray *queues;  /* WeirQueue, likewise */
  GHashTable *states; /* guarded by control: path to WeirState, of components that are not there */
  WeirLock wishes;    /* held for what is wanted of nodes, and while they follow */
  bool is_running;    /* guarded by wishes */
  char **stopped;     /* as in the options */
  uint64_t install_id;
  size_t session_max;
  size_t entry_max;
  size_t queue_front;
  bool by_hand;
  bool is_started;
  _Atomic uint64_t next_id; /* without data */
  _Atomic bool is_disk_low; /* disk-guard.h */
  WeirTimer disk_timer;
  _Atomic bool has_long_queues; /* whose backlogs wait for the book */
  WeirTimer backlog_timer;
  WeirTimer expiry_timer;
  WeirSession expiry_session; /* the timers' thread only */
};

/* Returns: (transfer full). */
WeirEngine *weir_engine_new (const WeirEngineOptions *options, GError **error);

/* Makes a node of each processor, port and funnel, a queue of each connection, and the services.
 * @flow must have passed weir_flow_check; it and @resolver are used here only. */
bool weir_engine_load (WeirEngine *engine, const WeirFlow *flow, WeirResolver *resolver,
                       GError **error);

void weir_engine_start (WeirEngine *engine);

/* Waits up to @usec for the moment when nothing is left to do: no task, no source that may bring
 * more at once, nothing that waits for a moment that will come by itself.
 * Returns: true when that was so. */
bool weir_engine_wait_idle (WeirEngine *engine, int64_t usec);

/* Lets sources bring no more; what is queued goes on. */
void weir_engine_stop_sources (WeirEngine *engine);

/* Stops every node and the threads. Processors that are in a trigger have @usec to return, and so
 * has each effect that is due.
 * Returns: false when some did not; then the engine must not be freed. */
bool weir_engine_stop (WeirEngine *engine, int64_t usec);

/* It must have been stopped. What is still queued is gone, or stays in its data directory. Takes
 * NULL. */
void weir_engine_free (WeirEngine *engine);

/* By hand: fires what is due and runs one task. Returns: false when there was nothing to do. */
bool weir_engine_step (WeirEngine *engine);

/* Returns: (transfer none) (nullable): the node of the component with that path, until the flow is
 * edited (reshape.h). */
WeirNode *weir_engine_find_node (WeirEngine *engine, const char *path);

/* The nodes or queues as they are now. What is in there stays readable until g_ptr_array_unref, as
 * far as its header says, also when an edit has taken it out.
 * Returns: (transfer full): in the order of the flow. Thread: any. */
GPtrArray *weir_engine_hold_nodes (WeirEngine *engine);
GPtrArray *weir_engine_hold_queues (WeirEngine *engine);

/* True when nothing is left to do, see weir_engine_wait_idle. Thread: any. */
bool weir_engine_is_idle (WeirEngine *engine);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirEngine, weir_engine_free)
