/* session.h: the transaction in which on_trigger works.
 *
 * Everything done through a session happens together or not at all. When on_trigger returns true,
 * each FlowFile that it got or created must have been transferred, removed, returned or held; if
 * one was not, or if on_trigger returns false, all is undone: the FlowFiles are back in their
 * queues as they were, what was created is gone. So it is when a trigger has done more than the log
 * takes at a time, which is 1 GiB of attributes, small contents and state.
 *
 * The host may run several triggers in one session and commit them together, so a module must not
 * keep FlowFiles, readers or writers from one trigger to the next (but see weir_session_hold).
 *
 * Thread: trigger, for every function here. A session must not be used on another thread. */
#pragma once

#include <weir/content.h>
#include <weir/context.h>
#include <weir/event.h>

G_BEGIN_DECLS

/* Returns: (transfer none). */
WEIR_API WeirContext *weir_session_get_context (WeirSession *session);

/* --- FlowFiles in and out --- */

/* Takes the next FlowFile from the incoming queues.
 * Returns: (transfer none) (nullable): NULL when there is none. */
WEIR_API WeirFlowFile *weir_session_get (WeirSession *session);

/* Takes up to @max FlowFiles. Returns: how many were stored in @ret_flowfiles. */
WEIR_API size_t weir_session_get_batch (WeirSession *session, WeirFlowFile **ret_flowfiles,
                                        size_t max);

/* What waits in the incoming queues. @ret_bytes may be NULL. */
WEIR_API size_t weir_session_get_queued (WeirSession *session, uint64_t *ret_bytes);

/* A new FlowFile without ancestors, or a child: it has its parent's attributes (the uuid is its
 * own) and lineage start, and no content.
 * Returns: (transfer none). */
WEIR_API WeirFlowFile *weir_session_create (WeirSession *session);
WEIR_API WeirFlowFile *weir_session_create_child (WeirSession *session, const WeirFlowFile *parent);

/* A child of all @parents: it has the attributes on which they agree. Returns: (transfer none). */
WEIR_API WeirFlowFile *weir_session_create_joined (WeirSession *session,
                                                   WeirFlowFile *const *parents, size_t n_parents);

/* A copy: same attributes, same content (shared, not copied). Returns: (transfer none). */
WEIR_API WeirFlowFile *weir_session_clone (WeirSession *session, const WeirFlowFile *flowfile);

/* The same with a part of the content, not copied either. The range must lie within it.
 * Returns: (transfer none). */
WEIR_API WeirFlowFile *weir_session_slice (WeirSession *session, const WeirFlowFile *flowfile,
                                           uint64_t offset, uint64_t size);

/* Sends @flowfile along @relationship, an index into the descriptor's table. It is cloned when
 * several connections leave there, and dropped when it is auto-terminated. */
WEIR_API void weir_session_transfer (WeirSession *session, WeirFlowFile *flowfile,
                                     unsigned relationship);

/* The FlowFile ends here. */
WEIR_API void weir_session_remove (WeirSession *session, WeirFlowFile *flowfile);

/* Back to the front of the queue it came from, changes kept. */
WEIR_API void weir_session_return (WeirSession *session, WeirFlowFile *flowfile);

/* Held back from its next step for the penalty duration (default 30 s). Transfer it as well. */
WEIR_API void weir_session_penalize (WeirSession *session, WeirFlowFile *flowfile);

/* Keeps a FlowFile for a later trigger: for processors that gather, such as MergeContent. It still
 * counts as queued, and @flowfile may be kept (and its attributes and size be read) until it is
 * taken or on_stopped is called. A held FlowFile must not have been changed. If the trigger fails,
 * it is back in the queue and the pointer must be forgotten. */
WEIR_API void weir_session_hold (WeirSession *session, WeirFlowFile *flowfile);

/* Brings a held FlowFile into this session, as if it had just been got. If the trigger fails, it
 * is back in the queue, not held. */
WEIR_API void weir_session_take (WeirSession *session, WeirFlowFile *held);

/* --- attributes --- */

/* Sets an attribute; NULL or `uuid` as name, or NULL as value, is a bug of the caller. */
WEIR_API void weir_session_put_attribute (WeirSession *session, WeirFlowFile *flowfile,
                                          const char *name, const char *value);
WEIR_API void weir_session_put_attributes (WeirSession *session, WeirFlowFile *flowfile,
                                           const char *const *names, const char *const *values,
                                           size_t n);
WEIR_API void weir_session_remove_attribute (WeirSession *session, WeirFlowFile *flowfile,
                                             const char *name);

/* printf for the value. */
WEIR_API void weir_session_put_attribute_printf (WeirSession *session, WeirFlowFile *flowfile,
                                                 const char *name, const char *format, ...)
    G_GNUC_PRINTF (4, 5);

/* --- state: key and value that are committed with the session --- */

/* Returns: (transfer full) (nullable). Sees what this session has set. */
WEIR_API char *weir_session_get_state (WeirSession *session, const char *key);

/* Sets or, with a NULL @value, clears a key. */
WEIR_API void weir_session_set_state (WeirSession *session, const char *key, const char *value);

/* --- state of a service: the same for all who use it --- */

/* For functions of a service that a trigger calls with its session; @service is what on_enabled
 * got. The change is committed with that session, in the same entry of the log. A session sees what
 * itself has set and what others have committed. Two sessions must not set one key at a time: the
 * service keeps others away from it until weir_session_on_end tells that this one has ended.
 * Returns: (transfer full) (nullable). */
WEIR_API char *weir_session_get_shared_state (WeirSession *session, const WeirContext *service,
                                              const char *key);

/* Sets or, with a NULL @value, clears a key. */
WEIR_API void weir_session_set_shared_state (WeirSession *session, const WeirContext *service,
                                             const char *key, const char *value);

/* Calls @func once when it is known how what this trigger did ends: committed, and not yet seen by
 * others, or undone. The last one asked for is called first. It must be quick and cannot use the
 * session. Thread of the call: this. */
typedef void (*WeirEndFunc) (void *data, bool is_committed);
WEIR_API void weir_session_on_end (WeirSession *session, WeirEndFunc func, void *data);

/* --- the world outside --- */

typedef void (*WeirDurableFunc) (void *data);

/* Calls @func once what this session did can no longer be lost: then is the time to delete a
 * source file, acknowledge a message, answer a client. Never called when the session is undone;
 * @destroy (or NULL) is called in either case, last. Thread of the calls: any. */
WEIR_API void weir_session_on_durable (WeirSession *session, WeirDurableFunc func, void *data,
                                       GDestroyNotify destroy);

/* Tells what happened to @flowfile, for its provenance, where the session itself cannot see it:
 * that its content was received, fetched, sent; why it was routed. What the session sees (made,
 * changed, sent along one of several relationships, ended) needs no report; of what it makes by
 * itself, the report takes the place. @uri (or NULL): where the data came from or went; passwords
 * in it are not kept. @details (or NULL): for people. @usec: how long it took; -1: not known. It
 * counts once the session is committed. */
WEIR_API void weir_session_report (WeirSession *session, WeirFlowFile *flowfile, WeirEventType type,
                                   const char *uri, const char *details, int64_t usec);

/* Adds to a counter that people see beside the processor; committed with the session. */
WEIR_API void weir_session_adjust_counter (WeirSession *session, const char *name, int64_t delta);

G_END_DECLS
