#include "store/content-cleaner.h"

#include <stdatomic.h>

typedef struct {
  WeirContentCleaner cleaner;
  _Atomic uint64_t appended;
  GArray *gone; /* int: items in the order in which they went; the cleaner's until it has settled */
  int n_forgotten;
} Fixture;

static uint64_t
get_appended (void *data)
{
  return ((Fixture *)data)->appended;
}

static void
on_due (void *owner, void *item, bool is_due)
{
  Fixture *self = owner;
  int number = GPOINTER_TO_INT (item);

  if (is_due)
    g_array_append_val (self->gone, number);
  else
    self->n_forgotten++;
}

static void
set_up (Fixture *self, const void *data)
{
  g_assert_true (weir_content_cleaner_init (&self->cleaner, get_appended, self, self, NULL));
  self->gone = g_array_new (FALSE, FALSE, sizeof (int));
}

static void
tear_down (Fixture *self, const void *data)
{
  g_array_unref (self->gone);
}

static void
add (Fixture *self, uint64_t ticket, int number)
{
  self->appended = ticket;
  weir_content_cleaner_add (&self->cleaner, on_due, GINT_TO_POINTER (number));
}

static void
test_nothing_goes_before_its_ticket (Fixture *self, const void *data)
{
  add (self, 10, 1);
  add (self, 10, 2);
  add (self, 20, 3);
  add (self, 30, 4);
  weir_content_cleaner_on_durable (&self->cleaner, 9);
  weir_content_cleaner_settle (&self->cleaner);
  g_assert_cmpuint (self->gone->len, ==, 0);
  weir_content_cleaner_on_durable (&self->cleaner, 10);
  weir_content_cleaner_settle (&self->cleaner);
  g_assert_cmpuint (self->gone->len, ==, 2);
  weir_content_cleaner_on_durable (&self->cleaner, 29);
  weir_content_cleaner_settle (&self->cleaner);
  g_assert_cmpuint (self->gone->len, ==, 3);
  for (int i = 0; i < 3; i++)
    g_assert_cmpint (g_array_index (self->gone, int, i), ==, i + 1);

  weir_content_cleaner_clear (&self->cleaner);
  g_assert_cmpuint (self->gone->len, ==, 3);
  g_assert_cmpint (self->n_forgotten, ==, 1);
}

static void
test_what_is_durable_already_goes_at_once (Fixture *self, const void *data)
{
  weir_content_cleaner_on_durable (&self->cleaner, 50);
  add (self, 50, 1);
  weir_content_cleaner_settle (&self->cleaner);
  g_assert_cmpuint (self->gone->len, ==, 1);
  weir_content_cleaner_clear (&self->cleaner);
}

static void
test_the_end_waits_for_what_is_due (Fixture *self, const void *data)
{
  for (int i = 0; i < 1000; i++)
    add (self, (uint64_t)i, i);
  weir_content_cleaner_on_durable (&self->cleaner, 499);
  weir_content_cleaner_clear (&self->cleaner);
  g_assert_cmpuint (self->gone->len, ==, 500);
  g_assert_cmpint (self->n_forgotten, ==, 500);
}

static void *
add_many (void *data)
{
  Fixture *self = data;

  for (int i = 0; i < 2000; i++) {
    uint64_t ticket = atomic_fetch_add (&self->appended, 1) + 1;

    weir_content_cleaner_add (&self->cleaner, on_due, GINT_TO_POINTER (i));
    if (i % 7 == 0)
      weir_content_cleaner_on_durable (&self->cleaner, ticket);
  }
  return NULL;
}

static void
test_threads_add_at_once (Fixture *self, const void *data)
{
  pthread_t threads[3];

  for (size_t i = 0; i < G_N_ELEMENTS (threads); i++)
    g_assert_cmpint (pthread_create (&threads[i], NULL, add_many, self), ==, 0);
  for (size_t i = 0; i < G_N_ELEMENTS (threads); i++)
    pthread_join (threads[i], NULL);
  weir_content_cleaner_on_durable (&self->cleaner, self->appended);
  weir_content_cleaner_settle (&self->cleaner);
  g_assert_cmpuint (self->gone->len, ==, 6000);
  weir_content_cleaner_clear (&self->cleaner);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)
  ADD ("/content-cleaner/ticket", test_nothing_goes_before_its_ticket);
  ADD ("/content-cleaner/at-once", test_what_is_durable_already_goes_at_once);
  ADD ("/content-cleaner/end", test_the_end_waits_for_what_is_due);
  ADD ("/content-cleaner/threads", test_threads_add_at_once);
  return g_test_run ();
}
