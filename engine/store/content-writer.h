/* content-writer.h: makes content of any size, piece by piece.
 *
 * What is written is kept in memory while it is small, then in a segment of the pool that is this
 * writer's alone until it is closed, then in a file of its own. Nothing is visible before
 * weir_content_writer_close, and nothing is left after weir_content_writer_clear. After a call has
 * failed, all later ones fail.
 *
 * Thread: one at a time for each writer. */
#pragma once

#include "store/content-sums.h"
#include "store/content.h"

typedef struct WeirContentFile WeirContentFile;

typedef struct {
  WeirContentStore *store;
  char *buffer; /* what is not yet in the file */
  size_t n_buffered;
  size_t capacity;
  WeirContentFile *file; /* NULL while all is in the buffer */
  uint64_t start;        /* where in the file */
  uint64_t n_filed;      /* bytes that are in the file */
  WeirContentSums sums;  /* of these; durable stores only */
  uint64_t n_pushed;     /* bytes that the kernel was asked to write */
  bool failed;
} WeirContentWriter;

void weir_content_writer_init (WeirContentWriter *writer, WeirContentStore *store);

bool weir_content_writer_write (WeirContentWriter *writer, const void *data, size_t size,
                                GError **error);

/* Writes a part of @content, in the kernel when both are in files. To append, begin with all of the
 * old content. */
bool weir_content_writer_write_content (WeirContentWriter *writer, const WeirContent *content,
                                        uint64_t offset, uint64_t size, GError **error);

/* Writes what @fd holds from its position to its end; @path is what errors call it (NULL:
 * its own name). */
bool weir_content_writer_write_fd (WeirContentWriter *writer, int fd, const char *path,
                                   GError **error);

/* Ends the writer, also on failure. */
bool weir_content_writer_close (WeirContentWriter *writer, WeirContent *ret_content,
                                GError **error);

/* Abandons what was written. Does nothing after a close. */
void weir_content_writer_clear (WeirContentWriter *writer);
