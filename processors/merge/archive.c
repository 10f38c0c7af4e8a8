/* archive.c: libarchive between readers and a writer. It never hears of a write that fails, because
 * it leaks what it is working on then; it goes on into the void until it is closed. */
#include "archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <locale.h>

#define BUFFER_SIZE ((size_t)64 * 1024)

typedef struct {
  WeirSession *session;
  WeirWriter *writer;
  struct archive *archive;
  char *buffer;
  GError **error;
  bool failed; /* error is set */
} Output;

static la_ssize_t
on_write (struct archive *archive, void *data, const void *bytes, size_t size)
{
  Output *output = data;

  if (!output->failed)
    output->failed = !weir_writer_write (output->writer, bytes, size, output->error);
  return (la_ssize_t)size;
}

/* Fails with what libarchive says, unless the reason is known better. */
static bool
fail (Output *output)
{
  if (!output->failed)
    g_set_error (output->error, WEIR_ERROR, WEIR_ERROR_FAILED, "the archive cannot be made: %s",
                 archive_error_string (output->archive));
  output->failed = true;
  return false;
}

static bool
check (Output *output, int status)
{
  return (!output->failed && (status == ARCHIVE_OK || status == ARCHIVE_WARN)) || fail (output);
}

static bool
open_archive (Output *output, ArchiveFormat format, unsigned level)
{
  struct archive *archive = output->archive;
  const char digit[] = { (char)('0' + level), '\0' };

  if (format == ARCHIVE_TAR) {
    if (!check (output, archive_write_set_format_gnutar (archive)))
      return false;
  } else if (!check (output, archive_write_set_format_zip (archive)) ||
             !check (output, archive_write_set_format_option (archive, "zip", "compression-level",
                                                              digit))) {
    return false;
  }
  return check (output, archive_write_set_bytes_per_block (archive, BUFFER_SIZE)) &&
         check (output, archive_write_set_bytes_in_last_block (archive, 1)) &&
         check (output, archive_write_open2 (archive, output, NULL, on_write, NULL, NULL));
}

static bool
write_header (Output *output, const ArchiveEntry *it)
{
  struct archive_entry *entry = archive_entry_new ();
  bool ok;

  archive_entry_set_pathname (entry, it->name);
  archive_entry_set_filetype (entry, AE_IFREG);
  archive_entry_set_perm (entry, (__LA_MODE_T)it->permissions);
  archive_entry_set_size (entry, (la_int64_t)weir_flowfile_get_size (it->flowfile));
  archive_entry_set_mtime (entry, it->time, 0);
  ok = check (output, archive_write_header (output->archive, entry));
  archive_entry_free (entry);
  return ok;
}

static bool
write_content (Output *output, const WeirFlowFile *flowfile)
{
  g_autoptr (WeirReader) reader = weir_session_read (output->session, flowfile, output->error);
  ssize_t n = -1;

  if (reader != NULL)
    while ((n = weir_reader_read (reader, output->buffer, BUFFER_SIZE, output->error)) > 0)
      if (archive_write_data (output->archive, output->buffer, (size_t)n) != n || output->failed)
        return fail (output);
  output->failed |= n < 0;
  return n == 0 && check (output, archive_write_finish_entry (output->archive));
}

static bool
write_all (Output *output, const ArchiveEntry *entries, size_t n)
{
  for (size_t i = 0; i < n; i++)
    if (!write_header (output, &entries[i]) || !write_content (output, entries[i].flowfile))
      return false;
  return check (output, archive_write_close (output->archive));
}

bool
archive_write_entries (WeirSession *session, WeirWriter *writer, ArchiveFormat format,
                       unsigned level, const ArchiveEntry *entries, size_t n, GError **error)
{
  g_autofree char *buffer = g_malloc (BUFFER_SIZE);
  g_autoptr (GError) problem = NULL;
  Output output = { session, writer, archive_write_new (), buffer, &problem, false };
  /* libarchive asks the locale what encoding names have, also that of the thread. */
  locale_t utf8 = newlocale (LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
  locale_t before = utf8 != (locale_t)0 ? uselocale (utf8) : (locale_t)0;
  bool ok = open_archive (&output, format, level) && write_all (&output, entries, n);

  archive_write_free (output.archive);
  if (utf8 != (locale_t)0) {
    uselocale (before);
    freelocale (utf8);
  }
  if (!ok)
    g_propagate_error (error, g_steal_pointer (&problem));
  return ok;
}
