#include "client/events.h"

#include <string.h>
#include <weir/error.h>

static bool
write_event (void *data, const WeirHeard *event, GError **error)
{
  GString *heard = data;

  g_string_append_printf (heard, "[%s|%s|%.*s]", event->id, event->name, (int)event->size,
                          event->data);
  return strcmp (event->name, "stop") != 0;
}

/* In steps of each size, so that every cut is tried. */
static void
check (const char *text, const char *expected, bool is_open)
{
  for (size_t step = 1; step <= strlen (text); step++) {
    g_autoptr (GString) heard = g_string_new (NULL);
    g_autoptr (WeirEvents) events = weir_events_new (write_event, heard);
    bool goes_on = true;

    for (size_t at = 0; at < strlen (text) && goes_on; at += step)
      goes_on = weir_events_feed (events, text + at, MIN (step, strlen (text) - at), NULL);
    g_test_message ("%s in steps of %zu", text, step);
    g_assert_cmpstr (heard->str, ==, expected);
    g_assert_true (goes_on == is_open);
  }
}

static void
test_format (void)
{
  check ("data: one\n\ndata:two\n\n", "[|message|one][|message|two]", true);
  check ("id: 7\nevent: edit\ndata: a\ndata: b\n\n", "[7|edit|a\nb]", true);
  check ("id: 7\ndata: a\n\nevent: x\ndata: b\n\n", "[7|message|a][7|x|b]", true);
  check (": nothing\n\n:\n\ndata: a\n\n", "[|message|a]", true);
  check ("event: lost\n\ndata: a\n\n", "[|message|a]", true);
  check ("data: a\r\ndata: b\r\n\r\n", "[|message|a\nb]", true);
  check ("data: a\r\rdata\r\r", "[|message|a][|message|]", true);
  check ("retry: 5\nunknown: x\ndata: {\"a\": \"b: c\"}\n\n", "[|message|{\"a\": \"b: c\"}]", true);
  check ("data: not ended\n", "", true);
  check ("event: stop\ndata: a\n\ndata: b\n\n", "[|stop|a]", false);
}

static void
test_cut (void)
{
  g_autoptr (GString) heard = g_string_new (NULL);
  g_autoptr (WeirEvents) events = weir_events_new (write_event, heard);
  static const char first[] = "id: 1\ndata: a\n\nid: 2\ndata: half",
                    second[] = "id: 3\ndata: c\n\n";

  weir_events_feed (events, first, strlen (first), NULL);
  g_assert_cmpstr (weir_events_get_last_id (events), ==, "2");
  weir_events_cut (events);
  weir_events_feed (events, second, strlen (second), NULL);
  g_assert_cmpstr (heard->str, ==, "[1|message|a][3|message|c]");
}

static void
test_limit (void)
{
  g_autoptr (GString) heard = g_string_new (NULL);
  g_autoptr (WeirEvents) events = weir_events_new (write_event, heard);
  g_autofree char *piece = g_strnfill (1024 * 1024, 'x');
  g_autoptr (GError) error = NULL;
  unsigned n = 0;

  while (n < 100 && weir_events_feed (events, piece, 1024 * 1024, &error))
    n++;
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_LIMIT);
  g_assert_cmpuint (n, ==, 64);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/events/format", test_format);
  g_test_add_func ("/events/cut", test_cut);
  g_test_add_func ("/events/limit", test_limit);
  return g_test_run ();
}
