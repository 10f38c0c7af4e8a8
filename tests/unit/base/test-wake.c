/* test-wake.c: no call is lost, however threads run. */
#include <glib.h>
#include <pthread.h>

#include "base/wake.h"

#define N_WAITERS 4
#define N_ROUNDS  20000

typedef struct {
  WeirWake wake;
  WeirWake back;
  _Atomic unsigned round;
  _Atomic unsigned n_arrived;
} Field;

static void *
follow (void *data)
{
  Field *field = data;

  for (unsigned round = 1; round <= N_ROUNDS; round++) {
    for (;;) {
      uint32_t n_rings = weir_wake_get (&field->wake);

      if (field->round >= round)
        break;
      weir_wake_wait (&field->wake, n_rings);
    }
    if (atomic_fetch_add (&field->n_arrived, 1) + 1 == round * N_WAITERS)
      weir_wake_ring (&field->back);
  }
  return NULL;
}

static void
test_rounds (void)
{
  Field field = { 0 };
  pthread_t threads[N_WAITERS];

  for (unsigned i = 0; i < N_WAITERS; i++)
    g_assert_cmpint (pthread_create (&threads[i], NULL, follow, &field), ==, 0);
  for (unsigned round = 1; round <= N_ROUNDS; round++) {
    field.round = round;
    weir_wake_ring (&field.wake);
    for (;;) {
      uint32_t n_rings = weir_wake_get (&field.back);

      if (field.n_arrived == round * N_WAITERS)
        break;
      weir_wake_wait (&field.back, n_rings);
    }
  }
  for (unsigned i = 0; i < N_WAITERS; i++)
    pthread_join (threads[i], NULL);
}

/* Who was late does not sleep. */
static void
test_late (void)
{
  WeirWake wake = { 0 };
  uint32_t n_rings = weir_wake_get (&wake);

  weir_wake_ring (&wake);
  weir_wake_wait (&wake, n_rings);
  g_assert_cmpuint (weir_wake_get (&wake), !=, n_rings);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wake/rounds", test_rounds);
  g_test_add_func ("/wake/late", test_late);
  return g_test_run ();
}
