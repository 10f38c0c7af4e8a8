#include "store/content.h"
#include <glib.h>
#include <pthread.h>
#include <string.h>
#include <weir/error.h>

#include "fixture.h"
#include "store/content-transfer.h"

static void
test_keeps_bytes_of_any_size (Fixture *self, const void *data)
{
  for (size_t i = 0; i < G_N_ELEMENTS (sizes); i++) {
    WeirContent content = put (self, self->bytes, sizes[i]);

    g_assert_true ((content.claim == NULL) == (sizes[i] == 0));
    assert_holds (&content, self->bytes, sizes[i]);
    weir_content_clear (&content);
    g_assert_null (content.claim);
    weir_content_clear (&content);
    assert_empty (self);
  }
}

static void
test_counts_what_it_keeps (Fixture *self, const void *data)
{
  WeirContent small = put (self, self->bytes, 1000);
  WeirContent middle = put (self, self->bytes, 100000);
  WeirContent large = put (self, self->bytes, N_BYTES);
  WeirContentUsage usage;

  weir_content_store_get_usage (self->store, &usage);
  g_assert_cmpuint (usage.n_claims, ==, 3);
  g_assert_cmpuint (usage.memory_bytes, ==, 1000);
  g_assert_cmpuint (usage.disk_bytes, ==, 100000 + N_BYTES);
  weir_content_clear (&small);
  weir_content_clear (&middle);
  weir_content_clear (&large);
}

/* In one of the three ways in which content comes. */
static WeirContent
make (Fixture *self, unsigned i, size_t size)
{
  char *bytes = self->bytes + i;
  WeirContent content;

  if (i % 3 == 0) {
    content = put (self, bytes, size);
  } else if (i % 3 == 1) {
    WeirContentWriter writer;

    weir_content_writer_init (&writer, self->store);
    g_assert_true (weir_content_writer_write (&writer, bytes, size, NULL));
    g_assert_true (weir_content_writer_close (&writer, &content, NULL));
  } else {
    WEIR_AUTO_FD int fd = weir_fs_open_unnamed (NULL, g_get_tmp_dir (), NULL);

    g_assert_true (weir_fs_pwrite (NULL, fd, bytes, size, 0, "file", NULL));
    g_assert_true (weir_content_store_import (self->store, fd, "file", &content, NULL));
  }
  return content;
}

/* However many small contents there are, no more than a limit is in memory. */
static void
test_many_small_ones (Fixture *self, const void *data)
{
  enum { SIZE = WEIR_LIMIT_CONTENT_INLINE - 100, N = 2 * WEIR_LIMIT_CONTENT_MEMORY / SIZE };
  g_autofree WeirContent *contents = g_new (WeirContent, N);
  WeirContentUsage usage;
  WeirContent tiny;

  for (unsigned i = 0; i < N; i++)
    contents[i] = make (self, i, SIZE);
  weir_content_store_get_usage (self->store, &usage);
  g_assert_cmpuint (usage.memory_bytes, <, WEIR_LIMIT_CONTENT_MEMORY + SIZE);
  g_assert_cmpuint (usage.memory_bytes, >=, WEIR_LIMIT_CONTENT_MEMORY);
  g_assert_cmpuint (usage.memory_bytes + usage.disk_bytes, ==, (uint64_t)N * SIZE);

  tiny = put (self, self->bytes, WEIR_LIMIT_CONTENT_TINY - 1);
  weir_content_store_get_usage (self->store, &usage);
  g_assert_cmpuint (usage.memory_bytes + usage.disk_bytes, ==, (uint64_t)N * SIZE + tiny.size);
  g_assert_cmpuint (usage.memory_bytes, >=, WEIR_LIMIT_CONTENT_MEMORY + tiny.size);
  weir_content_clear (&tiny);

  for (unsigned i = 0; i < N; i++) {
    assert_holds (&contents[i], self->bytes + i, SIZE);
    weir_content_clear (&contents[i]);
  }
  for (unsigned i = 0; i < 3; i++) {
    contents[0] = make (self, i, SIZE);
    weir_content_store_get_usage (self->store, &usage);
    g_assert_cmpuint (usage.memory_bytes, ==, SIZE);
    weir_content_clear (&contents[0]);
  }
}

static void
test_slices_share_a_claim (Fixture *self, const void *data)
{
  for (size_t i = 1; i < G_N_ELEMENTS (sizes); i++) {
    size_t size = sizes[i];
    WeirContent whole = put (self, self->bytes, size);
    WeirContent copy = weir_content_ref (&whole);
    WeirContent tail = weir_content_slice (&whole, size / 3, size - size / 3);
    size_t half = tail.size / 2, quarter = tail.size / 4;
    WeirContent middle = weir_content_slice (&tail, half, quarter);
    WeirContent none = weir_content_slice (&whole, size, 0);
    WeirContentUsage usage;

    weir_content_clear (&whole);
    weir_content_store_get_usage (self->store, &usage);
    g_assert_cmpuint (usage.n_claims, ==, 1);
    assert_holds (&copy, self->bytes, size);
    assert_holds (&tail, self->bytes + size / 3, size - size / 3);
    assert_holds (&middle, self->bytes + size / 3 + half, quarter);
    g_assert_null (none.claim);
    weir_content_clear (&copy);
    weir_content_clear (&tail);
    weir_content_clear (&middle);
    assert_empty (self);
  }
}

