#include "wire/http-chunked.h"

#include <glib.h>
#include <string.h>

/* @step bytes at a time. Returns: (transfer full): the body; NULL: it is bad or has not ended. */
static char *
decode (const char *text, size_t step, size_t *ret_rest)
{
  g_autoptr (GString) body = g_string_new (NULL);
  WeirHttpChunked chunked = { 0 };
  WeirHttpResult result = WEIR_HTTP_MORE;
  size_t size = strlen (text), at = 0, end = 0;

  while (result == WEIR_HTTP_MORE && (at < end || end < size)) {
    size_t used, n;
    const char *data;

    end = at == end ? MIN (size, end + step) : end;
    result = weir_http_chunked_next (&chunked, text + at, end - at, &used, &data, &n);
    if (result == WEIR_HTTP_BAD)
      return NULL;
    g_string_append_len (body, data, n);
    at += used;
  }
  *ret_rest = size - at;
  return result == WEIR_HTTP_DONE ? g_string_free (g_steal_pointer (&body), FALSE) : NULL;
}

static void
check (const char *text, const char *expected)
{
  size_t rest = 0;

  for (size_t step = 1; step <= strlen (text); step++) {
    g_autofree char *body = decode (text, step, &rest);

    g_test_message ("%s in steps of %zu", text, step);
    g_assert_cmpstr (body, ==, expected);
    if (expected != NULL)
      g_assert_cmpuint (rest, ==, strlen ("NEXT"));
  }
}

static void
test_good (void)
{
  check ("0\r\n\r\nNEXT", "");
  check ("5\r\nhello\r\n0\r\n\r\nNEXT", "hello");
  check ("5\r\nhello\r\n0A\r\n, 2 worlds\r\n000\r\n\r\nNEXT", "hello, 2 worlds");
  check ("3\r\n\r\n0\r\n0\r\n\r\nNEXT", "\r\n0");
}

static void
test_bad (void)
{
  check ("\r\n\r\n", NULL);
  check ("5\nhello\n0\n\n", NULL);
  check ("5\r\nhello0\r\n\r\n", NULL);
  check ("5\r\nhello\n0\r\n\r\n", NULL);
  check ("5\r\nhello\r\n0\r\nTrailer: x\r\n\r\n", NULL);
  check ("5;ext=1\r\nhello\r\n0\r\n\r\n", NULL);
  check ("5 \r\nhello\r\n0\r\n\r\n", NULL);
  check ("0x5\r\nhello\r\n0\r\n\r\n", NULL);
  check ("-5\r\nhello\r\n0\r\n\r\n", NULL);
  check ("000000005\r\nhello\r\n0\r\n\r\n", NULL);
  check ("FFFFFFFFFFFFFFFF\r\nhello", NULL);
  check ("5\r\rhello\r\n0\r\n\r\n", NULL);
  check ("0\r\n\rX", NULL);
}

static void
test_not_all (void)
{
  check ("5\r\nhel", NULL);
  check ("5\r\nhello\r\n", NULL);
  check ("5\r\nhello\r\n0\r\n\r", NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/http-chunked/good", test_good);
  g_test_add_func ("/http-chunked/bad", test_bad);
  g_test_add_func ("/http-chunked/not-all", test_not_all);
  return g_test_run ();
}
