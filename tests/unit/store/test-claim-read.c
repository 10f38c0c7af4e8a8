/* Damage on the disk: every way to the bytes finds it, and what is whole can still be read. */
#include "store/claim-read.h"

#include "durable.h"

#define OWN    N_DURABLE_BYTES
#define SHARED ((size_t)300000)
#define SMALL  ((size_t)1000)

/* A first block, one in the middle, a last one that is shorter: what has as many calls as bytes to
 * be read for each of them takes no more than that. */
#define THREE_BLOCKS (2 * WEIR_CONTENT_BLOCK + 12345)

/* Writes content, and starts anew. */
static WeirContentRef
make (Durable *self, size_t size)
{
  WeirContent content = durable_write (self, size, size);
  WeirContentRef ref = durable_commit (self, &content, SEGMENT_SIZE + 4096);

  weir_content_store_keep_all (self->store);
  weir_content_clear (&content);
  durable_close (self);
  durable_open (self);
  return ref;
}

/* A claim of which nothing was read. */
static WeirContent
find (Durable *self, const WeirContentRef *ref)
{
  g_autoptr (GError) error = NULL;
  WeirContent content;

  g_assert_true (weir_content_store_open_claim (self->store, ref, &content, &error));
  g_assert_no_error (error);
  return content;
}

static WeirContent
make_found (Durable *self, size_t size)
{
  WeirContentRef ref = make (self, size);

  return find (self, &ref);
}

static void
flip (const WeirContent *content, uint64_t position)
{
  g_autofree char *path = weir_content_file_describe (content->claim->file);
  WEIR_AUTO_FD int fd = open (path, O_RDWR | O_CLOEXEC);
  uint64_t at = content->claim->offset - content->claim->file->start + position;
  char byte;

  g_assert_cmpint (pread (fd, &byte, 1, (off_t)at), ==, 1);
  byte ^= 0x10;
  g_assert_cmpint (pwrite (fd, &byte, 1, (off_t)at), ==, 1);
}

static bool
try_view (Durable *self, const WeirContent *content, GError **error)
{
  WeirContentView view;
  bool opened = weir_content_view_open (content, &view, error);

  if (opened)
    weir_content_view_close (&view);
  return opened;
}

static bool
try_stream (Durable *self, const WeirContent *content, GError **error)
{
  WeirContentReader reader;
  char buffer[100003];
  ssize_t n;

  weir_content_reader_init (&reader, content);
  do {
    n = weir_content_reader_read (&reader, buffer, sizeof buffer, error);
  } while (n > 0);
  weir_content_reader_clear (&reader);
  return n == 0;
}

static bool
try_export (Durable *self, const WeirContent *content, GError **error)
{
  WEIR_AUTO_FD int fd = weir_fs_open_unnamed (NULL, g_get_tmp_dir (), NULL);

  return weir_content_export (content, fd, "export", error);
}

static bool
try_copy (Durable *self, const WeirContent *content, GError **error)
{
  WeirContentWriter writer;

  weir_content_writer_init (&writer, self->store);
  bool copied = weir_content_writer_write_content (&writer, content, 0, content->size, error);
  weir_content_writer_clear (&writer);
  return copied;
}

static bool (*const ways[]) (Durable *self, const WeirContent *content, GError **error) = {
  try_view,
  try_stream,
  try_export,
  try_copy,
};

static void
test_every_way_finds_damage (Durable *self, const void *data)
{
  static const struct {
    size_t size;
    uint64_t at;
  } cases[] = {
    { SMALL, 0 },
    { SMALL, SMALL - 1 },
    { SHARED, 0 },
    { SHARED, SHARED - 1 },
    { OWN, 0 },
    { OWN, 3 * WEIR_CONTENT_BLOCK },
    { OWN, OWN - 1 },
    { OWN, OWN }, /* the table */
    { OWN, OWN + 5 * sizeof (uint32_t) },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    WeirContentRef ref = make (self, cases[i].size);

    for (size_t j = 0; j < G_N_ELEMENTS (ways); j++) {
      WeirContent content = find (self, &ref);
      g_autofree char *path = NULL;
      g_autoptr (GError) error = NULL;

      flip (&content, cases[i].at);
      g_assert_false (ways[j](self, &content, &error));
      g_assert_error (error, WEIR_ERROR, WEIR_ERROR_CORRUPT);
      path = weir_content_file_describe (content.claim->file);
      g_assert_nonnull (strstr (error->message, path));
      g_clear_error (&error);

      flip (&content, cases[i].at);
      g_assert_true (ways[j](self, &content, &error));
      g_assert_no_error (error);
      weir_content_clear (&content);
    }
  }
}

