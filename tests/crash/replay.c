/* replay.c: builds from a trace what a power cut at some moment may leave behind.
 *
 *   crash-replay TRACE STATES SEED
 *
 * Beside the directory, in DIRECTORY.inodes, stands which file is which (inode.c). The power goes
 * somewhere in the trace, but not while the test itself changes files. Each line on standard input
 * is a directory, in which the next state is built; the answer is a line that says what it is, or
 * "end". Everything that was synced before the moment is there. Of what was not, there survives, of
 * each file: nothing, all, the first writes, the first writes and a piece of the next, or any set
 * of sectors; of names: nothing, all, the first changes (a file system with a journal), or any set
 * of them (all that POSIX promises). States that are the same as an earlier one are left out. */
#include "replay-file.h"

#include "base/fs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <weir/error.h>

/* A change of names that is not on the disk yet. */
typedef struct {
  size_t step;
  File *file; /* that gets the name; NULL: it goes, or a directory is made */
} Change;

typedef enum { NAMES_NONE, NAMES_ALL, NAMES_FIRST, NAMES_ANY, N_NAMES } KeepNames;

static const char *const keep_texts[] = { "nothing", "all",   "first writes",
                                          "torn",    "pages", "sectors" };
static const char *const names_texts[] = { "no names", "all names", "first names", "any names" };

typedef struct {
  GMappedFile *mapped;
  GArray *steps;     /* Step */
  GHashTable *files; /* inode to File, of those that can be reached */
  GPtrArray *all;    /* File */
  GHashTable *names; /* path to File, or to @directory, on the disk */
  GHashTable *live;  /* the same as the program saw it */
  GArray *changes;   /* Change */
  GHashTable *syncs; /* number to the step that began it */
  GHashTable *seen;  /* hashes of states */
  bool is_outside;   /* while it is read: the test changes files, not the program */
  GArray *points;    /* guint: steps before which power may go */
  GArray *begun;     /* guint: those at which something has just begun to be synced */
  WeirRandom random;
} Replay;

/* What a name of a directory leads to. */
static File directory;

static const Step *
get_step (const Replay *self, size_t i)
{
  return &g_array_index (self->steps, Step, i);
}

/* --- the trace --- */

static void
note_point (Replay *self, const TraceRecord *record)
{
  guint next = self->steps->len + 1;

  if (record->kind == TRACE_MARK)
    self->is_outside = record->inode != 0;
  if (self->is_outside)
    return;
  g_array_append_val (self->points, next);
  if (record->kind == TRACE_SYNC || record->kind == TRACE_SYNC_NAMES)
    g_array_append_val (self->begun, next);
}

static bool
load (Replay *self, const char *path, GError **error)
{
  const char *at, *end;

  self->mapped = g_mapped_file_new (path, FALSE, error);
  if (self->mapped == NULL)
    return false;
  at = g_mapped_file_get_contents (self->mapped);
  end = at + g_mapped_file_get_length (self->mapped);
  while ((size_t)(end - at) >= sizeof (TraceRecord)) {
    Step step = { (const TraceRecord *)(const void *)at, at + sizeof (TraceRecord), NULL };

    /* The driver and the recorder pad nothing, so records may stand anywhere. */
    TraceRecord *copy = g_memdup2 (at, sizeof *copy);

    step.record = copy;
    step.data = (const uint8_t *)step.path + copy->n_path;
    note_point (self, copy);
    at += sizeof *copy + copy->n_path + copy->n_data;
    g_array_append_val (self->steps, step);
  }
  return true;
}

static void
sync_file (Replay *self, File *file, size_t until)
{
  size_t n = 0;

  while (n < file->pending->len && g_array_index (file->pending, size_t, n) < until)
    file_apply (file, get_step (self, g_array_index (file->pending, size_t, n++)));
  if (n == 0)
    return;
  g_array_remove_range (file->pending, 0, (guint)n);
  file->hash = file_hash (file->size, file->bytes, file_get_n_bytes (file));
}

/* --- names --- */

