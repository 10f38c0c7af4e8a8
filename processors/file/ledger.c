/* ledger.c: a table for each part, which the hash of the path chooses. A line of a part's text is
 * the path, the time in nanoseconds and the size. */
#include "ledger.h"

#include <string.h>

typedef struct {
  int64_t time;
  uint64_t size;
  unsigned look; /* the last that noted it */
} Entry;

typedef struct {
  GHashTable *entries; /* path: Entry */
  bool is_changed;
} Part;

struct FileLedger {
  Part parts[FILE_LEDGER_PARTS];
  unsigned n_entries;
  unsigned look;
};

static Part *
part_of (FileLedger *ledger, const char *path)
{
  return &ledger->parts[g_str_hash (path) % FILE_LEDGER_PARTS];
}

FileLedger *
file_ledger_new (void)
{
  FileLedger *ledger = g_new0 (FileLedger, 1);

  for (unsigned i = 0; i < FILE_LEDGER_PARTS; i++)
    ledger->parts[i].entries = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return ledger;
}

void
file_ledger_free (FileLedger *ledger)
{
  if (ledger == NULL)
    return;
  for (unsigned i = 0; i < FILE_LEDGER_PARTS; i++)
    g_hash_table_unref (ledger->parts[i].entries);
  g_free (ledger);
}

FileLedgerVerdict
file_ledger_note (FileLedger *ledger, const char *path, int64_t time, uint64_t size)
{
  Part *part = part_of (ledger, path);
  Entry *entry = g_hash_table_lookup (part->entries, path);

  if (entry != NULL && entry->time == time && entry->size == size) {
    entry->look = ledger->look;
    return FILE_LEDGER_KNOWN;
  }
  if (entry == NULL) {
    if (ledger->n_entries == FILE_LEDGER_MAX)
      return FILE_LEDGER_FULL;
    entry = g_new (Entry, 1);
    g_hash_table_insert (part->entries, g_strdup (path), entry);
    ledger->n_entries++;
  }
  *entry = (Entry){ time, size, ledger->look };
  part->is_changed = true;
  return FILE_LEDGER_NEW;
}

static void
forget (FileLedger *ledger, Part *part)
{
  GHashTableIter iter;
  void *entry;

  g_hash_table_iter_init (&iter, part->entries);
  while (g_hash_table_iter_next (&iter, NULL, &entry)) {
    if (((const Entry *)entry)->look == ledger->look)
      continue;
    g_hash_table_iter_remove (&iter);
    ledger->n_entries--;
    part->is_changed = true;
  }
}

void
file_ledger_next_look (FileLedger *ledger, bool forgets)
{
  for (unsigned i = 0; forgets && i < FILE_LEDGER_PARTS; i++)
    forget (ledger, &ledger->parts[i]);
  ledger->look++;
}

char *
file_ledger_take_text (FileLedger *ledger, unsigned number)
{
  Part *part = &ledger->parts[number];
  GString *text;
  GHashTableIter iter;
  void *path, *value;

  if (!part->is_changed)
    return NULL;
  part->is_changed = false;
  text = g_string_new (NULL);
  g_hash_table_iter_init (&iter, part->entries);
  while (g_hash_table_iter_next (&iter, &path, &value)) {
    const Entry *entry = value;

    g_string_append_uri_escaped (text, path, "/", true);
    g_string_append_printf (text, " %" G_GINT64_FORMAT " %" G_GUINT64_FORMAT "\n", entry->time,
                            entry->size);
  }
  return g_string_free (text, FALSE);
}

static bool
add_line (FileLedger *ledger, const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", 4);
  g_autofree char *path = NULL;
  int64_t time;
  uint64_t size;
  Entry *entry;

  if (g_strv_length (words) != 3 || ledger->n_entries == FILE_LEDGER_MAX ||
      !g_ascii_string_to_signed (words[1], 10, G_MININT64, G_MAXINT64, &time, NULL) ||
      !g_ascii_string_to_unsigned (words[2], 10, 0, G_MAXUINT64, &size, NULL))
    return false;
  path = g_uri_unescape_string (words[0], NULL);
  if (path == NULL)
    return false;
  entry = g_new (Entry, 1);
  *entry = (Entry){ time, size, ledger->look };
  ledger->n_entries += g_hash_table_insert (part_of (ledger, path)->entries, path, entry);
  g_steal_pointer (&path);
  return true;
}

bool
file_ledger_add_text (FileLedger *ledger, const char *text, GError **error)
{
  while (*text != '\0') {
    const char *end = strchr (text, '\n');
    g_autofree char *line = end != NULL ? g_strndup (text, (size_t)(end - text)) : NULL;

    if (line == NULL || !add_line (ledger, line)) {
      g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_CORRUPT,
                           "what was remembered of the listed files cannot be read");
      return false;
    }
    text = end + 1;
  }
  return true;
}