static void
test_the_place_is_named (Durable *self, const void *data)
{
  WeirContent content = make_found (self, OWN);
  g_autoptr (GError) error = NULL;

  flip (&content, 2 * WEIR_CONTENT_BLOCK + 5);
  g_assert_false (try_view (self, &content, &error));
  g_assert_nonnull (strstr (error->message, "the 1048576 bytes at 2097152 "));
  weir_content_clear (&content);
}

/* A FlowFile whose content has one bad block still has the others. */
static void
test_other_blocks_can_be_read (Durable *self, const void *data)
{
  WeirContent content = make_found (self, OWN);

  flip (&content, WEIR_CONTENT_BLOCK + 100);
  for (uint64_t start = 0; start < OWN; start += 60000) {
    uint64_t size = MIN (60000, OWN - start);
    WeirContent slice = weir_content_slice (&content, start, size);
    bool is_bad = start < 2 * WEIR_CONTENT_BLOCK && start + size > WEIR_CONTENT_BLOCK;

    for (size_t i = 0; i < G_N_ELEMENTS (ways); i++) {
      g_autoptr (GError) error = NULL;

      g_assert_true (ways[i](self, &slice, &error) == !is_bad);
    }
    if (!is_bad)
      durable_assert_holds (&slice, self->bytes + start, size, 1000);
    weir_content_clear (&slice);
  }
  weir_content_clear (&content);
}

/* Where a slice of a small claim is whole, the claim may not be. */
static void
test_a_slice_answers_for_its_block (Durable *self, const void *data)
{
  WeirContent content = make_found (self, SHARED);
  WeirContent slice = weir_content_slice (&content, 0, 10);

  flip (&content, SHARED - 1);
  for (size_t i = 0; i < G_N_ELEMENTS (ways); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_false (ways[i](self, &slice, &error));
    g_assert_error (error, WEIR_ERROR, WEIR_ERROR_CORRUPT);
  }
  weir_content_clear (&slice);
  weir_content_clear (&content);
}

static void
test_what_was_written_in_this_run_is_compared_too (Durable *self, const void *data)
{
  static const size_t both[] = { SHARED, OWN };

  for (size_t i = 0; i < G_N_ELEMENTS (both); i++) {
    WeirContent content = durable_write (self, both[i], 65536);
    g_autoptr (GError) error = NULL;

    durable_commit (self, &content, 0);
    flip (&content, 77);
    g_assert_false (try_stream (self, &content, &error));
    g_assert_error (error, WEIR_ERROR, WEIR_ERROR_CORRUPT);
    weir_content_clear (&content);
  }
}

static void
test_every_read_can_fail (Durable *self, const void *data)
{
  WeirContentRef ref = make (self, THREE_BLOCKS);

  for (size_t i = 0; i < G_N_ELEMENTS (ways); i++) {
    bool passed = false;

    for (int nth = 1; !passed; nth++) {
      WeirContent content = find (self, &ref);
      g_autoptr (GError) error = NULL;
      bool worked;

      self->appended = 1; /* never durable: the cleaner makes no calls that could fail */
      failing_fs_init (&self->failing, nth, EIO, true);
      worked = ways[i](self, &content, &error);
      passed = failing_fs_all_passed (&self->failing);
      failing_fs_init (&self->failing, 0, 0, false);
      if (worked)
        g_assert_true (passed || ways[i] == try_export); /* an attempt to share blocks */
      else
        g_assert_error (error, WEIR_ERROR, WEIR_ERROR_IO);
      weir_content_clear (&content);
      content = find (self, &ref);
      g_assert_true (ways[i](self, &content, NULL));
      weir_content_clear (&content);
    }
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) \
  g_test_add (path, Durable, NULL, durable_set_up, function, durable_tear_down)
  ADD ("/claim-read/damage", test_every_way_finds_damage);
  ADD ("/claim-read/place", test_the_place_is_named);
  ADD ("/claim-read/others", test_other_blocks_can_be_read);
  ADD ("/claim-read/slice", test_a_slice_answers_for_its_block);
  ADD ("/claim-read/this-run", test_what_was_written_in_this_run_is_compared_too);
  ADD ("/claim-read/failing", test_every_read_can_fail);
  return g_test_run ();
}
