/* module.h: the types of this module. */
#pragma once

#include <weir/processor.h>

extern const WeirProcessor detect_duplicate;
extern const WeirServiceType state_cache;
