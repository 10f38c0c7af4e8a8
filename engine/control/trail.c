/* trail.c: see the header. Entries wait in memory for the thread that writes them, several at a
 * time; when they cannot be written they stay there, and nothing may change any more until they
 * are. */
#include "control/trail.h"

#include <string.h>
#include <weir/error.h>

#include "base/limits.h"
#include "base/lock.h"
#include "control/trail-file.h"

#define YEAR   (INT64_C (365) * 24 * 3600 * 1000000)
#define MINUTE INT64_C (60000000)

/* Entries after which what is too old is taken away. */
#define TRIM_EVERY 1000u

struct WeirTrail {
  const WeirClock *clock;
  WeirTrailFile *file; /* of the thread */
  WeirLock reading;
  WeirTrailFile *reader; /* guarded by reading */
  pthread_t thread;

  WeirLock lock;
  pthread_cond_t added;   /* for the thread */
  pthread_cond_t written; /* for who waits */
  GPtrArray *waiting;     /* guarded by lock: WeirTrailEntry */
  uint64_t n_added;       /* guarded by lock */
  uint64_t n_written;     /* guarded by lock: of them */
  uint64_t n_tried;       /* guarded by lock: likewise, in vain or not */
  GError *fault;          /* guarded by lock: why they are not written */
  bool is_ending;         /* guarded by lock */
  int64_t minute;         /* guarded by lock: when the minute of n_refused began */
  unsigned n_refused;     /* guarded by lock */
  unsigned n_dropped;     /* guarded by lock: refused, and not told yet */
};

static GPtrArray *
new_entries (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify)weir_trail_entry_free);
}

/* Returns: (transfer full): what to write now; NULL at the end. */
static GPtrArray *
take (WeirTrail *trail)
{
  GPtrArray *entries = NULL;

  WEIR_LOCKED (&trail->lock);
  while (trail->waiting->len == 0 && !trail->is_ending)
    pthread_cond_wait (&trail->added, &trail->lock);
  if (trail->waiting->len == 0)
    return NULL;
  entries = trail->waiting;
  trail->waiting = new_entries ();
  return entries;
}

static void
settle (WeirTrail *trail, guint n)
{
  WEIR_LOCKED (&trail->lock);
  trail->n_written += n;
  trail->n_tried = trail->n_written;
  g_clear_error (&trail->fault);
  pthread_cond_broadcast (&trail->written);
}

/* Puts @entries (transfer full) back in front. Returns: true at the end: it was the last try. */
static bool
put_back (WeirTrail *trail, GPtrArray *entries, GError *reason)
{
  struct timespec until;

  WEIR_LOCKED (&trail->lock);
  g_clear_error (&trail->fault);
  trail->fault = reason;
  trail->n_tried = trail->n_written + entries->len;
  g_ptr_array_extend_and_steal (entries, trail->waiting);
  trail->waiting = entries;
  pthread_cond_broadcast (&trail->written);
  if (trail->is_ending)
    return true;
  /* A disk that was full may have room in a second. */
  clock_gettime (CLOCK_REALTIME, &until);
  until.tv_sec++;
  pthread_cond_timedwait (&trail->added, &trail->lock, &until);
  return false;
}

static void
trim (WeirTrail *trail)
{
  (void)weir_trail_file_trim (trail->file, weir_clock_get_wall (trail->clock) - YEAR,
                              WEIR_LIMIT_TRAIL, NULL); /* the next time, then */
}

static void *
run (void *data)
{
  WeirTrail *trail = data;
  GPtrArray *entries;
  guint n_untrimmed = 0;

  pthread_setname_np (pthread_self (), "weir-audit");
  trim (trail);
  while ((entries = take (trail)) != NULL) {
    GError *error = NULL;

    if (!weir_trail_file_add (trail->file, entries, &error)) {
      if (put_back (trail, entries, error))
        break;
      continue;
    }
    n_untrimmed += entries->len;
    settle (trail, entries->len);
    g_ptr_array_unref (entries);
    if (n_untrimmed >= TRIM_EVERY) {
      trim (trail);
      n_untrimmed = 0;
    }
  }
  return NULL;
}

WeirTrail *
weir_trail_open (const char *path, const WeirClock *clock, GError **error)
{
  g_autoptr (WeirTrailFile) file = weir_trail_file_open (path, true, error);
  g_autoptr (WeirTrailFile) reader =
      file != NULL ? weir_trail_file_open (path, false, error) : NULL;
  WeirTrail *trail = NULL;

  if (reader == NULL)
    return NULL;
  trail = g_new0 (WeirTrail, 1);
  trail->clock = clock != NULL ? clock : weir_clock_system ();
  trail->file = g_steal_pointer (&file);
  trail->reader = g_steal_pointer (&reader);
  trail->waiting = new_entries ();
  pthread_mutex_init (&trail->lock, NULL);
  pthread_mutex_init (&trail->reading, NULL);
  pthread_cond_init (&trail->added, NULL);
  pthread_cond_init (&trail->written, NULL);
  if (pthread_create (&trail->thread, NULL, run, trail) != 0)
    g_error ("cannot begin the thread of the audit");
  return trail;
}

