/* taken.c: a fixed number of places in the state, each a key for what one trigger took. A place
 * whose files have gone is written over; only when nothing else is to be done are they cleared. */
#include "taken.h"

#include "name.h"
#include "note.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

/* So many triggers may wait for the disk: some milliseconds' worth. */
#define PLACES 512u

/* A file that cannot be deleted keeps its place, but not more of them than this. */
#define STUCK_MAX (PLACES / 4)

/* Text of one place. */
#define ENOUGH_BYTES (16 * 1024)

/* From so many directories on their file systems are synced instead. */
#define SYNC_TOGETHER 8

typedef enum {
  FREE,     /* may be taken */
  BUSY,     /* its files are to go */
  GONE,     /* they have, but a power failure may bring them back */
  SYNCING,  /* that is being seen to */
  CLEARING, /* its key is removed by a session that is not durable yet */
  STUCK,    /* a file of it cannot be deleted */
} PlaceState;

typedef struct {
  PlaceState state;
  bool has_key;
} Place;

struct FileTaken {
  _Atomic unsigned n_refs; /* one for the processor, one for each taking and each clearing */
  FileSources *sources;
  pthread_mutex_t sync_lock; /* held while directories are synced; taken before lock */
  pthread_mutex_t lock;
  Place places[PLACES]; /* guarded by lock, as the rest */
  unsigned n_busy;
  unsigned n_stuck;
  bool is_loaded;
  bool is_awaited;     /* somebody wants a place */
  GHashTable *touched; /* directories that files have gone from or to */
};

typedef struct {
  FileSource *source;
  FileMove *move; /* (nullable): has the source */
} Item;

struct FileTaking {
  FileTaken *taken;
  unsigned place;
  GString *text;
  GArray *items; /* Item */
  bool is_left;  /* by an earlier run */
  bool is_done;
  bool is_stuck;
};

FileTaken *
file_taken_new (FileSources *sources)
{
  FileTaken *taken = g_new0 (FileTaken, 1);

  atomic_init (&taken->n_refs, 1);
  taken->sources = file_sources_ref (sources);
  pthread_mutex_init (&taken->sync_lock, NULL);
  pthread_mutex_init (&taken->lock, NULL);
  taken->touched = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return taken;
}

static FileTaken *
ref (FileTaken *taken)
{
  atomic_fetch_add (&taken->n_refs, 1);
  return taken;
}

void
file_taken_close (FileTaken *taken)
{
  if (taken == NULL || atomic_fetch_sub (&taken->n_refs, 1) != 1)
    return;
  file_sources_unref (taken->sources);
  g_hash_table_unref (taken->touched);
  pthread_mutex_destroy (&taken->sync_lock);
  pthread_mutex_destroy (&taken->lock);
  g_free (taken);
}

static void
make_key (unsigned place, char key[static 32])
{
  g_snprintf (key, 32, "taken.%u", place);
}

/* --- one trigger's --- */

/* @taken's place @place, which is BUSY. Returns: (transfer full). */
static FileTaking *
make_taking (FileTaken *taken, unsigned place)
{
  FileTaking *taking = g_new0 (FileTaking, 1);

  taking->taken = ref (taken);
  taking->place = place;
  taking->text = g_string_new (NULL);
  taking->items = g_array_new (FALSE, FALSE, sizeof (Item));
  return taking;
}

/* Whatever became of it. */
static PlaceState
next_state (FileTaken *taken, const FileTaking *taking)
{
  if (taking->items->len == 0)
    return taking->is_left ? GONE : FREE; /* gone, but perhaps not for good */
  if (!taking->is_done) {
    /* The state says what it said before. */
    taken->is_loaded = false;
    return FREE;
  }
  if (!taking->is_stuck || taken->n_stuck == STUCK_MAX)
    return GONE;
  taken->n_stuck++;
  return STUCK;
}

static void
taking_free (void *data)
{
  FileTaking *taking = data;
  FileTaken *taken = taking->taken;
  bool should_wake;

  for (guint i = 0; i < taking->items->len; i++) {
    const Item *item = &g_array_index (taking->items, Item, i);

    if (item->move != NULL)
      file_move_free (item->move);
    else
      file_source_free (item->source);
  }
  pthread_mutex_lock (&taken->lock);
  taken->places[taking->place].state = next_state (taken, taking);
  taken->n_busy--;
  should_wake = taking->items->len > 0 && (taken->n_busy == 0 || taken->is_awaited);
  if (should_wake)
    taken->is_awaited = false;
  pthread_mutex_unlock (&taken->lock);
  if (should_wake)
    file_sources_wake (taken->sources);
  g_array_unref (taking->items);
  g_string_free (taking->text, TRUE);
  g_free (taking);
  file_taken_close (taken);
}

static void
touch (FileTaken *taken, const char *directory)
{
  pthread_mutex_lock (&taken->lock);
  if (!g_hash_table_contains (taken->touched, directory))
    g_hash_table_add (taken->touched, g_strdup (directory));
  pthread_mutex_unlock (&taken->lock);
}

