/* context.h: one configured processor, as its module sees it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <weir/expr.h>

G_BEGIN_DECLS

/* The configuration: lives as long as the state struct it filled. */
typedef struct WeirConfig WeirConfig;

/* A scheduled processor: lives from on_scheduled to on_stopped. */
typedef struct WeirContext WeirContext;

/* A property that a person added (see WeirProcessor.dynamic). */
typedef struct {
  const char *name;
  const char *text;     /* as written, parameters resolved */
  const WeirExpr *expr; /* the same, compiled */
} WeirDynamicValue;

/* Dynamic properties in the order of the flow file. Returns: (transfer none). Thread: any. */
WEIR_API size_t weir_config_get_n_dynamic (const WeirConfig *config);
WEIR_API const WeirDynamicValue *weir_config_get_dynamic (const WeirConfig *config, size_t index);

/* Only in on_configure: adds a relationship. Static ones keep their numbers; added ones are
 * numbered after them in the order of the calls. The strings are copied. Thread: main. */
WEIR_API void weir_config_add_relationship (WeirConfig *config, const char *name,
                                            const char *description);

/* What the processor is called in the flow file. Returns: (transfer none).
 * Thread: any, for all that follow. */
WEIR_API const WeirConfig *weir_context_get_config (const WeirContext *context);
WEIR_API const char *weir_context_get_id (const WeirContext *context);
WEIR_API const char *weir_context_get_name (const WeirContext *context);

/* The engine's clocks, which a test can hold: wall time since 1970, and a time that never jumps.
 * Both in microseconds. */
WEIR_API int64_t weir_context_get_wall_time (const WeirContext *context);
WEIR_API int64_t weir_context_get_monotonic_time (const WeirContext *context);

/* The engine's source of randomness, which a test can seed. */
WEIR_API uint64_t weir_context_get_random (const WeirContext *context);

/* Of a service: what sessions of its users have set of its state (weir_session_set_shared_state),
 * also before a restart: for on_enabled. @func must not ask for it again. */
typedef void (*WeirStateFunc) (void *data, const char *key, const char *value);
WEIR_API void weir_context_each_state (const WeirContext *context, WeirStateFunc func, void *data);

typedef enum {
  WEIR_LOG_DEBUG,
  WEIR_LOG_INFO,
  WEIR_LOG_WARNING, /* from here on it is also a bulletin */
  WEIR_LOG_ERROR,
} WeirLogLevel;

/* Evaluates what does not depend on a FlowFile: attributes are not seen.
 * Returns: (transfer none): the value, "" when it evaluates to nothing; valid until the trigger
 * that asks returns, and outside of triggers until on_stopped has. NULL with @error set when it
 * cannot be evaluated. */
WEIR_API const char *weir_context_eval (const WeirContext *context, const WeirExpr *expr,
                                        GError **error);

/* Tells the people who run the flow. What on_trigger returns as error is told by the host: do not
 * log it as well. */
WEIR_API void weir_context_log (const WeirContext *context, WeirLogLevel level, const char *format,
                                ...) G_GNUC_PRINTF (3, 4);

/* True once a stop was asked for: on_trigger should finish what it has and return. */
WEIR_API bool weir_context_is_stopping (const WeirContext *context);

/* There is nothing to do now: not triggered again before the yield duration (default 1 s) is over.
 */
WEIR_API void weir_context_yield (WeirContext *context);

/* Not triggered again before @usec are over. */
WEIR_API void weir_context_yield_for (WeirContext *context, int64_t usec);

/* Triggered within @usec even if nothing comes in. The earliest of several calls counts. */
WEIR_API void weir_context_wake_after (WeirContext *context, int64_t usec);

/* Something came in that the engine cannot see: trigger. For a module's own threads. */
WEIR_API void weir_context_wake (WeirContext *context);

/* False while back pressure holds what leaves by @relationship. A trigger that then does nothing,
 * or returns what it got, comes again when there is room behind any relationship, not before. */
WEIR_API bool weir_context_has_room (const WeirContext *context, unsigned relationship);

/* True when a connection leaves by @relationship (not when it is auto-terminated). */
WEIR_API bool weir_context_is_connected (const WeirContext *context, unsigned relationship);

G_END_DECLS