void
weir_trail_free (WeirTrail *trail)
{
  if (trail == NULL)
    return;
  {
    WEIR_LOCKED (&trail->lock);
    trail->is_ending = true;
    pthread_cond_broadcast (&trail->added);
  }
  pthread_join (trail->thread, NULL);
  weir_trail_file_free (trail->reader);
  weir_trail_file_free (trail->file);
  g_ptr_array_unref (trail->waiting);
  g_clear_error (&trail->fault);
  pthread_cond_destroy (&trail->added);
  pthread_cond_destroy (&trail->written);
  pthread_mutex_destroy (&trail->lock);
  pthread_mutex_destroy (&trail->reading);
  g_free (trail);
}

/* Returns: (transfer full) (nullable): @text, cut where it is too long. */
static char *
copy_text (const char *text)
{
  const char *end = NULL;

  if (text == NULL || strlen (text) <= WEIR_LIMIT_TRAIL_TEXT)
    return g_strdup (text);
  end = g_utf8_find_prev_char (text, text + WEIR_LIMIT_TRAIL_TEXT);
  return g_strdup_printf ("%.*s...", (int)(end - text), text);
}

static WeirTrailEntry *
copy_entry (const WeirTrailEntry *entry, int64_t at)
{
  WeirTrailEntry *copy = g_new (WeirTrailEntry, 1);

  *copy = (WeirTrailEntry){
    .at = at,
    .who = copy_text (entry->who),
    .role = copy_text (entry->role),
    .flow = copy_text (entry->flow),
    .method = copy_text (entry->method),
    .object = copy_text (entry->object),
    .before = copy_text (entry->before),
    .after = copy_text (entry->after),
    .outcome = copy_text (entry->outcome),
    .request = copy_text (entry->request),
  };
  return copy;
}

/* Call it with the lock held. */
static uint64_t
add (WeirTrail *trail, WeirTrailEntry *entry)
{
  g_ptr_array_add (trail->waiting, entry);
  pthread_cond_signal (&trail->added);
  return ++trail->n_added;
}

uint64_t
weir_trail_add (WeirTrail *trail, const WeirTrailEntry *entry)
{
  WeirTrailEntry *copy = copy_entry (entry, weir_clock_get_wall (trail->clock));

  WEIR_LOCKED (&trail->lock);
  return add (trail, copy);
}

void
weir_trail_refuse (WeirTrail *trail, const WeirTrailEntry *entry)
{
  const int64_t now = weir_clock_get_monotonic (trail->clock);
  WeirTrailEntry *copy;

  WEIR_LOCKED (&trail->lock);
  if (trail->n_refused == 0 || now >= trail->minute + MINUTE) {
    trail->minute = now;
    trail->n_refused = 0;
  }
  if (trail->n_refused >= WEIR_LIMIT_TRAIL_REFUSED || trail->fault != NULL) {
    trail->n_dropped++;
    return;
  }
  trail->n_refused++;
  copy = copy_entry (entry, weir_clock_get_wall (trail->clock));
  if (trail->n_dropped > 0) {
    char *outcome =
        g_strdup_printf ("%s (and %u more were refused before)", copy->outcome, trail->n_dropped);

    g_free (copy->outcome);
    copy->outcome = outcome;
    trail->n_dropped = 0;
  }
  (void)add (trail, copy);
}

/* Call it with the lock held. */
static bool
tell_fault (const WeirTrail *trail, GError **error)
{
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_IO,
               "the audit cannot be written, so nothing may be changed: %s", trail->fault->message);
  return false;
}

bool
weir_trail_wait (WeirTrail *trail, uint64_t ticket, GError **error)
{
  WEIR_LOCKED (&trail->lock);
  while (trail->n_written < ticket && trail->n_tried < ticket)
    pthread_cond_wait (&trail->written, &trail->lock);
  return trail->n_written >= ticket || tell_fault (trail, error);
}

bool
weir_trail_check (WeirTrail *trail, GError **error)
{
  WEIR_LOCKED (&trail->lock);
  return trail->fault == NULL || tell_fault (trail, error);
}

GPtrArray *
weir_trail_list (WeirTrail *trail, const WeirTrailFilter *filter, unsigned max, GError **error)
{
  WEIR_LOCKED (&trail->reading);
  return weir_trail_file_list (trail->reader, filter, max, error);
}
