/* run-summary.h: what a run did, told at its end. The JSON form is a contract that scripts rely on.
 */
#pragma once

#include "runtime/figures.h"

/* One object on one line: seconds, processors and connections with their figures. */
void weir_run_summary_print_json (const WeirFigures *figures, const WeirFlow *flow, double seconds);

/* The same for people, in columns. */
void weir_run_summary_print (const WeirFigures *figures, const WeirFlow *flow, double seconds);
