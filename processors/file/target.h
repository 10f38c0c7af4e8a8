/* target.h: a file that is written aside and gets its name when it is complete.
 *
 * Where the file system can, it has no name until then, and nothing is left of it after a crash;
 * elsewhere, and for the moment in which it takes the place of another, it is .weir-<16
 * digits>.tmp.
 *
 * Thread: one at a time. */
#pragma once

#include "folder.h"

#include <sys/types.h>

typedef struct {
  FileFolder *folder; /* NULL: none */
  const char *name;
  uint64_t random;
  int fd;
  char temporary[32]; /* "" while it has no name */
} FileTarget;

/* Begins a new file: @target has its folder, its name, and a random number that is its own. */
bool file_target_open (FileTarget *target, mode_t mode, GError **error);

/* Its bytes survive a power failure from here on. */
bool file_target_sync (FileTarget *target, GError **error);

/* Gives it its name. WEIR_ERROR_EXISTS: another has it, and @replace was false. */
bool file_target_publish (FileTarget *target, bool replace, GError **error);

/* Closes it; one that has no name yet is gone. A zeroed target is none. */
void file_target_clear (FileTarget *target);

/* True for names of files that are being written, or were when the machine stopped. */
bool file_target_is_temporary (const char *name);
