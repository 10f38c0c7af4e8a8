/* recent.c: a ring for each subject that has done something in the time that is kept, and one for
 * the times of the slots. */
#include "control/recent.h"

#include "base/limits.h"
#include "base/lock.h"
#include "control/figure-code.h"

typedef struct {
  WeirSubjectKind kind;
  uint64_t used; /* the last slot with something in it, counted from the start */
  uint16_t slots[][WEIR_LIMIT_RECENT]; /* of each measure */
} Track;

typedef struct {
  int64_t end;
  int64_t span;
} Slot;

struct WeirRecent {
  WeirLock lock;
  uint64_t n;         /* guarded by lock, as is what follows: slots ever filled */
  GHashTable *tracks; /* key to Track */
  Slot slots[WEIR_LIMIT_RECENT];
};

WeirRecent *
weir_recent_new (void)
{
  WeirRecent *recent = g_new0 (WeirRecent, 1);

  pthread_mutex_init (&recent->lock, NULL);
  recent->tracks = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  return recent;
}

void
weir_recent_free (WeirRecent *recent)
{
  if (recent == NULL)
    return;
  g_hash_table_unref (recent->tracks);
  pthread_mutex_destroy (&recent->lock);
  g_free (recent);
}

static bool
is_nothing (const uint64_t *values, const WeirMeasure *measures, unsigned n)
{
  for (unsigned i = 0; i < n; i++)
    if (values[i] != 0 && measures[i].nature != WEIR_MEASURE_STATE)
      return false;
  return true;
}

static void
add_subject (WeirRecent *recent, const WeirSubject *subject, const uint64_t *values)
{
  Track *track = g_hash_table_lookup (recent->tracks, GUINT_TO_POINTER (subject->key));
  unsigned slot = (unsigned)(recent->n % WEIR_LIMIT_RECENT);
  unsigned n;
  const WeirMeasure *measures = weir_measures_get (subject->kind, &n);
  bool nothing = is_nothing (values, measures, n);

  if (track == NULL && nothing)
    return;
  if (track == NULL) {
    track = g_malloc0 (sizeof *track + n * sizeof track->slots[0]);
    track->kind = subject->kind;
    g_hash_table_insert (recent->tracks, GUINT_TO_POINTER (subject->key), track);
  }
  if (!nothing)
    track->used = recent->n;
  for (unsigned i = 0; i < n; i++)
    track->slots[i][slot] = weir_figure_code (values[i]);
}

static gboolean
is_over (void *key, void *value, void *data)
{
  const WeirRecent *recent = data;
  const Track *track = value;

  return track->used + WEIR_LIMIT_RECENT <= recent->n;
}

/* What is not there any more has nothing in this slot. */
static void
clear_slot (WeirRecent *recent)
{
  unsigned slot = (unsigned)(recent->n % WEIR_LIMIT_RECENT);
  GHashTableIter iter;
  void *value;

  g_hash_table_iter_init (&iter, recent->tracks);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    Track *track = value;
    unsigned n;

    weir_measures_get (track->kind, &n);
    for (unsigned i = 0; i < n; i++)
      track->slots[i][slot] = 0;
  }
}

void
weir_recent_add (WeirRecent *recent, const WeirReading *since, int64_t span)
{
  WEIR_LOCKED (&recent->lock);
  clear_slot (recent);
  for (uint32_t i = 0; i < since->roster->n; i++)
    add_subject (recent, &since->roster->subjects[i], since->subjects[i].values);
  recent->slots[recent->n % WEIR_LIMIT_RECENT] = (Slot){ since->wall, span };
  recent->n++;
  if (recent->n % WEIR_LIMIT_RECENT == 0)
    g_hash_table_foreach_remove (recent->tracks, is_over, recent);
}

int64_t
weir_recent_get_start (WeirRecent *recent)
{
  const Slot *oldest;

  WEIR_LOCKED (&recent->lock);
  if (recent->n == 0)
    return INT64_MAX;
  oldest = &recent->slots[recent->n > WEIR_LIMIT_RECENT ? recent->n % WEIR_LIMIT_RECENT : 0];
  return oldest->end - oldest->span;
}

void
weir_recent_read (WeirRecent *recent, uint32_t key, int64_t from, WeirSeries *series)
{
  const Track *track;
  uint64_t first;
  unsigned n;

  WEIR_LOCKED (&recent->lock);
  track = g_hash_table_lookup (recent->tracks, GUINT_TO_POINTER (key));
  if (track != NULL && track->kind != series->kind)
    track = NULL;
  weir_measures_get (series->kind, &n);
  first = recent->n > WEIR_LIMIT_RECENT ? recent->n - WEIR_LIMIT_RECENT : 0;
  for (uint64_t i = first; i < recent->n; i++) {
    unsigned slot = (unsigned)(i % WEIR_LIMIT_RECENT);
    uint64_t values[WEIR_MEASURES_MAX] = { 0 };

    if (recent->slots[slot].end <= from)
      continue;
    for (unsigned j = 0; j < n && track != NULL; j++)
      values[j] = weir_figure_decode (track->slots[j][slot]);
    weir_series_add (series, recent->slots[slot].end, recent->slots[slot].span, values);
  }
}
