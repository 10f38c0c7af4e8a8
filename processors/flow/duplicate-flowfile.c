/* duplicate-flowfile.c: DuplicateFlowFile sends each FlowFile on several times. The content is
 * shared by all, not copied. */
#include "module.h"
#include <inttypes.h>

/* A session has all of them in memory, some 400 bytes each. */
#define MAX_COPIES 1000000

#define INDEX_ATTRIBUTE "copy.index"

typedef struct {
  const WeirExpr *n_copies;
} DuplicateFlowFile;

static bool
check_n_copies (int64_t n, GError **error)
{
  if (n >= 0 && n <= MAX_COPIES)
    return true;
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
               "there can be 0 to %d copies, not %" PRId64 "", MAX_COPIES, n);
  return false;
}

static bool
is_n_copies (const char *value, GError **error)
{
  g_autoptr (GError) problem = NULL;
  int64_t n;

  if (g_ascii_string_to_signed (value, 10, G_MININT64, G_MAXINT64, &n, &problem))
    return check_n_copies (n, error);
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
               "a whole number from 0 to %d is needed, or an expression that gives one",
               MAX_COPIES);
  return false;
}

static const WeirProperty properties[] = {
  { "Number of Copies",
    "How many copies are sent on beside the FlowFile itself; from 0 to 1,000,000.",
    WEIR_FIELD (DuplicateFlowFile, n_copies), .default_value = "100", .required = true,
    .validate = is_n_copies },
};

static const WeirAttributeDoc writes[] = {
  { INDEX_ATTRIBUTE, "0 for the FlowFile that came in, 1, 2, 3 and so on for its copies." },
};

enum { SUCCESS };
static const WeirRelationship relationships[] = {
  [SUCCESS] = { "success", "The FlowFile that came in, and its copies." },
};

static bool
on_trigger (void *state, WeirSession *session, GError **error)
{
  const DuplicateFlowFile *self = state;
  WeirFlowFile *flowfile = weir_session_get (session);
  int64_t n;

  if (flowfile == NULL)
    return true;
  if (!weir_expr_eval_integer (self->n_copies, flowfile, &n, error) || !check_n_copies (n, error)) {
    g_prefix_error (error, "Number of Copies: ");
    return false;
  }
  for (int64_t i = 1; i <= n; i++) {
    WeirFlowFile *copy = weir_session_clone (session, flowfile);

    weir_session_put_attribute_printf (session, copy, INDEX_ATTRIBUTE, "%" PRId64, i);
    weir_session_transfer (session, copy, SUCCESS);
  }
  weir_session_put_attribute (session, flowfile, INDEX_ATTRIBUTE, "0");
  weir_session_transfer (session, flowfile, SUCCESS);
  return true;
}

const WeirProcessor duplicate_flowfile = {
  WEIR_PROCESSOR_ABI,
  .name = "DuplicateFlowFile",
  .summary = "Sends each FlowFile on together with copies of it.",
  .description = "For loading flows. The copies share the content of the FlowFile, whatever its "
                 "size, and differ from it in `uuid` and `copy.index` only.",
  .tags = "test, load, duplicate, copy, clone",
  .input = WEIR_INPUT_REQUIRED,
  .threading = WEIR_CONCURRENT,
  WEIR_PROPERTIES (properties),
  WEIR_RELATIONSHIPS (relationships),
  WEIR_WRITES (writes),
  .state_size = sizeof (DuplicateFlowFile),
  .on_trigger = on_trigger,
};
