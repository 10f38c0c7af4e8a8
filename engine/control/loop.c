/* loop.c: epoll for sockets, a heap for moments, and a list for what other threads post.
 *
 * What one function of a batch frees is taken out of the rest of the batch, so nothing is called
 * after it was freed. */
#include "control/loop.h"

#include "base/clock.h"
#include "base/lock.h"

#include <errno.h>
#include <glib.h>
#include <stdatomic.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define N_EVENTS 64

typedef struct {
  void (*func) (void *data);
  void *data;
} Post;

struct WeirWatch {
  WeirLoop *loop;
  int fd;
  uint32_t events;
  void (*func) (void *data, uint32_t events);
  void *data;
};

struct WeirMoment {
  WeirLoop *loop;
  void (*func) (void *data);
  void *data;
  int64_t when;
  size_t position; /* in the heap; 0: not set */
};

struct WeirLoop {
  int epoll;
  int bell;
  atomic_bool quit;
  _Atomic pthread_t thread; /* that runs it; 0: none */
  WeirLock lock;
  GArray *posts; /* guarded by lock */

  struct epoll_event events[N_EVENTS]; /* the batch */
  int n_events;

  GPtrArray *heap; /* of WeirMoment; index 0 is unused */
};

WeirLoop *
weir_loop_new (void)
{
  WeirLoop *loop = g_new0 (WeirLoop, 1);
  struct epoll_event event = { .events = EPOLLIN };

  loop->epoll = epoll_create1 (EPOLL_CLOEXEC);
  loop->bell = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (loop->epoll < 0 || loop->bell < 0 ||
      epoll_ctl (loop->epoll, EPOLL_CTL_ADD, loop->bell, &event) < 0)
    g_error ("a loop cannot be made: %s", g_strerror (errno));
  pthread_mutex_init (&loop->lock, NULL);
  loop->posts = g_array_new (FALSE, FALSE, sizeof (Post));
  loop->heap = g_ptr_array_new ();
  g_ptr_array_add (loop->heap, NULL);
  return loop;
}

void
weir_loop_run_posts (WeirLoop *loop)
{
  g_autoptr (GArray) posts = NULL;

  {
    WEIR_LOCKED (&loop->lock);
    if (loop->posts->len == 0)
      return;
    posts = loop->posts;
    loop->posts = g_array_sized_new (FALSE, FALSE, sizeof (Post), posts->len);
  }
  for (unsigned i = 0; i < posts->len; i++) {
    Post *post = &g_array_index (posts, Post, i);

    post->func (post->data);
  }
}

void
weir_loop_free (WeirLoop *loop)
{
  if (loop == NULL)
    return;
  while (loop->posts->len > 0) /* these may post more */
    weir_loop_run_posts (loop);
  g_array_unref (loop->posts);
  g_ptr_array_unref (loop->heap);
  pthread_mutex_destroy (&loop->lock);
  close (loop->epoll);
  close (loop->bell);
  g_free (loop);
}

static void
ring (WeirLoop *loop)
{
  uint64_t one = 1;

  while (write (loop->bell, &one, sizeof one) < 0 && errno == EINTR)
    ;
}

void
weir_loop_quit (WeirLoop *loop)
{
  atomic_store (&loop->quit, true);
  ring (loop);
}

void
weir_loop_post (WeirLoop *loop, void (*func) (void *data), void *data)
{
  Post post = { func, data };
  bool is_first;

  {
    WEIR_LOCKED (&loop->lock);
    is_first = loop->posts->len == 0;
    g_array_append_val (loop->posts, post);
  }
  if (is_first)
    ring (loop);
}

bool
weir_loop_is_here (WeirLoop *loop)
{
  pthread_t thread = atomic_load (&loop->thread);

  return pthread_equal (thread, pthread_self ());
}

/* --- sockets --- */

static void
control (WeirWatch *watch, int operation)
{
  struct epoll_event event = { .events = watch->events, .data.ptr = watch };

  if (epoll_ctl (watch->loop->epoll, operation, watch->fd, &event) < 0)
    g_error ("a socket cannot be watched: %s", g_strerror (errno));
}

WeirWatch *
weir_loop_watch (WeirLoop *loop, int fd, uint32_t events,
                 void (*func) (void *data, uint32_t events), void *data)
{
  WeirWatch *watch = g_new (WeirWatch, 1);

  *watch = (WeirWatch){ .loop = loop, .fd = fd, .events = events, .func = func, .data = data };
  control (watch, EPOLL_CTL_ADD);
  return watch;
}

void
weir_watch_set (WeirWatch *watch, uint32_t events)
{
  if (watch->events == events)
    return;
  watch->events = events;
  control (watch, EPOLL_CTL_MOD);
}

