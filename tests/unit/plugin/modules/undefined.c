/* undefined.c: uses a function that no engine has yet. */
#include <weir/processor.h>

WEIR_API bool weir_session_of_tomorrow (WeirSession *session);

static bool
on_trigger (void *state, WeirSession *session, GError **error)
{
  return weir_session_of_tomorrow (session);
}

static const WeirProcessor processor = { WEIR_PROCESSOR_ABI, .name = "Undefined",
                                         .summary = "For tests.", .on_trigger = on_trigger };

WEIR_MODULE ("undefined", "1.0", &processor)
