/* module.h: the types of this module. */
#pragma once

#include <weir/processor.h>

extern const WeirServiceType http_client;
