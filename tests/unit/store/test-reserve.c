#include "store/reserve.h"

#include <weir/error.h>

#include "base/limits.h"
#include "scratch.h"
#include "support/failing-fs.h"

#define MIB ((uint64_t)1024 * 1024)

typedef struct {
  char *root;
  char *ballast;
  WeirClock *clock;
  FailingFs failing;
  WeirReserve *reserve;
  uint64_t n_free;
  uint64_t total;
  unsigned n_asked;
  int errnum;
} Fixture;

static int
get_space (void *data, uint64_t *ret_free, uint64_t *ret_total)
{
  Fixture *self = data;

  self->n_asked++;
  *ret_free = self->n_free;
  *ret_total = self->total;
  return self->errnum;
}

static void
open_reserve (Fixture *self, uint64_t bytes)
{
  g_autoptr (GError) error = NULL;

  self->reserve = weir_reserve_new (&(WeirReserveOptions){ .directory = self->root,
                                                           .bytes = bytes,
                                                           .clock = self->clock,
                                                           .fs = &self->failing.fs,
                                                           .get_space = get_space,
                                                           .data = self },
                                    &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture *self, const void *data)
{
  self->root = g_dir_make_tmp ("weir-reserve-XXXXXX", NULL);
  self->ballast = g_build_filename (self->root, "ballast", NULL);
  self->clock = weir_clock_new_fake (0);
  failing_fs_init (&self->failing, 0, 0, false);
  self->n_free = 500 * MIB;
  self->total = 10000 * MIB;
}

static void
tear_down (Fixture *self, const void *data)
{
  weir_reserve_free (self->reserve);
  weir_clock_free_fake (self->clock);
  scratch_remove (self->root);
  g_free (self->root);
  g_free (self->ballast);
}

static bool
is_low_at (Fixture *self, uint64_t n_free)
{
  self->n_free = n_free;
  weir_clock_advance (self->clock, 1000000);
  return weir_reserve_is_low (self->reserve);
}

static void
test_low_ends_later_than_it_begins (Fixture *self, const void *data)
{
  open_reserve (self, 100 * MIB);
  g_assert_false (is_low_at (self, 100 * MIB));
  g_assert_true (is_low_at (self, 100 * MIB - 1));
  g_assert_true (is_low_at (self, 150 * MIB - 1));
  g_assert_false (is_low_at (self, 150 * MIB));
  g_assert_false (is_low_at (self, 100 * MIB));
  g_assert_cmpuint (weir_reserve_get_free (self->reserve), ==, 100 * MIB);
}

static void
test_is_asked_seldom (Fixture *self, const void *data)
{
  open_reserve (self, 100 * MIB);
  g_assert_cmpuint (self->n_asked, ==, 1);
  for (unsigned i = 0; i < 100; i++)
    weir_reserve_is_low (self->reserve);
  g_assert_cmpuint (self->n_asked, ==, 1);

  weir_reserve_note (self->reserve, WEIR_LIMIT_RESERVE_STEP - 1);
  weir_reserve_is_low (self->reserve);
  g_assert_cmpuint (self->n_asked, ==, 1);
  weir_reserve_note (self->reserve, 1);
  self->n_free = 1;
  g_assert_true (weir_reserve_is_low (self->reserve));
  g_assert_true (weir_reserve_is_low (self->reserve));
  g_assert_cmpuint (self->n_asked, ==, 2);

  weir_clock_advance (self->clock, 999999);
  weir_reserve_is_low (self->reserve);
  g_assert_cmpuint (self->n_asked, ==, 2);
  weir_clock_advance (self->clock, 1);
  weir_reserve_is_low (self->reserve);
  g_assert_cmpuint (self->n_asked, ==, 3);
}

static void
test_is_a_share_of_a_small_disk (Fixture *self, const void *data)
{
  static const struct {
    uint64_t total, reserve;
  } cases[] = {
    { 10000 * MIB, 200 * MIB },
    { 51200 * MIB, 1024 * MIB },
    { 1000000 * MIB, 1024 * MIB },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    self->total = cases[i].total;
    self->n_free = cases[i].reserve - 1;
    open_reserve (self, 0);
    g_assert_true (weir_reserve_is_low (self->reserve));
    weir_reserve_free (self->reserve);
    self->n_free = cases[i].reserve;
    open_reserve (self, 0);
    g_assert_false (weir_reserve_is_low (self->reserve));
    g_clear_pointer (&self->reserve, weir_reserve_free);
  }
}

/* What cannot be found out stops nothing. */
static void
test_keeps_its_opinion_when_asking_fails (Fixture *self, const void *data)
{
  g_autoptr (GError) error = NULL;

  open_reserve (self, 100 * MIB);
  self->errnum = EIO;
  g_assert_false (is_low_at (self, 0));
  self->errnum = 0;
  g_assert_true (is_low_at (self, 0));
  self->errnum = EIO;
  g_assert_true (is_low_at (self, 500 * MIB));
  g_assert_false (weir_reserve_keep_ballast (self->reserve, WEIR_LIMIT_BALLAST, &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_IO);
}

static void
test_ballast_is_given_up_when_space_is_low (Fixture *self, const void *data)
{
  g_autoptr (GError) error = NULL;
  GStatBuf status;

  open_reserve (self, 100 * MIB);
  g_assert_true (weir_reserve_keep_ballast (self->reserve, WEIR_LIMIT_BALLAST, &error));
  g_assert_no_error (error);
  g_assert_cmpint (g_stat (self->ballast, &status), ==, 0);
  g_assert_cmpint (status.st_size, ==, WEIR_LIMIT_BALLAST);
  g_assert_cmpint (status.st_blocks * 512, >=, WEIR_LIMIT_BALLAST);

  g_assert_false (weir_reserve_give_up_ballast (self->reserve, &error));
  g_assert_no_error (error);
  self->n_free = 50 * MIB;
  g_assert_true (weir_reserve_give_up_ballast (self->reserve, &error));
  g_assert_cmpint (g_stat (self->ballast, &status), <, 0);
  g_assert_false (weir_reserve_give_up_ballast (self->reserve, &error));

  /* It comes back when it does not make space low again. */
  self->n_free = 150 * MIB + WEIR_LIMIT_BALLAST - 1;
  g_assert_true (weir_reserve_keep_ballast (self->reserve, WEIR_LIMIT_BALLAST, &error));
  g_assert_cmpint (g_stat (self->ballast, &status), <, 0);
  self->n_free++;
  g_assert_true (weir_reserve_keep_ballast (self->reserve, WEIR_LIMIT_BALLAST, &error));
  g_assert_cmpint (g_stat (self->ballast, &status), ==, 0);
  g_assert_no_error (error);
}

static uint64_t
get_ballast_size (Fixture *self)
{
  GStatBuf status;

  return g_stat (self->ballast, &status) == 0 ? (uint64_t)status.st_size : 0;
}

static void
test_ballast_is_as_large_as_is_needed (Fixture *self, const void *data)
{
  static const struct {
    uint64_t wanted, found;
  } cases[] = {
    { 0, 4 * MIB }, { 10 * MIB, 10 * MIB }, { 5 * MIB, 10 * MIB }, { 1000 * MIB, 64 * MIB }
  };

  open_reserve (self, 100 * MIB);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_assert_true (weir_reserve_keep_ballast (self->reserve, cases[i].wanted, NULL));
    g_assert_cmpuint (get_ballast_size (self), ==, cases[i].found);
  }
}

static void
test_every_call_can_fail (Fixture *self, const void *data)
{
  open_reserve (self, 100 * MIB);
  for (int nth = 1; nth <= 2; nth++) {
    g_autoptr (GError) error = NULL;

    failing_fs_init (&self->failing, nth, EIO, true);
    g_assert_false (weir_reserve_keep_ballast (self->reserve, WEIR_LIMIT_BALLAST, &error));
    g_assert_error (error, WEIR_ERROR, WEIR_ERROR_IO);
    g_assert_false (g_file_test (self->ballast, G_FILE_TEST_EXISTS));
  }
  failing_fs_init (&self->failing, 2, ENOSPC, true);
  g_assert_true (weir_reserve_keep_ballast (self->reserve, WEIR_LIMIT_BALLAST, NULL));
  g_assert_false (g_file_test (self->ballast, G_FILE_TEST_EXISTS));
}

static void
test_asks_the_system (Fixture *self, const void *data)
{
  self->reserve = weir_reserve_new (&(WeirReserveOptions){ .directory = self->root }, NULL);
  g_assert_cmpuint (weir_reserve_get_free (self->reserve), >, 0);
  g_assert_null (weir_reserve_new (&(WeirReserveOptions){ .directory = "/no/such" }, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)
  ADD ("/reserve/hysteresis", test_low_ends_later_than_it_begins);
  ADD ("/reserve/seldom", test_is_asked_seldom);
  ADD ("/reserve/share", test_is_a_share_of_a_small_disk);
  ADD ("/reserve/unknown", test_keeps_its_opinion_when_asking_fails);
  ADD ("/reserve/ballast", test_ballast_is_given_up_when_space_is_low);
  ADD ("/reserve/ballast-size", test_ballast_is_as_large_as_is_needed);
  ADD ("/reserve/failing", test_every_call_can_fail);
  ADD ("/reserve/system", test_asks_the_system);
  return g_test_run ();
}
