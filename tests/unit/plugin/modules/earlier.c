/* earlier.c: a module built against headers before some fields were added: its rows are shorter. */
#include <weir/processor.h>

typedef struct {
  int64_t first;
  int64_t second;
} State;

typedef struct {
  const char *name;
  const char *description;
  WeirType type;
  size_t offset;
} EarlierProperty;

typedef struct {
  const char *name;
} EarlierRelationship;

static const EarlierProperty properties[] = {
  { "First", "The first.", WEIR_FIELD (State, first) },
  { "Second", "The second.", WEIR_FIELD (State, second) },
};

static const EarlierRelationship relationships[] = { { "success" }, { "failure" } };

static bool
on_trigger (void *state, WeirSession *session, GError **error)
{
  return true;
}

static const WeirProcessor processor = {
  .struct_size = offsetof (WeirProcessor, on_stopped),
  .property_size = sizeof (EarlierProperty),
  .relationship_size = sizeof (EarlierRelationship),
  .allowed_size = sizeof (WeirAllowed),
  .attribute_size = sizeof (WeirAttributeDoc),
  .name = "Earlier",
  .summary = "For tests.",
  .properties = (const WeirProperty *)properties,
  .n_properties = G_N_ELEMENTS (properties),
  .relationships = (const WeirRelationship *)relationships,
  .n_relationships = G_N_ELEMENTS (relationships),
  .state_size = sizeof (State),
  .on_trigger = on_trigger,
};

WEIR_MODULE ("earlier", "0.5", &processor)
