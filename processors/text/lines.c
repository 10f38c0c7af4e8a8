/* lines.c: one memchr for each line. CRs are looked for apart, from one to the next: a text without
 * any is searched for them once, not once for each line. */
#include "lines.h"

#include <string.h>

static size_t
find (const char *text, size_t size, size_t from, char what)
{
  const char *found = memchr (text + from, what, size - from);

  return found != NULL ? (size_t)(found - text) : size;
}

void
lines_init (Lines *lines, const char *text, size_t size)
{
  *lines = (Lines){ text, size, 0, 0 };
  if (size > 0)
    lines->next_cr = find (text, size, 0, '\r');
}

bool
lines_next (Lines *lines, Line *ret_line)
{
  const char *text = lines->text;
  size_t start = lines->at;
  size_t end;
  size_t end_size;

  if (start == lines->size)
    return false;
  if (lines->next_cr < start)
    lines->next_cr = find (text, lines->size, start, '\r');
  /* A CR ends the line at the latest. */
  end = find (text, lines->next_cr, start, '\n');
  if (end == lines->size)
    end_size = 0;
  else if (text[end] == '\r' && end + 1 < lines->size && text[end + 1] == '\n')
    end_size = 2;
  else
    end_size = 1;
  lines->at = end + end_size;
  *ret_line = (Line){ text + start, lines->at - start, end_size };
  return true;
}
