/* Tests engine/store/data.c: whom it tells of what, and that it tells nobody any more when it has
 * stopped; and the ids of FlowFiles. Guards invariants 10 and 27 (ARCHITECTURE.md). */
#include "store/data.h"

#include "base/lock.h"
#include "scratch.h"
#include "store/audit.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct {
  WeirFs fs;
  _Atomic bool is_bad;
  _Atomic unsigned n_calls, last_write, last_sync;
  _Atomic unsigned n_slow; /* how long a write takes */
  _Atomic uint64_t told;
  _Atomic unsigned n_failures;
  _Atomic bool has_stopped;
  unsigned n_late;
} World;

/* The next segment is made meanwhile by another thread, which writes and syncs as it likes. */
static bool
is_log_writer (void)
{
  char name[16];

  return pthread_getname_np (pthread_self (), name, sizeof name) == 0 &&
         g_str_equal (name, "weir-log");
}

static int
on_call (WeirFs *fs, WeirFsCall call)
{
  World *world = (World *)fs;
  const unsigned n = atomic_fetch_add (&world->n_calls, 1) + 1;

  if (call == WEIR_FS_WRITE && is_log_writer ())
    atomic_store (&world->last_write, n);
  else if (call == WEIR_FS_SYNC && is_log_writer ())
    atomic_store (&world->last_sync, n);
  for (unsigned i = 0; call == WEIR_FS_WRITE && i < world->n_slow; i++)
    sched_yield ();
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

/* --- ids --- */

/* Takes @n ids several times and dies, at once or when more is on disk. Returns: the last one. */
static uint64_t
take_and_die (const char *directory, uint32_t n, bool writes_more, uint64_t *ret_first)
{
  uint64_t ids[2] = { 0 };
  int ends[2];
  int status;
  pid_t child;

  g_assert_cmpint (pipe (ends), ==, 0);
  child = fork ();
  if (child == 0) {
    World world;
    WeirData *data = open_data (&world, directory);

    world.n_slow = 3000;
    for (unsigned i = 0; i < 3; i++) {
      uint64_t first = weir_data_take_ids (data, n);

      g_assert_cmpuint (first, >, ids[1]);
      ids[0] = ids[0] == 0 ? first : ids[0];
      ids[1] = first + n - 1;
    }
    if (writes_more)
      g_assert_true (weir_data_wait_applied (data, append_some (data)));
    g_assert_cmpint (write (ends[1], ids, sizeof ids), ==, sizeof ids);
    _exit (0);
  }
  g_assert_cmpint (read (ends[0], ids, sizeof ids), ==, sizeof ids);
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_cmpint (status, ==, 0);
  close (ends[0]);
  close (ends[1]);
  *ret_first = ids[0];
  return ids[1];
}

/* Nothing but the numbers tells that these ids were ever there. */
static void
test_ids_are_given_once (void)
{
  static const uint32_t sizes[] = { 1, 256, 300000, 1 << 20, UINT32_MAX, 256, UINT32_MAX, 1 };
  g_autofree char *directory = g_dir_make_tmp ("weir-data-XXXXXX", NULL);
  uint64_t last = 0;

  for (unsigned i = 0; i < G_N_ELEMENTS (sizes); i++) {
    uint64_t before = last, first;

    last = take_and_die (directory, sizes[i], i % 2 == 1, &first);
    g_assert_cmpuint (first, >, before);
  }
  scratch_remove (directory);
}

/* A power cut must not take them back, with any durability. */
static void
test_ids_are_on_disk (void)
{
  g_autofree char *directory = g_dir_make_tmp ("weir-data-XXXXXX", NULL);
  World world;
  WeirData *data = open_data (&world, directory);

  for (unsigned i = 0; i < 3; i++) {
    append_some (data);
    weir_data_take_ids (data, UINT32_MAX);
    g_assert_cmpuint (world.last_write, >, 0);
    g_assert_cmpuint (world.last_sync, >, world.last_write);
  }
  weir_data_free (data);
  scratch_remove (directory);
}

/* Changes a byte of the frame that says what ids were taken, and of no other. */
static void
damage (const char *directory)
{
  g_autofree char *path = g_build_filename (directory, "log", "000000000001.log", NULL);
  int fd = open (path, O_RDWR | O_CLOEXEC);
  char byte;

  g_assert_cmpint (pread (fd, &byte, 1, 4096 + 66), ==, 1);
  byte ^= 1;
  g_assert_cmpint (pwrite (fd, &byte, 1, 4096 + 66), ==, 1);
  close (fd);
}

/* What is lost of the log may have been about any ids. */
static void
test_ids_after_a_repair (void)
{
  g_autofree char *directory = g_dir_make_tmp ("weir-data-XXXXXX", NULL);
  WeirAuditOptions options = { .directory = directory, .passes_over = true };
  g_autoptr (GError) error = NULL;
  WeirAudit *audit;
  World world;
  WeirData *data;
  uint64_t first, last = take_and_die (directory, 1000, true, &first);

  damage (directory);
  audit = weir_audit_open (&options, &error);
  g_assert_no_error (error);
  g_assert_true (weir_audit_read (audit, NULL) && weir_audit_verify (audit, NULL));
  g_assert_true (weir_audit_is_damaged (audit));
  weir_audit_repair (audit, &error);
  g_assert_no_error (error);
  weir_audit_free (audit);
  data = open_data (&world, directory);
  g_assert_cmpuint (weir_data_take_ids (data, 1), >, last);
  weir_data_free (data);
  scratch_remove (directory);
}

#define N_TAKERS 4
#define N_TAKEN  20000u

typedef struct {
  WeirData *data;
  uint64_t ids[N_TAKEN];
} Taker;

static void *
take (void *data)
{
  Taker *taker = data;

  for (unsigned i = 0; i < N_TAKEN; i++)
    taker->ids[i] = weir_data_take_ids (taker->data, 1000);
  return NULL;
}

static void
test_ids_for_many (void)
{
  g_autofree char *directory = g_dir_make_tmp ("weir-data-XXXXXX", NULL);
  g_autofree Taker *takers = g_new0 (Taker, N_TAKERS);
  g_autofree bool *is_taken = g_new0 (bool, N_TAKERS *N_TAKEN);
  pthread_t threads[N_TAKERS];
  World world;
  WeirData *data = open_data (&world, directory);

  for (unsigned i = 0; i < N_TAKERS; i++) {
    takers[i].data = data;
    g_assert_cmpint (pthread_create (&threads[i], NULL, take, &takers[i]), ==, 0);
  }
  for (unsigned i = 0; i < N_TAKERS; i++)
    pthread_join (threads[i], NULL);
  for (unsigned i = 0; i < N_TAKERS * N_TAKEN; i++) {
    uint64_t id = takers[i / N_TAKEN].ids[i % N_TAKEN];

    g_assert_cmpuint (id % 1000, ==, 1);
    g_assert_false (is_taken[id / 1000]);
    is_taken[id / 1000] = true;
  }
  weir_data_free (data);
  scratch_remove (directory);
}

/* One that has failed does not have anybody wait. */
static void
test_ids_of_a_log_that_failed (void)
{
  g_autofree char *directory = g_dir_make_tmp ("weir-data-XXXXXX", NULL);
  World world;
  WeirData *data = open_data (&world, directory);

  atomic_store (&world.is_bad, true);
  g_assert_cmpuint (weir_data_take_ids (data, 1), ==, 1);
  g_assert_cmpuint (weir_data_take_ids (data, UINT32_MAX), ==, 2);
  weir_data_free (data);
  g_assert_cmpuint (world.n_failures, ==, 1);
  scratch_remove (directory);
}

static guint
count_files (const char *path)
{
  g_autoptr (GDir) names = g_dir_open (path, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (names) != NULL)
    n++;
  return n;
}

/* Started every minute where there mostly is nothing to do. Guards against segments that are begun
 * each time and never let go. */
static void
test_starts_leave_nothing (void)
{
  g_autofree char *directory = g_dir_make_tmp ("weir-data-XXXXXX", NULL);
  g_autofree char *log = g_build_filename (directory, "log", NULL);
  World world;
  guint n_files = 0;

  for (unsigned i = 0; i < 60; i++) {
    weir_data_free (open_data (&world, directory));
    n_files = MAX (n_files, count_files (log));
  }
  /* Four until there is a snapshot, four that are kept to be used again, and the one in use. */
  g_assert_cmpuint (n_files, <=, 9);
  scratch_remove (directory);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/data/stop", test_stop);
  g_test_add_func ("/data/failure", test_failure);
  g_test_add_func ("/data/ids/once", test_ids_are_given_once);
  g_test_add_func ("/data/ids/disk", test_ids_are_on_disk);
  g_test_add_func ("/data/ids/repair", test_ids_after_a_repair);
  g_test_add_func ("/data/ids/many", test_ids_for_many);
  g_test_add_func ("/data/ids/failed", test_ids_of_a_log_that_failed);
  g_test_add_func ("/data/starts-leave-nothing", test_starts_leave_nothing);
  return g_test_run ();
}
