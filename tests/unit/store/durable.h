/* durable.h: a durable store in a scratch directory, with a log that is only numbers and files that
 * the test writes. It can be closed and opened again, as after a restart. */
#pragma once

#include <glib.h>
#include <glib/gstdio.h>
#include <stdatomic.h>
#include <string.h>

#include "base/limits.h"
#include "scratch.h"
#include "store/claim.h"
#include "store/content-durable.h"
#include "store/content-keeper.h"
#include "store/content-reader.h"
#include "store/content-transfer.h"
#include "store/content-writer.h"
#include "support/failing-fs.h"

#define SEGMENT_SIZE ((uint64_t)64 * 1024)

typedef struct {
  char *root;
  char *content, *log, *archive;
  WeirContentOptions options;
  WeirContentStore *store;
  FailingFs failing;
  _Atomic uint64_t appended;
  _Atomic int n_free; /* segments that became free */
  _Atomic uint64_t last_free;
  char *bytes; /* N_DURABLE_BYTES */
} Durable;

#define N_DURABLE_BYTES ((size_t)5 * 1024 * 1024 + 12345)

static inline uint64_t
durable_get_appended (void *data)
{
  return ((Durable *)data)->appended;
}

static inline void
durable_on_segment_free (void *data, uint64_t number)
{
  Durable *self = data;

  self->last_free = number;
  self->n_free++;
}

static inline void
durable_open (Durable *self)
{
  g_autoptr (GError) error = NULL;

  self->store = weir_content_store_new_durable (&self->options, &error);
  g_assert_no_error (error);
}

static inline void
durable_close (Durable *self)
{
  weir_content_store_free (g_steal_pointer (&self->store));
}

static inline void
durable_set_up (Durable *self, const void *data)
{
  self->root = g_dir_make_tmp ("weir-content-XXXXXX", NULL);
  self->content = g_build_filename (self->root, "content", NULL);
  self->log = g_build_filename (self->root, "log", NULL);
  self->archive = g_build_filename (self->root, "archive", NULL);
  g_assert_cmpint (g_mkdir (self->log, 0700), ==, 0);
  failing_fs_init (&self->failing, 0, 0, false);
  self->options = (WeirContentOptions){ .directory = self->content,
                                        .log_directory = self->log,
                                        .segment_size = SEGMENT_SIZE,
                                        .must_sync = true,
                                        .archive_directory = self->archive,
                                        .fs = &self->failing.fs,
                                        .get_appended = durable_get_appended,
                                        .on_segment_free = durable_on_segment_free,
                                        .data = self };
  self->bytes = g_malloc (N_DURABLE_BYTES);
  for (size_t i = 0; i < N_DURABLE_BYTES; i++)
    self->bytes[i] = (char)((uint32_t)i * UINT32_C (2654435761) >> 13);
  durable_open (self);
}

static inline void
durable_tear_down (Durable *self, const void *data)
{
  if (self->store != NULL)
    durable_close (self);
  scratch_remove (self->root);
  g_free (self->root);
  g_free (self->content);
  g_free (self->log);
  g_free (self->archive);
  g_free (self->bytes);
}

/* Everything that was appended is durable now, and what may go has gone. */
static inline void
durable_advance (Durable *self)
{
  weir_content_store_on_durable (self->store, self->appended);
  weir_content_store_settle (self->store);
}

static inline unsigned
durable_count (const char *directory, const char *suffix)
{
  GDir *names = g_dir_open (directory, 0, NULL);
  const char *name;
  unsigned n = 0;

  while (names != NULL && (name = g_dir_read_name (names)) != NULL)
    n += g_str_has_suffix (name, suffix);
  g_clear_pointer (&names, g_dir_close);
  return n;
}

/* The first @size bytes, written in @step pieces. */
static inline WeirContent
durable_write (Durable *self, size_t size, size_t step)
{
  g_autoptr (GError) error = NULL;
  WeirContentWriter writer;
  WeirContent content;

  weir_content_writer_init (&writer, self->store);
  for (size_t done = 0; done < size; done += MIN (step, size - done))
    g_assert_true (
        weir_content_writer_write (&writer, self->bytes + done, MIN (step, size - done), &error));
  g_assert_true (weir_content_writer_close (&writer, &content, &error));
  g_assert_no_error (error);
  return content;
}

/* What a commit does: @content is in an entry, its bytes at @place when they are in the entry. */
static inline WeirContentRef
durable_commit (Durable *self, const WeirContent *content, uint64_t place)
{
  WeirContentRef ref;
  const void *bytes = weir_content_describe (content, &ref);

  if (bytes != NULL) {
    g_autofree char *name = g_strdup_printf ("%012" G_GUINT64_FORMAT ".log", place / SEGMENT_SIZE);
    g_autofree char *path = g_build_filename (self->log, name, NULL);
    int fd = open (path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

    g_assert_cmpint (ref.where, ==, WEIR_WHERE_HERE);
    g_assert_cmpint (pwrite (fd, bytes, ref.size, (off_t)(place % SEGMENT_SIZE)), ==, ref.size);
    close (fd);
    weir_claim_set_place (content->claim, place);
    ref.where = WEIR_WHERE_LOG;
    ref.start = place;
  }
  g_assert_true (weir_content_store_sync (self->store, NULL));
  return ref;
}

/* Both as a view and as a stream. */
static inline void
durable_assert_holds (const WeirContent *content, const void *bytes, size_t size, size_t step)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *read = g_malloc (size + 1);
  WeirContentReader reader;
  WeirContentView view;
  size_t n_read = 0;
  ssize_t n;

  g_assert_cmpuint (content->size, ==, size);
  weir_content_reader_init (&reader, content);
  while ((n = weir_content_reader_read (&reader, read + n_read, MIN (step, size + 1 - n_read),
                                        &error)) > 0)
    n_read += (size_t)n;
  g_assert_no_error (error);
  g_assert_cmpmem (read, n_read, bytes, size);
  weir_content_reader_clear (&reader);

  g_assert_true (weir_content_view_open (content, &view, &error));
  g_assert_no_error (error);
  g_assert_cmpmem (view.bytes.data, view.bytes.size, bytes, size);
  weir_content_view_close (&view);
}
