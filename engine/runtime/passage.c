/* passage.c: hands FlowFiles on without looking at them. */
#include "runtime/passage.h"

#define AT_ONCE 64

static const WeirRelationship relationships[] = {
  { "", "What came in." },
};

static bool
on_trigger (void *state, WeirSession *session, GError **error)
{
  WeirFlowFile *flowfiles[AT_ONCE];
  size_t n = weir_session_get_batch (session, flowfiles, AT_ONCE);

  for (size_t i = 0; i < n; i++)
    weir_session_transfer (session, flowfiles[i], 0);
  return true;
}

const WeirProcessor weir_passage = {
  WEIR_PROCESSOR_ABI,
  .name = "Passage",
  .summary = "A port or a funnel.",
  .input = WEIR_INPUT_REQUIRED,
  .threading = WEIR_CONCURRENT,
  WEIR_RELATIONSHIPS (relationships),
  .on_trigger = on_trigger,
};
