#include "wire/http-head.h"

#include <glib.h>
#include <string.h>

typedef struct {
  const char *name;
  const char *head; /* without what every head ends with */
  int status;       /* 0: it is right */
} Row;

/* What front ends and servers have been known to read differently, and plain mistakes. */
static const Row rows[] = {
  { "plain", "GET /v1 HTTP/1.1\r\nHost: localhost", 0 },
  { "empty value", "GET / HTTP/1.1\r\nHost: a\r\nX:", 0 },
  { "blanks around the value", "GET / HTTP/1.1\r\nHost: \t a \t", 0 },
  { "length", "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 12", 0 },
  { "chunked", "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked", 0 },
  { "own host in the address", "GET http://A:80/x HTTP/1.1\r\nHost: a:80", 0 },
  { "percent", "GET /a%2Fb?c=%20 HTTP/1.1\r\nHost: a", 0 },

  { "length and chunked",
    "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked", 400 },
  { "two lengths", "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4", 400 },
  { "two lengths alike", "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\ncontent-length: 3",
    400 },
  { "list of lengths", "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 3, 3", 400 },
  { "length with a sign", "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: +3", 400 },
  { "negative length", "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: -3", 400 },
  { "hexadecimal length", "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x3", 400 },
  { "length beyond 64 bits", "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 18446744073709551619",
    400 },
  { "empty length", "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length:", 400 },
  { "chunked twice",
    "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked", 400 },
  { "chunked and more", "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked", 501 },
  { "identity", "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity", 501 },
  { "almost chunked", "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked", 501 },
  { "vertical tab before chunked", "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \013chunked",
    400 },
  { "quoted chunked", "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \"chunked\"", 501 },
  { "blank before the colon", "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length : 3", 400 },
  { "header on two lines", "PUT / HTTP/1.1\r\nHost: a\r\nX: a\r\n b", 400 },
  { "blank before the first header", "GET / HTTP/1.1\r\n Host: a", 400 },
  { "LF alone", "GET / HTTP/1.1\r\nHost: a\nX: b", 400 },
  { "LF alone after the first line", "GET / HTTP/1.1\nHost: a", 400 },
  { "CR alone", "GET / HTTP/1.1\r\nHost: a\rX: b", 400 },
  { "CR CR LF", "GET / HTTP/1.1\r\nHost: a\r\r\nX: b", 400 },
  { "control character", "GET / HTTP/1.1\r\nHost: a\r\nX: \001", 400 },
  { "DEL", "GET / HTTP/1.1\r\nHost: a\r\nX: \177", 400 },
  { "not ASCII", "GET / HTTP/1.1\r\nHost: a\r\nX: \303\244", 400 },
  { "name that is not ASCII", "GET / HTTP/1.1\r\nHost: a\r\n\303\244: x", 400 },
  { "no colon", "GET / HTTP/1.1\r\nHost: a\r\nX", 400 },
  { "no name", "GET / HTTP/1.1\r\nHost: a\r\n: x", 400 },
  { "no host", "GET / HTTP/1.1\r\nX: a", 400 },
  { "two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: a", 400 },
  { "empty host", "GET / HTTP/1.1\r\nHost:", 400 },
  { "host with a path", "GET / HTTP/1.1\r\nHost: a/b", 400 },
  { "host with a user", "GET / HTTP/1.1\r\nHost: a@b", 400 },
  { "another host in the address", "GET http://b/ HTTP/1.1\r\nHost: a", 400 },
  { "address without path", "GET http://a HTTP/1.1\r\nHost: a", 400 },
  { "asterisk", "OPTIONS * HTTP/1.1\r\nHost: a", 400 },
  { "authority", "CONNECT a:80 HTTP/1.1\r\nHost: a:80", 400 },
  { "fragment", "GET /#x HTTP/1.1\r\nHost: a", 400 },
  { "half a percent", "GET /%2 HTTP/1.1\r\nHost: a", 400 },
  { "brace in the address", "GET /{ HTTP/1.1\r\nHost: a", 400 },
  { "backslash in the address", "GET /\\.. HTTP/1.1\r\nHost: a", 400 },
  { "two blanks", "GET  / HTTP/1.1\r\nHost: a", 400 },
  { "tab", "GET\t/ HTTP/1.1\r\nHost: a", 400 },
  { "blank behind the version", "GET / HTTP/1.1 \r\nHost: a", 400 },
  { "no version", "GET /\r\nHost: a", 400 },
  { "small letters in the verb", "get / HTTP/1.1\r\nHost: a", 400 },
  { "empty line first", "\r\nGET / HTTP/1.1\r\nHost: a", 400 },
  { "HTTP/1.0", "GET / HTTP/1.0\r\nHost: a", 505 },
  { "HTTP/2", "PRI * HTTP/2.0\r\nHost: a", 505 },
  { "HTTP/1.10", "GET / HTTP/1.10\r\nHost: a", 505 },
  { "another expectation", "PUT / HTTP/1.1\r\nHost: a\r\nExpect: 200-ok", 417 },
  { "two tokens", "GET / HTTP/1.1\r\nHost: a\r\nAuthorization: x\r\nAuthorization: y", 400 },
  { "two origins", "GET / HTTP/1.1\r\nHost: a\r\nOrigin: x\r\nOrigin: y", 400 },
  { "two identities", "GET / HTTP/1.1\r\nHost: a\r\nWeir-Identity: x\r\nWeir-Identity: y", 400 },
};

