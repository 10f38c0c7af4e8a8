/* describe.h: a command and its options for the manual and the completion of shells, which
 * manual/manual.py makes of it. */
#pragma once

#include "cli/command.h"

/* The hidden option that prints it, on its own behind the name of a command. */
#define WEIR_DESCRIBE "--describe"

/* Prints one JSON object; @description is nullable. */
void weir_describe (const WeirCommand *command, const GOptionEntry *entries,
                    const char *description);