static void
on_durable (void *data)
{
  FileTaking *taking = data;

  for (guint i = 0; i < taking->items->len; i++) {
    const Item *item = &g_array_index (taking->items, Item, i);
    g_autofree char *directory = file_source_get_directory (item->source);

    if (item->move != NULL)
      file_move_run (item->move);
    else
      file_source_delete (item->source);
    touch (taking->taken, directory);
    if (item->move != NULL)
      touch (taking->taken, file_move_get_plan (item->move)->directory);
    taking->is_stuck |= file_source_stays (item->source);
  }
  taking->is_done = true;
}

void
file_taking_add (FileTaking *taking, FileSource *source, FileMove *move)
{
  const Item item = { source, move };

  if (taking->items->len == 0)
    file_note_begin (taking->text, file_source_get_root_path (source));
  g_array_append_val (taking->items, item);
  file_note_add (taking->text, source, move);
}

bool
file_taking_is_full (const FileTaking *taking)
{
  return taking->text->len >= ENOUGH_BYTES;
}

static void
submit_as (FileTaking *taking, WeirSession *session, const char *text)
{
  FileTaken *taken = taking->taken;
  char key[32];

  pthread_mutex_lock (&taken->lock);
  taken->places[taking->place].has_key = true;
  pthread_mutex_unlock (&taken->lock);
  make_key (taking->place, key);
  weir_session_set_state (session, key, text);
  weir_session_on_durable (session, on_durable, taking, taking_free);
}

void
file_taking_submit (FileTaking *taking, WeirSession *session)
{
  if (taking == NULL)
    return;
  if (taking->items->len > 0)
    submit_as (taking, session, taking->text->str);
  else
    taking_free (taking);
}

/* --- places --- */

/* A directory that is gone has nothing in it that could come back. */
static void
sync_directory (const char *path)
{
  int fd = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  if (fd < 0)
    return;
  fsync (fd);
  close (fd);
}

static void
sync_file_system (const char *path, GHashTable *seen)
{
  int fd = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  struct stat status;

  if (fd < 0)
    return;
  if (fstat (fd, &status) == 0 &&
      g_hash_table_add (seen, g_memdup2 (&status.st_dev, sizeof status.st_dev)))
    syncfs (fd);
  close (fd);
}

/* What cannot be synced may come back: nobody could help that. */
static void
sync_all (GHashTable *directories)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  GHashTableIter iter;
  void *path;

  G_STATIC_ASSERT (sizeof (dev_t) == sizeof (gint64));
  g_hash_table_iter_init (&iter, directories);
  while (g_hash_table_iter_next (&iter, &path, NULL)) {
    if (g_hash_table_size (directories) >= SYNC_TOGETHER)
      sync_file_system (path, seen);
    else
      sync_directory (path);
  }
}

static unsigned
change_states (FileTaken *taken, PlaceState from, PlaceState to)
{
  unsigned n = 0;

  for (unsigned i = 0; i < PLACES; i++) {
    if (taken->places[i].state != from)
      continue;
    taken->places[i].state = to;
    n++;
  }
  return n;
}

/* Places whose files have gone for good are free again. */
static void
sync_gone (FileTaken *taken)
{
  g_autoptr (GHashTable) touched = NULL;
  unsigned n;

  pthread_mutex_lock (&taken->sync_lock);
  pthread_mutex_lock (&taken->lock);
  n = change_states (taken, GONE, SYNCING);
  if (n > 0) {
    touched = taken->touched;
    taken->touched = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  }
  pthread_mutex_unlock (&taken->lock);
  if (n > 0) {
    sync_all (touched);
    pthread_mutex_lock (&taken->lock);
    change_states (taken, SYNCING, FREE);
    pthread_mutex_unlock (&taken->lock);
  }
  pthread_mutex_unlock (&taken->sync_lock);
}

/* Returns: its number, PLACES when there is none. */
static unsigned
find_free (FileTaken *taken)
{
  unsigned i = 0;

  pthread_mutex_lock (&taken->lock);
  while (i < PLACES && taken->places[i].state != FREE)
    i++;
  if (i < PLACES) {
    taken->places[i].state = BUSY;
    taken->n_busy++;
  } else {
    taken->is_awaited = true;
  }
  pthread_mutex_unlock (&taken->lock);
  return i;
}

FileTaking *
file_taking_new (FileTaken *taken)
{
  unsigned place = find_free (taken);

  if (place == PLACES) {
    sync_gone (taken);
    place = find_free (taken);
  }
  return place < PLACES ? make_taking (taken, place) : NULL;
}

/* --- from run to run --- */

static void
add_left (FileTaking *taking, FileRoot *root, const FileNote *note)
{
  FileTaken *taken = taking->taken;
  g_autofree char *path =
      file_name_join (root != NULL ? file_root_get_path (root) : "", note->path);
  g_autofree char *directory = g_path_get_dirname (path);
  FileSource *source = file_source_new_left (taken->sources, root, note->path, &note->identity);
  FileMove *move = NULL;

  touch (taken, directory);
  if (note->is_move)
    touch (taken, note->plan.directory);
  if (source == NULL && note->is_move && note->plan.copies)
    file_move_discard (&note->plan, note->path);
  if (source == NULL)
    return;
  if (note->is_move)
    move = file_move_new (source, &note->plan);
  g_array_append_val (taking->items, ((Item){ source, move }));
}

