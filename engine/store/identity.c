/* identity.c: the lock is the kernel's, so it ends with the process, however that ends; what stands
 * in its file is only for people. */
#include "store/identity.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/random.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>

#define IDENTITY_BYTES 1024u

/* Tests make small ones. */
#define WEIR_SEGMENT_MIN (64u * 1024)
#define WEIR_SEGMENT_MAX (1024u * 1024 * 1024)
#define LOCK_BYTES       512u

#define LOCK_TRIES 20u
#define LOCK_USEC  5000

/* What the engine that has the lock wrote there, fit for a message. */
static char *
read_owner (int lock)
{
  char text[LOCK_BYTES];
  ssize_t n = pread (lock, text, sizeof text - 1, 0);

  text[MAX (n, 0)] = '\0';
  g_strchomp (text);
  if (text[0] == '\0' || !g_utf8_validate (text, -1, NULL))
    return g_strdup ("an engine that is just starting");
  return g_strdup (text);
}

/* Who only looks whether it is taken has it himself for a moment. */
static bool
try_lock (int fd)
{
  for (unsigned i = 0; i < LOCK_TRIES; i++) {
    if (flock (fd, LOCK_EX | LOCK_NB) == 0)
      return true;
    if (errno != EWOULDBLOCK)
      return false;
    g_usleep (LOCK_USEC);
  }
  errno = EWOULDBLOCK;
  return false;
}

static bool
lock_directory (WeirIdentity *identity, const char *directory, const char *owner, WeirFs *fs,
                GError **error)
{
  g_autofree char *path = g_build_filename (directory, "lock", NULL);
  g_autofree char *text = NULL;

  identity->lock = weir_fs_open (fs, AT_FDCWD, path, O_RDWR | O_CREAT | O_NOFOLLOW, 0600, error);
  if (identity->lock < 0)
    return false;
  if (!try_lock (identity->lock)) {
    g_autofree char *other = NULL;

    if (errno != EWOULDBLOCK)
      return weir_error_set_errno (error, "lock", path, errno);
    other = read_owner (identity->lock);
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_EXISTS,
                 "%s is in use: %s; stop that one, or give this one another directory with --data",
                 directory, other);
    return false;
  }
  text = g_strdup_printf ("flow \"%s\", process %d\n", owner, (int)getpid ());
  return weir_fs_resize (fs, identity->lock, 0, path, error) &&
         weir_fs_pwrite (fs, identity->lock, text, MIN (strlen (text), LOCK_BYTES - 1), 0, path,
                         error);
}

/* Nobody's files are to end up among ours. */
static bool
is_empty (const char *directory, GError **error)
{
  g_autoptr (GDir) files = g_dir_open (directory, 0, error);

  if (files == NULL)
    return false;
  for (const char *name; (name = g_dir_read_name (files)) != NULL;) {
    /* What is aside was on its way when the machine stopped. */
    if (g_str_equal (name, "lock") || g_str_has_prefix (name, "identity."))
      continue;
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                 "%s is not a data directory (it has no file \"identity\" but has \"%s\"); name an "
                 "empty or a new one",
                 directory, name);
    return false;
  }
  return true;
}

/* The directory itself must not be what a power cut takes away, nor what was made above it. Those
 * that may not be looked at were there before. */
static bool
sync_parents (const char *directory, WeirFs *fs, GError **error)
{
  g_autofree char *path = g_canonicalize_filename (directory, NULL);

  while (strcmp (path, "/") != 0) {
    g_autoptr (GError) reason = NULL;
    char *parent = g_path_get_dirname (path);

    g_free (path);
    path = parent;
    if (!weir_fs_sync_directory (fs, path, &reason) &&
        !g_error_matches (reason, WEIR_ERROR, WEIR_ERROR_PERMISSION)) {
      g_propagate_error (error, g_steal_pointer (&reason));
      return false;
    }
  }
  return true;
}

