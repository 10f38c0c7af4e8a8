/* elf.h: looks at a file before the dynamic linker does.
 *
 * Loading a shared library runs code of it, and a truncated one ends the program with SIGBUS, so
 * what is not a whole module for this machine is refused unloaded. Reads only [data, data + size).
 *
 * Thread: any. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <weir/error.h>

/* Returns: true when the file is a complete shared library for this machine that exports
 * @symbol. */
bool weir_elf_check (const void *data, size_t size, const char *symbol, GError **error);
