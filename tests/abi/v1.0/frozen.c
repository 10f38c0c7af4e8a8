/* frozen.c: a module as somebody built it against 1.0, never to be built anew.
 *
 * It uses each property type, both kinds of relationship and every part of the descriptor, so that
 * an engine that reads one of them differently fails to run it. */
#include <string.h>
#include <weir/weir.h>

typedef struct {
  const WeirExpr *attribute;
  char *prefix;
  bool keep;
  int64_t count;
  double factor;
  WeirSize limit;
  WeirDuration pause;
  WeirChoice unit;
  const WeirConfig *config;
} StampSize;

enum { SUCCESS, TOO_LARGE, N_STATIC };
enum { BYTES, KILOBYTES };

static const WeirAllowed units[] = {
  [BYTES] = { "bytes", "As it is." },
  [KILOBYTES] = { "kilobytes", "Divided by 1024." },
  { NULL, NULL },
};

static bool
validate_prefix (const char *value, GError **error)
{
  if (strchr (value, ' ') == NULL)
    return true;
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID, "a prefix without blanks is needed");
  return false;
}

static const WeirProperty properties[] = {
  { "Attribute", "Name of the attribute that is written.", WEIR_FIELD (StampSize, attribute),
    .default_value = "size", .required = true },
  { "Prefix", "Stands before the number.", WEIR_FIELD (StampSize, prefix),
    .validate = validate_prefix, .example = "about:" },
  { "Keep", "Leaves an attribute that exists.", WEIR_FIELD (StampSize, keep),
    .default_value = "false" },
  { "Count", "How many FlowFiles one trigger takes.", WEIR_FIELD (StampSize, count),
    .default_value = "1", .minimum = 1, .maximum = 100 },
  { "Factor", "The size is multiplied by it.", WEIR_FIELD (StampSize, factor),
    .default_value = "1.0" },
  { "Limit", "Content above it goes to `too large`.", WEIR_FIELD (StampSize, limit),
    .default_value = "1 MB" },
  { "Pause", "How long to yield without input.", WEIR_FIELD (StampSize, pause),
    .default_value = "10 ms" },
  { "Unit", "What the number counts.", WEIR_FIELD (StampSize, unit), .default_value = "bytes",
    .allowed = units },
};

static const WeirRelationship relationships[] = {
  [SUCCESS] = { "success", "FlowFiles with the attribute." },
  [TOO_LARGE] = { "too large", "FlowFiles above the limit, as they came." },
};

static const WeirAttributeDoc writes[] = {
  { "size", "The size of the content, unless `Attribute` names another." },
};

static const WeirDynamic dynamic = {
  .name = "relationship",
  .value = "condition",
  .description = "FlowFiles for which it is true go to the relationship of that name.",
};

static bool
on_configure (const void *state, WeirConfig *config, GError **error)
{
  for (size_t i = 0; i < weir_config_get_n_dynamic (config); i++)
    weir_config_add_relationship (config, weir_config_get_dynamic (config, i)->name,
                                  "FlowFiles for which the condition is true.");
  return true;
}

static bool
on_scheduled (void *state, WeirContext *context, GError **error)
{
  StampSize *self = state;

  self->config = weir_context_get_config (context);
  return true;
}

static bool
find_relationship (const StampSize *self, const WeirFlowFile *flowfile, unsigned *ret_relationship,
                   GError **error)
{
  if (weir_flowfile_get_size (flowfile) > self->limit.bytes) {
    *ret_relationship = TOO_LARGE;
    return true;
  }
  for (unsigned i = 0; i < weir_config_get_n_dynamic (self->config); i++) {
    const WeirDynamicValue *value = weir_config_get_dynamic (self->config, i);
    bool matches;

    if (!weir_expr_eval_bool (value->expr, flowfile, &matches, error))
      return false;
    if (matches) {
      *ret_relationship = N_STATIC + i;
      return true;
    }
  }
  *ret_relationship = SUCCESS;
  return true;
}

static bool
on_trigger (void *state, WeirSession *session, GError **error)
{
  const StampSize *self = state;

  for (int64_t i = 0; i < self->count; i++) {
    WeirFlowFile *flowfile = weir_session_get (session);
    const char *name;
    double size;
    unsigned relationship;

    if (flowfile == NULL) {
      weir_context_yield_for (weir_session_get_context (session), self->pause.usec);
      return true;
    }
    name = weir_expr_eval (self->attribute, flowfile, error);
    if (name == NULL || !find_relationship (self, flowfile, &relationship, error))
      return false;

    size = (double)weir_flowfile_get_size (flowfile) * self->factor;
    if (self->unit.index == KILOBYTES)
      size /= 1024;
    if (relationship != TOO_LARGE &&
        !(self->keep && weir_flowfile_get_attribute (flowfile, name) != NULL))
      weir_session_put_attribute_printf (session, flowfile, name, "%s%g",
                                         self->prefix != NULL ? self->prefix : "", size);
    weir_session_transfer (session, flowfile, relationship);
  }
  return true;
}

static void
on_stopped (void *state)
{
  StampSize *self = state;

  self->config = NULL;
}

static const WeirProcessor stamp_size = {
  WEIR_PROCESSOR_ABI,
  .name = "FrozenStampSize",
  .summary = "Writes the size of the content into an attribute.",
  .tags = "attributes, size",
  .input = WEIR_INPUT_REQUIRED,
  .role = WEIR_TRANSFORM,
  .threading = WEIR_CONCURRENT,
  WEIR_PROPERTIES (properties),
  WEIR_RELATIONSHIPS (relationships),
  WEIR_WRITES (writes),
  .dynamic = &dynamic,
  .state_size = sizeof (StampSize),
  .on_configure = on_configure,
  .on_scheduled = on_scheduled,
  .on_trigger = on_trigger,
  .on_stopped = on_stopped,
};

WEIR_MODULE ("frozen", "1.0", &stamp_size)