static void
test_a_view_outlives_its_content (Fixture *self, const void *data)
{
  for (size_t i = 1; i < G_N_ELEMENTS (sizes); i++) {
    WeirContent content = put (self, self->bytes, sizes[i]);
    WeirContent others[4];
    WeirContentView view;

    g_assert_true (weir_content_view_open (&content, &view, NULL));
    weir_content_clear (&content);
    for (size_t j = 0; j < G_N_ELEMENTS (others); j++)
      others[j] = put (self, self->bytes + N_BYTES - sizes[i], sizes[i]);
    g_assert_cmpmem (view.bytes.data, view.bytes.size, self->bytes, sizes[i]);
    weir_content_view_close (&view);
    weir_content_view_close (&view);
    for (size_t j = 0; j < G_N_ELEMENTS (others); j++)
      weir_content_clear (&others[j]);
  }
}

static void
test_refuses_a_directory_that_is_none (Fixture *self, const void *data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (weir_content_store_new ("/no/such/directory", NULL, &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND);
  weir_content_store_free (NULL);
}

static bool
put_and_view (Fixture *self, size_t size, GError **error)
{
  WeirContent content = { 0 };
  WeirContentView view = { 0 };
  bool worked = weir_content_store_put (self->store, self->bytes, size, &content, error) &&
                weir_content_view_open (&content, &view, error);

  weir_content_clear (&content);
  weir_content_view_close (&view);
  return worked;
}

/* Whatever call fails, and whether it fails once or from then on: one error, and nothing is left.
 */
static void
test_every_call_can_fail (Fixture *self, const void *data)
{
  WeirContent survivor = put (self, self->bytes + 1, 20000);

  for (size_t i = 1; i < G_N_ELEMENTS (sizes); i++) {
    bool passed = false;

    for (int nth = 1; !passed; nth++) {
      g_autoptr (GError) error = NULL;
      bool worked;

      failing_fs_init (&self->failing, nth, ENOSPC, nth % 2 == 0);
      worked = put_and_view (self, sizes[i], &error);
      passed = failing_fs_all_passed (&self->failing);
      failing_fs_init (&self->failing, 0, 0, false);
      g_assert_true (worked == passed);
      if (!passed)
        g_assert_error (error, WEIR_ERROR, WEIR_ERROR_IO);
      assert_holds (&survivor, self->bytes + 1, 20000);
    }
  }
  weir_content_clear (&survivor);
}

typedef struct {
  Fixture *fixture;
  WeirContent shared;
  size_t size;
  unsigned seed;
} Worker;

static void *
work (void *data)
{
  Worker *self = data;
  Fixture *fixture = self->fixture;

  for (unsigned round = 0; round < 300; round++) {
    size_t offset = (round * 7919 + self->seed) % 100000;
    size_t size = sizes[(round + self->seed) % 9];
    WeirContent own = put (fixture, fixture->bytes + offset, size);
    WeirContent slice = weir_content_slice (&self->shared, offset % self->size, 1);
    WeirContentView view;

    g_assert_true (weir_content_view_open (&own, &view, NULL));
    weir_content_clear (&own);
    g_assert_cmpmem (view.bytes.data, view.bytes.size, fixture->bytes + offset, size);
    weir_content_view_close (&view);
    weir_content_clear (&slice);
  }
  weir_content_clear (&self->shared);
  return NULL;
}

static void
test_threads_share_claims (Fixture *self, const void *data)
{
  Worker workers[4];
  pthread_t threads[G_N_ELEMENTS (workers)];
  WeirContent shared = put (self, self->bytes, 300000);

  for (unsigned i = 0; i < G_N_ELEMENTS (workers); i++) {
    workers[i] = (Worker){ self, weir_content_ref (&shared), shared.size, i * 3 };
    g_assert_cmpint (pthread_create (&threads[i], NULL, work, &workers[i]), ==, 0);
  }
  weir_content_clear (&shared);
  for (unsigned i = 0; i < G_N_ELEMENTS (workers); i++)
    pthread_join (threads[i], NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD_FOR_BOTH ("/content/sizes", test_keeps_bytes_of_any_size);
  ADD_FOR_BOTH ("/content/usage", test_counts_what_it_keeps);
  ADD_FOR_BOTH ("/content/many small ones", test_many_small_ones);
  ADD_FOR_BOTH ("/content/slices", test_slices_share_a_claim);
  ADD_FOR_BOTH ("/content/views", test_a_view_outlives_its_content);
  ADD_FOR_BOTH ("/content/directory", test_refuses_a_directory_that_is_none);
  ADD_FOR_BOTH ("/content/failing", test_every_call_can_fail);
  ADD_FOR_BOTH ("/content/threads", test_threads_share_claims);
  return g_test_run ();
}