static bool
make (WeirIdentity *identity, const char *directory, const char *path, WeirFs *fs, GError **error)
{
  g_autofree char *text = NULL;

  if (!is_empty (directory, error) || !sync_parents (directory, fs, error))
    return false;
  identity->install_id = weir_random_system_seed ();
  identity->log_id = weir_random_system_seed ();
  if (identity->segment_size == 0)
    identity->segment_size = WEIR_LIMIT_SEGMENT;
  text = g_strdup_printf ("weir data %d\ninstall %016" G_GINT64_MODIFIER
                          "x\nlog %016" G_GINT64_MODIFIER "x\nsegment %" G_GUINT64_FORMAT "\n",
                          WEIR_DATA_VERSION, identity->install_id, identity->log_id,
                          identity->segment_size);
  return weir_fs_replace_file (fs, path, text, strlen (text), 0600, error);
}

static bool
is_segment_size (uint64_t size)
{
  return size >= WEIR_SEGMENT_MIN && size <= WEIR_SEGMENT_MAX && size % WEIR_SEGMENT_MIN == 0;
}

static bool
parse (WeirIdentity *identity, const char *path, const char *text, GError **error)
{
  unsigned version;
  int end = -1;

  if (sscanf (text, "weir data %9u\n", &version) == 1 && version > WEIR_DATA_VERSION) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_UNSUPPORTED,
                 "%s: version %u of the data directory; this engine knows up to %d: use a newer "
                 "one",
                 path, version, WEIR_DATA_VERSION);
    return false;
  }
  if (sscanf (text,
              "weir data %9u\ninstall %16" G_GINT64_MODIFIER "x\nlog %16" G_GINT64_MODIFIER
              "x\nsegment %12" G_GINT64_MODIFIER "u\n%n",
              &version, &identity->install_id, &identity->log_id, &identity->segment_size,
              &end) == 4 &&
      end > 0 && text[end] == '\0' && is_segment_size (identity->segment_size))
    return true;
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_CORRUPT,
               "%s does not say what this directory is; `weir data check` tells what is readable",
               path);
  return false;
}

static bool
read_identity (WeirIdentity *identity, const char *directory, WeirFs *fs, GError **error)
{
  g_autofree char *path = g_build_filename (directory, "identity", NULL);
  g_autofree char *text = weir_fs_read_file (fs, path, IDENTITY_BYTES, NULL, error);

  return text != NULL && parse (identity, path, text, error);
}

bool
weir_identity_open (WeirIdentity *identity, const char *directory, const char *owner, bool create,
                    WeirFs *fs, GError **error)
{
  g_autofree char *path = g_build_filename (directory, "identity", NULL);

  if (create && !weir_fs_make_directory (fs, directory, 0700, error))
    return false;
  if (!lock_directory (identity, directory, owner, fs, error))
    return false;
  if (create && access (path, F_OK) < 0 && errno == ENOENT)
    return make (identity, directory, path, fs, error);
  return read_identity (identity, directory, fs, error);
}

/* Returns: (transfer full) (nullable). */
static char *
find_user (const char *directory, WeirFs *fs)
{
  g_autofree char *path = g_build_filename (directory, "lock", NULL);
  WEIR_AUTO_FD int fd = weir_fs_open (fs, AT_FDCWD, path, O_RDONLY | O_NOFOLLOW, 0, NULL);

  if (fd < 0 || flock (fd, LOCK_SH | LOCK_NB) == 0)
    return NULL;
  return read_owner (fd);
}

bool
weir_identity_look (WeirIdentity *identity, const char *directory, WeirFs *fs, char **ret_user,
                    GError **error)
{
  if (!read_identity (identity, directory, fs, error))
    return false;
  *ret_user = find_user (directory, fs);
  return true;
}

bool
weir_identity_read (WeirIdentity *identity, const char *directory, GError **error)
{
  g_autofree char *path = g_build_filename (directory, "identity", NULL);
  g_autofree char *text = weir_fs_read_file (NULL, path, IDENTITY_BYTES, NULL, error);

  return text != NULL && parse (identity, path, text, error);
}

void
weir_identity_close (WeirIdentity *identity)
{
  weir_fd_close (&identity->lock);
}
