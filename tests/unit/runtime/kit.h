/* kit.h: small flows for tests of the runtime, with processors that are functions of the test.
 *
 * By hand, time stands still and nothing runs but in kit_run; with threads it is the real thing. */
#pragma once

#include "runtime/engine.h"

/* A bound for what takes milliseconds: only what never comes takes longer, however slow the machine
 * is. No test may take that long when all is well. */
#define KIT_LONG (200 * (int64_t)G_USEC_PER_SEC)

typedef struct {
  WeirClock *clock; /* NULL: the machine's */
  WeirRegistry *registry;
  WeirFlow *flow;
  WeirEngine *engine; /* from kit_start on */
  WeirLock lock;
  GPtrArray *messages; /* char *, of bulletins; guarded by lock while threads run */
  WeirEngineOptions options;
} Kit;

typedef bool (*KitTrigger) (void *state, WeirSession *session, GError **error);

/* Descriptors with relationships "success" (0) and "failure" (1). */
extern const WeirRelationship kit_relationships[2];
#define KIT_PROCESSOR(type_name, trigger, ...)                                     \
  {                                                                                \
    WEIR_PROCESSOR_ABI, .name = type_name, .summary = "A processor of the test.",  \
                        .on_trigger = trigger, .relationships = kit_relationships, \
                        .n_relationships = 2, __VA_ARGS__                          \
  }

Kit *kit_new_by_hand (void);
Kit *kit_new_with_threads (unsigned n_workers);
void kit_free (Kit *kit);

/* A processor of a type that is added to the registry at its first use. */
WeirProcessorNode *kit_processor (Kit *kit, const char *id, const WeirProcessor *type);
void kit_funnel (Kit *kit, const char *id);
WeirConnection *kit_connect (Kit *kit, const char *from, const char *relationship, const char *to);

void kit_start (Kit *kit);

/* The same in two steps: what a data directory holds is in the queues after the first. */
void kit_load (Kit *kit);
void kit_go (Kit *kit);

/* Stops and frees the engine; the kit can be started again. */
void kit_stop (Kit *kit);

/* What is in the queues of an engine that does not run, and what its components remember, as text.
 * Returns: (transfer full). */
char *kit_dump (Kit *kit);

/* Removes a directory and all in it. */
void kit_remove_all (const char *path);

/* By hand: until nothing is left to do at this moment. */
void kit_run (Kit *kit);
void kit_advance (Kit *kit, int64_t usec);

WeirNode *kit_node (Kit *kit, const char *id);
WeirQueue *kit_queue (Kit *kit, unsigned index);
#define kit_count(kit, index) ((unsigned)atomic_load (&kit_queue (kit, index)->count))

/* The last message, or NULL. */
const char *kit_message (Kit *kit);

/* Whether one of the bulletins has @text in it. */
bool kit_has_said (Kit *kit, const char *text);

/* Fails the test unless one of the bulletins has @text in it; what else is said meanwhile, of a
 * disk that is slow for example, is another matter. */
void kit_assert_said (Kit *kit, const char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Kit, kit_free)
