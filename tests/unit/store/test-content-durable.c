/* Contents over restarts: what is described, made durable, found again and let go. */
#include "store/content-durable.h"

#include "base/crc32c.h"
#include "durable.h"

/* On both sides of each limit. */
static const size_t durable_sizes[] = {
  1,
  1024,
  WEIR_LIMIT_CONTENT_INLINE,
  WEIR_LIMIT_CONTENT_INLINE + 1,
  64 * 1024,
  WEIR_LIMIT_CONTENT_SHARED,
  WEIR_LIMIT_CONTENT_SHARED + 1,
  2 * WEIR_CONTENT_BLOCK,
  2 * WEIR_CONTENT_BLOCK + 1,
  N_DURABLE_BYTES,
};

static void
test_contents_outlive_the_store (Durable *self, const void *data)
{
  WeirContentRef refs[G_N_ELEMENTS (durable_sizes)];
  WeirContent contents[G_N_ELEMENTS (durable_sizes)];
  uint64_t place = SEGMENT_SIZE + 4096;

  for (size_t i = 0; i < G_N_ELEMENTS (durable_sizes); i++) {
    contents[i] = durable_write (self, durable_sizes[i], 100000);
    refs[i] = durable_commit (self, &contents[i], place);
    place += durable_sizes[i] <= WEIR_LIMIT_CONTENT_INLINE ? durable_sizes[i] : 0;
    durable_assert_holds (&contents[i], self->bytes, durable_sizes[i], 70001);
  }
  weir_content_store_keep_all (self->store);
  for (size_t i = 0; i < G_N_ELEMENTS (durable_sizes); i++)
    weir_content_clear (&contents[i]);
  durable_advance (self);
  durable_close (self);

  durable_open (self);
  for (size_t i = 0; i < G_N_ELEMENTS (durable_sizes); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_true (weir_content_store_open_claim (self->store, &refs[i], &contents[i], &error));
    g_assert_no_error (error);
  }
  weir_content_store_sweep (self->store);
  durable_advance (self);
  for (size_t i = 0; i < G_N_ELEMENTS (durable_sizes); i++) {
    WeirContentRef ref;

    durable_assert_holds (&contents[i], self->bytes, durable_sizes[i], 70001);
    g_assert_null (weir_content_describe (&contents[i], &ref));
    g_assert_cmpint (ref.where, ==, refs[i].where);
    g_assert_cmpuint (ref.file, ==, refs[i].file);
    g_assert_cmpuint (ref.start, ==, refs[i].start);
    g_assert_cmpuint (ref.crc, ==, refs[i].crc);
    weir_content_clear (&contents[i]);
  }
  durable_advance (self);
  g_assert_cmpuint (durable_count (self->content, ""), ==, 0);
}

static void
test_what_nobody_refers_to_is_swept (Durable *self, const void *data)
{
  WeirContent shared = durable_write (self, 20000, 20000);
  WeirContent own = durable_write (self, N_DURABLE_BYTES, N_DURABLE_BYTES);
  WeirContentRef ref = durable_commit (self, &own, 0);

  weir_content_store_keep_all (self->store);
  weir_content_clear (&shared);
  weir_content_clear (&own);
  durable_close (self);
  g_assert_cmpuint (durable_count (self->content, ""), ==, 2);

  durable_open (self);
  g_assert_true (weir_content_store_open_claim (self->store, &ref, &own, NULL));
  weir_content_store_sweep (self->store);
  durable_advance (self);
  g_assert_cmpuint (durable_count (self->content, ".shared"), ==, 0);
  g_assert_cmpuint (durable_count (self->content, ".own"), ==, 1);
  weir_content_clear (&own);
  durable_advance (self);
  g_assert_cmpuint (durable_count (self->content, ""), ==, 0);
}

static void
test_a_file_goes_when_its_end_is_durable (Durable *self, const void *data)
{
  WeirContent own;

  self->appended = 1000;
  own = durable_write (self, N_DURABLE_BYTES, N_DURABLE_BYTES);
  durable_commit (self, &own, 0);
  self->appended = 2000;
  weir_content_clear (&own);
  self->appended = 3000;

  weir_content_store_on_durable (self->store, 1999);
  weir_content_store_settle (self->store);
  g_assert_cmpuint (durable_count (self->content, ".own"), ==, 1);
  weir_content_store_on_durable (self->store, 2000);
  weir_content_store_settle (self->store);
  g_assert_cmpuint (durable_count (self->content, ".own"), ==, 0);
}