static void
change_names (GHashTable *names, const Step *step, File *file)
{
  const char *path = step->path;
  size_t n_path = step->record->n_path;
  g_autofree char *name = g_strndup (path, n_path);

  if (step->record->kind == TRACE_RENAME) {
    g_hash_table_remove (names, name);
    g_free (name);
    name = g_strndup (path + strlen (path) + 1, n_path - strlen (path) - 1);
  }
  if (step->record->kind == TRACE_UNLINK)
    g_hash_table_remove (names, name);
  else
    g_hash_table_replace (names, g_steal_pointer (&name), file);
}

/* Whether @path is in the file system at @home, which may be that of all. */
static bool
is_on (const char *path, const char *home, size_t n_home)
{
  return strncmp (path, home, n_home) == 0 && (n_home == 0 || path[n_home] == '/');
}

static bool
is_in (const Step *step, const char *path, size_t n_path)
{
  const char *slash = g_strrstr_len (step->path, (gssize)step->record->n_path, "/");
  size_t n_parent = slash != NULL ? (size_t)(slash - step->path) : 0;

  if (step->record->kind == TRACE_RENAME) /* the new name's, which is the same in practice */
    n_parent = (size_t)(strrchr (step->path, '/') - step->path);
  return n_parent == n_path && memcmp (step->path, path, n_path) == 0;
}

static void
sync_names (Replay *self, const Step *begin, size_t until)
{
  GArray *left = g_array_new (FALSE, FALSE, sizeof (Change));

  for (guint i = 0; i < self->changes->len; i++) {
    Change *change = &g_array_index (self->changes, Change, i);
    const Step *step = get_step (self, change->step);

    if (change->step < until && (begin->record->kind == TRACE_SYNC_ALL
                                     ? is_on (step->path, begin->path, begin->record->n_path)
                                     : is_in (step, begin->path, begin->record->n_path)))
      change_names (self->names, step, change->file);
    else
      g_array_append_val (left, *change);
  }
  g_array_unref (self->changes);
  self->changes = left;
}

/* --- going through the trace --- */

static File *
file_new (Replay *self, uint64_t inode, const char *path)
{
  File *file = g_new0 (File, 1);

  file->home = g_strdup (path);
  file->inode = inode;
  file->pending = g_array_new (FALSE, FALSE, sizeof (size_t));
  g_ptr_array_add (self->all, file);
  g_hash_table_replace (self->files, g_memdup2 (&inode, sizeof inode), file);
  return file;
}

static void
end_sync (Replay *self, uint64_t number)
{
  gpointer value = g_hash_table_lookup (self->syncs, &number);
  size_t begin = GPOINTER_TO_SIZE (value);
  const Step *step = get_step (self, begin);
  File *file = g_hash_table_lookup (self->files, &step->record->inode);

  g_assert (value != NULL);
  if (step->record->kind == TRACE_SYNC && file != NULL)
    sync_file (self, file, begin);
  if (step->record->kind == TRACE_SYNC_ALL)
    for (guint i = 0; i < self->all->len; i++) {
      File *other = self->all->pdata[i];

      if (is_on (other->home, step->path, step->record->n_path))
        sync_file (self, other, begin);
    }
  if (step->record->kind != TRACE_SYNC)
    sync_names (self, step, begin);
}

static void
take_name_step (Replay *self, size_t i, const Step *step)
{
  g_autofree char *path = g_strndup (step->path, step->record->n_path);
  Change change = { .step = i };

  if (step->record->kind == TRACE_CREATE)
    change.file = file_new (self, step->record->inode, path);
  else if (step->record->kind == TRACE_LINK)
    change.file = g_hash_table_lookup (self->files, &step->record->inode);
  else if (step->record->kind == TRACE_RENAME)
    change.file = g_hash_table_lookup (self->live, path);
  else if (step->record->kind == TRACE_MKDIR)
    change.file = &directory;
  if (g_str_has_suffix (path, "/"))
    return;
  if (step->record->kind != TRACE_UNLINK && change.file == NULL)
    g_error ("step %zu: nothing is known of %s", i, path);
  change_names (self->live, step, change.file);
  g_array_append_val (self->changes, change);
}

