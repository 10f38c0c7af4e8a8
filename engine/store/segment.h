/* segment.h: the files of the log: which there are, and how one is made, from nothing or from one
 * that is not needed any more.
 *
 * A frame may be written to a segment once weir_segment_settle has brought its header and its name
 * to disk. Thread: any. */
#pragma once

#include "base/fs.h"

/* Where the files are and what belongs into each of them. */
typedef struct {
  const char *directory;
  uint64_t log_id;
  uint64_t segment_size;
  WeirFs *fs;
} WeirSegmentFolder;

/* The number of the segment that holds what is before @place, which is the end of something.
 * Nothing begins where a segment does, but a frame may end there. */
static inline uint64_t
weir_segment_get_number (uint64_t place, uint64_t segment_size)
{
  return place == 0 ? 0 : (place - 1) / segment_size;
}

/* Returns: (transfer full): the file of the segment whose first number is @number. */
char *weir_segment_get_path (const char *directory, uint64_t number);

typedef struct {
  uint64_t number;    /* the first */
  uint64_t n_numbers; /* more than one when it was made for an entry that is larger */
} WeirSegmentFile;

/* Returns: (transfer full): an array of WeirSegmentFile by ascending number, empty when there is no
 * such directory; NULL with @error. */
GArray *weir_segment_list (const WeirSegmentFolder *folder, GError **error);

/* Returns: (transfer none) (nullable): the one of @files that has @number. */
const WeirSegmentFile *weir_segment_find (GArray *files, uint64_t number);

/* Whether it is of the log no more, and there for the contents in it only (hollow.h). */
bool weir_segment_is_hollow (const WeirSegmentFolder *folder, uint64_t number);

/* An open one. */
typedef struct {
  int fd; /* -1: none */
  uint64_t number;
  uint64_t size;
} WeirSegment;

/* Makes the file, with room for the @size bytes that it may hold and with a header. @released: the
 * number of one that becomes it, which is faster; 0: none. On failure nothing stays behind. */
bool weir_segment_make (const WeirSegmentFolder *folder, uint64_t number, uint64_t size,
                        uint64_t released, WeirSegment *ret_segment, GError **error);

/* Must not be tried again when it has failed. */
bool weir_segment_settle (const WeirSegmentFolder *folder, const WeirSegment *segment,
                          GError **error);

void weir_segment_close (WeirSegment *segment);
