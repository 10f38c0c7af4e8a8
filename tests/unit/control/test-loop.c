#include "control/loop.h"

#include <glib.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/epoll.h>
#include <unistd.h>

typedef struct {
  WeirLoop *loop;
  GString *order;
  WeirWatch *watches[2];
  unsigned n_calls;
  atomic_uint n_posts;
} World;

typedef struct {
  World *world;
  char letter;
} Letter;

static void
on_letter (void *data)
{
  Letter *letter = data;

  g_string_append_c (letter->world->order, letter->letter);
  if (letter->letter == 'z')
    weir_loop_quit (letter->world->loop);
}

/* In the order of their moments, not in that in which they were set; a cancelled one never. */
static void
test_moments (void)
{
  World world = { weir_loop_new (), g_string_new (NULL) };
  Letter letters[] = { { &world, 'c' }, { &world, 'a' }, { &world, 'x' },
                       { &world, 'b' }, { &world, 'z' }, { &world, 'd' } };
  int64_t times[] = { 3000, 1000, 1500, 2000, 60000, 1 };
  WeirMoment *moments[G_N_ELEMENTS (letters)];

  for (size_t i = 0; i < G_N_ELEMENTS (letters); i++) {
    moments[i] = weir_loop_moment (world.loop, on_letter, &letters[i]);
    weir_moment_set (moments[i], times[i]);
  }
  weir_moment_cancel (moments[2]);
  weir_moment_set (moments[5], 30000);
  weir_loop_run (world.loop);
  g_assert_cmpstr (world.order->str, ==, "abcdz");
  for (size_t i = 0; i < G_N_ELEMENTS (letters); i++)
    weir_moment_free (moments[i]);
  weir_loop_free (world.loop);
  g_string_free (world.order, TRUE);
}

/* Many, set and cancelled in any order, are called by time. */
static void
on_count (void *data)
{
  ((World *)data)->n_calls++;
}

static void
test_many_moments (void)
{
  World world = { weir_loop_new (), g_string_new (NULL) };
  Letter last = { &world, 'z' };
  WeirMoment *end = weir_loop_moment (world.loop, on_letter, &last);
  WeirMoment *moments[500];
  unsigned n_set = 0;

  for (unsigned i = 0; i < G_N_ELEMENTS (moments); i++) {
    moments[i] = weir_loop_moment (world.loop, on_count, &world);
    weir_moment_set (moments[i], i * 7919 % 500);
  }
  for (unsigned i = 0; i < G_N_ELEMENTS (moments); i += 3)
    weir_moment_cancel (moments[i]);
  for (unsigned i = 0; i < G_N_ELEMENTS (moments); i++)
    n_set += i % 3 != 0;
  weir_moment_set (end, 1000);
  weir_loop_run (world.loop);
  g_assert_cmpuint (world.n_calls, ==, n_set);
  for (unsigned i = 0; i < G_N_ELEMENTS (moments); i++)
    weir_moment_free (moments[i]);
  weir_moment_free (end);
  weir_loop_free (world.loop);
  g_string_free (world.order, TRUE);
}

/* Two sockets have something in one batch; the first to be called frees the other. */
static void
on_one_of_two (void *data, uint32_t events)
{
  World *world = data;

  world->n_calls++;
  g_clear_pointer (&world->watches[0], weir_watch_free);
  g_clear_pointer (&world->watches[1], weir_watch_free);
  weir_loop_quit (world->loop);
}

static void
test_frees_within_a_batch (void)
{
  World world = { weir_loop_new () };
  int pipes[2][2];

  for (unsigned i = 0; i < 2; i++) {
    g_assert_cmpint (pipe (pipes[i]), ==, 0);
    g_assert_cmpint (write (pipes[i][1], "x", 1), ==, 1);
    world.watches[i] = weir_loop_watch (world.loop, pipes[i][0], EPOLLIN, on_one_of_two, &world);
  }
  weir_loop_run (world.loop);
  g_assert_cmpuint (world.n_calls, ==, 1);
  for (unsigned i = 0; i < 4; i++)
    close (pipes[i / 2][i % 2]);
  weir_loop_free (world.loop);
}

#define N_THREADS 4
#define N_POSTS   1000

static void
on_post (void *data)
{
  World *world = data;

  g_assert_true (weir_loop_is_here (world->loop));
  if (atomic_fetch_add (&world->n_posts, 1) + 1 == N_THREADS * N_POSTS)
    weir_loop_quit (world->loop);
}

static void *
post_many (void *data)
{
  World *world = data;

  g_assert_false (weir_loop_is_here (world->loop));
  for (unsigned i = 0; i < N_POSTS; i++)
    weir_loop_post (world->loop, on_post, world);
  return NULL;
}

static void
test_posts_of_threads (void)
{
  World world = { weir_loop_new () };
  pthread_t threads[N_THREADS];

  for (unsigned i = 0; i < N_THREADS; i++)
    g_assert_cmpint (pthread_create (&threads[i], NULL, post_many, &world), ==, 0);
  weir_loop_run (world.loop);
  for (unsigned i = 0; i < N_THREADS; i++)
    pthread_join (threads[i], NULL);
  g_assert_cmpuint (atomic_load (&world.n_posts), ==, N_THREADS * N_POSTS);
  weir_loop_free (world.loop);
}

static void
on_post_again (void *data)
{
  World *world = data;

  weir_loop_post (world->loop, on_count, world);
}

static void
test_calls_late_posts (void)
{
  World world = { weir_loop_new () };

  weir_loop_post (world.loop, on_post_again, &world);
  weir_loop_free (world.loop);
  g_assert_cmpuint (world.n_calls, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/loop/moments", test_moments);
  g_test_add_func ("/loop/many-moments", test_many_moments);
  g_test_add_func ("/loop/frees-within-a-batch", test_frees_within_a_batch);
  g_test_add_func ("/loop/posts-of-threads", test_posts_of_threads);
  g_test_add_func ("/loop/calls-late-posts", test_calls_late_posts);
  return g_test_run ();
}
