/* config.c: fills a state struct from properties and collects everything that is wrong with them.
 *
 * The module's own check (on_configure) runs only over properties that are right, so that it need
 * not expect half a state. Values of sensitive properties never get into a message. */
#include "plugin/config.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/secret.h"
#include "base/suggest.h"
#include "expr/expr.h"
#include "plugin/property.h"
#include <string.h>

#define REFUSED_SECRET "is refused; the value is sensitive, so it is not shown here"

typedef struct {
  char *name;
  char *description;
} AddedRelationship;

struct WeirConfig {
  const WeirProcessor *type;
  void *state;
  GPtrArray *owned_strings; /* what the fields of the state point to */
  GPtrArray *owned_exprs;
  GArray *dynamic;               /* of WeirDynamicValue */
  GArray *relationships;         /* of AddedRelationship */
  GPtrArray *problems;           /* only during weir_config_new */
  const WeirPropertyText *texts; /* the same */
  size_t n_texts;                /* the same */
  bool configuring;
};

static void
problem_free (void *data)
{
  WeirConfigProblem *problem = data;

  g_free (problem->property);
  g_free (problem->message);
  g_free (problem);
}

GPtrArray *
weir_config_problems_new (void)
{
  return g_ptr_array_new_with_free_func (problem_free);
}

void
weir_config_problems_to_error (const GPtrArray *problems, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < problems->len; i++) {
    const WeirConfigProblem *problem = g_ptr_array_index (problems, i);

    if (i > 0)
      g_string_append (text, "; ");
    if (problem->property != NULL)
      g_string_append_printf (text, "property '%s': ", problem->property);
    g_string_append (text, problem->message);
  }
  g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID, text->str);
}

/* Consumes @message, which may be a module's and quote anything. */
static void
add_problem (GPtrArray *problems, const char *property, char *message)
{
  WeirConfigProblem *problem = g_new (WeirConfigProblem, 1);

  problem->property = g_strdup (property);
  problem->message = weir_error_clean (message);
  g_free (message);
  g_ptr_array_add (problems, problem);
}

static const WeirProperty *
find_property (const WeirProcessor *type, const char *name)
{
  for (size_t i = 0; i < type->n_properties; i++)
    if (strcmp (type->properties[i].name, name) == 0)
      return &type->properties[i];
  return NULL;
}

static const WeirPropertyText *
find_text (const char *name, const WeirPropertyText *texts, size_t n)
{
  for (size_t i = 0; i < n; i++)
    if (strcmp (texts[i].name, name) == 0)
      return &texts[i];
  return NULL;
}

static void
keep_value (WeirConfig *config, const WeirProperty *property, const WeirValue *value)
{
  weir_value_store (value, property->type, (char *)config->state + property->offset);
  if (property->type == WEIR_TYPE_STRING)
    g_ptr_array_add (config->owned_strings, value->string);
  else if (property->type == WEIR_TYPE_EXPRESSION)
    g_ptr_array_add (config->owned_exprs, value->expr);
}

static void
configure_property (WeirConfig *config, const WeirProperty *property, const WeirPropertyText *text)
{
  const char *value_text = text != NULL ? text->value : property->default_value;
  bool no_attributes = config->type->input == WEIR_INPUT_FORBIDDEN;
  g_autoptr (GError) error = NULL;
  WeirValue value;

  if (value_text == NULL) {
    if (property->required)
      add_problem (config->problems, property->name,
                   property->example != NULL
                       ? g_strdup_printf ("is required; for example '%s'", property->example)
                       : g_strdup ("is required"));
    return;
  }

  if (weir_property_parse (property, value_text, no_attributes, &value, &error)) {
    if (property->type == WEIR_TYPE_SERVICE && text != NULL)
      value.service = text->service;
    keep_value (config, property, &value);
  } else {
    add_problem (config->problems, property->name,
                 property->sensitive || (text != NULL && text->is_secret)
                     ? g_strdup (REFUSED_SECRET)
                     : g_strdup (error->message));
  }
}

