/* methods.c: the whole API. What is not in this list is in no docs and has no tests. */
#include "control/desk.h"
#include "control/methods-flow.h"
#include "control/methods-server.h"

const WeirMethodTable *const weir_flow_methods[] = {
  &weir_methods_flow,       &weir_methods_edit, &weir_methods_running,    &weir_methods_queue,
  &weir_methods_provenance, &weir_methods_live, &weir_methods_flow_audit, NULL,
};

const WeirMethodTable *const weir_methods[] = {
  &weir_methods_server,      &weir_methods_types,
  &weir_methods_expressions, &weir_methods_tokens,
  &weir_methods_audit,       &weir_methods_flows,
  &weir_methods_flow,        &weir_methods_edit,
  &weir_methods_running,     &weir_methods_queue,
  &weir_methods_provenance,  &weir_methods_live,
  &weir_methods_flow_audit,  NULL,
};
