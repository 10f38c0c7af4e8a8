/* module.c: a module with up to two types, for the tests of the loader. */
#include <weir/processor.h>

typedef struct {
  char *text;
} State;

static const WeirProperty properties[] = {
  { "Text", "Any text.", WEIR_FIELD (State, text), .default_value = "hello" },
};

static const WeirRelationship relationships[] = { { "success", "All of them." } };

static bool
on_trigger (void *state, WeirSession *session, GError **error)
{
  g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_FAILED, "this type is for tests only");
  return false;
}

#define COMMON                                                                    \
  WEIR_PROCESSOR_ABI, .summary = "For tests.", .on_trigger = on_trigger,          \
                      .state_size = sizeof (State), WEIR_PROPERTIES (properties), \
                      WEIR_RELATIONSHIPS (relationships)

static const WeirProcessor first = { COMMON, .name = FIRST };
static const WeirProcessor second = { COMMON, .name = SECOND };

WEIR_MODULE (NAME, "1.5", &first, &second)
