/* bundle.c: the content of a bundle: parts one behind the other, or as entries of an archive. */
#include "bundle.h"
#include "archive.h"
#include "delimiter.h"
#include "entry-name.h"
#include <string.h>

#define PERMISSIONS 0644

/* --- concatenation --- */

typedef struct {
  Delimiter header;
  Delimiter demarcator;
  Delimiter footer;
} Delimiters;

static bool
load (const BundleSettings *settings, const WeirFlowFile *first, Delimiters *delimiters,
      GError **error)
{
  bool from_file = settings->delimiters.index == BUNDLE_DELIMITER_FILES;

  if (settings->delimiters.index == BUNDLE_NO_DELIMITERS)
    return true;
  return delimiter_load (&delimiters->header, settings->header, from_file, first, error) &&
         delimiter_load (&delimiters->demarcator, settings->demarcator, from_file, first, error) &&
         delimiter_load (&delimiters->footer, settings->footer, from_file, first, error);
}

static bool
concatenate (const Delimiters *delimiters, WeirWriter *writer, WeirFlowFile *const *parts, size_t n,
             GError **error)
{
  if (!delimiter_write (&delimiters->header, writer, error))
    return false;
  for (size_t i = 0; i < n; i++) {
    if (i > 0 && !delimiter_write (&delimiters->demarcator, writer, error))
      return false;
    if (!weir_writer_write_content (writer, parts[i], 0, weir_flowfile_get_size (parts[i]), error))
      return false;
  }
  return delimiter_write (&delimiters->footer, writer, error);
}

static bool
write_concatenation (const BundleSettings *settings, WeirWriter *writer, WeirFlowFile *const *parts,
                     size_t n, GError **error)
{
  Delimiters delimiters = { 0 };
  bool ok = load (settings, parts[0], &delimiters, error) &&
            concatenate (&delimiters, writer, parts, n, error);

  delimiter_clear (&delimiters.header);
  delimiter_clear (&delimiters.demarcator);
  delimiter_clear (&delimiters.footer);
  return ok;
}

/* --- archives --- */

static unsigned
get_permissions (const WeirFlowFile *part)
{
  const char *text = weir_flowfile_get_attribute (part, "tar.permissions");

  if (text == NULL || strlen (text) != 3 || strspn (text, "01234567") != 3)
    return PERMISSIONS;
  return (unsigned)((text[0] - '0') << 6 | (text[1] - '0') << 3 | (text[2] - '0'));
}

/* Leaves @ret_time as it is when the property gives none. */
static bool
get_time (const BundleSettings *settings, const WeirFlowFile *part, int64_t *ret_time,
          GError **error)
{
  const char *text;
  g_autoptr (GDateTime) time = NULL;
  g_autoptr (GTimeZone) zone = NULL;

  if (settings->format.index != BUNDLE_TAR || settings->tar_time == NULL)
    return true;
  text = weir_expr_eval (settings->tar_time, part, error);
  if (text == NULL)
    return false;
  zone = g_time_zone_new_utc ();
  time = g_date_time_new_from_iso8601 (text, zone);
  if (time != NULL)
    *ret_time = g_date_time_to_unix (time);
  return true;
}

static void
entry_clear (void *data)
{
  ArchiveEntry *entry = data;

  g_free (entry->name);
}

/* ZIP is read by name: a second entry of the same name would not be found. */
static bool
write_archive (const BundleSettings *settings, WeirSession *session, WeirWriter *writer,
               WeirFlowFile *const *parts, size_t n, GPtrArray *left_out, GError **error)
{
  const WeirContext *context = weir_session_get_context (session);
  int64_t now = weir_context_get_wall_time (context) / G_USEC_PER_SEC;
  g_autoptr (GArray) entries = g_array_new (FALSE, FALSE, sizeof (ArchiveEntry));
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);

  g_array_set_clear_func (entries, entry_clear);
  for (size_t i = 0; i < n; i++) {
    const char *path = settings->keep_path ? weir_flowfile_get_attribute (parts[i], "path") : NULL;
    ArchiveEntry entry = { parts[i], NULL, now, get_permissions (parts[i]) };

    if (!get_time (settings, parts[i], &entry.time, error))
      return false;
    entry.name = entry_name_new (path, weir_flowfile_get_attribute (parts[i], "filename"),
                                 weir_flowfile_get_attribute (parts[i], "uuid"));
    if (settings->format.index == BUNDLE_ZIP && g_hash_table_contains (names, entry.name)) {
      g_ptr_array_add (left_out, parts[i]);
      entry_clear (&entry);
      continue;
    }
    g_hash_table_add (names, entry.name);
    g_array_append_val (entries, entry);
  }
  return archive_write_entries (session, writer, (ArchiveFormat)settings->format.index,
                                (unsigned)settings->level, (ArchiveEntry *)(void *)entries->data,
                                entries->len, error);
}

bool
bundle_write (const BundleSettings *settings, WeirSession *session, WeirFlowFile *bundle,
              WeirFlowFile *const *parts, size_t n, GPtrArray *left_out, GError **error)
{
  g_autoptr (WeirWriter) writer = weir_session_write (session, bundle, error);
  bool ok;

  if (writer == NULL)
    return false;
  if (settings->format.index == BUNDLE_CONCATENATION)
    ok = write_concatenation (settings, writer, parts, n, error);
  else
    ok = write_archive (settings, session, writer, parts, n, left_out, error);
  return ok && weir_writer_close (g_steal_pointer (&writer), error);
}
