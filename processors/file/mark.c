/* mark.c: a time and a set of names; as text a line each for the time and for `through`, then one
 * for each name. */
#include "mark.h"

#include <string.h>

/* They are written anew with each batch of files, and so many of one instant are rare. */
#define NAMES_MAX 10000

void
file_mark_init (FileMark *mark)
{
  *mark = (FileMark){ .time = G_MININT64 };
  mark->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

void
file_mark_clear (FileMark *mark)
{
  g_clear_pointer (&mark->names, g_hash_table_unref);
  g_clear_pointer (&mark->through, g_free);
}

bool
file_mark_has (const FileMark *mark, int64_t time, const char *path)
{
  if (time != mark->time)
    return time < mark->time;
  return mark->through != NULL ? strcmp (path, mark->through) <= 0
                               : g_hash_table_contains (mark->names, path);
}

static void
raise_through (FileMark *mark, const char *path)
{
  if (mark->through != NULL && strcmp (path, mark->through) <= 0)
    return;
  g_free (mark->through);
  mark->through = g_strdup (path);
}

bool
file_mark_add (FileMark *mark, int64_t time, const char *path)
{
  GHashTableIter iter;
  void *name;

  if (time > mark->time) {
    mark->time = time;
    g_hash_table_remove_all (mark->names);
    g_clear_pointer (&mark->through, g_free);
  }
  if (mark->through == NULL && g_hash_table_size (mark->names) < NAMES_MAX) {
    g_hash_table_add (mark->names, g_strdup (path));
    return false;
  }
  raise_through (mark, path);
  if (g_hash_table_size (mark->names) == 0)
    return false;
  g_hash_table_iter_init (&iter, mark->names);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    raise_through (mark, name);
  g_hash_table_remove_all (mark->names);
  return true;
}

static void
append_name (GString *text, const char *name)
{
  g_string_append_uri_escaped (text, name, "/", true);
  g_string_append_c (text, '\n');
}

char *
file_mark_to_text (const FileMark *mark)
{
  GString *text = g_string_new (NULL);
  GHashTableIter iter;
  void *name;

  g_string_append_printf (text, "%" G_GINT64_FORMAT "\n", mark->time);
  append_name (text, mark->through != NULL ? mark->through : "");
  g_hash_table_iter_init (&iter, mark->names);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    append_name (text, name);
  return g_string_free (text, FALSE);
}

static bool
parse (FileMark *mark, char **lines)
{
  guint n = g_strv_length (lines);

  /* Each line ends with a newline: the last string is "". */
  if (n < 3 || n - 3 > NAMES_MAX || *lines[n - 1] != '\0' ||
      !g_ascii_string_to_signed (lines[0], 10, G_MININT64, G_MAXINT64, &mark->time, NULL))
    return false;
  if (*lines[1] != '\0') {
    mark->through = g_uri_unescape_string (lines[1], NULL);
    if (mark->through == NULL || n > 3)
      return false;
  }
  for (guint i = 2; i < n - 1; i++) {
    char *name = g_uri_unescape_string (lines[i], NULL);

    if (name == NULL)
      return false;
    g_hash_table_add (mark->names, name);
  }
  return true;
}

bool
file_mark_from_text (FileMark *mark, const char *text, GError **error)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", NAMES_MAX + 4);
  FileMark parsed;

  file_mark_init (&parsed);
  if (!parse (&parsed, lines)) {
    file_mark_clear (&parsed);
    g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_CORRUPT,
                         "what was remembered of the listed files cannot be read");
    return false;
  }
  file_mark_clear (mark);
  *mark = parsed;
  return true;
}
