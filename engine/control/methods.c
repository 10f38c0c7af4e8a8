/* methods.c: the whole API. What is not in this list is in no docs and has no tests. */
#include "control/desk.h"

const WeirMethodTable *const weir_methods[] = {
  &weir_methods_server,
  &weir_methods_types,
  &weir_methods_expressions,
  &weir_methods_tokens,
  &weir_methods_audit,
  &weir_methods_flow_audit,
  NULL,
};
