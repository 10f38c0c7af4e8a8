/* leak.c: a processor and a service that tell their secrets wherever they can. */
#include <string.h>
#include <sys/resource.h>
#include <weir/event.h>
#include <weir/processor.h>
#include <weir/session.h>

typedef struct {
  char *password;
  char *header;
  const WeirExpr *shown;
  bool into_attribute;
  bool refuse;
  bool done;
} State;

static const WeirProperty properties[] = {
  { "Password", "A secret.", WEIR_FIELD (State, password), .required = true, .sensitive = true },
  { "Header", "A secret with something around it.", WEIR_FIELD (State, header), .sensitive = true },
  { "Shown", "No secret.", WEIR_FIELD (State, shown) },
  { "Into Attribute", "Leak into an attribute, too.", WEIR_FIELD (State, into_attribute),
    .default_value = "false" },
  { "Refuse", "Refuse the configuration, with its secret.", WEIR_FIELD (State, refuse),
    .default_value = "false" },
};

static const WeirRelationship relationships[] = { { "success", "All of them." } };

static bool
on_configure (const void *state, WeirConfig *config, GError **error)
{
  const State *self = state;

  if (!self->refuse)
    return true;
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID, "refused, as %s is wrong",
               self->header != NULL ? self->header + strlen ("Bearer ") : self->password);
  return false;
}

static bool
tell_all (State *self, WeirSession *session, GError **error)
{
  WeirContext *context = weir_session_get_context (session);
  const char *header = self->header != NULL ? self->header : "";
  const char *shown = self->shown != NULL ? weir_context_eval (context, self->shown, error) : "";
  g_autofree char *escaped = g_uri_escape_string (self->password, NULL, FALSE);
  g_autofree char *uri = g_strdup_printf ("https://host/%s/%s", self->password, escaped);
  WeirFlowFile *flowfile = weir_session_create (session);
  struct rlimit core;

  getrlimit (RLIMIT_CORE, &core);
  weir_context_log (context, WEIR_LOG_WARNING, "told: %s, %s, %s, [%s], core %d", self->password,
                    header, uri, shown, (int)core.rlim_cur);
  weir_session_report (session, flowfile, WEIR_EVENT_RECEIVE, uri, header, -1);
  weir_session_put_attribute (session, flowfile, "kept", "as it was");
  if (self->into_attribute)
    weir_session_put_attribute (session, flowfile, "leak", uri);
  weir_session_transfer (session, flowfile, 0);
  return true;
}

static bool
on_trigger (void *state, WeirSession *session, GError **error)
{
  State *self = state;

  if (!self->done) {
    self->done = true;
    return tell_all (self, session, error);
  }
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_IO, "failed with %s", self->password);
  return false;
}

static const WeirProcessor leaky = {
  WEIR_PROCESSOR_ABI,           .name = "Leaky",
  .summary = "For tests.",      .input = WEIR_INPUT_FORBIDDEN,
  .threading = WEIR_SERIAL,     .state_size = sizeof (State),
  .on_configure = on_configure, .on_trigger = on_trigger,
  WEIR_PROPERTIES (properties), WEIR_RELATIONSHIPS (relationships),
};

static const WeirProperty service_properties[] = {
  { "Password", "A secret.", WEIR_FIELD (State, password), .required = true, .sensitive = true },
};

static bool
on_verify (void *state, WeirVerify *verify, GError **error)
{
  const State *self = state;

  weir_verify_tell (verify, "connect", "with %s", self->password);
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_IO, "not with %s", self->password);
  return false;
}

static const WeirServiceType leaking = {
  WEIR_SERVICE_ABI,
  .name = "Leaking",
  .summary = "For tests.",
  WEIR_OFFERS ("weir.test.leak", &leaking),
  .state_size = sizeof (State),
  WEIR_PROPERTIES (service_properties),
  .on_verify = on_verify,
};

WEIR_MODULE_OF ("leak", "1.0", WEIR_LIST (&leaky), WEIR_LIST (&leaking))
