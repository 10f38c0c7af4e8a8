/* error.h: the error domain of the engine and of all modules.
 *
 * Nine codes and no more: a caller acts on the code, a person reads the message, which says
 * where it happened, what is wrong and what to do. */
#pragma once

#include <weir/version.h>

G_BEGIN_DECLS

#define WEIR_ERROR (weir_error_quark ())

typedef enum {
  WEIR_ERROR_FAILED,      /* none of the others */
  WEIR_ERROR_INVALID,     /* a property, a flow or an argument is wrong: a person must change it */
  WEIR_ERROR_NOT_FOUND,   /* a file, a type, a component does not exist */
  WEIR_ERROR_PERMISSION,  /* the system or a rule refuses */
  WEIR_ERROR_EXISTS,      /* it is already there */
  WEIR_ERROR_LIMIT,       /* larger, deeper or more than allowed */
  WEIR_ERROR_IO,          /* reading or writing failed: disk, network, peer */
  WEIR_ERROR_CORRUPT,     /* bytes that were written by us or a peer do not read back */
  WEIR_ERROR_UNSUPPORTED, /* a newer module, format or feature than this engine knows */
} WeirError;

/* Thread: any. */
WEIR_API GQuark weir_error_quark (void);

G_END_DECLS
