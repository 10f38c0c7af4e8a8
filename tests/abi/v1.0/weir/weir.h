/* weir.h: the whole SDK for processor modules. The test harness is <weir/harness.h>. */
#pragma once

#include <weir/processor.h>
