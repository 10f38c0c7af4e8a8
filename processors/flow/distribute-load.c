/* distribute-load.c: DistributeLoad spreads FlowFiles over numbered relationships.
 *
 * The host triggers it while any relationship has room; what to do about those that have none is
 * the strategy's to say. */
#include "module.h"
#include <inttypes.h>
#include <stdatomic.h>

/* More are not drawn by hand, and each is looked at for each FlowFile. */
#define MAX_RELATIONSHIPS 1000
#define MAX_WEIGHT        1000000

typedef struct {
  int64_t n_relationships;
  WeirChoice strategy;
  unsigned n;
  uint64_t *ends; /* of each relationship's share of a round */
  _Atomic uint64_t turn;
} DistributeLoad;

enum { ROUND_ROBIN, NEXT_AVAILABLE, OVERFLOW };
static const WeirAllowed strategies[] = {
  [ROUND_ROBIN] = { "round robin",
                    "In turn; while one relationship is held up by back pressure, all wait." },
  [NEXT_AVAILABLE] = { "next available",
                       "In turn; the share of one that is held up goes to the next that is not." },
  [OVERFLOW] = { "overflow",
                 "To the first that is not held up: the second gets what the first cannot take." },
  { NULL, NULL },
};

static const WeirProperty properties[] = {
  { "Number of Relationships", "They are named `1`, `2`, `3` and so on.",
    WEIR_FIELD (DistributeLoad, n_relationships), .default_value = "1", .required = true,
    .minimum = 1, .maximum = MAX_RELATIONSHIPS },
  { "Distribution Strategy", "Which relationship gets the next FlowFile.",
    WEIR_FIELD (DistributeLoad, strategy), .default_value = "round robin", .required = true,
    .allowed = strategies },
};

static const WeirDynamic dynamic = {
  .name = "number of a relationship",
  .value = "weight",
  .description = "How many FlowFiles it gets in each round, instead of one. Not used by "
                 "`overflow`.",
  .no_expressions = true,
};

#define RELATIONSHIP_ATTRIBUTE "distribute.load.relationship"

static const WeirAttributeDoc writes[] = {
  { RELATIONSHIP_ATTRIBUTE, "The relationship that the FlowFile was sent to." },
};

static bool
parse_number (const char *text, uint64_t max, uint64_t *ret_number)
{
  return g_ascii_string_to_unsigned (text, 10, 1, max, ret_number, NULL);
}

static bool
check_weight (const WeirDynamicValue *weight, uint64_t n, GError **error)
{
  uint64_t number;

  if (!parse_number (weight->name, n, &number)) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                 "property '%s' should be a relationship from 1 to %" PRIu64
                 ", to give it a weight",
                 weight->name, n);
    return false;
  }
  if (!parse_number (weight->text, MAX_WEIGHT, &number)) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                 "property '%s': a weight is a whole number from 1 to %d", weight->name,
                 MAX_WEIGHT);
    return false;
  }
  return true;
}

static bool
on_configure (const void *state, WeirConfig *config, GError **error)
{
  const DistributeLoad *self = state;

  for (size_t i = 0; i < weir_config_get_n_dynamic (config); i++)
    if (!check_weight (weir_config_get_dynamic (config, i), (uint64_t)self->n_relationships, error))
      return false;
  for (int64_t i = 1; i <= self->n_relationships; i++) {
    char name[24];

    g_snprintf (name, sizeof name, "%" PRId64, i);
    weir_config_add_relationship (config, name, "Its share of the FlowFiles.");
  }
  return true;
}

static bool
on_scheduled (void *state, WeirContext *context, GError **error)
{
  DistributeLoad *self = state;
  const WeirConfig *config = weir_context_get_config (context);

  self->n = (unsigned)self->n_relationships;
  self->ends = g_new (uint64_t, self->n);
  for (unsigned i = 0; i < self->n; i++)
    self->ends[i] = 1;
  for (size_t i = 0; i < weir_config_get_n_dynamic (config); i++) {
    const WeirDynamicValue *weight = weir_config_get_dynamic (config, i);
    uint64_t number;

    if (parse_number (weight->name, self->n, &number))
      parse_number (weight->text, MAX_WEIGHT, &self->ends[number - 1]);
  }
  for (unsigned i = 1; i < self->n; i++)
    self->ends[i] += self->ends[i - 1];
  return true;
}

static void
on_stopped (void *state)
{
  DistributeLoad *self = state;

  g_clear_pointer (&self->ends, g_free);
}

static bool
find_room (const DistributeLoad *self, const WeirContext *context, unsigned first,
           unsigned *ret_relationship)
{
  for (unsigned i = 0; i < self->n; i++) {
    unsigned relationship = (first + i) % self->n;

    if (weir_context_has_room (context, relationship)) {
      *ret_relationship = relationship;
      return true;
    }
  }
  return false;
}

static bool
all_have_room (const DistributeLoad *self, const WeirContext *context)
{
  for (unsigned i = 0; i < self->n; i++)
    if (!weir_context_has_room (context, i))
      return false;
  return true;
}

static unsigned
take_turn (DistributeLoad *self)
{
  uint64_t turn = atomic_fetch_add (&self->turn, 1) % self->ends[self->n - 1];
  unsigned relationship = 0;

  while (self->ends[relationship] <= turn)
    relationship++;
  return relationship;
}

/* False when the strategy has to wait. */
static bool
choose (DistributeLoad *self, const WeirContext *context, unsigned *ret_relationship)
{
  switch (self->strategy.index) {
  case ROUND_ROBIN:
    if (!all_have_room (self, context))
      return false;
    *ret_relationship = take_turn (self);
    return true;
  case NEXT_AVAILABLE:
    return find_room (self, context, take_turn (self), ret_relationship);
  default:
    return find_room (self, context, 0, ret_relationship);
  }
}

static bool
on_trigger (void *state, WeirSession *session, GError **error)
{
  DistributeLoad *self = state;
  WeirContext *context = weir_session_get_context (session);
  WeirFlowFile *flowfile = weir_session_get (session);
  unsigned relationship;

  if (flowfile == NULL)
    return true;
  if (!choose (self, context, &relationship)) {
    weir_session_return (session, flowfile); /* until there is room */
    return true;
  }
  weir_session_put_attribute_printf (session, flowfile, RELATIONSHIP_ATTRIBUTE, "%u",
                                     relationship + 1);
  weir_session_transfer (session, flowfile, relationship);
  return true;
}

const WeirProcessor distribute_load = {
  WEIR_PROCESSOR_ABI,
  .name = "DistributeLoad",
  .summary = "Spreads FlowFiles over several relationships.",
  .description = "In turn, weighted if need be, or to whoever has room. A property named `5` with "
                 "the value `10` gives relationship `5` ten FlowFiles in each round.",
  .tags = "distribute, load balance, route, round robin, weighted",
  .input = WEIR_INPUT_REQUIRED,
  .threading = WEIR_CONCURRENT,
  WEIR_PROPERTIES (properties),
  WEIR_WRITES (writes),
  .dynamic = &dynamic,
  .any_destination = true,
  .state_size = sizeof (DistributeLoad),
  .on_configure = on_configure,
  .on_scheduled = on_scheduled,
  .on_trigger = on_trigger,
  .on_stopped = on_stopped,
};
