/* control-rate.c: ControlRate lets so much through and no more: bytes, FlowFiles, or the sum of an
 * attribute, within a stretch of time.
 *
 * What has to wait stays in its queue, so order, expiry and back pressure are the queue's as ever.
 * One trigger looks at the queue at one moment and then rests until the next FlowFile may pass, so
 * that those of one group keep their order. */
#include "module.h"
#include "throttle.h"
#include <string.h>

/* FlowFiles that one trigger lets through, and that it looks at: with groups those at the front
 * may have to wait while others behind them need not. */
#define PASS_MAX 256
#define LOOK_MAX 10000

/* With groups: how long a FlowFile that need not wait may go unseen behind others. */
#define LOOK_AGAIN_USEC G_USEC_PER_SEC

typedef struct {
  WeirChoice criteria;
  WeirDuration period;
  char *maximum;
  WeirSize maximum_bytes;
  int64_t maximum_count;
  WeirChoice exceeded;
  char *rate_attribute;
  char *group_attribute;
  uint64_t limits[2]; /* by Measure; 0: it is not measured */
  GHashTable *groups; /* text to Group; empty groups are dropped now and then */
  int64_t swept;
} ControlRate;

/* What is counted for a FlowFile: its bytes, and 1 or the value of its attribute. */
typedef enum { BYTES, COUNT, N_MEASURES } Measure;

typedef struct {
  Throttle throttles[N_MEASURES];
} Group;

enum { BY_DATA, BY_FLOWFILES, BY_ATTRIBUTE, BY_DATA_OR_FLOWFILES };
static const WeirAllowed criteria[] = {
  [BY_DATA] = { "data rate", "Bytes of content; `Maximum Rate` is a size." },
  [BY_FLOWFILES] = { "flowfile count", "FlowFiles; `Maximum Rate` is a number." },
  [BY_ATTRIBUTE] = { "attribute value",
                     "The sum of the values of `Rate Controlled Attribute`; `Maximum Rate` is a "
                     "number." },
  [BY_DATA_OR_FLOWFILES] = { "data rate or flowfile count",
                             "Both, whichever is reached first: `Maximum Data Rate` and `Maximum "
                             "FlowFile Rate`." },
  { NULL, NULL },
};

enum { HOLD, ROUTE };
static const WeirAllowed exceeded[] = {
  [HOLD] = { "Hold FlowFile", "It stays in its queue until it may pass." },
  [ROUTE] = { "Route to 'rate exceeded'", "It leaves at once, by that relationship." },
  { NULL, NULL },
};

static const WeirProperty properties[] = {
  { "Rate Control Criteria", "What is measured.", WEIR_FIELD (ControlRate, criteria),
    .default_value = "data rate", .required = true, .allowed = criteria },
  { "Time Duration", "The stretch of time for which the maximum holds.",
    WEIR_FIELD (ControlRate, period), .default_value = "1 min", .required = true, .minimum = 1000,
    .maximum = 2147483647e6 },
  { "Maximum Rate",
    "How much may pass within `Time Duration`: a size such as `1 MB` for `data rate`, else a "
    "number.",
    WEIR_FIELD (ControlRate, maximum), .example = "1 MB" },
  { "Maximum Data Rate", "For `data rate or flowfile count`: the bytes that may pass.",
    WEIR_FIELD (ControlRate, maximum_bytes), .example = "1 MB", .minimum = 1,
    .maximum = (double)G_MAXINT64 },
  { "Maximum FlowFile Rate", "For `data rate or flowfile count`: the FlowFiles that may pass.",
    WEIR_FIELD (ControlRate, maximum_count), .example = "1000", .minimum = 1,
    .maximum = (double)G_MAXINT64 },
  { "Rate Exceeded Strategy", "What becomes of a FlowFile that may not pass yet.",
    WEIR_FIELD (ControlRate, exceeded), .default_value = "Hold FlowFile", .required = true,
    .allowed = exceeded },
  { "Rate Controlled Attribute",
    "For `attribute value`: the attribute whose values are added up. They are whole numbers above "
    "0.",
    WEIR_FIELD (ControlRate, rate_attribute), .example = "record.count" },
  { "Grouping Attribute",
    "FlowFiles with different values of this attribute do not count for one another; those "
    "without it are a group as well.",
    WEIR_FIELD (ControlRate, group_attribute), .example = "customer" },
};

