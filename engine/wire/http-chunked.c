/* http-chunked.c: one byte at a time between chunks, and chunks as a whole. */
#include "wire/http-chunked.h"

#include <glib.h>

static bool
take_digit (WeirHttpChunked *chunked, char c)
{
  int digit = g_ascii_xdigit_value (c);

  if (digit < 0 || ++chunked->n_digits > WEIR_LIMIT_HTTP_CHUNK_DIGITS)
    return false;
  chunked->left = chunked->left * 16 + digit;
  return true;
}

static bool
expect (WeirHttpChunked *chunked, char c, char expected, int next)
{
  chunked->state = next;
  return c == expected;
}

/* One byte that is not data. Returns: false when it may not be there. */
static bool
take_byte (WeirHttpChunked *chunked, char c)
{
  switch (chunked->state) {
  case WEIR_CHUNKED_SIZE:
    if (c != '\r' || chunked->n_digits == 0)
      return take_digit (chunked, c);
    chunked->state = WEIR_CHUNKED_SIZE_LF;
    return true;
  case WEIR_CHUNKED_SIZE_LF:
    return expect (chunked, c, '\n', chunked->left > 0 ? WEIR_CHUNKED_DATA : WEIR_CHUNKED_END_CR);
  case WEIR_CHUNKED_DATA_CR:
    return expect (chunked, c, '\r', WEIR_CHUNKED_DATA_LF);
  case WEIR_CHUNKED_DATA_LF:
    chunked->n_digits = 0;
    return expect (chunked, c, '\n', WEIR_CHUNKED_SIZE);
  case WEIR_CHUNKED_END_CR:
    return expect (chunked, c, '\r', WEIR_CHUNKED_END_LF);
  case WEIR_CHUNKED_END_LF:
    return expect (chunked, c, '\n', WEIR_CHUNKED_IS_AT_END);
  default:
    g_assert_not_reached ();
  }
}

WeirHttpResult
weir_http_chunked_next (WeirHttpChunked *chunked, const char *bytes, size_t size, size_t *ret_used,
                        const char **ret_data, size_t *ret_size)
{
  size_t used = 0, n_data = 0;

  while (used < size && chunked->state != WEIR_CHUNKED_IS_AT_END && n_data == 0) {
    if (chunked->state == WEIR_CHUNKED_DATA) {
      n_data = MIN (chunked->left, size - used);
      *ret_data = bytes + used;
      used += n_data;
      chunked->left -= n_data;
      if (chunked->left == 0)
        chunked->state = WEIR_CHUNKED_DATA_CR;
    } else if (!take_byte (chunked, bytes[used++])) {
      return WEIR_HTTP_BAD;
    }
  }
  *ret_used = used;
  *ret_size = n_data;
  return chunked->state == WEIR_CHUNKED_IS_AT_END ? WEIR_HTTP_DONE : WEIR_HTTP_MORE;
}