static void
test_a_large_segment_has_an_earlier_name (Durable *self, const void *data)
{
  g_autofree char *path = g_build_filename (self->log, "000000000003.log", NULL);
  uint64_t in_file = 2 * SEGMENT_SIZE + 4096;
  WeirContentRef ref = {
    .where = WEIR_WHERE_LOG, .start = 3 * SEGMENT_SIZE + in_file, .size = 700, .length = 700
  };
  g_autoptr (GError) error = NULL;
  WeirContent content;

  ref.crc = weir_crc32c (0, self->bytes + in_file, ref.size);
  g_assert_true (g_file_set_contents (path, self->bytes, (gssize)in_file + 700, NULL));
  g_assert_true (weir_content_store_open_claim (self->store, &ref, &content, &error));
  g_assert_no_error (error);
  durable_assert_holds (&content, self->bytes + in_file, 700, 100);
  weir_content_clear (&content);

  ref.size++;
  g_assert_false (weir_content_store_open_claim (self->store, &ref, &content, &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_CORRUPT);
  g_assert_nonnull (strstr (error->message, path));
}

static void
test_what_cannot_be_there_is_refused (Durable *self, const void *data)
{
  WeirContent shared = durable_write (self, 20000, 20000);
  WeirContent own = durable_write (self, N_DURABLE_BYTES, N_DURABLE_BYTES);
  WeirContentRef in_shared = durable_commit (self, &shared, 0);
  WeirContentRef in_own = durable_commit (self, &own, 0);
  WeirContentRef cases[] = {
    in_shared,
    in_shared,
    in_shared,
    in_shared,
    in_own,
    in_own,
    in_own,
    in_own,
    in_own,
    { .where = WEIR_WHERE_LOG, .start = 9 * SEGMENT_SIZE, .size = 9, .length = 9 },
    { .where = WEIR_WHERE_LOG, .start = 1, .size = 9, .length = 9 },
  };

  weir_content_store_keep_all (self->store);
  weir_content_clear (&shared);
  weir_content_clear (&own);
  durable_close (self);
  durable_open (self);
  cases[0].file = 99;
  cases[1].start++;
  cases[2].size = UINT64_MAX;
  cases[3].offset = 1;
  cases[4].size++;
  cases[5].start = 1;
  cases[6].start = UINT64_MAX;
  cases[7].where = WEIR_WHERE_HERE;
  cases[8].length = UINT64_MAX;
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    WeirContent content;

    g_assert_false (weir_content_store_open_claim (self->store, &cases[i], &content, &error));
    g_assert_nonnull (error);
    g_assert_nonnull (strstr (error->message, self->root));
  }
  g_assert_true (weir_content_store_open_claim (self->store, &in_own, &own, NULL));
  g_assert_true (weir_content_store_open_claim (self->store, &in_own, &shared, NULL));
  weir_content_clear (&own);
  weir_content_store_sweep (self->store);
  durable_advance (self);
  durable_assert_holds (&shared, self->bytes, N_DURABLE_BYTES, 100000);
  weir_content_clear (&shared);
}

/* A backlog keeps the file and forgets the claim. */
static void
test_a_file_that_is_held_can_be_opened_again (Durable *self, const void *data)
{
  static const size_t lengths[] = { 1000, 20000, N_DURABLE_BYTES };
  uint64_t place = SEGMENT_SIZE + 4096;

  weir_content_store_sweep (self->store);
  for (size_t i = 0; i < G_N_ELEMENTS (lengths); i++) {
    WeirContent content = durable_write (self, lengths[i], lengths[i]);
    WeirContentRef ref = durable_commit (self, &content, place);
    WeirContentFile *held = weir_content_hold_file (&content);
    g_autoptr (GError) error = NULL;

    weir_content_clear (&content);
    durable_advance (self);
    g_assert_true (weir_content_store_open_claim (self->store, &ref, &content, &error));
    g_assert_no_error (error);
    weir_content_file_unref (held);
    durable_advance (self);
    durable_assert_holds (&content, self->bytes, lengths[i], 100000);
    weir_content_clear (&content);
    durable_advance (self);
    if (lengths[i] == N_DURABLE_BYTES)
      g_assert_false (weir_content_store_open_claim (self->store, &ref, &content, NULL));
  }
}

static void
test_nothing_is_nowhere (Durable *self, const void *data)
{
  WeirContent content = { 0 };
  WeirContentRef ref = { .where = WEIR_WHERE_FILE };

  g_assert_null (weir_content_describe (&content, &ref));
  g_assert_cmpint (ref.where, ==, WEIR_WHERE_NONE);
  g_assert_true (weir_content_store_open_claim (self->store, &ref, &content, NULL));
  g_assert_null (content.claim);
}

