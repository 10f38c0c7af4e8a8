/* elf.h: looks at a file before the dynamic linker does.
 *
 * Loading a shared library runs code of it, and a truncated one ends the program with SIGBUS, so
 * what is not a whole module for this machine, and what it was built for, is known before. Reads
 * only [data, data + size).
 *
 * Thread: any. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <weir/processor.h>

/* Returns: true with @ret_note set when the file is a complete shared library for this machine with
 * the note that WEIR_MODULE puts there. Its numbers are not judged. */
bool weir_elf_read_note (const void *data, size_t size, WeirModuleNote *ret_note, GError **error);
