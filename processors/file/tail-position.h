/* tail-position.h: how far a file was read, as the text that is kept as state.
 *
 * Thread: any, for every function here. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes at the start of a file, and as many before the offset, that tell it from others. */
#define TAIL_MARK_SIZE 1024

typedef struct {
  uint64_t device;
  uint64_t inode;  /* 0: there was no file yet */
  int64_t offset;  /* all before it was passed on */
  int64_t changed; /* last write, in nanoseconds since 1970, when it was read */
  uint64_t mark;   /* of what is around the start and before the offset */
} TailPosition;

/* Returns: (transfer full). */
char *tail_position_format (const TailPosition *position);

/* False for whatever tail_position_format did not write. */
bool tail_position_parse (const char *text, TailPosition *ret_position);

/* Adds bytes to a mark, which begins as TAIL_MARK_NONE. */
#define TAIL_MARK_NONE UINT64_C (0xcbf29ce484222325)
uint64_t tail_mark_add (uint64_t mark, const void *data, size_t size);
