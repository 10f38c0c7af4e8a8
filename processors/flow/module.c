/* module.c: what every flow needs: attributes, routes, sources and sinks for trying things out. */
#include "module.h"

WEIR_MODULE ("flow", "1.0", &control_rate, &distribute_load, &duplicate_flowfile,
             &generate_flowfile, &log_attribute, &route_on_attribute, &update_attribute)
