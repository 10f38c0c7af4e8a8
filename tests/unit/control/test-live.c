/* Tests engine/control/live.c: what each of those who listen gets, whatever the others do. */
#include "control/live.h"

#include "base/limits.h"

#include <string.h>

/* One who listens: takes what comes at once, or when it is told to, or has gone. */
typedef struct {
  GString *got;
  size_t backlog;
  bool is_slow;
  bool is_gone;
  unsigned n_writes;
  unsigned n_ends;
} Client;

static bool
on_write (void *data, const void *bytes, size_t size)
{
  Client *client = data;

  if (client->is_gone)
    return false;
  g_string_append_len (client->got, bytes, (gssize)size);
  client->n_writes++;
  if (client->is_slow)
    client->backlog += size;
  return true;
}

static size_t
on_get_backlog (void *data)
{
  Client *client = data;

  return client->backlog;
}

static void
on_end (void *data)
{
  Client *client = data;

  client->n_ends++;
}

static void
listen (WeirLive *live, Client *client, const char *last_id)
{
  const WeirLiveSink sink = { on_write, on_get_backlog, on_end, client };

  client->got = g_string_new (NULL);
  weir_live_add (live, &sink, last_id);
}

static void
client_clear (Client *client)
{
  g_string_free (client->got, TRUE);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Client, client_clear)

static bool
has (Client *client, const char *text)
{
  return strstr (client->got->str, text) != NULL;
}

typedef struct {
  WeirLive *live;
  WeirRoster *roster;
  int64_t now;
  uint64_t n;
} Setup;

static void
setup_init (Setup *setup)
{
  setup->live = weir_live_new (42);
  setup->roster = weir_roster_new_empty (1);
  setup->roster->subjects[0].path = g_strdup ("");
  setup->roster->subjects[0].name = g_strdup ("flow");
  setup->roster->subjects[0].part = "flow";
}

static void
setup_clear (Setup *setup)
{
  weir_live_free (setup->live);
  weir_roster_unref (setup->roster);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Setup, setup_clear)

/* A tenth of a second later, after @n more tasks. */
static size_t
tick (Setup *setup, uint64_t n)
{
  g_autoptr (WeirReading) reading = NULL;

  setup->now += 100000;
  setup->n += n;
  reading = weir_reading_new_empty (setup->roster, setup->now, setup->now);
  reading->subjects[0].values[WEIR_FLOW_TASKS] = setup->n;
  return weir_live_send (setup->live, reading);
}

static void
test_follow (void)
{
  g_auto (Client) one = { 0 };
  g_auto (Setup) setup = { 0 };

  setup_init (&setup);
  g_assert_cmpuint (tick (&setup, 1), ==, 0); /* nobody listens */
  listen (setup.live, &one, NULL);
  g_assert_cmpuint (weir_live_count (setup.live), ==, 1);
  weir_live_tell (setup.live, "bulletin", "{\"id\":1}");
  tick (&setup, 1);
  g_assert_true (g_str_has_prefix (one.got->str, "event: snapshot\ndata: {"));
  g_assert_true (has (&one, "id: 42-0\nevent: place\ndata: {\"missed\":false}\n\n"));
  g_assert_true (
      g_str_has_suffix (one.got->str, "id: 42-1\nevent: bulletin\ndata: {\"id\":1}\n\n"));
  g_string_truncate (one.got, 0);
  tick (&setup, 5);
  g_assert_true (g_str_has_prefix (one.got->str, "event: figures\ndata: {"));
  g_assert_true (has (&one, "\"rows\":[[0,1,7]]"));
  g_string_truncate (one.got, 0);
  tick (&setup, 0);
  g_assert_cmpstr (one.got->str, ==, "");
}

/* What is written is the same bytes for all who are at the same place. */
static void
test_many (void)
{
  Client clients[20] = { 0 };
  g_auto (Setup) setup = { 0 };

  setup_init (&setup);
  for (unsigned i = 0; i < 20; i++)
    listen (setup.live, &clients[i], NULL);
  for (unsigned i = 0; i < 5; i++)
    tick (&setup, 1);
  for (unsigned i = 0; i < 20; i++)
    g_assert_cmpstr (clients[i].got->str, ==, clients[0].got->str);
  for (unsigned i = 0; i < 20; i++)
    client_clear (&clients[i]);
}