static void
refuse_unknown (WeirConfig *config, const char *name)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  const char *nearest;

  for (size_t i = 0; i < config->type->n_properties; i++)
    g_ptr_array_add (names, (void *)config->type->properties[i].name);
  nearest = weir_suggest (name, (const char *const *)names->pdata, names->len);
  if (nearest != NULL)
    add_problem (config->problems, name,
                 g_strdup_printf ("%s has no such property; did you mean '%s'?", config->type->name,
                                  nearest));
  else
    add_problem (config->problems, name,
                 g_strdup_printf ("%s has no such property; see weir inspect %s",
                                  config->type->name, config->type->name));
}

static void
configure_dynamic (WeirConfig *config, const WeirPropertyText *text)
{
  const WeirDynamic *dynamic = config->type->dynamic;
  WeirExprFlags flags = WEIR_EXPR_NONE;
  g_autoptr (GError) error = NULL;
  WeirDynamicValue value;
  WeirExpr *expr;

  if (dynamic == NULL) {
    refuse_unknown (config, text->name);
    return;
  }
  if (*text->name == '\0') {
    add_problem (config->problems, text->name, g_strdup ("a property needs a name"));
    return;
  }

  if (dynamic->no_expressions)
    flags |= WEIR_EXPR_VERBATIM;
  if (config->type->input == WEIR_INPUT_FORBIDDEN)
    flags |= WEIR_EXPR_NO_ATTRIBUTES;
  expr = weir_expr_compile (text->value, flags, &error);
  if (expr == NULL) {
    add_problem (config->problems, text->name,
                 g_strdup (text->is_secret ? REFUSED_SECRET : error->message));
    return;
  }

  g_ptr_array_add (config->owned_exprs, expr);
  value = (WeirDynamicValue){ g_strdup (text->name), g_strdup (text->value), expr };
  g_ptr_array_add (config->owned_strings, (void *)value.name);
  g_ptr_array_add (config->owned_strings, (void *)value.text);
  g_array_append_val (config->dynamic, value);
}

static void
configure_properties (WeirConfig *config)
{
  const WeirProcessor *type = config->type;
  const WeirPropertyText *texts = config->texts;
  size_t n = config->n_texts;

  for (size_t i = 0; i < type->n_properties; i++)
    configure_property (config, &type->properties[i],
                        find_text (type->properties[i].name, texts, n));

  for (size_t i = 0; i < n; i++) {
    if (find_text (texts[i].name, texts, i) != NULL)
      add_problem (config->problems, texts[i].name, g_strdup ("is set more than once"));
    else if (find_property (type, texts[i].name) == NULL)
      configure_dynamic (config, &texts[i]);
  }
}

/* A module's own check may quote what it read. */
static bool
quotes_secret (const WeirConfig *config, const char *message)
{
  for (size_t i = 0; i < config->n_texts; i++) {
    const WeirPropertyText *text = &config->texts[i];
    const WeirProperty *property = find_property (config->type, text->name);
    bool is_secret = text->is_secret || (property != NULL && property->sensitive);

    if (is_secret && *text->value != '\0' && strstr (message, text->value) != NULL)
      return true;
  }
  return false;
}

static void
run_on_configure (WeirConfig *config)
{
  g_autoptr (GError) error = NULL;
  bool is_right;

  config->configuring = true;
  is_right = config->type->on_configure (config->state, config, &error);
  config->configuring = false;
  if (is_right)
    return;
  if (error == NULL)
    add_problem (
        config->problems, NULL,
        g_strdup_printf ("%s refuses this configuration without saying why", config->type->name));
  else if (quotes_secret (config, error->message))
    add_problem (config->problems, NULL,
                 g_strdup_printf ("%s refuses this configuration; the reason has a sensitive value "
                                  "in it, so it is not shown here",
                                  config->type->name));
  else
    add_problem (config->problems, NULL, g_strdup (error->message));
}

static void
added_relationship_clear (void *data)
{
  AddedRelationship *added = data;

  g_free (added->name);
  g_free (added->description);
}

/* Some are secrets. */
static void
free_string (gpointer string)
{
  weir_secret_free (string);
}

