#include "base/limits.h"
#include "base/names.h"
#include <glib.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define N_THREADS 4
#define N_NAMES   5000

static void
test_constants (void)
{
  g_assert_cmpstr (weir_name_get (WEIR_NAME_FILENAME), ==, "filename");
  g_assert_cmpuint (weir_name_find ("uuid"), ==, WEIR_NAME_UUID);
  g_assert_cmpuint (weir_name_intern ("path"), ==, WEIR_NAME_PATH);
  g_assert_cmpuint (weir_name_get_length (WEIR_NAME_PATH), ==, 4);
}

static void
test_a_name_has_one_number (void)
{
  uint32_t id = weir_name_intern ("order.number");

  g_assert_cmpuint (id, !=, WEIR_NAME_NONE);
  g_assert_cmpuint (weir_name_intern ("order.number"), ==, id);
  g_assert_cmpuint (weir_name_intern_n ("order.number of the day", 12), ==, id);
  g_assert_cmpuint (weir_name_find ("order.number"), ==, id);
  g_assert_cmpstr (weir_name_get (id), ==, "order.number");
  g_assert_cmpuint (weir_name_get_length (id), ==, 12);
  g_assert_cmpuint (weir_name_intern ("Order.number"), !=, id);
  g_assert_cmpuint (weir_name_intern (""), !=, WEIR_NAME_NONE);
}

static void
test_asking_does_not_add (void)
{
  g_assert_cmpuint (weir_name_find ("never added"), ==, WEIR_NAME_NONE);
  g_assert_cmpuint (weir_name_find ("never added"), ==, WEIR_NAME_NONE);
}

static void
test_unfit_names_are_not_kept (void)
{
  g_autofree char *longest = g_strnfill (WEIR_LIMIT_NAME_KEPT, 'n');
  g_autofree char *longer = g_strnfill (WEIR_LIMIT_NAME_KEPT + 1, 'n');

  g_assert_cmpuint (weir_name_intern (longest), !=, WEIR_NAME_NONE);
  g_assert_cmpuint (weir_name_intern (longer), ==, WEIR_NAME_NONE);
  g_assert_cmpuint (weir_name_intern_n ("a\0b", 3), ==, WEIR_NAME_NONE);
}

typedef struct {
  uint32_t ids[N_NAMES];
} Seen;

static void *
intern_all (void *data)
{
  Seen *seen = data;

  for (uint32_t i = 0; i < N_NAMES; i++) {
    char name[32];

    g_snprintf (name, sizeof name, "thread.%u", i);
    seen->ids[i] = weir_name_intern (name);
    g_assert_cmpstr (weir_name_get (seen->ids[i]), ==, name);
    g_assert_cmpuint (weir_name_find (name), ==, seen->ids[i]);
  }
  return NULL;
}

static void
test_threads_agree (void)
{
  static Seen seen[N_THREADS];
  pthread_t threads[N_THREADS];

  for (int i = 0; i < N_THREADS; i++)
    pthread_create (&threads[i], NULL, intern_all, &seen[i]);
  for (int i = 0; i < N_THREADS; i++)
    pthread_join (threads[i], NULL);
  for (int i = 1; i < N_THREADS; i++)
    g_assert_cmpmem (seen[i].ids, sizeof seen[i].ids, seen[0].ids, sizeof seen[0].ids);
}

/* Runs last: nothing fits afterwards. */
static void
test_the_number_of_names_is_bounded (void)
{
  uint32_t known = weir_name_intern ("known before");
  uint32_t n_kept = 0;

  for (uint32_t i = 0; i < WEIR_LIMIT_NAMES + 1000; i++) {
    char name[32];

    g_snprintf (name, sizeof name, "flood.%u", i);
    n_kept += weir_name_intern (name) != WEIR_NAME_NONE;
  }
  g_assert_cmpuint (n_kept, <, WEIR_LIMIT_NAMES);
  g_assert_cmpuint (n_kept, >, WEIR_LIMIT_NAMES - 2 * N_NAMES);
  g_assert_cmpuint (weir_name_intern ("flood.too.many"), ==, WEIR_NAME_NONE);
  g_assert_cmpuint (weir_name_intern ("known before"), ==, known);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/names/constants", test_constants);
  g_test_add_func ("/names/one-number", test_a_name_has_one_number);
  g_test_add_func ("/names/find", test_asking_does_not_add);
  g_test_add_func ("/names/unfit", test_unfit_names_are_not_kept);
  g_test_add_func ("/names/threads", test_threads_agree);
  g_test_add_func ("/names/bounded", test_the_number_of_names_is_bounded);
  return g_test_run ();
}