static void
test_slow (void)
{
  g_auto (Client) quick = { 0 };
  g_auto (Client) slow = { .is_slow = true };
  g_auto (Setup) setup = { 0 };

  setup_init (&setup);
  listen (setup.live, &quick, NULL);
  listen (setup.live, &slow, NULL);
  tick (&setup, 0);
  g_string_truncate (slow.got, 0);
  for (unsigned i = 0; i < 50; i++) {
    tick (&setup, 1);
    weir_live_tell (setup.live, "bulletin", "{}");
  }
  g_assert_cmpstr (slow.got->str, ==, ""); /* it has not taken the first yet */
  g_assert_cmpuint (quick.n_writes, >, 90);
  slow.backlog = 0;
  slow.is_slow = false;
  tick (&setup, 1);
  g_assert_true (has (&slow, "\"rows\":[[0,1,51]]")); /* all of them at once */
  g_assert_true (has (&slow, "id: 42-1\n"));          /* and no event is missing */
  g_assert_true (has (&slow, "id: 42-50\n"));
  g_assert_false (has (&slow, "place"));
}

static void
test_gone (void)
{
  g_auto (Client) one = { 0 };
  g_auto (Client) gone = { 0 };
  g_auto (Setup) setup = { 0 };

  setup_init (&setup);
  listen (setup.live, &one, NULL);
  listen (setup.live, &gone, NULL);
  tick (&setup, 1);
  gone.is_gone = true;
  tick (&setup, 1);
  g_assert_cmpuint (gone.n_ends, ==, 1);
  g_assert_cmpuint (one.n_ends, ==, 0);
  g_assert_cmpuint (weir_live_count (setup.live), ==, 1);
  g_clear_pointer (&setup.live, weir_live_free);
  g_assert_cmpuint (one.n_ends, ==, 1);
}

static void
test_silence (void)
{
  g_auto (Client) one = { 0 };
  g_auto (Setup) setup = { 0 };

  setup_init (&setup);
  listen (setup.live, &one, NULL);
  tick (&setup, 1);
  g_string_truncate (one.got, 0);
  for (unsigned i = 0; i < 99; i++)
    tick (&setup, 0);
  g_assert_cmpstr (one.got->str, ==, "");
  tick (&setup, 0);
  g_assert_cmpstr (one.got->str, ==, ":\n\n");
}

/* Who comes again gets what it missed, and is told when that is no longer known. */
static void
test_again (void)
{
  g_auto (Client) again = { 0 };
  g_auto (Client) late = { 0 };
  g_auto (Client) stranger = { 0 };
  g_auto (Client) liar = { 0 };
  g_auto (Setup) setup = { 0 };

  setup_init (&setup);
  for (unsigned i = 0; i < WEIR_LIMIT_LIVE_EVENTS + 10; i++)
    weir_live_tell (setup.live, "bulletin", "{}");
  listen (setup.live, &again, "42-1008");
  listen (setup.live, &late, "42-9");
  listen (setup.live, &stranger, "41-1008");
  listen (setup.live, &liar, "42-18446744073709551615");
  tick (&setup, 0);
  g_assert_true (has (&again, "id: 42-1008\nevent: place\ndata: {\"missed\":false}"));
  g_assert_true (has (&again, "id: 42-1009\nevent: bulletin"));
  g_assert_true (has (&late, "id: 42-10\nevent: place\ndata: {\"missed\":true}"));
  g_assert_true (has (&late, "id: 42-11\nevent: bulletin"));
  g_assert_true (has (&stranger, "id: 42-1010\nevent: place\ndata: {\"missed\":true}"));
  g_assert_false (has (&stranger, "event: bulletin"));
  g_assert_true (has (&liar, "\"missed\":true"));
}

/* A server that ends: who listens is let go, and nobody comes any more. */
static void
test_close (void)
{
  g_auto (Client) one = { 0 };
  g_auto (Client) arrived = { 0 };
  g_auto (Client) late = { 0 };
  g_auto (Setup) setup = { 0 };

  setup_init (&setup);
  listen (setup.live, &one, NULL);
  tick (&setup, 1);
  listen (setup.live, &arrived, NULL);
  weir_live_close (setup.live);
  listen (setup.live, &late, NULL);
  g_assert_cmpuint (one.n_ends + arrived.n_ends + late.n_ends, ==, 3);
  g_assert_cmpuint (weir_live_count (setup.live), ==, 0);
  g_assert_cmpuint (tick (&setup, 1), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/live/follow", test_follow);
  g_test_add_func ("/live/many", test_many);
  g_test_add_func ("/live/slow", test_slow);
  g_test_add_func ("/live/gone", test_gone);
  g_test_add_func ("/live/silence", test_silence);
  g_test_add_func ("/live/again", test_again);
  g_test_add_func ("/live/close", test_close);
  return g_test_run ();
}
