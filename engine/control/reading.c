/* reading.c: see the header. */
#include "control/reading.h"

WeirReading *
weir_reading_new_empty (WeirRoster *roster, int64_t wall, int64_t monotonic)
{
  WeirReading *reading = g_malloc0 (sizeof *reading + roster->n * sizeof reading->subjects[0]);

  reading->n_refs = 1;
  reading->roster = weir_roster_ref (roster);
  reading->wall = wall;
  reading->monotonic = monotonic;
  return reading;
}

/* Where what is at @place of the roster of @now is in the one of @before; false: it is new. */
static bool
find_before (GHashTable *places, uint32_t key, uint32_t *ret_place)
{
  void *place;

  if (!g_hash_table_lookup_extended (places, GUINT_TO_POINTER (key), NULL, &place))
    return false;
  *ret_place = GPOINTER_TO_UINT (place);
  return true;
}

static GHashTable *
map_keys (const WeirRoster *roster)
{
  GHashTable *places = g_hash_table_new (NULL, NULL);

  for (uint32_t i = 0; i < roster->n; i++)
    g_hash_table_insert (places, GUINT_TO_POINTER (roster->subjects[i].key), GUINT_TO_POINTER (i));
  return places;
}

WeirReading *
weir_reading_new_since (const WeirReading *before, const WeirReading *now)
{
  WeirReading *since = weir_reading_new_empty (now->roster, now->wall, now->monotonic);
  g_autoptr (GHashTable) places = before->roster != now->roster ? map_keys (before->roster) : NULL;
  static const WeirValues nothing;

  for (uint32_t i = 0; i < now->roster->n; i++) {
    const WeirSubject *subject = &now->roster->subjects[i];
    const uint64_t *old = nothing.values;
    const uint64_t *new = now->subjects[i].values;
    uint32_t place = i;
    unsigned n;
    const WeirMeasure *measures = weir_measures_get (subject->kind, &n);

    if (places == NULL || find_before (places, subject->key, &place))
      old = before->subjects[place].values;
    for (unsigned j = 0; j < n; j++)
      since->subjects[i].values[j] = measures[j].nature == WEIR_MEASURE_COUNT
                                         ? weir_reading_get_added (old[j], new[j])
                                         : new[j];
  }
  return since;
}

WeirReading *
weir_reading_ref (WeirReading *reading)
{
  atomic_fetch_add_explicit (&reading->n_refs, 1, memory_order_relaxed);
  return reading;
}

void
weir_reading_unref (WeirReading *reading)
{
  if (reading == NULL || atomic_fetch_sub (&reading->n_refs, 1) > 1)
    return;
  weir_roster_unref (reading->roster);
  g_free (reading);
}
