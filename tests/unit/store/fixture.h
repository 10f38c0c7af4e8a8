/* fixture.h: a store that has to be empty at the end, and bytes to put into it. With DURABLE as the
 * data of a test it is a durable one, in which nothing ever becomes durable: files stay until the
 * end, and no other thread makes calls that could fail. */
#pragma once

#include <glib.h>
#include <string.h>

#include "base/limits.h"
#include "scratch.h"
#include "store/content-durable.h"
#include "store/content-reader.h"
#include "store/content-writer.h"
#include "store/content.h"
#include "support/failing-fs.h"

typedef struct {
  WeirContentStore *store;
  FailingFs failing;
  char *bytes; /* N_BYTES */
  char *root;  /* of a durable store; else NULL */
} Fixture;

#define DURABLE "durable"

/* Adds @func to run with either store. */
#define ADD_FOR_BOTH(path, func)                             \
  g_test_add (path, Fixture, NULL, set_up, func, tear_down); \
  g_test_add (path "-durable", Fixture, DURABLE, set_up, func, tear_down)

#define N_BYTES ((size_t)3 * 1024 * 1024)

/* On both sides of each limit. */
static const size_t sizes[] = {
  0,
  1,
  1024,
  WEIR_LIMIT_CONTENT_INLINE - 1,
  WEIR_LIMIT_CONTENT_INLINE,
  WEIR_LIMIT_CONTENT_INLINE + 1,
  64 * 1024,
  64 * 1024 + 1,
  WEIR_LIMIT_CONTENT_SHARED,
  WEIR_LIMIT_CONTENT_SHARED + 1,
  N_BYTES,
};

static inline uint64_t
get_appended (void *data)
{
  return 1;
}

static inline WeirContentStore *
open_store (Fixture *self, WeirFs *fs)
{
  g_autofree char *content = NULL;

  if (self->root == NULL)
    return weir_content_store_new (NULL, fs, NULL);
  content = g_build_filename (self->root, "content", NULL);
  return weir_content_store_new_durable (&(WeirContentOptions){ .directory = content,
                                                                .log_directory = self->root,
                                                                .must_sync = true,
                                                                .fs = fs,
                                                                .get_appended = get_appended },
                                         NULL);
}

static inline void
set_up (Fixture *self, const void *data)
{
  failing_fs_init (&self->failing, 0, 0, false);
  self->root = data != NULL ? g_dir_make_tmp ("weir-content-XXXXXX", NULL) : NULL;
  self->store = open_store (self, &self->failing.fs);
  self->bytes = g_malloc (N_BYTES);
  for (size_t i = 0; i < N_BYTES; i += sizeof (uint32_t)) {
    uint32_t word = (uint32_t)i * UINT32_C (2654435761);

    memcpy (self->bytes + i, &word, sizeof word);
  }
}

static inline void
assert_empty (Fixture *self)
{
  WeirContentUsage usage;

  weir_content_store_get_usage (self->store, &usage);
  g_assert_cmpuint (usage.n_claims, ==, 0);
  g_assert_cmpuint (usage.memory_bytes, ==, 0);
  g_assert_cmpuint (usage.disk_bytes, ==, 0);
}

static inline void
tear_down (Fixture *self, const void *data)
{
  assert_empty (self);
  weir_content_store_free (self->store);
  if (self->root != NULL)
    scratch_remove (self->root);
  g_free (self->root);
  g_free (self->bytes);
}

/* Both as a view and as a stream. */
static inline void
assert_holds (const WeirContent *content, const void *bytes, size_t size)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *read = g_malloc (size + 1);
  WeirContentReader reader;
  WeirContentView view;
  size_t n_read = 0;
  ssize_t n;

  g_assert_cmpuint (content->size, ==, size);
  g_assert_true ((content->claim == NULL) == (size == 0));
  g_assert_true (weir_content_view_open (content, &view, &error));
  g_assert_no_error (error);
  g_assert_cmpmem (view.bytes.data, view.bytes.size, bytes, size);
  weir_content_view_close (&view);

  weir_content_reader_init (&reader, content);
  while ((n = weir_content_reader_read (&reader, read + n_read, MIN (100001, size + 1 - n_read),
                                        &error)) > 0) {
    n_read += (size_t)n;
    g_assert_cmpuint (n_read, <=, size);
  }
  g_assert_no_error (error);
  g_assert_cmpmem (read, n_read, bytes, size);
  weir_content_reader_clear (&reader);
}

static inline WeirContent
put (Fixture *self, const void *bytes, size_t size)
{
  g_autoptr (GError) error = NULL;
  WeirContent content;

  g_assert_true (weir_content_store_put (self->store, bytes, size, &content, &error));
  g_assert_no_error (error);
  return content;
}