/* `rate exceeded` only when it can be reached. */
enum { SUCCESS, FAILURE, RATE_EXCEEDED };
static const WeirRelationship relationships[] = {
  [SUCCESS] = { "success", "FlowFiles that may pass." },
  [FAILURE] = { "failure", "FlowFiles whose `Rate Controlled Attribute` is missing or no whole "
                           "number above 0." },
};

static bool
parse_count (const char *text, uint64_t *ret_count)
{
  return text != NULL && g_ascii_string_to_unsigned (text, 10, 1, INT64_MAX, ret_count, NULL);
}

/* "10 MB", as the host reads properties that are sizes. */
static bool
parse_size (const char *text, uint64_t *ret_bytes)
{
  static const char units[] = "BKMGTP";
  char *unit;
  double number;
  const char *which;

  if (text == NULL || !g_ascii_isdigit (*text))
    return false;
  number = g_ascii_strtod (text, &unit);
  if (number <= 0)
    return false;
  while (g_ascii_isspace (*unit))
    unit++;
  which = *unit != '\0' ? strchr (units, g_ascii_toupper (*unit)) : NULL;
  if (which == NULL)
    return false;
  if (which != units)
    unit++;
  if (which != units && g_ascii_tolower (*unit) == 'i')
    unit++;
  for (const char *at = units; at < which; at++)
    number *= 1024;
  if ((*unit != '\0' && g_ascii_strcasecmp (unit, "B") != 0) || number > 1e18)
    return false;
  *ret_bytes = MAX (1, (uint64_t)number);
  return true;
}

static bool
refuse (GError **error, const char *message)
{
  g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID, message);
  return false;
}

/* What the criteria allow, from properties that depend on each other. */
static bool
read_limits (const ControlRate *self, uint64_t ret_limits[static N_MEASURES], GError **error)
{
  uint64_t limits[N_MEASURES] = { 0 };

  switch (self->criteria.index) {
  case BY_DATA:
    if (!parse_size (self->maximum, &limits[BYTES]))
      return refuse (error, "Maximum Rate must be a size, such as '1 MB', for 'data rate'");
    break;
  case BY_ATTRIBUTE:
    if (self->rate_attribute == NULL || *self->rate_attribute == '\0')
      return refuse (error, "Rate Controlled Attribute is needed for 'attribute value'");
    G_GNUC_FALLTHROUGH;
  case BY_FLOWFILES:
    if (!parse_count (self->maximum, &limits[COUNT]))
      return refuse (error, "Maximum Rate must be a whole number above 0, such as '1000', for "
                            "'flowfile count' and 'attribute value'");
    break;
  default:
    limits[BYTES] = self->maximum_bytes.bytes;
    limits[COUNT] = (uint64_t)self->maximum_count;
    if (limits[BYTES] == 0 || limits[COUNT] == 0)
      return refuse (error, "Maximum Data Rate and Maximum FlowFile Rate are needed for 'data "
                            "rate or flowfile count'");
  }
  memcpy (ret_limits, limits, sizeof limits);
  return true;
}

static bool
on_configure (const void *state, WeirConfig *config, GError **error)
{
  const ControlRate *self = state;
  uint64_t limits[N_MEASURES];

  if (!read_limits (self, limits, error))
    return false;
  if (self->exceeded.index == ROUTE)
    weir_config_add_relationship (config, "rate exceeded",
                                  "FlowFiles that came when no more could pass.");
  return true;
}

static bool
on_scheduled (void *state, WeirContext *context, GError **error)
{
  ControlRate *self = state;

  if (!read_limits (self, self->limits, error))
    return false;
  self->groups = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return true;
}

static void
on_stopped (void *state)
{
  ControlRate *self = state;

  g_clear_pointer (&self->groups, g_hash_table_unref);
}

/* Returns: (transfer none). */
static Group *
find_group (ControlRate *self, const WeirFlowFile *flowfile)
{
  const char *name = self->group_attribute != NULL
                         ? weir_flowfile_get_attribute (flowfile, self->group_attribute)
                         : NULL;
  Group *group = g_hash_table_lookup (self->groups, name != NULL ? name : "");

  if (group == NULL) {
    group = g_new (Group, 1);
    for (unsigned i = 0; i < N_MEASURES; i++)
      throttle_init (&group->throttles[i], self->limits[i], self->period.usec);
    g_hash_table_insert (self->groups, g_strdup (name != NULL ? name : ""), group);
  }
  return group;
}

