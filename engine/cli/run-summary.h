/* run-summary.h: what a run did, told at its end. The JSON form is a contract that scripts rely on.
 */
#pragma once

#include "runtime/figures.h"
#include "runtime/recording.h"

/* One object on one line: seconds, processors and connections with their figures. @recorded: of
 * provenance, NULL when nothing is recorded. */
void weir_run_summary_print_json (const WeirFigures *figures, const WeirRecorderFigures *recorded,
                                  const WeirFlow *flow, double seconds);

/* The same for people, in columns. */
void weir_run_summary_print (const WeirFigures *figures, const WeirRecorderFigures *recorded,
                             const WeirFlow *flow, double seconds);
