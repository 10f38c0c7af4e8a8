/* print-api.c: what is printed from the rows of the API: print-api markdown|openapi. */
#include <stdio.h>
#include <string.h>

#include "control/method-docs.h"
#include "control/openapi.h"

int
main (int argc, char **argv)
{
  g_autofree char *text = NULL;

  if (argc != 2)
    return 2;
  text = strcmp (argv[1], "openapi") == 0 ? weir_openapi_print (weir_methods)
                                          : weir_method_docs_print (weir_methods);
  return fputs (text, stdout) >= 0 && fflush (stdout) == 0 ? 0 : 1;
}
