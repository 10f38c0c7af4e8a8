/* passage.h: the processor behind ports and funnels: what comes in goes out.
 *
 * Thread: any. */
#pragma once

#include <weir/processor.h>

extern const WeirProcessor weir_passage;
