/* Tests engine/store/data.c: whom it tells of what, and that it tells nobody any more when it has
 * stopped. Guards invariant 10 (ARCHITECTURE.md). */
#include "store/data.h"

#include "base/lock.h"
#include "scratch.h"

#include <errno.h>
#include <sched.h>
#include <stdatomic.h>

typedef struct {
  WeirFs fs;
  _Atomic bool is_bad;
  _Atomic uint64_t told;
  _Atomic unsigned n_failures;
  _Atomic bool has_stopped;
  unsigned n_late;
} World;

static int
on_call (WeirFs *fs, WeirFsCall call)
{
  World *world = (World *)fs;

  return atomic_load (&world->is_bad) && call == WEIR_FS_WRITE ? EIO : 0;
}

/* It takes a while, and is not to be left alone meanwhile. */
static void
on_durable (void *data, uint64_t durable)
{
  World *world = data;

  for (unsigned i = 0; i < 2000; i++)
    sched_yield ();
  world->n_late += atomic_load (&world->has_stopped);
  atomic_store (&world->told, durable);
}

static void
on_failure (void *data, const GError *error)
{
  World *world = data;

  atomic_fetch_add (&world->n_failures, 1);
}

static WeirData *
open_data (World *world, const char *directory)
{
  WeirDataOptions options = { .directory = directory,
                              .owner = "test",
                              .durability = WEIR_DURABILITY_PROCESS,
                              .fs = &world->fs,
                              .segment_size = 1024 * 1024,
                              .on_durable = on_durable,
                              .on_failure = on_failure,
                              .data = world };
  g_autoptr (GError) error = NULL;
  WeirData *data;

  *world = (World){ .fs.on_call = on_call };
  data = weir_data_open (&options, &error);
  g_assert_no_error (error);
  weir_data_start (data, &error);
  g_assert_no_error (error);
  return data;
}

static uint64_t
append_some (WeirData *data)
{
  uint64_t ticket = 0;

  for (unsigned i = 0; i < 5; i++)
    ticket = weir_data_append (data, 1, "", 1, NULL);
  return ticket;
}

static void
test_stop (void)
{
  g_autofree char *directory = g_dir_make_tmp ("weir-data-XXXXXX", NULL);

  for (unsigned i = 0; i < 20; i++) {
    World world;
    WeirData *data = open_data (&world, directory);
    uint64_t ticket = append_some (data);

    weir_data_stop (data);
    atomic_store (&world.has_stopped, true);
    g_assert_cmpuint (atomic_load (&world.told), >=, ticket);
    weir_data_free (data);
    g_assert_cmpuint (world.n_late, ==, 0);
    g_assert_cmpuint (world.n_failures, ==, 0);
  }
  scratch_remove (directory);
}

/* Nobody waits for what will never be. */
static void
test_failure (void)
{
  g_autofree char *directory = g_dir_make_tmp ("weir-data-XXXXXX", NULL);
  World world;
  WeirData *data = open_data (&world, directory);
  uint64_t ticket;

  g_assert_true (weir_data_wait_applied (data, append_some (data)));
  atomic_store (&world.is_bad, true);
  ticket = weir_data_append (data, 1, "", 1, NULL);
  g_assert_false (weir_data_wait_applied (data, ticket));
  g_assert_cmpuint (append_some (data), ==, UINT64_MAX);
  g_assert_false (weir_data_wait_applied (data, weir_data_get_appended (data)));
  weir_data_stop (data);
  g_assert_cmpuint (world.n_failures, ==, 1);
  g_assert_cmpuint (atomic_load (&world.told), <, ticket);
  weir_data_free (data);
  scratch_remove (directory);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/data/stop", test_stop);
  g_test_add_func ("/data/failure", test_failure);
  return g_test_run ();
}