void
weir_watch_free (WeirWatch *watch)
{
  if (watch == NULL)
    return;
  epoll_ctl (watch->loop->epoll, EPOLL_CTL_DEL, watch->fd, NULL);
  for (int i = 0; i < watch->loop->n_events; i++) {
    if (watch->loop->events[i].data.ptr == watch)
      watch->loop->events[i].data.ptr = NULL;
  }
  g_free (watch);
}

/* --- moments --- */

static WeirMoment *
at (WeirLoop *loop, size_t position)
{
  return g_ptr_array_index (loop->heap, position);
}

static void
place (WeirLoop *loop, size_t position, WeirMoment *moment)
{
  g_ptr_array_index (loop->heap, position) = moment;
  moment->position = position;
}

static void
sift_up (WeirLoop *loop, size_t position, WeirMoment *moment)
{
  for (; position > 1 && moment->when < at (loop, position / 2)->when; position /= 2)
    place (loop, position, at (loop, position / 2));
  place (loop, position, moment);
}

static void
sift_down (WeirLoop *loop, size_t position, WeirMoment *moment)
{
  size_t end = loop->heap->len;

  for (size_t child; (child = position * 2) < end; position = child) {
    if (child + 1 < end && at (loop, child + 1)->when < at (loop, child)->when)
      child++;
    if (moment->when <= at (loop, child)->when)
      break;
    place (loop, position, at (loop, child));
  }
  place (loop, position, moment);
}

WeirMoment *
weir_loop_moment (WeirLoop *loop, void (*func) (void *data), void *data)
{
  WeirMoment *moment = g_new (WeirMoment, 1);

  *moment = (WeirMoment){ .loop = loop, .func = func, .data = data };
  return moment;
}

void
weir_moment_cancel (WeirMoment *moment)
{
  WeirLoop *loop = moment->loop;
  size_t position = moment->position;
  WeirMoment *last;

  if (position == 0)
    return;
  moment->position = 0;
  last = at (loop, loop->heap->len - 1);
  g_ptr_array_set_size (loop->heap, loop->heap->len - 1);
  if (last == moment)
    return;
  sift_down (loop, position, last);
  sift_up (loop, last->position, last);
}

void
weir_moment_set (WeirMoment *moment, int64_t usec)
{
  int64_t now = weir_clock_get_monotonic (weir_clock_system ());

  weir_moment_cancel (moment);
  moment->when = weir_time_add (now, MAX (usec, 0));
  g_ptr_array_add (moment->loop->heap, moment);
  sift_up (moment->loop, moment->loop->heap->len - 1, moment);
}

void
weir_moment_free (WeirMoment *moment)
{
  if (moment == NULL)
    return;
  weir_moment_cancel (moment);
  g_free (moment);
}

/* Until the first moment, in milliseconds as epoll wants them, rounded up. */
static int
get_wait (WeirLoop *loop)
{
  int64_t usec;

  if (loop->heap->len <= 1)
    return -1;
  usec = at (loop, 1)->when - weir_clock_get_monotonic (weir_clock_system ());
  return CLAMP (usec, 0, INT64_C (3600) * 1000000) / 1000 + (usec > 0);
}

/* Those that are due now; what these set anew has its turn after the sockets. */
static void
run_moments (WeirLoop *loop)
{
  int64_t now;

  if (loop->heap->len <= 1)
    return;
  now = weir_clock_get_monotonic (weir_clock_system ());
  while (loop->heap->len > 1 && at (loop, 1)->when <= now) {
    WeirMoment *moment = at (loop, 1);

    weir_moment_cancel (moment);
    moment->func (moment->data);
  }
}

/* --- the loop --- */

/* Nothing to read is no harm: a watch that was freed in this batch looks like the bell, too. */
static void
hear (WeirLoop *loop)
{
  uint64_t count;

  while (read (loop->bell, &count, sizeof count) < 0 && errno == EINTR)
    ;
}

static void
run_batch (WeirLoop *loop)
{
  loop->n_events = epoll_wait (loop->epoll, loop->events, N_EVENTS, get_wait (loop));
  for (int i = 0; i < loop->n_events; i++) {
    WeirWatch *watch = loop->events[i].data.ptr;

    if (watch != NULL)
      watch->func (watch->data, loop->events[i].events);
    else
      hear (loop);
  }
  loop->n_events = 0;
}

void
weir_loop_run (WeirLoop *loop)
{
  atomic_store (&loop->thread, pthread_self ());
  while (!atomic_load (&loop->quit)) {
    run_batch (loop);
    weir_loop_run_posts (loop);
    run_moments (loop);
  }
  atomic_store (&loop->quit, false);
  atomic_store (&loop->thread, 0);
}