static void
take_step (Replay *self, size_t i)
{
  const Step *step = get_step (self, i);
  File *file;

  switch ((TraceKind)step->record->kind) {
  case TRACE_CREATE:
  case TRACE_LINK:
  case TRACE_RENAME:
  case TRACE_UNLINK:
  case TRACE_MKDIR:
    take_name_step (self, i, step);
    return;
  case TRACE_WRITE:
  case TRACE_RESIZE:
  case TRACE_EXTEND:
    file = g_hash_table_lookup (self->files, &step->record->inode);
    if (file != NULL)
      g_array_append_val (file->pending, i);
    return;
  case TRACE_SYNC:
  case TRACE_SYNC_NAMES:
  case TRACE_SYNC_ALL:
    g_hash_table_replace (self->syncs,
                          g_memdup2 (&step->record->offset, sizeof step->record->offset),
                          GSIZE_TO_POINTER (i));
    return;
  case TRACE_SYNCED:
    end_sync (self, step->record->offset);
    return;
  case TRACE_TIMES:
    file = g_hash_table_lookup (self->files, &step->record->inode);
    file->modified = (int64_t)step->record->offset;
    memcpy (&file->changed, step->data, sizeof file->changed);
    return;
  case TRACE_MARK:
    return;
  }
  g_error ("step %zu is of no known kind", i);
}

/* --- a state --- */

typedef struct {
  File *file;
  File image; /* its own bytes, or those of the file */
} Built;

static void
built_free (void *data)
{
  Built *built = data;

  if (built->image.bytes != built->file->bytes)
    g_free (built->image.bytes);
  g_free (built);
}

static Built *
build_file (Replay *self, File *file, Keep keep)
{
  Built *built = g_new0 (Built, 1);

  built->file = file;
  built->image = *file;
  if (file->pending->len > 0 && keep != KEEP_NONE) {
    built->image.bytes = g_malloc0 (MAX (file->room, 1));
    built->image.room = MAX (file->room, 1);
    if (file->room > 0)
      memcpy (built->image.bytes, file->bytes, file->room);
    file_keep_some (&built->image, self->steps, file->pending, keep, &self->random);
    built->image.hash =
        file_hash (built->image.size, built->image.bytes, file_get_n_bytes (&built->image));
  }
  return built;
}

/* Returns: (transfer full): the names that are there. */
static GHashTable *
build_names (Replay *self, KeepNames keep)
{
  GHashTable *names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  size_t n_first = weir_random_below (&self->random, self->changes->len + 1);
  GHashTableIter iter;
  gpointer path, file;

  g_hash_table_iter_init (&iter, self->names);
  while (g_hash_table_iter_next (&iter, &path, &file))
    g_hash_table_replace (names, g_strdup (path), file);
  for (guint i = 0; i < self->changes->len; i++) {
    const Change *change = &g_array_index (self->changes, Change, i);

    if (keep == NAMES_ALL || (keep == NAMES_FIRST && i < n_first) ||
        (keep == NAMES_ANY && weir_random_below (&self->random, 2) == 0))
      change_names (names, get_step (self, change->step), change->file);
  }
  return names;
}

static void
write_file (const char *path, const File *image, FILE *identities)
{
  g_autoptr (GError) error = NULL;
  WEIR_AUTO_FD int fd =
      weir_fs_open (NULL, AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, 0644, &error);
  struct stat status;

  /* A directory above it is not there: then the file is not, either. */
  if (fd < 0 && g_error_matches (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND))
    return;
  if (fd < 0 || !weir_fs_write (NULL, fd, image->bytes, file_get_n_bytes (image), path, &error) ||
      !weir_fs_resize (NULL, fd, image->size, path, &error))
    g_error ("%s", error->message);
  if (fstat (fd, &status) == 0) {
    TraceIdentity identity = { status.st_ino, image->inode, image->modified, image->changed };

    fwrite (&identity, sizeof identity, 1, identities);
  }
}

static int
compare_names (const void *a, const void *b)
{
  return strcmp (*(char *const *)a, *(char *const *)b);
}

