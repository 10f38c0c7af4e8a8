/* running.h: which nodes run. What people want of a node is one thing, what an edit keeps from
 * running for a moment is another; a node runs when it is wanted, not kept and not disabled.
 *
 * A node stops alone, while others run: no task begins any more, the last one that ends waits for
 * the effects of its sessions, calls on_stopped, gives back what was held, and starts it again if
 * it is wanted by then. So to stop is to ask; weir_engine_wait_stopped waits.
 *
 * Thread: any, unless said otherwise. */
#pragma once

#include "runtime/engine.h"

/* What follows takes @paths of processors, ports, funnels and groups (all that is in them; "": the
 * flow), ended by NULL. Each is false with @error when one of them is not there; then nothing has
 * changed. */

/* Starts what is stopped and not disabled. @ret_n (or NULL): how many. */
bool weir_engine_start_nodes (WeirEngine *engine, const char *const *paths, unsigned *ret_n,
                              GError **error);

/* Stops what runs. @ret_n (or NULL): how many. */
bool weir_engine_stop_nodes (WeirEngine *engine, const char *const *paths, unsigned *ret_n,
                             GError **error);

/* Waits for @usec at most until none of them runs any more. Returns: false with @error that names
 * one that does. */
bool weir_engine_wait_stopped (WeirEngine *engine, const char *const *paths, int64_t usec,
                               GError **error);

/* One trigger, as soon as there is input, room and whatever else it needs, but for its schedule;
 * then it is stopped again. It must be stopped. */
bool weir_engine_run_once (WeirEngine *engine, const char *path, GError **error);

/* What does not start, as in the options of the engine, of which it takes the place. Thread: main,
 * before the engine starts. */
void weir_engine_set_stopped (WeirEngine *engine, const char *const *paths);

/* --- for the runtime --- */

/* What people want of @node from now on. */
void weir_node_want (WeirNode *node, WeirWish wish);

/* Its one trigger is over. Thread: the worker's. */
void weir_node_end_once (WeirNode *node);

/* Its last task has ended while it was to stop alone. Thread: the worker's. */
void weir_node_depart (WeirNode *node, WeirWorker *worker);

/* An edit keeps @nodes from running, or does no longer. */
void weir_nodes_keep (const GPtrArray *nodes, bool is_kept);

/* Waits for @usec at most until none of @nodes runs. Returns: (transfer none) (nullable): one that
 * still does. */
WeirNode *weir_nodes_wait (WeirEngine *engine, const GPtrArray *nodes, int64_t usec);

/* The engine starts: all that is wanted begins. It ends: none begins any more, and who stops does
 * the rest. Thread: main. */
void weir_running_begin (WeirEngine *engine);
void weir_running_end (WeirEngine *engine);
