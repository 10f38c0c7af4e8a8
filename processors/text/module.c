/* module.c: text: lines, words, patterns. */
#include "module.h"

WEIR_MODULE ("text", "1.0", &count_text, &replace_text, &split_text)
