/* verify.c: the steps of a trial, the module's own between those that it is enabled by. */
#include "runtime/verify.h"

#include "base/error.h"
#include "runtime/engine.h"
#include "runtime/node.h"

#include <stdarg.h>

struct WeirVerify {
  GPtrArray *steps;
  const WeirMask *mask;
};

static void
step_free (void *data)
{
  WeirVerifyStep *step = data;

  g_free (step->step);
  g_free (step->message);
  g_free (step);
}

/* What a module says may quote anything. */
static void
add_step (WeirVerify *verify, const char *name, bool worked, const char *message)
{
  WeirVerifyStep *step = g_new (WeirVerifyStep, 1);
  g_autofree char *masked = weir_mask_apply (verify->mask, message);

  step->step = weir_error_clean (name);
  step->message = weir_error_clean (masked);
  step->worked = worked;
  g_ptr_array_add (verify->steps, step);
}

void
weir_verify_tell (WeirVerify *verify, const char *step, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  add_step (verify, step, true, message);
}

static void
add_failure (WeirVerify *verify, const char *name, const GError *error)
{
  add_step (verify, name, false, error != NULL ? error->message : "it failed and gave no reason");
}

/* @copy is enabled. */
static void
try (WeirServed *copy, WeirVerify *verify)
{
  g_autoptr (GError) error = NULL;

  if (copy->type->on_verify == NULL)
    add_step (verify, "verify", true, "it was enabled; there is nothing more that it can try");
  else if (!copy->type->on_verify (weir_config_get_state (copy->config), verify, &error))
    add_failure (verify, "verify", error);
}

GPtrArray *
weir_verify (WeirServices *services, const WeirServed *served)
{
  const WeirProcessor *type = served->type->common;
  GPtrArray *steps = g_ptr_array_new_with_free_func (step_free);
  WeirVerify verify = { steps, weir_secrecy_get_mask (served->engine->secrecy) };
  g_autoptr (GPtrArray) problems = weir_config_problems_new ();
  g_autoptr (GError) error = NULL;
  WeirServed copy = *served;
  WeirContext context = { .service = &copy };

  if (!weir_services_enable (services, served->properties, served->n_properties, &error)) {
    add_failure (&verify, "enable what it uses", error);
    return steps;
  }
  copy.config = weir_config_new (type, served->properties, served->n_properties, problems);
  if (copy.config == NULL) {
    weir_config_problems_to_error (problems, &error);
    add_failure (&verify, "configure", error);
    return steps;
  }
  pthread_mutex_init (&copy.lock, NULL);
  weir_arena_init (&copy.evaluated);
  if (type->on_scheduled != NULL &&
      !type->on_scheduled (weir_config_get_state (copy.config), &context, &error)) {
    add_failure (&verify, "enable", error);
  } else {
    try (&copy, &verify);
    if (type->on_stopped != NULL)
      type->on_stopped (weir_config_get_state (copy.config));
  }
  weir_config_free (copy.config);
  weir_arena_clear (&copy.evaluated);
  pthread_mutex_destroy (&copy.lock);
  return steps;
}
