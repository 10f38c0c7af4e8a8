/* module.h: the types of this module. */
#pragma once

#include <weir/processor.h>

extern const WeirProcessor count_text;
extern const WeirProcessor replace_text;
extern const WeirProcessor split_text;
