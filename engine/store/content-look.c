/* content-look.c: files may be moved or written over while they are read: an open one stays what it
 * is in the first case, and in the second the checksum tells. */
#include "store/content-look.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include "base/crc32c.h"
#include "base/error.h"
#include "base/limits.h"
#include "store/content-name.h"
#include "store/content-sums.h"
#include "store/identity.h"
#include "store/segment.h"

typedef struct {
  const WeirContentRef *ref;
  WeirContentLookFunc func;
  void *user;
  int fd;
  char *path;
  uint64_t position; /* of the claim in the file */
} Look;

static bool
read_at (const Look *self, uint64_t offset, void *buffer, size_t size, GError **error)
{
  ssize_t n =
      weir_fs_pread (NULL, self->fd, buffer, size, self->position + offset, self->path, error);

  if (n == (ssize_t)size)
    return true;
  if (n >= 0)
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_CORRUPT,
                 "'%s' ends before the content does; 'weir data check' tells more", self->path);
  return false;
}

static bool
fail (const Look *self, GError **error)
{
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_CORRUPT,
               "the content is not in '%s' any more: the %" PRIu64 " bytes at %" PRIu64
               " have another checksum; the flow has let go of it and used its place again, or the "
               "disk is damaged: 'weir data check' tells",
               self->path, self->ref->size, self->position);
  return false;
}

/* The part of a verified range, of which @bytes are, that belongs to the slice. */
static bool
hand_out (const Look *self, const char *bytes, uint64_t offset, size_t size, GError **error)
{
  uint64_t from = MAX (offset, self->ref->offset);
  uint64_t to = MIN (offset + size, self->ref->offset + self->ref->length);

  return from >= to || self->func (self->user, bytes + (from - offset), to - from, error);
}

/* A claim that is verified as a whole: small ones. */
static bool
look_at_whole (const Look *self, GError **error)
{
  size_t size = self->ref->size;
  g_autofree char *bytes = NULL;

  if (size > WEIR_LIMIT_CONTENT_SHARED)
    return fail (self, error);
  bytes = g_malloc (size);
  if (!read_at (self, 0, bytes, size, error))
    return false;
  if (weir_crc32c (0, bytes, size) != self->ref->crc)
    return fail (self, error);
  return hand_out (self, bytes, 0, size, error);
}

/* One in an own file, by blocks; the table of their checksums stands behind it. */
static bool
look_at_blocks (const Look *self, GError **error)
{
  uint64_t n = weir_content_sums_get_n_blocks (self->ref->size);
  uint64_t first = self->ref->offset / WEIR_CONTENT_BLOCK;
  g_autofree char *bytes = g_malloc (WEIR_CONTENT_BLOCK);
  g_autofree uint32_t *table = NULL;
  struct stat status;

  if (fstat (self->fd, &status) < 0)
    return weir_error_set_errno (error, "look at", self->path, errno);
  if ((uint64_t)status.st_size < self->ref->size ||
      (uint64_t)status.st_size - self->ref->size < n * sizeof *table)
    return fail (self, error);
  table = g_new (uint32_t, n);
  if (!read_at (self, self->ref->size, table, n * sizeof *table, error))
    return false;
  for (uint64_t i = 0; i < n; i++)
    table[i] = GUINT32_FROM_LE (table[i]);
  if (weir_content_sums_join (table, self->ref->size) != self->ref->crc)
    return fail (self, error);
  for (uint64_t i = first; i * WEIR_CONTENT_BLOCK < self->ref->offset + self->ref->length; i++) {
    uint64_t offset = i * WEIR_CONTENT_BLOCK;
    size_t size = MIN (WEIR_CONTENT_BLOCK, self->ref->size - offset);

    if (!read_at (self, offset, bytes, size, error))
      return false;
    if (weir_crc32c (0, bytes, size) != table[i])
      return fail (self, error);
    if (!hand_out (self, bytes, offset, size, error))
      return false;
  }
  return true;
}

