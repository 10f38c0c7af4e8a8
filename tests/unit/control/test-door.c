#include "control/door.h"

#include <pwd.h>
#include <string.h>
#include <unistd.h>
#include <weir/error.h>

#include "base/limits.h"
#include "base/secret.h"
#include "support/directory.h"

typedef struct {
  char *directory;
  WeirClock *clock;
  WeirTokenStore *store;
  WeirDoor *door;
  char *text; /* of a token */
  int64_t wait;
} Fixture;

static const WeirPeer network = { .address = "192.0.2.7" };
static const WeirPeer neighbour = { .address = "192.0.2.8" };

static void
set_up (Fixture *fixture, gconstpointer data)
{
  WeirToken token = { .name = (char *)"night",
                      .role = WEIR_ROLE_VIEWER,
                      .creator = (char *)"maria" };

  fixture->directory = directory_in_memory ("weir-door-XXXXXX");
  fixture->clock = weir_clock_new_fake (1);
  fixture->store = weir_token_store_open (fixture->directory, fixture->clock, NULL);
  fixture->text = weir_token_store_add (fixture->store, &token, NULL);
  fixture->door = weir_door_new (fixture->store, NULL, fixture->clock);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  static const char *const names[] = { "tokens.json", "tokens.lock" };

  weir_door_free (fixture->door);
  weir_token_store_free (fixture->store);
  weir_clock_free_fake (fixture->clock);
  weir_secret_free (fixture->text);
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = g_build_filename (fixture->directory, names[i], NULL);

    g_unlink (path);
  }
  g_rmdir (fixture->directory);
  g_free (fixture->directory);
}

/* "admin root (uid 0)", or the message. */
static void
check (Fixture *fixture, const WeirPeer *peer, const char *authorization, const char *forwarded,
       const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WeirIdentity) identity =
      weir_door_identify (fixture->door, peer, authorization, forwarded, &fixture->wait, &error);
  g_autofree char *text =
      identity != NULL
          ? g_strdup_printf ("%s %s", weir_role_get_text (identity->role), identity->name)
          : g_strdup (error->message);

  g_assert_cmpstr (text, ==, expected);
  g_assert_true (identity != NULL || g_error_matches (error, WEIR_ERROR, WEIR_ERROR_PERMISSION) ||
                 g_error_matches (error, WEIR_ERROR, WEIR_ERROR_INVALID));
}

static void
test_users (Fixture *fixture, gconstpointer data)
{
  const WeirPeer root = { .is_unix = true };
  const WeirPeer own = { .is_unix = true, .uid = geteuid (), .gid = 7 };
  const WeirPeer other = { .is_unix = true, .uid = 54321, .gid = 7 };
  const struct passwd *entry = getpwuid (geteuid ());
  g_autofree char *name = g_strdup_printf (
      "admin %s (uid %u)", entry != NULL ? entry->pw_name : "unknown", (unsigned)geteuid ());

  check (fixture, &root, NULL, NULL, "admin root (uid 0)");
  check (fixture, &own, NULL, NULL, name);
  check (fixture, &own, NULL, NULL, name);
  check (fixture, &other, NULL, NULL, "none unknown (uid 54321)");
  check (fixture, &network, NULL, NULL, "none 192.0.2.7");
}

static void
test_config (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GHashTable) users = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) groups = g_hash_table_new (g_str_hash, g_str_equal);
  const WeirServerConfig config = { .users = users, .groups = groups };
  const WeirPeer peer = { .is_unix = true, .uid = 1, .gid = 0 };
  const struct passwd *entry = getpwuid (1);

  if (entry == NULL || geteuid () == 1) {
    g_test_skip ("this machine has no other user with the number 1");
    return;
  }
  {
    g_autofree char *name = g_strdup (entry->pw_name);
    g_autofree char *none = g_strdup_printf ("none %s (uid 1)", name);
    g_autofree char *editor = g_strdup_printf ("editor %s (uid 1)", name);

    weir_door_set_config (fixture->door, &config);
    check (fixture, &peer, NULL, NULL, none);
    g_hash_table_insert (users, name, GINT_TO_POINTER (WEIR_ROLE_EDITOR));
    check (fixture, &peer, NULL, NULL, none);
    weir_door_set_config (fixture->door, &config);
    check (fixture, &peer, NULL, NULL, editor);
  }
}

