/* log-fixture.h: a log of small segments and frames in a directory of its own, entries that can be
 * told apart, and a reader that knows what must be there. */
#pragma once

#include <glib.h>
#include <pthread.h>
#include <string.h>
#include <weir/error.h>

#include "store/log-reader.h"
#include "store/segment.h"
#include "support/directory.h"
#include "support/failing-fs.h"

#define LOG_ID       UINT64_C (0x0123456789abcdef)
#define SEGMENT_SIZE UINT64_C (65536)
#define FRAME_SIZE   UINT64_C (8192)
#define WALL         INT64_C (1700000000000000)

typedef struct {
  char *directory;
  WeirDurability durability;
  WeirLog *log;
  WeirLogEnd end;
  FailingFs failing;
  uint32_t n_appended;
} LogFixture;

static inline LogFixture *
log_fixture_new (WeirDurability durability)
{
  LogFixture *self = g_new0 (LogFixture, 1);
  g_autofree char *parent = directory_in_memory ("weir-log-XXXXXX");

  self->directory = g_build_filename (parent, "log", NULL);
  self->durability = durability;
  failing_fs_init (&self->failing, 0, 0, false);
  return self;
}

static inline void
log_fixture_remove_files (LogFixture *self)
{
  GDir *dir = g_dir_open (self->directory, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (self->directory, name, NULL);

    g_assert_cmpint (g_unlink (path), ==, 0);
  }
  g_clear_pointer (&dir, g_dir_close);
}

static inline void
log_fixture_free (LogFixture *self)
{
  g_autofree char *parent = g_path_get_dirname (self->directory);

  log_fixture_remove_files (self);
  g_rmdir (self->directory);
  g_assert_cmpint (g_rmdir (parent), ==, 0);
  g_free (self->directory);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LogFixture, log_fixture_free)

static inline WeirLogOptions
log_fixture_get_options (LogFixture *self)
{
  return (WeirLogOptions){ .directory = self->directory,
                           .log_id = LOG_ID,
                           .segment_size = SEGMENT_SIZE,
                           .frame_size = FRAME_SIZE,
                           .durability = self->durability,
                           .fs = &self->failing.fs };
}

static inline void
log_fixture_open (LogFixture *self)
{
  g_autoptr (GError) error = NULL;
  WeirLogOptions options = log_fixture_get_options (self);

  self->log = weir_log_open (&options, &self->end, &error);
  g_assert_no_error (error);
  g_assert_nonnull (self->log);
}

static inline void
log_fixture_close (LogFixture *self)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (weir_log_close (g_steal_pointer (&self->log), &error));
  g_assert_no_error (error);
}

/* The body of entry @index: its number, then @size bytes that depend on it. */
static inline GBytes *
log_fixture_make_body (uint32_t index, size_t size)
{
  uint8_t *body = g_malloc (sizeof index + size);

  memcpy (body, &index, sizeof index);
  for (size_t i = 0; i < size; i++)
    body[sizeof index + i] = (uint8_t)(index * 7 + i);
  return g_bytes_new_take (body, sizeof index + size);
}

static inline uint64_t
log_fixture_append (LogFixture *self, size_t size)
{
  uint32_t index = self->n_appended++;
  g_autoptr (GBytes) body = log_fixture_make_body (index, size);
  uint64_t place, ticket;

  ticket = weir_log_append (self->log, WALL + index, g_bytes_get_data (body, NULL),
                            g_bytes_get_size (body), &place);
  if (ticket != UINT64_MAX)
    g_assert_cmpuint (ticket, ==, place + g_bytes_get_size (body));
  return ticket;
}

/* As a frame of its own. */
static inline uint64_t
log_fixture_commit (LogFixture *self, size_t size)
{
  g_autoptr (GError) error = NULL;
  uint64_t ticket = log_fixture_append (self, size);

  g_assert_true (weir_log_wait (self->log, ticket, &error));
  g_assert_no_error (error);
  return ticket;
}

static inline void
log_fixture_check_entry (const WeirLogEntry *entry, uint32_t index)
{
  g_autoptr (GBytes) body = NULL;

  g_assert_cmpuint (entry->size, >=, sizeof index);
  body = log_fixture_make_body (index, entry->size - sizeof index);
  g_assert_cmpmem (entry->body, entry->size, g_bytes_get_data (body, NULL),
                   g_bytes_get_size (body));
  g_assert_cmpint (entry->wall, ==, WALL + index);
}

/* Reads on until there is no more frame; entries must be those from *@n_entries on. */
static inline WeirLogRead
log_fixture_read_on (WeirLogReader *reader, uint64_t limit, uint32_t *n_entries, GError **error)
{
  WeirLogRead read;
  WeirFrame frame;

  while ((read = weir_log_reader_next (reader, limit, &frame, error)) == WEIR_LOG_FRAME) {
    WeirLogEntry entry;
    uint32_t n = 0;
    size_t at = 0;

    g_assert_cmpuint (frame.next, <=, limit);
    while (weir_frame_next_entry (&frame, &at, &entry, error)) {
      log_fixture_check_entry (&entry, *n_entries);
      ++*n_entries;
      n++;
    }
    g_assert_cmpuint (n, ==, frame.n_entries);
  }
  return read;
}