/* Returns: false without @error when there is no such file. */
static bool
open_file (Look *self, GError **error)
{
  g_autoptr (GError) reason = NULL;

  self->fd = weir_fs_open (NULL, AT_FDCWD, self->path, O_RDONLY | O_NOFOLLOW, 0, &reason);
  if (self->fd < 0 && !g_error_matches (reason, WEIR_ERROR, WEIR_ERROR_NOT_FOUND))
    g_propagate_error (error, g_steal_pointer (&reason));
  return self->fd >= 0;
}

/* The archive last: that is where files go to. */
static bool
look_in_files (Look *self, const char *directory, GError **error)
{
  static const struct {
    const char *folder;
    const char *kind;
    bool (*look) (const Look *self, GError **error);
  } places[] = {
    { "content", "shared", look_at_whole },
    { "content", "own", look_at_blocks },
    { "archive", "shared", look_at_whole },
    { "archive", "own", look_at_blocks },
  };
  g_autoptr (GError) reason = NULL;

  self->position = self->ref->start;
  for (size_t i = 0; i < G_N_ELEMENTS (places); i++) {
    g_autofree char *name = weir_content_name_new (self->ref->file, places[i].kind);

    g_free (self->path);
    self->path = g_build_filename (directory, places[i].folder, name, NULL);
    if (open_file (self, &reason))
      return places[i].look (self, error);
    if (reason != NULL) {
      g_propagate_error (error, g_steal_pointer (&reason));
      return false;
    }
  }
  g_set_error (
      error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND,
      "the content is not kept any more: file %" PRIu64
      " is neither in %s/content nor in %s/archive; 'weir run --archive SIZE' says how much "
      "is kept after its end",
      self->ref->file, directory, directory);
  return false;
}

/* A large segment has the first of its numbers as its name. */
static bool
look_in_log (Look *self, const char *directory, GError **error)
{
  WeirIdentity identity = WEIR_IDENTITY_INIT;
  g_autofree char *log = g_build_filename (directory, "log", NULL);
  g_autoptr (GError) reason = NULL;
  uint64_t number, most;

  if (!weir_identity_read (&identity, directory, error))
    return false;
  number = self->ref->start / identity.segment_size;
  most = MIN (WEIR_LIMIT_ENTRY / identity.segment_size + 2, number);
  for (uint64_t i = 0; i < most; i++) {
    g_free (self->path);
    self->path = weir_segment_get_path (log, number - i);
    if (open_file (self, &reason)) {
      self->position = self->ref->start - (number - i) * identity.segment_size;
      return look_at_whole (self, error);
    }
    if (reason != NULL) {
      g_propagate_error (error, g_steal_pointer (&reason));
      return false;
    }
  }
  g_set_error (
      error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND,
      "the content is not kept any more: the part of the log in %s that had it was let go; "
      "'weir run --archive SIZE' says how much is kept",
      log);
  return false;
}

bool
weir_content_look (const char *directory, const WeirContentRef *ref, WeirContentLookFunc func,
                   void *user, GError **error)
{
  Look self = { .ref = ref, .func = func, .user = user, .fd = -1 };
  bool ok;

  if (ref->where == WEIR_WHERE_NONE || ref->length == 0)
    return true;
  if (ref->length > ref->size || ref->offset > ref->size - ref->length ||
      ref->size > INT64_MAX / 2 || ref->start > INT64_MAX / 2 ||
      (ref->where != WEIR_WHERE_FILE && ref->where != WEIR_WHERE_LOG)) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_CORRUPT,
                 "what is known of the content in %s cannot be: it is damaged", directory);
    return false;
  }
  ok = ref->where == WEIR_WHERE_FILE ? look_in_files (&self, directory, error)
                                     : look_in_log (&self, directory, error);
  weir_fd_close (&self.fd);
  g_free (self.path);
  return ok;
}
