/* no-entry.c: a shared library that is no module. If it were loaded, it would end the program. */
#include <stdlib.h>

__attribute__ ((constructor)) static void
on_load (void)
{
  abort ();
}
