/* Contents over restarts: what is described, made durable, found again and let go. */
#include "store/content-durable.h"

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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) \
  g_test_add (path, Durable, NULL, durable_set_up, function, durable_tear_down)
  ADD ("/content-durable/outlive", test_contents_outlive_the_store);
  ADD ("/content-durable/swept", test_what_nobody_refers_to_is_swept);
  ADD ("/content-durable/ticket", test_a_file_goes_when_its_end_is_durable);
  return g_test_run ();
}
