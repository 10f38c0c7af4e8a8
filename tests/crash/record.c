/* record.c: LD_PRELOADed, writes down what a program does to the files below a directory.
 *
 *   WEIR_RECORD_ROOT   the directory
 *   WEIR_RECORD_TRACE  the file that is appended to
 *   WEIR_RECORD_KILL   after so many records the program is killed, with all of them written
 *   WEIR_RECORD_KILL_SYNC  when so many files and directories have begun to be synced, likewise
 *   WEIR_RECORD_SLOW   a sync takes so many microseconds more
 *
 * A change and its record are one step under a lock, so the trace has the order in which the
 * program's threads could have seen the changes. A sync has two records, since others go on
 * meanwhile. Files are known by inode: recording needs a file system that does not use a number
 * again soon (tmpfs). What cannot be recorded ends the program. */
#include "record.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/* One process, one recorder: what it knows is global. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static char root[PATH_MAX];
static size_t n_root;
static dev_t device;
static int trace = -1; /* -1: nothing is recorded */
static long n_records, kill_after;
static long n_begun, kill_at_sync;
static long slow_usec;
static uint64_t n_syncs;

long
record_raw (long number, long a, long b, long c, long d, long e)
{
  static long (*real) (long, ...);

  if (real == NULL)
    real = (long (*) (long, ...))dlsym (RTLD_NEXT, "syscall");
  return real (number, a, b, c, d, e);
}

_Noreturn void
record_give_up (const char *why)
{
  fprintf (stderr, "crash-record: %s\n", why);
  abort ();
}

static long
get_number (const char *name)
{
  const char *text = getenv (name);

  return text == NULL ? 0 : atol (text);
}

static void
start (void)
{
  const char *directory = getenv ("WEIR_RECORD_ROOT");
  const char *path = getenv ("WEIR_RECORD_TRACE");
  struct stat status;

  if (directory == NULL || path == NULL)
    return;
  if (realpath (directory, root) == NULL || stat (root, &status) < 0)
    record_give_up ("WEIR_RECORD_ROOT is no directory");
  n_root = strlen (root);
  device = status.st_dev;
  kill_after = get_number ("WEIR_RECORD_KILL");
  kill_at_sync = get_number ("WEIR_RECORD_KILL_SYNC");
  slow_usec = get_number ("WEIR_RECORD_SLOW");
  trace = (int)record_raw (SYS_openat, AT_FDCWD, (long)path,
                           O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644, 0);
  if (trace < 0)
    record_give_up ("WEIR_RECORD_TRACE cannot be opened");
}

bool
record_is_on (void)
{
  pthread_once (&once, start);
  return trace >= 0;
}

void
record_hold (void)
{
  pthread_mutex_lock (&lock);
}

void
record_let_go (void)
{
  pthread_mutex_unlock (&lock);
}

/* Under the lock. */
void
record_step (TraceKind kind, uint64_t inode, uint64_t offset, const char *path, size_t n_path,
             const void *data, size_t n_data)
{
  TraceRecord record = { kind, (uint32_t)n_path, inode, offset, n_data };
  bool is_sync = kind == TRACE_SYNC || kind == TRACE_SYNC_NAMES;
  struct iovec parts[] = { { &record, sizeof record },
                           { (void *)path, n_path },
                           { (void *)data, n_data } };

  if (record_raw (SYS_writev, trace, (long)parts, 3, 0, 0) !=
      (long)(sizeof record + n_path + n_data))
    record_give_up ("the trace cannot be written");
  if (++n_records == kill_after || (is_sync && ++n_begun == kill_at_sync))
    record_raw (SYS_kill, getpid (), SIGKILL, 0, 0, 0);
}

void
record_name (TraceKind kind, uint64_t inode, const char *path)
{
  record_step (kind, inode, 0, path, strlen (path), NULL, 0);
}

/* The path below the root, or NULL when it is elsewhere. */
const char *
record_find (int directory, const char *path, char *buffer)
{
  char absolute[PATH_MAX] = "", link[40];
  size_t n;

  if (!record_is_on ())
    return NULL;
  if (*path != '/') {
    if (directory == AT_FDCWD) {
      if (getcwd (absolute, sizeof absolute) == NULL)
        return NULL;
    } else {
      snprintf (link, sizeof link, "/proc/self/fd/%d", directory);
      if (readlink (link, absolute, sizeof absolute - 1) < 0)
        return NULL;
    }
    while (path[0] == '.' && path[1] == '/')
      path += 2;
    if (*path == '\0' || strcmp (path, ".") == 0)
      path = NULL;
  }
  n = (size_t)snprintf (buffer, PATH_MAX, "%s%s%s", absolute,
                        *absolute != '\0' && path != NULL ? "/" : "", path != NULL ? path : "");
  while (n > 1 && buffer[n - 1] == '/')
    buffer[--n] = '\0';
  if (strncmp (buffer, root, n_root) != 0 || (buffer[n_root] != '/' && buffer[n_root] != '\0'))
    return NULL;
  if (strstr (buffer, "/../") != NULL || strstr (buffer, "//") != NULL)
    record_give_up ("a path is not in its simplest form");
  return buffer + n_root;
}

/* The inode of a file on the recorded file system, 0 for others. */
uint64_t
record_inode (int fd, bool *ret_directory)
{
  struct stat status;

  if (!record_is_on () || fstat (fd, &status) < 0 || status.st_dev != device)
    return 0;
  if (ret_directory != NULL)
    *ret_directory = S_ISDIR (status.st_mode);
  else if (!S_ISREG (status.st_mode))
    return 0;
  return status.st_ino;
}

long
record_get_slow (void)
{
  return slow_usec;
}

uint64_t
record_next_sync (void)
{
  return ((uint64_t)getpid () << 32) + ++n_syncs;
}
