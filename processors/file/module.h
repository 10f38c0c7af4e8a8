/* module.h: the types of this module. */
#pragma once

#include <weir/processor.h>

extern const WeirProcessor fetch_file;
extern const WeirProcessor get_file;
extern const WeirProcessor list_file;
extern const WeirProcessor put_file;
extern const WeirProcessor tail_file;