static gboolean
is_idle (void *name, void *group, void *now)
{
  const Throttle *throttles = ((Group *)group)->throttles;

  return throttle_is_idle (&throttles[BYTES], *(int64_t *)now) &&
         throttle_is_idle (&throttles[COUNT], *(int64_t *)now);
}

/* Values of the attribute may be without end; groups of which nothing counts any more are not. */
static void
sweep (ControlRate *self, int64_t now)
{
  if (now - self->swept < self->period.usec)
    return;
  self->swept = now;
  g_hash_table_foreach_remove (self->groups, is_idle, &now);
}

static bool
measure (const ControlRate *self, const WeirFlowFile *flowfile,
         uint64_t ret_amounts[static N_MEASURES])
{
  ret_amounts[BYTES] = weir_flowfile_get_size (flowfile);
  ret_amounts[COUNT] = 1;
  return self->criteria.index != BY_ATTRIBUTE ||
         parse_count (weir_flowfile_get_attribute (flowfile, self->rate_attribute),
                      &ret_amounts[COUNT]);
}

/* Returns: 0 when it may pass, and counts as passed; else how long until it may. */
static int64_t
try_pass (ControlRate *self, Group *group, const uint64_t amounts[static N_MEASURES], int64_t now)
{
  int64_t open = now;

  for (unsigned i = 0; i < N_MEASURES; i++)
    open = MAX (open, group->throttles[i].closed_until);
  for (unsigned i = 0; i < N_MEASURES && open == now; i++)
    if (self->limits[i] > 0)
      throttle_spend (&group->throttles[i], now, amounts[i]);
  return open - now;
}

/* Where @flowfile goes now. Returns: 0, or how long it has to stay. */
static int64_t
find_way (ControlRate *self, const WeirFlowFile *flowfile, int64_t now, unsigned *ret_relationship)
{
  uint64_t amounts[N_MEASURES];
  int64_t wait;

  *ret_relationship = FAILURE;
  if (!measure (self, flowfile, amounts))
    return 0;
  wait = try_pass (self, find_group (self, flowfile), amounts, now);
  *ret_relationship = wait == 0 ? SUCCESS : RATE_EXCEEDED;
  return self->exceeded.index == HOLD ? wait : 0;
}

static bool
on_trigger (void *state, WeirSession *session, GError **error)
{
  ControlRate *self = state;
  WeirContext *context = weir_session_get_context (session);
  bool has_groups = self->group_attribute != NULL;
  int64_t now = weir_context_get_monotonic_time (context);
  int64_t shortest = INT64_MAX;
  unsigned n_passed = 0;
  unsigned n_held = 0;

  sweep (self, now);
  for (unsigned i = 0; i < LOOK_MAX && n_passed < PASS_MAX; i++) {
    WeirFlowFile *flowfile = weir_session_get (session);
    unsigned relationship;
    int64_t wait;

    if (flowfile == NULL)
      break;
    wait = find_way (self, flowfile, now, &relationship);
    if (wait == 0) {
      weir_session_transfer (session, flowfile, relationship);
      n_passed++;
      continue;
    }
    weir_session_return (session, flowfile);
    shortest = MIN (shortest, wait);
    n_held++;
    if (!has_groups)
      break;
  }
  if (has_groups)
    shortest = MIN (shortest, n_passed == PASS_MAX ? 1 : LOOK_AGAIN_USEC);
  if (n_held > 0)
    weir_context_yield_for (context, shortest);
  return true;
}

const WeirProcessor control_rate = {
  WEIR_PROCESSOR_ABI,
  .name = "ControlRate",
  .summary = "Lets no more through than so much within some time.",
  .description =
      "What may not pass yet waits in the queue. A FlowFile passes when the maximum is not reached "
      "yet, even if it is reached by far with it; the next one then waits until the average is "
      "right again.",
  .tags = "rate control, throttle, rate, throughput, limit",
  .input = WEIR_INPUT_REQUIRED,
  .threading = WEIR_SERIAL,
  WEIR_PROPERTIES (properties),
  WEIR_RELATIONSHIPS (relationships),
  .state_size = sizeof (ControlRate),
  .on_configure = on_configure,
  .on_scheduled = on_scheduled,
  .on_trigger = on_trigger,
  .on_stopped = on_stopped,
};
