/* note.c: numbers and escaped paths, with a blank before each path. */
#include "note.h"

static void
append_path (GString *text, const char *path)
{
  g_string_append_c (text, ' ');
  g_string_append_uri_escaped (text, path, "/", FALSE);
}

void
file_note_begin (GString *text, const char *root)
{
  append_path (text, root != NULL ? root : "");
}

void
file_note_add (GString *text, const FileSource *source, const FileMove *move)
{
  const FileIdentity *identity = file_source_get_identity (source);
  const FileMovePlan *plan = move != NULL ? file_move_get_plan (move) : NULL;

  g_string_append_printf (
      text, "\n%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT,
      identity->inode, identity->size, identity->mtime_sec, identity->mtime_nsec);
  append_path (text, file_source_get_path (source));
  if (plan == NULL)
    return;
  g_string_append_printf (text, " %u %" G_GUINT64_FORMAT, (unsigned)plan->conflict, plan->random);
  append_path (text, plan->directory);
  if (plan->copies)
    g_string_append_printf (text, " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT, plan->owner,
                            plan->id);
}

char *
file_note_parse_root (const char *line)
{
  return *line == ' ' ? g_uri_unescape_string (line + 1, NULL) : NULL;
}

void
file_note_clear (FileNote *note)
{
  g_free (note->path);
  g_free (note->directory);
}

static bool
parse_unsigned (const char *text, uint64_t maximum, uint64_t *ret_value)
{
  guint64 value;

  if (!g_ascii_string_to_unsigned (text, 10, 0, maximum, &value, NULL))
    return false;
  *ret_value = value;
  return true;
}

static bool
parse_signed (const char *text, int64_t *ret_value)
{
  gint64 value;

  if (!g_ascii_string_to_signed (text, 10, G_MININT64, G_MAXINT64, &value, NULL))
    return false;
  *ret_value = value;
  return true;
}

static bool
parse_plan (char **words, guint n, FileNote *note)
{
  FileMovePlan *plan = &note->plan;
  uint64_t conflict = 0;

  note->directory = g_uri_unescape_string (words[2], NULL);
  plan->directory = note->directory;
  plan->copies = n == 5;
  if (!parse_unsigned (words[0], FILE_MOVE_FAIL, &conflict) ||
      !parse_unsigned (words[1], G_MAXUINT64, &plan->random))
    return false;
  plan->conflict = (FileMoveConflict)conflict;
  return note->directory != NULL &&
         (!plan->copies || (parse_unsigned (words[3], G_MAXUINT64, &plan->owner) &&
                            parse_unsigned (words[4], G_MAXUINT64, &plan->id)));
}

bool
file_note_parse (const char *line, FileNote *ret_note)
{
  g_auto (GStrv) words = g_strsplit (line, " ", 11);
  guint n = g_strv_length (words);
  FileIdentity *identity = &ret_note->identity;

  *ret_note = (FileNote){ .is_move = n > 5 };
  if ((n != 5 && n != 8 && n != 10) || !parse_unsigned (words[0], G_MAXUINT64, &identity->inode) ||
      !parse_unsigned (words[1], G_MAXUINT64, &identity->size) ||
      !parse_signed (words[2], &identity->mtime_sec) ||
      !parse_signed (words[3], &identity->mtime_nsec))
    return false;
  ret_note->path = g_uri_unescape_string (words[4], NULL);
  return ret_note->path != NULL && (n == 5 || parse_plan (words + 5, n - 5, ret_note));
}
