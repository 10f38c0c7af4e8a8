/* fuzz-http.c: any bytes are refused or are one request; what was read says the same when it is
 * written and read again, and does not depend on how the bytes came. */
#include "wire/http-chunked.h"
#include "wire/http-head.h"

#include <glib.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static WeirHttpResult
find (const char *bytes, size_t size, size_t step, size_t *ret_scanned)
{
  WeirHttpResult result = WEIR_HTTP_MORE;
  WeirHttpFault fault;

  *ret_scanned = 0;
  for (size_t n = 0; result == WEIR_HTTP_MORE && n < size;) {
    n = MIN (size, n + step);
    result = weir_http_head_find (bytes, n, ret_scanned, &fault);
  }
  return result;
}

static char *
write_head (const WeirHttpHead *head)
{
  GString *text = g_string_new (weir_http_head_at (head, head->verb));

  g_string_append_printf (text, " %s?%s HTTP/1.1\r\n", weir_http_head_at (head, head->path),
                          weir_http_head_at (head, head->query));
  for (unsigned i = 0; i < head->n_headers; i++)
    g_string_append_printf (text, "%s: %s\r\n", weir_http_head_at (head, head->headers[i].name),
                            weir_http_head_at (head, head->headers[i].value));
  g_string_append (text, "\r\n");
  return g_string_free (text, FALSE);
}

/* Were it read otherwise the second time, a request could say one thing here and another thing to
 * whom it is passed on. */
static void
check_again (const WeirHttpHead *head)
{
  g_autofree char *text = write_head (head);
  WeirHttpFault fault = { 0 };
  WeirHttpHead again;
  size_t scanned = 0;

  if (strlen (text) >= WEIR_LIMIT_HTTP_HEAD)
    return;
  g_assert_cmpint (weir_http_head_find (text, strlen (text), &scanned, &fault), ==, WEIR_HTTP_DONE);
  g_assert_cmpuint (scanned, ==, strlen (text));
  g_assert_true (weir_http_head_parse_request (text, scanned, &again, &fault));
  g_assert_cmpint (again.length, ==, head->length);
  g_assert_true (again.is_chunked == head->is_chunked && again.keeps_alive == head->keeps_alive);
  g_assert_cmpuint (again.n_headers, ==, head->n_headers);
  weir_http_head_clear (&again);
}

static size_t
decode (const char *bytes, size_t size, size_t step, WeirHttpResult *ret_result)
{
  WeirHttpChunked chunked = { 0 };
  size_t at = 0, end = 0, sum = 0, used, n;
  const char *piece;

  *ret_result = WEIR_HTTP_MORE;
  while (*ret_result == WEIR_HTTP_MORE && (at < end || end < size)) {
    end = at == end ? MIN (size, end + step) : end;
    *ret_result = weir_http_chunked_next (&chunked, bytes + at, end - at, &used, &piece, &n);
    if (*ret_result == WEIR_HTTP_BAD)
      return 0;
    at += used;
    for (size_t i = 0; i < n; i++)
      sum = sum * 31 + (unsigned char)piece[i];
  }
  return sum;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const char *bytes = (const char *)data;
  WeirHttpResult at_once, slowly;
  size_t scanned, scanned_slowly;
  WeirHttpFault fault = { 0 };
  WeirHttpHead head;

  at_once = find (bytes, size, size, &scanned);
  slowly = find (bytes, size, 1, &scanned_slowly);
  g_assert_true (at_once == slowly);
  if (at_once == WEIR_HTTP_DONE) {
    g_assert_cmpuint (scanned, ==, scanned_slowly);
    if (weir_http_head_parse_request (bytes, scanned, &head, &fault)) {
      check_again (&head);
      weir_http_head_clear (&head);
    } else if (weir_http_head_parse_answer (bytes, scanned, &head, &fault)) {
      weir_http_head_clear (&head);
    }
  }
  g_assert_cmpuint (decode (bytes, size, MAX (size, 1), &at_once), ==,
                    decode (bytes, size, 1, &slowly));
  g_assert_true (at_once == slowly);
  return 0;
}
