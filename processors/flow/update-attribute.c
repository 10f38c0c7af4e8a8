/* update-attribute.c: UpdateAttribute sets attributes from dynamic properties and removes others.
 *
 * Every value is evaluated before anything changes, so that the order of the properties does not
 * matter. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "module.h"
#include <pcre2.h>
#include <string.h>

/* A pattern that needs more than this for one name is one that would never end. */
#define MATCH_LIMIT 100000

typedef struct {
  char *delete_expression;
  const WeirConfig *config;
  const char **names;
  pcre2_code *pattern; /* NULL: nothing is removed */
  pcre2_match_context *limits;
} UpdateAttribute;

static pcre2_code *
compile (const char *text, GError **error)
{
  int code;
  PCRE2_SIZE offset;
  pcre2_code *pattern =
      pcre2_compile ((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED,
                     PCRE2_UTF | PCRE2_ANCHORED | PCRE2_ENDANCHORED | PCRE2_NEVER_BACKSLASH_C,
                     &code, &offset, NULL);

  if (pattern == NULL) {
    char reason[128];

    pcre2_get_error_message (code, (PCRE2_UCHAR *)reason, sizeof reason);
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                 "the regular expression is wrong at character %zu: %s", (size_t)offset + 1,
                 reason);
  }
  return pattern;
}

static bool
is_pattern (const char *value, GError **error)
{
  pcre2_code *pattern = compile (value, error);

  pcre2_code_free (pattern);
  return pattern != NULL;
}

static const WeirProperty properties[] = {
  { "Delete Attributes Expression",
    "Regular expression: attributes whose whole name it matches are removed. `uuid`, `filename` "
    "and `path` stay.",
    WEIR_FIELD (UpdateAttribute, delete_expression), .example = "http\\.headers\\..*",
    .validate = is_pattern, .hint = WEIR_HINT_REGEX },
};

static const WeirDynamic dynamic = {
  .name = "attribute name",
  .value = "attribute value",
  .description = "Sets the attribute of that name; an attribute that the FlowFile has is replaced.",
};

enum { SUCCESS };
static const WeirRelationship relationships[] = {
  [SUCCESS] = { "success", "All FlowFiles, with their new attributes." },
};

static bool
on_configure (const void *state, WeirConfig *config, GError **error)
{
  for (size_t i = 0; i < weir_config_get_n_dynamic (config); i++) {
    if (strcmp (weir_config_get_dynamic (config, i)->name, "uuid") == 0) {
      g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                           "uuid cannot be set, it is what makes a FlowFile itself: use another "
                           "name");
      return false;
    }
  }
  return true;
}

static void
on_stopped (void *state)
{
  UpdateAttribute *self = state;

  g_clear_pointer (&self->names, g_free);
  g_clear_pointer (&self->limits, pcre2_match_context_free);
  g_clear_pointer (&self->pattern, pcre2_code_free);
}

static bool
on_scheduled (void *state, WeirContext *context, GError **error)
{
  UpdateAttribute *self = state;
  size_t n;

  self->config = weir_context_get_config (context);
  n = weir_config_get_n_dynamic (self->config);
  self->names = g_new (const char *, n);
  for (size_t i = 0; i < n; i++)
    self->names[i] = weir_config_get_dynamic (self->config, i)->name;

  if (self->delete_expression == NULL)
    return true;
  self->limits = pcre2_match_context_create (NULL);
  pcre2_set_match_limit (self->limits, MATCH_LIMIT);
  self->pattern = compile (self->delete_expression, error);
  if (self->pattern != NULL)
    return true;
  on_stopped (self);
  return false;
}

static bool
is_removable (const char *name)
{
  return strcmp (name, "uuid") != 0 && strcmp (name, "filename") != 0 && strcmp (name, "path") != 0;
}

/* Returns: (transfer container) (nullable): the names that match; NULL with @error set. */
static GPtrArray *
find_matching (const UpdateAttribute *self, const WeirFlowFile *flowfile, GError **error)
{
  pcre2_match_data *match = pcre2_match_data_create (1, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  int found = PCRE2_ERROR_NOMATCH;

  for (size_t i = 0; i < weir_flowfile_get_n_attributes (flowfile); i++) {
    const char *name, *value;

    weir_flowfile_get_nth_attribute (flowfile, i, &name, &value);
    found = pcre2_match (self->pattern, (PCRE2_SPTR)name, PCRE2_ZERO_TERMINATED, 0, 0, match,
                         self->limits);
    if (found < 0 && found != PCRE2_ERROR_NOMATCH)
      break;
    if (found >= 0 && is_removable (name))
      g_ptr_array_add (names, (void *)name);
  }
  pcre2_match_data_free (match);
  if (found >= 0 || found == PCRE2_ERROR_NOMATCH)
    return g_steal_pointer (&names);
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_LIMIT,
               "Delete Attributes Expression takes too long for the name of an attribute: use a "
               "simpler one");
  return NULL;
}

static bool
evaluate (const UpdateAttribute *self, const WeirFlowFile *flowfile, const char **ret_values,
          size_t n, GError **error)
{
  for (size_t i = 0; i < n; i++) {
    ret_values[i] =
        weir_expr_eval (weir_config_get_dynamic (self->config, i)->expr, flowfile, error);
    if (ret_values[i] == NULL) {
      g_prefix_error (error, "%s: ", self->names[i]);
      return false;
    }
  }
  return true;
}

static bool
on_trigger (void *state, WeirSession *session, GError **error)
{
  UpdateAttribute *self = state;
  WeirFlowFile *flowfile = weir_session_get (session);
  g_autofree const char **many = NULL;
  g_autoptr (GPtrArray) doomed = NULL;
  const char *few[16];
  const char **values = few;
  size_t n = weir_config_get_n_dynamic (self->config);

  if (flowfile == NULL)
    return true;
  if (n > G_N_ELEMENTS (few))
    values = many = g_new (const char *, n);
  if (!evaluate (self, flowfile, values, n, error))
    return false;
  if (self->pattern != NULL && (doomed = find_matching (self, flowfile, error)) == NULL)
    return false;

  for (guint i = 0; doomed != NULL && i < doomed->len; i++)
    weir_session_remove_attribute (session, flowfile, g_ptr_array_index (doomed, i));
  weir_session_put_attributes (session, flowfile, self->names, values, n);
  weir_session_transfer (session, flowfile, SUCCESS);
  return true;
}

const WeirProcessor update_attribute = {
  WEIR_PROCESSOR_ABI,
  .name = "UpdateAttribute",
  .summary = "Sets and removes attributes.",
  .description =
      "Each property that is added names an attribute; its value, with the Expression Language, is "
      "what the attribute becomes. All values see the attributes as they came in: a property does "
      "not see what another one sets.",
  .tags = "attributes, set, remove, delete, modify, rename",
  .input = WEIR_INPUT_REQUIRED,
  .threading = WEIR_CONCURRENT,
  WEIR_PROPERTIES (properties),
  WEIR_RELATIONSHIPS (relationships),
  .dynamic = &dynamic,
  .state_size = sizeof (UpdateAttribute),
  .on_configure = on_configure,
  .on_scheduled = on_scheduled,
  .on_trigger = on_trigger,
  .on_stopped = on_stopped,
};
