/* node.h: one scheduled component: a processor, a port or a funnel.
 *
 * Its run word counts the tasks that are queued or running and remembers that somebody asked for
 * more meanwhile: a node that nobody asks for costs nothing, and no request is ever lost. What it
 * waits for is written in few atomics that weir_node_get_wait reads, so the scheduler, the idle
 * test and the people who ask "why is this not running?" get the same answer.
 *
 * Thread: any, unless said otherwise. */
#pragma once

#include "model/cron.h"
#include "plugin/config.h"
#include "runtime/attic.h"
#include "runtime/histogram.h"
#include "runtime/queue.h"
#include "runtime/service.h"
#include "runtime/session.h"
#include "runtime/state.h"
#include "runtime/timers.h"

typedef enum {
  WEIR_PHASE_STOPPED,
  WEIR_PHASE_STARTING, /* on_scheduled has not succeeded yet */
  WEIR_PHASE_RUNNING,
  WEIR_PHASE_STOPPING, /* no new task begins */
  WEIR_PHASE_ONCE,     /* as running, for one trigger */
} WeirPhase;

/* What people want of it. */
typedef enum {
  WEIR_WISH_STOPPED,
  WEIR_WISH_RUNNING,
  WEIR_WISH_ONCE, /* one trigger, then stopped */
} WeirWish;

/* Where a relationship leads. No queue: auto-terminated. */
typedef struct {
  WeirQueue *const *queues;
  unsigned n;
  unsigned attempts; /* retries before it is taken; 0: none */
  uint64_t word;     /* of its name in the log; 0 where there is none */
} WeirRoute;

typedef enum {
  WEIR_WAIT_NONE, /* it can run */
  WEIR_WAIT_STOPPED,
  WEIR_WAIT_INPUT,
  WEIR_WAIT_PENALTY,
  WEIR_WAIT_ROOM,
  WEIR_WAIT_DISK, /* it brings data, and the disk is nearly full */
  WEIR_WAIT_SCHEDULE,
  WEIR_WAIT_YIELD,
} WeirWait;

typedef struct {
  _Atomic uint64_t in_count;
  _Atomic uint64_t in_bytes;
  _Atomic uint64_t out_count;
  _Atomic uint64_t out_bytes;
  _Atomic uint64_t read_bytes;
  _Atomic uint64_t written_bytes;
  _Atomic uint64_t tasks; /* triggers */
  _Atomic uint64_t task_nsec;
  _Atomic uint64_t bulletins;
  _Atomic int64_t sampled; /* monotonic: when latencies was added to last */
} WeirNodeStats;

/* A sample each millisecond at most, so that it costs nothing where much happens. */
typedef struct {
  WeirHistogram queued; /* from when a FlowFile came into the queue until it was taken */
  WeirHistogram task;   /* one trigger */
} WeirLatencies;

struct WeirHeld {
  WeirRecord record;
  WeirNode *node;
  char uuid[WEIR_UUID_SIZE];
  WeirHeld *next; /* guarded by the node's lock, as is previous */
  WeirHeld *previous;
};

struct WeirContext {
  WeirNode *node;      /* NULL: it is that of a service */
  WeirServed *service; /* NULL: it is that of a node */
};

struct WeirNode {
  /* What each turn looks at stands together: with ten thousand nodes, what a hop costs is what it
   * has to fetch. */
  _Alignas(64) _Atomic uint32_t run; /* WEIR_RUN_AGAIN, WEIR_RUN_BARRED and the number of tasks */
  _Atomic uint32_t max_tasks;
  _Atomic WeirPhase phase;
  _Atomic uint32_t batch; /* triggers for one commit, by how long they take */
  _Atomic uint32_t next_input;
  WeirScheduleMode mode : 8;
  bool is_source;              /* runs without input */
  bool is_disabled;            /* never starts */
  _Atomic bool is_dry;         /* a source that has nothing to bring */
  _Atomic uint32_t finds;      /* turns of a source that brought something */
  _Atomic uint32_t rooms_seen; /* it waits until weir_node_count_rooms is another; 0: it does not */
  _Atomic int64_t yield_until; /* monotonic, as the next two */
  _Atomic int64_t due;         /* by its schedule; 0: at once */
  _Atomic int64_t wake_at;     /* asked for by the module; INT64_MAX: not */