/* All places are about one directory, most likely, and need not have it open hundreds of times.
 * Returns: (transfer none) (nullable): @path as a root, in @root. */
static FileRoot *
change_root (FileRoot **root, const char *path, GError **error)
{
  if (*root == NULL || strcmp (file_root_get_path (*root), path) != 0) {
    file_root_unref (*root);
    *root = file_root_new (path, error);
  }
  return *root;
}

/* @last: the root of the place before. False when the text is none that was written here. */
static bool
add_all_left (FileTaking *taking, char **lines, FileRoot **last, GError **error)
{
  g_autofree char *path = lines[0] != NULL ? file_note_parse_root (lines[0]) : NULL;
  FileRoot *root = path != NULL && *path != '\0' ? change_root (last, path, error) : NULL;
  bool is_right = path != NULL && (*path == '\0' || root != NULL);

  for (char **text = lines + 1; is_right && *text != NULL; text++) {
    FileNote note;

    is_right = file_note_parse (*text, &note);
    if (is_right)
      add_left (taking, root, &note);
    file_note_clear (&note);
  }
  if (!is_right && (error == NULL || *error == NULL))
    g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_CORRUPT,
                         "what was remembered of files that are to be deleted or moved cannot be "
                         "read: those that are still there are taken once more");
  return is_right;
}

static void
load_place (FileTaken *taken, WeirSession *session, unsigned i, const char *text, FileRoot **last)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  FileTaking *taking = make_taking (taken, i);
  GError *error = NULL;

  taking->is_left = true;
  taken->places[i].state = BUSY;
  taken->n_busy++;
  pthread_mutex_unlock (&taken->lock);
  if (!add_all_left (taking, lines, last, &error))
    file_sources_tell (taken->sources, error);
  if (taking->items->len > 0)
    submit_as (taking, session, text);
  else
    taking_free (taking);
  pthread_mutex_lock (&taken->lock);
}

void
file_taken_load (FileTaken *taken, WeirSession *session, bool finishes)
{
  FileRoot *last = NULL;

  pthread_mutex_lock (&taken->lock);
  for (unsigned i = 0; i < PLACES && !taken->is_loaded; i++) {
    g_autofree char *text = NULL;
    char key[32];

    if (taken->places[i].state != FREE)
      continue;
    make_key (i, key);
    text = weir_session_get_state (session, key);
    taken->places[i].has_key = text != NULL;
    if (text != NULL && finishes)
      load_place (taken, session, i, text, &last);
  }
  taken->is_loaded = true;
  pthread_mutex_unlock (&taken->lock);
  file_root_unref (last);
}

typedef struct {
  FileTaken *taken;
  bool is_cleared[PLACES];
} Clearing;

static void
on_cleared (void *data)
{
  const Clearing *clearing = data;

  pthread_mutex_lock (&clearing->taken->lock);
  for (unsigned i = 0; i < PLACES; i++)
    if (clearing->is_cleared[i])
      clearing->taken->places[i].has_key = false;
  pthread_mutex_unlock (&clearing->taken->lock);
}

static void
clearing_free (void *data)
{
  Clearing *clearing = data;
  FileTaken *taken = clearing->taken;
  bool is_awaited;

  pthread_mutex_lock (&taken->lock);
  for (unsigned i = 0; i < PLACES; i++)
    if (clearing->is_cleared[i])
      taken->places[i].state = FREE;
  is_awaited = taken->is_awaited;
  taken->is_awaited = false;
  pthread_mutex_unlock (&taken->lock);
  if (is_awaited)
    file_sources_wake (taken->sources);
  file_taken_close (taken);
  g_free (clearing);
}

void
file_taken_tidy (FileTaken *taken, WeirSession *session)
{
  Clearing *clearing = g_new0 (Clearing, 1);
  unsigned n = 0;
  bool is_busy;

  pthread_mutex_lock (&taken->lock);
  is_busy = taken->n_busy > 0;
  pthread_mutex_unlock (&taken->lock);
  if (!is_busy)
    sync_gone (taken);
  clearing->taken = ref (taken);
  pthread_mutex_lock (&taken->lock);
  for (unsigned i = 0; i < PLACES && !is_busy; i++) {
    Place *place = &taken->places[i];
    char key[32];

    if (place->state != FREE || !place->has_key)
      continue;
    place->state = CLEARING;
    clearing->is_cleared[i] = true;
    make_key (i, key);
    weir_session_set_state (session, key, NULL);
    n++;
  }
  pthread_mutex_unlock (&taken->lock);
  if (n > 0)
    weir_session_on_durable (session, on_cleared, clearing, clearing_free);
  else
    clearing_free (clearing);
}