/* A reader of all that there is. */
static inline WeirLogReader *
log_fixture_new_reader (LogFixture *self)
{
  g_autoptr (GError) error = NULL;
  WeirLogReader *reader =
      weir_log_reader_new (self->directory, LOG_ID, SEGMENT_SIZE, 0, 1, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (reader);
  return reader;
}

/* Reads all of it, which ends as @verdict after @n_entries. */
static inline void
log_fixture_expect (LogFixture *self, WeirLogRead verdict, uint32_t n_entries)
{
  WeirLogReader *reader = log_fixture_new_reader (self);
  g_autoptr (GError) error = NULL;
  uint32_t n = 0;

  g_assert_cmpint (log_fixture_read_on (reader, UINT64_MAX, &n, &error), ==, verdict);
  g_assert_cmpuint (n, ==, n_entries);
  if (verdict == WEIR_LOG_END)
    g_assert_no_error (error);
  else
    g_assert_nonnull (error);
  weir_log_reader_free (reader);
}

/* Reads all of it, which ends well after @n_entries, and keeps the end. */
static inline void
log_fixture_read (LogFixture *self, uint32_t n_entries)
{
  WeirLogReader *reader = log_fixture_new_reader (self);
  g_autoptr (GError) error = NULL;
  uint32_t n = 0;
  WeirLogRead read;

  read = log_fixture_read_on (reader, UINT64_MAX, &n, &error);
  g_assert_no_error (error);
  g_assert_cmpint (read, ==, WEIR_LOG_END);
  g_assert_cmpuint (n, ==, n_entries);
  g_assert_true (weir_log_reader_settle (reader, &error));
  weir_log_reader_get_end (reader, &self->end);
  weir_log_reader_free (reader);
}

/* A disk on which one kind of call fails, and which counts all kinds. */
typedef struct {
  WeirFs fs;
  _Atomic int failing;        /* a WeirFsCall, -1: none */
  const char *failing_thread; /* NULL: any */
  _Atomic unsigned n_failed;
  _Atomic unsigned n_calls[WEIR_FS_MAP + 1];
  _Atomic int last; /* WeirFsCall */
} FullDisk;

static inline int
on_full_disk_call (WeirFs *fs, WeirFsCall call)
{
  FullDisk *self = (FullDisk *)fs;
  char name[16];

  self->n_calls[call]++;
  self->last = (int)call;
  pthread_getname_np (pthread_self (), name, sizeof name);
  if ((int)call != self->failing ||
      (self->failing_thread != NULL && strcmp (name, self->failing_thread) != 0))
    return 0;
  self->n_failed++;
  return ENOSPC;
}

#define BLOCK WEIR_FRAME_BLOCK

/* Three frames of one entry each, and the one that ends a run; all in segment 1. */
static inline LogFixture *
make_short_log (void)
{
  LogFixture *self = log_fixture_new (WEIR_DURABILITY_POWER);

  log_fixture_open (self);
  for (unsigned i = 0; i < 3; i++)
    log_fixture_commit (self, 40);
  log_fixture_close (self);
  log_fixture_expect (self, WEIR_LOG_END, 3);
  return self;
}

/* Bytes of a frame of make_short_log, without padding. */
#define SHORT_FRAME (WEIR_FRAME_HEADER + 2 + 44)

/* Entries of two segments and a little. */
static inline LogFixture *
make_long_log (void)
{
  LogFixture *self = log_fixture_new (WEIR_DURABILITY_POWER);
  uint64_t ticket;

  log_fixture_open (self);
  do
    ticket = log_fixture_commit (self, 1000);
  while (ticket / SEGMENT_SIZE < 3);
  log_fixture_commit (self, 1000);
  log_fixture_close (self);
  return self;
}

static inline char *
get_path (LogFixture *self, uint64_t number)
{
  return weir_segment_get_path (self->directory, number);
}

static inline void
overwrite (LogFixture *self, uint64_t number, uint64_t offset, const void *bytes, size_t size)
{
  g_autofree char *path = get_path (self, number);
  WEIR_AUTO_FD int fd = open (path, O_RDWR | O_CREAT, 0600);

  g_assert_true (weir_fs_pwrite (NULL, fd, bytes, size, offset, NULL, NULL));
}

static inline void
flip (LogFixture *self, uint64_t number, size_t bit)
{
  g_autofree char *path = get_path (self, number);
  WEIR_AUTO_FD int fd = open (path, O_RDWR);
  uint8_t byte;

  g_assert_cmpint (weir_fs_pread (NULL, fd, &byte, 1, bit / 8, NULL, NULL), ==, 1);
  byte ^= (uint8_t)(1u << bit % 8);
  g_assert_true (weir_fs_pwrite (NULL, fd, &byte, 1, bit / 8, NULL, NULL));
}

/* What no crash does: the file is shorter than it was made. */
static inline void
shorten (LogFixture *self, uint64_t number, uint64_t size)
{
  g_autofree char *path = get_path (self, number);

  g_assert_cmpint (truncate (path, (off_t)size), ==, 0);
}

/* As a crash leaves it that comes when only @size bytes are written. */
static inline void
cut (LogFixture *self, uint64_t number, uint64_t size)
{
  shorten (self, number, size);
  shorten (self, number, SEGMENT_SIZE);
}
