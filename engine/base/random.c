/* random.c: SplitMix64 over an atomic counter. */
#include "base/random.h"
#include "base/error.h"

#include <errno.h>
#include <glib.h>
#include <sys/random.h>
#include <time.h>

uint64_t
weir_random_system_seed (void)
{
  uint64_t seed;

  if (getrandom (&seed, sizeof seed, 0) != sizeof seed) {
    struct timespec now;

    /* Only a kernel without the call comes here; distinct is all that is promised. */
    clock_gettime (CLOCK_MONOTONIC, &now);
    seed = (uint64_t)now.tv_sec * 1000000007u ^ (uint64_t)now.tv_nsec << 20;
  }
  return seed;
}

uint64_t
weir_random_next (WeirRandom *random)
{
  uint64_t z = atomic_fetch_add_explicit (&random->state, UINT64_C (0x9e3779b97f4a7c15),
                                          memory_order_relaxed) +
               UINT64_C (0x9e3779b97f4a7c15);

  z = (z ^ (z >> 30)) * UINT64_C (0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * UINT64_C (0x94d049bb133111eb);
  return z ^ (z >> 31);
}

uint64_t
weir_random_below (WeirRandom *random, uint64_t bound)
{
  uint64_t unfair, drawn;

  g_assert (bound > 0);
  unfair = -bound % bound; /* 2^64 mod bound: with so many low draws some results come more often */
  do {
    drawn = weir_random_next (random);
  } while (drawn < unfair);
  return drawn % bound;
}

/* So few bytes come at once, whatever signals do. */
bool
weir_random_fill (void *bytes, size_t size, GError **error)
{
  g_assert (size <= 256);
  return getrandom (bytes, size, 0) == (ssize_t)size ||
         weir_error_set_errno (error, "get random bytes from the system", NULL, errno);
}
