/* source.c: a set of states of files, and the deletion of one. */
#include "source.h"

#include "name.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

struct FileRoot {
  _Atomic unsigned n_refs;
  int fd;
  char *path;
};

struct FileSources {
  _Atomic unsigned n_refs; /* one for the processor, one for each source */
  pthread_mutex_t lock;
  GHashTable *taken;    /* guarded by lock: Taken */
  WeirContext *context; /* guarded by lock: NULL once the processor has stopped */
};

typedef struct {
  char *path;
  FileIdentity identity;
} Taken;

struct FileSource {
  FileSources *sources;
  FileRoot *root;
  char *path;
  FileIdentity identity;
  bool stays;   /* it cannot be deleted: taking it again would never end */
  bool is_left; /* by an earlier run: somebody may have finished it meanwhile */
};

FileIdentity
file_identity (const struct statx *status)
{
  return (FileIdentity){
    .device = makedev (status->stx_dev_major, status->stx_dev_minor),
    .inode = status->stx_ino,
    .size = status->stx_size,
    .mtime_sec = status->stx_mtime.tv_sec,
    .mtime_nsec = status->stx_mtime.tv_nsec,
  };
}

bool
file_identity_equal (const FileIdentity *a, const FileIdentity *b)
{
  return memcmp (a, b, sizeof *a) == 0;
}

static guint
hash (const void *data)
{
  const Taken *taken = data;

  return g_str_hash (taken->path) ^ (guint)taken->identity.inode;
}

static gboolean
equal (const void *a, const void *b)
{
  const Taken *x = a, *y = b;

  return file_identity_equal (&x->identity, &y->identity) && strcmp (x->path, y->path) == 0;
}

static void
taken_free (void *data)
{
  Taken *taken = data;

  g_free (taken->path);
  g_free (taken);
}

FileRoot *
file_root_new (const char *path, GError **error)
{
  int fd = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  FileRoot *root;

  if (fd < 0) {
    file_name_set_errno (error, "open the directory", path, errno);
    return NULL;
  }
  root = g_new0 (FileRoot, 1);
  atomic_init (&root->n_refs, 1);
  root->fd = fd;
  root->path = g_strdup (path);
  return root;
}

int
file_root_get_fd (const FileRoot *root)
{
  return root->fd;
}

const char *
file_root_get_path (const FileRoot *root)
{
  return root->path;
}

FileRoot *
file_root_ref (FileRoot *root)
{
  atomic_fetch_add (&root->n_refs, 1);
  return root;
}

void
file_root_unref (FileRoot *root)
{
  if (root == NULL || atomic_fetch_sub (&root->n_refs, 1) != 1)
    return;
  close (root->fd);
  g_free (root->path);
  g_free (root);
}

FileSources *
file_sources_new (WeirContext *context)
{
  FileSources *sources = g_new0 (FileSources, 1);

  atomic_init (&sources->n_refs, 1);
  pthread_mutex_init (&sources->lock, NULL);
  sources->taken = g_hash_table_new_full (hash, equal, taken_free, NULL);
  sources->context = context;
  return sources;
}

FileSources *
file_sources_ref (FileSources *sources)
{
  atomic_fetch_add (&sources->n_refs, 1);
  return sources;
}

void
file_sources_unref (FileSources *sources)
{
  if (atomic_fetch_sub (&sources->n_refs, 1) != 1)
    return;
  g_hash_table_unref (sources->taken);
  pthread_mutex_destroy (&sources->lock);
  g_free (sources);
}

void
file_sources_close (FileSources *sources)
{
  if (sources == NULL)
    return;
  pthread_mutex_lock (&sources->lock);
  sources->context = NULL;
  pthread_mutex_unlock (&sources->lock);
  file_sources_unref (sources);
}

void
file_sources_wake (FileSources *sources)
{
  pthread_mutex_lock (&sources->lock);
  if (sources->context != NULL)
    weir_context_wake (sources->context);
  pthread_mutex_unlock (&sources->lock);
}

bool
file_sources_has (FileSources *sources, const char *path, const FileIdentity *identity)
{
  Taken taken = { (char *)path, *identity };
  bool has;

  pthread_mutex_lock (&sources->lock);
  has = g_hash_table_contains (sources->taken, &taken);
  pthread_mutex_unlock (&sources->lock);
  return has;
}

void
file_sources_tell (FileSources *sources, GError *error)
{
  /* Under the lock: the context is there until the processor stops, which waits for it. */
  pthread_mutex_lock (&sources->lock);
  if (sources->context != NULL)
    weir_context_log (sources->context, WEIR_LOG_WARNING, "%s", error->message);
  pthread_mutex_unlock (&sources->lock);
  g_error_free (error);
}

