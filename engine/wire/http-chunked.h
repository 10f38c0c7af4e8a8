/* http-chunked.h: takes a chunked body apart, as it comes and without I/O.
 *
 * Strict like the heads: no extensions, no trailers. Zeros are one at its beginning. Thread: one at
 * a time. */
#pragma once

#include "wire/http-head.h"

typedef struct {
  enum {
    WEIR_CHUNKED_SIZE,      /* before or in the digits */
    WEIR_CHUNKED_SIZE_LF,   /* after CR */
    WEIR_CHUNKED_DATA,      /* in the chunk */
    WEIR_CHUNKED_DATA_CR,   /* after the chunk */
    WEIR_CHUNKED_DATA_LF,   /* after CR */
    WEIR_CHUNKED_END_CR,    /* after the last chunk */
    WEIR_CHUNKED_END_LF,    /* after CR */
    WEIR_CHUNKED_IS_AT_END, /* nothing more is of this body */
  } state;
  unsigned n_digits;
  uint64_t left; /* of the chunk */
} WeirHttpChunked;

/* Takes @ret_used of @size bytes, which say that the @ret_size bytes at @ret_data (transfer none):
 * in @bytes, are the next of the body: none or some, call it again until it used nothing. Returns:
 * WEIR_HTTP_DONE when the body has ended. */
WeirHttpResult weir_http_chunked_next (WeirHttpChunked *chunked, const char *bytes, size_t size,
                                       size_t *ret_used, const char **ret_data, size_t *ret_size);
