/* test-log.c: appending, waiting, and what there is afterwards. */
#include "log-fixture.h"

static void
test_round_trip (void)
{
  g_autoptr (LogFixture) self = log_fixture_new (WEIR_DURABILITY_POWER);
  g_autoptr (GError) error = NULL;
  uint64_t last = 0;

  log_fixture_open (self);
  for (unsigned i = 0; i < 1000; i++) {
    uint64_t ticket = log_fixture_append (self, i % 300);

    g_assert_cmpuint (ticket, >, last);
    last = ticket;
    g_assert_cmpuint (weir_log_get_appended (self->log), ==, ticket);
    if (i % 10 == 0) {
      g_assert_true (weir_log_wait (self->log, ticket, &error));
      g_assert_cmpuint (weir_log_get_durable (self->log), >=, ticket);
    }
  }
  log_fixture_close (self);
  log_fixture_read (self, 1000);
}

static void
test_runs (void)
{
  g_autoptr (LogFixture) self = log_fixture_new (WEIR_DURABILITY_POWER);

  for (unsigned run = 0; run < 5; run++) {
    log_fixture_read (self, run * 20);
    log_fixture_open (self);
    for (unsigned i = 0; i < 20; i++)
      log_fixture_append (self, 100);
    log_fixture_close (self);
  }
  log_fixture_read (self, 100);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/log/round-trip", test_round_trip);
  g_test_add_func ("/log/runs", test_runs);
  return g_test_run ();
}