FileSource *
file_source_new (FileSources *sources, FileRoot *root, const char *path,
                 const FileIdentity *identity)
{
  FileSource *source = g_new0 (FileSource, 1);
  Taken *taken = g_new (Taken, 1);

  *taken = (Taken){ g_strdup (path), *identity };
  source->sources = file_sources_ref (sources);
  source->root = root != NULL ? file_root_ref (root) : NULL;
  source->path = g_strdup (path);
  source->identity = *identity;
  pthread_mutex_lock (&sources->lock);
  g_hash_table_add (sources->taken, taken);
  pthread_mutex_unlock (&sources->lock);
  return source;
}

void
file_source_free (void *data)
{
  FileSource *source = data;

  if (!source->stays) {
    Taken taken = { source->path, source->identity };

    pthread_mutex_lock (&source->sources->lock);
    g_hash_table_remove (source->sources->taken, &taken);
    pthread_mutex_unlock (&source->sources->lock);
  }
  file_sources_unref (source->sources);
  file_root_unref (source->root);
  g_free (source->path);
  g_free (source);
}

const char *
file_source_get_path (const FileSource *source)
{
  return source->path;
}

const FileIdentity *
file_source_get_identity (const FileSource *source)
{
  return &source->identity;
}

const char *
file_source_get_root_path (const FileSource *source)
{
  return source->root != NULL ? source->root->path : NULL;
}

void
file_source_stay (FileSource *source)
{
  source->stays = true;
}

bool
file_source_stays (const FileSource *source)
{
  return source->stays;
}

FileSources *
file_source_get_sources (const FileSource *source)
{
  return source->sources;
}

/* Opens the directory that holds the file, @ret_name being its name there. Below a root no link is
 * followed: who may write there could lead the deletion elsewhere. */
static int
open_parent (const FileSource *source, const char **ret_name)
{
  const char *slash = strrchr (source->path, '/');
  int root = source->root != NULL ? source->root->fd : AT_FDCWD;
  struct open_how how = { .flags = O_PATH | O_DIRECTORY | O_CLOEXEC };
  g_autofree char *parent = NULL;

  *ret_name = slash != NULL ? slash + 1 : source->path;
  if (source->root != NULL)
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS;
  parent = slash == NULL           ? g_strdup (".")
           : slash == source->path ? g_strdup ("/")
                                   : g_strndup (source->path, (size_t)(slash - source->path));
  return (int)syscall (SYS_openat2, root, parent, &how, sizeof how);
}

static void
tell (const FileSource *source, const char *doing, int errnum)
{
  const char *root = source->root != NULL ? source->root->path : "";
  g_autofree char *path = file_name_join (root, source->path);
  g_autofree char *quoted = file_name_quote (path);
  GError *error = NULL;

  if (errnum != 0)
    file_name_set_errno (&error, doing, path, errnum);
  else
    g_set_error (&error, WEIR_ERROR, WEIR_ERROR_FAILED, "%s %s", quoted, doing);
  file_sources_tell (source->sources, error);
}

bool
file_source_is_left (const FileSource *source)
{
  return source->is_left;
}

char *
file_source_get_directory (const FileSource *source)
{
  g_autofree char *path =
      file_name_join (source->root != NULL ? source->root->path : "", source->path);

  return g_path_get_dirname (path);
}

FileSource *
file_source_new_left (FileSources *sources, FileRoot *root, const char *path,
                      const FileIdentity *identity)
{
  const FileSource probe = { .root = root, .path = (char *)path };
  FileIdentity found = { 0 }, known = *identity;
  FileSource *source;
  struct statx status;
  const char *name;
  int parent = open_parent (&probe, &name);

  if (parent < 0)
    return NULL;
  if (statx (parent, name, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, &status) == 0)
    found = file_identity (&status);
  close (parent);
  known.device = found.device;
  if (!file_identity_equal (&found, &known))
    return NULL;
  source = file_source_new (sources, root, path, &known);
  source->is_left = true;
  return source;
}

static bool
is_unchanged_in (const FileSource *source, int parent, const char *name)
{
  struct statx status;
  FileIdentity identity;

  if (statx (parent, name, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, &status) < 0) {
    if (errno != ENOENT || !source->is_left)
      tell (source, "look once more at", errno);
    return false;
  }
  identity = file_identity (&status);
  if (file_identity_equal (&identity, &source->identity))
    return true;
  tell (source, "was changed after it had been read: it stays", 0);
  return false;
}

bool
file_source_is_unchanged (const FileSource *source)
{
  const char *name;
  int parent = open_parent (source, &name);
  bool is_unchanged;

  if (parent < 0) {
    tell (source, "look once more at", errno);
    return false;
  }
  is_unchanged = is_unchanged_in (source, parent, name);
  close (parent);
  return is_unchanged;
}

void
file_source_delete (void *data)
{
  FileSource *source = data;
  const char *name;
  int parent = open_parent (source, &name);

  if (parent < 0) {
    tell (source, "delete", errno);
    return;
  }
  if (is_unchanged_in (source, parent, name) && unlinkat (parent, name, 0) < 0 && errno != ENOENT) {
    source->stays = true;
    tell (source, "delete", errno);
  }
  close (parent);
}
