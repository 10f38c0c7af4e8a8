/* value.h: everything of a component that one text can say, by name.
 *
 * Of all kinds but labels: "name" and "comment"; "place" ("40 40", with a size "40 40 120 80") of
 * all but connections. Of a processor: "type", "disabled", "penalty", "yield", "bulletins",
 * "tasks", "schedule" ("every 1 s", "cron 0 30 6 * * *"), and by a key: "property", "retry" of a
 * relationship
 * ("10 penalize 10 min": attempts, back-off, longest), "auto-terminate" of a relationship ("true").
 * Of a service: "type", "disabled", "property". Of a port: "kind", "disabled". Of a label: "text".
 * Of a connection: "from" ("read:success", several relationships a line each: "read:a\nb"), "to",
 * "max-count", "max-size", "expire", "order", "bends" ("10 20, 30 40").
 *
 * Values are written as in a flow file; NULL is the default and what is not there.
 *
 * Thread: any, one at a time for a component that is changed. */
#pragma once

#include "model/flow.h"

typedef struct {
  const char *setting;
  const char *key; /* NULL: not keyed */
} WeirValueName;

/* *@ret_text: (transfer full) (nullable). */
bool weir_value_get (const WeirComponent *component, WeirValueName name, char **ret_text,
                     GError **error);

/* @index: where a keyed one is put that is not there yet, -1: at the end. What the reader kept of a
 * wrong value of it goes.
 * Returns: false with @error and nothing changed. */
bool weir_value_set (WeirComponent *component, WeirValueName name, const char *text, int index,
                     GError **error);

/* True when weir_value_set with the text of now would bring all of it back after it was set to
 * @next; not so if there are ghosts that go then. */
bool weir_value_is_whole (const WeirComponent *component, WeirValueName name, const char *next);

/* Position of a keyed one, -1: it is not there. */
int weir_value_get_index (const WeirComponent *component, WeirValueName name);

/* Returns: (transfer full): of WeirValueName, whose texts are owned by @component, of all that
 * may be set or is set there, keyed ones as they stand. */
GArray *weir_value_list (const WeirComponent *component);
