/* module.h: the types of this module. */
#pragma once

#include <weir/processor.h>

extern const WeirProcessor control_rate;
extern const WeirProcessor distribute_load;
extern const WeirProcessor duplicate_flowfile;
extern const WeirProcessor generate_flowfile;
extern const WeirProcessor log_attribute;
extern const WeirProcessor route_on_attribute;
extern const WeirProcessor update_attribute;