WeirConfig *
weir_config_new (const WeirProcessor *type, const WeirPropertyText *properties, size_t n_properties,
                 GPtrArray *problems)
{
  guint n_before = problems->len;
  g_autoptr (WeirConfig) config = g_new0 (WeirConfig, 1);

  config->type = type;
  config->state = g_malloc0 (MAX (type->state_size, 1));
  config->owned_strings = g_ptr_array_new_with_free_func (free_string);
  config->owned_exprs = g_ptr_array_new_with_free_func ((GDestroyNotify)weir_expr_free);
  config->dynamic = g_array_new (FALSE, FALSE, sizeof (WeirDynamicValue));
  config->relationships = g_array_new (FALSE, FALSE, sizeof (AddedRelationship));
  g_array_set_clear_func (config->relationships, added_relationship_clear);
  config->problems = problems;
  config->texts = properties;
  config->n_texts = n_properties;

  configure_properties (config);
  if (problems->len == n_before && type->on_configure != NULL)
    run_on_configure (config);

  config->problems = NULL;
  config->texts = NULL;
  config->n_texts = 0;
  return problems->len == n_before ? g_steal_pointer (&config) : NULL;
}

void
weir_config_free (WeirConfig *config)
{
  if (config == NULL)
    return;
  g_free (config->state);
  g_array_unref (config->relationships);
  g_array_unref (config->dynamic);
  g_ptr_array_unref (config->owned_exprs);
  g_ptr_array_unref (config->owned_strings);
  g_free (config);
}

const WeirProcessor *
weir_config_get_type (const WeirConfig *config)
{
  return config->type;
}

void *
weir_config_get_state (const WeirConfig *config)
{
  return config->state;
}

size_t
weir_config_get_n_dynamic (const WeirConfig *config)
{
  return config->dynamic->len;
}

const WeirDynamicValue *
weir_config_get_dynamic (const WeirConfig *config, size_t index)
{
  g_return_val_if_fail (index < config->dynamic->len, NULL);
  return &g_array_index (config->dynamic, WeirDynamicValue, index);
}

void
weir_config_add_relationship (WeirConfig *config, const char *name, const char *description)
{
  AddedRelationship added;
  unsigned index;

  g_return_if_fail (config->configuring && name != NULL);
  if (*name == '\0' || weir_config_find_relationship (config, name, &index)) {
    g_autofree char *quoted = weir_error_quote (name);

    add_problem (config->problems, NULL,
                 *name == '\0' ? g_strdup ("a relationship needs a name")
                               : g_strdup_printf ("relationship %s exists already; rename the "
                                                  "property that adds it",
                                                  quoted));
    return;
  }
  added = (AddedRelationship){ g_strdup (name), g_strdup (description) };
  g_array_append_val (config->relationships, added);
}

unsigned
weir_config_get_n_relationships (const WeirConfig *config)
{
  return (unsigned)config->type->n_relationships + config->relationships->len;
}

static const AddedRelationship *
get_added (const WeirConfig *config, unsigned index)
{
  return &g_array_index (config->relationships, AddedRelationship,
                         index - config->type->n_relationships);
}

const char *
weir_config_get_relationship (const WeirConfig *config, unsigned index)
{
  g_return_val_if_fail (index < weir_config_get_n_relationships (config), NULL);
  return index < config->type->n_relationships ? config->type->relationships[index].name
                                               : get_added (config, index)->name;
}

const char *
weir_config_get_relationship_description (const WeirConfig *config, unsigned index)
{
  g_return_val_if_fail (index < weir_config_get_n_relationships (config), NULL);
  return index < config->type->n_relationships ? config->type->relationships[index].description
                                               : get_added (config, index)->description;
}

bool
weir_config_find_relationship (const WeirConfig *config, const char *name, unsigned *ret_index)
{
  for (unsigned i = 0; i < weir_config_get_n_relationships (config); i++) {
    if (strcmp (weir_config_get_relationship (config, i), name) == 0) {
      *ret_index = i;
      return true;
    }
  }
  return false;
}
