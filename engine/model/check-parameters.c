/* check-parameters.c: names, values and secrets of parameters. No message holds a value. */
#include "base/limits.h"
#include "base/sealed.h"
#include "base/secret.h"
#include "base/suggest.h"
#include "model/check-parts.h"
#include <string.h>
#include <weir/error.h>

static void
check_name (const WeirGroup *group, const WeirParameter *parameter, const WeirCheck *check,
            GPtrArray *problems)
{
  const WeirParameter *first = NULL;

  if (!weir_parameter_name_is_valid (parameter->name)) {
    weir_problems_add (problems, &group->base, parameter->origin,
                       "use letters, digits, '_', '-', '.' and spaces within",
                       "'%s' cannot be the name of a parameter", parameter->name);
    return;
  }
  first = weir_resolver_find (check->resolver, group, parameter->name, NULL);
  if (first != parameter)
    weir_problems_add (problems, &group->base, parameter->origin, "keep one of them",
                       "parameter '%s' is defined twice in this group, first in line %u",
                       parameter->name, first->origin.line);
}

/* What is missing here may be there where the flow runs; what is wrong is wrong everywhere. */
static void
tell_unread (const WeirGroup *group, const WeirParameter *parameter, const WeirCheck *check,
             const GError *error, GPtrArray *problems)
{
  bool is_wrong = g_error_matches (error, WEIR_ERROR, WEIR_ERROR_INVALID) ||
                  g_error_matches (error, WEIR_ERROR, WEIR_ERROR_CORRUPT);
  const char *advice = is_wrong && weir_sealed_is (parameter->secret)
                           ? "encrypt the value again with `weir secret set`"
                           : "provide the secret before the flow starts";

  if (check->secrets_later && !is_wrong)
    weir_problems_warn (problems, &group->base, parameter->origin, advice, "parameter '%s': %s",
                        parameter->name, error->message);
  else
    weir_problems_add (problems, &group->base, parameter->origin, advice, "parameter '%s': %s",
                       parameter->name, error->message);
}

static void
tell_unresolved (const WeirGroup *group, const WeirParameter *parameter, const WeirCheck *check,
                 const GError *error, GPtrArray *problems)
{
  g_autofree char *advice =
      g_error_matches (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND)
          ? weir_resolver_advise (check->resolver, group, parameter->value)
          : g_strdup ("refer to parameters of this group or of one around it");

  weir_problems_add (problems, &group->base, parameter->origin, advice, "parameter '%s': %s",
                     parameter->name, error->message);
}

static void
check_value (const WeirGroup *group, const WeirParameter *parameter, const WeirCheck *check,
             GPtrArray *problems)
{
  g_autoptr (GError) error = NULL;

  const WeirResolved *value = weir_resolver_get (check->resolver, group, parameter, &error);

  if (value != NULL && parameter->secret != NULL && strlen (value->text) < WEIR_LIMIT_MASK_LEAST)
    weir_problems_warn (problems, &group->base, parameter->origin, "use a longer one",
                        "the secret '%s' is so short that it is not hidden in messages",
                        parameter->name);
  if (value != NULL || g_error_matches (error, WEIR_ERROR, WEIR_ERROR_FAILED))
    return;
  if (parameter->secret != NULL) {
    tell_unread (group, parameter, check, error, problems);
    return;
  }
  tell_unresolved (group, parameter, check, error, problems);
}

static bool
check_secret (const WeirGroup *group, const WeirParameter *parameter, GPtrArray *problems)
{
  if (parameter->secret == NULL)
    return true;
  if (parameter->value[0] != '\0') {
    weir_problems_add (problems, &group->base, parameter->origin, "leave the value out of the file",
                       "parameter '%s' has a value beside its secret", parameter->name);
    return false;
  }
  if (!weir_secret_source_is_valid (parameter->secret)) {
    weir_problems_add (problems, &group->base, parameter->origin,
                       "write secret=\"env:NAME\", \"file:PATH\" or \"credential:NAME\", or use "
                       "`weir secret set`",
                       "the secret of parameter '%s' has no source", parameter->name);
    return false;
  }
  return true;
}

void
weir_check_parameters (const WeirGroup *group, const WeirCheck *check, GPtrArray *problems)
{
  for (guint i = 0; i < group->parameters->len; i++) {
    const WeirParameter *parameter = group->parameters->pdata[i];

    check_name (group, parameter, check, problems);
    if (check_secret (group, parameter, problems))
      check_value (group, parameter, check, problems);
  }
}

void
weir_check_unused (const WeirGroup *group, const WeirCheck *check, GPtrArray *problems)
{
  guint position = 0;
  const WeirGroup *inner = NULL;

  for (guint i = 0; i < group->parameters->len; i++) {
    const WeirParameter *parameter = group->parameters->pdata[i];

    if (!weir_resolver_is_used (check->resolver, parameter))
      weir_problems_warn (problems, &group->base, parameter->origin, "take it out",
                          "nothing uses parameter '%s'", parameter->name);
  }
  while ((inner = weir_group_next (group, WEIR_KIND_GROUP, &position)) != NULL)
    weir_check_unused (inner, check, problems);
}

void
weir_check_overrides (const WeirFlow *flow, const WeirCheck *check, GPtrArray *problems)
{
  const GPtrArray *parameters = flow->root->parameters;
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer name = NULL;

  if (check->overrides == NULL)
    return;
  for (guint i = 0; i < parameters->len; i++)
    g_ptr_array_add (names, ((const WeirParameter *)parameters->pdata[i])->name);
  g_hash_table_iter_init (&iter, check->overrides);
  while (g_hash_table_iter_next (&iter, &name, NULL)) {
    const char *nearest = NULL;
    g_autofree char *advice = NULL;

    if (g_ptr_array_find_with_equal_func (names, name, g_str_equal, NULL))
      continue;
    nearest = weir_suggest (name, (const char *const *)names->pdata, names->len);
    advice = nearest != NULL ? g_strdup_printf ("did you mean '%s'?", nearest)
                             : g_strdup ("define it in <parameters> of the flow");
    weir_problems_add (problems, NULL, flow->root->base.origin, advice,
                       "the flow has no parameter '%s' to set", (const char *)name);
  }
}
