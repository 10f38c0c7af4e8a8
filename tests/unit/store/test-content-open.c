/* test-content-open.c: how many files of contents are open at once, and that one in use stays open.
 */
#include <pthread.h>

#include "durable.h"

#define N_FILES   12u
#define N_THREADS 4u
#define OPEN_MAX  1u
#define SIZE      ((size_t)WEIR_LIMIT_CONTENT_SHARED + 5000)

typedef struct {
  Durable durable;
  WeirContent contents[N_FILES];
} Fixture;

static unsigned
get_n_open (Fixture *self)
{
  return atomic_load (&self->durable.store->pool.keeper->n_open);
}

static void
set_up (Fixture *self, const void *data)
{
  durable_set_up (&self->durable, NULL);
  durable_close (&self->durable);
  self->durable.options.open_max = OPEN_MAX;
  durable_open (&self->durable);
  /* All different. */
  for (unsigned i = 0; i < N_FILES; i++)
    g_assert_true (weir_content_store_put (self->durable.store, self->durable.bytes + i * 1000,
                                           SIZE, &self->contents[i], NULL));
  g_assert_cmpuint (get_n_open (self), ==, 0);
}

static void
tear_down (Fixture *self, const void *data)
{
  for (unsigned i = 0; i < N_FILES; i++)
    weir_content_clear (&self->contents[i]);
  durable_tear_down (&self->durable, NULL);
}

static void
test_few_stay_open (Fixture *self, const void *data)
{
  for (unsigned i = 0; i < 3 * N_FILES; i++) {
    WeirContentView view;

    const char *bytes = self->durable.bytes + i % N_FILES * 1000;

    durable_assert_holds (&self->contents[i % N_FILES], bytes, SIZE, 100000);
    g_assert_true (weir_content_view_open (&self->contents[i % N_FILES], &view, NULL));
    g_assert_cmpmem (view.bytes.data, SIZE, bytes, SIZE);
    weir_content_view_close (&view);
    g_assert_cmpuint (get_n_open (self), <=, OPEN_MAX);
  }
  g_assert_cmpuint (get_n_open (self), ==, OPEN_MAX);
  for (unsigned i = 0; i < N_FILES; i++)
    weir_content_clear (&self->contents[i]);
  durable_advance (&self->durable);
  g_assert_cmpuint (get_n_open (self), ==, 0);
}

static void *
read_all (void *data)
{
  Fixture *self = data;

  for (unsigned i = 0; i < 500 * N_FILES; i++) {
    const WeirContent *content = &self->contents[i % N_FILES];
    WeirContentReader reader;
    char bytes[1000];

    weir_content_reader_init (&reader, content);
    g_assert_cmpint (weir_content_reader_read (&reader, bytes, sizeof bytes, NULL), ==, 1000);
    g_assert_cmpmem (bytes, sizeof bytes, self->durable.bytes + i % N_FILES * 1000, sizeof bytes);
    weir_content_reader_clear (&reader);
  }
  return NULL;
}

/* Nobody reads from a descriptor that another has closed, or that is another file by now. */
static void
test_many_readers (Fixture *self, const void *data)
{
  pthread_t threads[N_THREADS];

  for (unsigned i = 0; i < N_THREADS; i++)
    g_assert_cmpint (pthread_create (&threads[i], NULL, read_all, self), ==, 0);
  for (unsigned i = 0; i < N_THREADS; i++)
    pthread_join (threads[i], NULL);
  g_assert_cmpuint (get_n_open (self), <=, OPEN_MAX);
}

/* Shared files that nobody writes to any more are closed like others, and opened again when they
 * begin anew. */
static void
test_shared_files (Fixture *self, const void *data)
{
  Durable *durable = &self->durable;
  WeirContent contents[16 * WEIR_CONTENT_POOL_SIZE];
  WeirContentFile *first;

  for (unsigned round = 0; round < 2; round++) {
    for (size_t i = 0; i < G_N_ELEMENTS (contents); i++) {
      contents[i] = durable_write (durable, WEIR_LIMIT_CONTENT_SHARED, WEIR_LIMIT_CONTENT_SHARED);
      g_assert_true (weir_content_store_sync (durable->store, NULL));
    }
    for (size_t i = 0; i < G_N_ELEMENTS (contents); i++)
      durable_assert_holds (&contents[i], durable->bytes, WEIR_LIMIT_CONTENT_SHARED, 300000);
    /* Eight of 16 MiB; one of them is still being filled. */
    g_assert_cmpuint (get_n_open (self), <=, OPEN_MAX + 1);
    first = contents[0].claim->file;
    for (size_t i = 0; i < G_N_ELEMENTS (contents); i++)
      weir_content_clear (&contents[i]);
    durable->appended++;
    durable_advance (durable);
    g_assert_cmpint (atomic_load (&first->fd), >=, 0);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, test) g_test_add ("/content-open/" name, Fixture, NULL, set_up, test, tear_down)
  ADD ("few-stay-open", test_few_stay_open);
  ADD ("many-readers", test_many_readers);
  ADD ("shared-files", test_shared_files);
  return g_test_run ();
}