  /* set before the phase is RUNNING, then read only */
  const WeirProcessor *type;
  void *module_state;
  WeirQueue **inputs;
  WeirQueue **outputs;
  unsigned n_inputs;
  unsigned n_outputs;
  WeirQueue *few[4];       /* where both stand when they are that few */
  const WeirRoute *routes; /* by relationship */
  WeirRoute few_routes[2]; /* where they stand when they are that few */
  unsigned n_routes;
  WeirEngine *engine;
  char *retry_attribute; /* "retryCount.<id>"; NULL: nothing is retried */
  int64_t penalty_usec;
  int64_t yield_usec;
  WeirContext context;

  WeirNodeStats stats;
  _Atomic (WeirLatencies *) latencies; /* NULL: no sample yet */

  /* Set before it is started, then read only: an edit changes these only while it is stopped, but
   * for the name. Who has a reference to the node may read the first three at any time. */
  _Atomic (const WeirComponent *) component; /* a copy, in no group */
  _Atomic (const char *) path;
  _Atomic (const char *) name;
  _Atomic uint32_t n_refs;
  bool is_in_slab;
  WeirAttic attic;              /* what these three were */
  uint64_t number;              /* in the log */
  WeirPropertyText *properties; /* resolved */
  size_t n_properties;
  int64_t every_usec;
  WeirCron *cron;
  unsigned tasks_wanted;
  WeirBulletinLevel bulletin_level;

  WeirConfig *config;        /* of this start */
  const WeirRetry **retries; /* by relationship; NULL: it is not retried */
  WeirState *state;
  WeirLock changing; /* held while changes of state go into the log and into it, in one order */
  WeirTimer timer;

  WeirWish wish;              /* guarded by the engine's wishes, as is the next */
  _Atomic bool is_kept;       /* from running, by an edit */
  _Atomic bool is_leaving;    /* stopped alone: its last task finishes it */
  _Atomic uint32_t n_effects; /* of its sessions that wait or happen */
  char *failure;              /* guarded by lock: why it could not be started; NULL: it could */

  WeirLock lock;
  WeirHeld *held;       /* guarded by lock */
  GHashTable *counters; /* guarded by lock: name to int64_t; NULL until one is adjusted */
  WeirArena evaluated;  /* guarded by lock: results of weir_context_eval outside of triggers */
};

#define WEIR_RUN_AGAIN  0x80000000u
#define WEIR_RUN_BARRED 0x40000000u /* stopped: it gets no task, however often it is woken */

/* With the last reference it goes; it must have been stopped. Returns: (transfer full): @node. */
WeirNode *weir_node_ref (WeirNode *node);
void weir_node_unref (WeirNode *node);

/* Asks for a task: now if there is a place for one, else after one that is running. @worker: the
 * worker that asks, or NULL. */
void weir_node_wake (WeirNode *node, WeirWorker *worker);

/* What keeps it from running; @ret_until (or NULL) is when that ends by itself, else INT64_MAX. */
WeirWait weir_node_get_wait (WeirNode *node, int64_t monotonic, int64_t *ret_until);

/* True when something is in its input queues, whether it can be taken now or not. */
bool weir_node_has_queued (WeirNode *node);

/* True when something in its input queues can be taken now. */
bool weir_node_has_ready (WeirNode *node);

/* One activation, and what is to be done after it: run again, wait for a moment, or rest.
 * Thread: the worker's. */
void weir_node_run (WeirNode *node, WeirWorker *worker);

/* True while back pressure keeps it from running. */
bool weir_node_is_blocked (WeirNode *node);

/* False while back pressure holds what leaves by @relationship. */
bool weir_node_has_room (WeirNode *node, unsigned relationship);

/* Begins, and asks for the first task. Thread: main. */
void weir_node_start (WeirNode *node);

/* No task begins any more; true when none is left. Thread: main. */
bool weir_node_stop (WeirNode *node);

/* After weir_node_stop has returned true: on_stopped, and held FlowFiles back to their queues.
 * Thread: main. */
void weir_node_finish (WeirNode *node);

/* The same, but that its phase stays. Thread: that of its last task. */
void weir_node_end (WeirNode *node);

/* Another number each time one of the queues behind it has room again; never 0. */
uint32_t weir_node_count_rooms (const WeirNode *node);

/* Has the node's timer fire no later than @when. */
void weir_node_arm (WeirNode *node, int64_t when);
