/* Content read from outside: the same bytes as the store has, wherever they are by now, and an
 * error that says what has become of them when they are gone. */
#include "durable.h"

#include <weir/error.h>

#include "store/content-look.h"

static void
set_up (Durable *self, const void *data)
{
  g_autofree char *path = NULL;

  durable_set_up (self, data);
  path = g_build_filename (self->root, "identity", NULL);
  g_assert_true (g_file_set_contents (path,
                                      "weir data 1\ninstall 4f1c2ab87d30e695\n"
                                      "log 09ab55d1c77e2f10\nsegment 65536\n",
                                      -1, NULL));
}

static bool
on_bytes (void *user, const void *bytes, size_t size, GError **error)
{
  g_byte_array_append (user, bytes, (guint)size);
  return true;
}

static void
assert_seen (Durable *self, const WeirContentRef *ref, size_t offset, size_t size)
{
  g_autoptr (GByteArray) seen = g_byte_array_new ();
  g_autoptr (GError) error = NULL;

  g_assert_true (weir_content_look (self->root, ref, on_bytes, seen, &error));
  g_assert_no_error (error);
  g_assert_cmpmem (seen->data, seen->len, self->bytes + offset, size);
}

static void
assert_refused (Durable *self, const WeirContentRef *ref, WeirError code, const char *words)
{
  g_autoptr (GByteArray) seen = g_byte_array_new ();
  g_autoptr (GError) error = NULL;

  g_assert_false (weir_content_look (self->root, ref, on_bytes, seen, &error));
  g_assert_error (error, WEIR_ERROR, (int)code);
  g_assert_nonnull (strstr (error->message, words));
}

static const size_t sizes[] = { 1,
                                100,
                                WEIR_LIMIT_CONTENT_INLINE,
                                WEIR_LIMIT_CONTENT_INLINE + 1,
                                20000,
                                WEIR_LIMIT_CONTENT_SHARED,
                                WEIR_LIMIT_CONTENT_SHARED + 1,
                                2 * WEIR_LIMIT_CONTENT_SHARED,
                                N_DURABLE_BYTES };

static void
test_all_sizes (Durable *self, const void *data)
{
  for (size_t i = 0; i < G_N_ELEMENTS (sizes); i++) {
    WeirContent content = durable_write (self, sizes[i], 100000);
    WeirContent slice = weir_content_slice (&content, sizes[i] / 3, sizes[i] / 2);
    WeirContentRef ref = durable_commit (self, &content, SEGMENT_SIZE * 3 + 4096 + i * 9000);
    WeirContentRef part = ref;

    part.offset = sizes[i] / 3;
    part.length = sizes[i] / 2;
    assert_seen (self, &ref, 0, sizes[i]);
    assert_seen (self, &part, sizes[i] / 3, sizes[i] / 2);
    weir_content_clear (&slice);
    weir_content_clear (&content);
  }
  assert_seen (self, &(WeirContentRef){ .where = WEIR_WHERE_NONE }, 0, 0);
}

