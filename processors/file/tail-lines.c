/* tail-lines.c: a file searched for the ends of messages, a chunk at a time. A pattern sees the
 * first chunk of a line; to have that in one piece, a line that goes beyond the chunk is read again
 * from its beginning. */
#include "tail-lines.h"

#include <errno.h>
#include <string.h>

/* A FlowFile is complete with this much. */
#define ENOUGH_BYTES (1024 * 1024)

typedef struct {
  const TailLimits *limits;
  int64_t offset;
  TailScan scan;
  int64_t end; /* behind what is to be passed on; offset while that is not known */
  bool is_done;
} Search;

/* True if the message that begins at @search->end goes up to @at at least, and that is too much. */
static bool
is_too_long (Search *search, int64_t at)
{
  if (at - search->end <= search->limits->max_size)
    return false;
  if (search->end == search->offset)
    search->end = search->scan.whole > search->offset ? search->scan.whole
                                                      : search->offset + search->limits->max_size;
  search->is_done = true;
  return true;
}

/* A message ends at @at. */
static void
add_end (Search *search, int64_t at)
{
  if (is_too_long (search, at))
    return;
  if (search->end == search->offset || at - search->offset <= ENOUGH_BYTES)
    search->end = at;
  search->is_done = at - search->offset >= ENOUGH_BYTES;
}

/* Goes on behind the next end of a line in @text. Returns: how far that is; 0 when it is done, or
 * more of a line must be known to tell whether a message ends before it. */
static size_t
add_line (Search *search, const char *text, size_t size)
{
  const char *newline = memchr (text, '\n', size);
  size_t n = newline != NULL ? (size_t)(newline - text) + 1 : size;

  if (!search->scan.is_inside) {
    if (search->scan.at - search->offset <= search->limits->max_size)
      search->scan.whole = search->scan.at;
    if (newline == NULL && size < TAIL_CHUNK_SIZE)
      return 0;
    if (file_pattern_matches_start (search->limits->start, text, newline != NULL ? n - 1 : n))
      add_end (search, search->scan.at);
    if (search->is_done)
      return 0;
    search->scan.is_inside = true;
  }
  search->scan.at += (int64_t)n;
  if (newline != NULL && search->limits->start == NULL)
    add_end (search, search->scan.at);
  else if (newline != NULL)
    search->scan.is_inside = false;
  return n;
}

static void
add_chunk (Search *search, const char *text, size_t size)
{
  size_t n, done = 0;

  do {
    n = add_line (search, text + done, size - done);
    done += n;
  } while (n > 0 && done < size && !search->is_done);
  if (!search->is_done)
    is_too_long (search, search->scan.at);
}

int64_t
tail_lines_find_end (const TailSource *source, int64_t offset, const TailLimits *limits,
                     TailScan *scan, GError **error)
{
  g_autofree char *buffer = g_malloc (TAIL_CHUNK_SIZE);
  Search search = { .limits = limits, .offset = offset, .scan = *scan, .end = offset };
  bool stops = limits->stop_at_nul && !limits->is_final, is_end = false;
  int64_t seen = offset;

  if (search.scan.at <= offset)
    search.scan = (TailScan){ .at = offset, .is_inside = limits->start == NULL };
  while (!is_end && !search.is_done) {
    ssize_t n = tail_source_read (source, buffer, TAIL_CHUNK_SIZE, search.scan.at);
    const char *nul;

    if (n < 0) {
      g_set_error (error, WEIR_ERROR, WEIR_ERROR_IO, "cannot read: %s", g_strerror (errno));
      return -1;
    }
    is_end = n < TAIL_CHUNK_SIZE;
    nul = stops ? memchr (buffer, '\0', (size_t)n) : NULL;
    if (nul != NULL) {
      n = nul - buffer;
      is_end = true;
    }
    seen = search.scan.at + n;
    add_chunk (&search, buffer, (size_t)n);
  }
  if (!search.is_done && limits->is_final)
    add_end (&search, seen);
  else if (!search.is_done)
    is_too_long (&search, seen);
  *scan = search.end == offset ? search.scan : (TailScan){ 0 };
  return search.end;
}
