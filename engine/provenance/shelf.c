/* shelf.c: see the header. A file's number is never used twice, so what SQLite has beside a file
 * that was removed can belong to no other. */
#include "provenance/shelf.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <weir/error.h>

#include "base/error.h"
#include "provenance/partition.h"

#define N_DIGITS 12
#define DATABASE ".db"
#define PARTIAL  ".partial"
#define ASIDE    ".damaged"
#define LOG      "-wal"
#define SPOILT   DATABASE ASIDE

/* Beside a database, as SQLite calls them. */
static const char *const endings[] = { LOG, "-shm", "-journal" };

/* Returns: 0 when @name is not a number and @ending. */
static uint64_t
parse_name (const char *name, const char *ending)
{
  if (strspn (name, "0123456789") != N_DIGITS || strcmp (name + N_DIGITS, ending) != 0)
    return 0;
  return g_ascii_strtoull (name, NULL, 10);
}

static uint64_t
measure (const char *path)
{
  struct stat status;

  return stat (path, &status) == 0 ? (uint64_t)status.st_size : 0;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  const WeirShelfFile *left = a, *right = b;

  return left->number < right->number ? -1 : left->number > right->number;
}

/* Numbers of files with @ending, unsorted. */
static GArray *
list_names (const char *directory, const char *ending, WeirFs *fs, GError **error)
{
  g_autoptr (GArray) files = g_array_new (FALSE, FALSE, sizeof (WeirShelfFile));
  g_autoptr (GError) reason = NULL;
  WEIR_AUTO_FD int fd = weir_fs_open (fs, AT_FDCWD, directory, O_RDONLY | O_DIRECTORY, 0, &reason);
  GDir *names = NULL;
  const char *name;

  if (fd < 0 && g_error_matches (reason, WEIR_ERROR, WEIR_ERROR_NOT_FOUND))
    return g_steal_pointer (&files);
  if (fd < 0) {
    g_propagate_error (error, g_steal_pointer (&reason));
    return NULL;
  }
  names = g_dir_open (directory, 0, NULL);
  while (names != NULL && (name = g_dir_read_name (names)) != NULL) {
    WeirShelfFile file = { .number = parse_name (name, ending) };

    if (file.number > 0)
      g_array_append_val (files, file);
  }
  g_clear_pointer (&names, g_dir_close);
  return g_steal_pointer (&files);
}

GArray *
weir_shelf_list (const char *directory, WeirFs *fs, GError **error)
{
  GArray *files = list_names (directory, DATABASE, fs, error);

  for (guint i = 0; files != NULL && i < files->len; i++) {
    WeirShelfFile *file = &g_array_index (files, WeirShelfFile, i);
    g_autofree char *path = weir_partition_get_path (directory, file->number);
    g_autofree char *log = g_strconcat (path, LOG, NULL);

    file->bytes = measure (path) + measure (log);
  }
  if (files != NULL)
    g_array_sort (files, compare);
  return files;
}

uint64_t
weir_shelf_get_last_number (const char *directory, WeirFs *fs)
{
  static const char *const kinds[] = { DATABASE, SPOILT, PARTIAL };
  uint64_t last = 0;

  for (size_t k = 0; k < G_N_ELEMENTS (kinds); k++) {
    g_autoptr (GArray) files = list_names (directory, kinds[k], fs, NULL);

    for (guint i = 0; files != NULL && i < files->len; i++)
      last = MAX (last, g_array_index (files, WeirShelfFile, i).number);
  }
  return last;
}

static bool
unlink_if_there (const char *path, WeirFs *fs, GError **error)
{
  g_autoptr (GError) reason = NULL;

  if (weir_fs_unlink (fs, path, &reason) ||
      g_error_matches (reason, WEIR_ERROR, WEIR_ERROR_NOT_FOUND))
    return true;
  g_propagate_error (error, g_steal_pointer (&reason));
  return false;
}

bool
weir_shelf_remove (const char *directory, uint64_t number, WeirFs *fs, GError **error)
{
  g_autofree char *path = weir_partition_get_path (directory, number);

  if (!unlink_if_there (path, fs, error))
    return false;
  for (size_t i = 0; i < G_N_ELEMENTS (endings); i++) {
    g_autofree char *beside = g_strconcat (path, endings[i], NULL);

    if (!unlink_if_there (beside, fs, error))
      return false;
  }
  return true;
}

char *
weir_shelf_put_aside (const char *directory, uint64_t number, WeirFs *fs, GError **error)
{
  g_autofree char *path = weir_partition_get_path (directory, number);
  g_autofree char *aside = g_strconcat (path, ASIDE, NULL);

  if (!weir_fs_rename (fs, path, aside, error))
    return NULL;
  for (size_t i = 0; i < G_N_ELEMENTS (endings); i++) {
    g_autofree char *from = g_strconcat (path, endings[i], NULL);
    g_autofree char *to = g_strconcat (aside, endings[i], NULL);

    if (g_file_test (from, G_FILE_TEST_EXISTS))
      (void)weir_fs_rename (fs, from, to, NULL); /* without it less can be saved from the other */
  }
  return g_steal_pointer (&aside);
}

static char *
get_mark (const char *directory, uint64_t number)
{
  return g_strdup_printf ("%s/%0*" PRIu64 PARTIAL, directory, N_DIGITS, number);
}

bool
weir_shelf_mark (const char *directory, uint64_t number, bool is_partial, WeirFs *fs,
                 GError **error)
{
  g_autofree char *path = get_mark (directory, number);

  if (!is_partial)
    return unlink_if_there (path, fs, error) && weir_fs_sync_directory (fs, directory, error);
  return weir_fs_replace_file (fs, path, "", 0, 0600, error);
}

bool
weir_shelf_sweep (const char *directory, WeirFs *fs, GError **error)
{
  g_autoptr (GArray) marks = list_names (directory, PARTIAL, fs, error);

  for (guint i = 0; marks != NULL && i < marks->len; i++) {
    uint64_t number = g_array_index (marks, WeirShelfFile, i).number;

    if (!weir_shelf_remove (directory, number, fs, error) ||
        !weir_shelf_mark (directory, number, false, fs, error))
      return false;
  }
  return marks != NULL;
}

/* Takes a file that is not there, too. */
static bool
settle_file (const char *path, WeirFs *fs, GError **error)
{
  g_autoptr (GError) reason = NULL;
  WEIR_AUTO_FD int fd = weir_fs_open (fs, AT_FDCWD, path, O_RDONLY | O_NOFOLLOW, 0, &reason);

  if (fd >= 0)
    return weir_fs_sync (fs, fd, path, error);
  if (g_error_matches (reason, WEIR_ERROR, WEIR_ERROR_NOT_FOUND))
    return true;
  g_propagate_error (error, g_steal_pointer (&reason));
  return false;
}

bool
weir_shelf_settle (const char *directory, WeirFs *fs, GError **error)
{
  g_autoptr (GArray) logs = list_names (directory, DATABASE LOG, fs, error);

  for (guint i = 0; logs != NULL && i < logs->len; i++) {
    g_autofree char *path =
        weir_partition_get_path (directory, g_array_index (logs, WeirShelfFile, i).number);
    g_autofree char *log = g_strconcat (path, LOG, NULL);

    if (!settle_file (path, fs, error) || !settle_file (log, fs, error))
      return false;
  }
  return logs != NULL && (logs->len == 0 || weir_fs_sync_directory (fs, directory, error));
}
