/* Echo: what comes in goes out, with the number of those that came before it; "bad" fails.
 * Keeper: holds what comes in for one trigger, and writes down what the host calls. */
#include <weir/weir.h>

#include <stdio.h>
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

/* --- Keeper --- */

typedef struct {
  char *diary; /* path of a file: h when a hold is durable, t when a transfer is, s for a stop */
  WeirFlowFile *held;
} Keeper;

static const WeirProperty keeper_properties[] = {
  { "Diary", "File to write to.", WEIR_FIELD (Keeper, diary), .required = true },
};

static void
write_down (const Keeper *self, const char *what)
{
  FILE *file = fopen (self->diary, "a");

  g_assert_nonnull (file);
  fputs (what, file);
  fclose (file);
}

static void
on_held (void *data)
{
  write_down (data, "h");
}

static void
on_transferred (void *data)
{
  write_down (data, "t");
}

static bool
keeper_on_trigger (void *state, WeirSession *session, GError **error)
{
  Keeper *self = state;

  if (self->held != NULL) {
    weir_session_take (session, self->held);
    weir_session_transfer (session, g_steal_pointer (&self->held), SUCCESS);
    weir_session_set_state (session, "held", NULL);
    weir_session_on_durable (session, on_transferred, self, NULL);
    return true;
  }
  self->held = weir_session_get (session);
  if (self->held == NULL)
    return true;
  weir_session_set_state (session, "held", weir_flowfile_get_attribute (self->held, "uuid"));
  weir_session_hold (session, self->held);
  weir_session_on_durable (session, on_held, self, NULL);
  weir_context_wake (weir_session_get_context (session));
  return true;
}

static void
keeper_on_stopped (void *state)
{
  write_down (state, "s");
}

static const WeirProcessor keeper = {
  WEIR_PROCESSOR_ABI,
  .name = "Keeper",
  .summary = "Passes FlowFiles on, in two steps.",
  .input = WEIR_INPUT_REQUIRED,
  .state_size = sizeof (Keeper),
  .on_trigger = keeper_on_trigger,
  .on_stopped = keeper_on_stopped,
  WEIR_PROPERTIES (keeper_properties),
  WEIR_RELATIONSHIPS (relationships),
};

WEIR_MODULE ("harness-test", "1.0", &echo, &keeper)
