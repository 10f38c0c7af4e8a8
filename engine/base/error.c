/* error.c: the one error domain. */
#include <weir/error.h>

G_DEFINE_QUARK (weir - error, weir_error)
