/* module.c: many FlowFiles become one. */
#include "module.h"

WEIR_MODULE ("merge", "1.0", &merge_content)
