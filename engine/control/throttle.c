/* throttle.c: see the header. A minute begins with the first wrong guess in it. What is kept is
 * bounded: when too many addresses guess at once, they share what is left for a minute. */
#include "control/throttle.h"

#include "base/limits.h"

#define MINUTE INT64_C (60000000)
#define SHARED "" /* the name of all that there is no room for */

typedef struct {
  int64_t begun;
  unsigned n;
} Guesses;

struct WeirThrottle {
  GHashTable *by_name; /* -> Guesses */
};

WeirThrottle *
weir_throttle_new (void)
{
  WeirThrottle *throttle = g_new (WeirThrottle, 1);

  throttle->by_name = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return throttle;
}

void
weir_throttle_free (WeirThrottle *throttle)
{
  if (throttle == NULL)
    return;
  g_hash_table_unref (throttle->by_name);
  g_free (throttle);
}

static Guesses *
find (const WeirThrottle *throttle, const char *who)
{
  Guesses *guesses = g_hash_table_lookup (throttle->by_name, who);

  if (guesses == NULL && g_hash_table_size (throttle->by_name) >= WEIR_LIMIT_GUESSERS)
    guesses = g_hash_table_lookup (throttle->by_name, SHARED);
  return guesses;
}

int64_t
weir_throttle_get_wait (const WeirThrottle *throttle, const char *who, int64_t now)
{
  const Guesses *guesses = find (throttle, who);

  if (guesses == NULL || guesses->n < WEIR_LIMIT_GUESSES)
    return 0;
  return MAX (0, guesses->begun + MINUTE - now);
}

static gboolean
is_over (gpointer name, gpointer value, gpointer data)
{
  return ((Guesses *)value)->begun + MINUTE <= *(int64_t *)data;
}

void
weir_throttle_count (WeirThrottle *throttle, const char *who, int64_t now)
{
  Guesses *guesses = NULL;

  if (g_hash_table_size (throttle->by_name) >= WEIR_LIMIT_GUESSERS)
    g_hash_table_foreach_remove (throttle->by_name, is_over, &now);
  guesses = find (throttle, who);
  if (guesses == NULL) {
    const bool full = g_hash_table_size (throttle->by_name) >= WEIR_LIMIT_GUESSERS;

    guesses = g_new0 (Guesses, 1);
    g_hash_table_insert (throttle->by_name, g_strdup (full ? SHARED : who), guesses);
  }
  if (guesses->n == 0 || guesses->begun + MINUTE <= now)
    *guesses = (Guesses){ .begun = now };
  guesses->n++;
}