static void
test_tokens (Fixture *fixture, gconstpointer data)
{
  const WeirPeer own = { .is_unix = true, .uid = geteuid () };
  g_autofree char *good = g_strconcat ("Bearer ", fixture->text, NULL);
  g_autofree char *lower = g_strconcat ("bearer ", fixture->text, NULL);

  check (fixture, &network, good, NULL, "viewer token night");
  check (fixture, &network, lower, NULL, "viewer token night");
  check (fixture, &own, good, NULL, "viewer token night");
  check (fixture, &network, fixture->text, NULL, "'Authorization: Bearer weir_...' is expected");
  check (fixture, &network, "Basic YTpi", NULL, "'Authorization: Bearer weir_...' is expected");
  check (fixture, &own, "Bearer x", NULL, "this token is not valid, or not any more");
  check (fixture, &own, "", NULL, "'Authorization: Bearer weir_...' is expected");
}

/* Ten wrong ones, then nobody from there is listened to for a minute: the right one neither, or it
 * could still be guessed. */
static void
test_guesses (Fixture *fixture, gconstpointer data)
{
  g_autofree char *good = g_strconcat ("Bearer ", fixture->text, NULL);

  for (unsigned i = 0; i < WEIR_LIMIT_GUESSES; i++) {
    check (fixture, &network, "Bearer weir_", NULL, "this token is not valid, or not any more");
    g_assert_cmpint (fixture->wait, ==, 0);
  }
  weir_clock_advance (fixture->clock, 500000);
  check (fixture, &network, good, NULL,
         "too many wrong tokens came from 192.0.2.7; try again in 60 s");
  g_assert_cmpint (fixture->wait, ==, 60);
  check (fixture, &neighbour, good, NULL, "viewer token night");
  check (fixture, &network, NULL, NULL, "none 192.0.2.7");
  weir_clock_advance (fixture->clock, 59500000);
  check (fixture, &network, good, NULL, "viewer token night");
}

/* One machine has as many IPv6 addresses as it likes, all of one network. */
static void
test_networks (Fixture *fixture, gconstpointer data)
{
  g_autofree char *good = g_strconcat ("Bearer ", fixture->text, NULL);

  for (unsigned i = 0; i < WEIR_LIMIT_GUESSES; i++) {
    WeirPeer peer = { .is_unix = false };

    g_snprintf (peer.address, sizeof peer.address, "2001:db8::%x", i + 1);
    check (fixture, &peer, "Bearer weir_", NULL, "this token is not valid, or not any more");
  }
  check (fixture, &(WeirPeer){ .address = "2001:db8::77" }, good, NULL,
         "too many wrong tokens came from 20010db800000000; try again in 61 s");
  check (fixture, &(WeirPeer){ .address = "2001:db8:1::77" }, good, NULL, "viewer token night");
}

static void
test_forwarded (Fixture *fixture, gconstpointer data)
{
  static const char message[] = "the header Weir-Identity is for a server in front of a flow host";
  const WeirPeer own = { .is_unix = true, .uid = geteuid () };
  const WeirPeer other = { .is_unix = true, .uid = 54321 };

  check (fixture, &own, NULL, "viewer * maria", message);
  check (fixture, &network, NULL, "viewer * maria", message);
  weir_door_believe_server (fixture->door);
  check (fixture, &own, NULL, "viewer * maria", "viewer maria");
  check (fixture, &own, NULL, "viewer",
         "header Weir-Identity: role, flows and name are expected, as a server sends them");
  check (fixture, &other, NULL, "viewer * maria", message);
  check (fixture, &network, NULL, "viewer * maria", message);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/control/door/users", Fixture, NULL, set_up, test_users, tear_down);
  g_test_add ("/control/door/config", Fixture, NULL, set_up, test_config, tear_down);
  g_test_add ("/control/door/tokens", Fixture, NULL, set_up, test_tokens, tear_down);
  g_test_add ("/control/door/guesses", Fixture, NULL, set_up, test_guesses, tear_down);
  g_test_add ("/control/door/networks", Fixture, NULL, set_up, test_networks, tear_down);
  g_test_add ("/control/door/forwarded", Fixture, NULL, set_up, test_forwarded, tear_down);
  return g_test_run ();
}
