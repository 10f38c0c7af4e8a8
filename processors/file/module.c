/* module.c: files in and out: what is needed where data comes and goes as files. */
#include "module.h"

WEIR_MODULE ("file", "1.0", &fetch_file, &get_file, &list_file, &put_file, &tail_file)
