/* variant.c: a module whose WeirModule is wrong in the way that the build says. */
#include <weir/processor.h>

static bool
on_trigger (void *state, WeirSession *session, GError **error)
{
  return true;
}

static const WeirProcessor processor = { WEIR_PROCESSOR_ABI, .name = TYPE, .summary = "For tests.",
                                         .on_trigger = on_trigger };

static const WeirProcessor *const processors[] = { &processor, NULL };

WEIR_API const WeirModule *weir_module_v1 (void);

const WeirModule *
weir_module_v1 (void)
{
  static const WeirModule module = { MAGIC,     MAJOR, MINOR,     sizeof (WeirModule),
                                     "variant", "1.0", processors };

  return RESULT;
}
