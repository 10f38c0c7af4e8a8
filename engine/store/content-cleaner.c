/* content-cleaner.c: a queue of tickets and a thread. */
#include "store/content-cleaner.h"

#include <stdatomic.h>

#include "base/error.h"

typedef struct {
  uint64_t ticket;
  WeirCleanerFunc func;
  void *item;
} Entry;

/* Call with the lock held. */
static void
update_next (WeirContentCleaner *cleaner)
{
  const Entry *first = g_queue_peek_head (&cleaner->items);

  atomic_store (&cleaner->next, first != NULL ? first->ticket : UINT64_MAX);
}

static bool
is_due (WeirContentCleaner *cleaner)
{
  return atomic_load (&cleaner->next) <= atomic_load (&cleaner->durable);
}

/* Call with the lock held. */
static void
work_off (WeirContentCleaner *cleaner)
{
  while (is_due (cleaner) && !g_queue_is_empty (&cleaner->items)) {
    g_autofree Entry *entry = g_queue_pop_head (&cleaner->items);

    update_next (cleaner);
    cleaner->is_busy = true;
    pthread_mutex_unlock (&cleaner->lock);
    entry->func (cleaner->owner, entry->item, true);
    pthread_mutex_lock (&cleaner->lock);
    cleaner->is_busy = false;
  }
}

static void *
run (void *data)
{
  WeirContentCleaner *cleaner = data;

  WEIR_LOCKED (&cleaner->lock);

  for (;;) {
    work_off (cleaner);
    pthread_cond_broadcast (&cleaner->changed);
    if (cleaner->is_ending)
      return NULL;
    while (!cleaner->is_ending && !is_due (cleaner))
      pthread_cond_wait (&cleaner->changed, &cleaner->lock);
  }
}

bool
weir_content_cleaner_init (WeirContentCleaner *cleaner, uint64_t (*get_appended) (void *data),
                           void *data, void *owner, GError **error)
{
  int errnum;

  cleaner->get_appended = get_appended;
  cleaner->data = data;
  cleaner->owner = owner;
  pthread_mutex_init (&cleaner->lock, NULL);
  pthread_cond_init (&cleaner->changed, NULL);
  g_queue_init (&cleaner->items);
  cleaner->is_busy = false;
  cleaner->is_ending = false;
  atomic_init (&cleaner->next, UINT64_MAX);
  atomic_init (&cleaner->durable, 0);
  errnum = pthread_create (&cleaner->thread, NULL, run, cleaner);
  return errnum == 0 || weir_error_set_errno (error, "start a thread", NULL, errnum);
}

void
weir_content_cleaner_clear (WeirContentCleaner *cleaner)
{
  Entry *entry;

  pthread_mutex_lock (&cleaner->lock);
  cleaner->is_ending = true;
  pthread_cond_broadcast (&cleaner->changed);
  pthread_mutex_unlock (&cleaner->lock);
  pthread_join (cleaner->thread, NULL);
  while ((entry = g_queue_pop_head (&cleaner->items)) != NULL) {
    entry->func (cleaner->owner, entry->item, false);
    g_free (entry);
  }
  pthread_cond_destroy (&cleaner->changed);
  pthread_mutex_destroy (&cleaner->lock);
}

void
weir_content_cleaner_add (WeirContentCleaner *cleaner, WeirCleanerFunc func, void *item)
{
  Entry *entry = g_new (Entry, 1);

  WEIR_LOCKED (&cleaner->lock);

  /* Under the lock, so that tickets are in order. */
  *entry = (Entry){ cleaner->get_appended (cleaner->data), func, item };
  g_queue_push_tail (&cleaner->items, entry);
  update_next (cleaner);
  if (is_due (cleaner))
    pthread_cond_broadcast (&cleaner->changed);
}

void
weir_content_cleaner_on_durable (WeirContentCleaner *cleaner, uint64_t durable)
{
  atomic_store (&cleaner->durable, durable);
  if (!is_due (cleaner))
    return;

  WEIR_LOCKED (&cleaner->lock);
  pthread_cond_broadcast (&cleaner->changed);
}

void
weir_content_cleaner_settle (WeirContentCleaner *cleaner)
{
  WEIR_LOCKED (&cleaner->lock);

  while (cleaner->is_busy || (is_due (cleaner) && !g_queue_is_empty (&cleaner->items)))
    pthread_cond_wait (&cleaner->changed, &cleaner->lock);
}
