/* lines.h: lines in memory. A line ends with LF, CR LF or CR, or where the text ends.
 *
 * Thread: any; a Lines belongs to who made it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

typedef struct {
  const char *text;
  size_t size;     /* with its end */
  size_t end_size; /* of CR and LF; 0: the text ends without them */
} Line;

typedef struct {
  const char *text;
  size_t size;
  size_t at;      /* where the next line begins; may be set back to where one began */
  size_t next_cr; /* no CR stands between at and here */
} Lines;

void lines_init (Lines *lines, const char *text, size_t size);

/* False at the end of the text. */
bool lines_next (Lines *lines, Line *ret_line);