/* A segment that is larger has the first of its numbers as its name. */
static void
test_large_segment (Durable *self, const void *data)
{
  WeirContent content = durable_write (self, 100, 100);
  WeirContentRef ref = durable_commit (self, &content, SEGMENT_SIZE * 3 + 60000);
  g_autofree char *path = g_build_filename (self->log, "000000000003.log", NULL);
  g_autofree char *earlier = g_build_filename (self->log, "000000000002.log", NULL);
  int fd = open (earlier, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

  g_assert_cmpint (pwrite (fd, self->bytes, 100, (off_t)(SEGMENT_SIZE + 60000)), ==, 100);
  close (fd);
  g_assert_cmpint (g_unlink (path), ==, 0);
  assert_seen (self, &ref, 0, 100);
  g_assert_cmpint (g_unlink (earlier), ==, 0);
  assert_refused (self, &ref, WEIR_ERROR_NOT_FOUND, "the part of the log");
  weir_content_clear (&content);
}

static void
test_archive (Durable *self, const void *data)
{
  WeirContentRef refs[2];
  WeirContent contents[2];

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
  g_assert_cmpuint (durable_count (self->archive, ""), ==, 2);
  assert_seen (self, &refs[0], 0, 20000);
  assert_seen (self, &refs[1], 0, N_DURABLE_BYTES);
  scratch_remove (self->archive);
  assert_refused (self, &refs[0], WEIR_ERROR_NOT_FOUND, "--archive");
}

static void
spoil (const Durable *self, uint64_t file, uint64_t position)
{
  g_autofree char *name = g_strdup_printf ("%012" G_GUINT64_FORMAT ".own", file);
  g_autofree char *path = g_build_filename (self->content, name, NULL);
  int fd = open (path, O_RDWR | O_CLOEXEC);
  char byte;

  g_assert_cmpint (pread (fd, &byte, 1, (off_t)position), ==, 1);
  byte ^= 1;
  g_assert_cmpint (pwrite (fd, &byte, 1, (off_t)position), ==, 1);
  close (fd);
}

/* Nothing of a block that has changed is handed out. */
static void
test_changed (Durable *self, const void *data)
{
  WeirContent content = durable_write (self, N_DURABLE_BYTES, 100000);
  WeirContentRef ref = durable_commit (self, &content, 0), part = ref;
  g_autoptr (GByteArray) seen = g_byte_array_new ();

  spoil (self, ref.file, 2 * 1024 * 1024 + 5);
  g_assert_false (weir_content_look (self->root, &ref, on_bytes, seen, NULL));
  g_assert_cmpmem (seen->data, seen->len, self->bytes, 2 * 1024 * 1024);
  part.length = 1024;
  assert_seen (self, &part, 0, 1024);
  spoil (self, ref.file, N_DURABLE_BYTES);
  assert_refused (self, &part, WEIR_ERROR_CORRUPT, "another checksum");
  weir_content_clear (&content);
}

static void
test_nonsense (Durable *self, const void *data)
{
  WeirContent content = durable_write (self, 20000, 20000);
  WeirContentRef ref = durable_commit (self, &content, 0), odd;

  odd = ref;
  odd.crc++;
  assert_refused (self, &odd, WEIR_ERROR_CORRUPT, "another checksum");
  odd = ref;
  odd.length = odd.size + 1;
  assert_refused (self, &odd, WEIR_ERROR_CORRUPT, "cannot be");
  odd = ref;
  odd.offset = UINT64_MAX;
  assert_refused (self, &odd, WEIR_ERROR_CORRUPT, "cannot be");
  odd = ref;
  odd.where = WEIR_WHERE_HERE;
  assert_refused (self, &odd, WEIR_ERROR_CORRUPT, "cannot be");
  odd = ref;
  odd.start = INT64_MAX / 2;
  assert_refused (self, &odd, WEIR_ERROR_CORRUPT, "ends before");
  odd = ref;
  odd.size = odd.length = INT64_MAX / 2;
  assert_refused (self, &odd, WEIR_ERROR_CORRUPT, "");
  odd.where = WEIR_WHERE_LOG;
  assert_refused (self, &odd, WEIR_ERROR_NOT_FOUND, "log");
  weir_content_clear (&content);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/content-look/all-sizes", Durable, NULL, set_up, test_all_sizes, durable_tear_down);
  g_test_add ("/content-look/large-segment", Durable, NULL, set_up, test_large_segment,
              durable_tear_down);
  g_test_add ("/content-look/archive", Durable, NULL, set_up, test_archive, durable_tear_down);
  g_test_add ("/content-look/changed", Durable, NULL, set_up, test_changed, durable_tear_down);
  g_test_add ("/content-look/nonsense", Durable, NULL, set_up, test_nonsense, durable_tear_down);
  return g_test_run ();
}
