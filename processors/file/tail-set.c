/* tail-set.c: what was found and what is known, brought together. */
#include "tail-set.h"

#include "name.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* State: when the first look was, then the escaped paths of files with a position. */
#define KEY "files"

typedef struct {
  bool is_first;
  int64_t since;     /* the first look, in microseconds since 1970 */
  GHashTable *paths; /* set */
} Known;

/* Whoever wrote the state: what is no path is left out. */
static Known
known_load (WeirSession *session, int64_t wall)
{
  g_autofree char *text = weir_session_get_state (session, KEY);
  g_auto (GStrv) fields = g_strsplit (text != NULL ? text : "", " ", -1);
  Known known = { .since = wall };
  gint64 since;

  known.paths = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  known.is_first = fields[0] == NULL ||
                   !g_ascii_string_to_signed (fields[0], 10, G_MININT64, G_MAXINT64, &since, NULL);
  if (known.is_first)
    return known;
  known.since = since;
  for (size_t i = 1; fields[i] != NULL; i++) {
    char *path = g_uri_unescape_string (fields[i], NULL);

    if (path != NULL && *path == '/')
      g_hash_table_add (known.paths, path);
    else
      g_free (path);
  }
  return known;
}

static int
compare_paths (const void *a, const void *b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

static void
known_store (const Known *known, WeirSession *session)
{
  g_autofree char *before = weir_session_get_state (session, KEY);
  g_autofree const char **paths = NULL;
  guint n;
  g_autoptr (GString) text = g_string_new (NULL);

  paths = (const char **)g_hash_table_get_keys_as_array (known->paths, &n);
  qsort (paths, n, sizeof *paths, compare_paths);
  g_string_printf (text, "%" G_GINT64_FORMAT, known->since);
  for (guint i = 0; i < n; i++) {
    g_string_append_c (text, ' ');
    g_string_append_uri_escaped (text, paths[i], "/", FALSE);
  }
  if (g_strcmp0 (before, text->str) != 0)
    weir_session_set_state (session, KEY, text->str);
}

static bool
is_missing (const char *path)
{
  struct stat status;

  return lstat (path, &status) < 0;
}

static bool
belongs (const TailLookup *lookup, const char *path)
{
  g_autofree char *base = file_name_join (lookup->base, ""); /* with a slash */
  g_autofree char *text = NULL;

  if (!g_str_has_prefix (path, base))
    return false;
  text = file_name_to_text (path + strlen (base));
  return file_pattern_matches (lookup->wanted, text);
}

/* Those that nobody has the name of now: what was rotated away may have a rest. Their positions go
 * when that was long ago. */
static void
keep_missing (GPtrArray *tails, GHashTable *found, const TailLookup *lookup, Known *known,
              WeirSession *session, const TailOptions *options)
{
  GHashTableIter iter;
  void *path;

  g_hash_table_iter_init (&iter, known->paths);
  while (g_hash_table_iter_next (&iter, &path, NULL)) {
    Tail *tail;

    if (g_hash_table_contains (found, path) || !is_missing (path))
      continue;
    tail = tail_new (path, options);
    if (tail_forget (tail, session, lookup->oldest)) {
      g_hash_table_iter_remove (&iter);
      tail_free (tail);
    } else if (belongs (lookup, path)) {
      g_ptr_array_add (tails, tail);
    } else {
      tail_free (tail);
    }
  }
}

static int
compare_tails (const void *a, const void *b)
{
  const Tail *const *x = a, *const *y = b;

  return strcmp (tail_get_path (*x), tail_get_path (*y));
}

/* Returns: (transfer full): the tails there were, by path; @tails is empty. */
static GHashTable *
take_all (GPtrArray *tails)
{
  GHashTable *taken = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, tail_free);

  while (tails->len > 0) {
    Tail *tail = g_ptr_array_steal_index (tails, tails->len - 1);

    g_hash_table_insert (taken, (void *)tail_get_path (tail), tail);
  }
  return taken;
}

void
tail_set_refresh (GPtrArray *tails, const TailLookup *lookup, WeirSession *session,
                  const TailOptions *options)
{
  Known known = known_load (session, weir_context_get_wall_time (options->context));
  g_autoptr (GPtrArray) found = tail_lookup (lookup);
  g_autoptr (GHashTable) before = take_all (tails);
  g_autoptr (GHashTable) now = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < found->len; i++) {
    const char *path = found->pdata[i];
    bool is_new = g_hash_table_add (known.paths, g_strdup (path));
    void *key, *tail;

    if (!g_hash_table_steal_extended (before, path, &key, &tail))
      tail = is_new && !known.is_first ? tail_new_late (path, options, known.since)
                                       : tail_new (path, options);
    g_hash_table_add (now, (void *)tail_get_path (tail));
    g_ptr_array_add (tails, tail);
  }
  keep_missing (tails, now, lookup, &known, session, options);
  known_store (&known, session);
  g_hash_table_unref (known.paths);
  g_ptr_array_sort (tails, compare_tails);
}