static void
test_the_archive_has_what_is_over (Durable *self, const void *data)
{
  WeirContentRef refs[2];
  g_autoptr (GError) error = NULL;
  WeirContent contents[2], content;

  durable_close (self);
  self->options.archive_bytes = 2 * N_DURABLE_BYTES;
  durable_open (self);
  contents[0] = durable_write (self, 20000, 20000);
  contents[1] = durable_write (self, N_DURABLE_BYTES, N_DURABLE_BYTES);
  for (size_t i = 0; i < 2; i++)
    refs[i] = durable_commit (self, &contents[i], 0);
  weir_content_store_keep_all (self->store);
  for (size_t i = 0; i < 2; i++)
    weir_content_clear (&contents[i]);
  durable_close (self);
  durable_open (self);
  weir_content_store_sweep (self->store);
  durable_advance (self);
  g_assert_cmpuint (durable_count (self->content, ""), ==, 0);
  g_assert_cmpuint (durable_count (self->archive, ""), ==, 2);

  for (size_t i = 0; i < 2; i++) {
    g_assert_true (weir_content_store_open_archived (self->store, &refs[i], &content, &error));
    g_assert_no_error (error);
    durable_assert_holds (&content, self->bytes, content.size, 100000);
    weir_content_clear (&content);
  }
  g_assert_cmpuint (durable_count (self->archive, ""), ==, 2);
  refs[0].file = 99;
  g_assert_false (weir_content_store_open_archived (self->store, &refs[0], &content, &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND);
  g_clear_error (&error);
  refs[1].crc ^= 1;
  g_assert_true (weir_content_store_open_archived (self->store, &refs[1], &content, NULL));
  g_assert_false (weir_content_export (&content, STDERR_FILENO, NULL, &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_CORRUPT);
  weir_content_clear (&content);
}

static void
test_no_store_is_opened_halfway (Durable *self, const void *data)
{
  bool passed = false;

  durable_close (self);
  self->options.archive_bytes = 1;
  for (int nth = 1; !passed; nth++) {
    g_autoptr (GError) error = NULL;

    failing_fs_init (&self->failing, nth, EACCES, true);
    self->store = weir_content_store_new_durable (&self->options, &error);
    passed = failing_fs_all_passed (&self->failing);
    g_assert_true ((self->store != NULL) == passed);
    if (!passed)
      g_assert_error (error, WEIR_ERROR, WEIR_ERROR_PERMISSION);
  }
}

typedef struct {
  Durable *durable;
  _Atomic uint64_t *place;
  unsigned seed;
} Worker;

/* Makes contents of all sizes, has them described, reads them and drops them. */
static void *
work (void *data)
{
  Worker *worker = data;
  Durable *self = worker->durable;

  for (unsigned i = 0; i < 60; i++) {
    size_t size = durable_sizes[(i + worker->seed) % G_N_ELEMENTS (durable_sizes)];
    WeirContent content = durable_write (self, size, 100000);
    WeirContentRef ref;
    const void *bytes = weir_content_describe (&content, &ref);
    uint64_t place = atomic_fetch_add (worker->place, 10000);

    if (bytes != NULL)
      weir_claim_set_place (content.claim, place);
    atomic_fetch_add (&self->appended, 1);
    durable_assert_holds (&content, self->bytes, size, 300000);
    weir_content_clear (&content);
    atomic_fetch_add (&self->appended, 1);
  }
  return NULL;
}

static void
test_threads_and_the_log_at_once (Durable *self, const void *data)
{
  _Atomic uint64_t place = SEGMENT_SIZE;
  Worker workers[3];
  pthread_t threads[3];

  for (unsigned i = 0; i < 3; i++) {
    workers[i] = (Worker){ self, &place, i };
    g_assert_cmpint (pthread_create (&threads[i], NULL, work, &workers[i]), ==, 0);
  }
  while (self->appended < 300) {
    uint64_t appended = self->appended;

    g_assert_true (weir_content_store_sync (self->store, NULL));
    weir_content_store_on_durable (self->store, appended);
  }
  for (unsigned i = 0; i < 3; i++)
    pthread_join (threads[i], NULL);
  durable_advance (self);
  g_assert_cmpuint (durable_count (self->content, ".own"), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) \
  g_test_add (path, Durable, NULL, durable_set_up, function, durable_tear_down)
  ADD ("/content-durable/outlive", test_contents_outlive_the_store);
  ADD ("/content-durable/swept", test_what_nobody_refers_to_is_swept);
  ADD ("/content-durable/ticket", test_a_file_goes_when_its_end_is_durable);
  ADD ("/content-durable/large-segment", test_a_large_segment_has_an_earlier_name);
  ADD ("/content-durable/refused", test_what_cannot_be_there_is_refused);
  ADD ("/content-durable/held", test_a_file_that_is_held_can_be_opened_again);
  ADD ("/content-durable/nothing", test_nothing_is_nowhere);
  ADD ("/content-durable/archive", test_the_archive_has_what_is_over);
  ADD ("/content-durable/halfway", test_no_store_is_opened_halfway);
  ADD ("/content-durable/threads", test_threads_and_the_log_at_once);
  return g_test_run ();
}
