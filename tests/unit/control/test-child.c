/* A process that is looked after: what it says, how it ends, when it is started again. */
#include "control/child.h"

#include "support/directory.h"

#include <signal.h>
#include <string.h>

#define LONG (200 * G_USEC_PER_SEC) /* a bound, even on a machine that has no time */

typedef struct {
  WeirLoop *loop;
  WeirChild *child;
  WeirMoment *bound;
  WeirChildState until; /* quits the loop when it is there */
  unsigned until_restarts;
  GString *story;
} Fixture;

static void
on_change (void *data, WeirChild *child)
{
  static const char names[] = { 's', 'b', 'r', 'w', 'e' };
  Fixture *self = data;
  WeirChildState state = weir_child_get_state (child);

  g_string_append_c (self->story, names[state]);
  if (state == self->until && weir_child_get_restarts (child) >= self->until_restarts)
    weir_loop_quit (self->loop);
}

static void
on_bound (void *data)
{
  g_error ("it did not happen: %s", ((Fixture *)data)->story->str);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  const char *argv[] = { "/bin/sh", "-c", data, NULL };

  self->loop = weir_loop_new ();
  self->story = g_string_new (NULL);
  self->child = weir_child_new (self->loop, argv, on_change, self);
  self->bound = weir_loop_moment (self->loop, on_bound, self);
  weir_moment_set (self->bound, LONG);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  weir_child_free (self->child);
  weir_moment_free (self->bound);
  weir_loop_free (self->loop);
  g_string_free (self->story, TRUE);
}

static void
run_until (Fixture *self, WeirChildState state, unsigned restarts)
{
  self->until = state;
  self->until_restarts = restarts;
  weir_loop_run (self->loop);
}

static void
test_ready (Fixture *self, gconstpointer data)
{
  weir_child_start (self->child);
  run_until (self, WEIR_CHILD_READY, 0);
  g_assert_cmpint (weir_child_get_pid (self->child), >, 0);
  g_assert_cmpstr (weir_child_get_trouble (self->child), ==, "");
  weir_child_stop (self->child, LONG);
  run_until (self, WEIR_CHILD_STOPPED, 0);
  g_assert_cmpint (weir_child_get_pid (self->child), ==, 0);
  g_assert_cmpstr (self->story->str, ==, "bres");
}

/* Each start is told, and the wait grows. */
static void
test_again (Fixture *self, gconstpointer data)
{
  weir_child_start (self->child);
  run_until (self, WEIR_CHILD_WAITING, 3);
  g_assert_cmpstr (self->story->str, ==, "bwbwbw");
  g_assert_cmpstr (weir_child_get_trouble (self->child), ==, "no room: free some");
  g_assert_cmpint (weir_child_get_wait (self->child), ==, 4 * G_USEC_PER_SEC / 10);
  weir_child_stop (self->child, LONG);
  g_assert_cmpint (weir_child_get_state (self->child), ==, WEIR_CHILD_STOPPED);
}

static void
test_status (Fixture *self, gconstpointer data)
{
  weir_child_start (self->child);
  run_until (self, WEIR_CHILD_WAITING, 1);
  g_assert_cmpstr (weir_child_get_trouble (self->child), ==, "ended with status 7");
}

static void
test_killed (Fixture *self, gconstpointer data)
{
  weir_child_start (self->child);
  run_until (self, WEIR_CHILD_READY, 0);
  weir_child_signal (self->child, SIGKILL);
  run_until (self, WEIR_CHILD_WAITING, 1);
  g_assert_nonnull (strstr (weir_child_get_trouble (self->child), "signal 9"));
  run_until (self, WEIR_CHILD_READY, 1);
  g_assert_cmpstr (weir_child_get_trouble (self->child), ==, "");
}

/* It does not end by SIGTERM. */
static void
test_stubborn (Fixture *self, gconstpointer data)
{
  weir_child_start (self->child);
  run_until (self, WEIR_CHILD_READY, 0);
  weir_child_stop (self->child, 1000);
  run_until (self, WEIR_CHILD_STOPPED, 0);
  g_assert_cmpstr (self->story->str, ==, "bres");
}

static void
test_restart (Fixture *self, gconstpointer data)
{
  pid_t first;

  weir_child_start (self->child);
  run_until (self, WEIR_CHILD_READY, 0);
  first = weir_child_get_pid (self->child);
  weir_child_stop (self->child, LONG);
  weir_child_start (self->child);
  run_until (self, WEIR_CHILD_READY, 0);
  g_assert_cmpint (weir_child_get_pid (self->child), !=, first);
  g_assert_cmpuint (weir_child_get_restarts (self->child), ==, 0);
  g_assert_cmpstr (self->story->str, ==, "brebr");
}

static void
test_no_program (void)
{
  const char *argv[] = { "/nowhere/weir", NULL };
  Fixture self = { .loop = weir_loop_new (), .story = g_string_new (NULL) };

  self.child = weir_child_new (self.loop, argv, on_change, &self);
  weir_child_start (self.child);
  g_assert_cmpint (weir_child_get_state (self.child), ==, WEIR_CHILD_WAITING);
  g_assert_nonnull (strstr (weir_child_get_trouble (self.child), "/nowhere/weir"));
  weir_child_free (self.child);
  weir_loop_free (self.loop);
  g_string_free (self.story, TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, script, func) \
  g_test_add ("/child/" name, Fixture, script, set_up, func, tear_down)
  ADD ("ready", "echo ready >&3; exec sleep 1000", test_ready);
  ADD ("again", "echo 'no room: free some' >&3; exit 1", test_again);
  ADD ("status", "exit 7", test_status);
  ADD ("killed", "echo ready >&3; exec sleep 1000", test_killed);
  ADD ("stubborn", "trap '' TERM; echo ready >&3; exec sleep 1000", test_stubborn);
  ADD ("restart", "echo ready >&3; exec sleep 1000", test_restart);
#undef ADD
  g_test_add_func ("/child/no-program", test_no_program);
  return g_test_run ();
}
