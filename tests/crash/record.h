/* record.h: what the recorder's calls share; record.c says what it is for. */
#pragma once

/* Both names of a call are taken over, not one in the place of the other. */
#undef _FILE_OFFSET_BITS

#include "trace.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#define EXPORT __attribute__ ((visibility ("default")))

/* The system call, not recorded. Returns: -1 with errno. */
long record_raw (long number, long a, long b, long c, long d, long e);

_Noreturn void record_give_up (const char *why);

/* A change and its record are one step under the lock. */
bool record_is_on (void);
void record_hold (void);
void record_let_go (void);
void record_step (TraceKind kind, uint64_t inode, uint64_t offset, const char *path, size_t n_path,
                  const void *data, size_t n_data);
void record_name (TraceKind kind, uint64_t inode, const char *path);

/* The path below the root in @buffer, which has PATH_MAX bytes, or NULL when it is elsewhere. */
const char *record_find (int directory, const char *path, char *buffer);

/* The inode of a file on the recorded file system, 0 for others. With NULL, for a directory, too.
 */
uint64_t record_inode (int fd, bool *ret_directory);

/* Microseconds that a sync takes more, and the number of a new one, under the lock. */
long record_get_slow (void);
uint64_t record_next_sync (void);

/* As renameat2. */
int record_rename (int from, const char *path, int to, const char *new_path, unsigned flags);
