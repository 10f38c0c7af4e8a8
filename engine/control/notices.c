/* notices.c: for each component and level, a window of a second: its first bulletins are taken as
 * they are; of the rest the first message is kept and the others are counted, and when the window
 * has closed that is one bulletin. */
#include "control/notices.h"

#include "base/limits.h"
#include "base/lock.h"
#include "wire/json.h"

#include <string.h>
#include <time.h>

#define WINDOW_USEC ((int64_t)G_USEC_PER_SEC)
#define N_LEVELS    (WEIR_LOG_ERROR + 1)

typedef struct {
  int64_t start; /* monotonic, of the window */
  unsigned n;    /* taken in it */
  WeirNotice *rest;
} Window;

typedef struct {
  Window levels[N_LEVELS];
} Windows;

struct WeirNotices {
  WeirClock *clock;
  WeirLock lock;
  pthread_cond_t changed;
  GHashTable *components; /* guarded by lock, as is what follows: path to Windows */
  GPtrArray *pending;     /* WeirNotice */
  unsigned n_open;        /* windows with a rest */
  uint64_t next_id;
  int64_t start; /* of the window for all */
  unsigned n;    /* taken in it */
  bool is_awake;
};

void
weir_notice_free (WeirNotice *notice)
{
  if (notice == NULL)
    return;
  g_free (notice->component);
  g_free (notice->name);
  g_free (notice->message);
  g_free (notice->flowfile);
  g_free (notice);
}

void
weir_notice_put_json (GString *out, const WeirNotice *notice)
{
  static const char *const levels[] = { "debug", "info", "warning", "error" };

  weir_json_begin (out, NULL, '{');
  weir_json_put_uint (out, "id", notice->id);
  weir_json_put_time (out, "time", notice->wall);
  weir_json_put_text (out, "level", levels[notice->level]);
  weir_json_put_text (out, "component", notice->component);
  weir_json_put_text (out, "name", notice->name);
  weir_json_put_text (out, "message", notice->message);
  weir_json_put_text (out, "flowfile", notice->flowfile);
  weir_json_put_uint (out, "more", notice->more);
  weir_json_end (out, '}');
}

static void
free_notice (void *data)
{
  weir_notice_free (data);
}

static void
windows_free (void *data)
{
  Windows *windows = data;

  for (unsigned i = 0; i < N_LEVELS; i++)
    weir_notice_free (windows->levels[i].rest);
  g_free (windows);
}

WeirNotices *
weir_notices_new (uint64_t next_id, WeirClock *clock)
{
  WeirNotices *notices = g_new0 (WeirNotices, 1);
  pthread_condattr_t attributes;

  notices->clock = clock != NULL ? clock : weir_clock_system ();
  notices->next_id = next_id;
  notices->components = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, windows_free);
  notices->pending = g_ptr_array_new_with_free_func (free_notice);
  pthread_mutex_init (&notices->lock, NULL);
  pthread_condattr_init (&attributes);
  pthread_condattr_setclock (&attributes, CLOCK_MONOTONIC);
  pthread_cond_init (&notices->changed, &attributes);
  pthread_condattr_destroy (&attributes);
  return notices;
}

void
weir_notices_free (WeirNotices *notices)
{
  if (notices == NULL)
    return;
  g_hash_table_unref (notices->components);
  g_ptr_array_unref (notices->pending);
  pthread_cond_destroy (&notices->changed);
  pthread_mutex_destroy (&notices->lock);
  g_free (notices);
}

/* A long one is cut where a character begins. */
static char *
copy_message (const char *message)
{
  const char *end = message + WEIR_LIMIT_NOTICE;

  if (strnlen (message, WEIR_LIMIT_NOTICE + 1) <= WEIR_LIMIT_NOTICE)
    return g_strdup (message);
  while (end > message && ((unsigned char)*end & 0xc0) == 0x80)
    end--;
  return g_strdup_printf ("%.*s...", (int)(end - message), message);
}

static WeirNotice *
notice_new (const WeirBulletin *bulletin)
{
  WeirNotice *notice = g_new0 (WeirNotice, 1);

  notice->wall = bulletin->wall;
  notice->level = bulletin->level;
  notice->component = g_strdup (bulletin->component);
  notice->name = g_strdup (bulletin->name);
  notice->message = copy_message (bulletin->message);
  notice->flowfile = g_strdup (bulletin->flowfile);
  return notice;
}

