/* Echo: what comes in goes out, with the number of those that came before it; "bad" fails. */
#include <weir/weir.h>

#include <string.h>

typedef struct {
  char *prefix;
} Echo;

enum { SUCCESS, FAILURE };
static const WeirRelationship relationships[] = {
  [SUCCESS] = { "success", "What came in." },
  [FAILURE] = { "failure", "What begins with \"worse\"." },
};

static const WeirProperty properties[] = {
  { "Prefix", "Goes before the number.", WEIR_FIELD (Echo, prefix), .required = true },
};

static bool
on_trigger (void *state, WeirSession *session, GError **error)
{
  const Echo *self = state;
  WeirFlowFile *flowfile = weir_session_get (session);
  g_autofree char *count = weir_session_get_state (session, "count");
  g_autofree char *next = NULL;
  WeirBytes bytes;

  if (flowfile == NULL)
    return true;
  if (!weir_session_view (session, flowfile, &bytes, error))
    return false;
  if (bytes.size == 3 && memcmp (bytes.data, "bad", 3) == 0) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID, "bad content");
    return false;
  }
  if (bytes.size >= 5 && memcmp (bytes.data, "worse", 5) == 0) {
    weir_session_penalize (session, flowfile);
    weir_session_transfer (session, flowfile, FAILURE);
    return true;
  }
  next = g_strdup_printf ("%d", atoi (count != NULL ? count : "0") + 1);
  weir_session_set_state (session, "count", next);
  weir_session_put_attribute_printf (session, flowfile, "number", "%s%s", self->prefix, next);
  weir_session_transfer (session, flowfile, SUCCESS);
  return true;
}

static const WeirProcessor echo = {
  WEIR_PROCESSOR_ABI,
  .name = "Echo",
  .summary = "Passes FlowFiles on and counts them.",
  .input = WEIR_INPUT_REQUIRED,
  .state_size = sizeof (Echo),
  .on_trigger = on_trigger,
  WEIR_PROPERTIES (properties),
  WEIR_RELATIONSHIPS (relationships),
};

WEIR_MODULE ("harness-test", "1.0", &echo)