/* Builds the state at step @at in @folder. Returns: false when there was the same before. */
static bool
build (Replay *self, const char *folder, Keep keep, KeepNames keep_names, bool is_mixed)
{
  g_autoptr (GHashTable) names = build_names (self, keep_names);
  g_autoptr (GHashTable) built = g_hash_table_new_full (NULL, NULL, NULL, built_free);
  g_autofree char **paths = (char **)g_hash_table_get_keys_as_array (names, NULL);
  g_autofree char *table = g_strconcat (folder, ".inodes", NULL);
  guint n = g_hash_table_size (names);
  uint64_t hash = 1;
  FILE *identities;

  qsort (paths, n, sizeof *paths, compare_names);
  for (guint i = 0; i < n; i++) {
    File *file = g_hash_table_lookup (names, paths[i]);
    Built *known = g_hash_table_lookup (built, file);

    if (known == NULL && file != &directory) {
      known = build_file (self, file,
                          is_mixed ? (Keep)weir_random_below (&self->random, N_KEEP) : keep);
      g_hash_table_insert (built, file, known);
    }
    hash = file_hash (hash, (const uint8_t *)paths[i], strlen (paths[i]));
    hash = hash * 31 + (known != NULL ? known->image.hash : 0);
  }
  if (!g_hash_table_add (self->seen, g_memdup2 (&hash, sizeof hash)))
    return false;
  identities = fopen (table, "wb");
  for (guint i = 0; i < n; i++) {
    File *file = g_hash_table_lookup (names, paths[i]);
    g_autofree char *path = g_strconcat (folder, paths[i], NULL);

    if (file == &directory)
      (void)mkdir (path, 0755);
    else
      write_file (path, &((Built *)g_hash_table_lookup (built, file))->image, identities);
  }
  fclose (identities);
  return true;
}

static int
compare_points (const void *a, const void *b)
{
  return *(const size_t *)a < *(const size_t *)b ? -1 : *(const size_t *)a > *(const size_t *)b;
}

/* Builds a state for each line, going forward through the trace. */
static void
serve (Replay *self, size_t n_states)
{
  g_autofree size_t *points = g_new (size_t, n_states);
  char line[4096];
  size_t at = 0;

  for (size_t i = 0; i < n_states; i++) {
    /* Most is at stake while something is being synced. */
    const GArray *from = i % 2 == 0 || self->begun->len == 0 ? self->points : self->begun;

    points[i] = g_array_index (from, guint, weir_random_below (&self->random, from->len));
  }
  qsort (points, n_states, sizeof *points, compare_points);
  for (size_t i = 0; i < n_states && fgets (line, sizeof line, stdin) != NULL;) {
    bool is_built = false;

    g_strchomp (line);
    while (!is_built && i < n_states) {
      Keep keep = (Keep)weir_random_below (&self->random, N_KEEP);
      KeepNames names = (KeepNames)weir_random_below (&self->random, N_NAMES);
      bool is_mixed = weir_random_below (&self->random, 3) == 0;

      while (at < points[i])
        take_step (self, at++);
      i++;
      is_built = build (self, line, keep, names, is_mixed);
      if (is_built)
        printf ("step %zu of %u: %s, %s\n", at, self->steps->len,
                is_mixed ? "mixed" : keep_texts[keep], names_texts[names]);
    }
    if (!is_built)
      break;
    fflush (stdout);
  }
  puts ("end");
  fflush (stdout);
  while (fgets (line, sizeof line, stdin) != NULL)
    continue;
}

int
main (int argc, char **argv)
{
  Replay self = {
    .steps = g_array_new (FALSE, FALSE, sizeof (Step)),
    .files = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL),
    .all = g_ptr_array_new (),
    .names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL),
    .live = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL),
    .points = g_array_new (FALSE, FALSE, sizeof (guint)),
    .begun = g_array_new (FALSE, FALSE, sizeof (guint)),
    .changes = g_array_new (FALSE, FALSE, sizeof (Change)),
    .syncs = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL),
    .seen = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL),
  };
  g_autoptr (GError) error = NULL;

  if (argc != 4) {
    fputs ("usage: crash-replay TRACE STATES SEED\n", stderr);
    return 2;
  }
  weir_random_init (&self.random, strtoull (argv[3], NULL, 10));
  if (!load (&self, argv[1], &error)) {
    fprintf (stderr, "crash-replay: %s\n", error->message);
    return 1;
  }
  serve (&self, strtoull (argv[2], NULL, 10));
  return 0;
}
