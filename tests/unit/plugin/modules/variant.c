/* variant.c: a module whose WeirModule is wrong in the way that the build says. */
#include <stdlib.h>
#include <weir/processor.h>

static bool
on_trigger (void *state, WeirSession *session, GError **error)
{
  return true;
}

static const WeirProcessor processor = { WEIR_PROCESSOR_ABI, .name = TYPE, .summary = "For tests.",
                                         .on_trigger = on_trigger };

static const WeirProcessor *const processors[] = { &processor, NULL };

static const WeirModuleNote note
    __attribute__ ((section (".note.weir"), used,
                    aligned (4))) = { 5, 8, 1, "Weir", NOTE_MAGIC, NOTE_MAJOR, NOTE_MINOR };

/* Nothing of a module that the note tells to be wrong may run. */
__attribute__ ((constructor)) static void
on_load (void)
{
  if (note.magic != WEIR_MODULE_MAGIC || note.abi_major != 1 || note.abi_minor != 0)
    abort ();
}

WEIR_API const WeirModule *weir_module_v1 (void);

const WeirModule *
weir_module_v1 (void)
{
  static const WeirModule module = { MAGIC,     MAJOR, MINOR,     sizeof (WeirModule),
                                     "variant", "1.0", processors };

  return RESULT;
}