/* As it would come, a byte at a time. Returns: 0, or the status with which it is refused. */
static int
read_slowly (const char *bytes, size_t size, WeirHttpHead *ret_head)
{
  WeirHttpResult result = WEIR_HTTP_MORE;
  WeirHttpFault fault = { 0 };
  size_t scanned = 0;

  for (size_t n = 1; n <= size && result == WEIR_HTTP_MORE; n++) {
    g_autofree char *exact = g_memdup2 (bytes, n);

    result = weir_http_head_find (exact, n, &scanned, &fault);
  }
  g_assert_cmpint (result, !=, WEIR_HTTP_MORE);
  if (result == WEIR_HTTP_DONE) {
    g_autofree char *exact = g_memdup2 (bytes, scanned);

    if (weir_http_head_parse_request (exact, scanned, ret_head, &fault))
      return 0;
  }
  g_assert_nonnull (fault.message);
  return fault.status;
}

static int
read_at_once (const char *bytes, size_t size, WeirHttpHead *ret_head)
{
  WeirHttpFault fault = { 0 };
  size_t scanned = 0;
  WeirHttpResult result = weir_http_head_find (bytes, size, &scanned, &fault);

  g_assert_cmpint (result, !=, WEIR_HTTP_MORE);
  if (result == WEIR_HTTP_DONE && weir_http_head_parse_request (bytes, scanned, ret_head, &fault))
    return 0;
  return fault.status;
}

static void
test_table (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *text = g_strconcat (rows[i].head, "\r\n\r\n", NULL);
    WeirHttpHead head = { 0 }, again = { 0 };

    g_test_message ("%s", rows[i].name);
    g_assert_cmpint (read_slowly (text, strlen (text), &head), ==, rows[i].status);
    g_assert_cmpint (read_at_once (text, strlen (text), &again), ==, rows[i].status);
    weir_http_head_clear (&head);
    weir_http_head_clear (&again);
  }
}

static void
test_nul (void)
{
  static const char text[] = "GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n";
  WeirHttpHead head;

  g_assert_cmpint (read_slowly (text, sizeof text - 1, &head), ==, 400);
}

static void
test_parts (void)
{
  static const char text[] = "DELETE /a/b%20c?d=e&f HTTP/1.1\r\nHost: a:1\r\nX-One:  two words \r\n"
                             "Connection: Keep-Alive, close\r\nExpect: 100-Continue\r\n"
                             "Content-Length: 007\r\n\r\nBODY";
  WeirHttpHead head;

  g_assert_cmpint (read_slowly (text, sizeof text - 1, &head), ==, 0);
  g_assert_cmpstr (weir_http_head_at (&head, head.verb), ==, "DELETE");
  g_assert_cmpstr (weir_http_head_at (&head, head.path), ==, "/a/b%20c");
  g_assert_cmpstr (weir_http_head_at (&head, head.query), ==, "d=e&f");
  g_assert_cmpstr (weir_http_head_at (&head, head.host), ==, "a:1");
  g_assert_cmpstr (weir_http_head_get (&head, "x-oNE"), ==, "two words");
  g_assert_null (weir_http_head_get (&head, "X-Two"));
  g_assert_cmpint (head.length, ==, 7);
  g_assert_false (head.keeps_alive);
  g_assert_true (head.expects_continue);
  g_assert_false (head.is_chunked);
  weir_http_head_clear (&head);
}

