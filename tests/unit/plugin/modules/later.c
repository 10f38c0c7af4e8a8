/* later.c: a module built against headers of a minor version to come, which promises not to need
 * what is new in them: its rows are longer than ours. */
#include <weir/processor.h>

typedef struct {
  int64_t first;
  int64_t second;
} State;

typedef struct {
  WeirProperty now;
  const char *group; /* appended to WeirProperty in 1.x */
} LaterProperty;

typedef struct {
  WeirRelationship now;
  uint64_t weight;
} LaterRelationship;

typedef struct {
  WeirProcessor now;
  bool (*on_idle) (void *state);
} LaterProcessor;

static const LaterProperty properties[] = {
  { { "First", "The first.", WEIR_FIELD (State, first), .default_value = "1" }, "a group" },
  { { "Second", "The second.", WEIR_FIELD (State, second), .default_value = "2" }, "a group" },
};

static const LaterRelationship relationships[] = {
  { { "success", "Good ones." }, 7 },
  { { "failure", "Bad ones." }, 3 },
};

static bool
on_trigger (void *state, WeirSession *session, GError **error)
{
  return true;
}

static const LaterProcessor processor = {
  .now = {
    .struct_size = sizeof (LaterProcessor),
    .property_size = sizeof (LaterProperty),
    .relationship_size = sizeof (LaterRelationship),
    .allowed_size = sizeof (WeirAllowed),
    .attribute_size = sizeof (WeirAttributeDoc),
    .name = "Later",
    .summary = "For tests.",
    .properties = &properties[0].now,
    .n_properties = G_N_ELEMENTS (properties),
    .relationships = &relationships[0].now,
    .n_relationships = G_N_ELEMENTS (relationships),
    .state_size = sizeof (State),
    .on_trigger = on_trigger,
  },
};

WEIR_MODULE ("later", "9.0", &processor.now)
