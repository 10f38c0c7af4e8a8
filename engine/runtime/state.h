/* state.h: what a component remembers from one session to the next, and over a restart: keys and
 * values that change only by a commit.
 *
 * Thread: any. */
#pragma once

#include <weir/context.h>

typedef struct WeirState WeirState;

/* Returns: (transfer full). */
WeirState *weir_state_new (void);
void weir_state_free (WeirState *state);

/* Returns: (transfer full) (nullable). */
char *weir_state_get (WeirState *state, const char *key);

/* @value NULL: clears the key. */
void weir_state_set (WeirState *state, const char *key, const char *value);

/* All keys, in no order; @func must not use @state. */
void weir_state_each (WeirState *state, WeirStateFunc func, void *data);