static void
test_address_as_for_a_proxy (void)
{
  static const char text[] = "GET https://box:8443/x/y?z HTTP/1.1\r\nHost: BOX:8443\r\n\r\n";
  WeirHttpHead head;

  g_assert_cmpint (read_slowly (text, sizeof text - 1, &head), ==, 0);
  g_assert_cmpstr (weir_http_head_at (&head, head.path), ==, "/x/y");
  g_assert_cmpstr (weir_http_head_at (&head, head.query), ==, "z");
  g_assert_cmpint (head.length, ==, -1);
  g_assert_true (head.keeps_alive);
  weir_http_head_clear (&head);
}

static void
test_limits (void)
{
  g_autoptr (GString) text = g_string_new ("GET / HTTP/1.1\r\nHost: a\r\n");
  g_autofree char *as = g_strnfill (WEIR_LIMIT_HTTP_HEAD, 'a');
  g_autofree char *long_target = g_strdup_printf ("GET /%s HTTP/1.1\r\nHost: a\r\n\r\n", as);
  g_autofree char *target =
      g_strdup_printf ("GET /%.*s HTTP/1.1\r\nHost: a\r\n\r\n", (int)WEIR_LIMIT_HTTP_TARGET, as);
  g_autofree char *header = g_strdup_printf ("GET / HTTP/1.1\r\nHost: a\r\nX: %s\r\n\r\n", as);
  WeirHttpHead head;

  g_assert_cmpint (read_slowly (long_target, strlen (long_target), &head), ==, 414);
  g_assert_cmpint (read_at_once (long_target, strlen (long_target), &head), ==, 414);
  g_assert_cmpint (read_slowly (target, strlen (target), &head), ==, 414);
  g_assert_cmpint (read_slowly (header, strlen (header), &head), ==, 431);
  for (unsigned i = 1; i < WEIR_LIMIT_HTTP_HEADERS; i++)
    g_string_append_printf (text, "X%u: y\r\n", i);
  g_string_append (text, "\r\n");
  g_assert_cmpint (read_slowly (text->str, text->len, &head), ==, 0);
  weir_http_head_clear (&head);
  g_string_insert (text, text->len - 2, "One: more\r\n");
  g_assert_cmpint (read_slowly (text->str, text->len, &head), ==, 431);
}

static int
read_answer (const char *text, WeirHttpHead *ret_head)
{
  WeirHttpFault fault = { 0 };
  size_t scanned = 0;

  g_assert_cmpint (weir_http_head_find (text, strlen (text), &scanned, &fault), ==, WEIR_HTTP_DONE);
  return weir_http_head_parse_answer (text, scanned, ret_head, &fault) ? 0 : fault.status;
}

static void
test_answers (void)
{
  WeirHttpHead head;

  g_assert_cmpint (read_answer ("HTTP/1.1 404 Not Found\r\nContent-Length: 3\r\n\r\n", &head), ==,
                   0);
  g_assert_cmpint (head.status, ==, 404);
  g_assert_cmpint (head.length, ==, 3);
  weir_http_head_clear (&head);
  g_assert_cmpint (read_answer ("HTTP/1.1 200\r\n\r\n", &head), ==, 0);
  weir_http_head_clear (&head);
  g_assert_cmpint (read_answer ("HTTP/1.0 200 OK\r\n\r\n", &head), ==, 502);
  g_assert_cmpint (read_answer ("HTTP/1.1 2000 OK\r\n\r\n", &head), ==, 502);
  g_assert_cmpint (read_answer ("HTTP/1.1 099 OK\r\n\r\n", &head), ==, 502);
  g_assert_cmpint (read_answer ("HTTP/1.1 200X\r\n\r\n", &head), ==, 502);
  g_assert_cmpint (read_answer ("SSH-2.0-OpenSSH\r\n\r\n", &head), ==, 502);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/http-head/table", test_table);
  g_test_add_func ("/http-head/nul", test_nul);
  g_test_add_func ("/http-head/parts", test_parts);
  g_test_add_func ("/http-head/address-as-for-a-proxy", test_address_as_for_a_proxy);
  g_test_add_func ("/http-head/limits", test_limits);
  g_test_add_func ("/http-head/answers", test_answers);
  return g_test_run ();
}
