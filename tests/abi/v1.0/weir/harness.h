/* harness.h: tests a processor without an engine around it (link with weir-test).
 *
 * One processor, its type found by the usual search path; the test pushes FlowFiles, triggers it,
 * pulls what came out, and holds the clock. A mistake in the test, or a configuration that is
 * refused where the test did not ask for that, ends the test with a message.
 *
 * Thread: main, for every function here. */
#pragma once

#include <weir/processor.h>

G_BEGIN_DECLS

typedef struct WeirHarness WeirHarness;

/* Returns: (transfer full). */
WEIR_API WeirHarness *weir_harness_new (const char *type);

/* Stops the processor. Takes NULL. */
WEIR_API void weir_harness_free (WeirHarness *harness);

/* Sets a property, static or dynamic; NULL takes it away. Before the first run. */
WEIR_API void weir_harness_set (WeirHarness *harness, const char *name, const char *value);

/* Puts a service of that type beside the processor, whose properties name it by @id; then name and
 * value pairs of its own properties, NULL last. Before the first run. */
WEIR_API void weir_harness_add_service (WeirHarness *harness, const char *id, const char *type,
                                        ...) G_GNUC_NULL_TERMINATED;

/* Nothing is connected to @relationship, and what leaves by it ends. Before the first run. */
WEIR_API void weir_harness_auto_terminate (WeirHarness *harness, const char *relationship);

/* Checks the configuration. Returns: (transfer full) (nullable): what `weir check` would say. */
WEIR_API char *weir_harness_check (WeirHarness *harness);

/* Queues a FlowFile; @size may be -1 for a string; then name and value pairs of attributes, NULL
 * last. */
WEIR_API void weir_harness_push (WeirHarness *harness, const void *data, ssize_t size,
                                 ...) G_GNUC_NULL_TERMINATED;

/* Triggers up to @max times and commits each, as long as there is something to do: input, or for a
 * source always; not before a yield or its schedule is over, see weir_harness_advance. Returns: how
 * many triggers were committed. */
WEIR_API unsigned weir_harness_run (WeirHarness *harness, unsigned max);

/* What the last failed trigger, or the failed on_scheduled, said. Returns: (transfer none)
 * (nullable). */
WEIR_API const char *weir_harness_get_error (WeirHarness *harness);

/* Takes the next FlowFile that left by @relationship.
 * Returns: (transfer none) (nullable): valid until weir_harness_assert_drained or the end. */
WEIR_API const WeirFlowFile *weir_harness_pull (WeirHarness *harness, const char *relationship);

/* How many wait to be pulled; how many are still queued as input (held ones too). */
WEIR_API size_t weir_harness_count (WeirHarness *harness, const char *relationship);
WEIR_API size_t weir_harness_queued (WeirHarness *harness);

/* The content of a pulled FlowFile, with a NUL behind it. Returns: (transfer none). */
WEIR_API const char *weir_harness_content (WeirHarness *harness, const WeirFlowFile *flowfile,
                                           size_t *ret_size);

/* True when the FlowFile was penalized. */
WEIR_API bool weir_harness_is_penalized (WeirHarness *harness, const WeirFlowFile *flowfile);

/* Lets time pass. */
WEIR_API void weir_harness_advance (WeirHarness *harness, int64_t usec);

/* Stops and starts the processor, as a restart of the flow would: state is kept. */
WEIR_API void weir_harness_restart (WeirHarness *harness);

/* --- the end of the process, at any moment ---
 *
 * By itself each trigger is durable when it is committed, and what weir_session_on_durable asked
 * for is done then. A test can take that apart:
 *
 *     weir_harness_delay (h);
 *     weir_harness_run (h, 1);    the commit: others see it, a crash undoes it
 *     weir_harness_sync (h, 0);   it cannot be lost any more, nobody was told yet
 *     weir_harness_sync (h, 1);   the first callback has returned
 *     weir_harness_crash (h);     kill -9
 */

/* From now on what is committed is durable only with weir_harness_sync. */
WEIR_API void weir_harness_delay (WeirHarness *harness);

/* All that was committed so far can no longer be lost, and up to @max of the functions that wait
 * for that are called, in order. Returns: how many were. */
WEIR_API unsigned weir_harness_sync (WeirHarness *harness, unsigned max);

/* The process ends as it is and another begins: state and FlowFiles are what was durable, held ones
 * are in their queue, and the processor starts anew. Of the old one nothing is called any more,
 * neither on_stopped nor what waited to be durable, before weir_harness_free. What was pulled is
 * the test's, durable or not. */
WEIR_API void weir_harness_crash (WeirHarness *harness);

/* Returns: (transfer full) (nullable): the committed state under @key. */
WEIR_API char *weir_harness_get_state (WeirHarness *harness, const char *key);

/* Fails the test unless all output was pulled, no input is left and no content leaked. What was
 * pulled is gone afterwards. */
WEIR_API void weir_harness_assert_drained (WeirHarness *harness);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirHarness, weir_harness_free)

G_END_DECLS
