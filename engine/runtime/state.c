/* state.c: a hash table behind a lock. */
#include "runtime/state.h"

#include "base/lock.h"

#include <glib.h>

struct WeirState {
  WeirLock lock;
  GHashTable *values; /* guarded by lock */
};

WeirState *
weir_state_new (void)
{
  WeirState *state = g_new0 (WeirState, 1);

  pthread_mutex_init (&state->lock, NULL);
  state->values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return state;
}

void
weir_state_free (WeirState *state)
{
  if (state == NULL)
    return;
  g_hash_table_unref (state->values);
  pthread_mutex_destroy (&state->lock);
  g_free (state);
}

char *
weir_state_get (WeirState *state, const char *key)
{
  WEIR_LOCKED (&state->lock);
  return g_strdup (g_hash_table_lookup (state->values, key));
}

void
weir_state_set (WeirState *state, const char *key, const char *value)
{
  WEIR_LOCKED (&state->lock);
  if (value != NULL)
    g_hash_table_replace (state->values, g_strdup (key), g_strdup (value));
  else
    g_hash_table_remove (state->values, key);
}

void
weir_state_each (WeirState *state, WeirStateFunc func, void *data)
{
  GHashTableIter iter;
  gpointer key, value;

  WEIR_LOCKED (&state->lock);
  g_hash_table_iter_init (&iter, state->values);
  while (g_hash_table_iter_next (&iter, &key, &value))
    func (data, key, value);
}