/* Call with the lock held, as the next ones. */
static void
push (WeirNotices *notices, WeirNotice *notice)
{
  notice->id = notices->next_id++;
  g_ptr_array_add (notices->pending, notice);
  if (notices->pending->len == 1)
    pthread_cond_signal (&notices->changed);
}

static Window *
find_window (WeirNotices *notices, const WeirBulletin *bulletin)
{
  Windows *windows = g_hash_table_lookup (notices->components, bulletin->component);

  if (windows == NULL) {
    windows = g_new0 (Windows, 1);
    for (unsigned i = 0; i < N_LEVELS; i++)
      windows->levels[i].start = INT64_MIN / 2;
    g_hash_table_insert (notices->components, g_strdup (bulletin->component), windows);
  }
  return &windows->levels[MIN ((unsigned)bulletin->level, N_LEVELS - 1)];
}

static void
close_window (WeirNotices *notices, Window *window)
{
  if (window->rest == NULL)
    return;
  push (notices, g_steal_pointer (&window->rest));
  notices->n_open--;
}

void
weir_notices_add (WeirNotices *notices, const WeirBulletin *bulletin)
{
  int64_t now = weir_clock_get_monotonic (notices->clock);
  Window *window;

  WEIR_LOCKED (&notices->lock);
  window = find_window (notices, bulletin);
  if (now - window->start >= WINDOW_USEC) {
    close_window (notices, window);
    window->start = now;
    window->n = 0;
  }
  if (now - notices->start >= WINDOW_USEC) {
    notices->start = now;
    notices->n = 0;
  }
  if (window->rest != NULL) {
    window->rest->more++;
  } else if (window->n < WEIR_LIMIT_NOTICES_EACH && notices->n < WEIR_LIMIT_NOTICES_ALL) {
    window->n++;
    notices->n++;
    push (notices, notice_new (bulletin));
  } else {
    window->rest = notice_new (bulletin);
    if (notices->n_open++ == 0)
      pthread_cond_signal (&notices->changed);
  }
}

static void
close_windows (WeirNotices *notices, int64_t before)
{
  GHashTableIter iter;
  void *value;

  if (notices->n_open == 0)
    return;
  g_hash_table_iter_init (&iter, notices->components);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    Windows *windows = value;
    for (unsigned i = 0; i < N_LEVELS; i++)
      if (windows->levels[i].start <= before)
        close_window (notices, &windows->levels[i]);
  }
}

void
weir_notices_close (WeirNotices *notices)
{
  WEIR_LOCKED (&notices->lock);
  close_windows (notices, INT64_MAX);
}

GPtrArray *
weir_notices_take (WeirNotices *notices, int64_t usec)
{
  struct timespec until;
  GPtrArray *taken;
  unsigned n_open;

  clock_gettime (CLOCK_MONOTONIC, &until);
  if (usec > 0) {
    until.tv_sec += usec / G_USEC_PER_SEC;
    until.tv_nsec += usec % G_USEC_PER_SEC * 1000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
  }
  WEIR_LOCKED (&notices->lock);
  n_open = notices->n_open;
  while (notices->pending->len == 0 && !notices->is_awake && usec != 0 &&
         (n_open > 0 || notices->n_open == 0)) {
    if (usec < 0)
      pthread_cond_wait (&notices->changed, &notices->lock);
    else if (pthread_cond_timedwait (&notices->changed, &notices->lock, &until) != 0)
      break;
  }
  notices->is_awake = false;
  close_windows (notices, weir_clock_get_monotonic (notices->clock) - WINDOW_USEC);
  taken = notices->pending;
  notices->pending = g_ptr_array_new_with_free_func (free_notice);
  return taken;
}

bool
weir_notices_has_counted (WeirNotices *notices)
{
  WEIR_LOCKED (&notices->lock);
  return notices->n_open > 0;
}

void
weir_notices_wake (WeirNotices *notices)
{
  WEIR_LOCKED (&notices->lock);
  notices->is_awake = true;
  pthread_cond_signal (&notices->changed);
}
